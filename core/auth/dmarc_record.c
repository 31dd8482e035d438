/* SPDX-License-Identifier: MIT
 *
 * RFC 9989 §4.8:
 *
 *   dmarc-record  = dmarc-version *(dmarc-sep dmarc-tag) [dmarc-sep]
 *   dmarc-version = "v" equals %s"DMARC1"
 *   dmarc-tag     = 1*ALPHA equals 1*dmarc-value
 *   dmarc-value   = %x20-3A / %x3C-7E
 *   dmarc-sep     = *WSP ";" *WSP
 *   equals        = *WSP "=" *WSP
 *
 * A tag that breaks the grammar is passed over or takes its default; only the version, a repeated
 * tag and the three policies can spoil the whole. */
#include "auth/dmarc_record.h"

#include "base/limits.h"

enum tag {
    TAG_V,
    TAG_P,
    TAG_SP,
    TAG_NP,
    TAG_PSD,
    TAG_ADKIM,
    TAG_ASPF,
    TAG_T,
    TAG_PCT,
    TAG_RUA,
    TAG_RUF,
    TAG_FO,
    TAG__MAX
};

static const char *const tag_names[TAG__MAX] = {"v",    "p", "sp",  "np",  "psd", "adkim",
                                                "aspf", "t", "pct", "rua", "ruf", "fo"};

static const char *const policy_names[] = {NULL, "none", "quarantine", "reject"};

const char *dmarc_policy_name(enum dmarc_policy policy) {
    return policy_names[policy];
}

enum dmarc_policy dmarc_policy_parse(struct span word) {
    for (int i = DMARC_POLICY_NONE; i <= DMARC_POLICY_REJECT; i++)
        if (span_eq_nocase(word, span_of(policy_names[i])))
            return (enum dmarc_policy)i;
    return DMARC_POLICY_UNKNOWN;
}

enum dmarc_policy dmarc_policy_weaker(enum dmarc_policy policy) {
    return policy > DMARC_POLICY_NONE ? policy - 1 : policy;
}

/* Cuts off and returns what stands before the next `c`. */
static struct span cut(struct span *rest, char c) {
    size_t at = span_find(*rest, c);
    struct span part = span_first(*rest, at);
    *rest = span_from(*rest, at + 1);
    return part;
}

/* name *WSP "=" *WSP value, both trimmed; false without "=". */
static bool split_tag(struct span tag, struct span *name, struct span *value) {
    if (span_find(tag, '=') == tag.n)
        return false;
    *name = span_trim_wsp(cut(&tag, '='));
    *value = span_trim_wsp(tag);
    return true;
}

/* The version must come first, nothing before it, its value exactly so (§4.7 "v"). The name's
 * case is free: a string of ABNF. */
static bool starts_with_version(struct span first) {
    struct span name, value;
    return first.n && g_ascii_isalpha(first.p[0]) && split_tag(first, &name, &value) &&
           span_eq_nocase(name, SPAN_LIT("v")) && span_eq(value, SPAN_LIT("DMARC1"));
}

static enum tag tag_find(struct span name) {
    for (int i = 0; i < TAG__MAX; i++)
        if (span_eq_nocase(name, span_of(tag_names[i])))
            return (enum tag)i;
    return TAG__MAX;
}

/* URI characters of RFC 3986 §2, of which DMARC takes "," and "!" away. */
static bool is_uri_text(struct span text) {
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (g_ascii_isalnum(c) || (c && strchr("-._~:/?#[]@$&'()*+;=", c)))
            continue;
        if (c != '%' || text.n - i < 3 || !g_ascii_isxdigit(text.p[i + 1]) ||
            !g_ascii_isxdigit(text.p[i + 2]))
            return false;
        i += 2;
    }
    return text.n > 0;
}

/* obs-dmarc-report-size = "!" 1*DIGIT [ "k" / "m" / "g" / "t" ]; `size` without the "!". */
static bool is_report_size(struct span size) {
    if (size.n && strchr("kmgt", g_ascii_tolower(size.p[size.n - 1])) && size.p[size.n - 1])
        size.n--;
    for (size_t i = 0; i < size.n; i++)
        if (!g_ascii_isdigit(size.p[i]))
            return false;
    return size.n > 0;
}

/* URI = scheme ":" …, at least one octet behind; a mailto: must name somebody somewhere. */
static bool is_report_uri(struct span uri) {
    bool sized = span_find(uri, '!') < uri.n;
    struct span address = cut(&uri, '!');
    if (sized && !is_report_size(uri))
        return false;
    struct span scheme = cut(&address, ':');
    if (!scheme.n || !g_ascii_isalpha(scheme.p[0]))
        return false;
    for (size_t i = 0; i < scheme.n; i++)
        if (!g_ascii_isalnum(scheme.p[i]) && scheme.p[i] != '+' && scheme.p[i] != '-' &&
            scheme.p[i] != '.')
            return false;
    size_t at = span_find(address, '@');
    if (span_eq_nocase(scheme, SPAN_LIT("mailto")) && (at == 0 || at + 1 >= address.n))
        return false;
    return is_uri_text(address);
}

static bool has_report_uri(struct span list) {
    while (list.n)
        if (is_report_uri(span_trim_wsp(cut(&list, ','))))
            return true;
    return false;
}

static unsigned parse_pct(struct span value) {
    unsigned pct = 0;
    for (size_t i = 0; i < value.n; i++) {
        if (i == 3 || !g_ascii_isdigit(value.p[i]))
            return 100;
        pct = pct * 10 + (unsigned)(value.p[i] - '0');
    }
    return value.n && pct <= 100 ? pct : 100;
}

static enum dmarc_psd parse_psd(struct span value) {
    if (span_eq_nocase(value, SPAN_LIT("y")))
        return DMARC_PSD_YES;
    return span_eq_nocase(value, SPAN_LIT("n")) ? DMARC_PSD_NO : DMARC_PSD_UNDECLARED;
}

/* A value outside dmarc-value is as good as none: defaults apply, a policy is not valid. */
static struct span printable(struct span value) {
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] < 0x20 || value.p[i] > 0x7e)
            return SPAN_NULL;
    return value;
}

static void apply(struct dmarc_record *record, const struct span *values) {
    record->p = dmarc_policy_parse(values[TAG_P]);
    record->sp = dmarc_policy_parse(values[TAG_SP]);
    record->np = dmarc_policy_parse(values[TAG_NP]);
    record->psd = parse_psd(values[TAG_PSD]);
    record->strict_dkim = span_eq_nocase(values[TAG_ADKIM], SPAN_LIT("s"));
    record->strict_spf = span_eq_nocase(values[TAG_ASPF], SPAN_LIT("s"));
    record->testing = span_eq_nocase(values[TAG_T], SPAN_LIT("y"));
    record->pct = parse_pct(values[TAG_PCT]);
    record->has_rua = has_report_uri(values[TAG_RUA]);
}

/* §4.10.1: without a valid p, or with an sp or np that is not valid, the record reads as p=none if
 * it asks for reports, and as nothing at all if it does not. */
static void settle_policy(struct dmarc_record *record, unsigned seen) {
    bool bad_sp = (seen & 1u << TAG_SP) && !record->sp;
    bool bad_np = (seen & 1u << TAG_NP) && !record->np;
    if (record->p && !bad_sp && !bad_np)
        return;
    record->unusable = !record->has_rua;
    record->p = record->has_rua ? DMARC_POLICY_NONE : DMARC_POLICY_UNKNOWN;
    record->sp = record->np = DMARC_POLICY_UNKNOWN;
}

enum dmarc_record_status dmarc_record_parse(struct span txt, struct dmarc_record *record) {
    struct span values[TAG__MAX] = {{0}}, rest = txt;
    unsigned seen = 0;
    if (!starts_with_version(cut(&rest, ';')))
        return DMARC_RECORD_OTHER;
    if (txt.n > LIMIT_DMARC_RECORD)
        return DMARC_RECORD_INVALID;

    seen |= 1u << TAG_V;
    while (rest.n) {
        struct span name, value;
        if (!split_tag(span_trim_wsp(cut(&rest, ';')), &name, &value))
            continue;
        enum tag tag = tag_find(name);
        if (tag == TAG__MAX)
            continue;
        /* RFC 6376 §3.2, whose syntax §4.7 takes over: "the entire tag-list is invalid". */
        if (seen & 1u << tag)
            return DMARC_RECORD_INVALID;
        seen |= 1u << tag;
        values[tag] = printable(value);
    }
    *record = (struct dmarc_record){0};
    apply(record, values);
    settle_policy(record, seen);
    return DMARC_RECORD_PARSED;
}
