/* SPDX-License-Identifier: MIT
 *
 * The steps of fcgi/brand_check that fetch: mark certificate with its CRLs, picture. Only
 * brand_check.c calls them. */
#ifndef INKAN_FCGI_BRAND_EVIDENCE_H
#define INKAN_FCGI_BRAND_EVIDENCE_H

#include "fcgi/brand_check.h"
#include "fcgi/brand_words.h"
#include "net/resolver.h"

/* One check under way. */
struct brand_work {
    const struct brand_tools *tools;
    const struct brand_question *question;
    struct brand_report *report;
    struct lookups *lookups;
    bool found;       /* an assertion record that may be followed */
    GBytes *embedded; /* the certified picture, unpacked, of a certificate that holds */
};

/* What was found, for a sentence. */
#define BRAND_FOUND(...) ((const char *const[BRAND_FOUND_MAX]){__VA_ARGS__})

/* brand_check.c: a step for the report (its English sentence is returned, borrowed); the result,
 * unless there is one already. */
const char *brand_work_step(struct brand_work *work, const char *name, enum brand_step_state state,
                            enum brand_said said, const char *const found[static BRAND_FOUND_MAX]);
void brand_work_end(struct brand_work *work, enum bimi_result result, enum bimi_reason reason,
                    const char *detail);

/* The certificate for the domain and selector of the report, with its CRLs: one that fails anyway,
 * or is checked offline, fetches none. The caller frees. */
struct markcert *brand_evidence_check(struct brand_work *work, struct span pem);
/* a=: fetches the certificate and its CRLs, checks it; fills report->markcert and ->kind. */
void brand_evidence_certificate(struct brand_work *work);
/* No a=: the domain's own word. */
void brand_evidence_self(struct brand_work *work);
/* l=: fetches the picture, compares it with the certified one, has it checked by the worker; fills
 * report->picture, ->svg and ->sha256. Without l= the certified one stands. */
void brand_evidence_picture(struct brand_work *work);

/* Whose a certificate is, by whom and for how long, as the step "certificate.whose": only what it
 * says of itself where it does not hold; nothing where it does not say so. */
void brand_evidence_whose(struct brand_work *work, const struct markcert *markcert);
/* The same and the checks of a certificate as steps "certificate.NAME", for the command too. */
void brand_evidence_tell(struct brand_work *work, const struct markcert *markcert);

#endif
