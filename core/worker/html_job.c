/* SPDX-License-Identifier: MIT
 *
 * Request: (ay b s ay a(say)): HTML, links wanted, name and key of the sheet that signs pictures
 * elsewhere (both empty: none are wanted), images as (Content-ID, octets).
 * Reply: (ay uuu a(usss)): document, flags, remote references left out, pictures elsewhere, links
 * as (n, text, URL, host). */
#include "worker/html_job.h"

#include "worker/variant.h"

#define REQUEST "(aybsaya(say))"
#define REPLY "(ayuuua(usss))"

static GVariant *octets_variant(const void *octets, gsize n) {
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, octets, n, 1);
}

GBytes *html_job_pack_request(const char *html, gsize length, const GPtrArray *images,
                              const struct inert_options *options) {
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a(say)"));
    for (guint i = 0; images && i < images->len; i++) {
        const struct inert_image *image = images->pdata[i];
        gsize n;
        const void *octets = g_bytes_get_data(image->content, &n);
        g_variant_builder_add(&list, "(s@ay)", image->id, octets_variant(octets, n));
    }
    const struct image_sheet *sheet = options->images;
    return variant_write(g_variant_new(
        "(@aybs@aya(say))", octets_variant(html, length), options->links, sheet ? sheet->name : "",
        octets_variant(sheet ? sheet->key : NULL, sheet ? sizeof sheet->key : 0), &list));
}

/* False: neither a sheet nor none. */
static bool take_sheet(struct html_request *request, const char *name, GVariant *key) {
    gsize n;
    const void *octets = g_variant_get_fixed_array(key, &n, 1);
    if (!*name && n == 0)
        return true;
    if (strlen(name) != IMAGE_URL_SHEET || n != IMAGE_URL_KEY)
        return false;
    memcpy(request->sheet.name, name, IMAGE_URL_SHEET + 1);
    memcpy(request->sheet.key, octets, IMAGE_URL_KEY);
    request->options.images = &request->sheet;
    return true;
}

struct html_request *html_job_unpack_request(GBytes *octets) {
    GVariant *value = variant_read(REQUEST, octets);
    if (!value)
        return NULL;
    struct html_request *request = g_new0(struct html_request, 1);
    gboolean links;
    GVariantIter *list;
    GVariant *html, *key, *content;
    const char *id, *name;
    request->images = g_ptr_array_new_with_free_func((GDestroyNotify)inert_image_free);
    g_variant_get(value, "(@ayb&s@aya(say))", &html, &links, &name, &key, &list);
    request->html = g_variant_get_fixed_array(html, &request->length, 1);
    request->holder = html;
    request->options.links = links;
    bool sound = take_sheet(request, name, key);
    g_variant_unref(key);
    while (g_variant_iter_next(list, "(&s@ay)", &id, &content)) {
        GBytes *data = g_variant_get_data_as_bytes(content);
        g_ptr_array_add(request->images, inert_image_new(id, data));
        g_bytes_unref(data);
        g_variant_unref(content);
    }
    g_variant_iter_free(list);
    g_variant_unref(value);
    if (!sound)
        g_clear_pointer(&request, html_request_free);
    return request;
}

void html_request_free(struct html_request *request) {
    if (!request)
        return;
    g_ptr_array_unref(request->images);
    g_variant_unref(request->holder);
    g_free(request);
}

GBytes *html_job_pack_reply(const struct inert_document *document) {
    GVariantBuilder list;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a(usss)"));
    for (guint i = 0; i < document->links->len; i++) {
        const struct inert_link *link = document->links->pdata[i];
        g_variant_builder_add(&list, "(usss)", link->n, link->text, link->url, link->host);
    }
    return variant_write(
        g_variant_new("(@ayuuua(usss))", octets_variant(document->html->str, document->html->len),
                      document->flags, document->remote, document->elsewhere, &list));
}

struct inert_document *html_job_unpack_reply(GBytes *octets) {
    GVariant *value = variant_read(REPLY, octets);
    if (!value)
        return NULL;
    struct inert_document *document = inert_document_new();
    GVariant *html;
    GVariantIter *list;
    const char *text, *url, *host;
    guint n;
    g_variant_get(value, "(@ayuuua(usss))", &html, &document->flags, &document->remote,
                  &document->elsewhere, &list);
    gsize length;
    const char *start = g_variant_get_fixed_array(html, &length, 1);
    g_string_append_len(document->html, start, (gssize)length);
    while (g_variant_iter_next(list, "(u&s&s&s)", &n, &text, &url, &host))
        inert_document_add_link(document, text, strlen(text), url, host);
    g_variant_iter_free(list);
    g_variant_unref(html);
    g_variant_unref(value);
    return document;
}

struct inert_document *html_job_run(struct workers *workers, const char *html,
                                    const GPtrArray *images, const struct inert_options *options,
                                    GError **error) {
    GBytes *request = html_job_pack_request(html, strlen(html), images, options);
    GBytes *reply = workers_run(workers, JOB_HTML, request, LIMIT_JOB_MS, error);
    g_bytes_unref(request);
    if (!reply)
        return NULL;
    struct inert_document *document = html_job_unpack_reply(reply);
    g_bytes_unref(reply);
    if (!document)
        g_set_error_literal(error, WORKERS_ERROR, WORKERS_ERROR_CRASHED,
                            "the worker's answer is not in form");
    return document;
}
