/* SPDX-License-Identifier: MIT
 *
 *     textualmsg = preeb *WSP eol base64text posteb *WSP [eol]      -- RFC 7468 §3
 *     preeb      = "-----BEGIN CERTIFICATE-----"
 *     posteb     = "-----END CERTIFICATE-----"
 *     base64text = *( 1*base64char *WSP eol )
 *     eol        = CRLF / CR / LF
 *
 * Text outside of boundaries is explanatory and ignored (§5.2), another label is refused: a private
 * key that somebody published with the certificate is no part of a chain. */
#include "brand/markcert_parts.h"

#include "base/limits.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* The next line without its end. */
static struct span take_line(struct span *rest) {
    size_t n = 0;
    while (n < rest->n && rest->p[n] != '\r' && rest->p[n] != '\n')
        n++;
    struct span line = span_first(*rest, n);
    bool crlf = n + 1 < rest->n && rest->p[n] == '\r' && rest->p[n + 1] == '\n';
    *rest = span_from(*rest, n + (crlf ? 2 : 1));
    return line;
}

static bool starts(struct span line, struct span with) {
    return line.n >= with.n && memcmp(line.p, with.p, with.n) == 0;
}

static struct span trim_end(struct span line) {
    while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
        line.n--;
    return line;
}

static bool is_base64_line(struct span line) {
    for (size_t i = 0; i < line.n; i++)
        if (!g_ascii_isalnum(line.p[i]) && line.p[i] != '+' && line.p[i] != '/' && line.p[i] != '=')
            return false;
    return line.n > 0;
}

/* Whole groups of four, padding at the very end only (RFC 4648 §4). */
static GBytes *decode(const GString *base64) {
    const char *padding = strchr(base64->str, '=');
    gsize digits = padding ? (gsize)(padding - base64->str) : base64->len;
    if (!base64->len || base64->len % 4 || base64->len - digits > 2 ||
        strspn(base64->str + digits, "=") != base64->len - digits)
        return NULL;
    gsize n;
    guchar *octets = g_base64_decode(base64->str, &n);
    return g_bytes_new_take(octets, n);
}

/* RFC 5280 §4.2: an extension that OpenSSL finds malformed would be as if it were not there. */
static X509 *parse_der(GBytes *der) {
    gsize n;
    const unsigned char *octets = g_bytes_get_data(der, &n), *at = octets;
    X509 *certificate = d2i_X509(NULL, &at, (long)n);
    unsigned char *again = NULL;
    int length = certificate ? i2d_X509(certificate, &again) : -1;
    bool sound = length >= 0 && (gsize)length == n && memcmp(again, octets, n) == 0 &&
                 X509_get_version(certificate) == X509_VERSION_3 &&
                 !(X509_get_extension_flags(certificate) & EXFLAG_INVALID);
    OPENSSL_free(again);
    ERR_clear_error();
    if (sound)
        return certificate;
    X509_free(certificate);
    return NULL;
}

/* From behind a BEGIN line to behind its END line. */
static enum markcert_reason take_certificate(struct span *rest, X509 **certificate) {
    g_autoptr(GString) base64 = g_string_new(NULL);
    for (;;) {
        if (!rest->n)
            return MARKCERT_PEM_SYNTAX;
        struct span line = trim_end(take_line(rest));
        if (span_eq(line, SPAN_LIT("-----END CERTIFICATE-----")))
            break;
        if (!is_base64_line(line))
            return MARKCERT_PEM_SYNTAX;
        g_string_append_len(base64, line.p, (gssize)line.n);
    }
    g_autoptr(GBytes) der = decode(base64);
    if (!der)
        return MARKCERT_PEM_SYNTAX;
    *certificate = parse_der(der);
    return *certificate ? MARKCERT_NO_REASON : MARKCERT_NOT_X509;
}

static enum markcert_reason add(STACK_OF(X509) * stack, X509 *certificate, guint most) {
    enum markcert_reason reason = MARKCERT_NO_REASON;
    if ((guint)sk_X509_num(stack) >= most)
        reason = MARKCERT_TOO_MANY_CERTIFICATES;
    for (int i = 0; i < sk_X509_num(stack) && !reason; i++)
        if (X509_cmp(sk_X509_value(stack, i), certificate) == 0)
            reason = MARKCERT_DUPLICATE;
    if (reason)
        X509_free(certificate);
    else if (!sk_X509_push(stack, certificate))
        g_error("OpenSSL: no memory");
    return reason;
}

static enum markcert_reason parse(struct span rest, guint most, STACK_OF(X509) * stack) {
    while (rest.n) {
        struct span line = trim_end(take_line(&rest));
        if (starts(line, SPAN_LIT("-----END ")))
            return MARKCERT_PEM_SYNTAX;
        if (!starts(line, SPAN_LIT("-----BEGIN ")))
            continue;
        if (!span_eq(line, SPAN_LIT("-----BEGIN CERTIFICATE-----")))
            return MARKCERT_PEM_LABEL;
        X509 *certificate = NULL;
        enum markcert_reason reason = take_certificate(&rest, &certificate);
        reason = reason ? reason : add(stack, certificate, most);
        if (reason)
            return reason;
    }
    return sk_X509_num(stack) ? MARKCERT_NO_REASON : MARKCERT_NO_CERTIFICATE;
}

enum markcert_reason markcert_pem_parse(struct span pem, guint most, STACK_OF(X509) * *out) {
    STACK_OF(X509) *stack = sk_X509_new_null();
    if (!stack)
        g_error("OpenSSL: no memory");
    enum markcert_reason reason = parse(pem, most, stack);
    if (reason) {
        sk_X509_pop_free(stack, X509_free);
        stack = NULL;
    }
    *out = stack;
    return reason;
}
