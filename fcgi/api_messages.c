/* SPDX-License-Identifier: MIT
 *
 * GET /mailboxes/{id}/messages: a page of rows, each with its verdict; the ETag covers verdicts, so
 * that a page that waits for one asks cheaply. With q= what the server finds, with after= what is
 * newer than a message, with thread= its conversation. */
#include "base/limits.h"
#include "fcgi/fetch.h"
#include "fcgi/json_summary.h"
#include "fcgi/listing.h"
#include "fcgi/search.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "fcgi/threads.h"

#include <jansson.h>
#include <string.h>

struct query {
    struct listing_query listing;
    GArray *terms;   /* of q; NULL: none */
    bool unverified; /* only rows whose author is not established */
};

static void query_clear(struct query *query) {
    id_clear(&query->listing.where);
    g_clear_pointer(&query->terms, g_array_unref);
}

static bool refuse(struct exchange *x, const char *parameter) {
    reply_bad_parameter(x->reply, x->request, parameter);
    return false;
}

/* "inbox" is one everybody has: a first list costs one request. */
static bool read_mailbox(struct exchange *x, struct id *where) {
    if (strcmp(x->captured[0], "inbox") != 0)
        return fetch_id(x, ID_MAILBOX, x->captured[0], where);
    *where = (struct id){.kind = ID_MAILBOX, .mailbox = g_strdup("INBOX")};
    return true;
}

/* The page before this cursor. */
static bool read_before(struct exchange *x, const char *before, struct id *where) {
    struct id cursor = {0};
    if (!fetch_id(x, ID_CURSOR, before, &cursor))
        return false;
    bool same = g_strcmp0(cursor.mailbox, where->mailbox) == 0;
    id_clear(where);
    *where = cursor;
    return same || refuse(x, "before");
}

/* The message of this mailbox that `name` (after, thread) names, which need not be there any more.
 */
static bool read_message(struct exchange *x, const char *name, struct listing_query *listing,
                         uint32_t *uid) {
    struct id message = {0};
    if (!fetch_id(x, ID_MESSAGE, request_query(x->request, name), &message))
        return false;
    bool same = strcmp(message.mailbox, listing->where.mailbox) == 0;
    *uid = message.uid;
    id_clear(&listing->where);
    listing->where = message; /* its UIDVALIDITY has to hold … */
    listing->where.uid = 0;   /* … but nothing is below it */
    return same || refuse(x, name);
}

/* Some say different things of which messages are meant: the one that cannot stand, or NULL. */
static const char *contradicting(const struct request *request) {
    bool before = request_query(request, "before"), after = request_query(request, "after"),
         q = request_query(request, "q"), thread = request_query(request, "thread");
    if (thread && (after || before || q))
        return "thread";
    return after && (before || q) ? "after" : NULL;
}

/* False: x->reply is filled. */
static bool query_read(struct exchange *x, struct query *query) {
    const char *before = request_query(x->request, "before"), *q = request_query(x->request, "q"),
               *contradiction = contradicting(x->request);
    query->listing.limit = 50;
    if (!request_query_number(x->request, "limit", 1, LIMIT_PAGE, &query->listing.limit))
        return refuse(x, "limit");
    if (!request_query_flag(x->request, "unverified", &query->unverified))
        return refuse(x, "unverified");
    if (contradiction)
        return refuse(x, contradiction);
    if (q && !(query->terms = search_parse(q)))
        return refuse(x, "q");
    query->listing.terms = query->terms;
    return read_mailbox(x, &query->listing.where) &&
           (!before || read_before(x, before, &query->listing.where)) &&
           (!request_query(x->request, "after") ||
            read_message(x, "after", &query->listing, &query->listing.after)) &&
           (!request_query(x->request, "thread") ||
            read_message(x, "thread", &query->listing, &query->listing.thread_of));
}

static char *format(const struct exchange *x, const struct query *query, enum id_kind kind,
                    const struct listing *listing, uint32_t uid) {
    struct span key = span_make((const char *)x->service->id_key, sizeof x->service->id_key);
    bool message = kind != ID_MAILBOX;
    struct id id = {kind, message ? listing->uidvalidity : 0, uid, query->listing.where.mailbox};
    return id_format(key, x->session->account, &id);
}

static bool is_unverified(const struct record *record) {
    enum verdict_author author = record ? record->verdict->author : VERDICT_UNCHECKED;
    return author != VERDICT_VERIFIED && author != VERDICT_LIKELY && author != VERDICT_OWN;
}

static json_t *listing_json(const struct exchange *x, const struct query *query,
                            const struct listing *listing) {
    enum reason_language language = json_language(x->request->lang);
    json_t *rows = json_array();
    for (guint i = 0; i < listing->lines->len; i++) {
        const struct listing_line *line = listing->lines->pdata[i];
        if (query->unverified && !is_unverified(line->record))
            continue;
        g_autofree char *id = format(x, query, ID_MESSAGE, listing, line->row->uid);
        json_t *row = row_json(line->row, id, line->flags);
        g_autofree char *thread = threads_id(line->thread, line->row->uid);
        json_object_set_new(row, "threadId", json_string(thread));
        json_object_set_new(row, "verdict", json_summary(line->record, language));
        json_array_append_new(rows, row);
    }
    g_autofree char *next =
        listing->next ? format(x, query, ID_CURSOR, listing, listing->next) : NULL;
    g_autofree char *mailbox = format(x, query, ID_MAILBOX, listing, 0);
    json_t *page = json_pack("{s:s, s:I, s:o, s:s?}", "mailbox", mailbox, "total",
                             (json_int_t)listing->total, "messages", rows, "next", next);
    if (query->terms)
        json_object_set_new(page, "search",
                            json_pack("{s:o}", "highlight", search_highlight(query->terms)));
    return page;
}

void api_messages_list(struct exchange *x) {
    struct query query = {0};
    OWNED(listing) listing = NULL;
    if (query_read(x, &query))
        listing = listing_new(x, &query.listing);
    if (listing) {
        reply_json(x->reply, 200, listing_json(x, &query, listing));
        reply_etag(x->reply, x->request, x->session->account);
    }
    query_clear(&query);
}
