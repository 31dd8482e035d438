/* SPDX-License-Identifier: MIT
 *
 * One evaluation under way: what trust/evaluate (the first time), trust/evaluate_again (under other
 * belief rules) and the files they lean on share. Private to these. */
#ifndef INKAN_TRUST_EVALUATE_WORK_H
#define INKAN_TRUST_EVALUATE_WORK_H

#include "auth/arc.h"
#include "auth/authres.h"
#include "auth/belief.h"
#include "auth/dkim.h"
#include "auth/dmarc.h"
#include "auth/domainkeys.h"
#include "auth/orgdomain.h"
#include "auth/statement.h"
#include "mail/author.h"
#include "mail/received.h"
#include "trust/evaluate.h"
#include "trust/evaluate_spf.h"
#include "trust/evaluate_tree.h"

struct evaluate_work {
    const struct evaluate_request *request;
    const struct belief_rules *rules;
    struct evidence *evidence;
    struct author *author;
    struct hops *hops;
    struct border_session border;
    struct authres *authres;
    struct statement *statement, *forwarded;
    struct dkim_hashes *hashes;
    struct dkim_check *dkim;
    struct arc_check *arc;               /* NULL: not to be checked */
    struct domainkeys_check *domainkeys; /* likewise */
    struct evaluate_spf spf;
    struct dnsbl_check *reputation; /* NULL: no list is asked */
    struct evaluate_tree tree;
    bool check_dkim, check_dmarc;
};
/* Fills author, hops, border, authres, statements, dkim; and the evidence's session and receipt. */
void evaluate_read(struct evaluate_work *work);
/* Hops, fields and statements into the evidence; its signatures must be there. */
void evaluate_collect_believed(struct evaluate_work *work);
void evaluate_work_clear(struct evaluate_work *work);

/* Which checks of ours the mode and the believed headers leave to be done. */
bool evaluate_wants_dkim(const struct evaluate_work *work);
bool evaluate_wants_dmarc(const struct evaluate_work *work);
/* temperror and silence are none (verdict rule 13). */
bool evaluate_is_answer(enum auth_result result);

/* DMARC once check_dkim and spf are decided: its questions, and then its result. */
void evaluate_dmarc_ask(const struct evaluate_work *work, struct lookups *lookups);
void evaluate_dmarc_check(struct evaluate_work *work, struct lookups *lookups);
/* The same from record and alignments of an earlier evaluation. False: some were not asked for
 * then. work->dkim->results[].chosen must be set. */
bool evaluate_dmarc_again(struct evaluate_work *work, const struct evidence *before);

#endif
