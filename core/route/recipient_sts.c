/* SPDX-License-Identifier: MIT
 *
 * What is kept is "ID LF BODY", as fetched, until max_age has passed: it is parsed again, so that
 * nothing is believed that would not be believed today. */
#include "route/recipient_sts.h"

#include <string.h>

static const char space[] = "mta-sts";

static char *record_name(const char *domain) {
    return g_strconcat("_mta-sts.", domain, NULL);
}

void recipient_sts_ask(struct lookups *lookups, const char *domain) {
    g_autofree char *name = record_name(domain);
    lookups_ask(lookups, name, DNS_TXT);
}

/* --- kept ------------------------------------------------------------------------------------ */

/* NULL: none. *same: it is the one that the record announces. */
static struct mta_sts_policy *find_kept(struct keep *keep, const char *domain, int64_t now,
                                        struct span id, bool *same) {
    g_autoptr(GBytes) kept = keep ? keep->get(keep, space, domain, now) : NULL;
    if (!kept)
        return NULL;
    gsize n;
    const char *octets = g_bytes_get_data(kept, &n);
    struct span all = span_make(octets, n);
    size_t end = span_find(all, '\n');
    const char *why;
    *same = span_eq(span_first(all, end), id);
    return mta_sts_policy_parse(span_from(all, end + 1), &why);
}

static void put_kept(struct keep *keep, const char *domain, int64_t now, struct span id,
                     struct span body, const struct mta_sts_policy *policy) {
    if (!keep)
        return;
    g_autoptr(GByteArray) octets = g_byte_array_new();
    g_byte_array_append(octets, (const guint8 *)id.p, (guint)id.n);
    g_byte_array_append(octets, (const guint8 *)"\n", 1);
    g_byte_array_append(octets, (const guint8 *)body.p, (guint)body.n);
    g_autoptr(GBytes) value = g_bytes_new(octets->data, octets->len);
    keep->put(keep, space, domain, value, now + MAX(policy->max_age, 1));
}

/* --- fetched --------------------------------------------------------------------------------- */

/* §3.3: only 200, no redirects, a certificate for this very host (net/https sees to these). §3.2:
 * the media type should be text/plain. */
static bool is_plain(const struct https_reply *reply) {
    return !reply->content_type || strcmp(reply->content_type, "text/plain") == 0;
}

static struct mta_sts_policy *fetch(struct recipient_route *route, struct lookups *lookups,
                                    struct https *https, struct keep *keep, int64_t now,
                                    struct span id) {
    g_autofree char *url =
        g_strconcat("https://mta-sts.", route->domain, "/.well-known/mta-sts.txt", NULL);
    struct https_request request = {.url = url, .max_size = LIMIT_MTA_STS_POLICY};
    struct https_reply reply;
    struct mta_sts_policy *policy = NULL;
    https_get(https, lookups, &request, &reply);
    if (reply.status == HTTPS_OK && is_plain(&reply)) {
        gsize n;
        const char *octets = g_bytes_get_data(reply.body, &n);
        struct span body = span_make(octets, n);
        const char *why = NULL;
        policy = mta_sts_policy_parse(body, &why);
        route->sts_why = g_strdup(why);
        if (policy)
            put_kept(keep, route->domain, now, id, body, policy);
    } else {
        route->sts_why = g_strdup(reply.why ? reply.why : "the policy is not text/plain");
    }
    route->sts_trouble = https_is_temporary(reply.status);
    https_reply_clear(&reply);
    return policy;
}

void recipient_sts_find(struct recipient_route *route, struct lookups *lookups, struct https *https,
                        struct keep *keep, int64_t now) {
    g_autofree char *name = record_name(route->domain);
    const struct dns_answer *txt = lookups_answer(lookups, name, DNS_TXT);
    struct span id = SPAN_NULL;
    bool absent = txt->status == DNS_NODATA || txt->status == DNS_NXDOMAIN;
    bool same = false;
    if (txt->status == DNS_DATA)
        route->sts_record = mta_sts_record_select(txt->records, txt->n, &id);
    else if (absent)
        route->sts_record = MTA_STS_RECORD_NONE;
    route->sts_trouble = !absent && txt->status != DNS_DATA;
    bool announced = route->sts_record == MTA_STS_RECORD_VALID;
    OWNED(mta_sts_policy) kept = find_kept(keep, route->domain, now, id, &same);
    if (announced && https && !(kept && same))
        route->sts = fetch(route, lookups, https, keep, now, id);
    if (route->sts) {
        route->sts_from = ROUTE_POLICY_FETCHED;
    } else if (kept) { /* it holds until it expires, whatever DNS or the web server say (§5.1) */
        route->sts = g_steal_pointer(&kept);
        route->sts_from = ROUTE_POLICY_KEPT;
    }
}
