/* SPDX-License-Identifier: MIT */
#include "mail/image_url.h"

#include "base/limits.h"
#include "mail/link.h"

#include <glib.h>

enum { EXPIRES_DIGITS = 10, NONCE_OCTETS = 8 };

/* RFC 2104 */
static void hmac(struct span key, struct span octets, unsigned char mac[IMAGE_URL_KEY]) {
    gsize n = IMAGE_URL_KEY;
    GHmac *state = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *)key.p, key.n);
    g_hmac_update(state, (const guchar *)octets.p, (gssize)octets.n);
    g_hmac_get_digest(state, mac, &n);
    g_hmac_unref(state);
    g_assert(n == IMAGE_URL_KEY);
}

/* RFC 4648 §5, without padding. */
static char *base64url(const void *octets, gsize n) {
    char *text = g_base64_encode(octets, n);
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    text[strcspn(text, "=")] = '\0';
    return text;
}

/* NULL for what base64url would have written in another way. */
static char *base64url_decode(const char *text) {
    if (strlen(text) > LIMIT_HTTPS_URL * 2)
        return NULL;
    static const char *const padding[] = {"", "===", "==", "="};
    g_autofree char *plain = g_strconcat(text, padding[strlen(text) % 4], NULL);
    g_strdelimit(plain, "-", '+');
    g_strdelimit(plain, "_", '/');
    gsize n;
    g_autofree guchar *octets = g_base64_decode(plain, &n);
    g_autofree char *again = base64url(octets, n);
    return strcmp(again, text) == 0 ? g_strndup((const char *)octets, n) : NULL;
}

/* --- sheets --------------------------------------------------------------------------------- */

static void derive_key(struct span secret, struct image_sheet *sheet) {
    hmac(secret, span_of(sheet->name), sheet->key);
}

void image_sheet_make(struct span secret, int64_t expires, const unsigned char nonce[8],
                      struct image_sheet *sheet) {
    g_assert(expires >= 0 && expires < (int64_t)1 << 40);
    g_snprintf(sheet->name, sizeof sheet->name, "%010" G_GINT64_MODIFIER "x", expires);
    for (int i = 0; i < NONCE_OCTETS; i++)
        g_snprintf(sheet->name + EXPIRES_DIGITS + 2 * i, 3, "%02x", nonce[i]);
    derive_key(secret, sheet);
}

bool image_sheet_open(struct span secret, const char *name, int64_t now,
                      struct image_sheet *sheet) {
    if (strlen(name) != IMAGE_URL_SHEET ||
        strspn(name, "0123456789abcdef") != (size_t)IMAGE_URL_SHEET)
        return false;
    char digits[EXPIRES_DIGITS + 1] = {0};
    memcpy(digits, name, EXPIRES_DIGITS);
    if (g_ascii_strtoll(digits, NULL, 16) <= now)
        return false;
    memcpy(sheet->name, name, IMAGE_URL_SHEET + 1);
    derive_key(secret, sheet);
    return true;
}

/* --- sources -------------------------------------------------------------------------------- */

/* "https://HOST/…" of "http://HOST[:80]/…" and "https://HOST[:443]/…"; NULL for another port. */
static char *over_https(const char *url) {
    bool plain = g_str_has_prefix(url, "http://");
    const char *host = url + strlen(plain ? "http://" : "https://"), *path = strchr(host, '/');
    const char *usual = plain ? ":80" : ":443";
    size_t n = (size_t)(path - host), port = strlen(usual);
    if (n > port && strncmp(path - port, usual, port) == 0)
        n -= port;
    if (memchr(host, ':', n))
        return NULL;
    int rest = (int)strcspn(path, "#");
    return g_strdup_printf("https://%.*s%.*s", (int)n, host, rest, path);
}

char *image_url_source(struct span written) {
    while (written.n && (guchar)written.p[0] <= ' ')
        written = span_from(written, 1);
    bool no_scheme = written.n > 2 && written.p[0] == '/' && written.p[1] == '/';
    if (written.n > LIMIT_HTTPS_URL)
        return NULL;
    g_autofree char *text = span_dup(written);
    g_autofree char *whole = g_strconcat(no_scheme ? "https:" : "", text, NULL);
    OWNED(link) link = link_parse(span_of(whole));
    if (!link || link->mail)
        return NULL;
    g_autofree char *source = over_https(link->url);
    return source && strlen(source) <= LIMIT_HTTPS_URL ? g_steal_pointer(&source) : NULL;
}

/* --- signatures ----------------------------------------------------------------------------- */

static char *mac_of(const struct image_sheet *sheet, const char *source) {
    unsigned char mac[IMAGE_URL_KEY];
    hmac(span_make((const char *)sheet->key, IMAGE_URL_KEY), span_of(source), mac);
    return base64url(mac, sizeof mac);
}

/* As long for a wrong octet in front as for one at the end. */
static bool equal(const char *a, const char *b) {
    size_t n = strlen(a);
    unsigned differ = 0;
    if (strlen(b) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        differ |= (unsigned char)(a[i] ^ b[i]);
    return !differ;
}

char *image_url_sign(const struct image_sheet *sheet, const char *source) {
    g_autofree char *mac = mac_of(sheet, source);
    g_autofree char *text = base64url(source, strlen(source));
    return g_strdup_printf(IMAGE_URL_PREFIX "%s/%s/%s", sheet->name, mac, text);
}

char *image_url_open(const struct image_sheet *sheet, const char *mac, const char *text) {
    g_autofree char *source = base64url_decode(text);
    g_autofree char *right = source ? mac_of(sheet, source) : NULL;
    return right && equal(right, mac) ? g_steal_pointer(&source) : NULL;
}
