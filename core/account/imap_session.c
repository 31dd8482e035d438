/* SPDX-License-Identifier: MIT
 *
 * One command: "TAG text CRLF" goes straight to the stream, the answer comes through the driver to
 * libetpan's parser. mailimap_read_line is exported by libetpan without a declaration. */
#include "account/imap_session.h"

#include "base/clock.h"
#include "base/limits.h"

#include <libetpan/libetpan.h>

enum { ETPAN_BUFFER = 65536 };

char *mailimap_read_line(mailimap *session);

struct imap *imap_session_new(struct imap_stream *stream, GError **error) {
    struct imap *imap = g_new0(struct imap, 1);
    imap->driver = imap_driver_new(stream);
    imap->session = mailimap_new(0, NULL);
    mailstream_low *low = imap_driver_low(imap->driver);
    mailstream *buffered = mailstream_new(low, ETPAN_BUFFER);
    if (!imap->session || !low || !buffered)
        g_error("out of memory");
    bool ok = imap_driver_greeting(imap->driver, error);
    /* Connecting gives the session its stream, which is then freed with it, greeting or not. */
    int result = mailimap_connect(imap->session, buffered);
    if (ok && result != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
        ok = imap_die(imap, error, "its greeting cannot be read");
    if (ok)
        return imap;
    imap_close(imap);
    return NULL;
}

void imap_close(struct imap *imap) {
    if (!imap)
        return;
    /* mailimap_free wants to say LOGOUT: the driver refuses to write, so nothing waits. */
    mailimap_free(imap->session);
    imap_driver_free(imap->driver);
    if (imap->prefixes)
        g_ptr_array_unref(imap->prefixes);
    g_free(imap->mailbox);
    g_free(imap);
}

bool imap_die(struct imap *imap, GError **error, const char *sentence) {
    g_autoptr(GError) failure =
        g_error_new(IMAP_ERROR, IMAP_ERROR_PROTOCOL,
                    "The mail server answered in a way that cannot be used: %s.", sentence);
    imap_driver_fail(imap->driver, failure);
    g_propagate_error(error, g_error_copy(imap_driver_failure(imap->driver)));
    return false;
}

bool imap_begin(struct imap *imap, GError **error) {
    int ms = imap->command_ms > 0 ? imap->command_ms : LIMIT_IMAP_COMMAND_MS;
    imap_stream_set_deadline(imap_driver_stream(imap->driver), clock_monotonic_ms() + ms);
    if (!imap_driver_failure(imap->driver))
        return true;
    g_propagate_error(error, g_error_copy(imap_driver_failure(imap->driver)));
    return false;
}

void imap_begin_command(struct imap *imap, struct imap_command *command) {
    imap_command_init(command, imap->capabilities & IMAP_CAN_LITERAL_PLUS);
    command->one = command->all = LIMIT_IMAP_LINES;
}

bool imap_send(struct imap *imap, struct imap_command *command, GError **error) {
    imap->session->imap_tag++;
    imap->commands++;
    imap->fresh = false;
    g_autofree char *tag = g_strdup_printf("%d", imap->session->imap_tag);
    imap_driver_begin(imap->driver, tag, command->one, command->all);
    g_string_prepend_c(command->octets, ' ');
    g_string_prepend(command->octets, tag);
    g_string_append(command->octets, "\r\n");
    size_t shift = strlen(tag) + 1, sent = 0;
    bool ok = true;
    for (guint i = 0; ok && i <= command->pauses->len; i++) {
        size_t end = i == command->pauses->len ? command->octets->len
                                               : g_array_index(command->pauses, gsize, i) + shift;
        ok = imap_driver_write(imap->driver, span_make(command->octets->str + sent, end - sent),
                               error);
        sent = end;
        /* Answered instead of "+": imap_receive reads why. */
        if (ok && i < command->pauses->len && !imap_driver_continue(imap->driver, NULL, error)) {
            ok = !imap_driver_failure(imap->driver);
            break;
        }
    }
    imap_command_clear(command);
    return ok;
}

/* NO, or BAD: what the server says, as an error that callers can tell apart (RFC 5530). */
static bool set_refused(struct imap *imap, GError **error) {
    static const struct {
        const char *code;
        enum imap_error error;
    } codes[] = {{"AUTHENTICATIONFAILED", IMAP_ERROR_AUTHENTICATION},
                 {"AUTHORIZATIONFAILED", IMAP_ERROR_AUTHENTICATION},
                 {"EXPIRED", IMAP_ERROR_AUTHENTICATION},
                 {"NONEXISTENT", IMAP_ERROR_NOT_FOUND},
                 {"TRYCREATE", IMAP_ERROR_NOT_FOUND}};
    enum imap_error kind = IMAP_ERROR_REFUSED;
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        if (imap_driver_code(imap->driver, codes[i].code))
            kind = codes[i].error;
    g_set_error(error, IMAP_ERROR, kind,
                "The mail server refused the request. The server says: \"%s\"",
                imap_driver_text(imap->driver));
    return false;
}

/* NO without a code that says otherwise means that there is no such mailbox (RFC 3501 §6.3.1). */
bool imap_set_mailbox_error(struct imap *imap, GError **error) {
    static const char *const others[] = {"NOPERM", "INUSE",      "UNAVAILABLE", "SERVERBUG",
                                         "LIMIT",  "CORRUPTION", "OVERQUOTA"};
    if (!error || !g_error_matches(*error, IMAP_ERROR, IMAP_ERROR_REFUSED))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (imap_driver_code(imap->driver, others[i]))
            return false;
    (*error)->code = IMAP_ERROR_NOT_FOUND;
    return false;
}

/* A mailbox whose UIDs lost their meaning while it was selected (RFC 3501 §2.3.1.1). */
static bool uidvalidity_changed(const struct imap *imap) {
    const struct mailimap_selection_info *info = imap->session->imap_selection_info;
    return imap->mailbox && info && info->sel_uidvalidity != imap->selected.uidvalidity;
}

bool imap_receive(struct imap *imap, GError **error) {
    struct mailimap_response *response = NULL;
    int result = MAILIMAP_ERROR_STREAM;
    if (mailimap_read_line(imap->session))
        result = mailimap_parse_response(imap->session, &response);
    if (result == MAILIMAP_NO_ERROR)
        mailimap_response_free(response);
    const GError *failure = imap_driver_failure(imap->driver);
    if (failure) {
        g_propagate_error(error, g_error_copy(failure));
        return false;
    }
    enum imap_condition condition = imap_driver_condition(imap->driver);
    if (condition == IMAP_BAD)
        return imap_die(imap, error, "it did not understand the request");
    if (result != MAILIMAP_NO_ERROR)
        return imap_die(imap, error, "a response that cannot be parsed");
    if (uidvalidity_changed(imap))
        return imap_die(imap, error, "the mailbox was replaced by another one");
    return condition == IMAP_OK || set_refused(imap, error);
}

bool imap_run(struct imap *imap, struct imap_command *command, GError **error) {
    return imap_send(imap, command, error) && imap_receive(imap, error);
}

void imap_deselect(struct imap *imap) {
    g_clear_pointer(&imap->mailbox, g_free);
    imap->selected = (struct imap_selected){0};
    imap_map_reset(imap_driver_map(imap->driver));
}

bool imap_octets(const struct imap *imap, const char *string, size_t length, GBytes **octets) {
    GBytes *literal = NULL;
    if (imap_driver_literal(imap->driver, string, &literal)) {
        *octets = literal ? g_bytes_ref(literal) : NULL;
        return literal != NULL;
    }
    *octets = string ? g_bytes_new(string, length) : NULL;
    return true;
}

char *imap_text(const struct imap *imap, const char *string) {
    g_autoptr(GBytes) octets = NULL;
    if (!string || !imap_octets(imap, string, strlen(string), &octets))
        return NULL;
    gsize n = 0;
    const char *p = g_bytes_get_data(octets, &n);
    struct span text = span_make(p, n);
    if (span_find(text, '\0') < n || span_find(text, '\r') < n || span_find(text, '\n') < n)
        return NULL;
    return span_dup(text);
}
