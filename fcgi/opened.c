/* SPDX-License-Identifier: MIT */
#include "fcgi/opened.h"

#include "base/limits.h"
#include "base/log.h"
#include "mail/mime_markup.h"
#include "mail/mime_preview.h"
#include "sign/smime.h"
#include "worker/html_job.h"

#include <malloc.h>

/* RFC 8551 §3.2.2, RFC 3156 §4, RFC 1847 §2.2. Asked once signed data is
 * unwrapped: a pkcs7-mime without smime-type that is still there is taken for enveloped. */
static bool is_encrypted(const struct mime_part *root) {
    if (mime_is(root, "multipart/encrypted"))
        return true;
    if (!mime_is(root, "application/pkcs7-mime") && !mime_is(root, "application/x-pkcs7-mime"))
        return false;
    const char *kind = mime_parameter_find(root, "smime-type");
    return !kind || g_ascii_strcasecmp(kind, "enveloped-data") == 0 ||
           g_ascii_strcasecmp(kind, "authEnveloped-data") == 0;
}

static void append_html_text(const struct mime_part *part, GString *to) {
    g_autofree char *html = mime_text(part, LIMIT_HTML_SIZE + 1, NULL);
    mime_markup_text(html, to);
}

/* Where a cid: URL ends in HTML or CSS: characters that are part of none (RFC 3986 §2). */
static const char url_ends[] = "\"'()<> \t\r\n\f";

/* RFC 2392: the Content-IDs that HTML names, once through it. */
static void add_named_ids(const char *html, GHashTable *ids) {
    for (const char *at = html; (at = strstr(at, "cid:"));) {
        at += strlen("cid:");
        size_t n = strcspn(at, url_ends);
        g_hash_table_add(ids, g_strndup(at, n));
        at += n;
    }
}

static GHashTable *named_ids(const struct mime_body *body) {
    GHashTable *ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < body->html->len; i++) {
        const struct mime_part *part = body->html->pdata[i];
        if (!mime_is(part, "text/html"))
            continue;
        g_autofree char *html = mime_text(part, LIMIT_HTML_SIZE + 1, NULL);
        add_named_ids(html, ids);
    }
    return ids;
}

/* A picture whose Content-ID the HTML names stands where it is named. */
static void list_attachments(struct opened *opened) {
    g_autoptr(GHashTable) named = named_ids(opened->body);
    for (guint i = 0; i < opened->body->attachments->len; i++) {
        struct mime_part *part = opened->body->attachments->pdata[i];
        if (!part->id || !mime_body_is_inline_image(part) ||
            !g_hash_table_contains(named, part->id))
            g_ptr_array_add(opened->attachments, part);
    }
}

enum { OPAQUE_LAYERS = 3 }; /* triple wrapping (RFC 2634 §1.1) and no deeper */

static bool is_opaque(const struct mime_part *part) {
    return mime_is(part, "application/pkcs7-mime") || mime_is(part, "application/x-pkcs7-mime");
}

/* What an opaque signature holds takes the place of the part that holds it. */
static void unwrap(struct mime **mime, struct message **inside) {
    for (guint layer = 0; layer < OPAQUE_LAYERS && is_opaque((*mime)->root); layer++) {
        g_autoptr(GBytes) cms = mime_content((*mime)->root, NULL);
        gsize n;
        const char *octets = g_bytes_get_data(cms, &n);
        g_autoptr(GBytes) content = smime_content(span_make(octets, n));
        if (!content)
            return;
        mime_free(*mime);
        g_clear_pointer(inside, message_free);
        *inside = message_new(content, 0);
        *mime = mime_parse(*inside);
    }
}

bool opened_has_attachment(const struct message *message, char **preview) {
    OWNED(message) inside = NULL;
    OWNED(mime) mime = mime_parse(message);
    unwrap(&mime, &inside);
    if (preview)
        *preview = inside ? mime_preview(inside) : NULL;
    OWNED(mime_body) body = mime_body_choose(mime);
    return mime_body_has_attachment(body);
}

struct opened *opened_new(GBytes *octets) {
    struct opened *opened = g_new0(struct opened, 1);
    opened->octets = g_bytes_ref(octets);
    opened->message = message_new(octets, 0);
    opened->mime = mime_parse(opened->message);
    unwrap(&opened->mime, &opened->inside);
    opened->body = mime_body_choose(opened->mime);
    opened->attachments = g_ptr_array_new();
    opened->encrypted = is_encrypted(opened->mime->root);
    mime_compare(opened->mime, opened->inside ? opened->inside : opened->message);
    list_attachments(opened);
    return opened;
}

/* The small blocks of a tree of many parts: the allocator would keep their pages. */
enum { LARGE = 1 << 20 };

void opened_free(struct opened *opened) {
    g_ptr_array_unref(opened->attachments);
    mime_body_free(opened->body);
    mime_free(opened->mime);
    g_clear_pointer(&opened->inside, message_free);
    message_free(opened->message);
    bool large = g_bytes_get_size(opened->octets) > LARGE;
    g_bytes_unref(opened->octets);
    g_free(opened);
    if (large)
        malloc_trim(0);
}

static bool begins_with(const GPtrArray *parts, const struct mime_part *part) {
    return parts->len && parts->pdata[0] == part;
}

enum opened_reading opened_choose(const struct opened *opened, const char *number) {
    enum opened_reading usual = opened->body->has_html ? OPENED_RICH : OPENED_PLAIN;
    if (!number)
        return usual;
    const struct mime_part *part = mime_find(opened->mime, number);
    if (!part)
        return OPENED_NONE;
    bool in_plain = g_ptr_array_find(opened->body->plain, part, NULL);
    bool in_html = g_ptr_array_find(opened->body->html, part, NULL);
    if (in_html && (begins_with(opened->body->html, part) || !in_plain))
        return usual;
    return in_plain ? OPENED_PLAIN : OPENED_NONE;
}

static bool is_flowed(const struct mime_part *part) {
    const char *format = mime_parameter_find(part, "format");
    return format && g_ascii_strcasecmp(format, "flowed") == 0;
}

/* `parts`: the plain reading, or the HTML one whose markup is given up. */
static struct inert_document *plain_document(const GPtrArray *parts,
                                             const struct inert_options *options) {
    g_autoptr(GString) text = g_string_new(NULL);
    bool flowed = parts->len > 0, delsp = false;
    for (guint i = 0; i < parts->len && text->len < LIMIT_TEXT_SIZE; i++) {
        const struct mime_part *part = parts->pdata[i];
        g_autofree char *one = mime_text(part, LIMIT_TEXT_SIZE - text->len, NULL);
        flowed = flowed && mime_is(part, "text/plain") && is_flowed(part);
        const char *del = mime_parameter_find(part, "delsp");
        delsp = delsp || (del && g_ascii_strcasecmp(del, "yes") == 0);
        if (i)
            g_string_append_c(text, '\n');
        if (mime_is(part, "text/html"))
            append_html_text(part, text);
        else
            g_string_append(text, one);
    }
    return inert_text(text->str, flowed, flowed && delsp, options);
}

/* Pictures the HTML may name, as many as the cleaner would take. */
static GPtrArray *collect_images(const struct opened *opened) {
    GPtrArray *images = g_ptr_array_new_with_free_func((GDestroyNotify)inert_image_free);
    gsize total = 0;
    for (guint i = 0; i < opened->body->attachments->len; i++) {
        const struct mime_part *part = opened->body->attachments->pdata[i];
        if (!mime_body_is_inline_image(part) || part->body.n > LIMIT_CID_IMAGE * 2)
            continue;
        g_autoptr(GBytes) content = mime_content(part, NULL);
        total += g_bytes_get_size(content);
        if (total > LIMIT_CID_TOTAL)
            break;
        g_ptr_array_add(images, inert_image_new(part->id, content));
    }
    return images;
}

/* One part of HTML, cleaned by itself: what it leaves open (a comment, a hidden element) ends with
 * it and hides nothing that follows. *left: octets that are still taken. */
static bool add_html(struct inert_document *to, const struct mime_part *part,
                     struct workers *workers, const GPtrArray *images,
                     const struct inert_options *options, size_t *left, GError **error) {
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *html = mime_text(part, LIMIT_HTML_SIZE + 1, NULL);
    size_t n = strlen(html);
    if (n > *left)
        return false;
    *left -= n;
    OWNED(inert_document)
    document = html_job_run(workers, html, strstr(html, "cid:") ? images : none, options, error);
    return document && !(document->flags & INERT_TOO_LARGE) && inert_document_append(to, document);
}

/* A list's footer between HTML parts. */
static void add_text(struct inert_document *to, const struct mime_part *part) {
    g_autofree char *text = mime_text(part, LIMIT_TEXT_SIZE, NULL);
    g_string_append(to->html, "<div style=\"white-space:pre-wrap\">");
    inert_append_text(to->html, text, strlen(text));
    g_string_append(to->html, "</div>");
}

/* The parts of the rich reading in their order; NULL, and *error where there is more to say: one of
 * them cannot be shown. */
static struct inert_document *rich_document(const struct opened *opened, struct workers *workers,
                                            const struct inert_options *options, GError **error) {
    g_autoptr(GPtrArray) images = collect_images(opened);
    OWNED(inert_document) document = inert_document_new();
    size_t left = LIMIT_HTML_SIZE;
    inert_begin(document->html, INERT_PAPER_HTML);
    for (guint i = 0; i < opened->body->html->len; i++) {
        const struct mime_part *part = opened->body->html->pdata[i];
        if (i >= LIMIT_HTML_PARTS)
            return NULL;
        if (!mime_is(part, "text/html"))
            add_text(document, part);
        else if (!add_html(document, part, workers, images, options, &left, error))
            return NULL;
    }
    inert_end(document->html);
    return g_steal_pointer(&document);
}

struct inert_document *opened_document(const struct opened *opened, enum opened_reading reading,
                                       struct workers *workers, const struct inert_options *options,
                                       bool *fallback) {
    g_assert(reading != OPENED_NONE);
    *fallback = false;
    if (reading == OPENED_PLAIN)
        return plain_document(opened->body->plain, options);
    g_autoptr(GError) error = NULL;
    struct inert_document *document = rich_document(opened, workers, options, &error);
    if (document)
        return document;
    if (error)
        log_write(LOG_WARNING, "fcgi/opened", "HTML is shown as text: %s", error->message);
    *fallback = true;
    const struct mime_body *body = opened->body;
    return plain_document(body->has_plain ? body->plain : body->html, options);
}
