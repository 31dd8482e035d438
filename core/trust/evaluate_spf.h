/* SPDX-License-Identifier: MIT
 *
 * The part of the conductor that knows where an SMTP session may be taken from: the caller, or the
 * one line our own border wrote. SPF and Sender ID run on nothing else (verdict rules 7, 10, 13;
 * attacks B57). */
#ifndef INKAN_TRUST_EVALUATE_SPF_H
#define INKAN_TRUST_EVALUATE_SPF_H

#include "auth/sender_id.h"
#include "auth/spf.h"
#include "mail/received.h"
#include "trust/evaluate.h"

struct evaluate_spf {
    struct spf_check *spf;       /* NULL: not to be evaluated */
    struct sender_id *sender_id; /* NULL: not to be looked for */
};

/* Decides what runs. The evidence's author, session and statement must have been collected. */
void evaluate_spf_init(struct evaluate_spf *work, const struct evaluate_request *request,
                       const struct border_session *border, const struct author *author,
                       const struct evidence *evidence);
void evaluate_spf_clear(struct evaluate_spf *work);

/* Asks first what decides, MAIL FROM, then what informs, HELO and Sender ID. */
void evaluate_spf_ask(const struct evaluate_spf *work, struct lookups *lookups);
/* Evaluates MAIL FROM and copies the result into the evidence. */
void evaluate_spf_check(struct evaluate_spf *work, struct lookups *lookups,
                        struct evidence *evidence, const struct evaluate_request *request);
/* … and HELO and Sender ID. */
void evaluate_spf_inform(struct evaluate_spf *work, struct lookups *lookups,
                         struct evidence *evidence, const struct evaluate_request *request);

/* The domain of our MAIL FROM check, for DMARC; NULL if it does not run or has none. */
const char *evaluate_spf_domain(const struct evaluate_spf *work);

#endif
