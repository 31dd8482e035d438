/* SPDX-License-Identifier: MIT
 *
 * RFC 5322 §3.6.2 allows one From field; what else arrives is told apart here, loudest first. */
#include "mail/author.h"

#include "base/limits.h"
#include "base/zeroed.h"
#include "mail/address_mailbox.h"
#include "mail/header.h"

#include <string.h>

static void set_why(struct author *author, enum author_state state, const char *why) {
    if (author->state != AUTHOR_NOT_EVALUATED) /* the first finding stands */
        return;
    author->state = state;
    author->why = why;
}

static void set_ambiguous(struct author *author, const char *why) {
    set_why(author, AUTHOR_AMBIGUOUS, why);
}

/* The mailboxes of one more From field; the list loses them. */
static void take_mailboxes(struct author *author, struct address_list *list) {
    author->total += list->total;
    if (!author->mailboxes) {
        author->mailboxes = g_steal_pointer(&list->mailboxes);
        author->n_mailboxes = list->n;
        list->n = 0;
        return;
    }
    guint room = LIMIT_MAILBOXES - author->n_mailboxes, taken = MIN(list->n, room);
    author->mailboxes =
        g_renew(struct mailbox, author->mailboxes, MAX(author->n_mailboxes + taken, 1));
    if (list->n) {
        memcpy(author->mailboxes + author->n_mailboxes, list->mailboxes,
               taken * sizeof *list->mailboxes);
        memmove(list->mailboxes, list->mailboxes + taken,
                (list->n - taken) * sizeof *list->mailboxes);
    }
    list->n -= taken;
    author->n_mailboxes += taken;
}

/* Octets that some readers drop, replace or stop at. */
static void check_field(struct author *author, const struct field *field) {
    if (field->flags & (FIELD_LEADING_WSP | FIELD_BAD_NAME))
        set_ambiguous(author, "malformed-from-field");
    if (field->flags & (FIELD_NUL | FIELD_BARE_CR))
        set_ambiguous(author, "control-characters");
    if (field->flags & FIELD_TOO_LONG)
        set_ambiguous(author, "too-large");
    if (field->flags & FIELD_WSP_NAME)
        author->notes |= AUTHOR_OBSOLETE_NAME;
}

static void check_syntax(struct author *author, uint32_t flags) {
    if (flags & ADDRESS_CONTROL)
        set_ambiguous(author, "control-characters");
    if (flags & ADDRESS_ENCODED_WORD)
        set_ambiguous(author, "encoded-address");
    if (flags & ADDRESS_LOOKALIKE)
        set_ambiguous(author, "lookalike-syntax");
    if (flags & (ADDRESS_TOO_LONG | ADDRESS_TOO_MANY))
        set_ambiguous(author, "too-large");
    if (flags & ADDRESS_TWO_READINGS)
        set_ambiguous(author, "broken-syntax");
}

static void check_group(struct author *author, const struct address_list *list) {
    if (list->n_groups && list->total)
        set_ambiguous(author, "group-in-from");
    else if (list->n_groups)
        set_why(author, AUTHOR_NONE, "empty-group");
}

static bool is_name_only(const struct mailbox *mailbox) {
    return mailbox->fault == ADDRESS_NO_ADDRESS && mailbox->flags & ADDRESS_NAME_ONLY;
}

/* The first mailbox that is more than words, and in *n how many there are; NULL and 0 if none. */
static const struct mailbox *first_address(const struct author *author, guint *n) {
    const struct mailbox *first = NULL;
    *n = 0;
    for (guint i = 0; i < author->n_mailboxes; i++) {
        if (is_name_only(&author->mailboxes[i]))
            continue;
        if (!first)
            first = &author->mailboxes[i];
        (*n)++;
    }
    return first;
}

/* The word for an address nobody can vouch for, or NULL. A domain of one label has nobody above or
 * in it who could. */
static const char *unusable(const struct mailbox *mailbox) {
    switch (mailbox->fault) {
    case ADDRESS_FINE:
        return domain_parent(mailbox->domain) ? NULL : "unusable-domain";
    case ADDRESS_BAD_DOMAIN:
        return "unusable-domain";
    case ADDRESS_BAD_LOCAL:
    case ADDRESS_NO_LOCAL:
        return "unusable-address";
    case ADDRESS_NO_DOMAIN:
    case ADDRESS_NO_ADDRESS:
        break;
    }
    return "no-address";
}

static bool all_of_one_domain(const struct author *author, const char *domain) {
    for (guint i = 0; i < author->n_mailboxes; i++) {
        const struct mailbox *mailbox = &author->mailboxes[i];
        if (!is_name_only(mailbox) &&
            (mailbox->fault != ADDRESS_FINE || !domain_is_equal(mailbox->domain, domain)))
            return false;
    }
    return true;
}

static void check_mailboxes(struct author *author, const struct mailbox *first, guint n) {
    if (first && n > 1 && !all_of_one_domain(author, first->domain))
        set_ambiguous(author, "several-domains");
    const char *why = first ? unusable(first) : "no-address";
    if (why)
        set_why(author, AUTHOR_NONE, why);
    if (n > 1)
        set_why(author, AUTHOR_SEVERAL, "several-authors");
    set_why(author, AUTHOR_ONE, NULL);
}

/* Raw text that is not UTF-8: which octets are syntax depends on the charset one assumes. Whatever
 * is assumed, no other address than this one (NULL: none) may come out. */
static void check_raw_text(struct author *author, const char *address, struct span value,
                           uint32_t flags) {
    bool utf8 = g_utf8_validate_len(value.p, value.n, NULL);
    if (utf8 && !(flags & ADDRESS_SHIFTED))
        return;
    author->notes |= AUTHOR_RAW_TEXT;
    if (!address_is_only(value, address ? address : ""))
        set_ambiguous(author, "shift-state");
}

/* The display name as an eye reads it: full-width letters are letters, and so is the ideographic
 * full stop, which the normal form keeps (attacks A17, A24). */
static char *address_in_name(const struct mailbox *mailbox) {
    struct span name = span_of(mailbox->display_name);
    if (span_is_ascii(name) && span_find(name, '@') == name.n) /* its normal form is itself */
        return NULL;
    g_autofree char *folded = g_utf8_normalize(name.p, (gssize)name.n, G_NORMALIZE_ALL_COMPOSE);
    if (!folded)
        return NULL;
    g_autoptr(GString) text = g_string_new(folded);
    g_string_replace(text, "\u3002", ".", 0);
    return address_other(span_make(text->str, text->len), mailbox->domain);
}

static uint32_t syntax_notes(uint32_t flags) {
    return (flags & ADDRESS_EMPTY_ATOM ? AUTHOR_EMPTY_ATOMS : 0) |
           (flags & ADDRESS_QUOTED_WORD ? AUTHOR_QUOTED_WORD : 0) |
           (flags & ADDRESS_ROUTE ? AUTHOR_ROUTE : 0) |
           (flags & ADDRESS_EMPTY_ELEMENT ? AUTHOR_EMPTY_ELEMENTS : 0);
}

static void add_mailbox_notes(struct author *author, const struct mailbox *mailbox) {
    uint32_t text = mailbox->name_flags;
    author->notes |= (text & TEXT_BIDI ? AUTHOR_BIDI : 0) |
                     (text & TEXT_INVISIBLE ? AUTHOR_INVISIBLE : 0) |
                     (text & TEXT_MARK ? AUTHOR_MARKS : 0);
    author->address_in_name = mailbox->domain ? address_in_name(mailbox) : NULL;
    if (author->address_in_name)
        author->notes |= AUTHOR_NAME_IS_ADDRESS;
    if (mailbox->domain && strstr(mailbox->domain, "xn--"))
        author->notes |= AUTHOR_IDN;
    for (guint i = 0; i < author->n_mailboxes; i++)
        if (is_name_only(&author->mailboxes[i]))
            author->notes |= AUTHOR_BARE_NAMES;
}

static void read_from(struct author *author, const struct field *field) {
    OWNED(address_list) list = address_parse(field->value);
    check_field(author, field);
    check_syntax(author, list->flags);
    check_group(author, list);
    author->notes |= syntax_notes(list->flags);
    take_mailboxes(author, list);
    guint n;
    const struct mailbox *mailbox = first_address(author, &n);
    check_raw_text(author, mailbox ? mailbox->address : NULL, field->value, list->flags);
    check_mailboxes(author, mailbox, n);
    if (mailbox)
        add_mailbox_notes(author, mailbox);
    if (mailbox && (author->state == AUTHOR_ONE || author->state == AUTHOR_SEVERAL)) {
        author->address = mailbox->address;
        author->local = mailbox->local;
        author->domain = mailbox->domain;
        author->display_name = mailbox->display_name;
    } else if (author->state == AUTHOR_NONE && author->n_mailboxes) {
        author->display_name = author->mailboxes[0].display_name;
    }
}

/* Two From fields and more: all are listed, none is the author. */
static void read_all_from(struct author *author, const struct message *message) {
    set_ambiguous(author, "two-from-fields");
    for (int i = message_find(message, "From", 0); i >= 0 && author->n_mailboxes < LIMIT_MAILBOXES;
         i = message_find(message, "From", (guint)i + 1)) {
        OWNED(address_list) list = address_parse(message->fields[i].value);
        take_mailboxes(author, list);
    }
}

/* What a field that is no author says, as text: Sender and Resent-* (attacks A6, A7). */
static char *shown_mailbox(const struct message *message, const char *name) {
    int at = message_find(message, name, 0);
    if (at < 0)
        return NULL;
    OWNED(address_list) list = address_parse(message->fields[at].value);
    return g_strdup(list->n ? list->mailboxes[0].shown : "");
}

static void read_other_fields(struct author *author, const struct message *message) {
    author->sender = shown_mailbox(message, "Sender");
    if (author->sender && (!author->address || g_ascii_strcasecmp(author->sender, author->address)))
        author->notes |= AUTHOR_SENDER;
    author->resent = shown_mailbox(message, "Resent-Sender");
    if (!author->resent)
        author->resent = shown_mailbox(message, "Resent-From");
    if (author->resent)
        author->notes |= AUTHOR_RESENT;
}

/* A From behind a bare CR is a field to readers for whom that ends a line (attacks A29). */
static bool hides_from(struct span raw) {
    for (size_t at = span_find(raw, '\r'); at < raw.n;
         at += 1 + span_find(span_from(raw, at + 1), '\r')) {
        struct span line = span_from(raw, at + 1);
        if (!span_starts_nocase(line, SPAN_LIT("From")))
            continue;
        size_t colon = strlen("From");
        while (colon < line.n && (line.p[colon] == ' ' || line.p[colon] == '\t'))
            colon++;
        if (colon < line.n && line.p[colon] == ':')
            return true;
    }
    return false;
}

static void check_hidden_from(struct author *author, const struct message *message) {
    for (guint i = 0; i < message->n_fields; i++)
        if (message->fields[i].flags & FIELD_BARE_CR && hides_from(message->fields[i].raw))
            set_ambiguous(author, "malformed-from-field");
}

struct author *author_find(const struct message *message) {
    struct author *author = NEW_ZERO(author);
    author->n_fields = message_count(message, "From");
    if (message->flags & (MESSAGE_TOO_MANY_FIELDS | MESSAGE_HEADER_TOO_LARGE))
        set_ambiguous(author, "too-large"); /* another From may stand where we did not look */
    check_hidden_from(author, message);
    if (author->n_fields == 1)
        read_from(author, &message->fields[message_find(message, "From", 0)]);
    else if (author->n_fields)
        read_all_from(author, message);
    else
        set_why(author, AUTHOR_NONE, "no-from");
    read_other_fields(author, message);
    return author;
}

void author_free(struct author *author) {
    if (!author)
        return;
    for (guint i = 0; i < author->n_mailboxes; i++)
        address_mailbox_clear(&author->mailboxes[i]);
    g_free(author->mailboxes);
    g_free(author->sender);
    g_free(author->address_in_name);
    g_free(author->resent);
    g_free(author);
}

const char *author_state_name(enum author_state state) {
    static const char *const names[] = {
        [AUTHOR_NOT_EVALUATED] = NULL,    [AUTHOR_ONE] = "one",
        [AUTHOR_SEVERAL] = "several",     [AUTHOR_NONE] = "none",
        [AUTHOR_AMBIGUOUS] = "ambiguous",
    };
    g_assert((size_t)state < G_N_ELEMENTS(names));
    return names[state];
}
