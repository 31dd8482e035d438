/* SPDX-License-Identifier: MIT
 *
 * GET /mailboxes/{id}/messages: a page of rows, each with its verdict; the ETag covers verdicts, so
 * that a page that waits for one asks cheaply. */
#include "base/limits.h"
#include "fcgi/fetch.h"
#include "fcgi/json_summary.h"
#include "fcgi/listing.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <jansson.h>

struct query {
    unsigned limit;
    bool unverified; /* only rows whose author is not established */
    struct id where; /* mailbox, and the UID to go on before */
};

/* False: x->reply is filled. */
static bool query_read(struct exchange *x, struct query *query) {
    const char *before = request_query(x->request, "before");
    if (request_query(x->request, "q")) { /* a search that answers with everything would be a lie */
        reply_problem(x->reply, x->request, PROBLEM_NOT_SUPPORTED, 0);
        return false;
    }
    query->limit = 50;
    query->unverified = request_query_flag(x->request, "unverified");
    if (!request_query_number(x->request, "limit", 1, LIMIT_PAGE, &query->limit)) {
        reply_problem(x->reply, x->request, PROBLEM_BAD_PARAMETER, 0);
        return false;
    }
    if (!fetch_id(x, ID_MAILBOX, x->captured[0], &query->where))
        return false;
    if (!before)
        return true;
    struct id cursor = {0};
    if (!fetch_id(x, ID_CURSOR, before, &cursor))
        return false;
    bool same = g_strcmp0(cursor.mailbox, query->where.mailbox) == 0;
    id_clear(&query->where);
    query->where = cursor;
    if (!same)
        reply_problem(x->reply, x->request, PROBLEM_BAD_PARAMETER, 0);
    return same;
}

static char *format(const struct exchange *x, const struct query *query, enum id_kind kind,
                    const struct listing *listing, uint32_t uid) {
    struct span key = span_make((const char *)x->service->id_key, sizeof x->service->id_key);
    struct id id = {kind, listing->uidvalidity, uid, query->where.mailbox};
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
        json_object_set_new(row, "verdict", json_summary(line->record, language));
        json_array_append_new(rows, row);
    }
    g_autofree char *next =
        listing->next ? format(x, query, ID_CURSOR, listing, listing->next) : NULL;
    return json_pack("{s:o, s:o}", "messages", rows, "next",
                     next ? json_string(next) : json_null());
}

void api_messages_list(struct exchange *x) {
    struct query query = {0};
    OWNED(listing) listing = NULL;
    if (query_read(x, &query))
        listing = listing_new(x, &query.where, query.limit);
    if (listing) {
        reply_json(x->reply, 200, listing_json(x, &query, listing));
        reply_etag(x->reply, x->request, x->session->account);
    }
    id_clear(&query.where);
}
