/* SPDX-License-Identifier: MIT
 *
 * What fcgi/judge.c (judging) and fcgi/judge_kept.c (what is kept of it) share. Private to these.
 */
#ifndef INKAN_FCGI_JUDGE_STATE_H
#define INKAN_FCGI_JUDGE_STATE_H

#include "fcgi/acquaintance.h"
#include "fcgi/judge.h"

struct judge {
    struct store *store;
    struct resolver *resolver;
    struct vouchers *vouchers;
    struct wkd_keys *wkd; /* NULL: not looked up here */
    struct dkim_keys *keys;
    struct public_suffixes *suffixes;
    struct smime_trust *smime;
    struct known_names *names;
    GHashTable *providers;
    const struct dnsbl_lists *reputation;
    char *lists; /* what they are: part of the name of a stored verdict */
    struct acquaintances *acquaintances;
    char *policy; /* providers and names of the configuration: what verdicts are derived under */
    enum verify_mode mode;
};

/* What verdicts of an account are derived under. */
struct derivation {
    struct lookalikes *own;
    struct acquaintance *acquaintance;
    struct verdict_policy policy; /* borrows from all of these */
};
void derivation_init(struct derivation *d, const struct judge *judge,
                     const struct judge_case *about);
void derivation_clear(struct derivation *d);

/* No look-up could change it: what may be kept. */
bool judge_is_settled(const struct judge *judge, const struct verdict *verdict,
                      enum judge_depth depth);
/* The first record of octets of that digest under today's rules, as it was kept, or NULL. */
struct record *judge_first(const struct judge *judge, const struct judge_case *about,
                           const char *digest);
/* An OpenPGP signature of it was looked at: what it says depends on the keys that count. */
bool judge_depends_on_keys(const struct record *record);

#endif
