/* SPDX-License-Identifier: MIT
 *
 * sign/openpgp.h: from the parts of a message to what its signatures say. One question to the
 * verifier for each signed part with the vouched-for keys that its packets name; only where none of
 * them made the signature a second one with the keys that came with the mail. */
#include "sign/openpgp.h"

#include "base/limits.h"
#include "sign/openpgp_armor.h"
#include "sign/openpgp_claim.h"
#include "sign/openpgp_keyring.h"
#include "sign/openpgp_seen.h"

#include <string.h>

struct work {
    const struct openpgp_request *request;
    struct openpgp_result *result;
    GArray *judgements; /* of struct openpgp_judgement */
    GArray *seen;       /* NULL: not looked for yet */
    guint parts;        /* judged so far */
};

/* What one signature part speaks of. */
struct target {
    const char *part;
    enum signature_scope scope;
    struct span data, payload;
    bool is_inline;
};

/* --- one judgement --------------------------------------------------------------------------- */

static enum signature_check signature_check_of(enum openpgp_reason reason) {
    switch (reason) {
    case OPENPGP_FINE:
        return CHECK_PASS;
    case OPENPGP_CHANGED:
    case OPENPGP_WRONG_TYPE:
    case OPENPGP_SIGNATURE_EXPIRED:
    case OPENPGP_SIGNATURE_FROM_FUTURE:
        return CHECK_FAIL;
    default:
        return CHECK_UNKNOWN;
    }
}

/* A weak key contradicts nothing: it proves too little. */
static enum signature_check key_check_of(enum openpgp_reason reason, const char *vouched) {
    switch (reason) {
    case OPENPGP_FINE:
        return vouched ? CHECK_PASS : CHECK_UNKNOWN;
    case OPENPGP_KEY_REVOKED:
    case OPENPGP_KEY_EXPIRED:
    case OPENPGP_KEY_FROM_FUTURE:
    case OPENPGP_KEY_CANNOT_SIGN:
    case OPENPGP_KEY_UNUSABLE:
        return CHECK_FAIL;
    default:
        return CHECK_UNKNOWN;
    }
}

static enum openpgp_status status_of(const struct openpgp_judgement *judgement) {
    if (judgement->signature == CHECK_FAIL || judgement->key == CHECK_FAIL)
        return OPENPGP_FAILED;
    if (judgement->signature != CHECK_PASS)
        return OPENPGP_UNKNOWN;
    bool all = judgement->key == CHECK_PASS && judgement->address == CHECK_PASS &&
               judgement->coverage == CHECK_PASS;
    return all ? OPENPGP_VERIFIED : OPENPGP_SIGNED;
}

static void give_reason(struct openpgp_judgement *judgement, enum openpgp_reason reason) {
    if (reason != OPENPGP_FINE)
        judgement->reasons |= 1U << reason;
}

/* Exactly one author, and one of the key's own user IDs names him (attacks G152, G159). */
static void judge_address(const struct work *work, struct openpgp_judgement *judgement) {
    const struct author *author = work->request->author;
    char **user_ids = judgement->by.user_ids;
    judgement->address = CHECK_UNKNOWN;
    if (!judgement->by.fingerprint || !author->address || author->state != AUTHOR_ONE)
        return;
    judgement->address = CHECK_FAIL;
    for (; user_ids && *user_ids; user_ids++)
        if (openpgp_user_id_is(*user_ids, author->address)) {
            judgement->address = CHECK_PASS;
            judgement->user_id = g_strdup(*user_ids);
            return;
        }
    give_reason(judgement, OPENPGP_ADDRESS_DIFFERS);
}

static void judge_coverage(struct openpgp_judgement *judgement) {
    bool whole = judgement->scope == SCOPE_MESSAGE;
    bool unclear = judgement->scope == SCOPE_UNCLEAR;
    judgement->coverage = whole ? CHECK_PASS : unclear ? CHECK_UNKNOWN : CHECK_FAIL;
    if (!whole)
        give_reason(judgement, OPENPGP_PART_ONLY);
}

static const char *find_voucher(const struct work *work, const char *fingerprint) {
    const struct openpgp_request *request = work->request;
    for (guint i = 0; fingerprint && i < request->n_vouchers; i++)
        if (openpgp_keyring_find(request->vouchers[i].keyring, fingerprint))
            return request->vouchers[i].word;
    return NULL;
}

/* Takes over what `by` owns. */
static void judge(struct work *work, const struct target *target, struct openpgp_signature by,
                  bool may_be_vouched) {
    struct openpgp_judgement judgement = {.scope = target->scope,
                                          .part = g_strdup(target->part),
                                          .payload = target->payload,
                                          .is_inline = target->is_inline,
                                          .by = by};
    if (may_be_vouched)
        judgement.vouched = find_voucher(work, by.fingerprint);
    give_reason(&judgement, by.reason);
    give_reason(&judgement, by.key);
    if (by.fingerprint && !judgement.vouched)
        give_reason(&judgement, OPENPGP_NOT_VOUCHED);
    judgement.signature = signature_check_of(by.reason);
    judgement.key = key_check_of(by.key, judgement.vouched);
    judge_address(work, &judgement);
    judge_coverage(&judgement);
    judgement.status = status_of(&judgement);
    g_array_append_val(work->judgements, judgement);
}

static struct openpgp_signature unjudged(enum openpgp_reason reason,
                                         const struct openpgp_signature_head *head) {
    struct openpgp_signature by = {.reason = reason, .made_at = -1, .key = OPENPGP_FINE};
    if (head && (*head->fingerprint || *head->key_id))
        by.issuer = g_strdup(*head->fingerprint ? head->fingerprint : head->key_id);
    if (head)
        by.made_at = head->made_at;
    return by;
}

/* --- asking ---------------------------------------------------------------------------------- */

static void drop(gpointer octets) {
    g_bytes_unref(octets);
}

static bool is_open(const struct openpgp_claim *claim) {
    return claim->reason == OPENPGP_FINE || claim->reason == OPENPGP_NO_KEY;
}

static GPtrArray *choose_vouched(const struct work *work, const struct openpgp_claims *claims) {
    const struct openpgp_request *request = work->request;
    GPtrArray *keys = g_ptr_array_new_with_free_func(drop);
    for (guint i = 0; i < claims->n; i++)
        for (guint k = 0; is_open(&claims->claims[i]) && k < request->n_vouchers; k++)
            openpgp_keyring_choose(request->vouchers[k].keyring, claims->claims[i].head.key_id,
                                   keys);
    return keys;
}

static bool is_named(const struct openpgp_claims *claims,
                     const struct openpgp_certificate *certificate) {
    for (guint i = 0; i < claims->n; i++)
        if (claims->claims[i].reason == OPENPGP_NO_KEY &&
            g_strv_contains((const char *const *)certificate->key_ids,
                            claims->claims[i].head.key_id))
            return true;
    return false;
}

static void find_seen(struct work *work) {
    if (work->seen)
        return;
    work->seen = openpgp_seen_new();
    if (!work->request->verifier || !openpgp_seen_find(work->request, work->seen))
        work->result->is_pending = true;
}

static GPtrArray *choose_seen(struct work *work, const struct openpgp_claims *claims) {
    GPtrArray *keys = g_ptr_array_new_with_free_func(drop);
    find_seen(work);
    for (guint i = 0; i < work->seen->len; i++) {
        const struct openpgp_seen_key *key = &g_array_index(work->seen, struct openpgp_seen_key, i);
        if (is_named(claims, key->certificate))
            g_ptr_array_add(keys, g_bytes_ref(key->certificate->octets));
    }
    return keys;
}

/* Asks about every claim that is open and judges those that came to something. What no key made
 * stays open with NO_KEY. */
static void ask(struct work *work, const struct target *target, struct openpgp_claims *claims,
                GPtrArray *keys, bool may_be_vouched) {
    g_autoptr(GPtrArray) packets = g_ptr_array_new();
    guint asked[LIMIT_OPENPGP_SIGNATURES] = {0};
    for (guint i = 0; i < claims->n; i++)
        if (is_open(&claims->claims[i])) {
            asked[packets->len] = i;
            g_ptr_array_add(packets, claims->claims[i].packet);
            claims->claims[i].reason = OPENPGP_NO_KEY;
        }
    if (!packets->len || !keys->len)
        return;
    struct openpgp_question question = {target->data, packets, keys, work->request->at};
    struct openpgp_verifier *verifier = work->request->verifier;
    OWNED(openpgp_answer) answer = verifier ? verifier->verify(verifier, &question, NULL) : NULL;
    work->result->is_pending |= !answer;
    for (guint i = 0; i < packets->len; i++) {
        struct openpgp_claim *claim = &claims->claims[asked[i]];
        if (!answer) {
            claim->reason = OPENPGP_COULD_NOT_CHECK;
        } else if (answer->signatures[i].reason != OPENPGP_NO_KEY) {
            struct openpgp_signature *by = &answer->signatures[i];
            if (!by->issuer)
                by->issuer = unjudged(OPENPGP_FINE, &claim->head).issuer;
            judge(work, target, *by, may_be_vouched);
            *by = (struct openpgp_signature){.made_at = -1};
            claim->reason = OPENPGP_FINE;
        }
    }
}

static bool is_left(const struct openpgp_claims *claims) {
    for (guint i = 0; i < claims->n; i++)
        if (claims->claims[i].reason == OPENPGP_NO_KEY)
            return true;
    return false;
}

/* --- one signed part ------------------------------------------------------------------------- */

/* The one that decides comes first: one that contradicts, else the one that says most. */
static int weight(enum openpgp_status status) {
    static const int weights[OPENPGP_STATUS__MAX] = {
        [OPENPGP_FAILED] = 0, [OPENPGP_VERIFIED] = 1, [OPENPGP_SIGNED] = 2, [OPENPGP_UNKNOWN] = 3};
    return weights[status];
}

static int by_weight(gconstpointer a, gconstpointer b) {
    const struct openpgp_judgement *x = a, *y = b;
    return weight(x->status) - weight(y->status);
}

static void sort_from(GArray *judgements, guint first) {
    if (judgements->len > first)
        qsort(&g_array_index(judgements, struct openpgp_judgement, first), judgements->len - first,
              sizeof(struct openpgp_judgement), by_weight);
}

static void judge_claims(struct work *work, const struct target *target, GBytes *packets) {
    OWNED(openpgp_claims) claims = openpgp_claims_read(packets, target->is_inline);
    if (claims->reason != OPENPGP_FINE) {
        judge(work, target, unjudged(claims->reason, NULL), false);
        return;
    }
    guint first = work->judgements->len;
    g_autoptr(GPtrArray) vouched = choose_vouched(work, claims);
    ask(work, target, claims, vouched, true);
    if (is_left(claims)) {
        g_autoptr(GPtrArray) seen = choose_seen(work, claims);
        ask(work, target, claims, seen, false);
    }
    for (guint i = 0; i < claims->n; i++)
        if (claims->claims[i].reason != OPENPGP_FINE)
            judge(work, target, unjudged(claims->claims[i].reason, &claims->claims[i].head), false);
    sort_from(work->judgements, first);
}

static bool is_over_budget(struct work *work) {
    return work->parts++ >= LIMIT_OPENPGP_PARTS;
}

/* RFC 3156 §5: multipart/signed, the first part as it stands. */
static void check_part(struct work *work, const struct signed_part *part) {
    struct target target = {.part = part->part->number, .scope = part->scope};
    if (is_over_budget(work))
        return;
    g_autoptr(GBytes) packets = NULL;
    if (!part->broken) {
        uint32_t flags = 0;
        target.data = target.payload = part->payload->whole;
        g_autoptr(GBytes) content = mime_content(part->signature, &flags);
        gsize n;
        const char *p = g_bytes_get_data(content, &n);
        packets = openpgp_armor_strip(span_make(p, n), "PGP SIGNATURE", LIMIT_OPENPGP_SIGNATURE);
    }
    if (packets)
        judge_claims(work, &target, packets);
    else
        judge(work, &target, unjudged(OPENPGP_MALFORMED, NULL), false);
}

/* --- text between armour lines --------------------------------------------------------------- */

static void check_clear(struct work *work, const struct mime_part *part, struct span text,
                        enum signature_scope scope) {
    struct openpgp_clear clear;
    if (!openpgp_clear_find(text, &clear) || is_over_budget(work))
        return;
    struct target target = {.part = part->number, .scope = scope, .is_inline = true};
    gsize n = 0;
    const char *p = clear.text ? g_bytes_get_data(clear.text, &n) : NULL;
    target.data = span_make(p, n);
    if (clear.text)
        judge_claims(work, &target, clear.signature);
    else
        judge(work, &target, unjudged(OPENPGP_MALFORMED, NULL), false);
    openpgp_clear_clear(&clear);
}

static bool has_encrypted(struct span text) {
    struct openpgp_block block;
    bool found = false;
    for (size_t at = 0; !found && openpgp_armor_next(text, &at, LIMIT_OPENPGP_TEXT, &block);) {
        found = span_eq(block.label, SPAN_LIT("PGP MESSAGE"));
        openpgp_block_clear(&block);
    }
    return found;
}

/* Before anything is looked at by the line: nearly no text does. */
static bool holds_armor(struct span rest) {
    for (size_t at = span_find(rest, '-'); at < rest.n; at = span_find(rest, '-')) {
        rest = span_from(rest, at);
        if (span_eq(span_first(rest, 15), SPAN_LIT("-----BEGIN PGP ")))
            return true;
        rest = span_from(rest, 1);
    }
    return false;
}

/* Not within an attached message; nor in attachments, which are shown as files. */
static void check_text(struct work *work, const struct mime_part *part,
                       enum signature_scope scope) {
    if (part->kind == MIME_MULTIPART) {
        bool is_signed = mime_is(part, "multipart/signed");
        for (guint i = 0; i < part->children->len; i++)
            check_text(work, part->children->pdata[i], is_signed ? SCOPE_INNER : scope);
        return;
    }
    if (part->kind != MIME_LEAF || !mime_is(part, "text/plain") ||
        part->disposition == MIME_ATTACHMENT || part->body.n > LIMIT_OPENPGP_TEXT)
        return;
    g_autoptr(GBytes) content = mime_content(part, NULL);
    gsize n;
    const char *p = g_bytes_get_data(content, &n);
    if (!holds_armor(span_make(p, n)))
        return;
    check_clear(work, part, span_make(p, n), scope);
    work->result->is_encrypted |= has_encrypted(span_make(p, n));
}

/* --- the message ----------------------------------------------------------------------------- */

static void check_parts(struct work *work) {
    const struct signed_parts *parts = work->request->parts;
    for (guint i = 0; i < parts->n; i++) {
        const struct signed_part *part = &parts->parts[i];
        if (part->scope == SCOPE_ATTACHED)
            continue;
        if (part->kind == SIGNED_OPENPGP)
            check_part(work, part);
        work->result->is_encrypted |= part->kind == SIGNED_ENCRYPTED_OPENPGP;
    }
}

static void keep_seen(struct work *work) {
    struct openpgp_result *result = work->result;
    result->n_seen = work->seen ? work->seen->len : 0;
    result->seen = g_new0(struct openpgp_seen, result->n_seen);
    for (guint i = 0; i < result->n_seen; i++) {
        const struct openpgp_seen_key *key = &g_array_index(work->seen, struct openpgp_seen_key, i);
        result->seen[i] =
            (struct openpgp_seen){key->source, g_strdup(key->certificate->fingerprint)};
    }
}

struct openpgp_result *openpgp_check(const struct openpgp_request *request) {
    struct work work = {.request = request,
                        .result = g_new0(struct openpgp_result, 1),
                        .judgements = g_array_new(FALSE, FALSE, sizeof(struct openpgp_judgement))};
    check_parts(&work);
    check_text(&work, request->mime->root, SCOPE_PART);
    keep_seen(&work);
    if (work.seen)
        g_array_unref(work.seen);
    work.result->n = work.judgements->len;
    work.result->judgements = (struct openpgp_judgement *)g_array_free(work.judgements, FALSE);
    return work.result;
}

bool openpgp_text_possible(const struct message *message) {
    if (holds_armor(message->body))
        return true;
    int at = message_find(message, "Content-Transfer-Encoding", 0);
    return at >= 0 &&
           span_starts_nocase(span_trim_fws(message->fields[at].value), SPAN_LIT("base64"));
}
