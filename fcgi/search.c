/* SPDX-License-Identifier: MIT
 *
 * Queries to terms. */
#include "fcgi/search.h"

#include "base/limits.h"
#include "base/span.h"

#include <jansson.h>
#include <string.h>

static void term_clear(gpointer data) {
    struct imap_search_term *term = data;
    g_free(term->text);
}

static bool is_sane(const char *query) {
    if (!g_utf8_validate(query, -1, NULL) || g_utf8_strlen(query, -1) > LIMIT_SEARCH_QUERY)
        return false;
    for (const char *p = query; *p; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_iscntrl(c) && c != '\t')
            return false;
    }
    return true;
}

static const char *skip_space(const char *p) {
    while (*p && g_unichar_isspace(g_utf8_get_char(p)))
        p += g_utf8_skip[(guchar)*p];
    return p;
}

static const char *find_space(const char *p) {
    while (*p && !g_unichar_isspace(g_utf8_get_char(p)))
        p += g_utf8_skip[(guchar)*p];
    return p;
}

/* A whole word that is a term by itself. */
static bool find_mark(struct span word, enum imap_search_key *key) {
    static const struct {
        const char *word;
        enum imap_search_key key;
    } marks[] = {{"has:attachment", IMAP_SEARCH_ATTACHMENT},
                 {"is:unread", IMAP_SEARCH_UNSEEN},
                 {"is:flagged", IMAP_SEARCH_FLAGGED}};
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        if (span_eq_nocase(word, span_of(marks[i].word))) {
            *key = marks[i].key;
            return true;
        }
    return false;
}

/* Steps over a field's name if something stands behind it. */
static enum imap_search_key take_field(const char **p) {
    static const struct {
        const char *name;
        enum imap_search_key key;
    } fields[] = {
        {"from:", IMAP_SEARCH_FROM}, {"to:", IMAP_SEARCH_TO}, {"subject:", IMAP_SEARCH_SUBJECT}};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        size_t n = strlen(fields[i].name);
        const char *behind = *p + n;
        if (g_ascii_strncasecmp(*p, fields[i].name, n) == 0 && find_space(behind) > behind) {
            *p = behind;
            return fields[i].key;
        }
    }
    return IMAP_SEARCH_TEXT;
}

/* phrase or word; *p moves behind it. */
static struct span take_text(const char **p) {
    const char *start = *p, *end;
    if (*start != '"') {
        end = *p = find_space(start);
        return span_make(start, (size_t)(end - start));
    }
    start++;
    end = strchr(start, '"');
    if (!end)
        end = start + strlen(start);
    *p = *end ? end + 1 : end;
    return span_make(start, (size_t)(end - start));
}

GArray *search_parse(const char *query) {
    if (!is_sane(query))
        return NULL;
    g_autoptr(GArray) terms = g_array_new(FALSE, FALSE, sizeof(struct imap_search_term));
    g_array_set_clear_func(terms, term_clear);
    for (const char *p = skip_space(query); *p; p = skip_space(p)) {
        struct imap_search_term term = {0};
        const char *end = find_space(p);
        if (find_mark(span_make(p, (size_t)(end - p)), &term.key)) {
            p = end;
        } else {
            term.key = take_field(&p);
            struct span text = take_text(&p);
            if (!text.n) /* "" asks for nothing */
                continue;
            term.text = span_dup(text);
        }
        g_array_append_val(terms, term);
        if (terms->len > LIMIT_SEARCH_TERMS)
            return NULL;
    }
    return terms->len ? g_steal_pointer(&terms) : NULL;
}

struct json_t *search_highlight(const GArray *terms) {
    static const char *const places[] = {"any", "from", "to", "subject"};
    json_t *all = json_array();
    for (guint i = 0; i < terms->len; i++) {
        const struct imap_search_term *term = &g_array_index(terms, struct imap_search_term, i);
        if (term->text && term->key < G_N_ELEMENTS(places))
            json_array_append_new(
                all, json_pack("{s:s, s:s}", "text", term->text, "in", places[term->key]));
    }
    return all;
}
