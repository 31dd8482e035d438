/* SPDX-License-Identifier: MIT
 *
 * The TLS context of one server: TLS 1.2 and up (RFC 8996), no renegotiation, no compression, only
 * the roots that were named. The name itself is checked by account/imap_stream in the handshake. */
#include "account/imap_server.h"

#include "account/imap_error.h"
#include "account/imap_server_tls.h"
#include "base/limits.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <string.h>

struct imap_server {
    char *host;
    uint16_t port;
    SSL_CTX *tls;
};

/* A name or address that can stand in a certificate and in SNI; nothing else is looked up. */
static bool host_ok(const char *host) {
    if (!host || !*host || strlen(host) > LIMIT_DOMAIN)
        return false;
    return host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             ".-_:")] == '\0';
}

static SSL_CTX *tls_new(const char *ca_file) {
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    if (!tls)
        return NULL;
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    int ok = SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) &&
             (ca_file ? SSL_CTX_load_verify_locations(tls, ca_file, NULL)
                      : SSL_CTX_set_default_verify_paths(tls));
    if (ok == 1)
        return tls;
    SSL_CTX_free(tls);
    return NULL;
}

struct imap_server *imap_server_new(const char *host, uint16_t port, const char *ca_file,
                                    GError **error) {
    if (!host_ok(host) || port == 0) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT,
                    "The mail server must be a host name or address and a port.");
        return NULL;
    }
    ERR_clear_error();
    SSL_CTX *tls = tls_new(ca_file);
    if (!tls) {
        const char *why = ERR_reason_error_string(ERR_peek_last_error());
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT,
                    "The certificates of %s could not be loaded: %s.",
                    ca_file ? ca_file : "the system", why ? why : "unknown reason");
        ERR_clear_error();
        return NULL;
    }
    struct imap_server *server = g_new0(struct imap_server, 1);
    server->host = g_strdup(host);
    server->port = port;
    server->tls = tls;
    return server;
}

void imap_server_free(struct imap_server *server) {
    if (!server)
        return;
    SSL_CTX_free(server->tls);
    g_free(server->host);
    g_free(server);
}

const char *imap_server_host(const struct imap_server *server) {
    return server->host;
}

uint16_t imap_server_port(const struct imap_server *server) {
    return server->port;
}

struct ssl_st *imap_server_tls(const struct imap_server *server) {
    return SSL_new(server->tls);
}
