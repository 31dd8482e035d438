/* SPDX-License-Identifier: MIT
 *
 * Pages: what the server says now, joined with what we remember. */
#include "fcgi/listing.h"

#include "account/pool.h"
#include "base/limits.h"
#include "fcgi/brands.h"
#include "fcgi/fetch.h"
#include "fcgi/folders.h"
#include "fcgi/imap_problem.h"
#include "fcgi/row_store.h"
#include "fcgi/seal.h"
#include "fcgi/service.h"
#include "fcgi/threads.h"
#include "fcgi/verifier.h"

#include <string.h>

/* One page under way. */
struct work {
    struct exchange *x;
    const char *mailbox;
    uint32_t uidvalidity;
    enum mailbox_role role;
    uint32_t total;
    struct imap_page *page;
    GHashTable *known;   /* UID → struct row, from the store and then the new ones too */
    GPtrArray *messages; /* struct imap_message of new ones, borrowed flags for the page */
    GPtrArray *fetched;  /* the same with header and text */
};

static void line_free(gpointer data) {
    struct listing_line *line = data;
    if (line->row)
        row_free(line->row);
    if (line->flags)
        imap_message_free(line->flags);
    if (line->record)
        record_free(line->record);
    g_free(line);
}

void listing_free(struct listing *listing) {
    g_ptr_array_unref(listing->lines);
    g_free(listing);
}

static struct place place_of(const struct work *work, const struct row *row) {
    return (struct place){.session = work->x->session,
                          .mailbox = work->mailbox,
                          .uidvalidity = work->uidvalidity,
                          .uid = row->uid,
                          .role = work->role,
                          .trust =
                              config_trust_of(work->x->service->config, work->x->session->host),
                          .received_at = row->received_at};
}

/* What the headers alone settle is settled now. */
static void glance(struct work *work, struct row *row, GBytes *octets, bool whole) {
    struct judge *judge = work->x->service->judge;
    struct place place = place_of(work, row);
    struct judge_case about = verifier_case(&place);
    OWNED(record) record = judge_octets(judge, &about, octets, whole, JUDGE_GLANCE);
    if (!record->facts.complete)
        return;
    g_free(row->judged);
    row->judged = seal_digest(span_make(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets)));
    judge_keep(judge, &about, octets, row->judged, record);
}

/* New messages become rows, are kept, and join the known ones. Only then may the verifier look for
 * their rows: it writes into them. */
static void add_fetched(struct work *work) {
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    g_autoptr(GPtrArray) octets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autofree bool *whole = g_new0(bool, work->fetched->len);
    for (guint i = 0; i < work->fetched->len; i++) {
        GBytes *some = NULL;
        struct row *row = row_new(work->fetched->pdata[i], &some, &whole[i]);
        g_ptr_array_add(rows, row);
        g_ptr_array_add(octets, some);
        glance(work, row, some, whole[i]);
        g_hash_table_replace(work->known, GUINT_TO_POINTER(row->uid), row);
    }
    row_store_put(work->x->service->store, work->x->session->account, work->mailbox,
                  work->uidvalidity, rows);
    for (guint i = 0; i < rows->len; i++) {
        struct row *row = rows->pdata[i];
        struct place place = place_of(work, row);
        if (!*row->judged)
            verifier_submit(work->x->service->verifier, &place, whole[i] ? octets->pdata[i] : NULL);
    }
}

static uint32_t uid_at(const GPtrArray *messages, guint i) {
    const struct imap_message *message = g_ptr_array_index(messages, i);
    return message->uid;
}

static bool fetch_new(struct work *work, struct imap *imap, GError **error) {
    const GPtrArray *messages = work->page->messages;
    g_autoptr(GArray) missing = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (guint i = 0; i < messages->len; i++) {
        uint32_t uid = uid_at(messages, i);
        if (!g_hash_table_contains(work->known, GUINT_TO_POINTER(uid)))
            g_array_append_val(missing, uid);
    }
    if (!missing->len && !work->page->above)
        return true;
    work->fetched = imap_fetch(imap, IMAP_FETCH_ROW, (const uint32_t *)(void *)missing->data,
                               missing->len, work->page->above, error);
    return work->fetched != NULL;
}

/* ---- which messages ---- */

/* The page of what a search finds. */
static struct imap_page *find_page(struct imap *imap, const struct listing_query *query,
                                   GError **error) {
    const struct imap_search search = {
        .terms = query->terms ? (const struct imap_search_term *)(void *)query->terms->data : NULL,
        .n = query->terms ? query->terms->len : 0,
        .before = query->where.uid,
        .after = query->after};
    g_autoptr(GArray) uids = imap_search(imap, &search, error);
    if (!uids)
        return NULL;
    guint n = MIN(uids->len, query->limit);
    const uint32_t *newest = n ? &g_array_index(uids, uint32_t, uids->len - n) : NULL;
    GPtrArray *messages = imap_fetch(imap, IMAP_FETCH_FLAGS, newest, n, 0, error);
    if (!messages)
        return NULL;
    struct imap_page *page = g_new0(struct imap_page, 1);
    page->messages = messages;
    page->more = uids->len > n;
    return page;
}

static struct threads_place threads_place(const struct work *work) {
    return (struct threads_place){work->x->session->account, work->mailbox, work->uidvalidity};
}

/* The messages of a conversation, without a search: which ones they are is known here. */
static struct imap_page *thread_page(const struct work *work, struct imap *imap,
                                     const struct listing_query *query, GError **error) {
    struct threads_place place = threads_place(work);
    g_autoptr(GArray) uids = threads_members(work->x->service->threads, &place, query->thread_of);
    GPtrArray *messages = imap_fetch(imap, IMAP_FETCH_FLAGS, (const uint32_t *)(void *)uids->data,
                                     MIN(uids->len, query->limit), 0, error);
    if (!messages)
        return NULL;
    struct imap_page *page = g_new0(struct imap_page, 1);
    page->messages = messages;
    return page;
}

static struct imap_page *which_page(const struct work *work, struct imap *imap,
                                    const struct listing_query *query, GError **error) {
    if (query->thread_of)
        return thread_page(work, imap, query, error);
    return query->terms || query->after ? find_page(imap, query, error)
                                        : imap_page(imap, query->where.uid, query->limit, error);
}

/* What is kept of a page. Hits of a search may lie far apart: then one by one. */
static GHashTable *find_known(const struct work *work, bool together) {
    const GPtrArray *messages = work->page->messages;
    struct store *store = work->x->service->store;
    const char *account = work->x->session->account;
    if (together || !messages->len)
        return row_store_find(store, account, work->mailbox, work->uidvalidity,
                              messages->len ? uid_at(messages, messages->len - 1) : 1,
                              messages->len ? uid_at(messages, 0) : 0);
    GHashTable *known = row_store_find(store, account, work->mailbox, work->uidvalidity, 1, 0);
    for (guint i = 0; i < messages->len; i++) {
        gpointer uid = GUINT_TO_POINTER(uid_at(messages, i)), row = NULL;
        g_autoptr(GHashTable) one = row_store_find(store, account, work->mailbox, work->uidvalidity,
                                                   uid_at(messages, i), uid_at(messages, i));
        if (g_hash_table_steal_extended(one, uid, NULL, &row))
            g_hash_table_insert(known, uid, row);
    }
    return known;
}

static bool ask_server(struct work *work, struct imap *imap, const struct listing_query *query,
                       GError **error) {
    struct exchange *x = work->x;
    if (!folders_role(x->session, imap, work->mailbox, &work->role, error))
        return false;
    bool together = !query->terms && !query->after && !query->thread_of;
    work->uidvalidity = imap_selected(imap)->uidvalidity;
    work->page = which_page(work, imap, query, error);
    if (!work->page)
        return false;
    work->total = imap_selected(imap)->exists;
    work->known = find_known(work, together);
    return fetch_new(work, imap, error);
}

/* ---- with what is known of them ---- */

static void complete_line(struct work *work, struct listing_line *line,
                          const struct judge_case *about) {
    const struct service *service = work->x->service;
    if (line->record) {
        judge_add_logo(service->judge, about, service->brands, BRANDS_ASK, line->record);
        return;
    }
    struct place place = place_of(work, line->row);
    verifier_submit(service->verifier, &place, NULL); /* nothing for one that is there already */
    line->record = verifier_provisional(service->verifier, &place);
}

/* The verdicts of the whole page at once. */
static void find_records(struct work *work, const GPtrArray *lines) {
    g_autofree struct judge_asked *asked = g_new0(struct judge_asked, lines->len);
    for (guint i = 0; i < lines->len; i++) {
        const struct listing_line *line = lines->pdata[i];
        struct place place = place_of(work, line->row);
        asked[i] = (struct judge_asked){verifier_case(&place), line->row->judged, NULL};
    }
    judge_find_all(work->x->service->judge, asked, lines->len);
    for (guint i = 0; i < lines->len; i++) {
        struct listing_line *line = lines->pdata[i];
        line->record = asked[i].record;
        complete_line(work, line, &asked[i].about);
    }
}

static void add_line(struct work *work, struct listing *listing, struct imap_message *flags) {
    gpointer uid = GUINT_TO_POINTER(flags->uid);
    struct row *row = g_hash_table_lookup(work->known, uid);
    if (!row) { /* vanished between the two commands */
        imap_message_free(flags);
        return;
    }
    g_hash_table_steal(work->known, uid);
    struct listing_line *line = g_new0(struct listing_line, 1);
    line->row = row;
    line->flags = flags;
    g_ptr_array_add(listing->lines, line);
}

/* Takes messages out of an array that would free them. */
static void add_lines(struct work *work, struct listing *listing, GPtrArray *from, uint32_t above,
                      unsigned limit) {
    while (from && from->len && listing->lines->len < limit) {
        const struct imap_message *next = from->pdata[0];
        if (next->uid <= above && above)
            return;
        add_line(work, listing, g_ptr_array_steal_index(from, 0));
    }
}

static void add_threads(const struct work *work, const struct listing *listing) {
    guint n = listing->lines->len;
    struct threads_place place = threads_place(work);
    g_autofree struct threads_message *messages = g_new0(struct threads_message, n);
    for (guint i = 0; i < n; i++) {
        const struct listing_line *line = listing->lines->pdata[i];
        messages[i].uid = line->row->uid;
        messages[i].references = line->row->references;
    }
    threads_join(work->x->service->threads, &place, messages, n);
    for (guint i = 0; i < n; i++) {
        struct listing_line *line = listing->lines->pdata[i];
        line->thread = messages[i].thread;
    }
}

/* Mail that arrived while the page was read stands on top of it. */
static struct listing *join(struct work *work, unsigned limit) {
    struct listing *listing = g_new0(struct listing, 1);
    listing->lines = g_ptr_array_new_with_free_func(line_free);
    listing->uidvalidity = work->uidvalidity;
    listing->total = work->total;
    if (work->page->above)
        add_lines(work, listing, work->fetched, work->page->above, limit);
    add_lines(work, listing, work->page->messages, 0, limit);
    find_records(work, listing->lines);
    bool left = work->page->more || work->page->messages->len;
    if (left && listing->lines->len) {
        const struct listing_line *last = listing->lines->pdata[listing->lines->len - 1];
        listing->next = last->row->uid;
    }
    return listing;
}

static void work_clear(struct work *work) {
    g_clear_pointer(&work->page, imap_page_free);
    g_clear_pointer(&work->known, g_hash_table_unref);
    g_clear_pointer(&work->fetched, g_ptr_array_unref);
}

/* False: x->reply is filled, or the connection was lost, which `lost` (or NULL) is told. */
static bool ask(struct work *work, const struct listing_query *query, bool *lost) {
    g_autoptr(GError) error = NULL;
    struct imap *imap = fetch_connection(work->x, &query->where);
    if (!imap)
        return false;
    bool good = ask_server(work, imap, query, &error);
    bool gave_up = fetch_gave_up(work->x, imap, error);
    if (!good && gave_up && lost)
        *lost = true;
    else if (!good)
        imap_problem_reply(work->x, error);
    if (!good)
        work_clear(work);
    return good;
}

struct listing *listing_new(struct exchange *x, const struct listing_query *query) {
    struct work work = {.x = x, .mailbox = query->where.mailbox};
    struct listing *listing = NULL;
    bool lost = false;
    if (ask(&work, query, &lost) || (lost && ask(&work, query, NULL))) {
        if (work.fetched)
            add_fetched(&work);
        verifier_walk(x->service->verifier, x->session);
        listing = join(&work, query->limit);
        add_threads(&work, listing);
    }
    work_clear(&work);
    return listing;
}
