/* SPDX-License-Identifier: MIT
 *
 * An ARC sealer for tests (RFC 8617 §5.1), written apart from the code that is tested: adds sets to
 * a header, each with a defect if the test wishes one, and verifies the message it makes. */
#ifndef INKAN_TESTS_ARC_SIGNER_H
#define INKAN_TESTS_ARC_SIGNER_H

#include "auth/arc.h"
#include "dkim_signer.h"

/* What to seal; NULL and 0 stand for what most sealers do. */
struct arc_shape {
    const char *domain;       /* d= of both, "sealer.example" */
    const char *selector;     /* s= of the seal, "s1" … */
    const char *ams_selector; /* … and of the message signature */
    const char *status;       /* cv= */
    const char *results;      /* behind "i=N; " */
    const char *headers;      /* h=, "From:Subject" */
    const char *canon;        /* c=, "relaxed/relaxed"; "" leaves the tag out */
    const char *ams_tags;     /* more tags, each with its "; " */
    const char *seal_tags;    /* likewise */
    const char *algorithm;    /* a= of both */
    const char *aar_instance; /* instead of "i=N" … */
    const char *ams_instance; /* … with its "; " or "" */
    const char *seal_instance;
};

struct arc_text {
    GString *header; /* all fields, newest on top */
    const char *body;
    GPtrArray *sealed; /* char *: AAR, AMS, AS of each set, in that order */
};

static inline struct arc_text arc_text_new(const char *header, const char *body) {
    return (struct arc_text){g_string_new(header), body, g_ptr_array_new_with_free_func(g_free)};
}

static inline void arc_text_clear(struct arc_text *text) {
    g_string_free(text->header, TRUE);
    g_ptr_array_unref(text->sealed);
}

static inline const char *or_default(const char *wish, const char *otherwise) {
    return wish ? wish : otherwise;
}

static inline const char *arc_algorithm(const struct signer *signer,
                                        const struct arc_shape *shape) {
    return or_default(shape->algorithm, signer->ed25519 ? "ed25519-sha256" : "rsa-sha256");
}

static inline char *arc_ams(const struct signer *signer, const struct arc_shape *shape,
                            const struct arc_text *text, const char *instance) {
    const char *canon = or_default(shape->canon, "relaxed/relaxed");
    bool relaxed = !g_str_has_prefix(canon, "simple");
    bool relaxed_body = *canon == '\0' || g_str_has_suffix(canon, "/relaxed");
    const char *headers = or_default(shape->headers, "From:Subject");
    g_autofree char *bh = reference_body_hash(text->body, strlen(text->body), relaxed_body, NULL);
    g_autofree char *start = g_strdup_printf(
        "ARC-Message-Signature: %sa=%s; %s%s%s\r\n\td=%s; s=%s; %sh=%s;\r\n\tbh=%s;\r\n\tb=",
        instance, arc_algorithm(signer, shape), *canon ? "c=" : "", canon, *canon ? ";" : "",
        or_default(shape->domain, "sealer.example"), or_default(shape->ams_selector, "s1"),
        or_default(shape->ams_tags, ""), headers, bh);
    g_autofree char *b = sign_over(signer, text->header->str, headers, relaxed, start);
    return g_strconcat(start, b, "\r\n", NULL);
}

static inline char *arc_seal(const struct signer *signer, const struct arc_shape *shape,
                             const struct arc_text *text, const char *instance,
                             const char *status) {
    g_autofree char *start = g_strdup_printf(
        "ARC-Seal: %sa=%s; cv=%s;\r\n\td=%s; s=%s; %sb=", instance, arc_algorithm(signer, shape),
        status, or_default(shape->domain, "sealer.example"), or_default(shape->selector, "s1"),
        or_default(shape->seal_tags, ""));
    GString *hashed = g_string_new(NULL);
    for (guint i = 0; i < text->sealed->len; i++) {
        const char *field = text->sealed->pdata[i];
        reference_field(hashed, field, strlen(field), true);
    }
    g_autofree char *own = g_strconcat(start, "\r\n", NULL);
    reference_field(hashed, own, strlen(own), true);
    unsigned char digest[32];
    EVP_Digest(hashed->str, hashed->len - 2, digest, NULL, EVP_sha256(), NULL);
    g_string_free(hashed, TRUE);
    g_autofree char *b = sign_digest(signer, digest);
    return g_strconcat(start, b, "\r\n", NULL);
}

static inline void arc_text_put(struct arc_text *text, char *field) {
    g_ptr_array_add(text->sealed, field);
    g_string_prepend(text->header, field);
}

/* Adds the next set. */
static inline void arc_text_seal(struct arc_text *text, const struct signer *signer,
                                 const struct arc_shape *shape) {
    guint instance = text->sealed->len / 3 + 1;
    g_autofree char *aar = g_strdup_printf("i=%u", instance);
    g_autofree char *tag = g_strdup_printf("i=%u; ", instance);
    g_autofree char *ams = arc_ams(signer, shape, text, or_default(shape->ams_instance, tag));
    arc_text_put(text, g_strdup_printf("ARC-Authentication-Results: %s; %s\r\n",
                                       or_default(shape->aar_instance, aar),
                                       or_default(shape->results, "sealer.example; none")));
    arc_text_put(text, g_steal_pointer(&ams));
    const char *status = or_default(shape->status, instance == 1 ? "none" : "pass");
    arc_text_put(text,
                 arc_seal(signer, shape, text, or_default(shape->seal_instance, tag), status));
}

static inline GBytes *arc_text_octets(const struct arc_text *text) {
    char *all = g_strconcat(text->header->str, "\r\n", text->body, NULL);
    return g_bytes_new_take(all, strlen(all));
}

/* One message with all that its check borrows. */
struct arc_verified {
    struct message *message;
    struct lookups *lookups;
    struct dkim_hashes *hashes;
    struct arc_check *check;
};

static inline struct arc_verified arc_verify_octets(GBytes *octets, uint32_t flags,
                                                    struct resolver *resolver,
                                                    struct dkim_keys *keys, int64_t received_at) {
    struct arc_verified v = {.message = message_new(octets, flags),
                             .lookups = lookups_new(resolver)};
    v.hashes = dkim_hashes_new(v.message);
    v.check = arc_new(v.hashes);
    arc_names(v.check, v.lookups);
    arc_verify(v.check, v.lookups, keys, received_at);
    return v;
}

static inline void arc_verified_clear(struct arc_verified *v) {
    arc_free(v->check);
    dkim_hashes_free(v->hashes);
    lookups_free(v->lookups);
    message_free(v->message);
}

#endif
