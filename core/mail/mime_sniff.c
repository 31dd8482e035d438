/* SPDX-License-Identifier: MIT */
#include "mail/mime_sniff.h"

#include <glib.h>
#include <string.h>

#define EXECUTABLE "application/x-executable"

static const struct {
    size_t at;
    struct span magic;
    const char *type;
} kinds[] = {
    {0, {"%PDF-", 5}, "application/pdf"},
    {0, {"\x89PNG\r\n\x1a\n", 8}, "image/png"},
    {0, {"\xff\xd8\xff", 3}, "image/jpeg"},
    {0, {"GIF87a", 6}, "image/gif"},
    {0, {"GIF89a", 6}, "image/gif"},
    {8, {"WEBP", 4}, "image/webp"}, /* behind "RIFF" and a length */
    {0, {"PK\x03\x04", 4}, "application/zip"},
    {0, {"PK\x05\x06", 4}, "application/zip"}, /* one with nothing in it */
    {0, {"7z\xbc\xaf\x27\x1c", 6}, "application/x-7z-compressed"},
    {0, {"Rar!\x1a\x07", 6}, "application/vnd.rar"},
    {0, {"\x1f\x8b\x08", 3}, "application/gzip"},
    {0, {"{\\rtf", 5}, "application/rtf"},
    {0, {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8}, "application/x-ole-storage"},
    {0, {"MZ\x90\0", 4}, EXECUTABLE}, /* Windows; a bare "MZ" may begin a sentence */
    {0, {"MZ\0\0", 4}, EXECUTABLE},
    {0, {"MZP\0", 4}, EXECUTABLE},
    {0,
     {"\x7f"
      "ELF",
      4},
     EXECUTABLE},
    {0, {"\xcf\xfa\xed\xfe", 4}, EXECUTABLE}, /* Mach-O */
    {0, {"\xca\xfe\xba\xbe", 4}, EXECUTABLE}, /* Mach-O for several machines, Java classes */
    {0, {"#!", 2}, EXECUTABLE},
    {0, {"L\0\0\0\x01\x14\x02\0", 8}, EXECUTABLE}, /* a Windows shortcut */
};

static bool begins_as_html(struct span octets) {
    static const char *const tags[] = {"<!doctype html", "<html",   "<head",
                                       "<body",          "<script", "<svg"};
    struct span rest = span_trim_fws(octets);
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
        size_t n = strlen(tags[i]);
        if (rest.n >= n && g_ascii_strncasecmp(rest.p, tags[i], n) == 0)
            return true;
    }
    return false;
}

const char *mime_sniff(struct span octets) {
    struct span head = span_first(octets, MIME_SNIFF_SIZE);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        struct span there = span_first(span_from(head, kinds[i].at), kinds[i].magic.n);
        if (span_eq(there, kinds[i].magic))
            return kinds[i].type;
    }
    return begins_as_html(head) ? "text/html" : NULL;
}

bool mime_sniff_matches(const char *declared, const char *sniffed) {
    static const struct {
        const char *sniffed, *declared; /* the latter a prefix */
    } same[] = {{"application/zip", "application/vnd."},
                {"application/zip", "application/x-zip"},
                {"application/zip", "application/epub+zip"},
                {"application/x-ole-storage", "application/vnd."},
                {"application/x-ole-storage", "application/msword"},
                {"application/rtf", "text/rtf"},
                {"application/rtf", "application/msword"},
                {"application/gzip", "application/x-gzip"},
                {"application/gzip", "application/x-tar"},
                {"application/vnd.rar", "application/x-rar"},
                {"application/pdf", "application/x-pdf"},
                {"image/jpeg", "image/jpg"},
                {"image/jpeg", "image/pjpeg"},
                {"image/png", "image/x-png"},
                {"text/html", "application/xhtml+xml"},
                {"text/html", "image/svg+xml"},
                {EXECUTABLE, "application/x-"}};
    if (strcmp(declared, sniffed) == 0 || strcmp(declared, "application/octet-stream") == 0)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        if (strcmp(same[i].sniffed, sniffed) == 0 && g_str_has_prefix(declared, same[i].declared))
            return true;
    return false;
}

bool mime_name_is_program(const char *name) {
    static const char *const extensions[] = {
        "app",    "appref-ms", "bat", "chm",  "cmd", "com", "cpl", "desktop", "dll", "exe",
        "gadget", "hta",       "img", "inf",  "iso", "jar", "js",  "jse",     "lnk", "msc",
        "msi",    "msp",       "pif", "ps1",  "reg", "scf", "scr", "sh",      "url", "vb",
        "vbe",    "vbs",       "vhd", "vhdx", "wsf", "wsh", "xll"};
    const char *dot = name ? strrchr(name, '.') : NULL;
    for (size_t i = 0; dot && i < G_N_ELEMENTS(extensions); i++)
        if (g_ascii_strcasecmp(dot + 1, extensions[i]) == 0)
            return true;
    return false;
}
