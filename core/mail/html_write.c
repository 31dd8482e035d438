/* SPDX-License-Identifier: MIT */
#include "mail/html_write.h"

#include "base/limits.h"
#include "mail/html_element.h"
#include "mail/html_image.h"
#include "mail/link.h"

/* An element whose content is being written. */
struct open {
    const GumboVector *children;
    guint next;
    const char *written; /* the name it has in the output; "" for one that was unwrapped */
    struct link *link;   /* of the <a> this is */
    bool counts;         /* takes part in the depth */
    bool hidden;         /* out of sight, by itself or by what is around */
};

struct writer {
    struct inert_document *document;
    const struct inert_options *options; /* NULL: normal form */
    struct html_images images;
    GArray *open;       /* of struct open */
    GString *link_text; /* text inside the current link */
    bool in_link;
    guint nodes, depth;
    gsize shown, hidden; /* octets of text */
    bool too_large;
};

static const char *tag_name(const GumboElement *element) {
    return gumbo_normalized_tagname(element->tag);
}

static void write_text(struct writer *w, const char *text) {
    GString *html = w->document->html;
    const struct open *top = &g_array_index(w->open, struct open, w->open->len - 1);
    for (const char *p = text; *p; p++) {
        char c = *p == '\r' ? '\n' : *p == '\f' ? ' ' : *p;
        if ((guchar)c < 32 && c != '\n' && c != '\t')
            continue;
        inert_append_text(html, &c, 1);
        if (w->in_link)
            g_string_append_c(w->link_text, c);
        if (!g_ascii_isspace(c))
            (*(top->hidden ? &w->hidden : &w->shown))++;
    }
}

static bool is_hidden(const struct writer *w) {
    return w->open->len && g_array_index(w->open, struct open, w->open->len - 1).hidden;
}

static void push(struct writer *w, const GumboElement *element, const char *written,
                 struct link *link, bool hides) {
    struct open open = {.children = &element->children,
                        .written = written,
                        .link = link,
                        .counts = *written != '\0',
                        .hidden = hides || is_hidden(w)};
    g_array_append_val(w->open, open);
    w->depth += open.counts;
    w->too_large = w->too_large || w->depth > LIMIT_HTML_DEPTH;
}

/* Elements that stay: "<td", attributes, ">". */
static void write_start(struct writer *w, const GumboElement *element, const char *name, bool body,
                        struct css_findings *findings) {
    GString *html = w->document->html;
    g_string_append_printf(html, "<%s", name);
    html_element_attributes(element, body, html, findings);
    g_string_append_c(html, '>');
}

/* A link inside a link (HTML allows none) and one that opens nothing are their text. */
static void enter_link(struct writer *w, const GumboElement *element) {
    const GumboAttribute *href = gumbo_get_attribute(&element->attributes, "href");
    struct link *link = href && !w->in_link ? link_parse(span_of(href->value)) : NULL;
    struct css_findings findings = {0};
    GString *html = w->document->html;
    if (!link || (w->options && w->document->links->len >= LIMIT_LINKS)) {
        w->document->flags |= link ? INERT_LINKS_CUT : 0;
        link_free(link);
        push(w, element, "", NULL, false);
        return;
    }
    g_string_append(html, w->options && !w->options->links ? "<span" : "<a");
    html_element_attributes(element, false, html, &findings);
    if (!w->options || w->options->links) {
        g_string_append(html, " href=\"");
        inert_append_attribute(html, link->url, strlen(link->url));
        g_string_append_c(html, '"');
    }
    if (w->options && w->options->links)
        g_string_append(html, " rel=\"noreferrer noopener\" target=\"_blank\"");
    g_string_append_c(html, '>');
    w->document->remote += findings.remote;
    w->in_link = true;
    g_string_truncate(w->link_text, 0);
    push(w, element, w->options && !w->options->links ? "span" : "a", link, findings.hides);
}

static void write_image(struct writer *w, const GumboElement *element) {
    struct css_findings findings = {0};
    g_autoptr(GString) attributes = g_string_new(NULL);
    html_element_attributes(element, false, attributes, &findings);
    const GumboAttribute *alt = gumbo_get_attribute(&element->attributes, "alt");
    if (w->in_link && alt)
        g_string_append_printf(w->link_text, " %s", alt->value);
    if (w->options) {
        struct html_image_look look = {attributes, findings.hides || is_hidden(w)};
        html_image_write(element, &look, w->options, &w->images, w->document);
        return;
    }
    static const char *const sources[] = {"src", "srcset"};
    g_string_append(w->document->html, "<img");
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        const GumboAttribute *source = gumbo_get_attribute(&element->attributes, sources[i]);
        if (source) {
            g_string_append_printf(w->document->html, " %s=\"", sources[i]);
            inert_append_attribute(w->document->html, source->value, strlen(source->value));
            g_string_append_c(w->document->html, '"');
        }
    }
    g_string_append_len(w->document->html, attributes->str, (gssize)attributes->len);
    g_string_append_c(w->document->html, '>');
}

/* <pre> swallows a line end right behind its start tag (WHATWG §13.2.6.4.7). */
static void keep_first_newline(struct writer *w, const GumboElement *element) {
    if (element->tag != GUMBO_TAG_PRE || element->children.length == 0)
        return;
    const GumboNode *first = element->children.data[0];
    bool text = first->type == GUMBO_NODE_TEXT || first->type == GUMBO_NODE_WHITESPACE;
    if (text && (first->v.text.text[0] == '\n' || first->v.text.text[0] == '\r'))
        g_string_append_c(w->document->html, '\n');
}

static void enter_kept(struct writer *w, const GumboElement *element, const char *name, bool body,
                       bool empty) {
    struct css_findings findings = {0};
    write_start(w, element, name, body, &findings);
    w->document->remote += findings.remote;
    if (empty)
        return;
    keep_first_newline(w, element);
    push(w, element, name, NULL, findings.hides);
}

static bool has_look(const GumboElement *body) {
    static const char *const names[] = {"style", "bgcolor", "text", "dir"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (gumbo_get_attribute(&body->attributes, names[i]))
            return true;
    return false;
}

static void enter_element(struct writer *w, const GumboNode *node) {
    const GumboElement *element = &node->v.element;
    enum html_fate fate = html_element_fate(node);
    w->nodes++;
    if (fate != HTML_IMAGE && html_element_loads(element))
        w->document->remote++;
    switch (fate) {
    case HTML_DROP:
        break;
    case HTML_UNWRAP:
        push(w, element, "", NULL, false);
        break;
    case HTML_BLOCK:
        enter_kept(w, element, "div", false, false);
        break;
    case HTML_BODY:
        if (has_look(element))
            enter_kept(w, element, "div", true, false);
        else
            push(w, element, "", NULL, false);
        break;
    case HTML_KEEP:
    case HTML_KEEP_EMPTY:
        enter_kept(w, element, tag_name(element), false, fate == HTML_KEEP_EMPTY);
        break;
    case HTML_LINK:
        enter_link(w, element);
        break;
    case HTML_IMAGE:
        write_image(w, element);
        break;
    }
}

static void leave(struct writer *w) {
    struct open top = g_array_index(w->open, struct open, w->open->len - 1);
    g_array_set_size(w->open, w->open->len - 1);
    w->depth -= top.counts;
    if (*top.written)
        g_string_append_printf(w->document->html, "</%s>", top.written);
    if (!top.link)
        return;
    if (w->options)
        inert_document_add_link(w->document, w->link_text->str, w->link_text->len, top.link->url,
                                top.link->host);
    w->in_link = false;
    link_free(top.link);
}

static void enter(struct writer *w, const GumboNode *node) {
    switch (node->type) {
    case GUMBO_NODE_ELEMENT:
    case GUMBO_NODE_TEMPLATE:
        enter_element(w, node);
        break;
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_WHITESPACE:
        w->nodes++;
        write_text(w, node->v.text.text);
        break;
    case GUMBO_NODE_DOCUMENT:
    case GUMBO_NODE_COMMENT:
    case GUMBO_NODE_CDATA:
        break;
    }
    w->too_large = w->too_large || w->nodes > LIMIT_HTML_NODES;
}

static void walk(struct writer *w, const GumboNode *root) {
    push(w, &root->v.element, "", NULL, false);
    while (w->open->len) {
        struct open *top = &g_array_index(w->open, struct open, w->open->len - 1);
        if (!w->too_large && top->next < top->children->length)
            enter(w, top->children->data[top->next++]);
        else
            leave(w);
    }
}

static bool run(const GumboNode *root, struct writer *w) {
    w->open = g_array_new(FALSE, FALSE, sizeof(struct open));
    w->link_text = g_string_new(NULL);
    walk(w, root);
    g_array_unref(w->open);
    g_string_free(w->link_text, TRUE);
    return !w->too_large;
}

bool html_write_normal(const GumboNode *root, GString *to, guint *remote) {
    OWNED(inert_document) scratch = inert_document_new();
    struct writer writer = {.document = scratch};
    bool done = run(root, &writer);
    g_string_append_len(to, scratch->html->str, (gssize)scratch->html->len);
    *remote = scratch->remote;
    return done;
}

/* Hidden text that is more than a preheader, and a good part of the whole (attacks H166). */
static bool hides_much(const struct writer *w) {
    return w->hidden > 300 && w->hidden * 2 > w->shown;
}

bool html_write_inert(const GumboNode *root, const GPtrArray *images,
                      const struct inert_options *options, struct inert_document *document) {
    struct writer writer = {.document = document, .options = options, .images = {.given = images}};
    inert_begin(document->html, INERT_PAPER_HTML);
    bool done = run(root, &writer);
    inert_end(document->html);
    if (hides_much(&writer))
        document->flags |= INERT_HIDDEN_TEXT;
    return done;
}
