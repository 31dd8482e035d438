/* SPDX-License-Identifier: MIT
 *
 * The table of reasons, read: names, kinds, sentences. A sentence is filled in one pass; what is
 * inserted is never scanned for placeholders again, so a parameter cannot name another one. */
#include "trust/reasons.h"

#include "base/limits.h"
#include "mail/display.h"

#include <string.h>

static const struct row {
    const char *code;
    enum reason_kind kind;
    enum reason_severity severity;
    const char *parameters;
    const char *sentence[LANGUAGE__MAX];
} rows[REASON__MAX] = {
#define REASON(id, code, kind, severity, parameters, en, ja)                                       \
    [REASON_##id] = {code, KIND_##kind, SEVERITY_##severity, parameters, {en, ja}},
#include "trust/reasons.def"
};

static const struct row *row_of(enum reason_code code) {
    g_assert(code > REASON_NOT_EVALUATED && code < REASON__MAX);
    return &rows[code];
}

const char *reason_code_name(enum reason_code code) {
    return row_of(code)->code;
}

enum reason_code reason_code_find(const char *name) {
    for (int i = REASON_NOT_EVALUATED + 1; name && i < REASON__MAX; i++)
        if (strcmp(rows[i].code, name) == 0)
            return (enum reason_code)i;
    return REASON_NOT_EVALUATED;
}

enum reason_kind reason_kind(enum reason_code code) {
    return row_of(code)->kind;
}

enum reason_severity reason_severity(enum reason_code code) {
    return row_of(code)->severity;
}

const char *reason_severity_name(enum reason_severity severity) {
    return severity == SEVERITY_DANGER ? "danger" : "info";
}

const char *reason_parameters(enum reason_code code) {
    return row_of(code)->parameters;
}

const char *reason_template(enum reason_code code, enum reason_language language) {
    g_assert(language < LANGUAGE__MAX);
    return row_of(code)->sentence[language];
}

struct span reason_parameter(enum reason_code code, guint index) {
    struct span rest = span_of(row_of(code)->parameters);
    for (;; index--) {
        size_t n = span_find(rest, ' ');
        if (index == 0 || n == rest.n)
            return index == 0 ? span_first(rest, n) : SPAN_NULL;
        rest = span_from(rest, n + 1);
    }
}

const struct reason *reason_find(const struct reason_list *list, enum reason_code code) {
    for (guint i = 0; i < list->n; i++)
        if (list->items[i].code == code)
            return &list->items[i];
    return NULL;
}

/* At most LIMIT_REASON_TEXT octets, cut between characters. */
static char *bounded(const char *value) {
    const char *end = value + strlen(value);
    if (end - value > LIMIT_REASON_TEXT)
        end = g_utf8_find_prev_char(value, value + LIMIT_REASON_TEXT);
    return end ? g_strndup(value, (gsize)(end - value)) : g_strdup("");
}

struct reason *reason_add(struct reason_list *list, enum reason_code code,
                          const char *const values[REASON_PARAMETERS_MAX]) {
    g_assert(!reason_find(list, code));
    list->items = g_renew(struct reason, list->items, list->n + 1);
    struct reason *reason = &list->items[list->n++];
    *reason = (struct reason){.code = code, .severity = reason_severity(code)};
    for (guint i = 0; i < REASON_PARAMETERS_MAX && reason_parameter(code, i).n; i++)
        reason->values[i] = bounded(values && values[i] ? values[i] : "");
    return reason;
}

void reason_list_clear(struct reason_list *list) {
    for (guint i = 0; i < list->n; i++)
        for (guint j = 0; j < REASON_PARAMETERS_MAX; j++)
            g_free(list->items[i].values[j]);
    g_free(list->items);
    *list = (struct reason_list){0};
}

/* The value whose name stands in `parameters` (separated by spaces) where `name` does, or NULL. */
static const char *value_of(struct span name, const char *parameters, const char *const *values) {
    struct span rest = span_of(parameters);
    for (guint i = 0; rest.n; i++) {
        struct span word = span_first(rest, span_find(rest, ' '));
        if (span_eq(word, name))
            return values[i] ? values[i] : "";
        rest = span_from(rest, word.n + 1);
    }
    return NULL;
}

/* A filled sentence before it is put together. */
struct pieces {
    struct span piece[16]; /* the table's sentences have four placeholders at most */
    char *shown[8];        /* values that had to be made display text */
    guint n, n_shown;
    size_t length;
};

static void add_piece(struct pieces *pieces, struct span piece) {
    g_assert(pieces->n < G_N_ELEMENTS(pieces->piece));
    pieces->piece[pieces->n++] = piece;
    pieces->length += piece.n;
}

static void add_value(struct pieces *pieces, struct span value) {
    if (!display_is_plain(value)) {
        g_assert(pieces->n_shown < G_N_ELEMENTS(pieces->shown));
        value = span_of(pieces->shown[pieces->n_shown++] = display_text(value, NULL));
    }
    add_piece(pieces, value);
}

static char *join(const struct pieces *pieces) {
    char *text = g_malloc(pieces->length + 1), *at = text;
    for (guint i = 0; i < pieces->n; i++)
        at = mempcpy(at, pieces->piece[i].p, pieces->piece[i].n);
    *at = '\0';
    for (guint i = 0; i < pieces->n_shown; i++)
        g_free(pieces->shown[i]);
    return text;
}

char *reason_fill(const char *template, const char *parameters, const char *const *values) {
    struct span rest = span_of(template);
    struct pieces pieces = {.n = 0};
    while (rest.n) {
        size_t open = span_find(rest, '{');
        size_t close = open + span_find(span_from(rest, open), '}');
        if (close == rest.n)
            break;
        const char *value =
            value_of(span_make(rest.p + open + 1, close - open - 1), parameters, values);
        add_piece(&pieces, span_first(rest, value ? open : close + 1));
        if (value)
            add_value(&pieces, span_of(value));
        rest = span_from(rest, close + 1);
    }
    add_piece(&pieces, rest);
    return join(&pieces);
}

char *reason_text(const struct reason *reason, enum reason_language language) {
    return reason_fill(reason_template(reason->code, language), reason_parameters(reason->code),
                       (const char *const *)reason->values);
}

bool reason_language_parse(const char *tag, enum reason_language *language) {
    static const char *const tags[LANGUAGE__MAX] = {"en", "ja"};
    for (int i = 0; i < LANGUAGE__MAX; i++)
        if (g_ascii_strncasecmp(tag, tags[i], 2) == 0 && !g_ascii_isalnum(tag[2])) {
            *language = (enum reason_language)i;
            return true;
        }
    return false;
}
