/* SPDX-License-Identifier: MIT
 *
 * The grounds of the verdict table: small questions about the findings, one for each row. Each
 * answers with its subject (the domain that signed, the author domain, the user, …; "" where a row
 * needs none), borrowed from the evidence, or with NULL where it does not hold. What a ground is
 * worth, and which goes before which, is the table's business. */
#ifndef INKAN_TRUST_GROUND_H
#define INKAN_TRUST_GROUND_H

#include "trust/finding.h"

/* A server said that DMARC failed, and that failure is evidence (rule 11). */
bool ground_server_failed(const struct findings *f);

/* Something temporary could still give another answer. */
bool ground_is_unsettled(const struct findings *f);

/* A personal signature may be there and has not been looked at: it could give a better answer. */
bool ground_is_signature_due(const struct findings *f);

/* Findings that end the question */
const char *ground_in_own_mailbox(const struct findings *f);
const char *ground_two_readings(const struct findings *f);
const char *ground_no_address(const struct findings *f);

/* Rules 14, 15: a person's signature */
const char *ground_signed_from_differs(const struct findings *f);
const char *ground_signed_smime_with_headers(const struct findings *f);
const char *ground_signed_smime(const struct findings *f);
const char *ground_signed_openpgp_with_headers(const struct findings *f);
const char *ground_signed_openpgp(const struct findings *f);

/* Proofs */
const char *ground_server_passed_signature(const struct findings *f);
const char *ground_own_intact(const struct findings *f);
const char *ground_own_intact_against_server(const struct findings *f);
const char *ground_server_named_signature(const struct findings *f);

/* Rule 10: submitted here */
const char *ground_submitted_by_author(const struct findings *f);
const char *ground_submitted_in_own_domain(const struct findings *f);
const char *ground_submitted_for_other(const struct findings *f);

/* Rule 12: a forwarder the operator named */
const char *ground_forwarder_passed(const struct findings *f);

/* Rules 4, 8, 9: the server says it failed */
const char *ground_failed_with_exception(const struct findings *f);
const char *ground_failed_but_changed(const struct findings *f);
const char *ground_failed_policy_pending(const struct findings *f);
const char *ground_failed_reject(const struct findings *f);
const char *ground_failed_quarantine(const struct findings *f);
const char *ground_failed_none(const struct findings *f);
const char *ground_failed_unknown(const struct findings *f);
const char *ground_disputed(const struct findings *f);

/* Less than a proof */
const char *ground_server_named_unmatched(const struct findings *f);
const char *ground_server_passed_by_spf(const struct findings *f);
const char *ground_server_passed_partial(const struct findings *f);
const char *ground_server_passed_somehow(const struct findings *f);
const char *ground_server_passed_anyone(const struct findings *f);
const char *ground_spf_without_record(const struct findings *f);
const char *ground_spf_with_record(const struct findings *f);
const char *ground_own_spf_without_record(const struct findings *f);
const char *ground_own_spf_with_record(const struct findings *f);
const char *ground_server_named_child(const struct findings *f);
const char *ground_own_child(const struct findings *f);

/* Not known yet */
const char *ground_pending(const struct findings *f);
const char *ground_trouble(const struct findings *f);
const char *ground_lasting_trouble(const struct findings *f);

/* Why nothing is established */
const char *ground_own_partial(const struct findings *f);
const char *ground_server_named_partial(const struct findings *f);
const char *ground_own_testing(const struct findings *f);
const char *ground_own_changed(const struct findings *f);
const char *ground_own_failed_old(const struct findings *f);
const char *ground_own_failed_reject(const struct findings *f);
const char *ground_own_failed_quarantine(const struct findings *f);
const char *ground_own_failed_none(const struct findings *f);
const char *ground_spf_anyone(const struct findings *f);
const char *ground_own_gone(const struct findings *f);
const char *ground_own_bad(const struct findings *f);
const char *ground_server_named_bad(const struct findings *f);
const char *ground_own_foreign(const struct findings *f);
const char *ground_server_named_foreign(const struct findings *f);
const char *ground_inconclusive(const struct findings *f);
const char *ground_no_session(const struct findings *f);
const char *ground_nobody_looked(const struct findings *f);
const char *ground_always(const struct findings *f);

#endif
