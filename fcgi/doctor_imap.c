/* SPDX-License-Identifier: MIT
 *
 * The mail server: whether it proves who it is, for how long still, and what the newest messages of
 * an account show. Reading sets no flag. */
#include "account/imap.h"
#include "account/imap_stream.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/config.h"
#include "fcgi/doctor.h"

enum { DAY = 86400, CERTIFICATE_SOON_DAYS = 14, CLOCK_SKEW = 300 };

static const char *advice_of(const GError *error) {
    switch (error->code) {
    case IMAP_ERROR_CERTIFICATE:
        return "The certificate must be valid for [imap] host and chain to the system's "
               "authorities, or to [imap] ca-file.";
    case IMAP_ERROR_AUTHENTICATION:
        return "Look at the name and the password file; some providers want a password made for "
               "this program.";
    default:
        return "Look at [imap] host and port; IMAP over TLS (993) is what is spoken.";
    }
}

static bool check_certificate(struct doctor *doctor, const struct config *config,
                              const struct imap_server *server, int64_t now) {
    g_autoptr(GError) error = NULL;
    int64_t deadline = clock_monotonic_ms() + 1000 * (int64_t)config->imap_timeout;
    struct imap_stream *stream = imap_stream_open(server, deadline, -1, &error);
    if (!stream) {
        doctor_say(doctor, DOCTOR_FAIL, "imap", advice_of(error), "%s", error->message);
        return false;
    }
    int64_t expires = imap_stream_certificate_expires(stream);
    g_autofree char *until = clock_rfc3339(expires);
    bool soon = expires - now < (int64_t)CERTIFICATE_SOON_DAYS * DAY;
    doctor_say(doctor, soon ? DOCTOR_WARN : DOCTOR_OK, "imap",
               soon ? "Renew the certificate of the mail server." : NULL,
               "%s proves who it is (%s), until %s.", config->imap_host,
               imap_stream_tls_version(stream), until);
    imap_stream_free(stream);
    return true;
}

/* The newest messages with their headers; NULL: it is said why. */
static GPtrArray *fetch_newest(struct doctor *doctor, struct imap *imap) {
    g_autoptr(GError) error = NULL;
    OWNED(imap_page) page = NULL;
    GPtrArray *messages = NULL;
    if (imap_select(imap, "INBOX", &error) &&
        (page = imap_page(imap, 0, LIMIT_DOCTOR_MESSAGES, &error))) {
        g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        for (guint i = 0; i < page->messages->len; i++) {
            const struct imap_message *message = page->messages->pdata[i];
            g_array_append_val(uids, message->uid);
        }
        messages = imap_fetch(imap, IMAP_FETCH_ROW, (const uint32_t *)(void *)uids->data, uids->len,
                              0, &error);
    }
    if (!messages)
        doctor_say(doctor, DOCTOR_FAIL, "mailbox", NULL, "INBOX cannot be read: %s",
                   error->message);
    return messages;
}

static void compare_clocks(struct doctor *doctor, const GPtrArray *messages, int64_t now) {
    const struct imap_message *newest = messages->len ? messages->pdata[0] : NULL;
    if (newest && newest->internaldate > now + CLOCK_SKEW)
        doctor_say(doctor, DOCTOR_WARN, "clock", "Compare the clocks of both machines.",
                   "The newest message arrived in the future: this clock or the mail server's is "
                   "wrong.");
}

void doctor_imap(struct doctor *doctor, const struct config *config, const char *user,
                 const char *password, int64_t now) {
    g_autoptr(GError) error = NULL;
    OWNED(imap_server)
    server = imap_server_new(config->imap_host, (uint16_t)config->imap_port, config->imap_ca_file,
                             &error);
    if (!server) {
        doctor_say(doctor, DOCTOR_FAIL, "imap", "Correct [imap].", "%s", error->message);
        return;
    }
    if (!check_certificate(doctor, config, server, now) || !user)
        return;
    struct imap_login login = {.user = user, .password = password};
    struct imap_options options = {.command_ms = (int)config->imap_timeout * 1000, .cancel_fd = -1};
    OWNED(imap) imap = imap_open(server, &login, &options, &error);
    if (!imap) {
        doctor_say(doctor, DOCTOR_FAIL, "account", advice_of(error), "%s", error->message);
        return;
    }
    g_autoptr(GPtrArray) messages = fetch_newest(doctor, imap);
    if (!messages)
        return;
    doctor_say(doctor, DOCTOR_OK, "account", NULL, "%s signs in; the newest %u messages were read.",
               user, messages->len);
    compare_clocks(doctor, messages, now);
    doctor_belief(doctor, messages, config_trust_of(config, config->imap_host)->rules, user);
}
