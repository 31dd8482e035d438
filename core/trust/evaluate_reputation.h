/* SPDX-License-Identifier: MIT
 *
 * The part of the conductor that knows whom lists may be asked about: the one address that handed
 * the message to our border, and the author's domain. Never an address further down, which anybody
 * can write, and never a user of ours who submitted it. */
#ifndef INKAN_TRUST_EVALUATE_REPUTATION_H
#define INKAN_TRUST_EVALUATE_REPUTATION_H

#include "mail/received.h"
#include "repute/dnsbl.h"
#include "trust/evaluate.h"

/* NULL: there are no lists, or nothing is looked up. Author and session must have been collected.
 */
struct dnsbl_check *evaluate_reputation_new(const struct evaluate_request *request,
                                            const struct border_session *border,
                                            const struct evidence *evidence);

/* Starts what there is room for; `check` may be NULL. */
void evaluate_reputation_ask(const struct dnsbl_check *check, struct lookups *lookups);
/* Asks the rest, waits, and copies into the evidence; `check` may be NULL. */
void evaluate_reputation_check(struct dnsbl_check *check, struct lookups *lookups,
                               struct evidence *evidence);

#endif
