/* SPDX-License-Identifier: MIT
 *
 * GET /about: which service this is, what it checks itself, and whose headers it believes for this
 * account. What each check does is the page's to say; secrets and paths of the configuration are
 * nobody's. */
#include "auth/belief.h"
#include "fcgi/config.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "repute/dnsbl.h"

#include <jansson.h>

static json_t *strings_json(const GPtrArray *strings) {
    json_t *all = json_array();
    for (guint i = 0; i < strings->len; i++)
        json_array_append_new(all, json_string(strings->pdata[i]));
    return all;
}

/* Those of the configuration, then those of the profile. */
static json_t *ids_json(const struct belief_rules *rules) {
    json_t *all = strings_json(rules->ids);
    for (const char *const *id = rules->profile->ids; id && *id; id++)
        json_array_append_new(all, json_string(**id == '+' ? *id + 1 : *id));
    return all;
}

static json_t *border_json(const struct belief_rules *rules) {
    g_autoptr(GString) lines = g_string_new(NULL);
    border_describe(rules->border, lines);
    g_auto(GStrv) entries = g_strsplit(lines->str, "\n", -1);
    json_t *all = json_array();
    for (char **entry = entries; *entry; entry++)
        if (**entry)
            json_array_append_new(all, json_string(*entry));
    return all;
}

static json_t *forwarders_json(const struct belief_rules *rules) {
    json_t *all = json_array();
    for (guint i = 0; i < rules->forwarders->len; i++) {
        const struct forwarder *forwarder = rules->forwarders->pdata[i];
        json_array_append_new(all, json_string(forwarder->name));
    }
    return all;
}

static json_t *belief_json(const struct belief_rules *rules) {
    return json_pack("{s:s, s:s, s:o, s:o, s:b, s:b, s:o, s:o, s:o}", "profile",
                     rules->profile->name, "title", rules->profile->title, "authservIds",
                     ids_json(rules), "border", border_json(rules), "strips", rules->strips,
                     "below", rules->below, "ownDomains", strings_json(rules->own_domains),
                     "forwarders", forwarders_json(rules), "sealers", strings_json(rules->sealers));
}

static json_t *checks_json(const struct service *service) {
    bool ours = service->config->verify != CONFIG_VERIFY_NEVER;
    return json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b}", "dkim", ours, "spf", ours,
                     "dmarc", ours, "arc", ours, "dnssec", service->resolver != NULL, "bimi",
                     service->brands != NULL, "smime", true, "openpgp", true, "reputation",
                     service->resolver && dnsbl_lists_count(service->config->reputation) > 0);
}

/* Of lists that messages and their authors are looked up in; none where nothing is looked up. */
static json_t *lists_json(const struct service *service) {
    const struct dnsbl_lists *lists = service->config->reputation;
    json_t *all = json_array();
    for (guint i = 0; service->resolver && i < dnsbl_lists_count(lists); i++)
        json_array_append_new(all, json_pack("{s:s, s:s}", "list", dnsbl_lists_zone(lists, i),
                                             "kind", dnsbl_kind_name(dnsbl_lists_kind(lists, i))));
    return all;
}

void api_about_get(struct exchange *x) {
    static const char *const verify[] = {"missing", "always", "never"};
    const struct config *config = x->service->config;
    const struct config_trust *trust = config_trust_of(config, x->session->host);
    reply_json(x->reply, 200,
               json_pack("{s:s, s:{s:s, s:s}, s:s, s:o, s:o, s:o}", "version", INKAN_VERSION,
                         "account", "username", x->session->username, "host", x->session->host,
                         "verify", verify[config->verify], "checks", checks_json(x->service),
                         "lists", lists_json(x->service), "belief", belief_json(trust->rules)));
}
