/* SPDX-License-Identifier: MIT */
#include "sign/openpgp_armor.h"

#include "base/limits.h"

#include <glib.h>

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"

/* --- lines ---------------------------------------------------------------------------------- */

/* The line at *at without its line end, and moves behind it. */
static struct span next_line(struct span text, size_t *at) {
    struct span rest = span_from(text, *at);
    size_t n = span_find(rest, '\n');
    *at += n < rest.n ? n + 1 : n;
    if (n && n < rest.n && rest.p[n - 1] == '\r')
        n--;
    return span_first(rest, n);
}

static bool starts(struct span line, struct span prefix) {
    return span_eq(span_first(line, prefix.n), prefix);
}

static bool ends(struct span label, struct span tail) {
    return label.n >= tail.n && span_eq(span_from(label, label.n - tail.n), tail);
}

static struct span trim_end(struct span line) {
    while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
        line.n--;
    return line;
}

/* `prefix` LABEL "-----" *WSP (RFC 9580 §6.2.1); the label, or an empty span. */
static struct span label_of(struct span line, struct span prefix) {
    line = trim_end(line);
    if (!starts(line, prefix) || line.n <= prefix.n + 5 ||
        !span_eq(span_from(line, line.n - 5), SPAN_LIT(DASHES)))
        return SPAN_NULL;
    return span_make(line.p + prefix.n, line.n - prefix.n - 5);
}

/* The next line of the form "-----BEGIN …-----", wherever it starts a line; *at moves behind it. */
static bool find_begin(struct span text, size_t *at, struct span *label, size_t *begin) {
    while (*at < text.n) {
        size_t start = *at;
        *label = label_of(next_line(text, at), SPAN_LIT(BEGIN));
        if (label->n) {
            *begin = start;
            return true;
        }
    }
    return false;
}

/* --- armour --------------------------------------------------------------------------------- */

static bool is_base64(struct span line) {
    size_t n = line.n;
    for (int padding = 0; padding < 2 && n && line.p[n - 1] == '='; padding++)
        n--;
    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isalnum(line.p[i]) && line.p[i] != '+' && line.p[i] != '/')
            return false;
    return n > 0;
}

static bool is_header(struct span line) {
    return span_find(line, ':') < line.n;
}

/* Header lines to the first empty one; some write no header and no empty line is then missing. */
static bool skip_headers(struct span text, size_t *at) {
    for (int n = 0; n <= LIMIT_OPENPGP_ARMOR_HEADERS && *at < text.n; n++) {
        struct span line = trim_end(next_line(text, at));
        if (!line.n)
            return true;
        if (!is_header(line))
            return false;
    }
    return false;
}

struct base64 {
    GByteArray *octets;
    gint state;
    guint save;
    bool ended; /* padding was seen: nothing may follow */
};

static bool add_line(struct base64 *decoder, struct span line, size_t limit) {
    if (decoder->ended || !is_base64(line))
        return false;
    decoder->ended = line.p[line.n - 1] == '=';
    gsize before = decoder->octets->len;
    if (before + line.n > limit + 3)
        return false;
    g_byte_array_set_size(decoder->octets, (guint)(before + line.n / 4 * 3 + 6));
    gsize n = g_base64_decode_step(line.p, line.n, decoder->octets->data + before, &decoder->state,
                                   &decoder->save);
    g_byte_array_set_size(decoder->octets, (guint)(before + n));
    return true;
}

/* Lines of base64, perhaps "=" and four characters of checksum, then the END line of `label`. */
static GBytes *decode(struct span text, size_t *at, struct span label, size_t limit) {
    struct base64 decoder = {.octets = g_byte_array_new()};
    bool sane = skip_headers(text, at), closed = false;
    while (sane && !closed && *at < text.n) {
        struct span line = trim_end(next_line(text, at));
        if (starts(line, SPAN_LIT(END))) {
            closed = true;
            sane = span_eq(label_of(line, SPAN_LIT(END)), label);
        } else if (line.n == 5 && line.p[0] == '=')
            decoder.ended = true;
        else if (line.n)
            sane = add_line(&decoder, line, limit);
    }
    if (sane && closed && decoder.octets->len && decoder.octets->len <= limit)
        return g_byte_array_free_to_bytes(decoder.octets);
    g_byte_array_unref(decoder.octets);
    return NULL;
}

bool openpgp_armor_next(struct span text, size_t *at, size_t limit, struct openpgp_block *block) {
    size_t begin;
    *block = (struct openpgp_block){.octets = NULL};
    if (!find_begin(text, at, &block->label, &begin))
        return false;
    size_t behind = *at;
    block->octets = decode(text, at, block->label, limit);
    /* A malformed block may swallow no other one. */
    if (!block->octets)
        *at = behind;
    block->whole = span_make(text.p + begin, *at - begin);
    return true;
}

void openpgp_block_clear(struct openpgp_block *block) {
    g_clear_pointer(&block->octets, g_bytes_unref);
}

static GBytes *join(GByteArray *all, bool sane) {
    if (sane && all->len)
        return g_byte_array_free_to_bytes(all);
    g_byte_array_unref(all);
    return NULL;
}

GBytes *openpgp_armor_strip(struct span octets, const char *label, size_t limit) {
    /* RFC 9580 §4.2: the first bit of every packet is set, that of text is not. */
    if (octets.n && (octets.p[0] & 0x80))
        return octets.n <= limit ? g_bytes_new(octets.p, octets.n) : NULL;
    GByteArray *all = g_byte_array_new();
    struct openpgp_block block;
    bool sane = true;
    for (size_t at = 0; sane && openpgp_armor_next(octets, &at, limit, &block);) {
        gsize n = 0;
        const guint8 *p = block.octets ? g_bytes_get_data(block.octets, &n) : NULL;
        sane = p && all->len + n <= limit;
        if (sane && ends(block.label, span_of(label)))
            g_byte_array_append(all, p, (guint)n);
        openpgp_block_clear(&block);
    }
    return join(all, sane);
}

/* --- the cleartext signature framework ------------------------------------------------------- */

/* "Hash:" names of digests (RFC 9580 §7); it decides nothing, since the signature says it too. Any
 * other header would be text that is shown and not signed (attacks G148). */
static bool is_hash_header(struct span line) {
    if (!starts(line, SPAN_LIT("Hash:")))
        return false;
    for (size_t i = 5; i < line.n; i++)
        if (!g_ascii_isalnum(line.p[i]) && !strchr(" ,-/", line.p[i]))
            return false;
    return true;
}

static bool skip_hash_headers(struct span text, size_t *at) {
    for (int n = 0; n <= LIMIT_OPENPGP_ARMOR_HEADERS && *at < text.n; n++) {
        struct span line = trim_end(next_line(text, at));
        if (!line.n)
            return true;
        if (!is_hash_header(line))
            return false;
    }
    return false;
}

static bool has_controls(struct span line) {
    for (size_t i = 0; i < line.n; i++) {
        guchar c = (guchar)line.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

/* The lines up to the signature's armour as they were hashed. False: a line that two readers may
 * read differently, or no armour follows. */
static bool read_text(struct span text, size_t *at, GString *canonical) {
    for (bool first = true; *at < text.n; first = false) {
        size_t start = *at;
        struct span line = next_line(text, at);
        if (span_eq(label_of(line, SPAN_LIT(BEGIN)), SPAN_LIT("PGP SIGNATURE"))) {
            *at = start;
            return true;
        }
        if (has_controls(line))
            return false;
        if (line.n && line.p[0] == '-') {
            if (line.n < 2 || line.p[1] != ' ')
                return false;
            line = span_from(line, 2);
        }
        line = trim_end(line);
        if (!first)
            g_string_append(canonical, "\r\n");
        g_string_append_len(canonical, line.p, (gssize)line.n);
    }
    return false;
}

static bool is_blank(struct span text) {
    return span_trim_fws(text).n == 0;
}

static size_t find_clear(struct span text, size_t *begin) {
    struct span label;
    for (size_t at = 0; find_begin(text, &at, &label, begin);)
        if (span_eq(label, SPAN_LIT("PGP SIGNED MESSAGE")))
            return at;
    return 0;
}

bool openpgp_clear_find(struct span text, struct openpgp_clear *clear) {
    size_t begin, at = find_clear(text, &begin);
    *clear = (struct openpgp_clear){.text = NULL};
    if (!at)
        return false;
    clear->whole = span_from(text, begin);
    GString *canonical = g_string_new(NULL);
    struct openpgp_block block;
    bool sane = skip_hash_headers(text, &at) && read_text(text, &at, canonical) &&
                openpgp_armor_next(text, &at, LIMIT_OPENPGP_SIGNATURE, &block) && block.octets;
    if (sane) {
        clear->whole = span_make(text.p + begin, at - begin);
        clear->signature = block.octets;
        clear->stands_alone = is_blank(span_first(text, begin)) && is_blank(span_from(text, at));
        clear->text = g_string_free_to_bytes(canonical);
    } else
        g_string_free(canonical, TRUE);
    return true;
}

void openpgp_clear_clear(struct openpgp_clear *clear) {
    g_clear_pointer(&clear->text, g_bytes_unref);
    g_clear_pointer(&clear->signature, g_bytes_unref);
}
