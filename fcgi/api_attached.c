/* SPDX-License-Identifier: MIT
 *
 * GET /messages/{id}/parts/{part}/message, /body.html, /preview: an attached message judged and
 * shown for itself, and a look at an attached picture, or PDF that does nothing but show pages.
 * Nobody knows how an attached message came to its sender, so it is judged like one handed to
 * /verify: no header of it is believed, and its links stay inert. */
#include "base/log.h"
#include "fcgi/fetch.h"
#include "fcgi/json_evidence.h"
#include "fcgi/json_message.h"
#include "fcgi/json_summary.h"
#include "fcgi/json_text.h"
#include "fcgi/json_verdict.h"
#include "fcgi/judge.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "mail/mime_sniff.h"
#include "worker/pdf_job.h"

#include <jansson.h>

#define BODY_POLICY                                                                                \
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "     \
    "form-action 'none'; frame-ancestors 'self'"
/* A browser's reader of PDFs runs their JavaScript whatever is said here, so that none comes here
 * (refuse_pdf). It is an object of its own origin, which a sandbox would keep out. */
#define PREVIEW_POLICY                                                                             \
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; "          \
    "form-action 'none'; frame-ancestors 'self'"

/* The decoded content of a leaf part; NULL: there is none, and x->reply says so. *kind is its. */
static GBytes *content_of(struct exchange *x, enum mime_kind *kind) {
    OWNED(fetched) fetched = fetch_recent(x, x->captured[0]);
    if (!fetched)
        return NULL;
    OWNED(message) message = message_new(fetched->octets, 0);
    OWNED(mime) mime = mime_parse(message);
    const struct mime_part *part = mime_find(mime, x->captured[1]);
    if (!part || part->kind == MIME_MULTIPART) {
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
        return NULL;
    }
    *kind = part->kind;
    return mime_content(part, NULL);
}

static struct opened *attached_of(struct exchange *x) {
    enum mime_kind kind = MIME_LEAF;
    g_autoptr(GBytes) content = content_of(x, &kind);
    if (!content)
        return NULL;
    if (kind != MIME_MESSAGE) {
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
        return NULL;
    }
    return opened_new(content);
}

static struct inert_document *document_of(const struct exchange *x, const struct opened *opened,
                                          bool *fallback) {
    const struct inert_options options = {.links = false};
    return opened_document(opened, opened_choose(opened, NULL), x->service->workers, &options,
                           fallback);
}

void api_attached_message(struct exchange *x) {
    OWNED(opened) opened = attached_of(x);
    if (!opened)
        return;
    struct judge_case about = {.account = x->session->account,
                               .trust = config_trust_of(x->service->config, x->session->host),
                               .role = MAILBOX_IMPORTED};
    OWNED(record)
    record = judge_octets(x->service->judge, &about, opened->octets, true, JUDGE_CHECK);
    bool fallback;
    OWNED(inert_document) document = document_of(x, opened, &fallback);
    struct json_message_body body = {
        .document = document, .suffixes = judge_suffixes(x->service->judge), .fallback = fallback};
    json_t *message = json_message(opened, &body);
    enum reason_language language = json_language(x->request->lang);
    json_put(message, "verdict", json_verdict(record->verdict, language));
    json_put(message, "evidence", json_evidence(record->evidence, record->verdict));
    reply_json(x->reply, 200, message);
}

void api_attached_body(struct exchange *x) {
    OWNED(opened) opened = attached_of(x);
    if (!opened)
        return;
    bool fallback;
    OWNED(inert_document) document = document_of(x, opened, &fallback);
    g_autoptr(GBytes) html = g_bytes_new(document->html->str, document->html->len);
    reply_bytes(x->reply, 200, "text/html; charset=utf-8", html, REPLY_NO_STORE);
    g_free(x->reply->csp);
    x->reply->csp = g_strdup(BODY_POLICY);
    reply_header(x->reply, "X-DNS-Prefetch-Control", "off");
}

/* Types that a browser draws without running anything of them, by their octets alone. */
static bool may_preview(const char *type) {
    static const char *const types[] = {"application/pdf", "image/png", "image/jpeg", "image/gif",
                                        "image/webp"};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_strcmp0(type, types[i]) == 0)
            return true;
    return false;
}

/* PROBLEM_NONE: it does nothing but show pages. */
static enum problem problem_of_pdf(enum pdf_active active) {
    static const enum problem problems[PDF_ACTIVE__MAX] = {
        [PDF_ACTIVE_UNKNOWN] = PROBLEM_PREVIEW_UNCHECKED,
        [PDF_ACTIVE_NONE] = PROBLEM_NONE,
        [PDF_ACTIVE_TOO_LARGE] = PROBLEM_PREVIEW_TOO_LARGE,
        [PDF_ACTIVE_DAMAGED] = PROBLEM_PREVIEW_DAMAGED,
        [PDF_ACTIVE_UNUSUAL] = PROBLEM_PREVIEW_UNUSUAL,
        [PDF_ACTIVE_ENCRYPTED] = PROBLEM_PREVIEW_ENCRYPTED,
        [PDF_ACTIVE_ACTS] = PROBLEM_PREVIEW_ACTS,
        [PDF_ACTIVE_PROGRAM] = PROBLEM_PREVIEW_PROGRAM};
    return problems[active];
}

/* True: x->reply says why it is not shown. */
static bool refuse_pdf(struct exchange *x, GBytes *content) {
    g_autoptr(GError) error = NULL;
    enum problem problem = problem_of_pdf(pdf_job_run(x->service->workers, content, &error));
    if (error)
        log_write(LOG_WARNING, "preview", "a PDF was not looked through: %s", error->message);
    if (problem)
        reply_problem(x->reply, x->request, problem, 0);
    return problem;
}

void api_part_preview(struct exchange *x) {
    enum mime_kind kind = MIME_LEAF;
    g_autoptr(GBytes) content = content_of(x, &kind);
    if (!content)
        return;
    gsize n;
    const char *octets = g_bytes_get_data(content, &n);
    const char *type = mime_sniff(span_make(octets, n));
    if (!may_preview(type)) {
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
        return;
    }
    if (g_str_equal(type, "application/pdf") && refuse_pdf(x, content))
        return;
    reply_bytes(x->reply, 200, type, content, REPLY_NO_STORE);
    g_free(x->reply->csp);
    x->reply->csp = g_strdup(PREVIEW_POLICY);
}
