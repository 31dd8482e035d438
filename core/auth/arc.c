/* SPDX-License-Identifier: MIT
 *
 * RFC 8617 §5.2 steps 4 to 7. A seal signs all sets up to its own in one order (§5.1.1), so that
 * what the seal of set i hashes begins with what the seal of set i - 1 hashed: one running hash
 * serves all, and fifty seals cost no more octets than one. */
#include "auth/arc.h"

#include "base/zeroed.h"

#include <openssl/evp.h>

struct arc_check_state {
    struct dkim_hashes *hashes;
    const struct message *message;
    struct lookups *lookups;
    struct dkim_keys *keys;
    int64_t received_at;
    bool asked;                   /* some key was */
    bool testing[LIMIT_ARC_SETS]; /* key of that seal has t=y */
};

struct arc_check *arc_new(struct dkim_hashes *hashes) {
    struct whole {
        struct arc_check check;
        struct arc_check_state state;
    } *whole = NEW_ZERO(whole);
    struct arc_check *check = &whole->check;
    const struct arc_chain *chain = &check->chain;
    check->state = &whole->state;
    check->state->hashes = hashes;
    check->state->message = dkim_hashes_message(hashes);
    arc_chain_read(&check->chain, check->state->message);
    check->fault = chain->fault;
    check->cause = chain->cause;
    check->instance = chain->n;
    if (chain->n && chain->sets[chain->n - 1].seal)
        check->sealer = chain->sets[chain->n - 1].seal->domain;
    return check;
}

void arc_free(struct arc_check *check) {
    arc_chain_clear(&check->chain);
    g_free(check);
}

/* --- names ----------------------------------------------------------------------------------- */

static const struct arc_set *set_of(const struct arc_check *check, guint instance) {
    return &check->chain.sets[instance - 1];
}

static void ask(const struct dkim_signature *signature, struct lookups *lookups) {
    if (!signature->reason)
        lookups_ask(lookups, signature->key_name, DNS_TXT);
}

/* Is that key among those asked for a seal, or for a newer message signature? */
static bool is_asked(const struct arc_check *check, guint instance, const char *key_name) {
    for (guint i = 1; i <= check->instance; i++) {
        const struct arc_set *set = set_of(check, i);
        if (!g_strcmp0(set->seal->key_name, key_name) ||
            (i > instance && !g_strcmp0(set->message_signature->key_name, key_name)))
            return true;
    }
    return false;
}

/* The lowest instance for which all message signatures from there on have keys that may be asked.
 */
static guint oldest_askable(const struct arc_check *check) {
    guint further = 0, instance = check->instance;
    for (; instance > 1; instance--) {
        const struct dkim_signature *older = set_of(check, instance - 1)->message_signature;
        if (older->reason)
            break;
        further += !is_asked(check, instance - 1, older->key_name);
        if (further > LIMIT_ARC_OLDER_KEYS)
            break;
    }
    return instance;
}

void arc_names(struct arc_check *check, struct lookups *lookups) {
    if (check->fault || !check->instance)
        return;
    ask(set_of(check, check->instance)->message_signature, lookups);
    for (guint i = check->instance; i > 0; i--)
        ask(set_of(check, i)->seal, lookups);
    for (guint i = oldest_askable(check); i < check->instance; i++)
        ask(set_of(check, i)->message_signature, lookups);
}

/* --- signatures ------------------------------------------------------------------------------ */

static struct span octets_of(const struct dkim_signature *signature) {
    return span_make((const char *)signature->b, signature->n_b);
}

/* The key that may verify this signature, or NULL and *reason. The caller unrefs. */
static struct dkim_key *get_key(struct arc_check *check, const struct dkim_signature *signature,
                                enum dkim_reason *reason) {
    const struct arc_check_state *state = check->state;
    enum dnssec_state dnssec;
    *reason = signature->reason;
    if (*reason)
        return NULL;
    OWNED(dkim_key)
    key = dkim_keys_answer(state->keys, state->lookups, signature->key_name, &dnssec, reason);
    check->dnssec = check->state->asked ? dnssec_state_weaker(check->dnssec, dnssec) : dnssec;
    check->state->asked = true;
    if (!key)
        return NULL;
    *reason = dkim_key_forbids(key, signature->algorithm);
    return *reason ? NULL : g_steal_pointer(&key);
}

/* Every field of that name is signed: h= takes from the bottom, so that none may be left over. */
static bool covers_all(const struct message *message, const struct dkim_signature *signature,
                       const struct field_selection *selection, const char *name) {
    bool named = message_find(message, name, 0) < 0;
    for (guint i = 0; i < signature->n_headers; i++)
        named = named || span_eq_nocase(signature->headers[i], span_of(name));
    for (guint i = 0; i < selection->n_copies; i++)
        if (span_eq_nocase(message->fields[selection->copies[i]].name, span_of(name)))
            return false;
    return named;
}

static enum dkim_reason verify_body(struct arc_check *check, const struct dkim_signature *signature,
                                    bool *whole) {
    uint64_t length;
    const unsigned char *digest = dkim_hashes_body(check->state->hashes, signature, &length);
    if (signature->limited && signature->limit > length)
        return DKIM_BODY_LENGTH;
    *whole = !signature->limited || signature->limit == length;
    return memcmp(digest, signature->body_hash, DKIM_SHA256_SIZE) == 0 ? DKIM_REASON_NONE
                                                                       : DKIM_BODY_HASH;
}

/* Header and body under `key`, as c= of `signature` says. *covers_shown may be NULL. */
static enum dkim_reason verify_hashes(struct arc_check *check,
                                      const struct dkim_signature *signature, struct dkim_key *key,
                                      bool *covers_shown) {
    const struct arc_check_state *state = check->state;
    struct field_selection selection;
    unsigned char digest[DKIM_SHA256_SIZE];
    dkim_hashes_select(state->hashes, signature, &selection);
    dkim_hashes_header(state->hashes, signature, &selection, digest);
    bool whole = false, covered = covers_all(state->message, signature, &selection, "From") &&
                                  covers_all(state->message, signature, &selection, "Subject");
    field_selection_clear(&selection);
    if (!dkim_key_verify(key, digest, octets_of(signature)))
        return DKIM_SIGNATURE;
    enum dkim_reason reason = verify_body(check, signature, &whole);
    if (covers_shown)
        *covers_shown = covered && whole;
    return reason;
}

/* An AMS is verified as a DKIM-Signature is (§4.1.2). Without c= that means simple/simple (RFC 6376
 * §3.5), but signers that leave it out of an AMS mean relaxed, which is all that seals know: either
 * is taken. */
static enum dkim_reason verify_message_signature(struct arc_check *check,
                                                 const struct dkim_signature *signature,
                                                 bool *covers_shown) {
    enum dkim_reason reason = signature->reason;
    if (!reason && signature->expires >= 0 && signature->expires < check->state->received_at)
        reason = DKIM_EXPIRED;
    OWNED(dkim_key) key = reason ? NULL : get_key(check, signature, &reason);
    if (!key)
        return reason;
    reason = verify_hashes(check, signature, key, covers_shown);
    if (reason != DKIM_SIGNATURE || signature->canon_given)
        return reason;
    struct dkim_signature relaxed = *signature;
    relaxed.header_canon = relaxed.body_canon = DKIM_RELAXED;
    return verify_hashes(check, &relaxed, key, covers_shown);
}

/* --- seals ----------------------------------------------------------------------------------- */

/* SHA-256 over memory cannot fail but for want of memory. */
static void must(int ok) {
    g_assert(ok == 1);
}

/* What each seal signs: AAR, AMS, AS of every set up to its own, in that order, relaxed; its own AS
 * last, with an empty b= (§5.1.1). */
static void hash_seals(const struct arc_check *check,
                       unsigned char digests[LIMIT_ARC_SETS][DKIM_SHA256_SIZE]) {
    const struct field *fields = check->state->message->fields;
    EVP_MD_CTX *running = EVP_MD_CTX_new(), *own = EVP_MD_CTX_new();
    GString *text = g_string_new(NULL);
    must(running && own && EVP_DigestInit_ex2(running, EVP_sha256(), NULL));
    for (guint i = 0; i < check->instance; i++) {
        const struct arc_set *set = &check->chain.sets[i];
        dkim_canon_field(text, &fields[set->results_field], DKIM_RELAXED);
        dkim_canon_field(text, &fields[set->message_signature->field], DKIM_RELAXED);
        must(EVP_DigestUpdate(running, text->str, text->len));
        g_string_truncate(text, 0);
        if (!set->seal->reason) { /* else there may be no b= to leave out, and nobody asks */
            dkim_canon_own_field(text, &fields[set->seal->field], set->seal->own_b, DKIM_RELAXED);
            must(EVP_MD_CTX_copy_ex(own, running));
            must(EVP_DigestUpdate(own, text->str, text->len));
            must(EVP_DigestFinal_ex(own, digests[i], NULL));
            g_string_truncate(text, 0);
        }
        dkim_canon_field(text, &fields[set->seal->field], DKIM_RELAXED);
    }
    g_string_free(text, TRUE);
    EVP_MD_CTX_free(running);
    EVP_MD_CTX_free(own);
}

static enum dkim_reason verify_seal(struct arc_check *check, guint instance,
                                    const unsigned char digest[DKIM_SHA256_SIZE]) {
    const struct dkim_signature *seal = set_of(check, instance)->seal;
    enum dkim_reason reason;
    OWNED(dkim_key) key = get_key(check, seal, &reason);
    if (!key)
        return reason;
    check->state->testing[instance - 1] = dkim_key_testing(key);
    return dkim_key_verify(key, digest, octets_of(seal)) ? DKIM_REASON_NONE : DKIM_SIGNATURE;
}

/* --- §5.2 ------------------------------------------------------------------------------------ */

static void fail(struct arc_check *check, enum arc_fault fault, enum dkim_reason cause) {
    check->result = AUTH_FAIL;
    check->fault = fault;
    check->cause = cause;
    check->temporary = cause && dkim_reason_result(cause) == AUTH_TEMPERROR;
}

/* Step 4. */
static bool holds_now(struct arc_check *check) {
    const struct dkim_signature *newest = set_of(check, check->instance)->message_signature;
    for (guint i = oldest_askable(check); i <= check->instance; i++)
        dkim_hashes_want_body(check->state->hashes, set_of(check, i)->message_signature);
    enum dkim_reason cause = verify_message_signature(check, newest, &check->covers_shown);
    if (cause)
        fail(check, cause == DKIM_BODY_HASH ? ARC_BODY_CHANGED : ARC_MESSAGE_SIGNATURE, cause);
    return !cause;
}

/* Step 6. */
static bool seals_hold(struct arc_check *check) {
    unsigned char digests[LIMIT_ARC_SETS][DKIM_SHA256_SIZE];
    hash_seals(check, digests);
    for (guint i = check->instance; i > 0; i--) {
        enum dkim_reason cause = verify_seal(check, i, digests[i - 1]);
        if (cause) {
            fail(check, ARC_SEAL, cause);
            return false;
        }
    }
    return true;
}

/* Step 5: does not affect the validity of the chain, nor the state of its keys. */
static guint find_oldest_pass(struct arc_check *check) {
    enum dnssec_state dnssec = check->dnssec;
    guint oldest = check->instance, askable = oldest_askable(check);
    while (oldest > askable &&
           !verify_message_signature(check, set_of(check, oldest - 1)->message_signature, NULL))
        oldest--;
    check->dnssec = dnssec;
    return oldest == 1 ? 0 : oldest;
}

void arc_verify(struct arc_check *check, struct lookups *lookups, struct dkim_keys *keys,
                int64_t received_at) {
    struct arc_check_state *state = check->state;
    state->lookups = lookups;
    state->keys = keys;
    state->received_at = received_at;
    if (!check->chain.n_fields) {
        check->result = AUTH_NONE;
    } else if (check->fault) {
        fail(check, check->fault, check->cause);
    } else if (state->message->flags & MESSAGE_BODY_PARTIAL) {
        check->cause = DKIM_BODY_PARTIAL;
    } else if (holds_now(check) && seals_hold(check)) {
        check->oldest_pass = find_oldest_pass(check);
        check->result = AUTH_PASS;
    }
}

bool arc_seal_testing(const struct arc_check *check, guint instance) {
    return check->state->testing[instance - 1];
}

char *arc_reason(const struct arc_check *check) {
    static const char *const faults[ARC_FAULT__MAX] = {
        [ARC_TOO_MANY_SETS] = "too-many-sets",
        [ARC_TOO_LARGE] = "too-large",
        [ARC_INSTANCE] = "instance",
        [ARC_DUPLICATE] = "duplicate-field",
        [ARC_INCOMPLETE] = "incomplete-set",
        [ARC_GAP] = "gap",
        [ARC_SEALED_AS_FAILED] = "sealed-as-failed",
        [ARC_CHAIN_STATUS] = "chain-status",
        [ARC_BODY_CHANGED] = "changed-after-sealing",
    };
    const char *cause = dkim_reason_name(check->cause);
    if (check->fault == ARC_MESSAGE_SIGNATURE || check->fault == ARC_SEAL)
        return g_strconcat(check->fault == ARC_SEAL ? "seal-" : "message-signature-", cause, NULL);
    return g_strdup(check->fault ? faults[check->fault] : cause);
}
