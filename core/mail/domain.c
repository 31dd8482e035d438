/* SPDX-License-Identifier: MIT
 *
 * Label by label: ASCII is checked here, U-labels go through libidn2 without any mapping of its own
 * (RFC 5891 §5), because a mapping is how two spellings become one name. */
#include "mail/domain.h"

#include <idn2.h>

static bool is_ascii(struct span s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] > 127)
            return false;
    return true;
}

/* RFC 1123 §2.1: letters, digits and, not at the ends, hyphens. */
static enum domain_fault append_ascii(GString *to, struct span label, uint32_t allow) {
    for (size_t i = 0; i < label.n; i++) {
        char c = label.p[i];
        bool inside = i > 0 && i + 1 < label.n;
        if (!g_ascii_isalnum(c) && !(c == '-' && inside) &&
            !(c == '_' && allow & DOMAIN_ALLOW_UNDERSCORE))
            return DOMAIN_BAD_LDH;
        g_string_append_c(to, g_ascii_tolower(c));
    }
    return DOMAIN_FINE;
}

/* Lower case and NFC (RFC 5895 §2, without its width mapping), or NULL where that would turn a
 * character into ASCII: U+212A KELVIN SIGN must not become "k". */
static char *mapped_label(struct span label) {
    g_autoptr(GString) lower = g_string_sized_new(label.n + 8);
    for (const char *p = label.p; p < label.p + label.n; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p), mapped = g_unichar_tolower(c);
        if (c > 127 && mapped < 128)
            return NULL;
        g_string_append_unichar(lower, mapped);
    }
    return g_utf8_normalize(lower->str, (gssize)lower->len, G_NORMALIZE_NFC);
}

static enum domain_fault append_idn(GString *to, struct span label) {
    if (!g_utf8_validate(label.p, (gssize)label.n, NULL))
        return DOMAIN_BAD_IDN;
    g_autofree char *mapped = mapped_label(label);
    uint8_t *ascii = NULL;
    if (!mapped || idn2_lookup_u8((const uint8_t *)mapped, &ascii, IDN2_NO_TR46) != IDN2_OK)
        return DOMAIN_BAD_IDN;
    struct span out = span_of((const char *)ascii);
    enum domain_fault fault = out.n > 4 && g_ascii_strncasecmp(out.p, "xn--", 4) == 0
                                  ? append_ascii(to, out, 0)
                                  : DOMAIN_BAD_IDN;
    idn2_free(ascii);
    return fault;
}

static enum domain_fault append_label(GString *to, struct span label, uint32_t allow) {
    if (!label.n)
        return DOMAIN_EMPTY_LABEL;
    if (label.n > LIMIT_DOMAIN) /* before a library looks at it */
        return DOMAIN_TOO_LONG;
    gsize start = to->len;
    enum domain_fault fault =
        is_ascii(label) ? append_ascii(to, label, allow) : append_idn(to, label);
    if (!fault && to->len - start > LIMIT_LABEL)
        return DOMAIN_TOO_LONG;
    return fault;
}

static bool is_numeric(const char *label) {
    return label[strspn(label, "0123456789")] == '\0';
}

static enum domain_fault append_domain(GString *to, struct span text, uint32_t allow) {
    if (!text.n)
        return DOMAIN_EMPTY;
    if (text.p[0] == '[')
        return DOMAIN_LITERAL;
    if (text.n > 1 && text.p[text.n - 1] == '.' && text.p[text.n - 2] != '.') {
        if (!(allow & DOMAIN_ALLOW_ROOT_DOT))
            return DOMAIN_ROOT_DOT;
        text.n--;
    }
    gsize last = 0;
    for (;;) {
        struct span label = span_first(text, span_find(text, '.'));
        last = to->len;
        enum domain_fault fault = append_label(to, label, allow);
        if (fault)
            return fault;
        if (to->len > LIMIT_DOMAIN)
            return DOMAIN_TOO_LONG;
        if (label.n == text.n)
            break;
        g_string_append_c(to, '.');
        text = span_from(text, label.n + 1);
    }
    return is_numeric(to->str + last) ? DOMAIN_NUMERIC : DOMAIN_FINE;
}

/* A label that begins at `start` and ends before `end`: neither empty nor too long, no hyphen at
 * its ends. */
static bool is_ordinary_label(const char *start, const char *end) {
    return end > start && end - start <= LIMIT_LABEL && *start != '-' && end[-1] != '-';
}

/* What nearly all names are: letters, digits, inner hyphens and dots, and within every limit. False
 * if anything is out of the ordinary, which is no fault yet. */
static bool write_ordinary(struct span text, char *name) {
    if (text.n == 0 || text.n > LIMIT_DOMAIN)
        return false;
    const char *label = name;
    char *at = name;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        unsigned char letter = c | 0x20;
        *at = (char)c;
        if (letter >= 'a' && letter <= 'z') {
            *at = (char)letter;
        } else if (c == '.') {
            if (!is_ordinary_label(label, at))
                return false;
            label = at + 1;
        } else if (c != '-' && (c < '0' || c > '9')) {
            return false;
        }
        at++;
    }
    *at = '\0';
    return is_ordinary_label(label, at) && !is_numeric(label);
}

bool domain_write(struct span text, uint32_t allow, enum domain_fault *fault,
                  char name[static DOMAIN_SIZE]) {
    if (write_ordinary(text, name)) {
        if (fault)
            *fault = DOMAIN_FINE;
        return true;
    }
    g_autoptr(GString) out = g_string_sized_new(MIN(text.n, (size_t)LIMIT_DOMAIN) + 1);
    enum domain_fault found = append_domain(out, text, allow);
    if (fault)
        *fault = found;
    if (!found)
        memcpy(name, out->str, out->len + 1);
    return !found;
}

char *domain_parse(struct span text, uint32_t allow, enum domain_fault *fault) {
    char name[DOMAIN_SIZE];
    return domain_write(text, allow, fault, name) ? g_strdup(name) : NULL;
}

const char *domain_fault_name(enum domain_fault fault) {
    static const char *const names[] = {
        [DOMAIN_FINE] = NULL,
        [DOMAIN_EMPTY] = "empty",
        [DOMAIN_LITERAL] = "literal",
        [DOMAIN_NUMERIC] = "numeric",
        [DOMAIN_EMPTY_LABEL] = "empty-label",
        [DOMAIN_ROOT_DOT] = "root-dot",
        [DOMAIN_TOO_LONG] = "too-long",
        [DOMAIN_BAD_LDH] = "bad-character",
        [DOMAIN_BAD_IDN] = "bad-idn",
    };
    g_assert((size_t)fault < G_N_ELEMENTS(names));
    return names[fault];
}

enum label_script { SCRIPT_UNSURE, SCRIPT_LATIN, SCRIPT_JAPANESE, SCRIPT_HANGUL };

/* Letters of European orthographies: ASCII, Latin-1, and of Latin Extended-A what is an ASCII
 * letter with a mark above it. Dotless i, long s, stroked and hooked letters pass for ASCII. */
static bool is_plain_latin(gunichar c) {
    if (c < 128 || (c >= 0xdf && c <= 0xff) || c == 0x153)
        return true;
    gunichar base, mark;
    return c < 0x180 && g_unichar_decompose(c, &base, &mark) && base < 128 &&
           ((mark >= 0x300 && mark <= 0x30c));
}

static enum label_script script_of(gunichar c) {
    switch (g_unichar_get_script(c)) {
    case G_UNICODE_SCRIPT_LATIN:
        return is_plain_latin(c) ? SCRIPT_LATIN : SCRIPT_UNSURE;
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
        return SCRIPT_JAPANESE;
    case G_UNICODE_SCRIPT_HANGUL:
        return c >= 0xac00 && c <= 0xd7a3 ? SCRIPT_HANGUL : SCRIPT_UNSURE;
    default:
        return c == 0x30fc ? SCRIPT_JAPANESE : SCRIPT_UNSURE; /* prolonged sound mark */
    }
}

/* Kana and Han that pass for each other, for a slash, a dash or a letter. Beside other letters they
 * are read as what they are; a label made of nothing else stays punycode. */
static bool is_slight(gunichar c) {
    static const gunichar slight[] = {0x30ce, 0x30bd, 0x30f3, 0x30be, 0x30ea, 0x30fc, 0x30c8,
                                      0x30cb, 0x30ed, 0x30a8, 0x30ab, 0x30bf, 0x30cf, 0x30d8,
                                      0x3078, 0x4e00, 0x4e28, 0x4e36, 0x4e3f, 0x3007, 0x535c,
                                      0x4e8c, 0x53e3, 0x5de5, 0x529b, 0x5915, 0x516b, 0x3005};
    for (size_t i = 0; i < G_N_ELEMENTS(slight); i++)
        if (c == slight[i])
            return true;
    return false;
}

static bool label_is_plain(const char *label) {
    enum label_script script = SCRIPT_UNSURE;
    bool solid = false;
    for (const char *p = label; *p; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        if (c == '-' || (c < 128 && g_ascii_isdigit((char)c)))
            continue;
        enum label_script here = script_of(c);
        if (!here || (script && here != script))
            return false;
        script = here;
        solid |= !is_slight(c);
    }
    return solid;
}

/* Appends the U-label, or false if a person must see the A-label. */
static bool append_shown(GString *to, struct span label) {
    if (!span_starts_nocase(label, SPAN_LIT("xn--"))) {
        g_string_append_len(to, label.p, (gssize)label.n);
        return true;
    }
    g_autofree char *ascii = span_dup(label);
    char *unicode = NULL;
    bool shown = idn2_to_unicode_8z8z(ascii, &unicode, 0) == IDN2_OK && label_is_plain(unicode);
    if (shown) {
        g_autofree char *again = domain_parse(span_of(unicode), 0, NULL);
        shown = g_strcmp0(again, ascii) == 0;
    }
    if (shown)
        g_string_append(to, unicode);
    idn2_free(unicode);
    return shown;
}

char *domain_display(const char *domain) {
    if (!domain || !strstr(domain, "xn--"))
        return g_strdup(domain);
    g_autoptr(GString) out = g_string_new(NULL);
    struct span rest = span_of(domain);
    for (;;) {
        struct span label = span_first(rest, span_find(rest, '.'));
        if (!append_shown(out, label))
            return g_strdup(domain);
        if (label.n == rest.n)
            return g_string_free(g_steal_pointer(&out), FALSE);
        g_string_append_c(out, '.');
        rest = span_from(rest, label.n + 1);
    }
}

bool domain_is_equal(const char *a, const char *b) {
    return a && b && *a && strcmp(a, b) == 0;
}

bool domain_is_equal_or_below(const char *child, const char *parent) {
    if (!child || !parent || !*parent)
        return false;
    size_t n = strlen(child), m = strlen(parent);
    if (n < m || strcmp(child + n - m, parent) != 0)
        return false;
    return n == m || (n > m + 1 && child[n - m - 1] == '.');
}

const char *domain_parent(const char *domain) {
    const char *dot = domain ? strchr(domain, '.') : NULL;
    return dot ? dot + 1 : NULL;
}

guint domain_labels(const char *domain) {
    if (!domain || !*domain)
        return 0;
    guint n = 1;
    for (const char *p = domain; (p = strchr(p, '.')); p++)
        n++;
    return n;
}
