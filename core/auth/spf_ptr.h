/* SPDX-License-Identifier: MIT
 *
 * Inside auth/spf: names of the client's address that lead back to it (RFC 7208 §5.5), for the
 * "ptr" mechanism and the "%{p}" macro. */
#ifndef INKAN_AUTH_SPF_PTR_H
#define INKAN_AUTH_SPF_PTR_H

#include "auth/spf_run.h"

/* "4.3.2.1.in-addr.arpa", "….ip6.arpa". The caller frees. */
char *spf_ptr_name(const struct ip *ip);

/* Does the client have a validated name at or below `domain`? Errors with single names pass them
 * over, an error with the PTR question itself is no match; SPF_FOUND_ERROR only where the message's
 * budget is used up. */
enum spf_found spf_ptr_match(struct spf_run *run, const char *domain, enum dnssec_state *dnssec,
                             enum spf_reason *reason);

/* The validated name that "%{p}" stands for: `domain` itself, else one below it, else any; NULL if
 * there is none. The caller frees. */
char *spf_ptr_find(struct spf_run *run, const char *domain);

#endif
