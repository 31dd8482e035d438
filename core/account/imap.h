/* SPDX-License-Identifier: MIT
 *
 * One connection to an IMAP4rev1 server (RFC 3501) over TLS from the first octet (RFC 8314 §3.2),
 * behind about twelve verbs. Command text is ours; libetpan parses what our lexer let through; mail
 * content never reaches libetpan at all. Reading never sets \Seen. No STARTTLS, no referrals,
 * no ENVELOPE or BODYSTRUCTURE: the bytes are parsed by mail/.
 *
 * A connection belongs to one thread at a time (account/pool hands them around). Every verb that
 * talks has one absolute deadline. After IMAP_ERROR_PROTOCOL, _TIMEOUT, _CANCELLED and _UNREACHABLE
 * the connection is dead: every further verb fails at once, imap_alive says so. The other errors
 * leave it usable. Callers give it full-size thread stacks (8 MB). */
#ifndef INKAN_ACCOUNT_IMAP_H
#define INKAN_ACCOUNT_IMAP_H

#include "account/imap_error.h"
#include "account/imap_server.h"
#include "base/own.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Who signs in: password or bearer (the other NULL). Borrowed for the call. */
struct imap_login {
    const char *user;
    const char *password;
    const char *bearer; /* OAuth 2 access token: OAUTHBEARER (RFC 7628), else XOAUTH2 */
};

struct imap_options {
    int command_ms; /* deadline of one verb; 0 = LIMIT_IMAP_COMMAND_MS */
    int cancel_fd;  /* an eventfd that becomes readable when everything is to stop; -1 = none */
};

struct imap;
/* Connects, verifies, signs in: SASL PLAIN where offered, LOGIN only if nothing else is; for a
 * bearer never a password mechanism. One deadline for the whole. A PREAUTH greeting is refused: the
 * account would be somebody else's. NULL and *error on failure. */
struct imap *imap_open(const struct imap_server *server, const struct imap_login *login,
                       const struct imap_options *options, GError **error);
/* Closes without waiting for anything. */
void imap_close(struct imap *imap);
bool imap_alive(const struct imap *imap);
/* Alive, and the server has neither closed nor said anything since the last answer: worth using
 * again. Does not wait. */
bool imap_quiet(struct imap *imap);
/* The deadline of the verbs that follow; 0 = LIMIT_IMAP_COMMAND_MS. */
void imap_set_command_ms(struct imap *imap, int command_ms);
/* Commands sent since the connection was opened, for tests that count. */
uint64_t imap_commands(const struct imap *imap);

/* RFC 6154 §2, RFC 8457. */
enum imap_role {
    IMAP_ROLE_NONE = 0,
    IMAP_ROLE_INBOX,
    IMAP_ROLE_ALL,
    IMAP_ROLE_ARCHIVE,
    IMAP_ROLE_DRAFTS,
    IMAP_ROLE_FLAGGED,
    IMAP_ROLE_IMPORTANT,
    IMAP_ROLE_JUNK,
    IMAP_ROLE_SENT,
    IMAP_ROLE_TRASH
};
/* "" "inbox" "all" "archive" … as in JMAP (RFC 8621 §2). */
const char *imap_role_name(enum imap_role role);

struct imap_mailbox {
    char *id;       /* the name as the server spells it: what the verbs below take */
    char *name;     /* the same in UTF-8 (modified UTF-7 decoded), never invalid */
    char delimiter; /* between levels of hierarchy; 0 = flat */
    enum imap_role role;
    bool selectable;
    bool personal; /* lies in the personal namespace (RFC 2342); true where the server has no
                      namespaces. Shared folders: nothing in them is believed */
    bool counted;  /* only by imap_list_counted: what follows is known */
    uint32_t messages, unseen;
};
/* All mailboxes, INBOX first, then in the order of the server; at most LIMIT_IMAP_MAILBOXES.
 * Elements are struct imap_mailbox, freed with the array. One command (two the first time, for the
 * namespaces). */
GPtrArray *imap_list(struct imap *imap, GError **error);

/* Makes a mailbox for IMAP_ROLE_ARCHIVE, _JUNK or _TRASH in the personal namespace, under the
 * role's English name, and gives it the special use where the server lets clients (RFC 6154 §3).
 * Its id, to be freed; NULL and *error. One command. */
char *imap_create(struct imap *imap, enum imap_role role, GError **error);

/* The same with counts: by one command where the server has LIST-STATUS (RFC 5819), else by STATUS
 * of the first LIMIT_COUNTED_MAILBOXES that can be selected; after a NOOP where one is selected. */
GPtrArray *imap_list_counted(struct imap *imap, GError **error);

struct imap_status {
    uint32_t messages;
    uint32_t unseen;
    uint32_t uidnext;
    uint32_t uidvalidity;
};
/* Counts of a mailbox that is not selected; one command. IMAP_ERROR_NOT_FOUND if there is none. */
bool imap_status(struct imap *imap, const char *mailbox, struct imap_status *status,
                 GError **error);

/* What is known of the selected mailbox; kept current by everything the server says meanwhile. */
struct imap_selected {
    const char *mailbox; /* id; borrowed from the connection */
    uint32_t exists;     /* messages in it */
    uint32_t uidnext;    /* 0 = the server did not say */
    uint32_t uidvalidity;
    uint64_t highestmodseq; /* RFC 7162; 0 = the server did not say */
    bool read_only;
};
/* Selects `mailbox` if it is not selected already (then no command is sent). A caller that
 * remembers UIDs compares uidvalidity with what it remembers (RFC 3501 §2.3.1.1).
 * IMAP_ERROR_NOT_FOUND leaves nothing selected. */
bool imap_select(struct imap *imap, const char *mailbox, GError **error);
/* NULL if none is selected. Borrowed, valid until the next verb. */
const struct imap_selected *imap_selected(struct imap *imap);

/* System flags of RFC 3501 §2.3.2. */
enum imap_flag {
    IMAP_FLAG_SEEN = 1,
    IMAP_FLAG_ANSWERED = 2,
    IMAP_FLAG_FLAGGED = 4,
    IMAP_FLAG_DELETED = 8,
    IMAP_FLAG_DRAFT = 16
};

/* One message as a listing needs it. */
struct imap_message {
    uint32_t uid;
    unsigned flags;  /* enum imap_flag, or-ed */
    char **keywords; /* the other flags ("$Forwarded"), NULL-terminated, never NULL itself; at most
                        LIMIT_IMAP_KEYWORDS */
    /* The rest only by IMAP_FETCH_ROW. */
    int64_t internaldate; /* epoch seconds; 0 = unknown */
    uint64_t size;        /* RFC822.SIZE, the server's word */
    GBytes *header;       /* exact octets, with the empty line; NULL: not fetched, or too large */
    GBytes *text;         /* the first 4096 octets of the body; NULL likewise */
    bool too_large;       /* the header was beyond LIMIT_HEADER_SIZE, or the page beyond
                             LIMIT_MESSAGE_SIZE: fetch it alone, or show it without */
};
void imap_message_free(struct imap_message *message);

struct imap_page {
    GPtrArray *messages; /* struct imap_message (uid and flags only), newest first by UID, at most
                            `limit`; fewer although `more` is set if some vanished meanwhile */
    uint32_t above;      /* not 0: mail arrived while the page was read (only if before == 0); hand
                            it to imap_fetch, which fetches everything above this UID too */
    bool more;           /* there are older ones: go on with before = the last message's uid */
};
void imap_page_free(struct imap_page *page);
/* A page of the selected mailbox: the newest `limit` messages with UID < before (0: the newest).
 * One command; none in an empty mailbox that was just selected. One more if `before` was never seen
 * on this connection. */
struct imap_page *imap_page(struct imap *imap, uint32_t before, guint limit, GError **error);

enum imap_fetch {
    IMAP_FETCH_FLAGS, /* UID FETCH set (UID FLAGS) */
    IMAP_FETCH_ROW    /* … (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]
                         BODY.PEEK[TEXT]<0.4096>) */
};
/* The given messages of the selected mailbox, and, if above != 0, every one with a greater UID: one
 * command, none if there is nothing to ask. Newest first; messages that are gone are missing. At
 * most LIMIT_IMAP_FETCH uids. */
GPtrArray *imap_fetch(struct imap *imap, enum imap_fetch what, const uint32_t *uids, guint n,
                      uint32_t above, GError **error);

/* The whole message, exact octets (BODY.PEEK[]); one command. IMAP_ERROR_NOT_FOUND if it is gone,
 * IMAP_ERROR_TOO_LARGE beyond LIMIT_MESSAGE_SIZE. `message` (may be NULL) receives uid, flags,
 * internaldate and size; the caller frees it with imap_message_free. */
GBytes *imap_fetch_octets(struct imap *imap, uint32_t uid, struct imap_message **message,
                          GError **error);

/* What a message must have to be found (RFC 3501 §6.4.4). */
enum imap_search_key {
    IMAP_SEARCH_TEXT = 0, /* `text` in header or body */
    IMAP_SEARCH_FROM,     /* … in From, To or Subject */
    IMAP_SEARCH_TO,
    IMAP_SEARCH_SUBJECT,
    IMAP_SEARCH_THREAD,     /* … in Message-ID, References or In-Reply-To */
    IMAP_SEARCH_ATTACHMENT, /* a Content-Type that may hold attachments; these three without text */
    IMAP_SEARCH_UNSEEN,
    IMAP_SEARCH_FLAGGED
};
struct imap_search_term {
    enum imap_search_key key;
    char *
        text; /* UTF-8, 1–LIMIT_SEARCH_TEXT octets without CR and LF; NULL where the key has none */
};
struct imap_search {
    const struct imap_search_term *terms; /* all of them; at most LIMIT_SEARCH_TERMS */
    guint n;
    uint32_t before; /* as in imap_page */
    uint32_t after;  /* only greater UIDs; 0 = all */
};
/* UIDs in the selected mailbox, ascending, uint32_t; at most LIMIT_IMAP_SEARCH, the newest. One
 * command; two if mail came since the connection's last one. */
GArray *imap_search(struct imap *imap, const struct imap_search *search, GError **error);

/* Sets (or, if !set, clears) flags and one keyword (NULL = none; an atom) on messages of the
 * selected mailbox; one command. */
bool imap_store(struct imap *imap, const uint32_t *uids, guint n, bool set, unsigned flags,
                const char *keyword, GError **error);

/* Where moved messages lie now, as the server told (RFC 4315 COPYUID). */
struct imap_moved {
    bool told;            /* false: it does not tell (no UIDPLUS), or nothing was moved */
    uint32_t uidvalidity; /* of the other mailbox */
    uint32_t *uids; /* the caller's, one for each UID asked for, zeros before; 0 = not moved */
};
/* Moves messages of the selected mailbox: MOVE (RFC 6851), else COPY, \Deleted and UID EXPUNGE (RFC
 * 4315); a server with neither keeps them marked \Deleted, because a plain EXPUNGE would remove
 * what somebody else marked. `moved` may be NULL. UIDs that are not there are no error.
 * IMAP_ERROR_NOT_FOUND if there is no such mailbox. */
bool imap_move(struct imap *imap, const uint32_t *uids, guint n, const char *mailbox,
               struct imap_moved *moved, GError **error);
/* Whether the server has UIDPLUS (RFC 4315): tells where moved messages went, and expunges by UID.
 */
bool imap_tells_moves(const struct imap *imap);
/* Removes messages of the selected mailbox for good: \Deleted and UID EXPUNGE, else as above. */
bool imap_delete(struct imap *imap, const uint32_t *uids, guint n, GError **error);

/* Asks for news, so that imap_selected is current; one command. */
bool imap_noop(struct imap *imap, GError **error);

/* What has changed in the selected mailbox. */
struct imap_news {
    bool mail, removed, flags;
};
/* Waits for news of the selected mailbox: IDLE (RFC 2177) where the server has it, for
 * LIMIT_IMAP_IDLE_MS at most, else NOOP after LIMIT_IMAP_POLL_MS. Returns at the first news, at the
 * end of that time, whenever the server says anything, or when wake_fd (an eventfd, -1 = none)
 * becomes readable: *news may be empty. One command. */
bool imap_wait(struct imap *imap, int wake_fd, struct imap_news *news, GError **error);

DEFINE_OWNED(imap, imap_close)
DEFINE_OWNED(imap_message, imap_message_free)
DEFINE_OWNED(imap_page, imap_page_free)

#endif
