/* SPDX-License-Identifier: MIT
 *
 * Octets through brand/markcert, twice: as a PEM text whose last certificate is the mark root, with
 * what stands behind a NUL as a CRL; and as the DER of one certificate, so that what lies behind
 * base64 and signature is reached. */
#include "brand/markcert.h"

#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char begin[] = "-----BEGIN CERTIFICATE-----\n";

static struct span last_certificate(struct span text) {
    for (size_t at = text.n; at-- > 0;)
        if (text.p[at] == '-' && span_starts_nocase(span_from(text, at), span_of(begin)))
            return span_from(text, at);
    return SPAN_NULL;
}

static void check_promises(const struct markcert *answer) {
    for (enum markcert_check_id i = 0; i < MARKCERT_CHECK__MAX; i++) {
        const struct markcert_check *check = &answer->checks[i];
        bool plain = check->state == MARKCERT_PASS || check->state == MARKCERT_NOT_EVALUATED;
        g_assert(plain == (check->reason == MARKCERT_NO_REASON));
        g_assert(!answer->valid || check->state == MARKCERT_PASS ||
                 check->state == MARKCERT_NOT_VERIFIED || check->state == MARKCERT_ABSENT);
    }
    g_assert(!answer->svg || (g_bytes_get_size(answer->svg) <= LIMIT_LOGO_SIZE &&
                              strlen(answer->svg_sha256) == 64));
    g_assert(!answer->organization || g_utf8_validate(answer->organization, -1, NULL));
    g_assert(!answer->issuer || g_utf8_validate(answer->issuer, -1, NULL));
    for (char **name = answer->names; name && *name; name++)
        for (const char *p = *name; *p; p++)
            g_assert(g_ascii_isgraph(*p));
    for (char **url = answer->crl_urls; url && *url; url++)
        for (const char *p = *url; *p; p++)
            g_assert(g_ascii_isgraph(*p));
}

static void ask(struct span pem, struct span crl, const struct mark_roots *roots) {
    struct markcert_crl crls[] = {{crl, 1790000000}};
    struct markcert_question question = {.pem = pem,
                                         .domain = "brand.example",
                                         .roots = roots,
                                         .now = 1790000000,
                                         .crls = crls,
                                         .n_crls = crl.n ? 1 : 0};
    OWNED(markcert) answer = markcert_check(&question);
    check_promises(answer);
}

static void ask_der(const uint8_t *data, size_t size, const struct mark_roots *roots) {
    g_autofree char *base64 = g_base64_encode(data, size);
    g_autofree char *pem = g_strconcat(begin, base64, "\n-----END CERTIFICATE-----\n", NULL);
    ask(span_of(pem), SPAN_NULL, roots);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autofree char *copy = g_memdup2(data, size); /* exact size: reads beyond it are seen */
    struct span all = span_make(copy ? copy : "", size);
    struct span pem = span_first(all, span_find(all, '\0'));
    OWNED(mark_roots) roots = mark_roots_new();
    mark_roots_add(roots, last_certificate(pem), MARK_ROOT_PUBLIC, NULL);
    ask(pem, span_from(all, pem.n + 1), roots);
    if (size && size < LIMIT_MARKCERT_SIZE / 2)
        ask_der(data, size, roots);
    return 0;
}
