/* SPDX-License-Identifier: MIT
 *
 * A secret in memory: in pages of its own, locked so that it is not written to swap, left out of
 * core dumps, wiped when freed. Locking is best effort (RLIMIT_MEMLOCK). */
#ifndef INKAN_ACCOUNT_SECRET_H
#define INKAN_ACCOUNT_SECRET_H

#include "base/own.h"

struct secret;

/* Copies `text`; NULL gives NULL. */
struct secret *secret_new(const char *text);
void secret_free(struct secret *secret);
/* Borrowed; NULL for NULL. */
const char *secret_text(const struct secret *secret);

DEFINE_OWNED(secret, secret_free)

#endif
