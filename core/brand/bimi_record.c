/* SPDX-License-Identifier: MIT
 *
 * Records are tag lists of the form that DKIM made common (RFC 6376 §3.2), read here in the few
 * lines that BIMI needs: no folding, no base64.
 *
 *     record   = version *( ";" tag ) [ ";" ]
 *     version  = "v" *WSP "=" *WSP "BIMI1"            ; first, case as written
 *     tag      = *WSP name *WSP "=" *WSP value *WSP   ; name = ALPHA *( ALPHA / DIGIT / "_" )
 *     selector = version ";" *WSP "s" *WSP "=" *WSP label *( "." label ) */
#include "brand/bimi_record.h"

#include "net/https_url.h"

enum { TAGS = 32 };

struct tag {
    struct span name, value;
};

struct tags {
    struct tag tag[TAGS];
    guint n;
};

static bool is_name(struct span name) {
    if (name.n == 0 || !g_ascii_isalpha(name.p[0]))
        return false;
    for (size_t i = 1; i < name.n; i++)
        if (!g_ascii_isalnum(name.p[i]) && name.p[i] != '_')
            return false;
    return true;
}

static bool is_value(struct span value) {
    for (size_t i = 0; i < value.n; i++)
        if ((value.p[i] < ' ' && value.p[i] != '\t') || value.p[i] > '~')
            return false;
    return true;
}

static const struct span *find(const struct tags *tags, struct span name) {
    for (guint i = 0; i < tags->n; i++)
        if (span_eq(tags->tag[i].name, name))
            return &tags->tag[i].value;
    return NULL;
}

static bool add(struct tags *tags, struct span text) {
    size_t equals = span_find(text, '=');
    struct span name = span_trim_fws(span_first(text, equals));
    struct span value = span_trim_fws(span_from(text, equals + 1));
    if (equals == text.n || !is_name(name) || !is_value(value) || tags->n == TAGS ||
        find(tags, name))
        return false;
    tags->tag[tags->n++] = (struct tag){name, value};
    return true;
}

/* False: not a tag list, or a tag is there twice. The first `;` after the last tag may stand alone.
 */
static bool parse(struct span text, struct tags *tags) {
    tags->n = 0;
    while (text.n) {
        size_t end = span_find(text, ';');
        struct span one = span_trim_fws(span_first(text, end));
        text = span_from(text, end + 1);
        if (one.n == 0 && text.n == 0)
            break;
        if (!add(tags, one))
            return false;
    }
    return tags->n > 0;
}

/* Some other record is no concern of ours, whatever its syntax. */
static bool is_bimi(struct span txt) {
    size_t end = span_find(txt, ';');
    struct tags tags = {.n = 0};
    return add(&tags, span_first(txt, end)) && span_eq(tags.tag[0].name, SPAN_LIT("v")) &&
           span_eq(tags.tag[0].value, SPAN_LIT("BIMI1"));
}

/* --- lps= ----------------------------------------------------------------------------------- */

char *bimi_normalize_local_part(struct span local_part) {
    g_autoptr(GString) out = g_string_new(NULL);
    local_part = span_first(local_part, span_find(local_part, '+'));
    for (size_t i = 0; i < local_part.n; i++) {
        char c = g_ascii_tolower(local_part.p[i]);
        if (c == '_' || c == '.')
            c = i && (local_part.p[i - 1] == '_' || local_part.p[i - 1] == '.') ? '\0' : '-';
        else if (!g_ascii_isalnum(c) && c != '-')
            return NULL;
        if (c)
            g_string_append_c(out, c);
    }
    struct span trimmed = {out->str, out->len};
    while (trimmed.n && trimmed.p[0] == '-')
        trimmed = span_from(trimmed, 1);
    while (trimmed.n && trimmed.p[trimmed.n - 1] == '-')
        trimmed.n--;
    return trimmed.n && trimmed.n <= LIMIT_LABEL ? span_dup(trimmed) : NULL;
}

/* An empty list asks for every local part. A prefix that cannot be the start of any selector is
 * dropped alone; if none is left, nothing is asked for. */
static void read_prefixes(struct span list, struct bimi_record *record) {
    bool empty = list.n == 0;
    while (list.n && record->n_prefixes < LIMIT_BIMI_PREFIXES) {
        size_t end = span_find(list, ',');
        char *prefix = bimi_normalize_local_part(span_trim_wsp(span_first(list, end)));
        list = span_from(list, end + 1);
        if (prefix)
            record->prefixes[record->n_prefixes++] = prefix;
    }
    record->has_lps = empty || record->n_prefixes > 0;
}

bool bimi_record_wants_local_part(const struct bimi_record *record, const char *normalized) {
    if (!record->has_lps || !normalized)
        return false;
    for (guint i = 0; i < record->n_prefixes; i++)
        if (g_str_has_prefix(normalized, record->prefixes[i]))
            return true;
    return record->n_prefixes == 0;
}

/* --- the record ----------------------------------------------------------------------------- */

/* False: not empty and not to be fetched. */
static bool read_url(const struct span *value, char **url) {
    if (!value || value->n == 0)
        return true;
    *url = https_url_parse(*value, NULL, NULL);
    return *url != NULL;
}

enum bimi_record_status bimi_record_parse(struct span txt, struct bimi_record *record) {
    struct tags tags;
    *record = (struct bimi_record){0};
    if (!is_bimi(span_first(txt, LIMIT_BIMI_RECORD)))
        return BIMI_RECORD_OTHER;
    if (txt.n > LIMIT_BIMI_RECORD || !parse(txt, &tags))
        return BIMI_RECORD_INVALID;
    const struct span *location = find(&tags, SPAN_LIT("l")),
                      *authority = find(&tags, SPAN_LIT("a"));
    const struct span *avatar = find(&tags, SPAN_LIT("avp")),
                      *prefixes = find(&tags, SPAN_LIT("lps"));
    if (!location)
        return BIMI_RECORD_INVALID;
    if (avatar && span_eq_nocase(*avatar, SPAN_LIT("personal")))
        record->avatar = BIMI_AVATAR_PERSONAL;
    if (prefixes)
        read_prefixes(*prefixes, record);
    if (!read_url(location, &record->location) || !read_url(authority, &record->authority))
        return BIMI_RECORD_BAD_URL;
    return record->location || record->authority ? BIMI_RECORD_PARSED : BIMI_RECORD_DECLINED;
}

void bimi_record_clear(struct bimi_record *record) {
    g_free(record->location);
    g_free(record->authority);
    for (guint i = 0; i < record->n_prefixes; i++)
        g_free(record->prefixes[i]);
    *record = (struct bimi_record){0};
}

/* --- BIMI-Selector -------------------------------------------------------------------------- */

/* Letters, digits, hyphens and underscores between dots: nothing that leaves the _bimi tree. */
bool bimi_selector_is_valid(struct span selector) {
    size_t label = 0;
    for (size_t i = 0; i < selector.n; i++) {
        char c = selector.p[i];
        if (c == '.' ? label == 0 : !g_ascii_isalnum(c) && c != '-' && c != '_')
            return false;
        label = c == '.' ? 0 : label + 1;
    }
    return label > 0 && selector.n <= LIMIT_LABEL;
}

char *bimi_selector_parse(struct span value) {
    struct tags tags;
    value = span_trim_fws(value);
    if (value.n > LIMIT_BIMI_SELECTOR_FIELD || !is_bimi(value) || !parse(value, &tags))
        return NULL;
    const struct span *selector = find(&tags, SPAN_LIT("s"));
    return selector && bimi_selector_is_valid(*selector) ? span_dup_lower(*selector) : NULL;
}
