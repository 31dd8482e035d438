/* SPDX-License-Identifier: MIT
 *
 * A TCP connection to a host by name, within a deadline: the look-up too, which getaddrinfo alone
 * would let hang as long as the resolver is dead. Every address is tried in the order of RFC 6724.
 * Also the one way this room waits for a socket. */
#ifndef INKAN_ACCOUNT_DIAL_H
#define INKAN_ACCOUNT_DIAL_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* A connected, non-blocking, close-on-exec socket with TCP_NODELAY, owned by the caller; -1 and
 * *error: IMAP_ERROR_UNREACHABLE, _TIMEOUT or _CANCELLED. `deadline` as clock_monotonic_ms. */
int dial(const char *host, uint16_t port, int64_t deadline, int cancel_fd, GError **error);

/* Waits until fd is ready for `events` of poll(2). False and *error: IMAP_ERROR_TIMEOUT or
 * _CANCELLED (cancel_fd became readable; -1 = none). */
bool dial_wait(int fd, short events, int64_t deadline, int cancel_fd, GError **error);

/* False and the same errors if the deadline has passed or cancel_fd is readable. Does not wait. */
bool dial_check(int64_t deadline, int cancel_fd, GError **error);

#endif
