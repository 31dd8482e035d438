/* SPDX-License-Identifier: MIT
 *
 * mail/border.h: three lists. */
#include "mail/border.h"

struct border_host {
    char *pattern; /* lower-case */
    bool inner;
};

struct border {
    GArray *hosts;    /* struct border_host */
    GArray *networks; /* struct ip_network */
};

static void clear_host(gpointer host) {
    g_free(((struct border_host *)host)->pattern);
}

struct border *border_new(void) {
    struct border *border = g_new0(struct border, 1);
    border->hosts = g_array_new(FALSE, FALSE, sizeof(struct border_host));
    g_array_set_clear_func(border->hosts, clear_host);
    border->networks = g_array_new(FALSE, FALSE, sizeof(struct ip_network));
    return border;
}

void border_free(struct border *border) {
    g_array_free(border->hosts, TRUE);
    g_array_free(border->networks, TRUE);
    g_free(border);
}

/* A host name of the operator's: labels of letters, digits, "-" and "_" (internal hosts often have
 * one), a single label too; no dot at either end. */
static bool is_host_name(struct span name) {
    size_t label = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c == '.') {
            if (label == 0)
                return false;
            label = 0;
        } else if (g_ascii_isalnum(c) || c == '-' || c == '_') {
            label++;
        } else {
            return false;
        }
    }
    return label > 0;
}

bool border_add(struct border *border, const char *text, GError **error) {
    struct ip_network network;
    struct span all = span_of(text);
    if (ip_network_parse(all, &network)) {
        g_array_append_val(border->networks, network);
        return true;
    }
    struct span name = span_starts_nocase(all, SPAN_LIT("*.")) ? span_from(all, 2) : all;
    if (!is_host_name(name) || g_ascii_isdigit(text[strlen(text) - 1])) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "\"%s\" is no host name, no \"*.domain\", no address and no network such as "
                    "192.0.2.0/24 (bits after the prefix must be zero)",
                    text);
        return false;
    }
    border_add_pattern(border, text, false);
    return true;
}

void border_add_pattern(struct border *border, const char *pattern, bool inner) {
    struct border_host host = {g_ascii_strdown(pattern, -1), inner};
    g_array_append_val(border->hosts, host);
}

void border_add_all(struct border *border, const struct border *other) {
    for (guint i = 0; i < other->hosts->len; i++) {
        const struct border_host *host = &g_array_index(other->hosts, struct border_host, i);
        border_add_pattern(border, host->pattern, host->inner);
    }
    g_array_append_vals(border->networks, other->networks->data, other->networks->len);
}

/* Greedy matching with one place to come back to: after a star that matched, what stood before it
 * never needs another look. */
bool border_pattern_matches(const char *pattern, struct span name) {
    size_t p = 0, i = 0, star = G_MAXSIZE, resume = 0;
    while (i < name.n) {
        if (pattern[p] == '*') {
            star = p++;
            resume = i;
        } else if (pattern[p] != '\0' &&
                   g_ascii_tolower(pattern[p]) == g_ascii_tolower(name.p[i])) {
            p++;
            i++;
        } else if (star != G_MAXSIZE) {
            p = star + 1;
            i = ++resume;
        } else {
            return false;
        }
    }
    while (pattern[p] == '*')
        p++;
    return pattern[p] == '\0';
}

bool border_has_ip(const struct border *border, const struct ip *ip) {
    for (guint i = 0; i < border->networks->len; i++)
        if (ip_network_contains(&g_array_index(border->networks, struct ip_network, i), ip))
            return true;
    return false;
}

static bool has_host(const struct border *border, struct span name, bool only_inner) {
    /* "mx.ours." or "..ours" must not slip through a star. */
    if (name.n == 0 || !is_host_name(name))
        return false;
    for (guint i = 0; i < border->hosts->len; i++) {
        const struct border_host *host = &g_array_index(border->hosts, struct border_host, i);
        if ((host->inner || !only_inner) && border_pattern_matches(host->pattern, name))
            return true;
    }
    return false;
}

bool border_has_host(const struct border *border, struct span name) {
    struct ip ip;
    if (ip_parse(name, &ip))
        return border_has_ip(border, &ip);
    return has_host(border, name, false);
}

bool border_has_inner_host(const struct border *border, struct span name) {
    return has_host(border, name, true);
}

bool border_is_empty(const struct border *border) {
    return border->hosts->len == 0 && border->networks->len == 0;
}

void border_describe(const struct border *border, GString *out) {
    for (guint i = 0; i < border->hosts->len; i++) {
        const struct border_host *host = &g_array_index(border->hosts, struct border_host, i);
        g_string_append_printf(out, "%s %s\n", host->inner ? "inner" : "host", host->pattern);
    }
    for (guint i = 0; i < border->networks->len; i++) {
        const struct ip_network *network = &g_array_index(border->networks, struct ip_network, i);
        g_autofree char *ip = ip_format(&network->ip);
        g_string_append_printf(out, "network %s/%u\n", ip, network->prefix);
    }
}
