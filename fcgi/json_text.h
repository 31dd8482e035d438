/* SPDX-License-Identifier: MIT
 *
 * A brick of JSON trees. Jansson refuses what is no UTF-8 (json_string is NULL then, and the whole
 * object fails): octets from outside are made valid before. */
#ifndef INKAN_FCGI_JSON_TEXT_H
#define INKAN_FCGI_JSON_TEXT_H

#include <jansson.h>

/* Text of ours, of evidence or of a verdict: valid UTF-8 by construction. NULL becomes null. */
json_t *json_text(const char *text);

#endif
