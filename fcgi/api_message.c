/* SPDX-License-Identifier: MIT
 *
 * GET /messages/{id}: everything a reader shows of one message, with verdict and evidence. Fetched
 * afresh, because flags change; its octets are kept for what is asked next (fcgi/recent). */
#include "fcgi/acquaintance.h"
#include "fcgi/fetch.h"
#include "fcgi/image_domains.h"
#include "fcgi/json_checks.h"
#include "fcgi/json_evidence.h"
#include "fcgi/json_known.h"
#include "fcgi/json_message.h"
#include "fcgi/json_summary.h"
#include "fcgi/json_text.h"
#include "fcgi/json_verdict.h"
#include "fcgi/judge.h"
#include "fcgi/recent.h"
#include "fcgi/row.h"
#include "fcgi/service.h"
#include "fcgi/threads.h"
#include "fcgi/session.h"

#include "account/imap.h"
#include "mail/mime_preview.h"

#include <jansson.h>

/* What was made for the list of links is what the frame asks for next. */
static void keep_document(const struct exchange *x, const struct inert_document *document,
                          bool links) {
    g_autoptr(GBytes) html = g_bytes_new(document->html->str, document->html->len);
    recent_put_document(x->service->recent, x->session->hash, x->captured[0], links, html);
}

static json_t *body_json(const struct exchange *x, const struct opened *opened,
                         const struct record *record) {
    const struct verdict *verdict = record->verdict;
    bool links = fetch_may_link(record);
    const struct inert_options options = {.links = links};
    bool fallback;
    OWNED(inert_document)
    document = opened_document(opened, opened_choose(opened, NULL), x->service->workers, &options,
                               &fallback);
    keep_document(x, document, links);
    struct json_message_body body = {
        .document = document,
        .suffixes = judge_suffixes(x->service->judge),
        .fallback = fallback,
        .images_available = x->service->images != NULL,
        .images_shown = fetch_may_show_images(x, record),
        .images_domain = x->service->images ? image_domain_of(verdict) : NULL,
    };
    return json_message(opened, &body);
}

/* What of it can be called known, and when it was checked. */
static void put_memory(struct exchange *x, const struct fetched *fetched,
                       const struct record *record, json_t *message) {
    struct judge_later later;
    OWNED(acquaintance)
    account = acquaintances_take(judge_acquaintances(x->service->judge), x->session->account);
    bool checked_again = fetch_later(x, fetched, &later);
    json_put(message, "known", json_known_offers(record->evidence, account->contacts));
    json_put(message, "checks", json_checks(record, checked_again ? &later : NULL));
}

/* Which conversation it is in. */
static json_t *thread_json(const struct exchange *x, const struct fetched *fetched,
                           const struct message *message) {
    const struct id *id = &fetched->id;
    struct threads_place place = {x->session->account, id->mailbox, id->uidvalidity};
    struct threads_message one = {.uid = id->uid};
    references_read(message, &one.references);
    threads_join(x->service->threads, &place, &one, 1);
    g_autofree char *text = threads_id(one.thread, id->uid);
    return json_string(text);
}

void api_message_get(struct exchange *x) {
    OWNED(fetched) fetched = fetch_message(x, x->captured[0]);
    if (!fetched)
        return;
    OWNED(record) record = fetch_record(x, fetched);
    OWNED(opened) opened = opened_new(fetched->octets);
    enum reason_language language = json_language(x->request->lang);
    g_autofree char *preview = mime_preview(opened->inside ? opened->inside : opened->message);
    int64_t received = fetched->info->internaldate;
    json_t *message = body_json(x, opened, record);
    json_put(message, "id", json_string(x->captured[0]));
    json_put(message, "threadId", thread_json(x, fetched, opened->message));
    json_put(message, "preview", json_text(preview));
    json_put(message, "receivedAt", received ? json_time(received) : json_null());
    json_put(message, "keywords", row_keywords_json(fetched->info->flags, fetched->info->keywords));
    json_put(message, "registrableDomain", json_text(record->evidence->author.registrable));
    json_put(message, "verdict", json_verdict(record->verdict, language));
    json_put(message, "evidence", json_evidence(record->evidence, record->verdict));
    put_memory(x, fetched, record, message);
    reply_json(x->reply, 200, message);
    reply_etag(x->reply, x->request, x->session->account);
}
