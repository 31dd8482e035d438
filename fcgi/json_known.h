/* SPDX-License-Identifier: MIT
 *
 * What a user may say about a message, and said: JSON of trust/memory's offers and repute/contacts'
 * sayings. No decisions. */
#ifndef INKAN_FCGI_JSON_KNOWN_H
#define INKAN_FCGI_JSON_KNOWN_H

#include "repute/contacts.h"
#include "trust/evidence.h"

struct json_t;

/* [{"kind", "subject", "by", "known"}]: what of a message can be called known, and whether it is.
 */
struct json_t *json_known_offers(const struct evidence *evidence, const struct contacts *contacts);
/* [{"kind", "subject", "by", "since"}] */
struct json_t *json_known_list(const struct contacts *contacts);

#endif
