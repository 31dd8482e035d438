/* SPDX-License-Identifier: MIT
 *
 * [trust] and [trust HOST] of inkan.conf: whose headers an account believes. A key of [trust HOST]
 * takes the place of the same key of [trust]; without any, a known mail host has the profile built
 * in for it and every other believes nobody. What a value may be is auth/belief's business. */
#ifndef INKAN_FCGI_CONFIG_TRUST_H
#define INKAN_FCGI_CONFIG_TRUST_H

#include <glib.h>
#include <stdbool.h>

/* Is it a key of these sections (verify aside, which [trust] alone has)? */
bool config_trust_is_key(const char *name);
/* "profile, authserv-ids, …", for messages. */
const char *config_trust_names(void);

/* Array of struct config_trust, the defaults (for accounts on `imap_host`) first; NULL and *error
 * names file, section and key. */
GPtrArray *config_trust_read(const char *name, GKeyFile *file, const char *imap_host,
                             GError **error);

#endif
