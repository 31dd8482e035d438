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

#include "auth/authres_lex.h"
#include "base/limits.h"

/* 1*DIGIT, at most four of them: no version has more. */
static bool take_version(struct authres_lex *p, guint *version) {
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
static inline bool value_ends(const struct authres_lex *p) {
    return p->p == p->end || authres_lex_is(*p->p, SPACE) || *p->p == ';' || *p->p == '(';
}

/* pvalue, or the value of a reason. `"john doe"@a.example` stays as written: the quotes belong to
 * the local part. */
static bool take_value(struct authres_lex *p, struct span *value) {
    if (!authres_lex_at(p, '"')) {
        struct span run = authres_lex_run(p, VALUE);
        for (size_t i = 0; i < run.n; i++)
            if (authres_lex_is(run.p[i], LOOSE))
                p->flags |= AUTHRES_LOOSE;
        *value = run;
        return value_ends(p);
    }
    struct span quoted;
    if (!authres_lex_quoted(p, &quoted))
        return false;
    if (authres_lex_at(p, '@')) {
        struct span domain = authres_lex_run(p, VALUE);
        *value = authres_lex_decoded(p, span_make(quoted.p, quoted.n + domain.n));
        return value_ends(p);
    }
    *value = authres_lex_decoded(p, span_make(quoted.p + 1, quoted.n - 2));
    return value_ends(p);
}

/* ptype [CFWS] "." [CFWS] property [CFWS] "=" — or a bare key [CFWS] "=". */
static bool take_key(struct authres_lex *p, struct span *name) {
    struct span key = authres_lex_run(p, KEYWORD);
    if (key.n == 0 || !authres_lex_cfws(p))
        return false;
    /* White space around the dot: put together what belongs together. */
    while (!authres_lex_at(p, '=')) {
        bool dotted = key.n && key.p[key.n - 1] == '.';
        if (!dotted && !authres_lex_at(p, '.'))
            return false;
        struct span more = authres_lex_run(p, KEYWORD);
        if (more.n == 0 || key.n + more.n > LIMIT_DOMAIN)
            return false;
        char *out = authres_memory_text(p->memory, key.n + more.n);
        memcpy(out, key.p, key.n);
        memcpy(out + key.n, more.p, more.n);
        key = span_make(out, key.n + more.n);
        if (!authres_lex_cfws(p))
            return false;
    }
    p->p++;
    *name = authres_lex_lowered(p, key);
    return authres_lex_cfws(p);
}

static const struct authres_property *
property_find(const struct authres_lex *p, const struct authres_result *result, struct span name) {
    if (!result->n_properties)
        return NULL;
    const struct authres_property *end = p->memory->property + p->memory->n_properties;
    for (const struct authres_property *known = end - result->n_properties; known < end; known++)
        if (span_eq(known->name, name))
            return known;
    return NULL;
}

/* The value of a property, which may be the sender's own words, copied as they came: where a
 * comment touches it nobody can say which of the two is which ("bank.example(.evil.example)",
 * attacks B48). White space between them is enough. */
static bool take_lone_value(struct authres_lex *p, struct span *value) {
    bool touches = p->p[-1] == ')';
    return take_value(p, value) && !((touches && value->n) || authres_lex_at(p, '('));
}

static bool take_property(struct authres_lex *p, struct authres_result *result) {
    struct span name, value = SPAN_NULL;
    if (!take_key(p, &name))
        return false;
    bool is_reason = span_eq(name, SPAN_LIT("reason"));
    if (is_reason ? !take_value(p, &value) : !take_lone_value(p, &value))
        return false;
    if (is_reason) {
        if (result->reason.p == NULL)
            result->reason = value;
        return true;
    }
    /* Said twice and differently, it says nothing: one of the two may be a sender's own words,
       copied into the value before ("smtp.helo=x smtp.mailfrom=a@bank.example"). */
    const struct authres_property *known = property_find(p, result, name);
    if (known)
        return span_eq(known->value, value);
    if (result->n_properties == LIMIT_AR_PROPERTIES) {
        p->flags |= AUTHRES_CUT;
        return true;
    }
    *authres_memory_property(p->memory) = (struct authres_property){name, value};
    result->n_properties++;
    return true;
}

/* methodspec, of which the method is taken already. */
static bool take_methodspec(struct authres_lex *p, struct authres_result *result) {
    result->version = 1;
    if (!authres_lex_cfws(p))
        return false;
    if (authres_lex_at(p, '/')) {
        p->p++;
        if (!authres_lex_cfws(p) || !take_version(p, &result->version) || !authres_lex_cfws(p))
            return false;
    }
    if (!authres_lex_at(p, '='))
        return false;
    p->p++;
    if (!authres_lex_cfws(p))
        return false;
    struct span word = authres_lex_run(p, KEYWORD);
    result->word = authres_lex_lowered(p, word);
    return word.n > 0 && value_ends(p);
}

/* One result into *result; false if it cannot be read: p->p is then somewhere inside it. */
static bool take_result(struct authres_lex *p, struct authres_result *result) {
    result->method = authres_lex_lowered(p, authres_lex_run(p, KEYWORD));
    if (result->method.n == 0 || !take_methodspec(p, result))
        return false;
    for (;;) {
        if (!authres_lex_cfws(p))
            return false;
        if (authres_lex_at_end(p))
            break;
        if (!take_property(p, result))
            return false;
    }
    result->comment = authres_lex_comments(p);
    authres_result_register(result);
    return true;
}

/* "none" alone says that nothing was checked (§2.2 no-result). */
static bool take_none(struct authres_lex *p) {
    const char *start = p->p;
    struct span word = authres_lex_run(p, KEYWORD);
    if (span_eq_nocase(word, SPAN_LIT("none")) && authres_lex_cfws(p) && authres_lex_at_end(p))
        return true;
    if (!(p->flags & AUTHRES_UNCLOSED))
        p->p = start;
    return false;
}

/* What stands between two ";". */
static void take_element(struct authres_lex *p, guint *n_results) {
    p->n_comments = 0;
    if (!authres_lex_cfws(p) || authres_lex_at_end(p) || take_none(p) ||
        (p->flags & AUTHRES_UNCLOSED))
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
    authres_lex_to_semicolon(p);
}

/* authserv-id [CFWS authres-version]. False where results stand in its place. */
static bool take_head(struct authres_lex *p, struct authres_field *field) {
    const char *start = p->p;
    struct span id = SPAN_NULL;
    if (authres_lex_at(p, '"')) {
        if (!authres_lex_quoted(p, &id))
            return true;
        id = authres_lex_decoded(p, span_make(id.p + 1, id.n - 2));
    } else {
        id = authres_lex_run(p, TOKEN);
        /* OpenDMARC with job identifiers: "mx.a.example/4ZxY"; but "dkim/1 = pass" is a result. */
        if (id.n && authres_lex_at(p, '/')) {
            p->p++;
            id.n += 1 + authres_lex_run(p, TOKEN).n;
        }
    }
    if (!authres_lex_cfws(p))
        return true;
    if (authres_lex_at(p, '=') || authres_lex_at(p, '/')) {
        p->p = start;
        p->flags |= AUTHRES_NO_ID;
        return false;
    }
    if (p->p < p->end && g_ascii_isdigit(*p->p) &&
        (!take_version(p, &field->version) || !authres_lex_cfws(p)))
        field->version = 0;
    if (id.n > 0 && authres_lex_at_end(p)) {
        field->id = id;
        return true;
    }
    p->flags |= AUTHRES_BAD_ID;
    authres_lex_to_semicolon(p);
    return true;
}

struct authres_field *authres_field_parse(struct authres_memory *memory, struct span value) {
    struct authres_field *field = authres_memory_field(memory);
    struct authres_lex p = {.p = value.p, .end = value.p + value.n, .memory = memory};
    field->version = 1;
    if (value.n > LIMIT_AR_SIZE) {
        field->flags = AUTHRES_CUT | AUTHRES_BAD_ID;
        return field;
    }
    if (value.n == 0 || !authres_lex_cfws(&p)) {
        field->flags = p.flags | AUTHRES_BAD_ID;
        return field;
    }
    if (!take_head(&p, field))
        take_element(&p, &field->n_results);
    while (authres_lex_at(&p, ';')) {
        p.p++;
        take_element(&p, &field->n_results);
    }
    if (field->id.p == NULL && !(p.flags & AUTHRES_NO_ID))
        p.flags |= AUTHRES_BAD_ID;
    field->flags = p.flags;
    return field;
}
