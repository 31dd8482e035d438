/* SPDX-License-Identifier: MIT
 *
 * The options of `inkan verify`: one table of names, checked before anything is read. */
#ifndef INKAN_FCGI_VERIFY_OPTIONS_H
#define INKAN_FCGI_VERIFY_OPTIONS_H

#include "auth/belief.h"
#include "base/own.h"
#include "repute/dnsbl.h"
#include "trust/evaluate.h"
#include "trust/reasons.h"

struct verify_options {
    char **files; /* NULL-terminated */
    struct belief_rules *belief;
    enum verify_mode mode;
    char *resolver, *trust_anchor;
    bool now_known, received_known;
    int64_t now, received_at;
    char *smime_ca, *smime_crls, *smime_ocsp; /* NULL: the system's authorities; none */
    char *mark_roots, *https_ca; /* NULL: the shipped roots alone; the system's authorities */
    char *client_ip, *helo, *mail_from;
    GPtrArray *openpgp_keys;        /* files of keys that are vouched for */
    struct dnsbl_lists *reputation; /* lists to ask; empty: none */
    bool offline;
    guint jobs;
    bool explain; /* else JSON Lines */
    enum reason_language language;
    bool listed_profiles, helped; /* what was asked for is on stdout already: nothing to verify */
};

/* NULL and *error, one sentence that names the option, if the command line is wrong. `interactive`:
 * stdout is a terminal, so that people read the answer unless --json. */
struct verify_options *verify_options_parse(int argc, char **argv, bool interactive,
                                            GError **error);
void verify_options_free(struct verify_options *options);

DEFINE_OWNED(verify_options, verify_options_free)

#endif
