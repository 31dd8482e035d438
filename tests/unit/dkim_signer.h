/* SPDX-License-Identifier: MIT
 *
 * A DKIM signer for tests, made apart from the verifier: canonical forms are built octet by octet
 * from the words of RFC 6376 §3.4, fields are chosen by a plain search, keys are fresh. */
#ifndef INKAN_TESTS_DKIM_SIGNER_H
#define INKAN_TESTS_DKIM_SIGNER_H

#include "auth/dkim.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

struct signer {
    EVP_PKEY *key;
    bool ed25519;
};

static inline struct signer signer_rsa(guint bits) {
    return (struct signer){EVP_RSA_gen(bits), false};
}

static inline struct signer signer_ed25519(void) {
    return (struct signer){EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), true};
}

static inline void signer_clear(struct signer *signer) {
    EVP_PKEY_free(signer->key);
    signer->key = NULL;
}

/* p=: SubjectPublicKeyInfo of RSA, the bare point of Ed25519. */
static inline char *signer_p(const struct signer *signer) {
    unsigned char raw[32], *der = NULL;
    size_t n = sizeof raw;
    if (signer->ed25519) {
        EVP_PKEY_get_raw_public_key(signer->key, raw, &n);
        return g_base64_encode(raw, n);
    }
    int length = i2d_PUBKEY(signer->key, &der);
    char *text = g_base64_encode(der, (gsize)length);
    OPENSSL_free(der);
    return text;
}

static inline char *signer_record(const struct signer *signer, const char *tags) {
    g_autofree char *p = signer_p(signer);
    return g_strdup_printf("v=DKIM1; k=%s; %sp=%s", signer->ed25519 ? "ed25519" : "rsa", tags, p);
}

/* --- canonical forms, the slow way ----------------------------------------------------------- */

static inline bool reference_is_wsp(char c) {
    return c == ' ' || c == '\t';
}

/* Appends `line` with runs of WSP made one SP and none at the end. */
static inline void reference_line(GString *out, const char *line, size_t n) {
    gsize start = out->len;
    for (size_t i = 0; i < n; i++)
        if (!reference_is_wsp(line[i]))
            g_string_append_c(out, line[i]);
        else if (i + 1 == n || !reference_is_wsp(line[i + 1]))
            g_string_append_c(out, ' ');
    if (out->len > start && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
}

static inline GString *reference_body(const char *body, size_t n, bool relaxed) {
    GString *out = g_string_new(NULL);
    size_t at = 0;
    while (at < n) {
        size_t end = at;
        while (end < n && !(body[end] == '\r' && end + 1 < n && body[end + 1] == '\n'))
            end++;
        if (relaxed)
            reference_line(out, body + at, end - at);
        else
            g_string_append_len(out, body + at, (gssize)(end - at));
        g_string_append(out, "\r\n");
        at = end + 2;
    }
    while (out->len >= 4 && memcmp(out->str + out->len - 4, "\r\n\r\n", 4) == 0)
        g_string_truncate(out, out->len - 2);
    if (out->len == 2 && relaxed)
        g_string_truncate(out, 0);
    if (out->len == 0 && !relaxed)
        g_string_append(out, "\r\n");
    return out;
}

/* `field` is a whole field with its CRLF. */
static inline void reference_field(GString *out, const char *field, size_t n, bool relaxed) {
    if (!relaxed) {
        g_string_append_len(out, field, (gssize)n);
        return;
    }
    const char *colon = memchr(field, ':', n);
    const char *name_end = colon;
    while (name_end > field && reference_is_wsp(name_end[-1]))
        name_end--;
    for (const char *c = field; c < name_end; c++)
        g_string_append_c(out, g_ascii_tolower(*c));
    g_string_append_c(out, ':');
    GString *unfolded = g_string_new(NULL);
    for (const char *c = colon + 1; c < field + n; c++)
        if (!(c[0] == '\r' && c + 1 < field + n && c[1] == '\n'))
            g_string_append_c(unfolded, *c);
        else
            c++;
    size_t skip = 0;
    while (skip < unfolded->len && reference_is_wsp(unfolded->str[skip]))
        skip++;
    reference_line(out, unfolded->str + skip, unfolded->len - skip);
    g_string_append(out, "\r\n");
    g_string_free(unfolded, TRUE);
}

/* --- signing --------------------------------------------------------------------------------- */

/* What to sign; NULL and 0 stand for what most mail has. */
struct shape {
    const char *canon;    /* c=, "relaxed/relaxed" */
    const char *headers;  /* h=, "From:To:Subject" */
    const char *domain;   /* d=, "example.org" */
    const char *selector; /* s=, "s1" */
    const char *tags;     /* more tags, each with its "; " */
    const char *b_before; /* between "b=" and the signature … */
    const char *b_after;  /* … and behind it */
    const char *algorithm;
    const char *body_limit; /* digits: only so many octets are hashed; l= itself goes into `tags` */
};

/* The bottom-most field of that name that is not yet taken. */
static inline const struct field *reference_pick(const struct message *m, const char *name,
                                                 bool *taken) {
    for (guint i = m->n_fields; i-- > 0;) {
        const struct field *f = &m->fields[i];
        if (!taken[i] && f->name.n == strlen(name) &&
            g_ascii_strncasecmp(f->name.p, name, f->name.n) == 0) {
            taken[i] = true;
            return f;
        }
    }
    return NULL;
}

static inline char *sign_digest(const struct signer *signer, const unsigned char digest[32]) {
    unsigned char signature[1024];
    size_t n = sizeof signature;
    if (signer->ed25519) {
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        g_assert(EVP_DigestSignInit(context, NULL, NULL, NULL, signer->key) == 1);
        g_assert(EVP_DigestSign(context, signature, &n, digest, 32) == 1);
        EVP_MD_CTX_free(context);
    } else {
        EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(signer->key, NULL);
        g_assert(EVP_PKEY_sign_init(context) == 1);
        g_assert(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1);
        g_assert(EVP_PKEY_sign(context, signature, &n, digest, 32) == 1);
        EVP_PKEY_CTX_free(context);
    }
    return g_base64_encode(signature, n);
}

static inline char *reference_body_hash(const char *body, size_t n, bool relaxed,
                                        const char *limit) {
    unsigned char digest[32];
    GString *canonical = reference_body(body, n, relaxed);
    size_t length = limit ? (size_t)g_ascii_strtoull(limit, NULL, 10) : canonical->len;
    EVP_Digest(canonical->str, MIN(length, canonical->len), digest, NULL, EVP_sha256(), NULL);
    g_string_free(canonical, TRUE);
    return g_base64_encode(digest, 32);
}

/* b= over what the names in `headers` ("From:To") pick from `header`, and over the signature field
 * `start`, which ends in "b=". */
static inline char *sign_over(const struct signer *signer, const char *header, const char *headers,
                              bool relaxed, const char *start) {
    g_autoptr(GBytes) octets = g_bytes_new(header, strlen(header));
    OWNED(message) m = message_new(octets, 0);
    g_autofree bool *taken = g_new0(bool, m->n_fields + 1);
    GString *hashed = g_string_new(NULL);
    g_auto(GStrv) names = g_strsplit(headers, ":", -1);
    for (char **name = names; *name; name++) {
        const struct field *f = reference_pick(m, g_strstrip(*name), taken);
        if (f)
            reference_field(hashed, f->raw.p, f->raw.n, relaxed);
    }
    g_autofree char *own = g_strconcat(start, "\r\n", NULL);
    reference_field(hashed, own, strlen(own), relaxed);
    unsigned char digest[32];
    EVP_Digest(hashed->str, hashed->len - 2, digest, NULL, EVP_sha256(), NULL);
    g_string_free(hashed, TRUE);
    return sign_digest(signer, digest);
}

/* The DKIM-Signature field, with CRLF, for header + CRLF + body[n_body]. */
static inline char *sign_field(const struct signer *signer, const struct shape *shape,
                               const char *header, const char *body, size_t n_body) {
    const char *canon = shape->canon ? shape->canon : "relaxed/relaxed";
    bool relaxed_header = g_str_has_prefix(canon, "relaxed");
    bool relaxed_body = g_str_has_suffix(canon, "/relaxed");
    const char *headers = shape->headers ? shape->headers : "From:To:Subject";
    g_autofree char *bh = reference_body_hash(body, n_body, relaxed_body, shape->body_limit);
    g_autofree char *start = g_strdup_printf(
        "DKIM-Signature: v=1; a=%s; c=%s;\r\n\td=%s; s=%s; %s\r\n\th=%s;\r\n\tbh=%s;\r\n\tb=",
        shape->algorithm  ? shape->algorithm
        : signer->ed25519 ? "ed25519-sha256"
                          : "rsa-sha256",
        canon, shape->domain ? shape->domain : "example.org",
        shape->selector ? shape->selector : "s1", shape->tags ? shape->tags : "", headers, bh);

    g_autofree char *b = sign_over(signer, header, headers, relaxed_header, start);
    return g_strconcat(start, shape->b_before ? shape->b_before : "", b,
                       shape->b_after ? shape->b_after : "", "\r\n", NULL);
}

/* A whole signed message: signature, header, empty line, body. The caller unrefs. */
static inline GBytes *sign_octets(const struct signer *signer, const struct shape *shape,
                                  const char *header, const char *body, size_t n_body) {
    g_autofree char *field = sign_field(signer, shape, header, body, n_body);
    GString *out = g_string_new(field);
    g_string_append(out, header);
    g_string_append(out, "\r\n");
    g_string_append_len(out, body, (gssize)n_body);
    return g_string_free_to_bytes(out);
}

static inline GBytes *sign_message(const struct signer *signer, const struct shape *shape,
                                   const char *header, const char *body) {
    return sign_octets(signer, shape, header, body, strlen(body));
}

/* --- verifying ------------------------------------------------------------------------------- */

/* One message with all that its check borrows. */
struct verified {
    struct message *message;
    struct lookups *lookups;
    struct dkim_hashes *hashes;
    struct dkim_check *check;
};

static inline struct verified verify_octets(GBytes *octets, const char *author,
                                            struct resolver *resolver, struct dkim_keys *keys,
                                            int64_t received_at) {
    struct verified v = {.message = message_new(octets, 0), .lookups = lookups_new(resolver)};
    v.hashes = dkim_hashes_new(v.message);
    v.check = dkim_new(v.hashes);
    dkim_names(v.check, author, v.lookups);
    dkim_verify(v.check, v.lookups, keys, received_at);
    return v;
}

static inline void verified_clear(struct verified *v) {
    dkim_free(v->check);
    dkim_hashes_free(v->hashes);
    lookups_free(v->lookups);
    message_free(v->message);
}

#endif
