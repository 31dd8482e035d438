/* SPDX-License-Identifier: MIT
 *
 * Inside auth/spf: does one directive match the client (RFC 7208 §5)? All mechanisms but "all",
 * which always does, and "include", which is a check_host() of its own. */
#ifndef INKAN_AUTH_SPF_MATCH_H
#define INKAN_AUTH_SPF_MATCH_H

#include "auth/spf_run.h"

struct spf_match {
    enum spf_found found;   /* SPF_FOUND: it matches */
    enum auth_result error; /* with SPF_FOUND_ERROR: temperror or permerror, and why */
    enum spf_reason reason;
    bool voided;              /* some look-up of it found nothing (§4.6.4) */
    bool anyone;              /* it matches most of the Internet */
    enum dnssec_state dnssec; /* of what it matched by; secure where nothing was looked up */
};

/* `name`: the expanded domain-spec, or the domain itself where there was none. */
void spf_match(struct spf_run *run, const char *name, const struct spf_directive *directive,
               struct spf_match *match);

/* Starts the first question that spf_match (or an include) will ask. */
void spf_match_ask(struct spf_run *run, const char *name, const struct spf_directive *directive);

#endif
