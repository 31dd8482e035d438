/* SPDX-License-Identifier: MIT
 *
 * auth/sender_id.h: the steps of RFC 4407 §2 in their order. */
#include "auth/sender_id.h"

#include "auth/spf.h"
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

static void take(struct sender_id *sender_id, const char *address, const char *local,
                 const char *domain) {
    sender_id->pra = g_strdup(address);
    sender_id->local = g_strdup(local);
    sender_id->domain = g_strdup(domain);
}

/* A dot-atom that is no host name ("a+b.example") is a domain to RFC 4407 and to DNS. */
static void take_odd_domain(struct sender_id *sender_id, const struct mailbox *mailbox) {
    if (mailbox->fault == ADDRESS_BAD_DOMAIN && mailbox->domain_fault == DOMAIN_BAD_LDH &&
        spf_path_parse(span_of(mailbox->shown), &sender_id->local, &sender_id->domain))
        sender_id->pra = g_strdup(mailbox->shown);
}

/* Step 5: one mailbox with a domain, else there is no PRA. */
static void take_mailbox(struct sender_id *sender_id, struct span value) {
    OWNED(address_list) list = address_parse(value);
    if (list->total != 1 || list->n != 1 || (list->flags & ADDRESS_TWO_READINGS) ||
        list->n_groups > 0)
        return;
    const struct mailbox *mailbox = &list->mailboxes[0];
    if (mailbox->fault != ADDRESS_FINE) {
        take_odd_domain(sender_id, mailbox);
        return;
    }
    take(sender_id, mailbox->address, mailbox->local, mailbox->domain);
}

struct sender_id *sender_id_new(const struct message *message, const struct author *author) {
    struct sender_id *sender_id = NEW_ZERO(sender_id);
    int at = select_field(message);
    if (at < 0)
        return sender_id;
    bool is_author =
        author && author->state == AUTHOR_ONE && at == message_find(message, "From", 0);
    if (is_author)
        take(sender_id, author->address, author->local, author->domain);
    else
        take_mailbox(sender_id, message->fields[at].value);
    return sender_id;
}

void sender_id_free(struct sender_id *sender_id) {
    g_free(sender_id->pra);
    g_free(sender_id->local);
    g_free(sender_id->domain);
    spf_result_clear(&sender_id->result);
    g_free(sender_id);
}

void sender_id_names(const struct sender_id *sender_id, struct lookups *lookups) {
    if (sender_id->domain)
        lookups_ask(lookups, sender_id->domain, DNS_TXT);
}

void sender_id_verify(struct sender_id *sender_id, struct lookups *lookups, const struct ip *ip,
                      const char *helo, int64_t now) {
    struct spf_question question = {
        .ip = *ip,
        .domain = sender_id->domain,
        .local = sender_id->local ? sender_id->local : "",
        .sender_domain = sender_id->domain ? sender_id->domain : "",
        .helo = helo,
        .scope = SPF_SCOPE_PRA,
        .now = now,
    };
    spf_check_host(lookups, &question, &sender_id->result);
}
