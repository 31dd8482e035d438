/* SPDX-License-Identifier: MIT
 *
 * OpenSSL over a non-blocking socket. Every wait goes through dial_wait, so every wait knows the
 * deadline and the cancel eventfd. */
#include "account/imap_stream.h"

#include "account/dial.h"
#include "account/imap_error.h"
#include "account/imap_server_tls.h"
#include "base/clock.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>

struct imap_stream {
    int fd; /* -1: octets from memory */
    SSL *tls;
    int64_t deadline;
    int cancel_fd;
    struct span octets;
};

static bool is_address(const char *host) {
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* RFC 9525 §6: only names of subjectAltName count, wildcards only as a whole left-most label. */
static bool tls_expect(SSL *tls, const char *host) {
    X509_VERIFY_PARAM *param = SSL_get0_param(tls);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (is_address(host)) /* RFC 6066 §3: no SNI for addresses */
        return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
    g_autofree char *name = g_strdup(host); /* OpenSSL's macro casts const away */
    return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 &&
           SSL_set_tlsext_host_name(tls, name) == 1;
}

static const char *certificate_words(long check) {
    switch (check) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "was issued for another name";
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "is not valid yet";
    case X509_V_ERR_CERT_REVOKED:
        return "has been revoked";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return "is signed by itself only";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "was issued by an authority that is not known here";
    default:
        return NULL;
    }
}

static void set_handshake_error(SSL *tls, const char *host, GError **error) {
    long check = SSL_get_verify_result(tls);
    if (check != X509_V_OK) {
        const char *words = certificate_words(check);
        if (words)
            g_set_error(error, IMAP_ERROR, IMAP_ERROR_CERTIFICATE,
                        "The certificate of the mail server %s %s.", host, words);
        else
            g_set_error(error, IMAP_ERROR, IMAP_ERROR_CERTIFICATE,
                        "The certificate of the mail server %s was not accepted: %s.", host,
                        X509_verify_cert_error_string(check));
        return;
    }
    const char *why = ERR_reason_error_string(ERR_peek_error());
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_UNREACHABLE,
                "No encrypted connection with the mail server %s could be agreed on: %s.", host,
                why ? why : "it closed the connection");
}

/* What an unfinished OpenSSL call waits for; 0 = it failed. */
static short tls_events(const SSL *tls, int result) {
    int reason = SSL_get_error(tls, result);
    return reason == SSL_ERROR_WANT_READ ? POLLIN : reason == SSL_ERROR_WANT_WRITE ? POLLOUT : 0;
}

static bool tls_handshake(struct imap_stream *stream, const char *host, GError **error) {
    if (!stream->tls || SSL_set_fd(stream->tls, stream->fd) != 1 ||
        !tls_expect(stream->tls, host)) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_UNREACHABLE, "TLS could not be set up.");
        return false;
    }
    for (;;) {
        ERR_clear_error();
        int result = SSL_connect(stream->tls);
        if (result == 1)
            return true;
        short events = tls_events(stream->tls, result);
        if (!events) {
            set_handshake_error(stream->tls, host, error);
            ERR_clear_error();
            return false;
        }
        if (!dial_wait(stream->fd, events, stream->deadline, stream->cancel_fd, error))
            return false;
    }
}

struct imap_stream *imap_stream_open(const struct imap_server *server, int64_t deadline,
                                     int cancel_fd, GError **error) {
    const char *host = imap_server_host(server);
    int fd = dial(host, imap_server_port(server), deadline, cancel_fd, error);
    if (fd < 0)
        return NULL;
    struct imap_stream *stream = g_new0(struct imap_stream, 1);
    stream->fd = fd;
    stream->deadline = deadline;
    stream->cancel_fd = cancel_fd;
    stream->tls = imap_server_tls(server);
    if (tls_handshake(stream, host, error))
        return stream;
    imap_stream_free(stream);
    return NULL;
}

struct imap_stream *imap_stream_from_octets(struct span octets) {
    struct imap_stream *stream = g_new0(struct imap_stream, 1);
    stream->fd = -1;
    stream->octets = octets;
    return stream;
}

void imap_stream_free(struct imap_stream *stream) {
    if (!stream)
        return;
    if (stream->tls)
        SSL_free(stream->tls);
    if (stream->fd >= 0)
        close(stream->fd);
    g_free(stream);
}

void imap_stream_set_deadline(struct imap_stream *stream, int64_t deadline) {
    stream->deadline = deadline;
}

static void set_closed(GError **error) {
    ERR_clear_error();
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_PROTOCOL, "The mail server closed the connection.");
}

static ssize_t read_octets(struct imap_stream *stream, void *octets, size_t n, GError **error) {
    size_t got = MIN(n, stream->octets.n);
    if (got == 0) {
        set_closed(error);
        return -1;
    }
    memcpy(octets, stream->octets.p, got);
    stream->octets = span_from(stream->octets, got);
    return (ssize_t)got;
}

ssize_t imap_stream_read(struct imap_stream *stream, void *octets, size_t n, GError **error) {
    if (stream->fd < 0)
        return read_octets(stream, octets, n, error);
    for (;;) {
        /* A server that always has one more octet must meet its deadline too. */
        if (!dial_check(stream->deadline, stream->cancel_fd, error))
            return -1;
        ERR_clear_error();
        size_t got = 0;
        int result = SSL_read_ex(stream->tls, octets, n, &got);
        if (result == 1)
            return (ssize_t)got;
        short events = tls_events(stream->tls, result);
        if (!events) {
            set_closed(error);
            return -1;
        }
        if (!dial_wait(stream->fd, events, stream->deadline, stream->cancel_fd, error))
            return -1;
    }
}

bool imap_stream_write(struct imap_stream *stream, struct span octets, GError **error) {
    while (stream->fd >= 0 && octets.n > 0) {
        ERR_clear_error();
        size_t put = 0;
        int result = SSL_write_ex(stream->tls, octets.p, octets.n, &put);
        if (result == 1) {
            octets = span_from(octets, put);
            continue;
        }
        short events = tls_events(stream->tls, result);
        if (!events) {
            set_closed(error);
            return false;
        }
        if (!dial_wait(stream->fd, events, stream->deadline, stream->cancel_fd, error))
            return false;
    }
    return true;
}

bool imap_stream_quiet(struct imap_stream *stream) {
    if (stream->fd < 0)
        return stream->octets.n == 0;
    struct pollfd look = {.fd = stream->fd, .events = POLLIN};
    return SSL_pending(stream->tls) == 0 && poll(&look, 1, 0) == 0;
}

const char *imap_stream_tls_version(const struct imap_stream *stream) {
    return stream->tls ? SSL_get_version(stream->tls) : "none";
}

int64_t imap_stream_certificate_expires(const struct imap_stream *stream) {
    X509 *certificate = stream->tls ? SSL_get1_peer_certificate(stream->tls) : NULL;
    struct tm tm = {0};
    bool known = certificate && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &tm) == 1;
    X509_free(certificate);
    return known ? (int64_t)timegm(&tm) : 0;
}

bool imap_stream_wait(struct imap_stream *stream, int64_t until, int wake_fd, bool *readable,
                      GError **error) {
    *readable = stream->fd < 0 || SSL_pending(stream->tls) > 0;
    while (!*readable) {
        struct pollfd wait[3] = {{.fd = stream->fd, .events = POLLIN},
                                 {.fd = wake_fd, .events = POLLIN},
                                 {.fd = stream->cancel_fd, .events = POLLIN}};
        int64_t left = until - clock_monotonic_ms();
        int ready = left <= 0 ? 0 : poll(wait, 3, (int)MIN(left, G_MAXINT));
        if (ready < 0 && errno == EINTR)
            continue;
        if (wait[2].revents)
            return dial_check(G_MAXINT64, stream->cancel_fd, error);
        *readable = ready > 0 && wait[0].revents;
        break;
    }
    return true;
}
