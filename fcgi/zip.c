/* SPDX-License-Identifier: MIT
 *
 * Local headers and files, then the central directory, then its end (APPNOTE §4.3). */
#include "fcgi/zip.h"

#include "base/limits.h"
#include "mail/mime_name.h"

#include <string.h>

enum {
    LOCAL = 0x04034b50,
    CENTRAL = 0x02014b50,
    END = 0x06054b50,
    VERSION = 20,
    UTF8_NAMES = 1 << 11
};

struct zip {
    GByteArray *files;     /* local headers, each followed by its file */
    GByteArray *directory; /* central headers */
    GHashTable *names;     /* name_key → the number that its next one gets */
    guint n;
    uint16_t date, time; /* of MS-DOS */
    uint32_t crc_of[256];
};

/* CRC-32 (APPNOTE §4.4.7): the polynomial of ISO 3309, least bit first, one octet at a time. */
static void fill_crc(uint32_t crc_of[256]) {
    for (uint32_t octet = 0; octet < 256; octet++) {
        crc_of[octet] = octet;
        for (int bit = 0; bit < 8; bit++)
            crc_of[octet] = crc_of[octet] >> 1 ^ (crc_of[octet] & 1 ? 0xedb88320 : 0);
    }
}

static uint32_t crc_32(const struct zip *zip, struct span octets) {
    uint32_t crc = G_MAXUINT32;
    for (size_t i = 0; i < octets.n; i++)
        crc = crc >> 8 ^ zip->crc_of[(crc ^ (unsigned char)octets.p[i]) & 255];
    return ~crc;
}

struct zip *zip_new(int64_t when) {
    struct zip *zip = g_new0(struct zip, 1);
    fill_crc(zip->crc_of);
    zip->files = g_byte_array_new();
    zip->directory = g_byte_array_new();
    zip->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(when);
    int year = utc ? g_date_time_get_year(utc) : 0;
    zip->date = 1 << 5 | 1; /* 1 January 1980 */
    if (year >= 1980 && year <= 2107) {
        zip->date = (uint16_t)((year - 1980) << 9 | g_date_time_get_month(utc) << 5 |
                               g_date_time_get_day_of_month(utc));
        zip->time = (uint16_t)(g_date_time_get_hour(utc) << 11 | g_date_time_get_minute(utc) << 5 |
                               g_date_time_get_second(utc) / 2);
    }
    return zip;
}

void zip_free(struct zip *zip) {
    g_byte_array_unref(zip->files);
    g_byte_array_unref(zip->directory);
    g_hash_table_unref(zip->names);
    g_free(zip);
}

static void put(GByteArray *out, uint32_t value, unsigned octets) {
    guint8 little[4];
    for (unsigned i = 0; i < octets; i++)
        little[i] = (guint8)(value >> (8 * i));
    g_byte_array_append(out, little, octets);
}

static void put_text(GByteArray *out, const char *text) {
    g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text));
}

/* ---- names ---- */

/* What two names must not share, where letter case and composition do not count. */
static char *name_key(const char *name) {
    g_autofree char *folded = g_utf8_casefold(name, -1);
    return g_utf8_normalize(folded, -1, G_NORMALIZE_ALL);
}

/* "a.pdf", "a (2).pdf", "a (3).pdf" … Each name remembers the number to go on with. */
static char *unique_name(struct zip *zip, const char *name) {
    bool changed;
    g_autofree char *safe = mime_name_safe(name, &changed);
    const char *plain = safe ? safe : "file";
    const char *dot = strrchr(plain, '.');
    size_t stem = dot ? (size_t)(dot - plain) : strlen(plain);
    char *first = name_key(plain), *unique = g_strdup(plain), *key = g_strdup(first);
    guint next = MAX(GPOINTER_TO_UINT(g_hash_table_lookup(zip->names, first)), 2);
    while (g_hash_table_contains(zip->names, key)) {
        g_free(unique);
        g_free(key);
        unique = g_strdup_printf("%.*s (%u)%s", (int)stem, plain, next++, plain + stem);
        key = name_key(unique);
    }
    g_hash_table_insert(zip->names, key, GUINT_TO_POINTER(2));
    g_hash_table_insert(zip->names, first, GUINT_TO_POINTER(next));
    return unique;
}

/* ---- records ---- */

/* What both headers say, from "version needed" to the length of the extra field. */
static void put_common(const struct zip *zip, GByteArray *out, struct span octets, uint32_t crc,
                       const char *name) {
    put(out, VERSION, 2);
    put(out, UTF8_NAMES, 2);
    put(out, 0, 2); /* stored */
    put(out, zip->time, 2);
    put(out, zip->date, 2);
    put(out, crc, 4);
    put(out, (uint32_t)octets.n, 4);
    put(out, (uint32_t)octets.n, 4);
    put(out, (uint32_t)strlen(name), 2);
    put(out, 0, 2);
}

static void put_central(struct zip *zip, struct span octets, uint32_t crc, const char *name) {
    put(zip->directory, CENTRAL, 4);
    put(zip->directory, VERSION, 2);
    put_common(zip, zip->directory, octets, crc, name);
    put(zip->directory, 0, 2); /* comment */
    put(zip->directory, 0, 2); /* disk */
    put(zip->directory, 0, 2); /* internal attributes */
    put(zip->directory, 0, 4); /* external attributes */
    put(zip->directory, zip->files->len, 4);
    put_text(zip->directory, name);
}

bool zip_add(struct zip *zip, const char *name, struct span octets) {
    if (zip->n >= LIMIT_ZIP_FILES || octets.n > LIMIT_ZIP ||
        octets.n + zip->files->len + zip->directory->len > LIMIT_ZIP)
        return false;
    g_autofree char *unique = unique_name(zip, name);
    uint32_t crc = crc_32(zip, octets);
    put_central(zip, octets, crc, unique);
    put(zip->files, LOCAL, 4);
    put_common(zip, zip->files, octets, crc, unique);
    put_text(zip->files, unique);
    if (octets.n)
        g_byte_array_append(zip->files, (const guint8 *)octets.p, (guint)octets.n);
    zip->n++;
    return true;
}

GBytes *zip_end(struct zip *zip) {
    uint32_t at = zip->files->len, length = zip->directory->len;
    g_byte_array_append(zip->files, zip->directory->data, zip->directory->len);
    put(zip->files, END, 4);
    put(zip->files, 0, 4); /* disks */
    put(zip->files, zip->n, 2);
    put(zip->files, zip->n, 2);
    put(zip->files, length, 4);
    put(zip->files, at, 4);
    put(zip->files, 0, 2); /* comment */
    GBytes *whole = g_byte_array_free_to_bytes(zip->files);
    zip->files = g_byte_array_new();
    return whole;
}
