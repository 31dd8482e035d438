/* SPDX-License-Identifier: MIT */
#include "sign/wkd.h"

#include "base/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

enum { DIGEST = 20 };

/* Five bits a character; 160 bits leave none over. */
static char *zbase32(const guint8 *octets, gsize n) {
    static const char alphabet[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
    GString *text = g_string_sized_new(n * 8 / 5 + 1);
    guint bits = 0, held = 0;
    for (gsize i = 0; i < n; i++) {
        held = held << 8 | octets[i];
        for (bits += 8; bits >= 5; bits -= 5)
            g_string_append_c(text, alphabet[held >> (bits - 5) & 31]);
        held &= (1U << bits) - 1;
    }
    return g_string_free(text, FALSE);
}

char *wkd_hash(const char *local) {
    g_autofree char *lower = g_ascii_strdown(local, -1);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
    guint8 digest[DIGEST];
    gsize n = sizeof digest;
    g_checksum_update(sum, (const guchar *)lower, (gssize)strlen(lower));
    g_checksum_get_digest(sum, digest, &n);
    return zbase32(digest, n);
}

static bool is_plain(const char *text) {
    for (; *text; text++)
        if ((guchar)*text <= 0x20 || (guchar)*text >= 0x7f)
            return false;
    return true;
}

/* What it is put into is a URL: a name that had a meaning there would change whom is asked. */
static bool is_host(const char *text) {
    const char *at = text;
    while (g_ascii_isalnum(*at) || *at == '-' || *at == '.' || *at == '_')
        at++;
    return at > text && !*at && at - text <= LIMIT_DOMAIN;
}

char *wkd_url(const char *local, const char *domain, enum wkd_method method) {
    if (!*local || strlen(local) > LIMIT_WKD_LOCAL || !is_plain(local) || !is_host(domain))
        return NULL;
    g_autofree char *hash = wkd_hash(local);
    g_autofree char *escaped = g_uri_escape_string(local, NULL, FALSE);
    if (method == WKD_ADVANCED)
        return g_strdup_printf("https://openpgpkey.%s/.well-known/openpgpkey/%s/hu/%s?l=%s", domain,
                               domain, hash, escaped);
    return g_strdup_printf("https://%s/.well-known/openpgpkey/hu/%s?l=%s", domain, hash, escaped);
}

static bool names(const struct openpgp_certificate *certificate, const char *address) {
    for (char **user_id = certificate->user_ids; user_id && *user_id; user_id++)
        if (openpgp_user_id_is(*user_id, address))
            return true;
    return false;
}

void wkd_certificates_keep(GPtrArray *certificates, const char *address) {
    for (guint i = certificates->len; i > 0; i--)
        if (!names(certificates->pdata[i - 1], address))
            g_ptr_array_remove_index(certificates, i - 1);
    g_ptr_array_set_size(certificates, (gint)MIN(certificates->len, LIMIT_WKD_KEYS));
}
