/* SPDX-License-Identifier: MIT */
#include "brand/svg_reference.h"

#include <string.h>

/* What could end a name early, or make it something else than a name. */
static bool ends_name(char c) {
    return c == '\0' || strchr(" \t\r\n'\"()<>/:?#", c);
}

static size_t name_length(const char *name) {
    size_t n = 0;
    while (!ends_name(name[n]))
        n++;
    return n;
}

const char *svg_reference_find_local(const char *href) {
    if (href[0] != '#')
        return NULL;
    size_t n = name_length(href + 1);
    return n > 0 && href[1 + n] == '\0' ? href + 1 : NULL;
}

static const char *skip_space(const char *at) {
    return at + strspn(at, " \t\r\n");
}

/* url( [quote] #name [quote] ): the position behind, or NULL. `at` is behind the parenthesis. */
static const char *read_url(const char *at, char **name) {
    at = skip_space(at);
    char quote = *at == '"' || *at == '\'' ? *at++ : '\0';
    if (*at++ != '#')
        return NULL;
    size_t n = name_length(at);
    if (n == 0)
        return NULL;
    if (!*name)
        *name = g_strndup(at, n);
    at += n;
    if (quote && *at++ != quote)
        return NULL;
    at = skip_space(at);
    return *at == ')' ? at + 1 : NULL;
}

bool svg_reference_is_inert(const char *value, char **name) {
    *name = NULL;
    bool inert = !strchr(value, '\\');
    for (const char *at = value; inert && *at;) {
        if (g_ascii_strncasecmp(at, "url(", strlen("url(")) == 0) {
            at = read_url(at + strlen("url("), name);
            inert = at != NULL;
        } else {
            at++;
        }
        if (!inert)
            break;
    }
    if (!inert)
        g_clear_pointer(name, g_free);
    return inert;
}
