/* SPDX-License-Identifier: MIT
 *
 * Parse, write in normal form, parse that: until what is written is what is read. Only a tree that
 * has come through its own spelling unchanged becomes a document, so that a browser builds the tree
 * we saw (attacks I180, I181: nothing is rewritten after cleaning, nothing mutates on parsing). */
#include "mail/html.h"

#include "base/limits.h"
#include "mail/html_arena.h"
#include "mail/html_write.h"

#define ROUNDS 5 /* two do for all but the strangest nesting */

/* NULL when the arena stopped the parser. */
static const GumboOutput *parse(struct html_arena *arena, const GString *html) {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = html_arena_take;
    options.deallocator = html_arena_leave;
    options.userdata = arena;
    options.max_errors = 0;
    if (setjmp(arena->full))
        return NULL;
    return gumbo_parse_with_options(&options, html->str, html->len);
}

/* The doctype in front keeps the parser out of quirks mode; a second one is ignored. */
static GString *with_doctype(const char *html, gsize n) {
    GString *text = g_string_new("<!DOCTYPE html>");
    g_string_append_len(text, html, (gssize)n);
    return text;
}

static bool write_normal(const GString *html, GString *to, guint *remote) {
    struct html_arena arena;
    html_arena_init(&arena);
    const GumboOutput *output = parse(&arena, html);
    bool done = output && html_write_normal(output->root, to, remote);
    html_arena_clear(&arena);
    return done;
}

/* The normal form of `html` that reads as itself, with its doctype; NULL if there is none.
 * *remote is what the first writing left out. */
static GString *settle(GString *html, guint *remote) {
    for (int round = 0; round < ROUNDS; round++) {
        GString *content = g_string_new(NULL);
        guint left_out = 0;
        bool done = write_normal(html, content, &left_out);
        if (round == 0)
            *remote = left_out;
        GString *next = with_doctype(content->str, content->len);
        bool same = done && g_string_equal(html, next);
        g_string_free(content, TRUE);
        g_string_free(html, TRUE);
        html = next;
        if (!done)
            break;
        if (same)
            return html;
    }
    g_string_free(html, TRUE);
    return NULL;
}

static bool write_inert(const GString *normal, const GPtrArray *images,
                        const struct inert_options *options, struct inert_document *document) {
    struct html_arena arena;
    html_arena_init(&arena);
    const GumboOutput *output = parse(&arena, normal);
    bool done = output && html_write_inert(output->root, images, options, document);
    html_arena_clear(&arena);
    return done;
}

struct inert_document *html_clean(struct span html, const GPtrArray *images,
                                  const struct inert_options *options) {
    struct inert_document *document = inert_document_new();
    GString *normal =
        html.n <= LIMIT_HTML_SIZE ? settle(with_doctype(html.p, html.n), &document->remote) : NULL;
    bool done = normal && write_inert(normal, images, options, document);
    if (normal)
        g_string_free(normal, TRUE);
    if (done)
        return document;
    inert_document_free(document);
    document = inert_document_new();
    document->flags |= INERT_TOO_LARGE;
    return document;
}
