/* SPDX-License-Identifier: MIT
 *
 * A DomainKeys signer for tests (RFC 4870 §3.4.2), written the slow way: a list of lines, made
 * canonical one by one. */
#ifndef INKAN_TESTS_DOMAINKEYS_SIGNER_H
#define INKAN_TESTS_DOMAINKEYS_SIGNER_H

#include "dkim_signer.h"

/* What is hashed for these fields (whole, with CRLF) and this body. */
static inline GString *domainkeys_reference(const char *const *fields, const char *body,
                                            bool nofws) {
    GString *all = g_string_new(NULL);
    for (; *fields; fields++) {
        for (const char *c = *fields; *c; c++)
            if (!nofws || !strchr(" \t\r\n", *c))
                g_string_append_c(all, *c);
        if (nofws)
            g_string_append(all, "\r\n");
    }
    g_string_append(all, "\r\n");
    g_auto(GStrv) lines = g_strsplit(body, "\r\n", -1);
    for (char **line = lines; *line; line++) {
        for (const char *c = *line; *c; c++)
            if (!nofws || !strchr(" \t\r\n", *c))
                g_string_append_c(all, *c);
        g_string_append(all, "\r\n");
    }
    while (g_str_has_suffix(all->str, "\r\n\r\n"))
        g_string_truncate(all, all->len - 2);
    return all;
}

static inline char *domainkeys_sign(const struct signer *signer, const char *const *fields,
                                    const char *body, bool nofws) {
    GString *all = domainkeys_reference(fields, body, nofws);
    unsigned char digest[20], signature[1024];
    size_t n = sizeof signature;
    EVP_Digest(all->str, all->len, digest, NULL, EVP_sha1(), NULL);
    g_string_free(all, TRUE);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(signer->key, NULL);
    g_assert(EVP_PKEY_sign_init(context) == 1);
    g_assert(EVP_PKEY_CTX_set_signature_md(context, EVP_sha1()) == 1);
    g_assert(EVP_PKEY_sign(context, signature, &n, digest, 20) == 1);
    EVP_PKEY_CTX_free(context);
    return g_base64_encode(signature, n);
}

#endif
