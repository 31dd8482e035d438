/* SPDX-License-Identifier: MIT */
#include "mail/mime_name.h"

#include "base/limits.h"
#include "mail/display.h"

/* Names that open a device on Windows, with any extension. */
static bool is_device(const char *name) {
    static const char *const devices[] = {"con", "prn", "aux", "nul"};
    size_t stem = strcspn(name, ". ");
    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++)
        if (stem == 3 && g_ascii_strncasecmp(name, devices[i], 3) == 0)
            return true;
    return stem == 4 && g_ascii_isdigit(name[3]) &&
           (g_ascii_strncasecmp(name, "com", 3) == 0 || g_ascii_strncasecmp(name, "lpt", 3) == 0);
}

static const char *last_component(const char *name) {
    const char *slash = strrchr(name, '/'), *backslash = strrchr(name, '\\');
    const char *last = slash > backslash ? slash : backslash;
    return last ? last + 1 : name;
}

static void replace_reserved(char *name) {
    for (; *name; name++)
        if (strchr("<>:\"|?*", *name) || (guchar)*name < 32)
            *name = '_';
}

static void trim_ends(GString *name) {
    while (name->len && strchr(". ", name->str[name->len - 1]))
        g_string_truncate(name, name->len - 1);
    gsize lead = strspn(name->str, ". ");
    g_string_erase(name, 0, (gssize)lead);
}

/* Cuts the stem, not the extension: what a file is must not be what falls off. */
static void cut(GString *name) {
    if (name->len <= LIMIT_FILE_NAME)
        return;
    const char *dot = strrchr(name->str, '.');
    gsize extension = dot ? name->len - (gsize)(dot - name->str) : 0;
    if (extension > 20)
        extension = 0;
    gsize stem = LIMIT_FILE_NAME - extension;
    while (stem && (name->str[stem] & 0xC0) == 0x80)
        stem--;
    g_string_erase(name, (gssize)stem, (gssize)(name->len - extension - stem));
}

char *mime_name_safe(const char *name, bool *changed) {
    uint32_t seen = 0;
    g_autofree char *shown = display_text(span_of(name), &seen);
    GString *safe = g_string_new(last_component(shown));
    replace_reserved(safe->str);
    trim_ends(safe);
    if (is_device(safe->str))
        g_string_prepend_c(safe, '_');
    cut(safe);
    trim_ends(safe);
    *changed =
        (seen & (TEXT_BIDI | TEXT_INVISIBLE | TEXT_CONTROL)) || strcmp(shown, safe->str) != 0;
    char *result = g_string_free(safe, FALSE);
    if (!*result)
        g_clear_pointer(&result, g_free);
    return result;
}

const char *mime_name_extension(const char *type) {
    static const struct {
        const char *type, *extension;
    } known[] = {{"text/plain", ".txt"},
                 {"text/html", ".html"},
                 {"text/calendar", ".ics"},
                 {"message/rfc822", ".eml"},
                 {"image/png", ".png"},
                 {"image/jpeg", ".jpg"},
                 {"image/gif", ".gif"},
                 {"image/webp", ".webp"},
                 {"application/pdf", ".pdf"},
                 {"application/pkcs7-signature", ".p7s"},
                 {"application/pkcs7-mime", ".p7m"},
                 {"application/pgp-signature", ".asc"}};
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(type, known[i].type) == 0)
            return known[i].extension;
    return ".bin";
}
