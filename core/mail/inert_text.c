/* SPDX-License-Identifier: MIT
 *
 * Text mail as an inert document: paragraphs of format=flowed joined (RFC 3676 §4), quotes nested,
 * long ones folded, links by ranges. */
#include "mail/inert.h"

#include "base/limits.h"
#include "mail/link.h"

/* A quote of more lines is folded: a reader has mostly seen it. */
#define QUOTE_LINES 6

struct writer {
    struct inert_document *document;
    const struct inert_options *options;
    bool flowed, delsp;
    guint depth;        /* blockquotes open */
    bool folded;        /* they lie in a <details> */
    struct span ahead;  /* the text from the line being written on */
    GString *paragraph; /* text of that depth, not yet written */
    bool open_line;     /* the paragraph's last line is flowed: the next one joins it */
};

static void write_links(struct writer *w, struct span text) {
    GString *html = w->document->html;
    size_t at = 0, written = 0;
    struct span range;
    struct link *link;
    while ((link = link_find(text, &at, &range))) {
        size_t start = (size_t)(range.p - text.p);
        inert_append_text(html, text.p + written, start - written);
        bool numbered =
            inert_document_add_link(w->document, range.p, range.n, link->url, link->host);
        if (numbered)
            inert_append_link(html, link->url, w->options);
        inert_append_text(html, range.p, range.n);
        if (numbered)
            inert_append_link_end(html, w->options);
        written = start + range.n;
        link_free(link);
    }
    inert_append_text(html, text.p + written, text.n - written);
}

static void flush(struct writer *w) {
    if (w->paragraph->len) {
        g_string_append(w->document->html, "<div>");
        write_links(w, span_make(w->paragraph->str, w->paragraph->len));
        g_string_append(w->document->html, "</div>");
        g_string_truncate(w->paragraph, 0);
    }
    w->open_line = false;
}

/* Whether more than QUOTE_LINES quoted lines begin here. Looks no further than that. */
static bool is_long_quote(struct span text) {
    for (guint lines = 0; lines <= QUOTE_LINES; lines++) {
        if (!text.n || text.p[0] != '>')
            return false;
        text = span_from(text, span_find(text, '\n') + 1);
    }
    return true;
}

/* The fold opens without a script; its handle is a sign, for this text knows no language. */
static void set_folded(struct writer *w, bool folded) {
    if (folded != w->folded)
        g_string_append(w->document->html,
                        folded ? "<details><summary>&#8943;</summary>" : "</details>");
    w->folded = folded;
}

static void set_depth(struct writer *w, guint depth) {
    if (depth == w->depth)
        return;
    flush(w);
    if (w->depth == 0)
        set_folded(w, is_long_quote(w->ahead));
    for (; w->depth < depth; w->depth++)
        g_string_append(w->document->html, "<blockquote>");
    for (; w->depth > depth; w->depth--)
        g_string_append(w->document->html, "</blockquote>");
    if (depth == 0)
        set_folded(w, false);
}

/* quote-mark: ">" each; outside format=flowed people write "> > " too. */
static guint take_quotes(struct span *line, bool flowed) {
    guint depth = 0;
    while (depth < LIMIT_QUOTE_DEPTH && line->n) {
        size_t skip = !flowed && depth && line->p[0] == ' ' ? 1 : 0;
        if (line->n <= skip || line->p[skip] != '>')
            break;
        *line = span_from(*line, skip + 1);
        depth++;
    }
    /* RFC 3676 §4.4: one space of stuffing; and the space people write behind ">" */
    if ((flowed || depth) && line->n && line->p[0] == ' ')
        *line = span_from(*line, 1);
    return depth;
}

/* RFC 3676 §4.1: a line that ends in a space is flowed, but the signature separator (§4.3). */
static void write_line(struct writer *w, struct span line) {
    guint depth = take_quotes(&line, w->flowed);
    bool signature = span_eq(line, SPAN_LIT("-- "));
    bool flows = w->flowed && !signature && line.n && line.p[line.n - 1] == ' ';
    set_depth(w, depth);
    if (signature && w->open_line)
        g_string_append_c(w->paragraph, '\n');
    if (flows && w->delsp)
        line.n--;
    g_string_append_len(w->paragraph, line.p, (gssize)line.n);
    if (!flows)
        g_string_append_c(w->paragraph, '\n');
    w->open_line = flows;
}

struct inert_document *inert_text(const char *text, bool flowed, bool delsp,
                                  const struct inert_options *options) {
    struct inert_document *document = inert_document_new();
    struct writer w = {.document = document,
                       .options = options,
                       .flowed = flowed,
                       .delsp = delsp,
                       .paragraph = g_string_new(NULL)};
    inert_begin(document->html, INERT_PAPER_TEXT);
    struct span rest = span_of(text);
    while (rest.n) {
        size_t n = span_find(rest, '\n');
        w.ahead = rest;
        write_line(&w, span_first(rest, n));
        rest = span_from(rest, n + 1);
    }
    set_depth(&w, 0);
    flush(&w);
    inert_end(document->html);
    g_string_free(w.paragraph, TRUE);
    return document;
}
