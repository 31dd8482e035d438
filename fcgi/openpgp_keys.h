/* SPDX-License-Identifier: MIT
 *
 * Keyrings out of files: of the command line and of [openpgp] keyring. */
#ifndef INKAN_FCGI_OPENPGP_KEYS_H
#define INKAN_FCGI_OPENPGP_KEYS_H

#include "sign/openpgp_keyring.h"

/* Imports every key of the file (armoured or binary, LIMIT_OPENPGP_KEY_FILE). One that holds none
 * is logged and no error. False and *error, naming the file: it cannot be read, or not be
 * imported. */
bool openpgp_keys_load(struct openpgp_keyring *keyring, struct openpgp_verifier *verifier,
                       const char *path, int64_t at, GError **error);

/* The same for every plain file of a folder whose name does not begin with a dot, in the order of
 * their names. */
bool openpgp_keys_load_folder(struct openpgp_keyring *keyring, struct openpgp_verifier *verifier,
                              const char *path, int64_t at, GError **error);

#endif
