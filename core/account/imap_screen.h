/* SPDX-License-Identifier: MIT
 *
 * Decides what of a response (one line of account/imap_lexer) libetpan gets to see, and writes that
 * line anew: only responses this client can have a use for, only their known parts, in the one
 * spelling that RFC 3501 §9 gives, numbers within range. Everything else is dropped, because an
 * unknown word is a parse error to libetpan and a few known ones crash it. What has to be known in
 * the order of arrival (EXISTS, EXPUNGE, UIDs), and text written by the server, is handed out
 * apart. Pure: no state, no I/O. */
#ifndef INKAN_ACCOUNT_IMAP_SCREEN_H
#define INKAN_ACCOUNT_IMAP_SCREEN_H

#include "base/span.h"

#include <stdint.h>

enum imap_kind {
    IMAP_KIND_DROPPED = 0, /* nothing for libetpan */
    IMAP_KIND_BROKEN,      /* no response of IMAP: the connection cannot go on */
    IMAP_KIND_DATA,        /* LIST, STATUS, SEARCH, CAPABILITY, NAMESPACE */
    IMAP_KIND_FETCH,       /* number = sequence number; uid, 0 = not given */
    IMAP_KIND_EXISTS,      /* number; not for libetpan */
    IMAP_KIND_EXPUNGE,     /* number; not for libetpan */
    IMAP_KIND_STATE,       /* untagged OK, NO, BAD */
    IMAP_KIND_PREAUTH,     /* not for libetpan */
    IMAP_KIND_BYE,         /* not for libetpan: it reads beyond its memory */
    IMAP_KIND_DONE,        /* tagged */
    IMAP_KIND_CONTINUE     /* not for libetpan */
};

enum imap_condition { IMAP_CONDITION_NONE = 0, IMAP_OK, IMAP_NO, IMAP_BAD };

struct imap_screened {
    enum imap_kind kind;
    enum imap_condition condition; /* of STATE and DONE */
    uint32_t number;
    uint32_t uid;
    bool about_message; /* a FETCH, with or without UID: something of a message has changed */
    struct span tag;    /* of DONE */
    struct span code;   /* response code without its arguments, of STATE, DONE, BYE */
    struct span text;   /* the server's words, of STATE, DONE, BYE, CONTINUE */
};

/* Spans point into `line`. `clean` receives the line for libetpan with CRLF, or nothing. Linear. */
struct imap_screened imap_screen(struct span line, GString *clean);

#endif
