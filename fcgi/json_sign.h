/* SPDX-License-Identifier: MIT
 *
 * Personal signatures as JSON (fcgi/json_evidence). */
#ifndef INKAN_FCGI_JSON_SIGN_H
#define INKAN_FCGI_JSON_SIGN_H

#include "trust/evidence.h"

/* The member "smime", with the properties of RFC 9219 §4.1; nothing where it was not evaluated. */
void json_sign_smime(GString *out, const struct evidence_smime *smime);
/* The member "openpgp"; nothing where it was not evaluated. */
void json_sign_openpgp(GString *out, const struct evidence_openpgp *openpgp);

/* What S/MIME and OpenPGP say alike: the members "covers" and "others". */
void json_sign_coverage(GString *out, const struct evidence_coverage *covers);
void json_sign_others(GString *out, const struct evidence_other_signature *others, guint n);
/* An RFC 3339 time, or null where there is none (`time` < `least`). */
void json_sign_time(GString *out, struct span key, int64_t time, int64_t least);

#endif
