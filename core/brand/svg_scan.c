/* SPDX-License-Identifier: MIT */
#include "brand/svg_scan.h"

#include "base/limits.h"

/* Position of `text` at or after `at`, or the end. */
static size_t find(struct span s, size_t at, const char *text) {
    struct span rest = span_from(s, at);
    const char *found = g_strstr_len(rest.p, (gssize)rest.n, text);
    return found ? (size_t)(found - s.p) : s.n;
}

static bool starts(struct span s, size_t at, const char *text) {
    size_t n = strlen(text);
    return at <= s.n && n <= s.n - at && memcmp(s.p + at, text, n) == 0;
}

static guint line_at(struct span s, size_t at) {
    guint line = 1;
    for (size_t i = 0; i < at; i++)
        line += s.p[i] == '\n';
    return line;
}

/* XML 1.0 §2.2: of the control characters only these are text. */
static bool is_text(unsigned char c) {
    return c >= ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* XML 1.0 appendix F without a declaration: what the first octets say. Any other encoding has
 * octets that are no UTF-8, or NUL, or declares itself. */
static const char *foreign_encoding(struct span s) {
    if (starts(s, 0, "\xff\xfe") || starts(s, 0, "\xfe\xff"))
        return "it starts as UTF-16";
    if (!g_utf8_validate(s.p, (gssize)s.n, NULL))
        return "some octets, or a NUL, are not UTF-8";
    for (size_t i = 0; i < s.n; i++)
        if (!is_text((unsigned char)s.p[i]))
            return "it contains control characters";
    return NULL;
}

/* XML 1.0 §2.8:  XMLDecl ::= '<?xml' VersionInfo EncodingDecl? SDDecl? S? '?>'
 * Returns the position behind it. A declared encoding must be UTF-8 or its subset. */
static size_t skip_declaration(struct span s, size_t at, struct svg_report *report, bool *sane) {
    if (!starts(s, at, "<?xml") || !strchr(" \t\r\n", at + 5 < s.n ? s.p[at + 5] : 'x'))
        return at;
    size_t end = find(s, at, "?>");
    struct span declaration = span_first(span_from(s, at), end - at);
    size_t name = find(declaration, 0, "encoding");
    struct span value = span_from(declaration, name + strlen("encoding"));
    if (name < declaration.n) {
        value = span_trim_fws(value);
        value = span_trim_fws(span_from(value, value.n && value.p[0] == '=' ? 1 : value.n));
        value = value.n
                    ? span_first(span_from(value, 1), span_find(span_from(value, 1), value.p[0]))
                    : value;
        if (!span_eq_nocase(value, SPAN_LIT("utf-8")) &&
            !span_eq_nocase(value, SPAN_LIT("us-ascii"))) {
            g_autofree char *text = span_dup(value);
            svg_report_add(report, SVG_ENCODING, 1, NULL, text);
            *sane = false;
        }
    }
    return end < s.n ? end + strlen("?>") : s.n;
}

static void report_instruction(struct span s, size_t at, struct svg_report *report) {
    struct span name = span_from(s, at + strlen("<?"));
    size_t n = 0;
    g_assert(name.p);
    while (n < name.n && !strchr(" \t\r\n?>", name.p[n]))
        n++;
    g_autofree char *text = span_dup(span_first(name, n));
    svg_report_add(report, SVG_INSTRUCTION, line_at(s, at), NULL, text);
}

/* Comments and CDATA sections are stepped over; every other "<!" declares, every "<?" instructs. A
 * "<!" or "<?" within an attribute value is no well-formed XML, so nothing honest is lost. */
static bool scan_markup(struct span s, size_t at, struct svg_report *report) {
    bool sane = true;
    while ((at = find(s, at, "<")) < s.n) {
        if (starts(s, at, "<!--")) {
            at = find(s, at + strlen("<!--"), "-->");
        } else if (starts(s, at, "<![CDATA[")) {
            at = find(s, at, "]]>");
        } else if (starts(s, at, "<!")) {
            svg_report_add(report, SVG_DOCTYPE, line_at(s, at), NULL, NULL);
            return false;
        } else if (starts(s, at, "<?")) {
            report_instruction(s, at, report);
            return false;
        } else {
            at++;
        }
    }
    return sane;
}

static bool scan_size(struct span s, struct svg_report *report) {
    g_autofree char *size = g_strdup_printf("%zu", s.n);
    if (s.n == 0)
        svg_report_add(report, SVG_EMPTY, 0, NULL, NULL);
    if (s.n > LIMIT_SVG_SIZE)
        svg_report_add(report, SVG_TOO_LARGE, 0, NULL, size);
    return s.n > 0 && s.n <= LIMIT_SVG_READ;
}

bool svg_scan(struct span octets, struct svg_report *report) {
    if (!scan_size(octets, report))
        return false;
    g_assert(octets.p);
    if (starts(octets, 0, "\x1f\x8b")) {
        svg_report_add(report, SVG_COMPRESSED, 0, NULL, NULL);
        return false;
    }
    const char *foreign = foreign_encoding(octets);
    if (foreign) {
        svg_report_add(report, SVG_ENCODING, 0, NULL, foreign);
        return false;
    }
    bool sane = true;
    size_t at = starts(octets, 0, "\xef\xbb\xbf") ? 3 : 0;
    at = skip_declaration(octets, at, report, &sane);
    return scan_markup(octets, at, report) && sane;
}
