/* SPDX-License-Identifier: MIT */
#include "mail/html_image.h"

#include "base/limits.h"
#include "mail/image_type.h"
#include "mail/image_url.h"

static const char *attribute_of(const GumboElement *element, const char *name) {
    const GumboAttribute *attribute = gumbo_get_attribute(&element->attributes, name);
    return attribute ? attribute->value : "";
}

/* cid: URL (RFC 2392): the Content-ID, percent-encoded perhaps. */
static GBytes *find_given(const char *url, const struct html_images *images) {
    g_autofree char *id = g_uri_unescape_string(url + 4, NULL);
    for (guint i = 0; id && images->given && i < images->given->len; i++) {
        const struct inert_image *image = images->given->pdata[i];
        if (strcmp(image->id, id) == 0)
            return g_bytes_ref(image->content);
    }
    return NULL;
}

/* data:image/…;base64,… (RFC 2397) */
static GBytes *read_data(const char *url) {
    const char *comma = strchr(url, ',');
    if (!comma || comma - url < 7 || g_ascii_strncasecmp(comma - 7, ";base64", 7) != 0)
        return NULL;
    g_autofree char *text = g_uri_unescape_string(comma + 1, NULL);
    if (!text || !*text || strlen(text) / 4 * 3 > LIMIT_CID_IMAGE + 3)
        return NULL;
    gsize n;
    guchar *octets = g_base64_decode(text, &n);
    return g_bytes_new_take(octets, n);
}

static bool write_picture(GBytes *content, const GString *attributes, struct html_images *images,
                          GString *to) {
    gsize n;
    const char *octets = g_bytes_get_data(content, &n);
    const char *type = image_type(span_make(octets, n));
    if (!type || n > LIMIT_CID_IMAGE || images->used + n > LIMIT_CID_TOTAL)
        return false;
    images->used += n;
    g_autofree char *text = g_base64_encode((const guchar *)octets, n);
    g_string_append_printf(to, "<img src=\"data:%s;base64,", type);
    g_string_append(to, text);
    g_string_append_c(to, '"');
    g_string_append_len(to, attributes->str, (gssize)attributes->len);
    g_string_append_c(to, '>');
    return true;
}

/* Pixels of a width or height attribute; -1 if it names none. */
static int pixels(const GumboElement *element, const char *name) {
    const char *value = attribute_of(element, name);
    size_t digits = strspn(value, "0123456789");
    if (!digits || digits > 4 || strchr(value, '%'))
        return -1;
    return (int)g_ascii_strtoull(value, NULL, 10);
}

/* Tracking pixels are of a size that nobody is meant to see. */
static bool is_tiny(int width, int height) {
    return (width >= 0 && width < 4) || (height >= 0 && height < 4);
}

/* The place of a picture that is not there. Tracking pixels leave none. */
static void write_place(const GumboElement *element, GString *to) {
    int width = pixels(element, "width"), height = pixels(element, "height");
    const char *alt = attribute_of(element, "alt");
    if (is_tiny(width, height) || (!*alt && (width < 0 || height < 0)))
        return;
    g_string_append(to, "<span class=\"left-out\"");
    if (width >= 0 && height >= 0 && width <= 2000 && height <= 2000)
        g_string_append_printf(to, " style=\"width:%dpx;height:%dpx\"", width, height);
    g_string_append_c(to, '>');
    inert_append_text(to, alt, strlen(alt));
    g_string_append(to, "</span>");
}

/* A picture that lies elsewhere: counted, and written where the reader asked for such. */
static bool write_elsewhere(const GumboElement *element, const struct html_image_look *look,
                            const struct image_sheet *sheet, struct inert_document *document) {
    bool seen = !look->hidden && !is_tiny(pixels(element, "width"), pixels(element, "height"));
    g_autofree char *source = seen ? image_url_source(span_of(attribute_of(element, "src"))) : NULL;
    if (!source || document->elsewhere >= LIMIT_IMAGES_ELSEWHERE)
        return false;
    document->elsewhere++;
    if (!sheet)
        return false;
    g_autofree char *url = image_url_sign(sheet, source);
    g_string_append_printf(document->html, "<img src=\"%s\"", url);
    g_string_append_len(document->html, look->attributes->str, (gssize)look->attributes->len);
    g_string_append_c(document->html, '>');
    return true;
}

void html_image_write(const GumboElement *element, const struct html_image_look *look,
                      const struct inert_options *options, struct html_images *images,
                      struct inert_document *document) {
    const char *src = attribute_of(element, "src");
    while (g_ascii_isspace(*src))
        src++;
    bool cid = g_ascii_strncasecmp(src, "cid:", 4) == 0;
    bool data = g_ascii_strncasecmp(src, "data:", 5) == 0;
    g_autoptr(GBytes) content = cid ? find_given(src, images) : data ? read_data(src) : NULL;
    if (content && write_picture(content, look->attributes, images, document->html))
        return;
    if (content || data)
        document->flags |= INERT_IMAGES_CUT;
    else if (!cid && write_elsewhere(element, look, options->images, document))
        return;
    else if (!cid)
        document->remote += *src || *attribute_of(element, "srcset");
    write_place(element, document->html);
}
