/* SPDX-License-Identifier: MIT
 *
 * RFC 5782 §5: every list holds a test entry and leaves another one out, so that a list that died,
 * lists the world, or does not serve this resolver is found before it says a word about mail. */
#include "fcgi/config.h"
#include "fcgi/doctor.h"
#include "net/resolver.h"
#include "repute/dnsbl.h"

#include <string.h>

/* 127.0.0.2 is on every list of IPv4 addresses and 127.0.0.1 on none; of IPv6 the same two mapped;
 * of domains TEST and INVALID. */
static const struct ip tests[2][2] = {
    {{{127, 0, 0, 2}, 4}, {{127, 0, 0, 1}, 4}},
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 2}, 16},
     {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1}, 16}},
};

struct points {
    enum dnsbl_state must, must_not;
};

static char *name_of(const struct dnsbl_lists *lists, guint index, int version, int which) {
    const char *zone = dnsbl_lists_zone(lists, index);
    if (dnsbl_lists_kind(lists, index) == DNSBL_DOMAIN)
        return g_strconcat(which ? "invalid." : "test.", zone, NULL);
    return dnsbl_address_name(&tests[version][which], zone);
}

/* The test entry counts whatever code the operator makes of it: what matters is that it is there.
 */
static enum dnsbl_state ask(const struct dnsbl_lists *lists, guint index, struct lookups *lookups,
                            const char *name) {
    const char *meaning;
    const struct dns_answer *answer = lookups_answer(lookups, name, DNS_A);
    enum dnsbl_state state = dnsbl_read(lists, index, answer, &meaning);
    return state == DNSBL_UNLISTED && answer->status == DNS_DATA ? DNSBL_LISTED : state;
}

static struct points ask_both(const struct dnsbl_lists *lists, guint index, int version,
                              struct lookups *lookups) {
    g_autofree char *must = name_of(lists, index, version, 0);
    g_autofree char *must_not = name_of(lists, index, version, 1);
    lookups_ask(lookups, must, DNS_A);
    lookups_ask(lookups, must_not, DNS_A);
    return (struct points){ask(lists, index, lookups, must), ask(lists, index, lookups, must_not)};
}

static void say(struct doctor *doctor, const char *zone, struct points points, const char *also) {
    if (points.must == DNSBL_TROUBLE || points.must_not == DNSBL_TROUBLE)
        doctor_say(doctor, DOCTOR_WARN, "lists",
                   "Look at the list's name and terms, or take it out.", "%s does not answer.",
                   zone);
    else if (points.must == DNSBL_REFUSED && points.must_not == DNSBL_REFUSED)
        doctor_say(doctor, DOCTOR_FAIL, "lists",
                   "Ask it by a resolver of your own ([dns] server) and read its terms, or take it "
                   "out of [reputation].",
                   "%s answers nothing that counts: it refuses this resolver, or is no list any "
                   "more.",
                   zone);
    else if (points.must_not == DNSBL_LISTED || points.must_not == DNSBL_REFUSED)
        doctor_say(doctor, DOCTOR_FAIL, "lists", "Take it out of [reputation].",
                   "%s has an entry that no list may have: it lists everything.", zone);
    else if (points.must == DNSBL_REFUSED)
        doctor_say(doctor, DOCTOR_WARN, "lists",
                   "Ask it by a resolver of your own ([dns] server), and read its terms.",
                   "%s refuses to answer this resolver.", zone);
    else if (points.must == DNSBL_LISTED)
        doctor_say(doctor, DOCTOR_OK, "lists", NULL, "%s has its test entry%s.", zone, also);
    else
        doctor_say(doctor, DOCTOR_WARN, "lists", "Look at the list's name, or take it out.",
                   "%s has no test entry, which every list must have (RFC 5782).", zone);
}

static void check(struct doctor *doctor, const struct dnsbl_lists *lists, guint index,
                  struct resolver *resolver) {
    OWNED(lookups) lookups = lookups_new(resolver);
    bool addresses = dnsbl_lists_kind(lists, index) != DNSBL_DOMAIN;
    struct points points = ask_both(lists, index, 0, lookups);
    struct points six = addresses ? ask_both(lists, index, 1, lookups) : (struct points){0};
    const char *also = !addresses                     ? ""
                       : six.must_not == DNSBL_LISTED ? " (of IPv6 it lists everything)"
                       : six.must == DNSBL_LISTED     ? ", for IPv6 too"
                                                      : " (none for IPv6)";
    say(doctor, dnsbl_lists_zone(lists, index), points, also);
}

void doctor_reputation(struct doctor *doctor, const struct config *config) {
    guint n = dnsbl_lists_count(config->reputation);
    if (n == 0 || config->verify == CONFIG_VERIFY_NEVER) {
        doctor_say(doctor, DOCTOR_OK, "lists", NULL, "No list of addresses or domains is asked.");
        return;
    }
    struct resolver_options options = {.server = config->dns_server,
                                       .trust_anchor = config->dns_trust_anchor,
                                       .probe = config->dnssec == CONFIG_DNSSEC_AUTO};
    OWNED(resolver) resolver = resolver_new(&options, NULL);
    for (guint i = 0; resolver && i < n; i++) /* without one, the line of dns says so */
        check(doctor, config->reputation, i, resolver);
}
