/* SPDX-License-Identifier: MIT
 *
 * Octets to and from an IMAP server: TCP, then TLS with the server's certificate and name verified
 * before anything else is sent (RFC 8314 §3, RFC 9525), one absolute deadline, one cancel eventfd.
 * Knows no IMAP. poll(2), never select(2): descriptors above 1023 are usual in a service.
 * The process ignores SIGPIPE. */
#ifndef INKAN_ACCOUNT_IMAP_STREAM_H
#define INKAN_ACCOUNT_IMAP_STREAM_H

#include "account/imap_server.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct imap_stream;

/* Connected and verified, or NULL and *error: IMAP_ERROR_UNREACHABLE, _TIMEOUT, _CERTIFICATE,
 * _CANCELLED. deadline as clock_monotonic_ms; cancel_fd as in imap_options. */
struct imap_stream *imap_stream_open(const struct imap_server *server, int64_t deadline,
                                     int cancel_fd, GError **error);
/* For tests and the fuzz target: reads give these octets (borrowed) and then the end; what is
 * written vanishes. */
struct imap_stream *imap_stream_from_octets(struct span octets);
/* Closes without waiting. */
void imap_stream_free(struct imap_stream *stream);

void imap_stream_set_deadline(struct imap_stream *stream, int64_t deadline);

/* At least one octet, at most n; waits for it. -1 and *error: IMAP_ERROR_PROTOCOL at the end of the
 * stream (a truncated TLS stream included), else as above. */
ssize_t imap_stream_read(struct imap_stream *stream, void *octets, size_t n, GError **error);
/* All of them. */
bool imap_stream_write(struct imap_stream *stream, struct span octets, GError **error);

/* Waits until there is something to read, `until` (clock_monotonic_ms) has come or wake_fd (-1 =
 * none) is readable: *readable says whether it was the first. False and *error: _CANCELLED. */
bool imap_stream_wait(struct imap_stream *stream, int64_t until, int wake_fd, bool *readable,
                      GError **error);

/* "TLSv1.3"; borrowed, never NULL. */
const char *imap_stream_tls_version(const struct imap_stream *stream);
/* The last second that the server's certificate is valid, epoch seconds; 0 = unknown. */
int64_t imap_stream_certificate_expires(const struct imap_stream *stream);

/* False if the peer has closed or sent something although nobody asked: such a connection is not
 * worth keeping in a pool. Does not wait. */
bool imap_stream_quiet(struct imap_stream *stream);

#endif
