/* SPDX-License-Identifier: MIT
 *
 * The last list of mailboxes, shared by the requests of a session. */
#include "fcgi/folders.h"

GPtrArray *folders_list(struct session *session, struct imap *imap, GError **error) {
    GPtrArray *fresh = imap_list(imap, error);
    if (!fresh)
        return NULL;
    g_mutex_lock(&session->lock);
    GPtrArray *old = session->folders;
    session->folders = g_ptr_array_ref(fresh);
    g_mutex_unlock(&session->lock);
    if (old)
        g_ptr_array_unref(old);
    return fresh;
}

static enum mailbox_role role_of(const struct imap_mailbox *mailbox) {
    if (mailbox->role == IMAP_ROLE_SENT || mailbox->role == IMAP_ROLE_DRAFTS)
        return MAILBOX_OWN;
    return mailbox->personal ? MAILBOX_RECEIVED : MAILBOX_IMPORTED;
}

static bool find(GPtrArray *folders, const char *name, enum mailbox_role *role) {
    for (guint i = 0; folders && i < folders->len; i++) {
        const struct imap_mailbox *mailbox = folders->pdata[i];
        if (g_strcmp0(mailbox->id, name) == 0) {
            *role = role_of(mailbox);
            return true;
        }
    }
    return false;
}

bool folders_role(struct session *session, struct imap *imap, const char *mailbox,
                  enum mailbox_role *role, GError **error) {
    *role = MAILBOX_RECEIVED;
    if (g_ascii_strcasecmp(mailbox, "INBOX") == 0) /* RFC 3501 §5.1: always personal, never \Sent */
        return true;
    g_mutex_lock(&session->lock);
    g_autoptr(GPtrArray) known = session->folders ? g_ptr_array_ref(session->folders) : NULL;
    g_mutex_unlock(&session->lock);
    if (find(known, mailbox, role))
        return true;
    g_autoptr(GPtrArray) fresh = folders_list(session, imap, error);
    if (!fresh)
        return false;
    if (!find(fresh, mailbox, role))
        *role = MAILBOX_IMPORTED;
    return true;
}
