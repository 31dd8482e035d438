/* SPDX-License-Identifier: MIT
 *
 * Question: (ay aay aay x): data, signature packets, certificates, time.
 * Answer: a(uu ms ms as ms ms u x): reason, key's reason, fingerprint, issuer, user IDs, algorithm,
 * digest, bits, time.
 * Import: (ay x): keys, time.
 * Certificates: a(ay s as as u ms u x x): octets, fingerprint, key IDs, user IDs, reason,
 * algorithm, bits, made, expires. */
#include "worker/openpgp_job.h"

#include "worker/variant.h"

#define QUESTION "(ayaayaayx)"
#define SIGNATURE "(uumsmsasmsmsux)"
#define IMPORT "(ayx)"
#define CERTIFICATE "(aysasasumsuxx)"

static GVariant *octets_variant(GBytes *octets) {
    gsize n;
    const void *p = g_bytes_get_data(octets, &n);
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, p, n, 1);
}

/* --- question -------------------------------------------------------------------------------- */

static void add_all(GVariantBuilder *list, const GPtrArray *octets) {
    g_variant_builder_init(list, G_VARIANT_TYPE("aay"));
    for (guint i = 0; i < octets->len; i++)
        g_variant_builder_add_value(list, octets_variant(octets->pdata[i]));
}

GBytes *openpgp_job_pack_question(const struct openpgp_question *question) {
    GVariantBuilder signatures, keys;
    add_all(&signatures, question->signatures);
    add_all(&keys, question->keys);
    GVariant *data =
        g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, question->data.p, question->data.n, 1);
    return variant_write(
        g_variant_new("(@ayaayaayx)", data, &signatures, &keys, (gint64)question->at));
}

static void drop(gpointer octets) {
    g_bytes_unref(octets);
}

static GPtrArray *read_all(GVariant *list) {
    GPtrArray *octets = g_ptr_array_new_with_free_func(drop);
    for (gsize i = 0; i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) one = g_variant_get_child_value(list, i);
        g_ptr_array_add(octets, g_variant_get_data_as_bytes(one));
    }
    g_variant_unref(list);
    return octets;
}

struct openpgp_job_question *openpgp_job_unpack_question(GBytes *octets) {
    GVariant *value = variant_read(QUESTION, octets);
    if (!value)
        return NULL;
    struct openpgp_job_question *request = g_new0(struct openpgp_job_question, 1);
    GVariant *signatures, *keys;
    gint64 at;
    g_variant_get(value, "(@ay@aay@aayx)", &request->holder, &signatures, &keys, &at);
    request->question.data.p =
        g_variant_get_fixed_array(request->holder, &request->question.data.n, 1);
    request->question.signatures = read_all(signatures);
    request->question.keys = read_all(keys);
    request->question.at = at;
    g_variant_unref(value);
    return request;
}

void openpgp_job_question_free(struct openpgp_job_question *request) {
    g_ptr_array_unref(request->question.signatures);
    g_ptr_array_unref(request->question.keys);
    g_variant_unref(request->holder);
    g_free(request);
}

/* --- answer ---------------------------------------------------------------------------------- */

GBytes *openpgp_job_pack_answer(const struct openpgp_answer *answer) {
    static const char *const nobody[] = {NULL};
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a" SIGNATURE));
    for (guint i = 0; i < answer->n; i++) {
        const struct openpgp_signature *one = &answer->signatures[i];
        g_variant_builder_add(&list, "(uumsms^asmsmsux)", (guint)one->reason, (guint)one->key,
                              one->fingerprint, one->issuer,
                              one->user_ids ? (const char *const *)one->user_ids : nobody,
                              one->algorithm, one->digest, one->bits, (gint64)one->made_at);
    }
    return variant_write(g_variant_builder_end(&list));
}

/* A child that was taken over may say anything, but no word that is none. */
static bool is_reason(guint reason) {
    return reason < OPENPGP_REASON__MAX;
}

static bool unpack_signature(GVariant *value, struct openpgp_signature *one) {
    guint reason, key, bits;
    gint64 made_at;
    g_variant_get(value, "(uumsms^asmsmsux)", &reason, &key, &one->fingerprint, &one->issuer,
                  &one->user_ids, &one->algorithm, &one->digest, &bits, &made_at);
    one->reason = (enum openpgp_reason)reason;
    one->key = (enum openpgp_reason)key;
    one->bits = bits;
    one->made_at = made_at;
    return is_reason(reason) && is_reason(key);
}

struct openpgp_answer *openpgp_job_unpack_answer(GBytes *octets) {
    GVariant *value = variant_read("a" SIGNATURE, octets);
    if (!value)
        return NULL;
    OWNED(openpgp_answer) answer = g_new0(struct openpgp_answer, 1);
    bool sane = true;
    answer->n = (guint)g_variant_n_children(value);
    answer->signatures = g_new0(struct openpgp_signature, answer->n);
    for (guint i = 0; i < answer->n; i++) {
        g_autoptr(GVariant) one = g_variant_get_child_value(value, i);
        sane = unpack_signature(one, &answer->signatures[i]) && sane;
    }
    g_variant_unref(value);
    return sane ? g_steal_pointer(&answer) : NULL;
}

/* --- import ---------------------------------------------------------------------------------- */

GBytes *openpgp_job_pack_import(GBytes *keys, int64_t at) {
    return variant_write(g_variant_new("(@ayx)", octets_variant(keys), (gint64)at));
}

GBytes *openpgp_job_unpack_import(GBytes *octets, int64_t *at) {
    g_autoptr(GVariant) value = variant_read(IMPORT, octets);
    if (!value)
        return NULL;
    g_autoptr(GVariant) keys = NULL;
    gint64 time;
    g_variant_get(value, "(@ayx)", &keys, &time);
    *at = time;
    return g_variant_get_data_as_bytes(keys);
}

GBytes *openpgp_job_pack_certificates(const GPtrArray *certificates) {
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a" CERTIFICATE));
    for (guint i = 0; i < certificates->len; i++) {
        const struct openpgp_certificate *one = certificates->pdata[i];
        g_variant_builder_add(&list, "(@ays^as^asumsuxx)", octets_variant(one->octets),
                              one->fingerprint, one->key_ids, one->user_ids, (guint)one->reason,
                              one->algorithm, one->bits, (gint64)one->made_at,
                              (gint64)one->expires_at);
    }
    return variant_write(g_variant_builder_end(&list));
}

static struct openpgp_certificate *unpack_certificate(GVariant *value) {
    struct openpgp_certificate *one = g_new0(struct openpgp_certificate, 1);
    g_autoptr(GVariant) octets = NULL;
    guint reason;
    gint64 made_at, expires_at;
    g_variant_get(value, "(@ays^as^asumsuxx)", &octets, &one->fingerprint, &one->key_ids,
                  &one->user_ids, &reason, &one->algorithm, &one->bits, &made_at, &expires_at);
    one->octets = g_variant_get_data_as_bytes(octets);
    one->reason = is_reason(reason) ? (enum openpgp_reason)reason : OPENPGP_KEY_UNUSABLE;
    one->made_at = made_at;
    one->expires_at = expires_at;
    return one;
}

static void free_certificate(gpointer certificate) {
    openpgp_certificate_free(certificate);
}

GPtrArray *openpgp_job_unpack_certificates(GBytes *octets) {
    g_autoptr(GVariant) value = variant_read("a" CERTIFICATE, octets);
    if (!value)
        return NULL;
    GPtrArray *list = g_ptr_array_new_with_free_func(free_certificate);
    for (gsize i = 0; i < g_variant_n_children(value); i++) {
        g_autoptr(GVariant) one = g_variant_get_child_value(value, i);
        g_ptr_array_add(list, unpack_certificate(one));
    }
    return list;
}

/* --- asking ---------------------------------------------------------------------------------- */

struct asker {
    struct openpgp_verifier verifier; /* first: a verifier is one of these */
    struct workers *workers;
};

static struct openpgp_answer *nothing_known(guint n) {
    struct openpgp_answer *answer = g_new0(struct openpgp_answer, 1);
    answer->n = n;
    answer->signatures = g_new0(struct openpgp_signature, n);
    for (guint i = 0; i < n; i++)
        answer->signatures[i] = (struct openpgp_signature){
            .reason = OPENPGP_COULD_NOT_CHECK, .key = OPENPGP_NO_KEY, .made_at = -1};
    return answer;
}

/* What may be different next time. */
static bool is_passing(const GError *error) {
    return g_error_matches(error, WORKERS_ERROR, WORKERS_ERROR_BUSY) ||
           g_error_matches(error, WORKERS_ERROR, WORKERS_ERROR_SPAWN);
}

static struct openpgp_answer *ask_verify(struct openpgp_verifier *self,
                                         const struct openpgp_question *question, GError **error) {
    struct asker *asker = (struct asker *)self;
    GError *trouble = NULL;
    guint n = question->signatures->len;
    g_autoptr(GBytes) request = openpgp_job_pack_question(question);
    g_autoptr(GBytes) reply =
        workers_run(asker->workers, JOB_OPENPGP_VERIFY, request, LIMIT_JOB_MS, &trouble);
    if (!reply && is_passing(trouble)) {
        g_propagate_error(error, trouble);
        return NULL;
    }
    g_clear_error(&trouble);
    OWNED(openpgp_answer) answer = reply ? openpgp_job_unpack_answer(reply) : NULL;
    return answer && answer->n == n ? g_steal_pointer(&answer) : nothing_known(n);
}

static GPtrArray *ask_import(struct openpgp_verifier *self, GBytes *octets, int64_t at,
                             GError **error) {
    struct asker *asker = (struct asker *)self;
    g_autoptr(GBytes) request = openpgp_job_pack_import(octets, at);
    g_autoptr(GBytes) reply =
        workers_run(asker->workers, JOB_OPENPGP_IMPORT, request, LIMIT_JOB_MS, error);
    if (!reply)
        return NULL;
    GPtrArray *found = openpgp_job_unpack_certificates(reply);
    if (!found)
        g_set_error_literal(error, WORKERS_ERROR, WORKERS_ERROR_CRASHED,
                            "the worker's answer is not in form");
    return found;
}

struct openpgp_verifier *openpgp_job_verifier_new(struct workers *workers) {
    struct asker *asker = g_new0(struct asker, 1);
    asker->verifier = (struct openpgp_verifier){ask_verify, ask_import};
    asker->workers = workers;
    return &asker->verifier;
}

void openpgp_job_verifier_free(struct openpgp_verifier *verifier) {
    g_free((struct asker *)verifier);
}
