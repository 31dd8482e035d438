/* SPDX-License-Identifier: MIT
 *
 * auth/sender_id.h: the steps of RFC 4407 §2 in their order. */
#include "auth/sender_id.h"

#include "base/zeroed.h"
#include "mail/address.h"

enum selection { SELECTED_NONE = -1, SELECTED_SEVERAL = -2 };

/* The next field of that name from there on that holds more than white space, or -1. */
static int find_filled(const struct message *message, const char *name, guint from) {
    int at = message_find(message, name, from);
    while (at >= 0 && span_trim_fws(message->fields[at].value).n == 0)
        at = message_find(message, name, (guint)at + 1);
    return at;
}

static bool is_trace_between(const struct message *message, int from, int to) {
    static const char *const names[] = {"Received", "Return-Path"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        int at = message_find(message, names[i], (guint)from + 1);
        if (at >= 0 && at < to)
            return true;
    }
    return false;
}

/* Steps 1 and 2: the Resent fields of the newest resending. */
static int select_resent(const struct message *message) {
    int sender = find_filled(message, "Resent-Sender", 0);
    int from = find_filled(message, "Resent-From", 0);
    bool older =
        sender >= 0 && from >= 0 && from < sender && is_trace_between(message, from, sender);
    return sender >= 0 && !older ? sender : from;
}

/* Steps 3 and 4: there must be one alone. */
static int select_only(const struct message *message, const char *name) {
    int at = find_filled(message, name, 0);
    if (at < 0)
        return SELECTED_NONE;
    return find_filled(message, name, (guint)at + 1) < 0 ? at : SELECTED_SEVERAL;
}

static int select_field(const struct message *message) {
    int at = select_resent(message);
    if (at < 0)
        at = select_only(message, "Sender");
    if (at == SELECTED_NONE)
        at = select_only(message, "From");
    return at;
}

/* One block, with copies of all three. */
static struct sender_id *with_pra(const char *pra, const char *local, const char *domain) {
    size_t of_pra = strlen(pra) + 1, of_local = strlen(local) + 1, of_domain = strlen(domain) + 1;
    struct sender_id *sender_id = g_malloc(sizeof *sender_id + of_pra + of_local + of_domain);
    char *texts = (char *)(sender_id + 1);
    *sender_id = (struct sender_id){
        .pra = memcpy(texts, pra, of_pra),
        .local = memcpy(texts + of_pra, local, of_local),
        .domain = memcpy(texts + of_pra + of_local, domain, of_domain),
    };
    return sender_id;
}

static struct sender_id *without_pra(void) {
    return NEW_ZERO(sender_id);
}

/* A dot-atom that is no host name ("a+b.example") is a domain to RFC 4407 and to DNS. */
static struct sender_id *of_odd_domain(const struct mailbox *mailbox) {
    struct span shown = span_of(mailbox->shown);
    char domain[DOMAIN_SIZE];
    if (mailbox->fault != ADDRESS_BAD_DOMAIN || mailbox->domain_fault != DOMAIN_BAD_LDH)
        return without_pra();
    g_autofree char *local = g_malloc(spf_local_size(shown));
    return spf_path_read(shown, local, domain) ? with_pra(mailbox->shown, local, domain)
                                               : without_pra();
}

/* Step 5: one mailbox with a domain, else there is no PRA. */
static struct sender_id *of_field(struct span value) {
    OWNED(address_list) list = address_parse(value);
    if (list->total != 1 || list->n != 1 || (list->flags & ADDRESS_TWO_READINGS) ||
        list->n_groups > 0)
        return without_pra();
    const struct mailbox *mailbox = &list->mailboxes[0];
    return mailbox->fault == ADDRESS_FINE
               ? with_pra(mailbox->address, mailbox->local, mailbox->domain)
               : of_odd_domain(mailbox);
}

struct sender_id *sender_id_new(const struct message *message, const struct author *author) {
    int at = select_field(message);
    if (at < 0)
        return without_pra();
    bool is_author =
        author && author->state == AUTHOR_ONE && at == message_find(message, "From", 0);
    return is_author ? with_pra(author->address, author->local, author->domain)
                     : of_field(message->fields[at].value);
}

void sender_id_free(struct sender_id *sender_id) {
    spf_result_clear(&sender_id->result);
    g_free(sender_id);
}

void sender_id_names(const struct sender_id *sender_id, struct lookups *lookups) {
    if (sender_id->domain)
        lookups_ask(lookups, sender_id->domain, DNS_TXT);
}

/* RFC 4406 §4.1 asks check_host() with another <sender> and another scope. */
static bool is_answered_by(const struct sender_id *sender_id,
                           const struct spf_identity *mail_from) {
    return sender_id->domain && mail_from->domain && mail_from->result.of_any_sender &&
           strcmp(sender_id->domain, mail_from->domain) == 0;
}

void sender_id_verify(struct sender_id *sender_id, struct lookups *lookups,
                      const struct spf_check *spf, int64_t now) {
    struct spf_question question = {
        .ip = spf->ip,
        .domain = sender_id->domain,
        .local = sender_id->local ? sender_id->local : "",
        .sender_domain = sender_id->domain ? sender_id->domain : "",
        .helo = spf->helo_name,
        .scope = SPF_SCOPE_PRA,
        .now = now,
    };
    if (is_answered_by(sender_id, &spf->mail_from))
        spf_result_copy(&sender_id->result, &spf->mail_from.result);
    else
        spf_check_host(lookups, &question, &sender_id->result);
}
