/* SPDX-License-Identifier: MIT
 *
 * RFC 6376 §3.2:
 *
 *     tag-list  = tag-spec *( ";" tag-spec ) [ ";" ]
 *     tag-spec  = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]
 *     tag-name  = ALPHA *ALNUMPUNC                       ; ALPHA / DIGIT / "_"
 *     tag-value = [ tval *( 1*(WSP / FWS) tval ) ]
 *     tval      = 1*VALCHAR                              ; %x21-3A / %x3C-7E
 *
 * FWS is read with the repeats of RFC 5322 obs-FWS: folding twice changes no octet of a value. */
#include "auth/tag_list.h"

#include "base/base64.h"

static bool is_wsp(char c) {
    return c == ' ' || c == '\t';
}

static bool is_white(char c) {
    return is_wsp(c) || c == '\r' || c == '\n';
}

/* Octets at the start, eight at a time, that are all visible ASCII or SP: none is above 0x7e
 * (adding 1 carries into bit 7) and none below 0x20 (subtracting that borrows from bit 7, or from
 * the octet above, which then stops the run early). */
static size_t plain_words(struct span s) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones * 0x80;
    size_t n = 0;
    for (uint64_t word; n + sizeof word <= s.n; n += sizeof word) {
        memcpy(&word, s.p + n, sizeof word);
        if (((word | (word + ones) | (word - ones * ' ')) & tops) != 0)
            break;
    }
    return n;
}

/* Offset of the first octet that no tag-spec can hold, or s.n. It holds visible ASCII, WSP and CRLF
 * that WSP follows. */
static size_t find_bad_octet(struct span s, bool allow_8bit) {
    for (size_t i = 0; i < s.n; i++) {
        i += plain_words(span_from(s, i));
        if (i == s.n)
            break;
        unsigned char c = (unsigned char)s.p[i];
        if (c > 126 ? c == 127 || !allow_8bit : c < 33 && !is_wsp((char)c)) {
            if (c != '\r' || s.n - i < 3 || s.p[i + 1] != '\n' || !is_wsp(s.p[i + 2]))
                return i;
            i += 2;
        }
    }
    return s.n;
}

static bool is_tag_name(struct span s) {
    if (!s.n || !g_ascii_isalpha(s.p[0]))
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (!g_ascii_isalnum(s.p[i]) && s.p[i] != '_')
            return false;
    return true;
}

static bool parse_spec(struct span spec, struct tag *tag) {
    size_t equals = span_find(spec, '=');
    if (equals == spec.n)
        return false;
    tag->name = span_trim_fws(span_first(spec, equals));
    tag->raw = span_from(spec, equals + 1);
    tag->value = span_trim_fws(tag->raw);
    return is_tag_name(tag->name);
}

static bool is_known(const struct tag_list *list, struct span name) {
    for (guint i = 0; i < list->n; i++)
        if (span_eq(list->tags[i].name, name))
            return true;
    return false;
}

static enum tag_list_error add_spec(struct tag_list *list, struct span spec) {
    struct tag tag;
    if (!parse_spec(spec, &tag))
        return TAG_LIST_SYNTAX;
    if (is_known(list, tag.name))
        return TAG_LIST_DUPLICATE;
    if (list->n == LIMIT_DKIM_TAGS)
        return TAG_LIST_TOO_MANY;
    list->tags[list->n++] = tag;
    return TAG_LIST_OK;
}

bool tag_list_parse(struct span text, uint32_t flags, struct tag_list *list) {
    list->n = 0;
    list->error = TAG_LIST_OK;
    list->at = 0;
    size_t at = 0, bad = find_bad_octet(text, flags & TAG_LIST_8BIT);
    while (text.p && at < text.n) {
        struct span rest = span_from(text, at), spec = span_first(rest, span_find(rest, ';'));
        bool clean = bad >= at + spec.n;
        /* only white space behind the last ";": the list has ended */
        if (clean && spec.n == rest.n && at > 0 && !span_trim_fws(spec).n)
            break;
        enum tag_list_error error = clean ? add_spec(list, spec) : TAG_LIST_SYNTAX;
        if (error && !list->error) {
            list->error = error;
            list->at = clean ? at : bad;
        }
        if (error == TAG_LIST_TOO_MANY || (error && !(flags & TAG_LIST_SKIP_BAD)))
            break;
        at += spec.n + 1;
        if (!clean)
            bad = at + find_bad_octet(span_from(text, at), flags & TAG_LIST_8BIT);
    }
    if (!list->n && !list->error)
        list->error = TAG_LIST_EMPTY;
    return list->error == TAG_LIST_OK;
}

const struct tag *tag_list_find(const struct tag_list *list, const char *name) {
    struct span wanted = span_of(name);
    for (guint i = 0; i < list->n; i++) { /* a tag has a name; most differ in the first letter */
        const struct span *it = &list->tags[i].name;
        if (it->n == wanted.n && it->p[0] == name[0] && memcmp(it->p, name, it->n) == 0)
            return &list->tags[i];
    }
    return NULL;
}

/* base64string = ALPHADIGITPS *([FWS] ALPHADIGITPS) [ [FWS] "=" [ [FWS] "=" ] ] */
bool tag_value_base64(struct span value, unsigned char *out, size_t cap, size_t *n) {
    uint32_t bits = 0;
    size_t digits = 0, padding = 0, put = 0;
    for (size_t i = 0; i < value.n; i++) {
        if (digits % 4 == 0 && !padding) {
            size_t more = base64_groups(value, &i, out + put, cap - put);
            put += more;
            digits += more / 3 * 4;
            if (i == value.n)
                break;
        }
        char c = value.p[i];
        unsigned six = base64_sextet(c);
        if (!six && is_white(c))
            continue;
        if (!six && c == '=') {
            padding++;
            continue;
        }
        if (!six || padding)
            return false;
        bits = bits << 6 | (six - 1);
        if (++digits % 4 != 1) { /* every digit but the first of four completes an octet */
            if (put == cap)
                return false;
            out[put++] = (unsigned char)(bits >> (6 - 2 * ((digits - 1) % 4)));
        }
    }
    size_t needed = (4 - digits % 4) % 4;
    if (!digits || needed == 3 || (padding && padding != needed))
        return false;
    *n = put;
    return true;
}

bool tag_value_number(struct span value, size_t digits, uint64_t *number) {
    if (!value.n || value.n > digits)
        return false;
    uint64_t v = 0;
    for (size_t i = 0; i < value.n; i++) {
        if (!g_ascii_isdigit(value.p[i]))
            return false;
        uint64_t digit = (uint64_t)(value.p[i] - '0');
        v = v > (UINT64_MAX - digit) / 10 ? UINT64_MAX : v * 10 + digit;
    }
    *number = v;
    return true;
}

bool tag_value_next(struct span *rest, struct span *item) {
    if (!rest->p)
        return false;
    size_t colon = span_find(*rest, ':');
    *item = span_trim_fws(span_first(*rest, colon));
    *rest = colon < rest->n ? span_from(*rest, colon + 1) : SPAN_NULL;
    return true;
}
