/* SPDX-License-Identifier: MIT
 *
 * The last list of mailboxes, shared by the requests of a session. */
#include "fcgi/folders.h"

#include <string.h>

static GPtrArray *keep(struct session *session, GPtrArray *fresh) {
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

GPtrArray *folders_list(struct session *session, struct imap *imap, GError **error) {
    return keep(session, imap_list(imap, error));
}

GPtrArray *folders_list_counted(struct session *session, struct imap *imap, GError **error) {
    return keep(session, imap_list_counted(imap, error));
}

GPtrArray *folders_known(struct session *session, struct imap *imap, GError **error) {
    g_mutex_lock(&session->lock);
    GPtrArray *known = session->folders ? g_ptr_array_ref(session->folders) : NULL;
    g_mutex_unlock(&session->lock);
    return known ? known : folders_list(session, imap, error);
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

/* ---- by role ---- */

static bool is_named(const struct imap_mailbox *mailbox, const char *name) {
    const char *last = mailbox->delimiter ? strrchr(mailbox->name, mailbox->delimiter) : NULL;
    return mailbox->personal && mailbox->selectable && mailbox->role == IMAP_ROLE_NONE &&
           g_ascii_strcasecmp(last ? last + 1 : mailbox->name, name) == 0;
}

/* Borrowed from `folders`; NULL: none. */
static const char *find_of_role(GPtrArray *folders, enum imap_role role) {
    const char *named = NULL;
    for (guint i = 0; folders && i < folders->len; i++) {
        const struct imap_mailbox *mailbox = folders->pdata[i];
        if (mailbox->role == role && mailbox->selectable)
            return mailbox->id;
        if (!named && is_named(mailbox, imap_role_name(role)))
            named = mailbox->id;
    }
    return named;
}

static char *create(struct imap *imap, enum imap_role role, GError **error) {
    if (role == IMAP_ROLE_ARCHIVE || role == IMAP_ROLE_JUNK || role == IMAP_ROLE_TRASH)
        return imap_create(imap, role, error);
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_NOT_FOUND, "There is no mailbox of this role.");
    return NULL;
}

char *folders_of_role(struct session *session, struct imap *imap, enum imap_role role,
                      GError **error) {
    g_mutex_lock(&session->lock);
    g_autoptr(GPtrArray) known = session->folders ? g_ptr_array_ref(session->folders) : NULL;
    g_mutex_unlock(&session->lock);
    const char *id = find_of_role(known, role);
    if (id)
        return g_strdup(id);
    g_autoptr(GPtrArray) fresh = folders_list(session, imap, error);
    if (!fresh)
        return NULL;
    id = find_of_role(fresh, role);
    return id ? g_strdup(id) : create(imap, role, error);
}
