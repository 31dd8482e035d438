/* SPDX-License-Identifier: MIT
 *
 * Small bricks of JSON trees. Jansson refuses what is no UTF-8 (json_string is NULL then, and the
 * whole object fails): what may hold such octets goes through json_outside. */
#ifndef INKAN_FCGI_JSON_TEXT_H
#define INKAN_FCGI_JSON_TEXT_H

#include <jansson.h>

/* Text of ours, of evidence or of a verdict: valid UTF-8 by construction. NULL becomes null. */
json_t *json_text(const char *text);
/* Any octets: what is no UTF-8 and control characters become U+FFFD. NULL becomes null. */
json_t *json_outside(const char *octets);
/* RFC 3339 in UTC. */
json_t *json_time(int64_t epoch);
/* A literal key. */
void json_put(json_t *object, const char *key, json_t *value);

#endif
