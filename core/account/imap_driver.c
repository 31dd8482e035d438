/* SPDX-License-Identifier: MIT
 *
 * pull() takes one response from the wire; everything else is what to do with it. libetpan's driver
 * must return -1, never 0, at the end: it would loop. */
#include "account/imap_driver.h"

#include "account/imap_error.h"
#include "account/imap_lexer.h"
#include "base/limits.h"

#include <libetpan/libetpan.h>

enum { INPUT_SIZE = 16384 }; /* one TLS record */

enum phase { PHASE_GREETING, PHASE_COMMAND, PHASE_CONTINUE, PHASE_DONE };

struct imap_driver {
    struct imap_stream *stream;
    struct imap_lexer *lexer;
    struct imap_map map;
    enum phase phase;
    char tag[16];
    GString *clean; /* one screened line */
    GString *ready; /* lines that libetpan has not read */
    size_t read;    /* … of which it has read so many octets */
    struct imap_heard heard;
    GPtrArray *statuses; /* borrowed; NULL: not collected */
    enum imap_condition condition;
    char *code;
    char *text;
    GError *failure;
    struct span input; /* within octets */
    char octets[INPUT_SIZE];
};

struct imap_driver *imap_driver_new(struct imap_stream *stream) {
    struct imap_driver *driver = g_new0(struct imap_driver, 1);
    driver->stream = stream;
    driver->lexer = imap_lexer_new();
    imap_map_init(&driver->map);
    driver->clean = g_string_new(NULL);
    driver->ready = g_string_new(NULL);
    imap_lexer_begin(driver->lexer, 0, 0);
    return driver;
}

void imap_driver_free(struct imap_driver *driver) {
    if (!driver)
        return;
    imap_stream_free(driver->stream);
    imap_lexer_free(driver->lexer);
    imap_map_clear(&driver->map);
    g_string_free(driver->clean, TRUE);
    g_string_free(driver->ready, TRUE);
    g_free(driver->code);
    g_free(driver->text);
    g_clear_error(&driver->failure);
    g_free(driver);
}

struct imap_stream *imap_driver_stream(struct imap_driver *driver) {
    return driver->stream;
}

struct imap_map *imap_driver_map(struct imap_driver *driver) {
    return &driver->map;
}

/* Server text for people: valid UTF-8, no control characters, not too long (attacks L210). */
static char *plain_text(struct span text) {
    g_autofree char *valid =
        g_utf8_make_valid(text.p ? text.p : "", (gssize)MIN(text.n, LIMIT_IMAP_SERVER_TEXT));
    GString *plain = g_string_new(NULL);
    for (const char *p = valid; *p; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(plain, g_unichar_isprint(c) ? c : '?');
    }
    return g_string_free(plain, FALSE);
}

/* ---- one response ---- */

static void set_protocol_error(GError **error, const char *what) {
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_PROTOCOL,
                "The mail server answered in a way that cannot be used: %s.", what);
}

/* Feeds the lexer until it has one response. */
static bool next_response(struct imap_driver *driver, GError **error) {
    for (;;) {
        enum imap_lexed lexed = imap_lexer_feed(driver->lexer, &driver->input);
        if (lexed == IMAP_LEXED_RESPONSE)
            return true;
        if (lexed == IMAP_LEXED_TOO_LARGE) {
            g_set_error(error, IMAP_ERROR, IMAP_ERROR_TOO_LARGE,
                        "The mail server's answer is larger than what is read here: %s.",
                        imap_lexer_why(driver->lexer));
            return false;
        }
        if (lexed == IMAP_LEXED_BROKEN) {
            set_protocol_error(error, imap_lexer_why(driver->lexer));
            return false;
        }
        ssize_t got = imap_stream_read(driver->stream, driver->octets, INPUT_SIZE, error);
        if (got < 0)
            return false;
        driver->input = span_make(driver->octets, (size_t)got);
    }
}

static bool take_done(struct imap_driver *driver, const struct imap_screened *s, GError **error) {
    if (driver->phase == PHASE_GREETING || driver->phase == PHASE_DONE ||
        !span_eq(s->tag, span_of(driver->tag))) {
        set_protocol_error(error, "an answer to a command that was not sent");
        return false;
    }
    driver->phase = PHASE_DONE;
    driver->condition = s->condition;
    driver->code = span_dup(s->code);
    driver->text = plain_text(s->text);
    return true;
}

static bool take_greeting(const struct imap_screened *s, GError **error) {
    if (s->kind == IMAP_KIND_STATE && s->condition == IMAP_OK)
        return true;
    /* PREAUTH: somebody is signed in already, and it is not the one whose password this is. */
    set_protocol_error(error, s->kind == IMAP_KIND_PREAUTH
                                  ? "it signs everybody in"
                                  : "it does not greet as IMAP servers do");
    return false;
}

/* What has to be known in the order of arrival, and what ends the connection. */
static bool take_response(struct imap_driver *driver, const struct imap_screened *s,
                          GError **error) {
    if (s->kind == IMAP_KIND_BYE) {
        g_autofree char *text = plain_text(s->text);
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_PROTOCOL,
                    "The mail server ended the connection. The server says: \"%s\"", text);
        return false;
    }
    if (driver->phase == PHASE_GREETING)
        return take_greeting(s, error);
    driver->heard.mail |= s->kind == IMAP_KIND_EXISTS && s->number > driver->map.exists;
    driver->heard.removed |= s->kind == IMAP_KIND_EXPUNGE;
    driver->heard.flags |= s->about_message;
    if (s->kind == IMAP_KIND_EXISTS)
        imap_map_exists(&driver->map, s->number);
    else if (s->kind == IMAP_KIND_EXPUNGE)
        imap_map_expunge(&driver->map, s->number);
    else if (s->kind == IMAP_KIND_FETCH)
        imap_map_learn(&driver->map, s->number, s->uid);
    else if (s->kind == IMAP_KIND_DONE)
        return take_done(driver, s, error);
    else if (s->kind == IMAP_KIND_BROKEN)
        set_protocol_error(error, "a line that is no response");
    else if (s->kind == IMAP_KIND_PREAUTH ||
             (s->kind == IMAP_KIND_CONTINUE && driver->phase != PHASE_CONTINUE))
        set_protocol_error(error, "a response out of place");
    else
        return true;
    return s->kind != IMAP_KIND_BROKEN && s->kind != IMAP_KIND_PREAUTH &&
           s->kind != IMAP_KIND_CONTINUE;
}

static bool pull(struct imap_driver *driver, struct imap_screened *screened) {
    if (driver->failure || !next_response(driver, &driver->failure))
        return false;
    *screened = imap_screen(imap_lexer_line(driver->lexer), driver->clean);
    if (!take_response(driver, screened, &driver->failure))
        return false;
    if (driver->clean->len == 0)
        imap_lexer_drop(driver->lexer);
    if (driver->statuses && g_str_has_prefix(driver->clean->str, "* STATUS ")) {
        if (driver->statuses->len < LIMIT_IMAP_MAILBOXES)
            g_ptr_array_add(driver->statuses, g_strdup(driver->clean->str));
        return true;
    }
    g_string_append_len(driver->ready, driver->clean->str, (gssize)driver->clean->len);
    return true;
}

static bool give_failure(const struct imap_driver *driver, GError **error) {
    if (error)
        *error = g_error_copy(driver->failure);
    return false;
}

/* ---- for account/imap ---- */

bool imap_driver_greeting(struct imap_driver *driver, GError **error) {
    struct imap_screened screened;
    return pull(driver, &screened) || give_failure(driver, error);
}

void imap_driver_begin(struct imap_driver *driver, const char *tag, size_t one, size_t all) {
    g_strlcpy(driver->tag, tag, sizeof(driver->tag));
    imap_lexer_begin(driver->lexer, one, all);
    g_string_truncate(driver->ready, 0);
    driver->read = 0;
    driver->phase = PHASE_COMMAND;
    driver->condition = IMAP_CONDITION_NONE;
    g_clear_pointer(&driver->code, g_free);
    g_clear_pointer(&driver->text, g_free);
}

bool imap_driver_write(struct imap_driver *driver, struct span octets, GError **error) {
    if (!driver->failure && imap_stream_write(driver->stream, octets, &driver->failure))
        return true;
    return give_failure(driver, error);
}

bool imap_driver_continue(struct imap_driver *driver, char **text, GError **error) {
    struct imap_screened screened;
    driver->phase = PHASE_CONTINUE;
    do {
        if (!pull(driver, &screened))
            return give_failure(driver, error);
    } while (screened.kind != IMAP_KIND_CONTINUE && screened.kind != IMAP_KIND_DONE);
    if (screened.kind == IMAP_KIND_DONE)
        return false;
    driver->phase = PHASE_COMMAND;
    if (text)
        *text = plain_text(screened.text);
    return true;
}

enum imap_condition imap_driver_condition(const struct imap_driver *driver) {
    return driver->condition;
}

bool imap_driver_code(const struct imap_driver *driver, const char *code) {
    return driver->code && g_ascii_strcasecmp(driver->code, code) == 0;
}

const char *imap_driver_text(const struct imap_driver *driver) {
    return driver->text ? driver->text : "";
}

const GError *imap_driver_failure(const struct imap_driver *driver) {
    return driver->failure;
}

void imap_driver_fail(struct imap_driver *driver, const GError *failure) {
    if (!driver->failure)
        driver->failure = g_error_copy(failure);
}

bool imap_driver_literal(const struct imap_driver *driver, const char *string, GBytes **octets) {
    return imap_lexer_literal(driver->lexer, string, octets);
}

bool imap_driver_quiet(struct imap_driver *driver) {
    return driver->input.n == 0 && imap_lexer_between(driver->lexer) &&
           imap_stream_quiet(driver->stream);
}

void imap_driver_collect(struct imap_driver *driver, GPtrArray *lines) {
    driver->statuses = lines;
}

struct imap_heard imap_driver_heard(const struct imap_driver *driver) {
    return driver->heard;
}

void imap_driver_forget(struct imap_driver *driver) {
    driver->heard = (struct imap_heard){0};
}

bool imap_driver_wait(struct imap_driver *driver, int64_t until, int wake_fd, bool *readable,
                      GError **error) {
    *readable = driver->input.n > 0 || !imap_lexer_between(driver->lexer);
    if (*readable || (!driver->failure &&
                      imap_stream_wait(driver->stream, until, wake_fd, readable, &driver->failure)))
        return true;
    return give_failure(driver, error);
}

/* ---- for libetpan ---- */

static ssize_t low_read(mailstream_low *low, void *octets, size_t n) {
    struct imap_driver *driver = low->data;
    struct imap_screened screened;
    while (driver->read == driver->ready->len) {
        g_string_truncate(driver->ready, 0);
        driver->read = 0;
        if (driver->phase == PHASE_DONE || !pull(driver, &screened))
            return -1;
    }
    size_t got = MIN(n, driver->ready->len - driver->read);
    memcpy(octets, driver->ready->str + driver->read, got);
    driver->read += got;
    return (ssize_t)got;
}

static ssize_t low_write(mailstream_low *low, const void *octets, size_t n) {
    (void)low, (void)octets, (void)n;
    return -1;
}

static int low_close(mailstream_low *low) {
    (void)low;
    return 0;
}

static int low_fd(mailstream_low *low) {
    (void)low;
    return -1;
}

static void low_free(mailstream_low *low) {
    free(low);
}

struct _mailstream_low *imap_driver_low(struct imap_driver *driver) {
    static mailstream_low_driver functions = {.mailstream_read = low_read,
                                              .mailstream_write = low_write,
                                              .mailstream_close = low_close,
                                              .mailstream_get_fd = low_fd,
                                              .mailstream_free = low_free};
    return mailstream_low_new(driver, &functions);
}
