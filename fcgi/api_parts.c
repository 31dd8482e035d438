/* SPDX-License-Identifier: MIT
 *
 * GET /messages/{id}/body.html, /parts/{part}, /raw: octets of a message, none of them active. The
 * body is an inert document under a policy of its own; everything else is a download (attacks
 * I185). A message that was just opened is not fetched again. */
#include "base/clock.h"
#include "fcgi/fetch.h"
#include "fcgi/opened.h"
#include "fcgi/judge.h"
#include "fcgi/recent.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "mail/header.h"
#include "mail/mime_name.h"

/* No script, no form, no plug-in, no network; pictures of the message are data: URLs. Links open,
 * if they may, in a window that knows nothing of this one. */
#define POLICY                                                                                     \
    "; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "            \
    "form-action 'none'; frame-ancestors 'self'"
#define POLICY_LINKS "sandbox allow-popups allow-popups-to-escape-sandbox" POLICY
#define POLICY_NO_LINKS "sandbox" POLICY

/* NULL: x->reply is filled. */
static GBytes *octets_of(struct exchange *x) {
    OWNED(fetched) fetched = fetch_recent(x, x->captured[0]);
    return fetched ? g_bytes_ref(fetched->octets) : NULL;
}

static bool may_link(struct exchange *x, const struct fetched *fetched) {
    if (g_strcmp0(request_query(x->request, "links"), "off") == 0)
        return false;
    OWNED(record) record = fetch_record(x, fetched);
    return fetch_may_link(record);
}

/* The document of the message, or of one reading of it; NULL: no such text. */
static GBytes *document_of(struct exchange *x, const struct fetched *fetched, bool links) {
    const char *part = request_query(x->request, "part");
    GBytes *ready = part ? NULL
                         : recent_find_document(x->service->recent, x->session->hash,
                                                x->captured[0], links, clock_now());
    if (ready)
        return ready;
    OWNED(opened) opened = opened_new(fetched->octets);
    enum opened_reading reading = opened_choose(opened, part);
    if (reading == OPENED_NONE)
        return NULL;
    const struct inert_options options = {.links = links};
    bool fallback;
    OWNED(inert_document)
    document = opened_document(opened, reading, x->service->workers, &options, &fallback);
    return g_bytes_new(document->html->str, document->html->len);
}

void api_message_body(struct exchange *x) {
    OWNED(fetched) fetched = fetch_recent(x, x->captured[0]);
    if (!fetched)
        return;
    bool links = may_link(x, fetched);
    g_autoptr(GBytes) html = document_of(x, fetched, links);
    if (!html) {
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
        return;
    }
    reply_bytes(x->reply, 200, "text/html; charset=utf-8", html, REPLY_NO_STORE);
    g_free(x->reply->csp);
    x->reply->csp = g_strdup(links ? POLICY_LINKS : POLICY_NO_LINKS);
    reply_header(x->reply, "X-DNS-Prefetch-Control", "off");
}

/* Types a browser may be told: pictures, sound and text that run nothing. */
static const char *harmless_type(const char *type) {
    static const char *const types[] = {"image/png",  "image/jpeg",      "image/gif",
                                        "image/webp", "audio/mpeg",      "audio/ogg",
                                        "video/mp4",  "video/webm",      "text/plain",
                                        "text/csv",   "application/pdf", "application/zip"};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(types[i], type) == 0)
            return types[i];
    return "application/octet-stream";
}

static char *subject_name(const struct message *message) {
    int at = message_find(message, "Subject", 0);
    g_autofree char *subject = at < 0 ? NULL : header_text(message->fields[at].value, NULL);
    bool changed;
    g_autofree char *safe = subject ? mime_name_safe(subject, &changed) : NULL;
    return g_strconcat(safe ? safe : "message", ".eml", NULL);
}

static char *part_name(const struct mime_part *part) {
    if (part->name)
        return g_strdup(part->name);
    if (part->kind == MIME_MESSAGE) {
        g_autoptr(GBytes) inner = g_bytes_new(part->body.p, part->body.n);
        OWNED(message) message = message_new(inner, 0);
        return subject_name(message);
    }
    return g_strdup_printf("part-%s%s", part->number, mime_name_extension(part->type));
}

static void send_download(struct exchange *x, const char *type, const char *name, GBytes *octets) {
    reply_bytes(x->reply, 200, type, octets, REPLY_NO_STORE);
    reply_disposition(x->reply, true, name);
    g_free(x->reply->csp);
    x->reply->csp = g_strdup("sandbox; default-src 'none'; frame-ancestors 'none'");
}

void api_part_get(struct exchange *x) {
    g_autoptr(GBytes) octets = octets_of(x);
    if (!octets)
        return;
    OWNED(message) message = message_new(octets, 0);
    OWNED(mime) mime = mime_parse(message);
    const struct mime_part *part = mime_find(mime, x->captured[1]);
    if (!part || part->kind == MIME_MULTIPART) {
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
        return;
    }
    g_autoptr(GBytes) content = mime_content(part, NULL);
    g_autofree char *name = part_name(part);
    const char *type = part->kind == MIME_MESSAGE ? "message/rfc822" : harmless_type(part->type);
    send_download(x, type, name, content);
}

void api_message_raw(struct exchange *x) {
    g_autoptr(GBytes) octets = octets_of(x);
    if (!octets)
        return;
    OWNED(message) message = message_new(octets, 0);
    g_autofree char *name = subject_name(message);
    send_download(x, "message/rfc822", name, octets);
}
