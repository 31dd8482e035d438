/* SPDX-License-Identifier: MIT
 *
 * When a message was checked and what that came to: the first complete verdict, which stays, the
 * octets and rules it rests on, and the last check after it. */
#ifndef INKAN_FCGI_JSON_CHECKS_H
#define INKAN_FCGI_JSON_CHECKS_H

#include "fcgi/judge.h"

struct json_t;

/* {"first", "inputs", "policyRevision", "later"}; `later` may be NULL. */
struct json_t *json_checks(const struct record *record, const struct judge_later *later);

#endif
