/* SPDX-License-Identifier: MIT */
#include "repute/dnsbl_lists.h"

#include "base/limits.h"
#include "base/span.h"
#include "mail/domain.h"

#include <gio/gio.h>
#include <string.h>

enum { LOOPBACK = 127, LAST_OCTET = 255 };

static void code_clear(gpointer data) {
    struct dnsbl_code *code = data;
    g_free(code->meaning);
}

static void list_free(gpointer data) {
    struct dnsbl_list *list = data;
    g_free(list->zone);
    g_array_unref(list->codes);
    g_free(list);
}

struct dnsbl_lists *dnsbl_lists_new(void) {
    struct dnsbl_lists *lists = g_new0(struct dnsbl_lists, 1);
    lists->lists = g_ptr_array_new_with_free_func(list_free);
    return lists;
}

void dnsbl_lists_free(struct dnsbl_lists *lists) {
    g_ptr_array_unref(lists->lists);
    g_free(lists);
}

static bool refuse(GError **error, const char *text) {
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, text);
    return false;
}

static struct dnsbl_list *find(const struct dnsbl_lists *lists, const char *zone) {
    for (guint i = 0; i < lists->lists->len; i++) {
        struct dnsbl_list *list = lists->lists->pdata[i];
        if (strcmp(list->zone, zone) == 0)
            return list;
    }
    return NULL;
}

bool dnsbl_lists_add(struct dnsbl_lists *lists, enum dnsbl_kind kind, const char *zone,
                     GError **error) {
    g_autofree char *name = domain_parse(span_of(zone), DOMAIN_ALLOW_UNDERSCORE, NULL);
    if (!name || !domain_parent(name))
        return refuse(error, "write domain names, such as bl.example.org");
    if (find(lists, name))
        return refuse(error, "the list is there twice; write it once");
    if (lists->lists->len == LIMIT_DNSBL_LISTS)
        return refuse(error, "these are too many lists: every message asks all of them");
    struct dnsbl_list *list = g_new0(struct dnsbl_list, 1);
    list->kind = kind;
    list->zone = g_steal_pointer(&name);
    list->codes = g_array_new(FALSE, FALSE, sizeof(struct dnsbl_code));
    g_array_set_clear_func(list->codes, code_clear);
    g_ptr_array_add(lists->lists, list);
    return true;
}

/* --- codes ------------------------------------------------------------------------------------ */

static bool parse_number(struct span text, uint8_t *number) {
    unsigned value = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (!g_ascii_isdigit(text.p[i]))
            return false;
        value = value * 10 + (unsigned)(text.p[i] - '0');
        if (value > LAST_OCTET)
            return false;
    }
    *number = (uint8_t)value;
    return text.n > 0;
}

/* octet = number / number "-" number / "*" */
static bool parse_octet(struct span text, uint8_t *low, uint8_t *high) {
    if (span_eq(text, SPAN_LIT("*"))) {
        *low = 0;
        *high = LAST_OCTET;
        return true;
    }
    size_t dash = span_find(text, '-');
    if (!parse_number(span_first(text, dash), low))
        return false;
    *high = *low;
    return dash == text.n || (parse_number(span_from(text, dash + 1), high) && *low <= *high);
}

/* code = octet 3("." octet) */
static bool parse_code(struct span text, struct dnsbl_code *code) {
    for (int i = 0; i < 4; i++) {
        size_t dot = span_find(text, '.');
        if ((i < 3) != (dot < text.n) ||
            !parse_octet(span_first(text, dot), &code->low[i], &code->high[i]))
            return false;
        text = span_from(text, dot + 1);
    }
    return code->low[0] == LOOPBACK && code->high[0] == LOOPBACK;
}

/* The next word of `text`, which moves behind it. */
static struct span take_word(struct span *text) {
    *text = span_trim_wsp(*text);
    size_t n = 0;
    while (n < text->n && text->p[n] != ' ' && text->p[n] != '\t')
        n++;
    struct span word = span_first(*text, n);
    *text = span_trim_wsp(span_from(*text, n));
    return word;
}

bool dnsbl_lists_add_meaning(struct dnsbl_lists *lists, const char *line, GError **error) {
    struct span rest = span_of(line);
    g_autofree char *zone = span_dup_lower(take_word(&rest));
    struct span written = take_word(&rest);
    struct dnsbl_list *list = find(lists, zone);
    struct dnsbl_code code = {.meaning = NULL};
    if (!list)
        return refuse(error, "write first the name of a list that is asked, such as "
                             "\"bl.example.org 127.0.0.2 sent spam\"");
    if (!parse_code(written, &code))
        return refuse(error, "write as the second word an address under 127, such as 127.0.0.2, "
                             "127.0.0.4-7 or 127.0.*.1");
    if (rest.n == 0 || rest.n > LIMIT_DNSBL_MEANING || !g_utf8_validate(rest.p, rest.n, NULL))
        return refuse(error, "write after the address what it means, in a few words, or \"-\"");
    if (list->codes->len == LIMIT_DNSBL_CODES)
        return refuse(error, "these are too many meanings of one list");
    code.meaning = span_eq(rest, SPAN_LIT("-")) ? NULL : span_dup(rest);
    g_array_append_val(list->codes, code);
    return true;
}

const struct dnsbl_code *dnsbl_list_find_code(const struct dnsbl_list *list,
                                              const uint8_t *octets) {
    for (guint i = 0; i < list->codes->len; i++) {
        const struct dnsbl_code *code = &g_array_index(list->codes, struct dnsbl_code, i);
        bool fits = true;
        for (int j = 0; j < 4; j++)
            fits = fits && octets[j] >= code->low[j] && octets[j] <= code->high[j];
        if (fits)
            return code;
    }
    return NULL;
}

/* --- reading ---------------------------------------------------------------------------------- */

guint dnsbl_lists_count(const struct dnsbl_lists *lists) {
    return lists->lists->len;
}

static const struct dnsbl_list *list_at(const struct dnsbl_lists *lists, guint index) {
    g_assert(index < lists->lists->len);
    return lists->lists->pdata[index];
}

const char *dnsbl_lists_zone(const struct dnsbl_lists *lists, guint index) {
    return list_at(lists, index)->zone;
}

enum dnsbl_kind dnsbl_lists_kind(const struct dnsbl_lists *lists, guint index) {
    return list_at(lists, index)->kind;
}

char *dnsbl_lists_fingerprint(const struct dnsbl_lists *lists) {
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < lists->lists->len; i++) {
        const struct dnsbl_list *list = list_at(lists, i);
        g_string_append_printf(out, "%s %s\n", dnsbl_kind_name(list->kind), list->zone);
        for (guint j = 0; j < list->codes->len; j++) {
            const struct dnsbl_code *code = &g_array_index(list->codes, struct dnsbl_code, j);
            for (int k = 0; k < 4; k++)
                g_string_append_printf(out, "%u-%u.", code->low[k], code->high[k]);
            g_string_append_printf(out, " %s\n", code->meaning ? code->meaning : "-");
        }
    }
    return g_string_free(out, FALSE);
}
