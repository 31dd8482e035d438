/* SPDX-License-Identifier: MIT */
#include "mail/inert.h"

#include "base/limits.h"

#include <string.h>

static void link_clear(gpointer data) {
    struct inert_link *link = data;
    g_free(link->text);
    g_free(link->url);
    g_free(link->host);
    g_free(link);
}

struct inert_document *inert_document_new(void) {
    struct inert_document *document = g_new0(struct inert_document, 1);
    document->html = g_string_new(NULL);
    document->links = g_ptr_array_new_with_free_func(link_clear);
    return document;
}

void inert_document_free(struct inert_document *document) {
    if (!document)
        return;
    g_string_free(document->html, TRUE);
    g_ptr_array_unref(document->links);
    g_free(document);
}

/* White space collapsed, cut at a character. `text` is valid UTF-8. */
static char *short_text(const char *text, gsize n) {
    GString *out = g_string_new(NULL);
    bool space = false;
    for (gsize i = 0; i < n && out->len < LIMIT_LINK_TEXT; i++) {
        if (g_ascii_isspace(text[i])) {
            space = out->len > 0;
            continue;
        }
        if (space)
            g_string_append_c(out, ' ');
        space = false;
        g_string_append_c(out, text[i]);
    }
    char *valid = g_utf8_make_valid(out->str, (gssize)out->len);
    if (out->len >= LIMIT_LINK_TEXT && g_str_has_suffix(valid, "\xEF\xBF\xBD"))
        valid[strlen(valid) - 3] = '\0';
    g_string_free(out, TRUE);
    return valid;
}

guint inert_document_add_link(struct inert_document *document, const char *text, gsize n,
                              const char *url, const char *host) {
    if (document->links->len >= LIMIT_LINKS) {
        document->flags |= INERT_LINKS_CUT;
        return 0;
    }
    struct inert_link *link = g_new0(struct inert_link, 1);
    link->n = document->links->len + 1;
    link->text = short_text(text, n);
    link->url = g_strdup(url);
    link->host = g_strdup(host);
    g_ptr_array_add(document->links, link);
    return link->n;
}

struct inert_image *inert_image_new(const char *id, GBytes *content) {
    struct inert_image *image = g_new0(struct inert_image, 1);
    image->id = g_strdup(id);
    image->content = g_bytes_ref(content);
    return image;
}

void inert_image_free(struct inert_image *image) {
    if (!image)
        return;
    g_free(image->id);
    g_bytes_unref(image->content);
    g_free(image);
}

/* The frame scrolls; what is wider than the frame scrolls inside it, and nothing leaves its place.
 */
#define STYLE_BOTH                                                                                 \
    "body{margin:0;padding:16px;font:16px/1.55 system-ui,sans-serif;overflow-wrap:anywhere}"       \
    "blockquote{margin:.4em 0 .4em .2em;padding-left:.8em;border-left:2px solid #9aa5b1}"
#define STYLE_TEXT                                                                                 \
    ":root{color-scheme:light dark}body{background:Canvas;color:CanvasText}"                       \
    "div{white-space:pre-wrap}blockquote{color:GrayText}summary{cursor:pointer;display:inline-"    \
    "block;"                                                                                       \
    "padding:0 .6em;border:1px solid #9aa5b1;border-radius:6px;line-height:1.2}"                   \
    "@media print{summary{display:none}details::details-content{content-visibility:visible}}"
#define STYLE_HTML                                                                                 \
    ":root{color-scheme:light}body{background:#fff;color:#1b1f24}img{max-width:100%;height:auto}"  \
    "pre{white-space:pre-wrap}.left-out{display:inline-block;overflow:hidden;max-width:100%;"      \
    "box-sizing:border-box;border:1px dashed #9aa5b1;color:#59636e;font-size:12px}"

void inert_begin(GString *html, enum inert_paper paper) {
    g_string_append(html, "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><style>" STYLE_BOTH);
    g_string_append(html, paper == INERT_PAPER_TEXT ? STYLE_TEXT : STYLE_HTML);
    g_string_append(html, "</style></head><body>");
}

void inert_end(GString *html) {
    g_string_append(html, "</body></html>");
}

bool inert_document_append(struct inert_document *to, const struct inert_document *from) {
    g_autoptr(GString) before = g_string_new(NULL), after = g_string_new(NULL);
    inert_begin(before, INERT_PAPER_HTML);
    inert_end(after);
    gsize around = before->len + after->len;
    if (from->html->len < around || !g_str_has_prefix(from->html->str, before->str) ||
        !g_str_has_suffix(from->html->str, after->str))
        return false;
    g_string_append_len(to->html, from->html->str + before->len,
                        (gssize)(from->html->len - around));
    for (guint i = 0; i < from->links->len; i++) {
        const struct inert_link *link = from->links->pdata[i];
        inert_document_add_link(to, link->text, strlen(link->text), link->url, link->host);
    }
    to->remote += from->remote;
    to->elsewhere += from->elsewhere;
    to->flags |= from->flags;
    return true;
}

static const char *text_escape(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    default:
        return NULL;
    }
}

void inert_append_text(GString *html, const char *text, gsize n) {
    for (gsize i = 0; i < n; i++) {
        const char *escape = text_escape(text[i]);
        if (escape)
            g_string_append(html, escape);
        else
            g_string_append_c(html, text[i]);
    }
}

void inert_append_attribute(GString *html, const char *text, gsize n) {
    for (gsize i = 0; i < n; i++) {
        const char *escape = text[i] == '"' ? "&quot;" : text_escape(text[i]);
        if (escape)
            g_string_append(html, escape);
        else
            g_string_append_c(html, text[i]);
    }
}

void inert_append_link(GString *html, const char *url, const struct inert_options *options) {
    if (!options->links) {
        g_string_append(html, "<span>");
        return;
    }
    g_string_append(html, "<a href=\"");
    inert_append_attribute(html, url, strlen(url));
    g_string_append(html, "\" rel=\"noreferrer noopener\" target=\"_blank\">");
}

void inert_append_link_end(GString *html, const struct inert_options *options) {
    g_string_append(html, options->links ? "</a>" : "</span>");
}
