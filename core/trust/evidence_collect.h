/* SPDX-License-Identifier: MIT
 *
 * From the structs of the rooms, which borrow from the octets, to evidence, which does not. Nothing
 * is decided here beyond what one field of evidence says about another (does this signature speak
 * of that header field, is this domain a public suffix). */
#ifndef INKAN_TRUST_EVIDENCE_COLLECT_H
#define INKAN_TRUST_EVIDENCE_COLLECT_H

#include "auth/authres.h"
#include "auth/dkim.h"
#include "auth/dmarc.h"
#include "auth/domainkeys.h"
#include "auth/sender_id.h"
#include "auth/spf.h"
#include "auth/statement.h"
#include "mail/author.h"
#include "mail/received.h"
#include "trust/evaluate_tree.h"
#include "trust/evidence.h"

void collect_author(struct evidence *evidence, const struct author *author,
                    const struct public_suffixes *suffixes);
/* Reply-To, List-Id, To, Cc, who organizes what it invites to: what the cautions ask about.
 * `recipients` may be NULL. */
void collect_surroundings(struct evidence *evidence, struct evaluate_tree *tree,
                          const struct public_suffixes *suffixes, const char *const *recipients);
void collect_hops(struct evidence *evidence, const struct hops *hops);
void collect_authres(struct evidence *evidence, const struct authres *authres);

/* What the signatures claim; and, once dkim_verify has run, what they are. */
void collect_signatures(struct evidence *evidence, const struct dkim_check *check,
                        const struct message *message, const struct public_suffixes *suffixes);
void collect_signature_results(struct evidence *evidence, const struct dkim_check *check);

/* Into *target, one of the evidence's two statements. Signatures must have been collected: each
 * stated one is matched to what it speaks of (verdict rule 8); where that could be several, to the
 * one that covers least. */
void collect_statement(struct evidence *evidence, struct evidence_statement *target,
                       const struct statement *statement, const struct authres *authres,
                       const struct dkim_check *check, const struct belief_rules *rules,
                       const struct public_suffixes *suffixes);

/* MAIL FROM and HELO, each once spf_verify has run for it; and what the message calls its PRA,
 * checked or not. */
void collect_spf(struct evidence *evidence, const struct spf_check *check,
                 const struct public_suffixes *suffixes);
void collect_spf_helo(struct evidence *evidence, const struct spf_check *check);
void collect_sender_id(struct evidence *evidence, const struct sender_id *sender_id);

/* `spf_known`: some SPF check went in. A fail without one says so: SPF might have passed. */
void collect_dmarc(struct evidence *evidence, const struct dmarc_result *result, bool from_server,
                   bool spf_known);

/* After domainkeys_verify. */
void collect_domainkeys(struct evidence *evidence, const struct domainkeys_check *check);
/* DKIM2-Signature and Message-Instance fields of the draft. */
void collect_dkim2(struct evidence *evidence, const struct message *message);
/* The one BIMI-Selector field; several are none. Other BIMI- fields are never read: anybody can
 * write them (attacks E111). */
void collect_bimi_selector(struct evidence *evidence, const struct message *message);

/* b= of a signature as header.b has it: without white space. The caller frees. */
char *collect_signature_b(const struct dkim_signature *signature);

#endif
