/* SPDX-License-Identifier: MIT
 *
 * Belief rules from the configuration. */
#include "fcgi/config_trust.h"

#include "auth/belief.h"
#include "auth/profile.h"
#include "fcgi/config.h"
#include "fcgi/config_value.h"

#include <string.h>

typedef bool (*adder)(struct belief_rules *rules, const char *text, GError **error);

static bool set_flag(bool *flag, const char *text, GError **error) {
    const char *right = config_value_bool(text, flag);
    if (right)
        g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, right);
    return !right;
}

static bool set_strips(struct belief_rules *rules, const char *text, GError **error) {
    return set_flag(&rules->strips, text, error);
}

static bool set_below(struct belief_rules *rules, const char *text, GError **error) {
    return set_flag(&rules->below, text, error);
}

/* `separator` cuts a list into members that are added one by one; 0: the value is one. */
static const struct {
    const char *name;
    char separator;
    adder add;
} keys[] = {
    {"profile", 0, belief_set_profile},
    {"authserv-ids", ',', belief_add_id},
    {"border", ',', belief_add_border},
    {"strips", 0, set_strips},
    {"below", 0, set_below},
    {"own-domains", ',', belief_add_own_domain},
    {"forwarder", ';', belief_add_forwarder},
    {"sealers", ',', belief_add_sealer},
};

bool config_trust_is_key(const char *name) {
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i].name, name) == 0)
            return true;
    return false;
}

const char *config_trust_names(void) {
    return "profile, authserv-ids, border, strips, below, own-domains, forwarder, sealers";
}

static bool add_all(struct belief_rules *rules, size_t key, const char *text, GError **error) {
    if (!*text)
        return true;
    if (!keys[key].separator)
        return keys[key].add(rules, text, error);
    char separator[2] = {keys[key].separator, '\0'};
    g_auto(GStrv) members = g_strsplit(text, separator, -1);
    for (char **m = members; *m; m++)
        if (!keys[key].add(rules, g_strstrip(*m), error))
            return false;
    return true;
}

static void trust_free(gpointer data) {
    struct config_trust *trust = data;
    g_free(trust->host);
    g_free(trust->fingerprint);
    if (trust->rules)
        belief_rules_free(trust->rules);
    g_free(trust);
}

/* Without a profile named anywhere, the one built in for the account's host, if there is one. */
static bool set_known_profile(struct belief_rules *rules, GKeyFile *file, const char *section,
                              const char *host, GError **error) {
    if (g_key_file_has_key(file, section, "profile", NULL) ||
        g_key_file_has_key(file, "trust", "profile", NULL))
        return true;
    return belief_set_profile(rules, profile_for_imap_host(host)->name, error);
}

/* One section over the defaults. */
static struct config_trust *trust_read(const char *name, GKeyFile *file, const char *section,
                                       const char *host, GError **error) {
    struct config_trust *trust = g_new0(struct config_trust, 1);
    g_autoptr(GError) inner = NULL;
    trust->rules = belief_rules_new();
    if (!set_known_profile(trust->rules, file, section, host, error)) {
        trust_free(trust);
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *from =
            g_key_file_has_key(file, section, keys[i].name, NULL) ? section : "trust";
        g_autofree char *text = g_key_file_get_string(file, from, keys[i].name, NULL);
        if (text && !add_all(trust->rules, i, g_strstrip(text), &inner)) {
            g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "%s: [%s] %s: %s", name, from,
                        keys[i].name, inner->message);
            trust_free(trust);
            return NULL;
        }
    }
    trust->fingerprint = belief_rules_fingerprint(trust->rules);
    return trust;
}

GPtrArray *config_trust_read(const char *name, GKeyFile *file, const char *imap_host,
                             GError **error) {
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(trust_free);
    g_auto(GStrv) sections = g_key_file_get_groups(file, NULL);
    struct config_trust *trust = trust_read(name, file, "trust", imap_host, error);
    if (!trust)
        return NULL;
    g_ptr_array_add(all, trust);
    for (char **s = sections; *s; s++) {
        if (!g_str_has_prefix(*s, "trust "))
            continue;
        g_autofree char *host = g_ascii_strdown(*s + strlen("trust "), -1);
        if (!(trust = trust_read(name, file, *s, g_strstrip(host), error)))
            return NULL;
        trust->host = g_steal_pointer(&host);
        g_ptr_array_add(all, trust);
    }
    return g_steal_pointer(&all);
}
