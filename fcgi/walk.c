/* SPDX-License-Identifier: MIT */
#include "fcgi/walk.h"

#include "account/pool.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/folders.h"
#include "mail/author.h"

#include <string.h>

/* How far one mailbox was read. */
struct cursor {
    uint32_t uidvalidity;
    uint32_t highest, lowest; /* UIDs read; 0: none yet */
    uint32_t bottom;          /* everything at or below was read before; 0: nothing was */
    uint32_t count;           /* messages read on the way down */
    bool done;                /* the way down is over */
};

#define FORMAT "(yuuuuub)"
enum { VERSION = 1, AGAIN_MS = 1000, BUSY_MS = 2000 };

static struct cursor cursor_read(struct acquaintances *all, const char *account, const char *what) {
    struct cursor c = {0};
    guint8 version = 0;
    gboolean done = FALSE;
    g_autoptr(GBytes) octets = acquaintances_get(all, account, what);
    if (!octets)
        return c;
    g_autoptr(GVariant) value =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(FORMAT), octets, FALSE));
    g_variant_get(value, FORMAT, &version, &c.uidvalidity, &c.highest, &c.lowest, &c.bottom,
                  &c.count, &done);
    c.done = done;
    return version == VERSION ? c : (struct cursor){0};
}

static void cursor_write(struct acquaintances *all, const char *account, const char *what,
                         const struct cursor *c) {
    g_autoptr(GVariant) value =
        g_variant_ref_sink(g_variant_new(FORMAT, VERSION, c->uidvalidity, c->highest, c->lowest,
                                         c->bottom, c->count, (gboolean)c->done));
    g_autoptr(GBytes) octets = g_variant_get_data_as_bytes(value);
    acquaintances_put(all, account, what, octets);
}

/* --- one message of \Sent ------------------------------------------------------------------- */

static bool is_written_here(const struct message *message) {
    int automatic = message_find(message, "Auto-Submitted", 0);
    if (message_find(message, "Return-Path", 0) >= 0 ||
        message_find(message, "Delivered-To", 0) >= 0)
        return false;
    return automatic < 0 ||
           span_eq_nocase(span_trim_fws(message->fields[automatic].value), SPAN_LIT("no"));
}

static bool add_recipients(struct contacts *contacts, const struct message *message,
                           const char *field, const char *own, int64_t at) {
    bool added = false;
    int index = message_find(message, field, 0);
    if (index < 0)
        return false;
    OWNED(address_list) list = address_parse(message->fields[index].value);
    for (guint i = 0; list->total <= LIMIT_WALK_RECIPIENTS && i < list->n; i++) {
        const struct mailbox *mailbox = &list->mailboxes[i];
        if (mailbox->address && g_ascii_strcasecmp(mailbox->address, own) != 0)
            added |= contacts_add(contacts, mailbox->address, mailbox->display_name,
                                  CONTACT_WRITTEN, at);
    }
    return added;
}

bool walk_read_sent(struct contacts *contacts, const struct message *message, int64_t at) {
    static const char *const fields[] = {"To", "Cc", "Bcc"};
    OWNED(author) author = author_find(message);
    if (author->state != AUTHOR_ONE || !is_written_here(message))
        return false;
    bool added = contacts_add(contacts, author->address, author->display_name, CONTACT_OWN, at);
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        added |= add_recipients(contacts, message, fields[i], author->address, at);
    return added;
}

/* --- batches -------------------------------------------------------------------------------- */

struct batch {
    struct acquaintances *all;
    const char *account;
    GPtrArray *messages; /* struct imap_message with headers */
};

static bool read_sent(struct contacts *contacts, void *data) {
    const struct batch *batch = data;
    bool added = false;
    for (guint i = 0; i < batch->messages->len; i++) {
        const struct imap_message *one = batch->messages->pdata[i];
        if (!one->header)
            continue;
        OWNED(message) message = message_new(one->header, MESSAGE_BODY_PARTIAL);
        added |= walk_read_sent(contacts, message, one->internaldate);
    }
    return added;
}

/* That an address was seen, and when: a header alone proves nothing more. */
static void read_inbox(const struct batch *batch) {
    OWNED(acquaintance) account = acquaintances_take(batch->all, batch->account);
    for (guint i = 0; i < batch->messages->len; i++) {
        const struct imap_message *one = batch->messages->pdata[i];
        if (!one->header || one->internaldate <= 0)
            continue;
        OWNED(message) message = message_new(one->header, MESSAGE_BODY_PARTIAL);
        OWNED(author) author = author_find(message);
        if (author->state != AUTHOR_ONE)
            continue;
        struct history_lesson lesson = {.address = author->address,
                                        .received_at = one->internaldate,
                                        .is_contact =
                                            contacts_knows(account->contacts, author->address)};
        acquaintances_learn(batch->all, batch->account, &lesson);
    }
}

static uint32_t uid_at(const GPtrArray *messages, guint i) {
    const struct imap_message *message = g_ptr_array_index(messages, i);
    return message->uid;
}

/* The UIDs of a page above `floor`, newest first. */
static GArray *uids_above(const struct imap_page *page, uint32_t floor) {
    GArray *uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (guint i = 0; i < page->messages->len; i++) {
        uint32_t uid = uid_at(page->messages, i);
        if (uid > floor)
            g_array_append_val(uids, uid);
    }
    return uids;
}

/* What the page changes: new mail on top, or a step down. Old mail that was read before ends it. */
static void cursor_move(struct cursor *c, const struct imap_page *page, const GArray *uids,
                        bool top) {
    guint n = page->messages->len;
    uint32_t newest = n ? uid_at(page->messages, 0) : 0;
    uint32_t oldest = n ? uid_at(page->messages, n - 1) : 0;
    bool reached = uids->len < n || !page->more;
    if (top && uids->len) {
        c->bottom = c->done ? c->highest : c->bottom;
        bool gap = !reached;
        if (gap || !c->highest) {
            c->lowest = oldest;
            c->count = 0;
            c->done = !gap;
        }
        c->highest = newest;
    } else if (!top) {
        c->lowest = n ? oldest : c->lowest;
        c->done = reached;
    } else if (!c->highest) {
        c->done = !n;
    }
    c->count += uids->len;
    c->done = c->done || c->count >= LIMIT_WALK_MESSAGES;
}

static bool read_page(const struct batch *where, struct imap *imap, struct cursor *c, bool top,
                      bool sent, GError **error) {
    OWNED(imap_page) page = imap_page(imap, top ? 0 : c->lowest, LIMIT_WALK_BATCH, error);
    if (!page)
        return false;
    g_autoptr(GArray) uids = uids_above(page, top ? c->highest : c->bottom);
    struct batch batch = *where;
    g_autoptr(GPtrArray) messages = NULL;
    if (uids->len) {
        messages = imap_fetch(imap, IMAP_FETCH_ROW, (const uint32_t *)(void *)uids->data, uids->len,
                              0, error);
        if (!messages)
            return false;
        batch.messages = messages;
        if (!sent) {
            read_inbox(&batch);
        } else if (acquaintances_change(batch.all, batch.account, read_sent, &batch) ==
                   ACQUAINTANCES_NOT_KEPT) { /* read again, and not passed over */
            g_set_error_literal(error, STORE_ERROR, 0, "correspondents were not kept");
            return false;
        }
    }
    cursor_move(c, page, uids, top);
    return true;
}

/* One mailbox, one batch: what is new first, then downwards. *more: there is more to read. */
static bool read_mailbox(const struct batch *where, struct session *session, const char *mailbox,
                         bool sent, bool *more, GError **error) {
    const char *what = sent ? "walk sent" : "walk inbox";
    struct imap *imap = pool_checkout(session->pool, mailbox, 0, error);
    if (!imap)
        return false;
    struct cursor c = cursor_read(where->all, where->account, what);
    uint32_t uidvalidity = imap_selected(imap)->uidvalidity;
    if (c.uidvalidity != uidvalidity)
        c = (struct cursor){.uidvalidity = uidvalidity};
    uint32_t before = c.highest;
    bool good = read_page(where, imap, &c, true, sent, error);
    if (good && c.highest == before && !c.done && c.lowest)
        good = read_page(where, imap, &c, false, sent, error);
    pool_checkin(session->pool, imap);
    if (good)
        cursor_write(where->all, where->account, what, &c);
    *more = good && !c.done;
    return good;
}

/* The mailbox with role \Sent, or NULL: the account has none. False: the server could not be asked.
 */
static bool find_sent(struct session *session, char **name, GError **error) {
    struct imap *imap = pool_checkout(session->pool, NULL, 0, error);
    if (!imap)
        return false;
    *name = NULL;
    g_autoptr(GPtrArray) folders = folders_known(session, imap, error);
    pool_checkin(session->pool, imap);
    for (guint i = 0; folders && i < folders->len && !*name; i++) {
        const struct imap_mailbox *mailbox = folders->pdata[i];
        if (mailbox->role == IMAP_ROLE_SENT && mailbox->selectable && mailbox->personal)
            *name = g_strdup(mailbox->id);
    }
    return folders != NULL;
}

static bool is_temporary(const GError *error) {
    return error && error->domain == IMAP_ERROR && error->code == IMAP_ERROR_BUSY;
}

int64_t walk_step(struct acquaintances *all, struct session *session) {
    g_autoptr(GError) error = NULL;
    g_autofree char *sent = NULL;
    struct batch batch = {.all = all, .account = session->account};
    bool more = false;
    bool good = find_sent(session, &sent, &error) &&
                (!sent || read_mailbox(&batch, session, sent, true, &more, &error));
    if (good && !more)
        good = read_mailbox(&batch, session, "INBOX", false, &more, &error);
    if (good && !more)
        acquaintances_set_indexed(all, session->account);
    if (!good)
        return is_temporary(error) ? BUSY_MS : 0;
    return more ? AGAIN_MS : 0;
}
