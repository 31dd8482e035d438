/* SPDX-License-Identifier: MIT
 *
 * GET /messages/{id}/body.html, /parts/{part}, /raw: octets of a message, none of them active. The
 * body is an inert document under a policy of its own; everything else is a download (attacks
 * I185). A message that was just opened is not fetched again. */
#include "base/clock.h"
#include "fcgi/fetch.h"
#include "fcgi/opened.h"
#include "fcgi/part_name.h"
#include "fcgi/config.h"
#include "fcgi/images.h"
#include "fcgi/judge.h"
#include "fcgi/recent.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "mail/header.h"
#include "mail/mime_name.h"

/* What the frame may do. */
struct frame {
    bool links, images;
};

/* No script, no form, no plug-in, no network; pictures of the message are data: URLs, and those
 * that lie elsewhere come by way of ourselves. Our origin is written out: a frame without one has
 * no 'self'. Links open, if they may, in a window that knows nothing of this one. */
static char *policy_of(const struct config *config, const struct frame *frame) {
    GString *policy = g_string_new("sandbox");
    if (frame->links)
        g_string_append(policy, " allow-popups allow-popups-to-escape-sandbox");
    g_string_append(policy, "; default-src 'none'; img-src data:");
    for (char **origin = config->origins; frame->images && *origin; origin++)
        g_string_append_printf(policy, " %s" IMAGE_URL_PREFIX, *origin);
    g_string_append(policy, "; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
                            "frame-ancestors 'self'");
    return g_string_free(policy, FALSE);
}

/* NULL: x->reply is filled. */
static GBytes *octets_of(struct exchange *x) {
    OWNED(fetched) fetched = fetch_recent(x, x->captured[0]);
    return fetched ? g_bytes_ref(fetched->octets) : NULL;
}

/* The reader's word, and without one that of the verdict: links may be taken away, pictures asked
 * for or refused. */
static struct frame frame_of(struct exchange *x, const struct fetched *fetched,
                             const struct frame *asked) {
    OWNED(record) record = fetch_record(x, fetched);
    struct frame frame = {.links = asked->links && fetch_may_link(record)};
    frame.images = request_query(x->request, "images") ? x->service->images && asked->images
                                                       : fetch_may_show_images(x, record);
    return frame;
}

/* False: x->reply is filled. */
static bool read_asked(struct exchange *x, struct frame *asked) {
    *asked = (struct frame){.links = true};
    if (!request_query_flag(x->request, "links", &asked->links))
        reply_bad_parameter(x->reply, x->request, "links");
    else if (!request_query_flag(x->request, "images", &asked->images))
        reply_bad_parameter(x->reply, x->request, "images");
    return !x->reply->status;
}

/* The document of the message, or of one reading of it; NULL: no such text. One without pictures
 * from elsewhere may have been made already. */
static GBytes *document_of(struct exchange *x, const struct fetched *fetched,
                           const struct frame *frame) {
    const char *part = request_query(x->request, "part");
    GBytes *ready = part || frame->images
                        ? NULL
                        : recent_find_document(x->service->recent, x->session->hash, x->captured[0],
                                               frame->links, clock_now());
    if (ready)
        return ready;
    OWNED(opened) opened = opened_new(fetched->octets);
    enum opened_reading reading = opened_choose(opened, part);
    if (reading == OPENED_NONE)
        return NULL;
    struct image_sheet sheet = {.name = ""};
    struct inert_options options = {.links = frame->links, .images = frame->images ? &sheet : NULL};
    if (frame->images)
        images_sheet(x->service->images, clock_now(), &sheet);
    bool fallback;
    OWNED(inert_document)
    document = opened_document(opened, reading, x->service->workers, &options, &fallback);
    return g_bytes_new(document->html->str, document->html->len);
}

void api_message_body(struct exchange *x) {
    struct frame asked;
    if (!read_asked(x, &asked))
        return;
    OWNED(fetched) fetched = fetch_recent(x, x->captured[0]);
    if (!fetched)
        return;
    struct frame frame = frame_of(x, fetched, &asked);
    g_autoptr(GBytes) html = document_of(x, fetched, &frame);
    if (!html) {
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
        return;
    }
    reply_bytes(x->reply, 200, "text/html; charset=utf-8", html, REPLY_NO_STORE);
    g_free(x->reply->csp);
    x->reply->csp = policy_of(x->service->config, &frame);
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
    g_autofree char *name = part_name_of(part);
    const char *type = part->kind == MIME_MESSAGE ? "message/rfc822" : harmless_type(part->type);
    send_download(x, type, name, content);
}

void api_message_raw(struct exchange *x) {
    g_autoptr(GBytes) octets = octets_of(x);
    if (!octets)
        return;
    OWNED(message) message = message_new(octets, 0);
    g_autofree char *name = part_name_subject(message, ".eml");
    send_download(x, "message/rfc822", name, octets);
}
