/* SPDX-License-Identifier: MIT
 *
 * Evidence as JSON, in the shape of interfaces.md. A mechanism that was not evaluated is absent;
 * one that found nothing is there and says so. */
#ifndef INKAN_FCGI_JSON_EVIDENCE_H
#define INKAN_FCGI_JSON_EVIDENCE_H

#include "trust/evidence.h"
#include "trust/verdict.h"

#include <jansson.h>

/* Appends the object; `key`: what stands before it, as in json_emit_open. Cautions stand in the
 * verdict and are shown here too. */
void json_evidence_emit(GString *out, struct span key, const struct evidence *evidence,
                        const struct verdict *verdict);
/* The same as a tree. New reference. */
json_t *json_evidence(const struct evidence *evidence, const struct verdict *verdict);

#endif
