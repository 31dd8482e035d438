/* SPDX-License-Identifier: MIT
 *
 * A verdict as JSON, in the shape of interfaces.md ("One line of verify"); "text" beside it is its
 * one sentence. Writes what is there, decides nothing. */
#ifndef INKAN_FCGI_JSON_VERDICT_H
#define INKAN_FCGI_JSON_VERDICT_H

#include "trust/verdict.h"

#include <jansson.h>

/* New reference. */
json_t *json_verdict(const struct verdict *verdict, enum reason_language language);
/* { "code", "severity", "params", "text" }; without "text" if language is LANGUAGE__MAX. */
json_t *json_reason(const struct reason *reason, enum reason_language language);

#endif
