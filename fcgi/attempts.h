/* SPDX-License-Identifier: MIT
 *
 * Failed sign-ins, in memory (attacks L222): counted for an account from one network, for the
 * network, and, with a much looser cap, for the account wherever from. So a stranger's guesses do
 * not lock the owner out, and guesses spread over many networks are still bounded. An attempt is
 * counted before the mail server is asked and forgiven when it was no wrong guess, so that many at
 * once are no way around the count. Thread-safe. */
#ifndef INKAN_FCGI_ATTEMPTS_H
#define INKAN_FCGI_ATTEMPTS_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct attempts;

struct attempts *attempts_new(void);
void attempts_free(struct attempts *attempts);

/* Counts one. False: too many within LIMIT_SIGN_IN_SECONDS; *retry_after seconds until the first of
 * them is forgotten. `account` is compared without regard to ASCII case; `client` is an IP address,
 * of which the /24 or /64 counts. */
bool attempts_begin(struct attempts *attempts, const char *account, const char *client, int64_t now,
                    unsigned *retry_after);
/* Takes one back. */
void attempts_forgive(struct attempts *attempts, const char *account, const char *client);

/* "192.0.2.0/24", "2001:db8::/64", "?" for what is no address. The caller frees. */
char *attempts_network(const char *client);

DEFINE_OWNED(attempts, attempts_free)

#endif
