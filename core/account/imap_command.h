/* SPDX-License-Identifier: MIT
 *
 * The text of one IMAP command. Strings from outside become quoted strings or literals (RFC 3501
 * §4.3), never bare text; CR, LF and NUL were refused before (imap_argument), in literals too.
 * Memory is wiped, because the command may be a sign-in. */
#ifndef INKAN_ACCOUNT_IMAP_COMMAND_H
#define INKAN_ACCOUNT_IMAP_COMMAND_H

#include "base/span.h"

#include <stdint.h>

struct imap_command {
    GString *octets;   /* all of it, without tag and last CRLF */
    GArray *pauses;    /* gsize: after so many octets a continuation request is waited for */
    bool literal_plus; /* RFC 7888: no need to wait */
    size_t one;        /* literals of the answer that are kept: the size of one … */
    size_t all;        /* … and of all */
};

/* An empty command. literal_plus: whether the server offers LITERAL+. */
void imap_command_init(struct imap_command *command, bool literal_plus);
void imap_command_clear(struct imap_command *command);

/* Text of our own. */
void imap_command_add(struct imap_command *command, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A string from outside: quoted if it is short printable ASCII, else a literal. */
void imap_command_string(struct imap_command *command, const char *string);
/* For qsort and g_array_sort of uint32_t, ascending. */
int imap_compare_uids(const void *a, const void *b);
/* sequence-set of UIDs in any order, without duplicates: "3,5:9"; and ",N:*" for everything from
 * N = above + 1 on, if above != 0. */
void imap_command_uids(struct imap_command *command, const uint32_t *uids, guint n, uint32_t above);

/* True if `text` may be sent: not NULL, not empty, at most max octets, no CR or LF. `what` begins
 * the sentence of the error: IMAP_ERROR_ARGUMENT. */
bool imap_argument(const char *what, const char *text, size_t max, GError **error);

#endif
