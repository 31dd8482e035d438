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
#include "base/block.h"

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

/* True if the whole of it may stand in a tag-list, as nearly always: looks at blocks for octets
 * that no tag-spec can hold, then at the line ends. False is no fault yet. */
static bool is_plainly_clean(struct span s) {
    if (s.n < BLOCK)
        return false;
    for (size_t i = 0;; i = MIN(i + BLOCK, s.n - BLOCK)) {
        struct block block;
        memcpy(&block, s.p + i, sizeof block);
        block.octets = ((block.octets < ' ') & (block.octets != '\t') & (block.octets != '\r') &
                        (block.octets != '\n')) |
                       (block.octets == 127);
        if (block_is_marked(block))
            return false;
        if (i == s.n - BLOCK)
            break;
    }
    for (struct span rest = s; (rest = span_from(rest, span_find(rest, '\r'))).n;) {
        if (rest.n < 3 || rest.p[1] != '\n' || !is_wsp(rest.p[2]))
            return false;
        rest = span_from(rest, 2);
    }
    for (struct span rest = s; (rest = span_from(rest, span_find(rest, '\n'))).n;) {
        if (rest.p == s.p || rest.p[-1] != '\r')
            return false;
        rest = span_from(rest, 1);
    }
    return true;
}

static size_t skip_white(struct span s, size_t at) {
    while (at < s.n && is_white(s.p[at]))
        at++;
    return at;
}

static bool parse_spec(struct span spec, struct tag *tag) {
    size_t start = skip_white(spec, 0), end = start;
    while (end < spec.n && (g_ascii_isalnum(spec.p[end]) || spec.p[end] == '_'))
        end++;
    size_t equals = skip_white(spec, end);
    if (equals == spec.n || spec.p[equals] != '=' || end == start ||
        !g_ascii_isalpha(spec.p[start]))
        return false;
    tag->name = span_make(spec.p + start, end - start);
    tag->raw = span_from(spec, equals + 1);
    tag->value = span_trim_fws(tag->raw);
    return true;
}

static guint kind_of(struct span name) {
    return ((unsigned char)name.p[0] + 5 * (guint)name.n) % TAG_KINDS;
}

const struct tag *tag_list_search(const struct tag_list *list, struct span name) {
    for (guint i = list->may_be[kind_of(name)]; i && i <= list->n; i++)
        if (span_eq(list->tags[i - 1].name, name))
            return &list->tags[i - 1];
    return NULL;
}

static enum tag_list_error add_spec(struct tag_list *list, struct span spec) {
    struct tag tag;
    if (!parse_spec(spec, &tag))
        return TAG_LIST_SYNTAX;
    if (tag_list_search(list, tag.name))
        return TAG_LIST_DUPLICATE;
    if (list->n == LIMIT_DKIM_TAGS)
        return TAG_LIST_TOO_MANY;
    list->tags[list->n++] = tag;
    guint kind = kind_of(tag.name);
    if (!list->may_be[kind])
        list->may_be[kind] = (uint8_t)list->n;
    return TAG_LIST_OK;
}

bool tag_list_parse(struct span text, uint32_t flags, struct tag_list *list) {
    list->n = 0;
    list->error = TAG_LIST_OK;
    list->at = 0;
    memset(list->may_be, 0, sizeof list->may_be);
    size_t at = 0,
           bad = is_plainly_clean(text) ? text.n : find_bad_octet(text, flags & TAG_LIST_8BIT);
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
