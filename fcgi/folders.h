/* SPDX-License-Identifier: MIT
 *
 * What the session knows of its account's mailboxes: asked of the server once, again whenever the
 * list is asked for or a name is unknown. Decides what may be believed about mail that lies in one
 * (verdict.md: \Sent and \Drafts are own; outside the personal namespace nothing is believed). */
#ifndef INKAN_FCGI_FOLDERS_H
#define INKAN_FCGI_FOLDERS_H

#include "account/imap.h"
#include "fcgi/session.h"
#include "trust/evidence.h"

/* All mailboxes, fresh from the server: an array of struct imap_mailbox that the caller unrefs.
 * NULL and *error. */
GPtrArray *folders_list(struct session *session, struct imap *imap, GError **error);
/* The last such list, or a new one where none was asked for yet. */
GPtrArray *folders_known(struct session *session, struct imap *imap, GError **error);

/* The same with counts (imap_list_counted). */
GPtrArray *folders_list_counted(struct session *session, struct imap *imap, GError **error);

/* The role of a mailbox; asks the server only if the name is not known yet. An unknown one is
 * MAILBOX_IMPORTED: nothing is believed. False and *error only if asking failed. */
bool folders_role(struct session *session, struct imap *imap, const char *mailbox,
                  enum mailbox_role *role, GError **error);

/* The id of the mailbox of a role: that of the server's word (RFC 6154), else a personal one whose
 * last name is the role's English one; IMAP_ROLE_ARCHIVE, _JUNK and _TRASH are made if there is
 * none. To be freed; NULL and *error (IMAP_ERROR_NOT_FOUND for the other roles). */
char *folders_of_role(struct session *session, struct imap *imap, enum imap_role role,
                      GError **error);

#endif
