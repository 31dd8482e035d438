/* SPDX-License-Identifier: MIT
 *
 * Signing in: what the server offers, then one SASL exchange of our own (RFC 3501 §6.2.2, with RFC
 * 4959 where it is offered). TLS was verified before; secrets go nowhere else. No referrals (RFC
 * 2221): a refusal is a refusal. */
#include "account/imap_session.h"

#include "base/limits.h"

#include <libetpan/libetpan.h>

static const struct {
    const char *name;
    enum imap_capability capability;
} capability_names[] = {
    {"SASL-IR", IMAP_CAN_SASL_IR},
    {"LITERAL+", IMAP_CAN_LITERAL_PLUS},
    {"AUTH=PLAIN", IMAP_CAN_PLAIN},
    {"AUTH=OAUTHBEARER", IMAP_CAN_OAUTHBEARER},
    {"AUTH=XOAUTH2", IMAP_CAN_XOAUTH2},
    {"LOGINDISABLED", IMAP_LOGINDISABLED},
    {"MOVE", IMAP_CAN_MOVE},
    {"UIDPLUS", IMAP_CAN_UIDPLUS},
    {"NAMESPACE", IMAP_CAN_NAMESPACE},
    {"LIST-EXTENDED", IMAP_CAN_LIST_EXTENDED},
    {"SPECIAL-USE", IMAP_CAN_SPECIAL_USE},
    {"CREATE-SPECIAL-USE", IMAP_CAN_CREATE_USE},
    {"LIST-STATUS", IMAP_CAN_LIST_STATUS},
    {"IDLE", IMAP_CAN_IDLE},
};

/* Reads what libetpan last heard about capabilities; keeps the old ones if it heard nothing. */
static void read_capabilities(struct imap *imap) {
    struct mailimap_connection_info *info = imap->session->imap_connection_info;
    if (!info || !info->imap_capability)
        return;
    imap->capabilities = 0;
    clist *list = info->imap_capability->cap_list;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_capability *c = clist_content(i);
        bool auth = c->cap_type == MAILIMAP_CAPABILITY_AUTH_TYPE;
        const char *name = auth ? c->cap_data.cap_auth_type : c->cap_data.cap_name;
        g_autofree char *whole = g_strconcat(auth ? "AUTH=" : "", name, NULL);
        for (size_t k = 0; k < G_N_ELEMENTS(capability_names); k++)
            if (g_ascii_strcasecmp(whole, capability_names[k].name) == 0)
                imap->capabilities |= capability_names[k].capability;
    }
}

static void forget_capabilities(struct imap *imap) {
    struct mailimap_connection_info *info = imap->session->imap_connection_info;
    if (info && info->imap_capability)
        mailimap_capability_data_free(info->imap_capability);
    if (info)
        info->imap_capability = NULL;
}

/* Asks only if the server did not tell by itself (RFC 3501 §7.1 CAPABILITY code). */
static bool learn_capabilities(struct imap *imap, GError **error) {
    struct mailimap_connection_info *info = imap->session->imap_connection_info;
    if (!info || !info->imap_capability) {
        struct imap_command command;
        imap_begin_command(imap, &command);
        imap_command_add(&command, "CAPABILITY");
        if (!imap_run(imap, &command, error))
            return false;
    }
    read_capabilities(imap);
    return true;
}

/* A SASL message that holds a secret; made once, wiped after use. */
static GString *message_new(void) {
    return g_string_sized_new(2 * LIMIT_IMAP_SECRET);
}

static void message_free(GString *message) {
    explicit_bzero(message->str, message->allocated_len);
    g_string_free(message, TRUE);
}

/* message = [authzid] NUL authcid NUL passwd   (RFC 4616 §2) */
static GString *plain_message(const struct imap_login *login) {
    GString *message = message_new();
    g_string_append_c(message, '\0');
    g_string_append(message, login->user);
    g_string_append_c(message, '\0');
    return g_string_append(message, login->password);
}

/* client-resp = gs2-header kvsep *kvpair kvsep, kvsep = %x01, "," and "=" of the name as "=2C" and
 * "=3D"   (RFC 7628 §3.1, RFC 5801 §4) */
static GString *oauthbearer_message(const struct imap_login *login) {
    GString *message = message_new();
    g_string_append(message, "n,a=");
    for (const char *p = login->user; *p; p++)
        if (*p == ',' || *p == '=')
            g_string_append(message, *p == ',' ? "=2C" : "=3D");
        else
            g_string_append_c(message, *p);
    g_string_append_printf(message, ",\1auth=Bearer %s\1\1", login->bearer);
    return message;
}

static GString *xoauth2_message(const struct imap_login *login) {
    GString *message = message_new();
    g_string_append_printf(message, "user=%s\1auth=Bearer %s\1\1", login->user, login->bearer);
    return message;
}

/* AUTHENTICATE with `message` (freed). `goodbye` answers the challenge by which an OAuth server
 * says why it refuses (RFC 7628 §3.2.3); NULL: none is expected. */
static bool authenticate(struct imap *imap, const char *mechanism, GString *message,
                         const char *goodbye, GError **error) {
    char *base64 = g_base64_encode((const guchar *)message->str, message->len);
    message_free(message);
    struct imap_command command;
    imap_begin_command(imap, &command);
    imap_command_add(&command, "AUTHENTICATE %s", mechanism);
    if (imap->capabilities & IMAP_CAN_SASL_IR) {
        g_string_append_c(command.octets, ' ');
    } else {
        g_string_append(command.octets, "\r\n");
        gsize at = command.octets->len;
        g_array_append_val(command.pauses, at);
    }
    g_string_append(command.octets, base64);
    explicit_bzero(base64, strlen(base64));
    g_free(base64);
    if (!imap_send(imap, &command, error))
        return false;
    if (goodbye && imap_driver_condition(imap->driver) == IMAP_CONDITION_NONE) {
        if (imap_driver_continue(imap->driver, NULL, error)) {
            if (!imap_driver_write(imap->driver, span_of(goodbye), error))
                return false;
        } else if (imap_driver_failure(imap->driver)) {
            return false;
        }
    }
    return imap_receive(imap, error);
}

static bool login_command(struct imap *imap, const struct imap_login *login, GError **error) {
    struct imap_command command;
    imap_begin_command(imap, &command);
    imap_command_add(&command, "LOGIN ");
    imap_command_string(&command, login->user);
    imap_command_add(&command, " ");
    imap_command_string(&command, login->password);
    return imap_run(imap, &command, error);
}

static bool sign_in(struct imap *imap, const struct imap_login *login, GError **error) {
    if (login->bearer && imap->capabilities & IMAP_CAN_OAUTHBEARER)
        return authenticate(imap, "OAUTHBEARER", oauthbearer_message(login), "AQ==\r\n", error);
    if (login->bearer && imap->capabilities & IMAP_CAN_XOAUTH2)
        return authenticate(imap, "XOAUTH2", xoauth2_message(login), "\r\n", error);
    if (login->password && imap->capabilities & IMAP_CAN_PLAIN)
        return authenticate(imap, "PLAIN", plain_message(login), NULL, error);
    if (login->password && !(imap->capabilities & IMAP_LOGINDISABLED))
        return login_command(imap, login, error);
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_AUTHENTICATION,
                "The mail server offers no way to sign in with a %s.",
                login->bearer ? "token" : "password");
    return false;
}

/* A refusal is about name and secret unless the server says that it is about itself. */
static bool set_login_error(struct imap *imap, GError **error) {
    static const char *const own[] = {"UNAVAILABLE", "SERVERBUG", "INUSE", "LIMIT"};
    if (!error || !imap_alive(imap) || imap_driver_condition(imap->driver) != IMAP_NO)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        if (imap_driver_code(imap->driver, own[i]))
            return false;
    g_clear_error(error);
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_AUTHENTICATION,
                "The mail server did not accept this name and password. The server says: \"%s\"",
                imap_driver_text(imap->driver));
    return false;
}

static bool login_ok(const struct imap_login *login, GError **error) {
    if (!imap_argument("The user name", login->user, LIMIT_IMAP_NAME, error))
        return false;
    if (!login->bearer)
        return imap_argument("The password", login->password, LIMIT_IMAP_SECRET, error);
    if (!imap_argument("The token", login->bearer, LIMIT_IMAP_SECRET, error))
        return false;
    if (!strchr(login->bearer, '\1') && !strchr(login->user, '\1'))
        return true;
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT, "The token holds a control character.");
    return false;
}

bool imap_session_login(struct imap *imap, const struct imap_login *login, GError **error) {
    if (!login_ok(login, error) || !learn_capabilities(imap, error))
        return false;
    /* What was offered before says nothing about afterwards. */
    forget_capabilities(imap);
    if (!sign_in(imap, login, error))
        return set_login_error(imap, error);
    return learn_capabilities(imap, error);
}
