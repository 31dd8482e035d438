/* SPDX-License-Identifier: MIT
 *
 * What librnp knows about a key, in our words. */
#ifndef INKAN_SIGN_OPENPGP_RNP_KEY_H
#define INKAN_SIGN_OPENPGP_RNP_KEY_H

#include "sign/openpgp.h"

#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

/* The key store, emptied: it judges as of `at` and holds these certificates (array of GBytes; those
 * that librnp cannot read are left out). There is one a process, for openpgp_rnp_prepare's reason;
 * it is borrowed until the next call, by one thread. */
rnp_ffi_t openpgp_rnp_store(const GPtrArray *keys, int64_t at);

/* The primary key that `key` belongs to, itself perhaps. NULL: not there. The caller destroys. */
rnp_key_handle_t openpgp_rnp_primary(rnp_ffi_t ffi, rnp_key_handle_t key);

/* Why a signature by `key`, a part of `primary`, does not count; OPENPGP_FINE if it does. */
enum openpgp_reason openpgp_rnp_key_judge(rnp_key_handle_t key, rnp_key_handle_t primary,
                                          int64_t at);

/* User IDs with a sound certification by the key itself, made with a digest that is not weak, and
 * not revoked. UTF-8 on one line, others are left out. The caller frees. */
char **openpgp_rnp_user_ids(rnp_key_handle_t primary);

/* A string of librnp's as one of ours (upper-case hex, names); NULL stays NULL. */
char *openpgp_rnp_take(char *text);

bool openpgp_rnp_is_primary(rnp_key_handle_t key);

#endif
