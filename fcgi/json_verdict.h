/* SPDX-License-Identifier: MIT
 *
 * A verdict as JSON, in the shape of interfaces.md ("One line of verify"); "text" beside it is its
 * one sentence. Writes what is there, decides nothing. */
#ifndef INKAN_FCGI_JSON_VERDICT_H
#define INKAN_FCGI_JSON_VERDICT_H

#include "trust/verdict.h"

#include <jansson.h>

/* Appends the object; `key`: what stands before it, as in json_emit_open. */
void json_verdict_emit(GString *out, struct span key, const struct verdict *verdict,
                       enum reason_language language);
/* The same as a tree. New reference. */
json_t *json_verdict(const struct verdict *verdict, enum reason_language language);

/* Appends { "code", "severity", "params", "text" } to a list; without "text" if language is
 * LANGUAGE__MAX. */
void json_reason_emit(GString *out, const struct reason *reason, enum reason_language language);

#endif
