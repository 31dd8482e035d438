/* SPDX-License-Identifier: MIT
 *
 * Each line of the input is the name of an attachment. Whatever they are, the ZIP file's directory
 * holds as many names, each a plain file name of this folder, no two the same in any letter case.
 */
#include "base/limits.h"
#include "fcgi/zip.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void check_name(const char *name) {
    g_assert(*name && *name != '.' && strlen(name) <= LIMIT_FILE_NAME + strlen(" (1000)"));
    g_assert(g_utf8_validate(name, -1, NULL) && !strpbrk(name, "/\\:*?\"<>|"));
    for (const char *p = name; *p; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        g_assert(!g_unichar_iscntrl(c) && c != 0x61c && c != 0x200e && c != 0x200f);
        g_assert(!(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069)); /* bidi */
    }
}

static guint octets(const guint8 *p, guint n) {
    guint value = 0;
    while (n--)
        value = value << 8 | p[n];
    return value;
}

/* The names of the central directory (APPNOTE §4.3.12), which the end record (§4.3.16) points to.
 */
static guint check_directory(const guint8 *file, gsize n) {
    enum { HEADER = 46, END = 22 };
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint files = octets(file + n - END + 10, 2);
    const guint8 *at = file + octets(file + n - END + 16, 4);
    for (guint i = 0; i < files; i++) {
        guint length = octets(at + 28, 2);
        g_assert(memcmp(at, "PK\1\2", 4) == 0 && octets(at + 8, 2) == 1 << 11);
        g_autofree char *name = g_strndup((const char *)at + HEADER, length);
        g_assert(strlen(name) == length);
        check_name(name);
        g_autofree char *folded = g_utf8_casefold(name, -1);
        g_assert(g_hash_table_add(seen, g_utf8_normalize(folded, -1, G_NORMALIZE_ALL)));
        at += HEADER + length;
    }
    g_assert(at == file + n - END);
    return files;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n) {
    if (n > 20000)
        return 0;
    g_autofree char *text = g_strndup((const char *)data, n);
    g_auto(GStrv) names = g_strsplit(text, "\n", LIMIT_ZIP_FILES + 10);
    OWNED(zip) zip = zip_new(0);
    guint added = 0;
    for (char **name = names; *name; name++)
        added += zip_add(zip, *name, span_of(*name));
    g_assert(added == MIN(g_strv_length(names), LIMIT_ZIP_FILES));
    g_autoptr(GBytes) file = zip_end(zip);
    gsize size;
    const guint8 *p = g_bytes_get_data(file, &size);
    g_assert(check_directory(p, size) == added);
    return 0;
}
