/* SPDX-License-Identifier: MIT
 *
 * One name that cannot exist tells most: who answers it with data lies, who answers nothing does
 * not recurse, and the root's own proof of its absence is the shortest DNSSEC chain there is. */
#include "fcgi/config.h"
#include "fcgi/doctor.h"
#include "fcgi/seal.h"
#include "net/resolver.h"

static void say_absent(struct doctor *doctor, const struct config *config,
                       const struct dns_answer *answer) {
    bool own = config->dns_server && !config->dns_trust_anchor;
    if (answer->dnssec == DNSSEC_SECURE)
        doctor_say(doctor, DOCTOR_OK, "dnssec", NULL,
                   "Signatures are handed on and verified up to the trust anchor.");
    else if (own)
        doctor_say(doctor, DOCTOR_WARN, "dnssec", "Name a trust anchor in [dns] trust-anchor.",
                   "[dns] server is set without a trust anchor: DNSSEC is not evaluated.");
    else
        doctor_say(doctor, DOCTOR_WARN, "dnssec",
                   "Ask a resolver that hands on DNSSEC records ([dns] server), such as unbound on "
                   "this machine.",
                   "The upstream resolver strips signatures: the state of every look-up is \"%s\".",
                   dnssec_state_name(answer->dnssec));
}

static void say_answer(struct doctor *doctor, const struct config *config,
                       const struct dns_answer *answer) {
    const char *who = config->dns_server ? config->dns_server : "The system's resolver";
    switch (answer->status) {
    case DNS_NXDOMAIN:
        doctor_say(doctor, DOCTOR_OK, "dns", NULL,
                   "%s answers, and says of what is not there that "
                   "it is not there.",
                   who);
        say_absent(doctor, config, answer);
        return;
    case DNS_BOGUS:
        doctor_say(
            doctor, DOCTOR_FAIL, "dnssec",
            "Look at the clock and at [dns] trust-anchor; `apt install dns-root-data` brings "
            "the root's key.",
            "The signatures of the root do not verify (%s): nothing can be looked up.",
            answer->why);
        return;
    case DNS_DATA:
    case DNS_NODATA:
        doctor_say(doctor, DOCTOR_FAIL, "dns",
                   "Ask a resolver that tells the truth ([dns] server).",
                   "%s has an answer for a name that does not exist.", who);
        return;
    default:
        doctor_say(doctor, DOCTOR_FAIL, "dns",
                   "Look at [dns] server or /etc/resolv.conf: signatures and policies cannot be "
                   "looked up, so senders stay unchecked.",
                   "%s does not answer (%s).", who, answer->why);
    }
}

void doctor_dns(struct doctor *doctor, const struct config *config) {
    struct resolver_options options = {.server = config->dns_server,
                                       .trust_anchor = config->dns_trust_anchor,
                                       .probe = config->dnssec == CONFIG_DNSSEC_AUTO};
    g_autoptr(GError) error = NULL;
    unsigned char random[8];
    if (config->verify == CONFIG_VERIFY_NEVER) {
        doctor_say(doctor, DOCTOR_OK, "dns", NULL,
                   "[trust] verify is \"never\": nothing is looked up.");
        return;
    }
    OWNED(resolver) resolver = resolver_new(&options, &error);
    if (!resolver) {
        doctor_say(doctor, DOCTOR_FAIL, "dns", "Correct [dns].", "%s", error->message);
        return;
    }
    seal_random(random, sizeof random);
    g_autofree char *name = g_strdup_printf("inkan-%02x%02x%02x%02x%02x%02x", random[0], random[1],
                                            random[2], random[3], random[4], random[5]);
    OWNED(lookups) lookups = lookups_new(resolver);
    say_answer(doctor, config, lookups_answer(lookups, name, DNS_TXT));
}
