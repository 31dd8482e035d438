/* SPDX-License-Identifier: MIT
 *
 * A short list, newest first; it is never longer than a walk is cheap. */
#include "fcgi/recent.h"

#include "base/limits.h"

#include <string.h>

struct opened_octets {
    char *session, *id;
    GBytes *octets;
    GBytes *document; /* or NULL */
    bool document_links;
    struct recent_receipt receipt;
    int64_t until;
};

struct recent {
    GMutex lock;
    GQueue items; /* of struct opened_octets */
};

struct recent *recent_new(void) {
    struct recent *recent = g_new0(struct recent, 1);
    g_mutex_init(&recent->lock);
    g_queue_init(&recent->items);
    return recent;
}

static gsize size_of(const struct opened_octets *item) {
    return g_bytes_get_size(item->octets) + (item->document ? g_bytes_get_size(item->document) : 0);
}

static void drop(struct recent *recent, GList *link) {
    struct opened_octets *item = link->data;
    g_bytes_unref(item->octets);
    g_clear_pointer(&item->document, g_bytes_unref);
    g_free(item->session);
    g_free(item->id);
    g_free(item);
    g_queue_delete_link(&recent->items, link);
}

void recent_free(struct recent *recent) {
    while (recent->items.head)
        drop(recent, recent->items.head);
    g_mutex_clear(&recent->lock);
    g_free(recent);
}

/* What has expired, the same message again, and what is more than a session or all may keep: the
 * walk goes from new to old. */
static void make_room(struct recent *recent, const char *session, const char *id, gsize n,
                      int64_t now) {
    guint of_session = 1;
    gsize kept = n;
    for (GList *link = recent->items.head, *next; link; link = next) {
        const struct opened_octets *item = link->data;
        bool ours = strcmp(item->session, session) == 0;
        bool same = ours && strcmp(item->id, id) == 0;
        next = link->next;
        of_session += ours && !same;
        kept += size_of(item);
        if (same || item->until < now || (ours && of_session > LIMIT_RECENT_SESSION) ||
            kept > LIMIT_RECENT_OCTETS) {
            kept -= size_of(item);
            drop(recent, link);
        }
    }
}

void recent_put(struct recent *recent, const char *session, const char *id, GBytes *octets,
                struct recent_receipt receipt, int64_t now) {
    if (g_bytes_get_size(octets) > LIMIT_RECENT_MESSAGE)
        return;
    struct opened_octets *item = g_new0(struct opened_octets, 1);
    item->session = g_strdup(session);
    item->id = g_strdup(id);
    item->octets = g_bytes_ref(octets);
    item->receipt = receipt;
    item->until = now + LIMIT_RECENT_SECONDS;
    g_mutex_lock(&recent->lock);
    make_room(recent, session, id, g_bytes_get_size(octets), now);
    g_queue_push_head(&recent->items, item);
    g_mutex_unlock(&recent->lock);
}

/* Borrowed, under the lock. */
static struct opened_octets *find(struct recent *recent, const char *session, const char *id) {
    for (GList *link = recent->items.head; link; link = link->next) {
        struct opened_octets *item = link->data;
        if (strcmp(item->session, session) == 0 && strcmp(item->id, id) == 0)
            return item;
    }
    return NULL;
}

GBytes *recent_find(struct recent *recent, const char *session, const char *id, int64_t now,
                    struct recent_receipt *receipt) {
    GBytes *found = NULL;
    g_mutex_lock(&recent->lock);
    const struct opened_octets *item = find(recent, session, id);
    if (item && item->until >= now) {
        found = g_bytes_ref(item->octets);
        *receipt = item->receipt;
    }
    g_mutex_unlock(&recent->lock);
    return found;
}

/* From new to old, until all fits. */
static void shrink(struct recent *recent) {
    gsize kept = 0;
    for (GList *link = recent->items.head, *next; link; link = next) {
        const struct opened_octets *item = link->data;
        gsize size = size_of(item);
        next = link->next;
        kept += size;
        if (kept > LIMIT_RECENT_OCTETS) {
            kept -= size;
            drop(recent, link);
        }
    }
}

void recent_put_document(struct recent *recent, const char *session, const char *id, bool links,
                         GBytes *html) {
    if (g_bytes_get_size(html) > LIMIT_RECENT_MESSAGE)
        return;
    g_mutex_lock(&recent->lock);
    struct opened_octets *item = find(recent, session, id);
    if (item) {
        g_clear_pointer(&item->document, g_bytes_unref);
        item->document = g_bytes_ref(html);
        item->document_links = links;
        shrink(recent);
    }
    g_mutex_unlock(&recent->lock);
}

GBytes *recent_find_document(struct recent *recent, const char *session, const char *id, bool links,
                             int64_t now) {
    GBytes *found = NULL;
    g_mutex_lock(&recent->lock);
    const struct opened_octets *item = find(recent, session, id);
    if (item && item->until >= now && item->document && item->document_links == links)
        found = g_bytes_ref(item->document);
    g_mutex_unlock(&recent->lock);
    return found;
}

void recent_forget(struct recent *recent, const char *session) {
    g_mutex_lock(&recent->lock);
    for (GList *link = recent->items.head, *next; link; link = next) {
        const struct opened_octets *item = link->data;
        next = link->next;
        if (strcmp(item->session, session) == 0)
            drop(recent, link);
    }
    g_mutex_unlock(&recent->lock);
}
