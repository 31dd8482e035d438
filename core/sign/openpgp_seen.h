/* SPDX-License-Identifier: MIT
 *
 * Keys that came with a message: in its Autocrypt field (Autocrypt 1.1 §2.1) or attached
 * (application/pgp-keys, RFC 3156 §7). Anybody can put his own key there, so they are shown and may
 * say whether a signature is intact, and never whose it is. */
#ifndef INKAN_SIGN_OPENPGP_SEEN_H
#define INKAN_SIGN_OPENPGP_SEEN_H

#include "sign/openpgp.h"

struct openpgp_seen_key {
    enum openpgp_source source;
    struct openpgp_certificate *certificate;
};

/* At most LIMIT_OPENPGP_SEEN keys, imported by the request's verifier. Appends to `keys`, an array
 * of struct openpgp_seen_key made by openpgp_seen_new. False: the verifier could not do it now. */
bool openpgp_seen_find(const struct openpgp_request *request, GArray *keys);
GArray *openpgp_seen_new(void);

#endif
