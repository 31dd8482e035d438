/* SPDX-License-Identifier: MIT
 *
 * RFC 4870 §3.3:
 *
 *     a= (rsa-sha1)  b=  c= (simple / nofws)  d=  h= name *( ":" name )  q= (dns)  s=
 *
 * of which b=, d= and s= must be there; c= and q= too by the letter, but many signers left them
 * out, for "simple" and "dns". §3.2.3: key records have g= k= n= p= t=; §3.6: policy records
 * (_domainkey.DOMAIN) n= o= r= t=. */
#include "auth/domainkeys.h"

#include "auth/dkim_signature.h"
#include "auth/domainkeys_canon.h"
#include "auth/tag_list.h"
#include "base/zeroed.h"
#include "mail/address.h"
#include "mail/domain.h"

struct domainkeys_state {
    const struct message *message;
    guint field; /* the signature's own */
    struct dkim_selector selector;
    char *policy_name;
    char *local, *sender_domain; /* of the sending address */
    guint sender_field;
    enum domainkeys_canon canon;
    guint *order; /* fields that are hashed */
    guint n_order;
    unsigned char b[DKIM_SIGNATURE_MAX];
    size_t n_b;
};

static void refuse(struct domainkeys_check *check, enum dkim_reason reason) {
    if (!check->reason)
        check->reason = reason;
}

static bool is_word(const struct tag *tag, const char *word) {
    return span_eq_nocase(tag->value, span_of(word));
}

/* --- the sending address --------------------------------------------------------------------- */

/* "Sender" if it is there, else "From": its first address. */
static void find_sender(struct domainkeys_state *state) {
    int at = message_find(state->message, "Sender", 0);
    if (at < 0)
        at = message_find(state->message, "From", 0);
    if (at < 0)
        return;
    state->sender_field = (guint)at;
    OWNED(address_list) list = address_parse(state->message->fields[at].value);
    if (!list->n || !list->mailboxes[0].address)
        return;
    state->local = g_strdup(list->mailboxes[0].local);
    state->sender_domain = g_strdup(list->mailboxes[0].domain);
    char *name = g_strconcat("_domainkey.", state->sender_domain, NULL);
    if (strlen(name) <= LIMIT_DOMAIN)
        state->policy_name = name;
    else
        g_free(name);
}

/* §3.3, d=: "MUST match the domain of the sending email address or MUST be one of the parent
 * domains"; h=: "MUST include the header that was used to identify the sending domain". */
static void check_sender(struct domainkeys_check *check) {
    const struct domainkeys_state *state = check->state;
    bool covered = false;
    for (guint i = 0; i < state->n_order; i++)
        covered = covered || state->order[i] == state->sender_field;
    if (!state->sender_domain || !check->domain ||
        !domain_is_equal_or_below(state->sender_domain, check->domain))
        refuse(check, DKIM_NOT_OF_SENDER);
    if (!covered)
        refuse(check, DKIM_SENDER_NOT_SIGNED);
}

/* --- the field ------------------------------------------------------------------------------- */

static void read_key_name(struct domainkeys_check *check, const struct tag_list *list) {
    const struct tag *d = tag_list_find(list, "d"), *s = tag_list_find(list, "s");
    if (!d || !s) {
        refuse(check, DKIM_MISSING_TAG);
        return;
    }
    check->domain = domain_parse(d->value, 0, NULL);
    if (!check->domain) {
        refuse(check, DKIM_BAD_DOMAIN);
        return;
    }
    struct dkim_selector *selector = &check->state->selector;
    if (dkim_selector_read(s->value, check->domain, selector))
        check->selector = selector->labels;
    if (!*selector->key_name)
        refuse(check, DKIM_BAD_SELECTOR);
}

static void read_words(struct domainkeys_check *check, const struct tag_list *list) {
    const struct tag *a = tag_list_find(list, "a"), *c = tag_list_find(list, "c"),
                     *q = tag_list_find(list, "q");
    if (a && !is_word(a, "rsa-sha1"))
        refuse(check, DKIM_UNKNOWN_ALGORITHM);
    if (c && is_word(c, "nofws"))
        check->state->canon = DOMAINKEYS_NOFWS;
    else if (c && !is_word(c, "simple"))
        refuse(check, DKIM_CANONICALIZATION);
    if (q && !is_word(q, "dns"))
        refuse(check, DKIM_QUERY_METHOD);
}

/* "this tag can never contain an empty value" (§3.3) */
static void read_headers(struct domainkeys_check *check, const struct tag *h) {
    struct domainkeys_state *state = check->state;
    struct span rest = h ? h->value : SPAN_NULL, name;
    struct span names[LIMIT_DKIM_H];
    guint n = 0;
    while (tag_value_next(&rest, &name)) {
        if (!name.n || n == LIMIT_DKIM_H) {
            refuse(check, name.n ? DKIM_TOO_LARGE : DKIM_SYNTAX);
            return;
        }
        names[n++] = name;
    }
    state->order = domainkeys_select(state->message, state->field, names, n, &state->n_order);
}

static void read_b(struct domainkeys_check *check, const struct tag *b) {
    struct domainkeys_state *state = check->state;
    if (!b)
        refuse(check, DKIM_MISSING_TAG);
    else if (!tag_value_base64(b->value, state->b, sizeof state->b, &state->n_b))
        refuse(check, DKIM_SYNTAX);
}

static void read_field(struct domainkeys_check *check) {
    const struct domainkeys_state *state = check->state;
    const struct field *field = &state->message->fields[state->field];
    struct tag_list list;
    if (field->raw.n > LIMIT_DOMAINKEYS_SIZE ||
        state->message->flags & (MESSAGE_TOO_MANY_FIELDS | MESSAGE_HEADER_TOO_LARGE)) {
        refuse(check, DKIM_TOO_LARGE);
    } else if (!tag_list_parse(field->value, TAG_LIST_STRICT, &list)) {
        refuse(check, list.error == TAG_LIST_DUPLICATE ? DKIM_DUPLICATE_TAG : DKIM_SYNTAX);
    } else {
        read_key_name(check, &list);
        read_words(check, &list);
        read_b(check, tag_list_find(&list, "b"));
        read_headers(check, tag_list_find(&list, "h"));
    }
    check_sender(check);
}

struct domainkeys_check *domainkeys_new(const struct message *message) {
    struct domainkeys_check *check = NEW_ZERO(domainkeys_check);
    int at = message_find(message, "DomainKey-Signature", 0);
    if (at < 0)
        return check;
    check->state = NEW_ZERO(domainkeys_state);
    check->state->message = message;
    check->state->field = (guint)at;
    find_sender(check->state);
    read_field(check);
    return check;
}

void domainkeys_free(struct domainkeys_check *check) {
    struct domainkeys_state *state = check->state;
    if (state) {
        g_free(state->policy_name);
        g_free(state->local);
        g_free(state->sender_domain);
        g_free(state->order);
        g_free(state);
    }
    g_free(check->domain);
    g_free(check);
}

/* --- records --------------------------------------------------------------------------------- */

void domainkeys_names(struct domainkeys_check *check, struct lookups *lookups) {
    if (!check->state || check->reason)
        return;
    lookups_ask(lookups, check->state->selector.key_name, DNS_TXT);
    if (check->state->policy_name)
        lookups_ask(lookups, check->state->policy_name, DNS_TXT);
}

static bool has_flag(const struct tag_list *list) {
    const struct tag *t = tag_list_find(list, "t");
    return t && is_word(t, "y");
}

/* One record, or *list has no tags. */
static void read_record(struct lookups *lookups, const char *name, struct tag_list *list) {
    const struct dns_answer *answer = lookups_answer(lookups, name, DNS_TXT);
    list->n = 0;
    if (answer->status == DNS_DATA && answer->n == 1 && answer->records[0].n <= LIMIT_KEY_RECORD)
        tag_list_parse(span_trim_fws(answer->records[0]), TAG_LIST_SKIP_BAD | TAG_LIST_8BIT, list);
}

static void read_policy(struct domainkeys_check *check, struct lookups *lookups) {
    struct tag_list list;
    read_record(lookups, check->state->policy_name, &list);
    if (!list.n)
        return;
    const struct tag *o = tag_list_find(&list, "o");
    check->testing = check->testing || has_flag(&list);
    check->policy = o && is_word(o, "-") ? DOMAINKEYS_SIGNS_ALL : DOMAINKEYS_SIGNS_SOME;
}

/* "If present with a non-zero length value, this value MUST exactly match the local part of the
 * sending address" (§3.2.3); records shared with DKIM say "g=*" for any. */
static bool granularity_fits(const struct domainkeys_check *check, const struct tag_list *record) {
    const struct tag *g = tag_list_find(record, "g");
    return !g || !g->value.n || is_word(g, "*") || span_eq(g->value, span_of(check->state->local));
}

/* The key that may verify, or NULL and *reason. The caller unrefs. */
static struct dkim_key *get_key(struct domainkeys_check *check, struct lookups *lookups,
                                struct dkim_keys *keys, enum dkim_reason *reason) {
    const char *name = check->state->selector.key_name;
    OWNED(dkim_key) key = dkim_keys_answer(keys, lookups, name, &check->dnssec, reason);
    if (!key)
        return NULL;
    struct tag_list record;
    read_record(lookups, name, &record);
    check->testing = dkim_key_testing(key);
    if (dkim_key_forbids(key, DKIM_RSA_SHA1) == DKIM_KEY_ALGORITHM)
        *reason = DKIM_KEY_ALGORITHM;
    else if (dkim_key_bits(key) < LIMIT_DOMAINKEYS_MIN_BITS)
        *reason = DKIM_KEY_TOO_SHORT;
    else if (!granularity_fits(check, &record))
        *reason = DKIM_KEY_GRANULARITY;
    return *reason ? NULL : g_steal_pointer(&key);
}

/* --- the check ------------------------------------------------------------------------------- */

static enum dkim_reason verify(struct domainkeys_check *check, struct lookups *lookups,
                               struct dkim_keys *keys) {
    const struct domainkeys_state *state = check->state;
    enum dkim_reason reason = check->reason;
    OWNED(dkim_key) key = reason ? NULL : get_key(check, lookups, keys, &reason);
    if (!key)
        return reason;
    if (state->message->flags & MESSAGE_BODY_PARTIAL)
        return DKIM_BODY_PARTIAL;
    unsigned char digest[DOMAINKEYS_SHA1_SIZE];
    domainkeys_hash(state->message, state->order, state->n_order, state->canon, digest);
    struct span b = span_make((const char *)state->b, state->n_b);
    return dkim_key_verify_sha1(key, digest, b) ? DKIM_REASON_NONE : DKIM_SIGNATURE;
}

void domainkeys_verify(struct domainkeys_check *check, struct lookups *lookups,
                       struct dkim_keys *keys) {
    if (!check->state) {
        check->result = AUTH_NONE;
        return;
    }
    bool readable = !check->reason;
    check->reason = verify(check, lookups, keys);
    check->result = check->reason ? dkim_reason_result(check->reason) : AUTH_PASS;
    if (readable && check->state->policy_name)
        read_policy(check, lookups);
}

const char *domainkeys_policy_name(enum domainkeys_policy policy) {
    static const char *const names[] = {
        [DOMAINKEYS_SIGNS_SOME] = "some", [DOMAINKEYS_SIGNS_ALL] = "all"};
    return names[policy];
}
