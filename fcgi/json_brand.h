/* SPDX-License-Identifier: MIT
 *
 * What was found about a brand, as JSON; no decisions. */
#ifndef INKAN_FCGI_JSON_BRAND_H
#define INKAN_FCGI_JSON_BRAND_H

#include "fcgi/brand_check.h"
#include "trust/evidence.h"
#include "trust/verdict.h"

/* One object: result, where the record is, the certificate, every step. `domain` is what was asked,
 * `lang` ("en", "ja") the language of its sentences. */
void json_brand_report(GString *out, const char *domain, const struct brand_report *report,
                       const char *lang);
/* One object: {"valid", "findings"}; `lang` as above. */
void json_brand_picture(GString *out, struct span key, const struct svg_report *picture,
                        const char *lang);
/* One object: {"valid", "type", "markType", "reason", "names", "logo", "revocation", "checks" …}.
 */
void json_brand_certificate(GString *out, struct span key, const struct markcert *markcert);

/* evidence.bimi; nothing where it was not evaluated. */
void json_brand_evidence(GString *out, const struct evidence *evidence,
                         const struct verdict *verdict);
/* The logo to draw beside a verdict, or null. */
void json_brand_logo(GString *out, struct span key, const struct evidence *evidence,
                     const struct verdict *verdict);

#endif
