/* SPDX-License-Identifier: MIT */
#include "fcgi/known_names.h"

#include "auth/belief.h"
#include "auth/orgdomain.h"
#include "base/limits.h"
#include "mail/domain.h"
#include "repute/confusable.h"
#include "repute/lookalike.h"

#include <gio/gio.h>

#include <stdint.h>

__asm__(".section .rodata\n"
        ".global inkan_known_names_begin\n.global inkan_known_names_end\n"
        "inkan_known_names_begin:\n.incbin \"conf/known-names.txt\"\ninkan_known_names_end:\n"
        ".byte 0\n.previous\n");

extern const char inkan_known_names_begin[], inkan_known_names_end[];

/* "~visa.com": a word of common language. */
static bool is_word(const char *domain) {
    return *domain == '~';
}

static const char *name_of(const char *domain) {
    return is_word(domain) ? domain + 1 : domain;
}

/* "paypal.com" or "google.*", as A-labels. */
static bool is_domain(const char *text) {
    bool anywhere = g_str_has_suffix(text, ".*");
    g_autofree char *plain = anywhere ? g_strndup(text, strlen(text) - strlen("*")) : NULL;
    g_autofree char *whole = anywhere ? g_strconcat(plain, "example", NULL) : g_strdup(text);
    g_autofree char *parsed = domain_parse(span_of(whole), 0, NULL);
    return g_strcmp0(parsed, whole) == 0 && strchr(whole, '.');
}

static bool add_domains(struct known_names *names, char *const *domains) {
    guint n = 0;
    for (char *const *domain = domains; *domain; domain++) {
        if (!**domain)
            continue;
        if (!is_domain(name_of(*domain)))
            return false;
        lookalikes_add_domain(names->lookalikes, name_of(*domain), is_word(*domain));
        n++;
    }
    return n > 0;
}

/* Every name goes with every domain of its line. */
static void add_name(struct known_names *names, const char *name, char *const *domains) {
    for (char *const *domain = domains; *name && *domain; domain++)
        if (**domain)
            lookalikes_add_name(names->lookalikes, name, name_of(*domain));
}

static bool add_line(struct known_names *names, const char *line) {
    const char *colon = strrchr(line, ':');
    if (!colon || strlen(line) > LIMIT_LOOKALIKE_LINE || !g_utf8_validate(line, -1, NULL))
        return false;
    g_autofree char *head = g_strndup(line, (gsize)(colon - line));
    g_auto(GStrv) domains = g_strsplit_set(colon + 1, " \t\r", -1);
    g_auto(GStrv) aliases = g_strsplit(head, ",", -1);
    if (!add_domains(names, domains))
        return false;
    for (char **alias = aliases; *alias; alias++)
        add_name(names, g_strstrip(*alias), domains);
    return true;
}

guint known_names_add(struct known_names *names, struct span text) {
    for (guint number = 1; text.n; number++) {
        struct span line = span_first(text, span_find(text, '\n'));
        g_autofree char *copy = span_dup(line);
        g_strstrip(copy);
        if (number > LIMIT_LOOKALIKE_NAMES || (*copy && *copy != '#' && !add_line(names, copy)))
            return number;
        text = span_from(text, line.n + 1);
    }
    return 0;
}

static bool add_file(struct known_names *names, const char *file, GError **error) {
    g_autofree char *text = NULL;
    gsize n = 0;
    if (!g_file_get_contents(file, &text, &n, error))
        return false;
    guint line = known_names_add(names, span_make(text, n));
    if (line) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s, line %u: write NAME, NAME: DOMAIN DOMAIN", file, line);
        return false;
    }
    g_free(names->digest);
    names->digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, n);
    return true;
}

struct known_names *known_names_new(const char *file, GError **error) {
    OWNED(known_names) names = g_new0(struct known_names, 1);
    names->confusables = confusables_new();
    names->lookalikes = lookalikes_new(names->confusables);
    names->digest = g_strdup("");
    size_t size = (uintptr_t)inkan_known_names_end - (uintptr_t)inkan_known_names_begin;
    guint wrong = known_names_add(names, span_make(inkan_known_names_begin, size));
    g_assert(!wrong);
    if (file && !add_file(names, file, error))
        return NULL;
    return g_steal_pointer(&names);
}

void known_names_free(struct known_names *names) {
    if (!names)
        return;
    lookalikes_free(names->lookalikes);
    confusables_free(names->confusables);
    g_free(names->digest);
    g_free(names);
}

static void add_own(struct lookalikes *own, const char *domain,
                    const struct public_suffixes *suffixes, GHashTable *providers) {
    const char *registrable = orgdomain_registrable(suffixes, domain);
    if (registrable && !g_hash_table_contains(providers, registrable))
        lookalikes_add_domain(own, registrable, false);
}

struct lookalikes *known_names_own(const struct known_names *names,
                                   const struct belief_rules *rules, const char *address,
                                   const struct public_suffixes *suffixes, GHashTable *providers) {
    struct lookalikes *own = lookalikes_new(names->confusables);
    for (guint i = 0; i < rules->own_domains->len; i++)
        add_own(own, rules->own_domains->pdata[i], suffixes, providers);
    const char *at = address ? strrchr(address, '@') : NULL;
    g_autofree char *domain = at ? domain_parse(span_of(at + 1), 0, NULL) : NULL;
    if (domain)
        add_own(own, domain, suffixes, providers);
    return own;
}
