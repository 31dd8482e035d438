/* SPDX-License-Identifier: MIT
 *
 * auth/belief.h: lists that check what is put into them. */
#include "auth/belief.h"

#include "mail/domain.h"

GQuark belief_error_quark(void) {
    return g_quark_from_static_string("belief-error");
}

static void forwarder_free(gpointer pointer) {
    struct forwarder *forwarder = pointer;
    g_free(forwarder->name);
    g_free(forwarder->networks);
    g_strfreev(forwarder->ids);
    g_free(forwarder);
}

struct belief_rules *belief_rules_new(void) {
    struct belief_rules *rules = g_new0(struct belief_rules, 1);
    rules->profile = profile_generic();
    rules->border = border_new();
    rules->ids = g_ptr_array_new_with_free_func(g_free);
    rules->own_domains = g_ptr_array_new_with_free_func(g_free);
    rules->forwarders = g_ptr_array_new_with_free_func(forwarder_free);
    rules->sealers = g_ptr_array_new_with_free_func(g_free);
    return rules;
}

void belief_rules_free(struct belief_rules *rules) {
    border_free(rules->border);
    g_ptr_array_unref(rules->ids);
    g_ptr_array_unref(rules->own_domains);
    g_ptr_array_unref(rules->forwarders);
    g_ptr_array_unref(rules->sealers);
    g_free(rules);
}

static bool refuse(GError **error, const char *text, const char *wanted) {
    g_set_error(error, BELIEF_ERROR, BELIEF_ERROR_VALUE, "\"%s\" is no %s", text, wanted);
    return false;
}

void belief_use_profile(struct belief_rules *rules, const struct profile *profile) {
    rules->profile = profile;
    for (const char *const *host = profile->hosts; host && *host; host++)
        border_add_pattern(rules->border, *host, false);
    for (const char *const *host = profile->inner_hosts; host && *host; host++)
        border_add_pattern(rules->border, *host, true);
    for (const char *const *network = profile->networks; network && *network; network++)
        if (!border_add(rules->border, *network, NULL))
            g_assert_not_reached();
}

bool belief_set_profile(struct belief_rules *rules, const char *name, GError **error) {
    const struct profile *profile = profile_find(name);
    if (profile) {
        belief_use_profile(rules, profile);
        return true;
    }
    g_autoptr(GString) known = g_string_new("receiver profile (known:");
    for (guint i = 0; profile_at(i); i++)
        g_string_append_printf(known, " %s", profile_at(i)->name);
    g_string_append_c(known, ')');
    return refuse(error, name, known->str);
}

/* An id is compared, never asked for: any token of visible octets will do, U-labels too. A star
 * stands only in front, for hosts below a domain. */
static bool id_is_sound(const char *id) {
    const char *text = g_str_has_prefix(id, "*.") ? id + 2 : id;
    if (*text == '\0' || *text == '.' || (text != id && !strchr(text, '.')))
        return false;
    for (; *text; text++)
        if ((guchar)*text <= ' ' || *text == 0x7f || strchr("()<>@,;:\\\"[]?=*", *text))
            return false;
    return true;
}

bool belief_add_id(struct belief_rules *rules, const char *id, GError **error) {
    if (!id_is_sound(id))
        return refuse(error, id, "authserv-id (a host name, or \"*.domain\" for hosts below)");
    g_ptr_array_add(rules->ids, g_ascii_strdown(id, -1));
    return true;
}

bool belief_add_border(struct belief_rules *rules, const char *host_or_network, GError **error) {
    return border_add(rules->border, host_or_network, error);
}

static bool add_domain(GPtrArray *domains, const char *text, GError **error) {
    char *domain = domain_parse(span_of(text), 0, NULL);
    if (domain == NULL)
        return refuse(error, text, "domain name");
    g_ptr_array_add(domains, domain);
    return true;
}

bool belief_add_own_domain(struct belief_rules *rules, const char *domain, GError **error) {
    return add_domain(rules->own_domains, domain, error);
}

bool belief_add_sealer(struct belief_rules *rules, const char *domain, GError **error) {
    return add_domain(rules->sealers, domain, error);
}

static struct ip_network *networks_parse(char **words, guint *n, GError **error) {
    g_autofree struct ip_network *networks = g_new0(struct ip_network, g_strv_length(words) + 1);
    *n = 0;
    for (guint i = 0; words[i]; i++) {
        if (*words[i] == '\0')
            continue;
        if (!ip_network_parse(span_of(words[i]), &networks[(*n)++])) {
            refuse(error, words[i], "network (192.0.2.0/24, 2001:db8::/32) or address");
            return NULL;
        }
    }
    return g_steal_pointer(&networks);
}

static char **ids_parse(char **words, GError **error) {
    g_autoptr(GStrvBuilder) ids = g_strv_builder_new();
    for (guint i = 0; words[i]; i++) {
        if (*words[i] == '\0')
            continue;
        if (!id_is_sound(words[i])) {
            refuse(error, words[i], "authserv-id");
            return NULL;
        }
        g_autofree char *lower = g_ascii_strdown(words[i], -1);
        g_strv_builder_add(ids, lower);
    }
    return g_strv_builder_end(ids);
}

/* forwarder = NAME "," NETWORK *(SP NETWORK) "," ID *(SP ID) */
bool belief_add_forwarder(struct belief_rules *rules, const char *text, GError **error) {
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    if (g_strv_length(parts) != 3)
        return refuse(error, text, "forwarder (NAME, NETWORKS, IDS)");
    for (guint i = 0; i < 3; i++)
        g_strstrip(parts[i]);
    g_auto(GStrv) networks = g_strsplit_set(parts[1], " \t", -1);
    g_auto(GStrv) ids = g_strsplit_set(parts[2], " \t", -1);
    struct forwarder *forwarder = g_new0(struct forwarder, 1);
    forwarder->name = g_strdup(parts[0]);
    forwarder->networks = networks_parse(networks, &forwarder->n_networks, error);
    forwarder->ids = forwarder->networks ? ids_parse(ids, error) : NULL;
    bool complete =
        forwarder->ids && *forwarder->name && forwarder->n_networks && forwarder->ids[0];
    if (complete) {
        g_ptr_array_add(rules->forwarders, forwarder);
        return true;
    }
    if (forwarder->ids)
        refuse(error, text, "forwarder: name, at least one network and at least one id are needed");
    forwarder_free(forwarder);
    return false;
}

static gpointer copy_text(gconstpointer text, gpointer unused) {
    (void)unused;
    return g_strdup(text);
}

static gpointer copy_forwarder(gconstpointer pointer, gpointer unused) {
    (void)unused;
    const struct forwarder *from = pointer;
    struct forwarder *copy = g_new0(struct forwarder, 1);
    copy->name = g_strdup(from->name);
    copy->networks = g_memdup2(from->networks, from->n_networks * sizeof *from->networks);
    copy->n_networks = from->n_networks;
    copy->ids = g_strdupv(from->ids);
    return copy;
}

struct belief_rules *belief_rules_copy(const struct belief_rules *rules) {
    struct belief_rules *copy = belief_rules_new();
    copy->profile = rules->profile;
    border_add_all(copy->border, rules->border);
    g_ptr_array_extend(copy->ids, rules->ids, copy_text, NULL);
    g_ptr_array_extend(copy->own_domains, rules->own_domains, copy_text, NULL);
    g_ptr_array_extend(copy->sealers, rules->sealers, copy_text, NULL);
    g_ptr_array_extend(copy->forwarders, rules->forwarders, copy_forwarder, NULL);
    copy->strips = rules->strips;
    copy->below = rules->below;
    return copy;
}

bool belief_id_matches(const char *pattern, struct span id) {
    if (!g_str_has_prefix(pattern, "*."))
        return span_eq_nocase(span_of(pattern), id);
    /* Below the domain, by whole labels: something before the dot, and no empty label in it. */
    struct span tail = span_of(pattern + 1);
    if (id.n <= tail.n || !span_eq_nocase(span_from(id, id.n - tail.n), tail))
        return false;
    return id.p != NULL && id.p[0] != '.' && id.p[id.n - tail.n - 1] != '.';
}

/* OpenDKIM and OpenDMARC with AuthservIDWithJobID write "mx.a.example/4ZxY". */
static struct span without_job(struct span id) {
    size_t slash = span_find(id, '/');
    return slash + 1 < id.n && span_find(span_from(id, slash + 1), '/') == id.n - slash - 1
               ? span_first(id, slash)
               : id;
}

bool belief_has_id(const struct belief_rules *rules, struct span id) {
    if (rules->profile->flags & PROFILE_JOB_ID)
        id = without_job(id);
    if (id.n == 0)
        return false;
    for (const char *const *known = rules->profile->ids; known && *known; known++)
        if (belief_id_matches(**known == '+' ? *known + 1 : *known, id))
            return true;
    for (guint i = 0; i < rules->ids->len; i++)
        if (belief_id_matches(rules->ids->pdata[i], id))
            return true;
    return false;
}

static bool has_domain(const GPtrArray *domains, const char *domain) {
    for (guint i = 0; domain && i < domains->len; i++)
        if (domain_is_equal(domains->pdata[i], domain))
            return true;
    return false;
}

bool belief_owns_domain(const struct belief_rules *rules, const char *domain) {
    return has_domain(rules->own_domains, domain);
}

bool belief_trusts_sealer(const struct belief_rules *rules, const char *domain) {
    return has_domain(rules->sealers, domain);
}

const struct forwarder *belief_find_forwarder(const struct belief_rules *rules,
                                              const struct ip *client) {
    for (guint i = 0; i < rules->forwarders->len; i++) {
        const struct forwarder *forwarder = rules->forwarders->pdata[i];
        for (guint j = 0; j < forwarder->n_networks; j++)
            if (ip_network_contains(&forwarder->networks[j], client))
                return forwarder;
    }
    return NULL;
}

static void describe_list(GString *out, const char *word, const GPtrArray *list) {
    for (guint i = 0; i < list->len; i++)
        g_string_append_printf(out, "%s %s\n", word, (const char *)list->pdata[i]);
}

char *belief_rules_fingerprint(const struct belief_rules *rules) {
    g_autoptr(GString) out = g_string_new("belief 2\n");
    g_string_append_printf(out, "profile %s\nstrips %d\nbelow %d\n", rules->profile->name,
                           rules->strips, rules->below);
    border_describe(rules->border, out);
    describe_list(out, "id", rules->ids);
    describe_list(out, "own", rules->own_domains);
    describe_list(out, "sealer", rules->sealers);
    for (guint i = 0; i < rules->forwarders->len; i++) {
        const struct forwarder *forwarder = rules->forwarders->pdata[i];
        g_autofree char *ids = g_strjoinv(" ", forwarder->ids);
        g_string_append_printf(out, "forwarder %s\nids %s\n", forwarder->name, ids);
        for (guint j = 0; j < forwarder->n_networks; j++) {
            g_autofree char *ip = ip_format(&forwarder->networks[j].ip);
            g_string_append_printf(out, "network %s/%u\n", ip, forwarder->networks[j].prefix);
        }
    }
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, out->str, (gssize)out->len);
}
