/* SPDX-License-Identifier: MIT */
#include "trust/evidence_smime.h"

#include "base/limits.h"
#include "trust/evidence_cover.h"

#define BIT(error) (UINT64_C(1) << (error))

enum { LAYERS = 3 }; /* triple wrapping (RFC 2634 §1.1) and no deeper */

/* Facts that keep no signature from being verified. */
static const uint64_t notes = BIT(SMIME_REVOCATION_UNKNOWN) | BIT(SMIME_SIGNING_TIME);

/* One signature of the message while it is looked at. */
struct looked {
    const struct signed_part *part;
    struct smime_result *result; /* NULL: not looked at */
    struct span payload;         /* the octets signed */
};

/* --- verifying one part ----------------------------------------------------------------------- */

static struct smime_result *refuse(enum smime_error error) {
    struct smime_result *result = g_new0(struct smime_result, 1);
    result->errors = BIT(error);
    return result;
}

static struct smime_result *verify_cms(const struct evidence *evidence,
                                       const struct smime_question *question,
                                       const struct mime_part *holder, struct smime_input *input) {
    uint32_t flags = 0;
    g_autoptr(GBytes) cms = mime_content(holder, &flags);
    gsize n;
    const char *octets = g_bytes_get_data(cms, &n);
    input->cms = span_make(octets, n);
    input->author = question->author;
    input->received_at = evidence->received_at;
    input->now = evidence->checked_at;
    return flags & MIME_BAD_ENCODING ? refuse(SMIME_MALFORMED)
                                     : smime_verify(question->trust, input);
}

static struct looked look(const struct evidence *evidence, const struct smime_question *question,
                          const struct signed_part *part) {
    struct looked looked = {.part = part};
    struct smime_input input = {0};
    if (part->scope == SCOPE_ATTACHED)
        return looked;
    if (part->kind == SIGNED_SMIME_OPAQUE) {
        looked.result = verify_cms(evidence, question, part->part, &input);
        gsize n = 0;
        const char *content =
            looked.result->content ? g_bytes_get_data(looked.result->content, &n) : NULL;
        looked.payload = span_make(content, n);
    } else if (part->broken) {
        looked.result = refuse(SMIME_STRUCTURE);
    } else {
        input.detached = true;
        input.octets = looked.payload = part->payload->whole;
        input.micalg = part->micalg;
        looked.result = verify_cms(evidence, question, part->signature, &input);
    }
    return looked;
}

/* --- what it amounts to ---------------------------------------------------------------------- */

static bool holds(const struct smime_signer *signer, bool now) {
    uint64_t since = BIT(SMIME_REVOKED_SINCE);
    return signer->digest == CHECK_PASS && signer->chain == CHECK_PASS &&
           signer->time == CHECK_PASS && signer->usage == CHECK_PASS &&
           signer->strength == CHECK_PASS && signer->revocation != CHECK_FAIL &&
           (!now || (signer->time_now == CHECK_PASS && !(signer->errors & since)));
}

static bool is_unsupported(const struct smime_signer *signer) {
    return signer->digest == CHECK_UNKNOWN && (signer->errors & BIT(SMIME_UNSUPPORTED));
}

/* All signers hold: is it the author's? Somebody else beside him makes it nobody's in particular
 * (attacks F127). */
static enum evidence_sign_status status_of_names(const struct smime_result *result) {
    guint passed = 0, failed = 0;
    for (guint i = 0; i < result->n_signers; i++) {
        passed += result->signers[i].address == CHECK_PASS;
        failed += result->signers[i].address == CHECK_FAIL;
    }
    if (passed == result->n_signers)
        return SIGN_STATUS_VERIFIED;
    return failed && !passed ? SIGN_STATUS_FAILED : SIGN_STATUS_SIGNED;
}

static enum evidence_sign_status status_of(const struct looked *looked, bool now) {
    const struct smime_result *result = looked->result;
    if (!result)
        return SIGN_STATUS_SIGNED;
    if (result->kind == SMIME_ENCRYPTED_DATA || result->kind == SMIME_OTHER_DATA ||
        (result->errors & (BIT(SMIME_NO_SIGNER) | BIT(SMIME_UNSUPPORTED))))
        return SIGN_STATUS_UNKNOWN;
    if (result->errors)
        return SIGN_STATUS_FAILED;
    for (guint i = 0; i < result->n_signers; i++)
        if (!holds(&result->signers[i], now))
            return is_unsupported(&result->signers[i]) ? SIGN_STATUS_UNKNOWN : SIGN_STATUS_FAILED;
    enum evidence_sign_status status = status_of_names(result);
    return status == SIGN_STATUS_VERIFIED && looked->part->scope != SCOPE_MESSAGE
               ? SIGN_STATUS_SIGNED
               : status;
}

static uint64_t errors_of(const struct looked *looked) {
    const struct smime_result *result = looked->result;
    uint64_t errors = result ? result->errors : BIT(SMIME_NOT_CHECKED);
    guint mine = 0;
    for (guint i = 0; result && i < result->n_signers; i++) {
        errors |= result->signers[i].errors;
        mine += result->signers[i].address == CHECK_PASS;
    }
    if (result && result->n_signers > 1 && mine < result->n_signers)
        errors |= BIT(SMIME_SEVERAL_SIGNERS);
    if (looked->part->scope == SCOPE_PART || looked->part->scope == SCOPE_INNER)
        errors |= BIT(SMIME_COVERS_PART);
    if (looked->part->scope == SCOPE_ATTACHED)
        errors |= BIT(SMIME_COVERS_ATTACHED);
    if (looked->part->scope == SCOPE_UNCLEAR)
        errors |= BIT(SMIME_COVERS_UNCLEAR);
    return errors;
}

/* --- into evidence --------------------------------------------------------------------------- */

static guint put_words(const char ***words, uint64_t errors) {
    guint n = 0;
    *words = g_new0(const char *, SMIME_ERROR__MAX);
    for (guint i = 0; i < SMIME_ERROR__MAX; i++)
        if (errors & BIT(i))
            (*words)[n++] = smime_error_name(i);
    return n;
}

static const char *first_error(uint64_t errors) {
    uint64_t faults = errors & ~notes;
    for (guint i = 0; i < SMIME_ERROR__MAX; i++)
        if (faults & BIT(i))
            return smime_error_name(i);
    return NULL;
}

/* The one to show: the author if he is among them. */
static guint chief(const struct smime_result *result) {
    for (guint i = 0; i < result->n_signers; i++)
        if (result->signers[i].address == CHECK_PASS)
            return i;
    return 0;
}

static const char *shortened(struct evidence *evidence, const char *text) {
    struct span all = span_of(text);
    if (all.n <= LIMIT_EVIDENCE_VALUE)
        return evidence_span(evidence, all);
    const char *end = g_utf8_find_prev_char(text, text + LIMIT_EVIDENCE_VALUE + 1);
    return evidence_span(evidence, span_make(text, (size_t)(end - text)));
}

static void put_certificate(struct evidence *evidence, const struct smime_certificate *from,
                            struct evidence_certificate *into) {
    into->subject = shortened(evidence, from->subject);
    into->issuer = shortened(evidence, from->issuer);
    into->issuer_name = shortened(evidence, from->issuer_name);
    into->n_addresses = g_strv_length(from->addresses);
    into->addresses = g_new0(const char *, into->n_addresses + 1);
    for (guint i = 0; i < into->n_addresses; i++)
        into->addresses[i] = shortened(evidence, from->addresses[i]);
    into->not_before = from->not_before;
    into->not_after = from->not_after;
    into->serial = shortened(evidence, from->serial);
    into->fingerprint = evidence_text(evidence, from->fingerprint);
}

static void put_signer(struct evidence *evidence, const struct smime_signer *signer) {
    struct evidence_smime *smime = &evidence->smime;
    smime->digest = signer->digest;
    smime->chain = signer->chain;
    smime->time = signer->time;
    smime->usage = signer->usage;
    smime->revocation = signer->revocation;
    smime->address = signer->address;
    smime->strength = signer->strength;
    smime->signed_at = signer->signed_at;
    smime->digest_algorithm = evidence_text(evidence, signer->digest_algorithm);
    smime->has_signer = signer->has_certificate;
    if (!signer->has_certificate)
        return;
    put_certificate(evidence, &signer->certificate, &smime->signer);
    smime->key_algorithm = evidence_text(evidence, signer->certificate.key_algorithm);
    smime->key_bits = signer->certificate.key_bits;
}

static const char *name_of(struct evidence *evidence, const struct smime_signer *signer) {
    const struct smime_certificate *certificate = &signer->certificate;
    if (!signer->has_certificate)
        return NULL;
    return shortened(evidence,
                     certificate->addresses[0] ? certificate->addresses[0] : certificate->subject);
}

static void add_other(struct evidence *evidence, const struct evidence_other_signature *other) {
    struct evidence_smime *smime = &evidence->smime;
    if (smime->n_others >= LIMIT_SIGNED_PARTS)
        return;
    smime->others = g_renew(struct evidence_other_signature, smime->others, smime->n_others + 1);
    smime->others[smime->n_others++] = *other;
}

/* Signers of `looked`, but for the one that is shown (n_signers: none is). */
static void add_signers(struct evidence *evidence, const struct looked *looked, guint shown) {
    const struct smime_result *result = looked->result;
    struct evidence_other_signature other = {
        .scope = looked->part->scope, .part = evidence_text(evidence, looked->part->part->number)};
    for (guint i = 0; result && i < result->n_signers; i++) {
        if (i == shown)
            continue;
        const struct smime_signer *signer = &result->signers[i];
        other.status = holds(signer, true) ? SIGN_STATUS_SIGNED : SIGN_STATUS_FAILED;
        other.name = name_of(evidence, signer);
        other.error = first_error(signer->errors);
        add_other(evidence, &other);
    }
    if (result && result->n_signers)
        return;
    other.status = status_of(looked, true);
    other.error = first_error(errors_of(looked));
    add_other(evidence, &other);
}

static void put_coverage(struct evidence *evidence, const struct smime_question *question,
                         const struct looked *looked) {
    struct evidence_coverage *covers = &evidence->smime.covers;
    covers->scope = looked->part->scope;
    covers->part = evidence_text(evidence, looked->part->part->number);
    bool whole = covers->scope == SCOPE_MESSAGE || covers->scope == SCOPE_UNCLEAR;
    if (looked->payload.n && whole)
        evidence_cover_headers(evidence, question->message, looked->payload, covers);
}

/* The signature that decides. */
static void put_main(struct evidence *evidence, const struct smime_question *question,
                     const struct looked *looked) {
    struct evidence_smime *smime = &evidence->smime;
    const struct smime_result *result = looked->result;
    smime->status = status_of(looked, true);
    smime->at_delivery = status_of(looked, false);
    if (smime->status == SIGN_STATUS_VERIFIED && smime->at_delivery != SIGN_STATUS_VERIFIED)
        smime->status = smime->at_delivery;
    smime->verified_at = result ? evidence->checked_at : 0;
    smime->encrypted = result && result->kind == SMIME_ENCRYPTED_DATA;
    smime->n_errors = put_words(&smime->errors, errors_of(looked) & ~notes);
    smime->n_notes = put_words(&smime->notes, errors_of(looked) & notes);
    put_coverage(evidence, question, looked);
    if (result && result->kind == SMIME_ENCRYPTED_DATA)
        return;
    smime->coverage = looked->part->scope == SCOPE_MESSAGE ? CHECK_PASS : CHECK_FAIL;
    if (!result || !result->n_signers)
        return;
    guint shown = chief(result);
    put_signer(evidence, &result->signers[shown]);
    if (result->n_signers > 1)
        add_signers(evidence, looked, shown);
}

/* --- the message ----------------------------------------------------------------------------- */

static bool is_smime(const struct signed_part *part) {
    return part->kind == SIGNED_SMIME || part->kind == SIGNED_SMIME_OPAQUE;
}

static void look_inside(struct evidence *evidence, const struct smime_question *question,
                        GBytes *content, guint layer);

static void list(struct evidence *evidence, const struct smime_question *question,
                 const struct signed_part *part, guint layer) {
    struct looked looked = look(evidence, question, part);
    if (looked.result && looked.result->kind == SMIME_ENCRYPTED_DATA)
        evidence->smime.encrypted = true;
    add_signers(evidence, &looked, G_MAXUINT);
    if (!looked.result)
        return;
    if (looked.result->content && layer < LAYERS)
        look_inside(evidence, question, looked.result->content, layer + 1);
    smime_result_free(looked.result);
}

/* Opaque content is a MIME entity of its own; whatever is signed in there is inner. */
static void look_inside(struct evidence *evidence, const struct smime_question *question,
                        GBytes *content, guint layer) {
    OWNED(message) message = message_new(content, 0);
    if (!signed_parts_possible(message))
        return;
    OWNED(mime) mime = mime_parse(message);
    OWNED(signed_parts) parts = signed_parts_find(mime);
    for (guint i = 0; i < parts->n; i++) {
        if (!is_smime(&parts->parts[i]))
            continue;
        if (parts->parts[i].scope != SCOPE_ATTACHED)
            parts->parts[i].scope = SCOPE_INNER;
        list(evidence, question, &parts->parts[i], layer);
    }
}

/* The outermost if it is S/MIME's; else the first, which then covers a part at best. What is under
 * an OpenPGP signature is inner, and never shown as the message's. */
static const struct signed_part *find_main(const struct signed_parts *parts) {
    for (guint i = 0; parts && i < parts->n; i++)
        if (is_smime(&parts->parts[i]))
            return &parts->parts[i];
    return NULL;
}

void evidence_smime_collect(struct evidence *evidence, const struct smime_question *question) {
    struct evidence_smime *smime = &evidence->smime;
    const struct signed_part *main = find_main(question->parts);
    smime->evaluated = true;
    smime->signed_at = -1;
    if (!main)
        return;
    struct looked looked = look(evidence, question, main);
    put_main(evidence, question, &looked);
    if (looked.result && looked.result->content)
        look_inside(evidence, question, looked.result->content, 1);
    for (guint i = 0; i < question->parts->n; i++)
        if (&question->parts->parts[i] != main && is_smime(&question->parts->parts[i]))
            list(evidence, question, &question->parts->parts[i], 1);
    if (looked.result)
        smime_result_free(looked.result);
}
