/* SPDX-License-Identifier: MIT
 *
 * RFC 8601 §2.2 in one pass. Strict about where a result ends, lenient about how the big receivers
 * write: unquoted "/", "=", ":" in values, empty values, a comment anywhere, stray words between
 * results, no authserv-id. A result that cannot be read is dropped alone, up to the next ";"
 * outside quotes and comments; a quote or comment that never ends makes the field unusable.
 *
 *   authres-payload = [CFWS] authserv-id [CFWS authres-version] (no-result / 1*resinfo) [CFWS]
 *   authserv-id     = value
 *   no-result       = [CFWS] ";" [CFWS] "none"
 *   resinfo         = [CFWS] ";" methodspec [CFWS reasonspec] [CFWS 1*propspec]
 *   methodspec      = [CFWS] method [CFWS] "=" [CFWS] result
 *   method          = Keyword [ [CFWS] "/" [CFWS] method-version ]
 *   reasonspec      = "reason" [CFWS] "=" [CFWS] value
 *   propspec        = ptype [CFWS] "." [CFWS] property [CFWS] "=" pvalue
 *   pvalue          = [CFWS] ( value / [ [ local-part ] "@" ] domain-name ) [CFWS]
 *   value           = token / quoted-string */
#include "auth/authres_parse.h"

#include "base/limits.h"

enum octet_class {
    SPACE = 1 << 0,   /* SP HTAB CR LF: folds are white space */
    KEYWORD = 1 << 1, /* letters, digits, "-"; "_" and "." as they are written in the wild */
    TOKEN = 1 << 2,   /* RFC 2045 §5.1 */
    VALUE = 1 << 3,   /* what a bare value may hold here */
    LOOSE = 1 << 4,   /* … though RFC 8601 wants it quoted */
    UPPER = 1 << 5
};

static const uint8_t classes[256] = {
    ['\t'] = SPACE,
    ['\n'] = SPACE,
    ['\r'] = SPACE,
    [' '] = SPACE,
    ['!'] = TOKEN | VALUE,
    ['#' ... '\''] = TOKEN | VALUE,
    ['*' ... '+'] = TOKEN | VALUE,
    [','] = VALUE | LOOSE,
    ['-' ... '.'] = KEYWORD | TOKEN | VALUE,
    ['/'] = VALUE | LOOSE,
    ['0' ... '9'] = KEYWORD | TOKEN | VALUE,
    [':'] = VALUE | LOOSE,
    ['<' ... '?'] = VALUE | LOOSE,
    ['@'] = VALUE,
    ['A' ... 'Z'] = KEYWORD | TOKEN | VALUE | UPPER,
    ['['] = VALUE | LOOSE,
    [']'] = VALUE | LOOSE,
    ['^'] = TOKEN | VALUE,
    ['_'] = KEYWORD | TOKEN | VALUE,
    ['`'] = TOKEN | VALUE,
    ['a' ... 'z'] = KEYWORD | TOKEN | VALUE,
    ['{' ... '~'] = TOKEN | VALUE,
    [0x80 ... 0xff] = VALUE, /* RFC 6532 and RFC 8616: local parts and U-labels */
};

#define MAX_COMMENTS 8 /* kept of one result; nothing depends on the ninth */

struct parser {
    const char *p, *end;
    struct authres_memory *memory;
    uint32_t flags; /* authres_flag of the field */
    struct span comment[MAX_COMMENTS];
    guint n_comments;
};

static inline bool is(char c, enum octet_class wanted) {
    return (classes[(uint8_t)c] & wanted) != 0;
}

static inline bool at(const struct parser *p, char c) {
    return p->p < p->end && *p->p == c;
}

static inline bool at_end(const struct parser *p) {
    return p->p == p->end || *p->p == ';';
}

/* comment = "(" *([FWS] ccontent) [FWS] ")" with p->p on the parenthesis. False if it never ends.
 */
static bool take_comment(struct parser *p) {
    const char *start = p->p + 1;
    guint depth = 0;
    for (; p->p < p->end; p->p++) {
        if (*p->p == '\\') {
            if (++p->p == p->end)
                break;
        } else if (*p->p == '(') {
            if (++depth > LIMIT_COMMENT_DEPTH)
                break;
        } else if (*p->p == ')' && --depth == 0) {
            if (p->n_comments < MAX_COMMENTS)
                p->comment[p->n_comments++] = span_make(start, (size_t)(p->p - start));
            p->p++;
            return true;
        }
    }
    p->flags |= AUTHRES_UNCLOSED;
    p->p = p->end;
    return false;
}

/* [CFWS]. False if a comment never ends. */
static inline bool skip_cfws(struct parser *p) {
    for (;;) {
        while (p->p < p->end && is(*p->p, SPACE))
            p->p++;
        if (!at(p, '('))
            return true;
        if (!take_comment(p))
            return false;
    }
}

/* quoted-string with p->p on the quote; the span includes both quotes. False if it never ends. */
static bool take_quoted(struct parser *p, struct span *quoted) {
    const char *start = p->p++;
    for (; p->p < p->end; p->p++) {
        if (*p->p == '\\') {
            if (++p->p == p->end)
                break;
        } else if (*p->p == '"') {
            p->p++;
            *quoted = span_make(start, (size_t)(p->p - start));
            return true;
        }
    }
    p->flags |= AUTHRES_UNCLOSED;
    p->p = p->end;
    return false;
}

static inline struct span take_run(struct parser *p, enum octet_class wanted) {
    const char *start = p->p;
    while (p->p < p->end && is(*p->p, wanted))
        p->p++;
    return span_make(start, (size_t)(p->p - start));
}

/* Text of a quoted string or comment: without the backslashes of quoted pairs and the line ends of
 * folds. Written to `out`, which has room for text.n octets; the octets written. */
static size_t decode(struct span text, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\r' || text.p[i] == '\n')
            continue;
        if (text.p[i] == '\\' && i + 1 < text.n)
            i++;
        out[n++] = text.p[i];
    }
    return n;
}

static struct span decoded(struct parser *p, struct span text) {
    bool plain = true;
    for (size_t i = 0; i < text.n && plain; i++)
        plain = text.p[i] != '\\' && text.p[i] != '\r' && text.p[i] != '\n';
    if (plain)
        return text;
    char *out = authres_memory_text(p->memory, text.n);
    return span_make(out, decode(text, out));
}

static struct span lowered(struct parser *p, struct span text) {
    uint8_t seen = 0;
    for (size_t i = 0; i < text.n; i++)
        seen |= classes[(uint8_t)text.p[i]];
    if (!(seen & UPPER))
        return text;
    char *out = authres_memory_text(p->memory, text.n);
    for (size_t i = 0; i < text.n; i++)
        out[i] = g_ascii_tolower(text.p[i]);
    return span_make(out, text.n);
}

/* All comments of a result, " " between them. */
static struct span joined_comments(struct parser *p) {
    if (p->n_comments == 0)
        return SPAN_NULL;
    if (p->n_comments == 1)
        return decoded(p, p->comment[0]);
    size_t room = p->n_comments, n = 0;
    for (guint i = 0; i < p->n_comments; i++)
        room += p->comment[i].n;
    char *out = authres_memory_text(p->memory, room);
    for (guint i = 0; i < p->n_comments; i++) {
        if (i > 0)
            out[n++] = ' ';
        n += decode(p->comment[i], out + n);
    }
    return span_make(out, n);
}

/* To the next ";" outside quotes and comments, or to the end. */
static void skip_to_semicolon(struct parser *p) {
    struct span quoted;
    while (!at_end(p)) {
        if (*p->p == '"') {
            if (!take_quoted(p, &quoted))
                return;
        } else if (*p->p == '(') {
            if (!take_comment(p))
                return;
        } else {
            p->p++;
        }
    }
}

/* 1*DIGIT, at most four of them: no version has more. */
static bool take_version(struct parser *p, guint *version) {
    const char *start = p->p;
    guint number = 0;
    while (p->p < p->end && g_ascii_isdigit(*p->p) && p->p - start < 5)
        number = number * 10 + (guint)(*p->p++ - '0');
    if (p->p == start || p->p - start == 5)
        return false;
    *version = number;
    return true;
}

/* A value is over where white space, a comment, the next result or nothing follows. */
static inline bool value_ends(const struct parser *p) {
    return p->p == p->end || is(*p->p, SPACE) || *p->p == ';' || *p->p == '(';
}

/* pvalue, or the value of a reason. `"john doe"@a.example` stays as written: the quotes belong to
 * the local part. */
static bool take_value(struct parser *p, struct span *value) {
    if (!at(p, '"')) {
        struct span run = take_run(p, VALUE);
        for (size_t i = 0; i < run.n; i++)
            if (is(run.p[i], LOOSE))
                p->flags |= AUTHRES_LOOSE;
        *value = run;
        return value_ends(p);
    }
    struct span quoted;
    if (!take_quoted(p, &quoted))
        return false;
    if (at(p, '@')) {
        struct span domain = take_run(p, VALUE);
        *value = decoded(p, span_make(quoted.p, quoted.n + domain.n));
        return value_ends(p);
    }
    *value = decoded(p, span_make(quoted.p + 1, quoted.n - 2));
    return value_ends(p);
}

/* ptype [CFWS] "." [CFWS] property [CFWS] "=" — or a bare key [CFWS] "=". */
static bool take_key(struct parser *p, struct span *name) {
    struct span key = take_run(p, KEYWORD);
    if (key.n == 0 || !skip_cfws(p))
        return false;
    /* White space around the dot: put together what belongs together. */
    while (!at(p, '=')) {
        bool dotted = key.n && key.p[key.n - 1] == '.';
        if (!dotted && !at(p, '.'))
            return false;
        struct span more = take_run(p, KEYWORD);
        if (more.n == 0 || key.n + more.n > LIMIT_DOMAIN)
            return false;
        char *out = authres_memory_text(p->memory, key.n + more.n);
        memcpy(out, key.p, key.n);
        memcpy(out + key.n, more.p, more.n);
        key = span_make(out, key.n + more.n);
        if (!skip_cfws(p))
            return false;
    }
    p->p++;
    *name = lowered(p, key);
    return skip_cfws(p);
}

static bool has_property(const struct parser *p, const struct authres_result *result,
                         struct span name) {
    const struct authres_property *end = p->memory->property + p->memory->n_properties;
    for (const struct authres_property *known = end - result->n_properties; known < end; known++)
        if (span_eq(known->name, name))
            return true;
    return false;
}

static bool take_property(struct parser *p, struct authres_result *result) {
    struct span name, value = SPAN_NULL;
    if (!take_key(p, &name) || !take_value(p, &value))
        return false;
    if (span_eq(name, SPAN_LIT("reason"))) {
        if (result->reason.p == NULL)
            result->reason = value;
        return true;
    }
    if (result->n_properties == LIMIT_AR_PROPERTIES) {
        p->flags |= AUTHRES_CUT;
        return true;
    }
    if (result->n_properties && has_property(p, result, name))
        return true;
    *authres_memory_property(p->memory) = (struct authres_property){name, value};
    result->n_properties++;
    return true;
}

/* methodspec, of which the method is taken already. */
static bool take_methodspec(struct parser *p, struct authres_result *result) {
    result->version = 1;
    if (!skip_cfws(p))
        return false;
    if (at(p, '/')) {
        p->p++;
        if (!skip_cfws(p) || !take_version(p, &result->version) || !skip_cfws(p))
            return false;
    }
    if (!at(p, '='))
        return false;
    p->p++;
    if (!skip_cfws(p))
        return false;
    struct span word = take_run(p, KEYWORD);
    result->word = lowered(p, word);
    return word.n > 0 && value_ends(p);
}

/* One result into *result; false if it cannot be read: p->p is then somewhere inside it. */
static bool take_result(struct parser *p, struct authres_result *result) {
    result->method = lowered(p, take_run(p, KEYWORD));
    if (result->method.n == 0 || !take_methodspec(p, result))
        return false;
    for (;;) {
        if (!skip_cfws(p))
            return false;
        if (at_end(p))
            break;
        if (!take_property(p, result))
            return false;
    }
    result->comment = joined_comments(p);
    authres_result_register(result);
    return true;
}

/* "none" alone says that nothing was checked (§2.2 no-result). */
static bool take_none(struct parser *p) {
    const char *start = p->p;
    struct span word = take_run(p, KEYWORD);
    if (span_eq_nocase(word, SPAN_LIT("none")) && skip_cfws(p) && at_end(p))
        return true;
    if (!(p->flags & AUTHRES_UNCLOSED))
        p->p = start;
    return false;
}

/* What stands between two ";". */
static void take_element(struct parser *p, guint *n_results) {
    p->n_comments = 0;
    if (!skip_cfws(p) || at_end(p) || take_none(p) || (p->flags & AUTHRES_UNCLOSED))
        return;
    if (*n_results == LIMIT_AR_RESULTS) {
        p->flags |= AUTHRES_CUT;
        p->p = p->end;
        return;
    }
    guint properties = p->memory->n_properties;
    struct authres_result result = {.version = 1};
    p->n_comments = 0;
    if (take_result(p, &result)) {
        *authres_memory_result(p->memory) = result;
        (*n_results)++;
        return;
    }
    p->memory->n_properties = properties;
    p->flags |= AUTHRES_DROPPED;
    skip_to_semicolon(p);
}

/* authserv-id [CFWS authres-version]. False where results stand in its place. */
static bool take_head(struct parser *p, struct authres_field *field) {
    const char *start = p->p;
    struct span id = SPAN_NULL;
    if (at(p, '"')) {
        if (!take_quoted(p, &id))
            return true;
        id = decoded(p, span_make(id.p + 1, id.n - 2));
    } else {
        id = take_run(p, TOKEN);
        /* OpenDMARC with job identifiers: "mx.a.example/4ZxY"; but "dkim/1 = pass" is a result. */
        if (id.n && at(p, '/')) {
            p->p++;
            id.n += 1 + take_run(p, TOKEN).n;
        }
    }
    if (!skip_cfws(p))
        return true;
    if (at(p, '=') || at(p, '/')) {
        p->p = start;
        p->flags |= AUTHRES_NO_ID;
        return false;
    }
    if (p->p < p->end && g_ascii_isdigit(*p->p) &&
        (!take_version(p, &field->version) || !skip_cfws(p)))
        field->version = 0;
    if (id.n > 0 && at_end(p)) {
        field->id = id;
        return true;
    }
    p->flags |= AUTHRES_BAD_ID;
    skip_to_semicolon(p);
    return true;
}

struct authres_field *authres_field_parse(struct authres_memory *memory, struct span value) {
    struct authres_field *field = authres_memory_field(memory);
    struct parser p = {.p = value.p, .end = value.p + value.n, .memory = memory};
    field->version = 1;
    if (value.n > LIMIT_AR_SIZE) {
        field->flags = AUTHRES_CUT | AUTHRES_BAD_ID;
        return field;
    }
    if (value.n == 0 || !skip_cfws(&p)) {
        field->flags = p.flags | AUTHRES_BAD_ID;
        return field;
    }
    if (!take_head(&p, field))
        take_element(&p, &field->n_results);
    while (at(&p, ';')) {
        p.p++;
        take_element(&p, &field->n_results);
    }
    if (field->id.p == NULL && !(p.flags & AUTHRES_NO_ID))
        p.flags |= AUTHRES_BAD_ID;
    field->flags = p.flags;
    return field;
}
