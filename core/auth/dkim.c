/* SPDX-License-Identifier: MIT
 *
 * The verification algorithm of RFC 6376 §6.1 over all signatures of a message at once, so that the
 * body is read once for each canonicalisation whatever the number of signatures. */
#include "auth/dkim.h"

#include "mail/domain.h"

struct dkim_check_state {
    const struct message *message;
    struct dkim_hashes *hashes;
    struct field_selection *selections; /* [check->n] what each h= means */
};

static void refuse(struct dkim_result *result, enum dkim_reason reason) {
    result->reason = reason;
    result->result = dkim_reason_result(reason);
}

/* Nothing has decided about this signature yet. */
static bool is_open(const struct dkim_result *result) {
    return result->result == AUTH_NOT_EVALUATED && result->reason == DKIM_REASON_NONE;
}

/* --- which signatures ------------------------------------------------------------------------ */

static bool is_signature(const struct field *field) {
    return span_eq_nocase(field->name, SPAN_LIT("DKIM-Signature"));
}

static struct dkim_result read_field(const struct message *message, guint index) {
    struct dkim_signature *signature = dkim_signature_parse(message, index);
    struct dkim_result result = {.signature = signature};
    /* Fields that were not indexed could be meant by h=. */
    if (message->flags & (MESSAGE_TOO_MANY_FIELDS | MESSAGE_HEADER_TOO_LARGE))
        refuse(&result, DKIM_TOO_LARGE);
    else if (signature->reason)
        refuse(&result, signature->reason);
    return result;
}

/* What each h= means, and what it leaves out. */
static void fill_coverage(struct dkim_check *check) {
    struct dkim_check_state *state = check->state;
    for (guint i = 0; i < check->n; i++) {
        struct dkim_result *result = &check->results[i];
        const struct dkim_signature *signature = result->signature;
        struct field_selection *selection = &state->selections[i];
        dkim_hashes_select(state->hashes, signature, selection);
        result->covered = selection->covered;
        result->n_covered = selection->n_covered;
        result->unsigned_copies = selection->copies;
        result->n_unsigned_copies = selection->n_copies;
        for (guint j = 0; j < signature->n_headers; j++)
            if (span_eq_nocase(signature->headers[j], SPAN_LIT("Content-Type")))
                result->content_type_signed = true;
    }
}

/* Zeroed, with room for so many signatures, all in one block. */
static struct dkim_check *check_new(guint n) {
    struct whole {
        struct dkim_check check;
        struct dkim_check_state state;
        struct dkim_result results[];
    } * whole;
    gsize size = sizeof *whole + n * (sizeof *whole->results + sizeof(struct field_selection));
    whole = memset(g_malloc(size), 0, size);
    struct dkim_check *check = &whole->check;
    check->state = &whole->state;
    check->results = whole->results;
    check->state->selections = (struct field_selection *)(gpointer)(whole->results + n);
    return check;
}

static guint count_signatures(const struct message *message) {
    guint n = 0;
    for (guint i = 0; i < message->n_fields; i++)
        n += is_signature(&message->fields[i]);
    return n;
}

struct dkim_check *dkim_new(struct dkim_hashes *hashes) {
    const struct message *message = dkim_hashes_message(hashes);
    guint n = count_signatures(message);
    struct dkim_check *check = check_new(MIN(n, LIMIT_DKIM_FIELDS));
    check->state->message = message;
    check->state->hashes = hashes;
    for (guint i = 0; check->n < MIN(n, LIMIT_DKIM_FIELDS); i++)
        if (is_signature(&message->fields[i]))
            check->results[check->n++] = read_field(message, i);
    check->unread = n - check->n;
    fill_coverage(check);
    return check;
}

void dkim_free(struct dkim_check *check) {
    if (!check)
        return;
    for (guint i = 0; i < check->n; i++) {
        dkim_signature_free(check->results[i].signature);
        field_selection_clear(&check->state->selections[i]);
    }
    g_free(check);
}

/* Labels that both names end in. */
static guint common_labels(const char *a, const char *b) {
    size_t n_a = strlen(a), n_b = strlen(b), i = 0;
    guint labels = 0;
    for (; i < n_a && i < n_b && a[n_a - 1 - i] == b[n_b - 1 - i]; i++)
        labels += a[n_a - 1 - i] == '.';
    bool a_whole = i == n_a || a[n_a - 1 - i] == '.', b_whole = i == n_b || b[n_b - 1 - i] == '.';
    return labels + (i > 0 && a_whole && b_whole);
}

/* How near d= is to the author domain; 0: no organizational domain can be common to both. */
static guint nearness(const char *domain, const char *author_domain) {
    enum { PARENT_OR_CHILD = 1000, EQUAL = 2000 }; /* a name has at most 127 labels */
    if (!domain || !author_domain)
        return 0;
    guint common = common_labels(domain, author_domain);
    if (domain_is_equal(domain, author_domain))
        return EQUAL;
    if (common < 2)
        return 0;
    bool one_line = domain_is_equal_or_below(domain, author_domain) ||
                    domain_is_equal_or_below(author_domain, domain);
    return common + (one_line ? PARENT_OR_CHILD : 0);
}

/* The signature to verify next: open, not chosen yet, nearest, top-most; or NULL. */
static struct dkim_result *choose_next(struct dkim_check *check, const char *author_domain) {
    struct dkim_result *best = NULL;
    guint best_nearness = 0;
    for (guint i = 0; i < check->n; i++) {
        struct dkim_result *result = &check->results[i];
        guint near = nearness(result->signature->domain, author_domain);
        if (is_open(result) && !result->chosen && (!best || near > best_nearness)) {
            best = result;
            best_nearness = near;
        }
    }
    return best;
}

void dkim_names(struct dkim_check *check, const char *author_domain, struct lookups *lookups) {
    for (guint i = 0; i < check->n; i++)
        check->results[i].could_align =
            nearness(check->results[i].signature->domain, author_domain) > 0;
    for (guint chosen = 0; chosen < LIMIT_DKIM_SIGNATURES; chosen++) {
        struct dkim_result *result = choose_next(check, author_domain);
        if (!result)
            break;
        result->chosen = true;
        lookups_ask(lookups, result->signature->key_name, DNS_TXT);
    }
    for (guint i = 0; i < check->n; i++)
        if (is_open(&check->results[i]) && !check->results[i].chosen)
            refuse(&check->results[i], DKIM_NOT_CHECKED);
}

/* --- times and key --------------------------------------------------------------------------- */

/* "Signatures MAY be considered invalid" once x= has passed: they are. "Verifiers MAY ignore
 * signatures that have a timestamp in the future": they are told apart, no more, because t= comes
 * from the holder of the key and receipt times can be wrong. */
static enum dkim_reason check_times(struct dkim_result *result, int64_t received_at) {
    const struct dkim_signature *signature = result->signature;
    result->from_future = signature->signed_at > received_at + LIMIT_DKIM_SKEW;
    return signature->expires >= 0 && signature->expires < received_at ? DKIM_EXPIRED
                                                                       : DKIM_REASON_NONE;
}

/* The key that may verify this signature, or NULL and *reason. The caller unrefs. */
static struct dkim_key *get_key(struct dkim_result *result, struct lookups *lookups,
                                struct dkim_keys *keys, enum dkim_reason *reason) {
    const struct dkim_signature *signature = result->signature;
    OWNED(dkim_key)
    key = dkim_keys_answer(keys, lookups, signature->key_name, &result->dnssec, reason);
    if (!key)
        return NULL;
    result->key_bits = dkim_key_bits(key);
    result->testing = dkim_key_testing(key);
    *reason = dkim_key_forbids(key, signature->algorithm);
    if (!*reason && dkim_key_no_subdomain(key) && signature->i_below_d)
        *reason = DKIM_KEY_FLAG_S;
    return *reason ? NULL : g_steal_pointer(&key);
}

/* --- hashes ---------------------------------------------------------------------------------- */

static bool verify_header(struct dkim_check *check, guint i, struct dkim_key *key) {
    const struct dkim_signature *signature = check->results[i].signature;
    unsigned char digest[DKIM_SHA256_SIZE];
    dkim_hashes_header(check->state->hashes, signature, &check->state->selections[i], digest);
    return dkim_key_verify(key, digest, span_make((const char *)signature->b, signature->n_b));
}

static void check_header(struct dkim_check *check, guint i, struct lookups *lookups,
                         struct dkim_keys *keys, int64_t received_at) {
    struct dkim_result *result = &check->results[i];
    enum dkim_reason reason = check_times(result, received_at);
    OWNED(dkim_key) key = reason ? NULL : get_key(result, lookups, keys, &reason);
    if (reason)
        refuse(result, reason);
    else
        result->header_hash = verify_header(check, i, key) ? DKIM_HASH_PASS : DKIM_HASH_FAIL;
}

/* §6.1.3 for one signature whose header hash is known. The only place that writes a pass. */
static void conclude(struct dkim_result *result, const unsigned char *digest, uint64_t length) {
    const struct dkim_signature *signature = result->signature;
    bool too_long = signature->limited && signature->limit > length;
    bool same = !too_long && memcmp(digest, signature->body_hash, DKIM_SHA256_SIZE) == 0;
    result->body_hash = same ? DKIM_HASH_PASS : DKIM_HASH_FAIL;
    result->body_covered = !signature->limited || signature->limit == length;
    if (result->header_hash != DKIM_HASH_PASS)
        refuse(result, DKIM_SIGNATURE);
    else if (too_long)
        refuse(result, DKIM_BODY_LENGTH);
    else if (!same)
        refuse(result, DKIM_BODY_HASH);
    else
        result->result = AUTH_PASS;
}

static bool wants_body(const struct dkim_result *result) {
    return result->header_hash != DKIM_HASH_UNKNOWN;
}

static void check_bodies(struct dkim_check *check) {
    struct dkim_hashes *hashes = check->state->hashes;
    for (guint i = 0; i < check->n; i++)
        if (wants_body(&check->results[i]))
            dkim_hashes_want_body(hashes, check->results[i].signature);
    for (guint i = 0; i < check->n; i++) {
        struct dkim_result *result = &check->results[i];
        uint64_t length;
        if (wants_body(result)) {
            const unsigned char *digest = dkim_hashes_body(hashes, result->signature, &length);
            conclude(result, digest, length);
        }
    }
}

void dkim_verify(struct dkim_check *check, struct lookups *lookups, struct dkim_keys *keys,
                 int64_t received_at) {
    for (guint i = 0; i < check->n; i++)
        if (check->results[i].chosen && is_open(&check->results[i]))
            check_header(check, i, lookups, keys, received_at);
    if (!(check->state->message->flags & MESSAGE_BODY_PARTIAL)) {
        check_bodies(check);
        return;
    }
    for (guint i = 0; i < check->n; i++)
        if (wants_body(&check->results[i]))
            refuse(&check->results[i], check->results[i].header_hash == DKIM_HASH_PASS
                                           ? DKIM_BODY_PARTIAL
                                           : DKIM_SIGNATURE);
}

bool dkim_covers(const struct dkim_result *result, guint index) {
    for (guint i = 0; i < result->n_covered; i++)
        if (result->covered[i] == index)
            return true;
    return false;
}
