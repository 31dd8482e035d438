/* SPDX-License-Identifier: MIT
 *
 * The inside of struct imap, for the imap_*.c files alone: one connection, and how a command is
 * sent and answered. libetpan's session is only ever asked to parse. */
#ifndef INKAN_ACCOUNT_IMAP_SESSION_H
#define INKAN_ACCOUNT_IMAP_SESSION_H

#include "account/imap.h"
#include "account/imap_command.h"
#include "account/imap_driver.h"

struct mailimap; /* libetpan */

/* What a server offers, as far as it matters here. */
enum imap_capability {
    IMAP_CAN_SASL_IR = 1,         /* RFC 4959 */
    IMAP_CAN_LITERAL_PLUS = 2,    /* RFC 7888 */
    IMAP_CAN_PLAIN = 4,           /* RFC 4616 */
    IMAP_CAN_OAUTHBEARER = 8,     /* RFC 7628 */
    IMAP_CAN_XOAUTH2 = 16,        /* Google's forerunner of it */
    IMAP_LOGINDISABLED = 32,      /* RFC 3501 §7.2.1 */
    IMAP_CAN_MOVE = 64,           /* RFC 6851 */
    IMAP_CAN_UIDPLUS = 128,       /* RFC 4315 */
    IMAP_CAN_NAMESPACE = 256,     /* RFC 2342 */
    IMAP_CAN_LIST_EXTENDED = 512, /* RFC 5258 */
    IMAP_CAN_SPECIAL_USE = 1024,  /* RFC 6154 */
    IMAP_CAN_CREATE_USE = 2048,   /* RFC 6154 §3 CREATE-SPECIAL-USE */
    IMAP_CAN_LIST_STATUS = 4096,  /* RFC 5819 */
    IMAP_CAN_IDLE = 8192          /* RFC 2177 */
};

struct imap {
    struct imap_driver *driver;
    struct mailimap *session;
    unsigned capabilities;
    int command_ms;
    uint64_t commands;
    char *mailbox; /* selected, NULL = none */
    struct imap_selected selected;
    bool fresh;          /* nothing was sent since it was selected */
    uint32_t caught_up;  /* UIDs up to this one were asked for with the mailbox as it then was */
    GPtrArray *prefixes; /* of namespaces, char: 'p' or 'o' (personal or not) and the prefix;
                            NULL = not asked yet */
};

/* A connection over this stream (taken over) with the greeting read; not signed in. */
struct imap *imap_session_new(struct imap_stream *stream, GError **error);
/* PLAIN, LOGIN, OAUTHBEARER or XOAUTH2, and what the server offers afterwards. */
bool imap_session_login(struct imap *imap, const struct imap_login *login, GError **error);

/* Every verb begins with this: its deadline. False and *error if the connection is dead. */
bool imap_begin(struct imap *imap, GError **error);
/* An empty command for this connection. */
void imap_begin_command(struct imap *imap, struct imap_command *command);
/* Sends the command and reads the answer; clears the command. True if it was OK: the untagged
 * responses are in imap->session->imap_response_info until the next one. False and *error: NO
 * leaves the connection usable, everything else kills it. */
bool imap_run(struct imap *imap, struct imap_command *command, GError **error);
/* The two halves of it, for what is sent between them. */
bool imap_send(struct imap *imap, struct imap_command *command, GError **error);
bool imap_receive(struct imap *imap, GError **error);
/* The connection ends here, with this error. Returns false. */
bool imap_die(struct imap *imap, GError **error, const char *sentence);

/* What a string that libetpan gave stands for: *octets (a new reference, NULL if string is NULL or
 * was too large). False if it was skipped as too large. */
bool imap_octets(const struct imap *imap, const char *string, size_t length, GBytes **octets);
/* The same as text, without NUL; NULL if it was too large or holds NUL, CR or LF. */
char *imap_text(const struct imap *imap, const char *string);

/* After NO to a command that names a mailbox: IMAP_ERROR_NOT_FOUND instead of _REFUSED, unless the
 * server gave another reason. Returns false. */
bool imap_set_mailbox_error(struct imap *imap, GError **error);

/* Before a command that names these UIDs: a server shows a connection no message that came after
 * its last command (RFC 3501 §7.4.1), and passes over a UID it does not show. Asks for news (NOOP)
 * where one of them is newer than all that this connection has seen. False and *error as any verb.
 */
bool imap_catch_up(struct imap *imap, const uint32_t *uids, guint n, GError **error);

/* Forgets the selected mailbox. */
void imap_deselect(struct imap *imap);

#endif
