/* SPDX-License-Identifier: MIT
 *
 * Keys and signatures for tests, made by librnp on the spot, and mails around them. */
#ifndef INKAN_TESTS_OPENPGP_SIGNER_H
#define INKAN_TESTS_OPENPGP_SIGNER_H

#include "sign/openpgp.h"
#include "sign/openpgp_keyring.h"
#include "sign/openpgp_rnp.h"

#include <rnp/rnp.h>
#include <rnp/rnp_err.h>
#include <string.h>

enum { DAY = 86400 };
#define NOW 1795000000 /* 2026-11-18: when the mails of these tests were received */

struct signer {
    rnp_ffi_t ffi;
    rnp_key_handle_t key;
};

/* What is special about a key; zeroed is an Ed25519 key that was made a year ago. */
struct signer_options {
    const char *algorithm;
    uint32_t bits;
    uint32_t expires; /* seconds after it was made */
    int64_t made_at;
    const char *usage;
    const char *hash; /* of its self-signatures */
};

static inline struct signer *signer_new(const char *user_id, const struct signer_options *options) {
    static const struct signer_options usual = {.algorithm = NULL};
    const struct signer_options *o = options ? options : &usual;
    struct signer *s = g_new0(struct signer, 1);
    rnp_op_generate_t op = NULL;
    int64_t made_at = o->made_at ? o->made_at : NOW - 365 * DAY;
    g_assert(rnp_ffi_create(&s->ffi, "GPG", "GPG") == RNP_SUCCESS);
    rnp_set_timestamp(s->ffi, (uint64_t)made_at);
    g_assert(rnp_op_generate_create(&op, s->ffi, o->algorithm ? o->algorithm : "EDDSA") ==
             RNP_SUCCESS);
    if (o->bits)
        g_assert(rnp_op_generate_set_bits(op, o->bits) == RNP_SUCCESS);
    if (o->algorithm && strcmp(o->algorithm, "ECDSA") == 0)
        g_assert(rnp_op_generate_set_curve(op, "NIST P-256") == RNP_SUCCESS);
    if (o->expires)
        g_assert(rnp_op_generate_set_expiration(op, o->expires) == RNP_SUCCESS);
    if (o->usage)
        g_assert(rnp_op_generate_clear_usage(op) == RNP_SUCCESS &&
                 rnp_op_generate_add_usage(op, o->usage) == RNP_SUCCESS);
    if (o->hash)
        g_assert(rnp_op_generate_set_hash(op, o->hash) == RNP_SUCCESS);
    g_assert(rnp_op_generate_set_userid(op, user_id) == RNP_SUCCESS);
    g_assert(rnp_op_generate_execute(op) == RNP_SUCCESS);
    g_assert(rnp_op_generate_get_key(op, &s->key) == RNP_SUCCESS);
    rnp_op_generate_destroy(op);
    rnp_set_timestamp(s->ffi, NOW);
    return s;
}

static inline void signer_free(struct signer *s) {
    rnp_key_handle_destroy(s->key);
    rnp_ffi_destroy(s->ffi);
    g_free(s);
}

DEFINE_OWNED(signer, signer_free)

static inline GBytes *signer_output(rnp_output_t output) {
    uint8_t *p = NULL;
    size_t n = 0;
    g_assert(rnp_output_memory_get_buf(output, &p, &n, false) == RNP_SUCCESS);
    GBytes *octets = g_bytes_new(p, n);
    rnp_output_destroy(output);
    return octets;
}

static inline GBytes *signer_public(const struct signer *s) {
    rnp_output_t output = NULL;
    g_assert(rnp_output_to_memory(&output, 0) == RNP_SUCCESS);
    g_assert(rnp_key_export(s->key, output, RNP_KEY_EXPORT_PUBLIC | RNP_KEY_EXPORT_SUBKEYS) ==
             RNP_SUCCESS);
    return signer_output(output);
}

static inline GBytes *signer_secret(const struct signer *s) {
    rnp_output_t output = NULL;
    g_assert(rnp_output_to_memory(&output, 0) == RNP_SUCCESS);
    g_assert(rnp_key_export(s->key, output, RNP_KEY_EXPORT_SECRET | RNP_KEY_EXPORT_SUBKEYS) ==
             RNP_SUCCESS);
    return signer_output(output);
}

/* What is special about a signature. */
struct signing {
    const char *hash; /* NULL: SHA-256 */
    int64_t at;       /* 0: an hour before NOW */
    uint32_t expires;
};

static inline GBytes *signer_make(const struct signer *s, const char *text, bool is_clear,
                                  const struct signing *how) {
    static const struct signing usual = {.hash = NULL};
    const struct signing *w = how ? how : &usual;
    rnp_input_t input = NULL;
    rnp_output_t output = NULL;
    rnp_op_sign_t op = NULL;
    g_assert(rnp_input_from_memory(&input, (const uint8_t *)text, strlen(text), false) ==
             RNP_SUCCESS);
    g_assert(rnp_output_to_memory(&output, 0) == RNP_SUCCESS);
    if (is_clear)
        g_assert(rnp_op_sign_cleartext_create(&op, s->ffi, input, output) == RNP_SUCCESS);
    else
        g_assert(rnp_op_sign_detached_create(&op, s->ffi, input, output) == RNP_SUCCESS);
    rnp_op_sign_set_armor(op, false);
    g_assert(rnp_op_sign_set_hash(op, w->hash ? w->hash : "SHA256") == RNP_SUCCESS);
    rnp_op_sign_set_creation_time(op, (uint32_t)(w->at ? w->at : NOW - 3600));
    rnp_op_sign_set_expiration_time(op, w->expires);
    g_assert(rnp_op_sign_add_signature(op, s->key, NULL) == RNP_SUCCESS);
    g_assert(rnp_op_sign_execute(op) == RNP_SUCCESS);
    rnp_op_sign_destroy(op);
    rnp_input_destroy(input);
    return signer_output(output);
}

/* --- mails ----------------------------------------------------------------------------------- */

static inline char *armored(const char *label, GBytes *octets) {
    gsize n;
    const guchar *p = g_bytes_get_data(octets, &n);
    g_autofree char *base64 = g_base64_encode(p, n);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "-----BEGIN PGP %s-----\r\n\r\n", label);
    for (const char *at = base64; *at; at += MIN(strlen(at), 64))
        g_string_append_printf(text, "%.64s\r\n", at);
    g_string_append_printf(text, "-----END PGP %s-----\r\n", label);
    return g_strdup(text->str);
}

static inline char *crlf(GBytes *octets) {
    gsize n;
    const char *p = g_bytes_get_data(octets, &n);
    g_autofree char *text = g_strndup(p, n);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        g_strchomp(*line);
    return g_strjoinv("\r\n", lines);
}

#define PART                                                                                       \
    "Content-Type: text/plain; charset=utf-8\r\n"                                                  \
    "\r\n"                                                                                         \
    "The meeting is on Tuesday.\r\n"

/* `above`: further header fields. */
static inline char *signed_mail(const char *from, const char *above, const char *part,
                                const char *signature) {
    return g_strdup_printf("From: %s\r\nTo: reader@example.net\r\nSubject: The meeting\r\n"
                           "Date: Wed, 18 Nov 2026 10:00:00 +0000\r\n%s"
                           "Content-Type: multipart/signed; micalg=pgp-sha256;\r\n"
                           " protocol=\"application/pgp-signature\"; boundary=\"cut\"\r\n\r\n"
                           "--cut\r\n%s\r\n--cut\r\n"
                           "Content-Type: application/pgp-signature\r\n\r\n%s\r\n--cut--\r\n",
                           from, above ? above : "", part, signature);
}

/* --- asking in this process ------------------------------------------------------------------ */

static inline struct openpgp_answer *
ask_here(struct openpgp_verifier *self, const struct openpgp_question *question, GError **error) {
    (void)self, (void)error;
    return openpgp_rnp_verify(question);
}

static inline GPtrArray *import_here(struct openpgp_verifier *self, GBytes *octets, int64_t at,
                                     GError **error) {
    (void)self, (void)error;
    return openpgp_rnp_import(octets, at);
}

static struct openpgp_verifier here = {ask_here, import_here};

static inline struct openpgp_keyring *keyring_of(GBytes *octets) {
    struct openpgp_keyring *keyring = openpgp_keyring_new();
    if (octets)
        openpgp_keyring_import(keyring, &here, octets, NOW, NULL);
    return keyring;
}

/* What is said of a mail where `keyring` (NULL: nobody) is vouched for. */
static inline struct openpgp_result *result_of(const char *mail,
                                               const struct openpgp_keyring *keyring,
                                               struct openpgp_verifier *verifier) {
    g_autoptr(GBytes) octets = g_bytes_new(mail, strlen(mail));
    OWNED(message) message = message_new(octets, 0);
    OWNED(author) author = author_find(message);
    OWNED(mime) mime = mime_parse(message);
    mime_compare(mime, message);
    OWNED(signed_parts) parts = signed_parts_find(mime);
    struct openpgp_voucher voucher = {keyring, "configured"};
    struct openpgp_request request = {.message = message,
                                      .mime = mime,
                                      .parts = parts,
                                      .author = author,
                                      .verifier = verifier,
                                      .vouchers = &voucher,
                                      .n_vouchers = keyring ? 1 : 0,
                                      .at = NOW};
    return openpgp_check(&request);
}

#endif
