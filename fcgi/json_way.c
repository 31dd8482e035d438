/* SPDX-License-Identifier: MIT */
#include "fcgi/json_way.h"

#include "fcgi/json_emit.h"
#include "mail/address.h"

#include <string.h>

char *way_domain(const char *address) {
    if (!strchr(address, '@'))
        return domain_parse(span_of(address), DOMAIN_ALLOW_ROOT_DOT, NULL);
    OWNED(address_list) list = address_parse(span_of(address));
    bool one = list->n == 1 && list->mailboxes[0].fault == ADDRESS_FINE &&
               !(list->mailboxes[0].flags & ADDRESS_TWO_READINGS);
    return one ? g_strdup(list->mailboxes[0].domain) : NULL;
}

const char *way_text(enum route_summary summary, enum reason_language language) {
    static const char *const texts[ROUTE__MAX][LANGUAGE__MAX] = {
        {"The way of mail to this domain was not looked at.",
         "このドメインへの配送経路は調べていません。"},
        {"Whether mail to this domain can be intercepted could not be found out; try again later.",
         "配送中に盗み見られるおそれがあるか確認できませんでした。後でもう一度お試しください。"},
        {"This domain takes no mail.", "このドメインはメールを受け取りません。"},
        {"Encryption on the way is not enforced: somebody between the servers can switch it off "
         "and read the mail.",
         "配送中の暗号化は必須になっていません。サーバー間にいる第三者が暗号化を解除して読むことが"
         "でき"
         "ます。"},
        {"Only some of the mail servers must prove who they are: somebody between the servers can "
         "steer mail to the others.",
         "一部の受信サーバーだけが身元の証明を求められます。第三者がほかのサーバーへ誘導できます"
         "。"},
        {"Every mail server must prove who it is before mail is handed over: somebody between the "
         "servers can neither read nor take it.",
         "すべての受信サーバーが身元を証明してからメールが渡されます。サーバー間の第三者は読むこと"
         "も奪う"
         "こともできません。"}};
    return texts[summary][language];
}

static void emit_host(GString *out, const struct recipient_route *route,
                      const struct route_host *host) {
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_text(out, JSON_KEY("host"), host->name);
    if (route->implicit)
        json_emit_null(out, JSON_KEY("preference"));
    else
        json_emit_integer(out, JSON_KEY("preference"), host->preference);
    json_emit_boolean(out, JSON_KEY("hasAddress"), host->has_address);
    json_emit_text(out, JSON_KEY("dnssec"), dnssec_state_name(host->dnssec));
    json_emit_text(out, JSON_KEY("dane"), dane_state_name(host->dane));
    json_emit_integer(out, JSON_KEY("usableTlsa"), host->usable_tlsa);
    if (route->sts)
        json_emit_boolean(out, JSON_KEY("mtaSts"), host->sts);
    else
        json_emit_null(out, JSON_KEY("mtaSts"));
    json_emit_boolean(out, JSON_KEY("authenticated"), host->authenticated);
    json_emit_close(out, '}');
}

static void emit_mta_sts(GString *out, const struct recipient_route *route) {
    static const char *const records[] = {NULL, "none", "several", "invalid", "valid"};
    static const char *const sources[] = {NULL, "fetched", "kept"};
    const struct mta_sts_policy *policy = route->sts;
    json_emit_open(out, JSON_KEY("mtaSts"), '{');
    json_emit_text(out, JSON_KEY("record"), records[route->sts_record]);
    json_emit_text(out, JSON_KEY("source"), sources[route->sts_from]);
    json_emit_text(out, JSON_KEY("mode"), policy ? mta_sts_mode_name(policy->mode) : NULL);
    if (policy)
        json_emit_integer(out, JSON_KEY("maxAge"), policy->max_age);
    else
        json_emit_null(out, JSON_KEY("maxAge"));
    json_emit_open(out, JSON_KEY("mx"), '[');
    for (guint i = 0; policy && i < policy->n_mx; i++)
        json_emit_text(out, JSON_ITEM, policy->mx[i]);
    json_emit_close(out, ']');
    if (route->sts_why)
        json_emit_outside(out, JSON_KEY("reason"), route->sts_why);
    else
        json_emit_null(out, JSON_KEY("reason"));
    json_emit_close(out, '}');
}

GString *json_way(const char *address, const struct recipient_route *route,
                  enum reason_language language) {
    GString *out = g_string_new(NULL);
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_outside(out, JSON_KEY("address"), address);
    json_emit_text(out, JSON_KEY("domain"), route->domain);
    json_emit_text(out, JSON_KEY("summary"), route_summary_name(route->summary));
    json_emit_text(out, JSON_KEY("text"), way_text(route->summary, language));
    json_emit_text(out, JSON_KEY("dnssec"), dnssec_state_name(route->dnssec));
    json_emit_boolean(out, JSON_KEY("nullMx"), route->null_mx);
    json_emit_open(out, JSON_KEY("mx"), '[');
    for (guint i = 0; i < route->n_hosts; i++)
        emit_host(out, route, &route->hosts[i]);
    json_emit_close(out, ']');
    json_emit_boolean(out, JSON_KEY("moreMx"), route->more_hosts);
    emit_mta_sts(out, route);
    json_emit_open(out, JSON_KEY("tlsRpt"), '{');
    json_emit_boolean(out, JSON_KEY("present"), route->tls_rpt);
    json_emit_text(out, JSON_KEY("rua"), route->tls_rpt_rua);
    json_emit_close(out, '}');
    json_emit_close(out, '}');
    return out;
}
