/* SPDX-License-Identifier: MIT
 *
 * The closed list of charsets and iconv behind it. Labels are read as mailers mean them: Latin-1 as
 * its superset windows-1252, Shift_JIS and EUC-JP with the vendor's rows, and ISO-2022-JP through
 * forms without shifts, because no iconv table of its own knows the vendor's rows. */
#include "mail/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define ESC '\x1b'

/* iconv's name; "utf-8", "ascii" and "jis" are read here. Both columns are ours: a name from a
 * message is compared, never passed on. */
static const struct {
    const char *label, *iconv;
} charsets[] = {
    {"utf-8", "utf-8"},
    {"utf8", "utf-8"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"us-ascii", "ascii"},
    {"ascii", "ascii"},
    {"ansi_x3.4-1968", "ascii"},
    {"iso-2022-jp", "jis"},
    {"csiso2022jp", "jis"},
    {"iso-2022-jp-1", "jis"},
    {"iso-2022-jp-ms", "jis"},
    {"cp50220", "jis"},
    {"cp50221", "jis"},
    {"iso-2022-jp-2", "ISO-2022-JP-2"},
    {"iso-2022-jp-3", "ISO-2022-JP-3"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"x-sjis", "CP932"},
    {"ms_kanji", "CP932"},
    {"windows-31j", "CP932"},
    {"cp932", "CP932"},
    {"ms932", "CP932"},
    {"euc-jp", "EUC-JP-MS"},
    {"eucjp", "EUC-JP-MS"},
    {"x-euc-jp", "EUC-JP-MS"},
    {"eucjp-ms", "EUC-JP-MS"},
    {"iso-8859-1", "CP1252"},
    {"iso8859-1", "CP1252"},
    {"latin1", "CP1252"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-8-e", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-11", "CP874"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"windows-1252", "CP1252"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"cp1250", "CP1250"},
    {"cp1251", "CP1251"},
    {"cp1252", "CP1252"},
    {"cp437", "CP437"},
    {"cp850", "CP850"},
    {"cp852", "CP852"},
    {"cp866", "CP866"},
    {"ibm866", "CP866"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"macintosh", "MACINTOSH"},
    {"tis-620", "CP874"},
    {"windows-874", "CP874"},
    {"viscii", "VISCII"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"cp936", "GB18030"},
    {"gb18030", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"euc-tw", "EUC-TW"},
    {"euc-kr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"cp949", "CP949"},
    {"uhc", "CP949"},
    {"iso-2022-kr", "ISO-2022-KR"},
    {"johab", "JOHAB"},
    {"utf-16", "UTF-16"},
    {"utf-16be", "UTF-16BE"},
    {"utf-16le", "UTF-16LE"},
};

static const char *find_iconv(struct span name) {
    name = span_trim_wsp(span_first(name, span_find(name, '*')));
    for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++)
        if (span_eq_nocase(name, span_of(charsets[i].label)))
            return charsets[i].iconv;
    return NULL;
}

/* Valid UTF-8 passes, each other octet becomes U+FFFD. RFC 3629 §3: overlong forms and surrogates
 * are not valid. */
static enum charset_result append_utf8(GString *to, struct span octets) {
    enum charset_result result = CHARSET_CLEAN;
    const char *p = octets.p, *end = p + octets.n;
    while (p < end) {
        const char *bad = NULL;
        bool valid = g_utf8_validate(p, end - p, &bad);
        g_string_append_len(to, p, bad - p);
        if (valid)
            break;
        if (*bad == '\0') { /* valid UTF-8 that g_utf8_validate stops at */
            g_string_append_c(to, '\0');
        } else {
            g_string_append(to, REPLACEMENT);
            result = CHARSET_DAMAGED;
        }
        p = bad + 1;
    }
    return result;
}

static enum charset_result append_ascii(GString *to, struct span octets) {
    if (span_is_ascii(octets)) {
        g_string_append_len(to, octets.p, (gssize)octets.n);
        return CHARSET_CLEAN;
    }
    for (size_t i = 0; i < octets.n; i++) {
        if ((guchar)octets.p[i] < 128)
            g_string_append_c(to, octets.p[i]);
        else
            g_string_append(to, REPLACEMENT);
    }
    return CHARSET_DAMAGED;
}

/* One octet that cannot be read is one U+FFFD; the reader goes on behind it. The last call has no
 * input: some readers hold back a letter until they know that no accent follows. */
static enum charset_result append_iconv(GString *to, struct span octets, const char *name) {
    iconv_t reader = iconv_open("UTF-8", name);
    /* POSIX's word for failure: the C library was installed without this table. */
    if (reader == (iconv_t)-1) /* NOLINT(performance-no-int-to-ptr) */
        return CHARSET_UNKNOWN;
    enum charset_result result = CHARSET_CLEAN;
    g_autofree char *copy = g_memdup2(octets.p, octets.n);
    char *in = copy;
    size_t left = octets.n;
    for (bool more = true; more;) {
        char buffer[1024], *out = buffer;
        size_t room = sizeof buffer;
        more = left > 0;
        size_t done = iconv(reader, more ? &in : NULL, &left, &out, &room);
        int why = errno;
        g_string_append_len(to, buffer, out - buffer);
        if (done == (size_t)-1 && why != E2BIG && left) {
            g_string_append(to, REPLACEMENT);
            result = CHARSET_DAMAGED;
            in++;
            left--;
        }
    }
    iconv_close(reader);
    return result;
}

enum jis_set { JIS_ASCII, JIS_KANJI, JIS_KANA, JIS_SUPPLEMENT };

static const struct {
    const char *escape; /* after ESC */
    enum jis_set set;
} jis_escapes[] = {
    {"(B", JIS_ASCII}, {"(J", JIS_ASCII}, {"(H", JIS_ASCII},       {"$B", JIS_KANJI},
    {"$@", JIS_KANJI}, {"(I", JIS_KANA},  {"$(D", JIS_SUPPLEMENT},
};

/* Length of the escape sequence (RFC 1468, RFC 2237) that begins these octets, or 0. */
static size_t jis_escape(struct span s, enum jis_set *set) {
    if (!s.n || s.p[0] != ESC)
        return 0;
    for (size_t i = 0; i < G_N_ELEMENTS(jis_escapes); i++) {
        size_t n = strlen(jis_escapes[i].escape);
        if (s.n > n && memcmp(s.p + 1, jis_escapes[i].escape, n) == 0) {
            *set = jis_escapes[i].set;
            return n + 1;
        }
    }
    return 0;
}

size_t charset_jis_run(struct span text) {
    enum jis_set set = JIS_ASCII;
    size_t n = jis_escape(text, &set);
    while (n < text.n && set != JIS_ASCII) {
        if (text.p[n] == '\n')
            break;
        size_t escape = jis_escape(span_from(text, n), &set);
        n += escape ? escape : 1;
    }
    return n;
}

/* One character of JIS X 0208 as Shift_JIS (JIS X 0208:1997 annex 1). */
static void append_shifted(GString *to, guchar first, guchar second) {
    guint row = first - 0x21u, cell = second - 0x21u;
    g_string_append_c(to, (char)(row / 2 + (row < 62 ? 0x81 : 0xc1)));
    g_string_append_c(to, (char)(row % 2 ? cell + 0x9f : cell + 0x40 + (cell >= 63)));
}

static void append_supplement(GString *to, guchar first, guchar second) {
    g_string_append_c(to, '\x8f');
    g_string_append_c(to, (char)(first | 0x80));
    g_string_append_c(to, (char)(second | 0x80));
}

static void append_pair(GString *to, enum jis_set set, bool euc, guchar first, guchar second) {
    if (set == JIS_SUPPLEMENT) {
        append_supplement(to, first, second);
    } else if (euc) {
        g_string_append_c(to, (char)(first | 0x80));
        g_string_append_c(to, (char)(second | 0x80));
    } else {
        append_shifted(to, first, second);
    }
}

/* ISO-2022-JP as Shift_JIS, which knows the vendor's rows 13 and 89 to 92, or as EUC-JP, which has
 * room for JIS X 0212 beside the others. */
static void append_shiftless(GString *to, struct span octets, bool euc) {
    enum jis_set set = JIS_ASCII;
    for (size_t i = 0; i < octets.n; i++) {
        size_t escape = jis_escape(span_from(octets, i), &set);
        guchar c = (guchar)octets.p[i];
        guchar next = i + 1 < octets.n ? (guchar)octets.p[i + 1] : 0;
        if (escape) {
            i += escape - 1;
        } else if (set == JIS_ASCII || c < 0x21 || c > 0x7e) {
            g_string_append_c(to, (char)c);
            if (c == '\n') /* RFC 1468: a line begins in ASCII */
                set = JIS_ASCII;
        } else if (set == JIS_KANA) {
            if (euc)
                g_string_append_c(to, '\x8e');
            g_string_append_c(to, (char)(c | 0x80));
        } else if (next > 0x20 && next < 0x7f) {
            append_pair(to, set, euc, c, next);
            i++;
        } else { /* half a character: an octet that neither form has */
            g_string_append_c(to, '\xff');
        }
    }
}

static enum charset_result append_jis(GString *to, struct span octets) {
    g_autoptr(GString) plain = g_string_sized_new(octets.n);
    bool euc = g_strstr_len(octets.p, (gssize)octets.n, "\x1b$(D") != NULL;
    append_shiftless(plain, octets, euc);
    return append_iconv(to, span_make(plain->str, plain->len), euc ? "EUC-JP-MS" : "CP932");
}

enum charset_result charset_append(GString *to, struct span octets, struct span name) {
    const char *iconv_name = find_iconv(name);
    if (!iconv_name)
        return CHARSET_UNKNOWN;
    if (strcmp(iconv_name, "utf-8") == 0)
        return append_utf8(to, octets);
    if (strcmp(iconv_name, "ascii") == 0)
        return append_ascii(to, octets);
    if (strcmp(iconv_name, "jis") == 0)
        return append_jis(to, octets);
    return append_iconv(to, octets, iconv_name);
}

/* Pairs of Shift_JIS (JIS X 0208:1997 annex 1). A lead below 0xA0 must be there: in no Latin text
 * are those letters, and without one EUC-JP reads as half-width katakana. */
static bool looks_like_shift_jis(struct span s) {
    bool low_lead = false;
    for (size_t i = 0; i < s.n; i++) {
        guchar c = (guchar)s.p[i];
        if (c < 0x80 || (c >= 0xa1 && c <= 0xdf))
            continue;
        guchar trail = i + 1 < s.n ? (guchar)s.p[i + 1] : 0;
        if (c == 0x80 || c == 0xa0 || c > 0xfc || trail < 0x40 || trail == 0x7f || trail > 0xfc)
            return false;
        low_lead |= c < 0xa0;
        i++;
    }
    return low_lead;
}

static bool looks_like_euc_jp(struct span s) {
    for (size_t i = 0; i < s.n; i++) {
        guchar c = (guchar)s.p[i];
        if (c < 0x80)
            continue;
        size_t more = c == 0x8f ? 2 : 1;
        if (c != 0x8e && c != 0x8f && (c < 0xa1 || c == 0xff))
            return false;
        for (; more; more--)
            if (++i >= s.n || (guchar)s.p[i] < 0xa1 || (guchar)s.p[i] == 0xff)
                return false;
    }
    return true;
}

static bool has_jis_shift(struct span octets) {
    enum jis_set set = JIS_ASCII;
    size_t at = span_find(octets, ESC);
    while (at < octets.n && !(jis_escape(span_from(octets, at), &set) && set != JIS_ASCII))
        at += 1 + span_find(span_from(octets, at + 1), ESC);
    return at < octets.n;
}

const char *charset_guess(struct span octets) {
    if (span_is_ascii(octets))
        return has_jis_shift(octets) ? "iso-2022-jp" : "utf-8";
    if (g_utf8_validate_len(octets.p, octets.n, NULL))
        return "utf-8";
    bool shift_jis = looks_like_shift_jis(octets), euc_jp = looks_like_euc_jp(octets);
    if (shift_jis == euc_jp)
        return NULL;
    const char *guess = shift_jis ? "shift_jis" : "euc-jp";
    g_autoptr(GString) text = g_string_new(NULL);
    return charset_append(text, octets, span_of(guess)) == CHARSET_CLEAN ? guess : NULL;
}
