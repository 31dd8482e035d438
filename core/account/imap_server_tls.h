/* SPDX-License-Identifier: MIT
 *
 * What account/imap_stream alone may ask of a server: a TLS session of its context. */
#ifndef INKAN_ACCOUNT_IMAP_SERVER_TLS_H
#define INKAN_ACCOUNT_IMAP_SERVER_TLS_H

#include "account/imap_server.h"

struct ssl_st;

/* A new client session that demands a valid chain; the name is not set yet. The caller frees it
 * with SSL_free. NULL without memory. */
struct ssl_st *imap_server_tls(const struct imap_server *server);

#endif
