/* SPDX-License-Identifier: MIT
 *
 * What stands between the wire and libetpan: octets of account/imap_stream go through
 * account/imap_lexer and account/imap_screen, and libetpan reads only lines that came out of there,
 * one whole response at a time. It cannot write: commands go past it. Tags, continuation requests,
 * BYE and the greeting are dealt with here, so that a confused or hostile server ends in an error
 * and not in a parser. */
#ifndef INKAN_ACCOUNT_IMAP_DRIVER_H
#define INKAN_ACCOUNT_IMAP_DRIVER_H

#include "account/imap_map.h"
#include "account/imap_screen.h"
#include "account/imap_stream.h"

struct _mailstream_low; /* libetpan */
struct imap_driver;

/* Takes over the stream. */
struct imap_driver *imap_driver_new(struct imap_stream *stream);
void imap_driver_free(struct imap_driver *driver);

/* A new mailstream_low that reads from the driver; whoever gets it frees it before the driver. */
struct _mailstream_low *imap_driver_low(struct imap_driver *driver);
struct imap_stream *imap_driver_stream(struct imap_driver *driver);
struct imap_map *imap_driver_map(struct imap_driver *driver);

/* Waits for the greeting: true if it is "* OK", which libetpan may then read. */
bool imap_driver_greeting(struct imap_driver *driver, GError **error);

/* Begins the command with this tag: literals beyond one/all octets will not be kept. */
void imap_driver_begin(struct imap_driver *driver, const char *tag, size_t one, size_t all);
bool imap_driver_write(struct imap_driver *driver, struct span octets, GError **error);
/* Waits for a continuation request. False with *error, or without if the command was answered
 * instead. `text` (may be NULL) receives what followed "+", to be freed. */
bool imap_driver_continue(struct imap_driver *driver, char **text, GError **error);

/* How the command was answered; NONE as long as it was not. */
enum imap_condition imap_driver_condition(const struct imap_driver *driver);
/* True if the response code of that answer is `code`, in any case. */
bool imap_driver_code(const struct imap_driver *driver, const char *code);
/* The words of that answer, valid UTF-8 without control characters, at most
 * LIMIT_IMAP_SERVER_TEXT; "" if there were none. */
const char *imap_driver_text(const struct imap_driver *driver);

/* What the server has said of the selected mailbox since imap_driver_forget. */
struct imap_heard {
    bool mail, removed, flags; /* EXISTS with more than before, EXPUNGE, FETCH */
};
struct imap_heard imap_driver_heard(const struct imap_driver *driver);
void imap_driver_forget(struct imap_driver *driver);

/* Why reading failed, NULL if it did not. */
const GError *imap_driver_failure(const struct imap_driver *driver);
/* From now on nothing is read. */
void imap_driver_fail(struct imap_driver *driver, const GError *failure);

/* From now on STATUS lines, screened, go to `lines` (char *, borrowed) instead of libetpan, which
 * keeps one of them only; NULL: no longer. */
void imap_driver_collect(struct imap_driver *driver, GPtrArray *lines);

/* As imap_lexer_literal. */
bool imap_driver_literal(const struct imap_driver *driver, const char *string, GBytes **octets);

/* False if the server has sent or closed something between commands. */
bool imap_driver_quiet(struct imap_driver *driver);

/* imap_stream_wait; what was read already counts. */
bool imap_driver_wait(struct imap_driver *driver, int64_t until, int wake_fd, bool *readable,
                      GError **error);

#endif
