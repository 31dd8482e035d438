/* SPDX-License-Identifier: MIT
 *
 * An IMAP server to connect to: its name, and the TLS context that decides whether it is the one.
 */
#ifndef INKAN_ACCOUNT_IMAP_SERVER_H
#define INKAN_ACCOUNT_IMAP_SERVER_H

#include "base/own.h"

#include <glib.h>
#include <stdint.h>

/* Where to connect and whom to believe. Built once a server, constant afterwards, shared by all
 * threads; holds the TLS context (loading the system's roots takes 28 ms). */
struct imap_server;
/* `host`: a name or an IP address literal; it is what the certificate must be valid for (RFC 6125,
 * RFC 9525; no partial wildcards) and, if a name, what SNI carries. `ca_file`: PEM file of the only
 * roots believed; NULL: the system's. TLS 1.2 and up. NULL and *error (IMAP_ERROR_ARGUMENT) if host
 * or file are not usable. */
struct imap_server *imap_server_new(const char *host, uint16_t port, const char *ca_file,
                                    GError **error);
/* Nothing that uses it may be left. */
void imap_server_free(struct imap_server *server);
const char *imap_server_host(const struct imap_server *server);
uint16_t imap_server_port(const struct imap_server *server);

DEFINE_OWNED(imap_server, imap_server_free)

#endif
