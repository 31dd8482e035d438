/* SPDX-License-Identifier: MIT */
#include "mail/link_markup.h"

#include "base/block.h"
#include "base/limits.h"
#include "mail/domain.h"
#include "mail/link.h"
#include "mail/mime_markup.h"

/* --- does a text name a host? ---------------------------------------------------------------- */

static bool is_file_name(const char *host) {
    static const char *const endings[] = {".md",  ".sh", ".py", ".rs", ".zip",
                                          ".mov", ".pl", ".ps", ".so"};
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(host, endings[i]) && strchr(host, '.') == strrchr(host, '.'))
            return true;
    return false;
}

/* A number at the end is a version or an address, and no name (RFC 3696 §2). */
static bool is_host_name(const char *host) {
    const char *last = strrchr(host, '.');
    return last && g_ascii_isalpha(last[1]) && !is_file_name(host);
}

static bool has_blank(struct span text) {
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ')
            return true;
    return false;
}

char *link_markup_host(struct span text) {
    while (text.n && strchr(" \t\r\n", text.p[text.n - 1]))
        text.n--;
    while (text.n && strchr(" \t\r\n", text.p[0]))
        text = span_from(text, 1);
    if (!text.n || text.n > LIMIT_LINK_TEXT || has_blank(text))
        return NULL;
    if (span_starts_nocase(text, SPAN_LIT("http://")) ||
        span_starts_nocase(text, SPAN_LIT("https://"))) {
        OWNED(link) link = link_parse(text);
        return link && is_host_name(link->host) ? domain_parse(span_of(link->host), 0, NULL) : NULL;
    }
    size_t n = 0;
    while (n < text.n && !strchr("/?#:", text.p[n]))
        n++;
    char *host = domain_parse(span_first(text, n), 0, NULL);
    if (host && !is_host_name(host))
        g_clear_pointer(&host, g_free);
    return host;
}

/* --- links of HTML --------------------------------------------------------------------------- */

struct reader {
    const char *p, *end;
};

/* Marks in BLOCK octets (BLOCK + 2 are readable) where the start of an anchor may begin: "<" before
 * "a", or before what a decoder takes away or makes something else of ("=", a control character,
 * "~", 8-bit); or "<" itself in quoted-printable, "=3C". 8-bit octets are below every control
 * character: they are signed. */
static inline struct block block_opens(const char *block, bool quoted_printable) {
    signed char one __attribute__((vector_size(BLOCK)));
    signed char two __attribute__((vector_size(BLOCK)));
    signed char three __attribute__((vector_size(BLOCK)));
    memcpy(&one, block, BLOCK);
    memcpy(&two, block + 1, BLOCK);
    struct block opens = {(one == '<') &
                          (((two | 0x20) == 'a') | (two == '=') | (two < ' ') | (two > '}'))};
    if (!quoted_printable)
        return opens;
    memcpy(&three, block + 2, BLOCK);
    opens.octets |= (one == '=') & (two == '3') & ((three | 0x20) == 'c');
    return opens;
}

/* The same of four blocks: most open nothing, and one question is enough for them. */
static inline bool four_open(const char *blocks, bool quoted_printable) {
    return block_any_marked(block_opens(blocks, quoted_printable),
                            block_opens(blocks + BLOCK, quoted_printable),
                            block_opens(blocks + 2 * BLOCK, quoted_printable),
                            block_opens(blocks + 3 * BLOCK, quoted_printable));
}

/* Inline, so that bare octets are spared the questions about quoted-printable. */
static G_ALWAYS_INLINE inline bool is_possible(struct span octets, bool quoted_printable) {
    size_t at = 0;
    for (; at + 4 * BLOCK + 2 <= octets.n; at += 4 * BLOCK)
        if (four_open(octets.p + at, quoted_printable))
            return true;
    for (; at + BLOCK + 2 <= octets.n; at += BLOCK)
        if (block_is_marked(block_opens(octets.p + at, quoted_printable)))
            return true;
    char last[2 * BLOCK + 2] = {0}; /* a "<" that ends them has a NUL behind it: yes */
    if (at < octets.n)
        memcpy(last, octets.p + at, octets.n - at);
    return block_is_marked(block_opens(last, quoted_printable)) ||
           block_is_marked(block_opens(last + BLOCK, quoted_printable));
}

bool link_markup_possible(struct span octets, bool quoted_printable) {
    return quoted_printable ? is_possible(octets, true) : is_possible(octets, false);
}

/* Moves to the next "<a" or "</a" that is a tag; false at the end. */
static bool next_anchor(struct reader *r) {
    while ((r->p = memchr(r->p, '<', (size_t)(r->end - r->p)))) {
        const char *name = r->p + 1 + (r->p[1] == '/');
        if ((*name == 'a' || *name == 'A') && name[1] && strchr(" \t\r\n/>", name[1]))
            return true;
        r->p++;
    }
    r->p = r->end;
    return false;
}

/* `text` without markup, entities decoded. The caller frees. */
static GString *plain(const char *text, size_t n) {
    g_autofree char *part = g_strndup(text, n);
    GString *out = g_string_new(NULL);
    mime_markup_text(part, out);
    return out;
}

/* attribute = name [ "=" ( quoted / 1*unquoted ) ]; r->p is left behind the value. */
static bool read_attribute(struct reader *r, struct span *name, struct span *value) {
    while (r->p < r->end && (g_ascii_isspace(*r->p) || *r->p == '/'))
        r->p++;
    if (r->p == r->end || *r->p == '>')
        return false;
    const char *start = r->p++;
    while (r->p < r->end && !g_ascii_isspace(*r->p) && !strchr("=>/", *r->p))
        r->p++;
    *name = span_make(start, (size_t)(r->p - start));
    *value = SPAN_NULL;
    if (r->p == r->end || *r->p != '=')
        return true;
    r->p++;
    char quote = r->p < r->end && strchr("\"'", *r->p) ? *r->p++ : '\0';
    start = r->p;
    while (r->p < r->end && (quote ? *r->p != quote : !g_ascii_isspace(*r->p) && *r->p != '>'))
        r->p++;
    *value = span_make(start, (size_t)(r->p - start));
    r->p += quote && r->p < r->end;
    return true;
}

/* The start tag that r->p stands on; the host it leads to, or NULL. The first href counts. */
static char *read_start(struct reader *r) {
    struct span name, value, href = SPAN_NULL;
    r->p += 2;
    while (read_attribute(r, &name, &value))
        if (!href.p && span_eq_nocase(name, SPAN_LIT("href")))
            href = value;
    r->p += r->p < r->end;
    if (!href.n || href.n > LIMIT_LINK_URL)
        return NULL;
    GString *url = plain(href.p, href.n);
    OWNED(link) link = link_parse(span_make(url->str, url->len));
    g_string_free(url, TRUE);
    return link && !link->mail ? g_strdup(link->host) : NULL;
}

void link_markup_each(const char *html, link_markup_seen seen, void *data) {
    struct reader r = {html, html + strlen(html)};
    guint n = 0;
    while (n < LIMIT_LINKS && next_anchor(&r)) {
        if (r.p[1] == '/') {
            r.p++;
            continue;
        }
        g_autofree char *target = read_start(&r);
        const char *start = r.p;
        next_anchor(&r); /* the end tag, or the next link that ends this one */
        if (!target || (size_t)(r.p - start) > LIMIT_LINK_URL)
            continue;
        GString *text = plain(start, (size_t)(r.p - start));
        g_autofree char *shown = link_markup_host(span_make(text->str, text->len));
        g_string_free(text, TRUE);
        if (shown) {
            n++;
            seen(shown, target, data);
        }
    }
}
