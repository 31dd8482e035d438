/* SPDX-License-Identifier: MIT
 *
 * Canonicalisation at the speed of the hash: nearly all octets of mail are already canonical, so
 * the relaxed body is not rewritten octet by octet. A scan of 16 octets at a time looks for white
 * space that the algorithm would touch; everything between two such places goes to the hash as it
 * stands. */
#include "auth/dkim_canon.h"

#include "base/block.h"

#include <openssl/evp.h>

const char *dkim_canon_name(enum dkim_canon canon) {
    return canon == DKIM_RELAXED ? "relaxed" : "simple";
}

static bool is_wsp(char c) {
    return c == ' ' || c == '\t';
}

/* --- body ------------------------------------------------------------------------------------ */

static bool ends_in_crlf(struct span s) {
    return s.n >= 2 && s.p[s.n - 2] == '\r' && s.p[s.n - 1] == '\n';
}

/* RFC 6376 §3.4.3: "*CRLF" at the end of the body becomes one CRLF, also where there was none. */
static void simple_body(struct span body, dkim_canon_sink sink, void *user) {
    while (ends_in_crlf(body))
        body.n -= 2;
    if (body.n)
        sink(user, body);
    sink(user, SPAN_LIT("\r\n"));
}

/* Without the empty lines at the end, and without the white space and line end of the last line
 * that is not empty; a line of white space counts as empty, because §3.4.4 (a) comes before (b). */
static struct span without_empty_lines(struct span body) {
    for (;;) {
        size_t n = body.n;
        while (n && is_wsp(body.p[n - 1]))
            n--;
        if (n && !ends_in_crlf(span_first(body, n)))
            return span_first(body, n);
        if (!n)
            return span_first(body, 0);
        body.n = n - 2;
    }
}

/* Marks in `block` (BLOCK + 1 octets are readable) the white space that relaxed changes: a HTAB, or
 * a SP before more white space or before a CR. */
static inline struct block block_changes(const char *block) {
    signed char octets __attribute__((vector_size(BLOCK)));
    signed char next __attribute__((vector_size(BLOCK)));
    memcpy(&octets, block, BLOCK);
    memcpy(&next, block + 1, BLOCK);
    return (struct block){(octets == '\t') |
                          ((octets == ' ') & ((next == ' ') | (next == '\t') | (next == '\r')))};
}

/* The same of four blocks: most hold nothing that changes, and one question is enough for them. */
static inline bool four_change(const char *blocks) {
    return block_any_marked(block_changes(blocks), block_changes(blocks + BLOCK),
                            block_changes(blocks + 2 * BLOCK), block_changes(blocks + 3 * BLOCK));
}

/* How far no octet is white space: at most up to `end`. In text there is some every few octets, in
 * base64 none at all, and the library's search takes larger steps than ours. Never further than
 * STRIDE, so that a space far away is not looked for again from each tab before it. */
static const char *without_wsp(const char *at, const char *end) {
    enum { STRIDE = 4096 };
    size_t n = MIN((size_t)(end - at), (size_t)STRIDE);
    const char *space = memchr(at, ' ', n);
    if (space)
        n = (size_t)(space - at);
    const char *tab = memchr(at, '\t', n);
    return tab ? tab : at + n;
}

/* The first octet at or after `at` that begins a run which relaxed changes, or `end`. The octet
 * before `end` is no white space. */
static const char *find_change(const char *at, const char *end) {
    enum { FOURS = 4 }; /* so many of nothing that changes make one look further */
    for (;;) {
        for (int i = 1; end - at > 4 * BLOCK && !four_change(at); i++) {
            at += 4 * BLOCK;
            if (i % FOURS == 0)
                at = without_wsp(at, end);
        }
        while (end - at > BLOCK && !block_is_marked(block_changes(at)))
            at += BLOCK;
        const char *stop = end - at > BLOCK ? at + BLOCK : end;
        for (; at < stop; at++)
            if (*at == '\t' || (*at == ' ' && (is_wsp(at[1]) || at[1] == '\r')))
                return at;
        if (at == end)
            return end;
    }
}

/* §3.4.4: white space before CRLF goes, every other run of it becomes one SP; empty lines at the
 * end go; CRLF ends what is left, if anything is. */
static void relaxed_body(struct span body, dkim_canon_sink sink, void *user) {
    body = without_empty_lines(body);
    if (!body.n)
        return;
    const char *start = body.p, *end = body.p + body.n;
    for (const char *at = find_change(start, end); at < end; at = find_change(at, end)) {
        const char *run_end = at;
        while (is_wsp(*run_end))
            run_end++;
        bool line_end = *run_end == '\r' && run_end + 1 < end && run_end[1] == '\n';
        bool keep_first = !line_end && *at == ' '; /* the SP wanted stands there already */
        sink(user, span_make(start, (size_t)(at - start) + keep_first));
        if (!line_end && !keep_first)
            sink(user, SPAN_LIT(" "));
        start = at = run_end;
    }
    sink(user, span_make(start, (size_t)(end - start)));
    sink(user, SPAN_LIT("\r\n"));
}

void dkim_canon_body(struct span body, enum dkim_canon canon, dkim_canon_sink sink, void *user) {
    if (canon == DKIM_RELAXED)
        relaxed_body(body, sink, user);
    else
        simple_body(body, sink, user);
}

/* --- hash ------------------------------------------------------------------------------------ */

/* SHA-256 over memory cannot fail but for want of memory. */
static void must(int ok) {
    g_assert(ok == 1);
}

static gpointer fetch_sha256(gpointer unused) {
    (void)unused;
    EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
    g_assert(md);
    return md;
}

/* Fetched once a process: looking the algorithm up costs as much as hashing a small mail. */
static const EVP_MD *sha256(void) {
    static GOnce once = G_ONCE_INIT;
    return g_once(&once, fetch_sha256, NULL);
}

static void free_context(gpointer context) {
    EVP_MD_CTX_free(context);
}

/* The thread's context, at the start of a digest: to make one costs as much as hashing some hundred
 * octets. Whoever takes it is done before anybody else in the thread wants it. */
static EVP_MD_CTX *start_digest(void) {
    static GPrivate contexts = G_PRIVATE_INIT(free_context);
    EVP_MD_CTX *context = g_private_get(&contexts);
    if (!context) {
        context = EVP_MD_CTX_new();
        g_private_set(&contexts, context);
    }
    must(context && EVP_DigestInit_ex2(context, sha256(), NULL));
    return context;
}

void dkim_sha256(struct span octets, unsigned char digest[DKIM_SHA256_SIZE]) {
    EVP_MD_CTX *context = start_digest();
    must(EVP_DigestUpdate(context, octets.p, octets.n));
    must(EVP_DigestFinal_ex(context, digest, NULL));
}

/* Short spans are gathered, because a call of EVP costs as much as hashing some 200 octets. */
enum { GATHER = 8192, LONG_SPAN = 1024 };

struct hasher {
    EVP_MD_CTX *context;
    struct dkim_body_digest *wanted; /* not yet reached, ascending limits */
    guint n_wanted;
    uint64_t total; /* canonical octets seen */
    size_t n;
    char gathered[GATHER];
};

static void flush(struct hasher *hasher) {
    must(EVP_DigestUpdate(hasher->context, hasher->gathered, hasher->n));
    hasher->n = 0;
}

static void add_octets(struct hasher *hasher, struct span octets) {
    hasher->total += octets.n;
    if (hasher->n + octets.n > GATHER || octets.n > LONG_SPAN)
        flush(hasher);
    if (octets.n > LONG_SPAN) {
        must(EVP_DigestUpdate(hasher->context, octets.p, octets.n));
    } else if (octets.p && octets.n) {
        memcpy(hasher->gathered + hasher->n, octets.p, octets.n);
        hasher->n += octets.n;
    }
}

/* Takes the digest of all octets so far as the next one wanted; only the last may use up the
 * context. */
static void finish_one(struct hasher *hasher) {
    flush(hasher);
    EVP_MD_CTX *copy = NULL;
    if (hasher->n_wanted > 1) {
        copy = EVP_MD_CTX_new();
        must(copy && EVP_MD_CTX_copy_ex(copy, hasher->context));
    }
    must(EVP_DigestFinal_ex(copy ? copy : hasher->context, hasher->wanted->digest, NULL));
    EVP_MD_CTX_free(copy);
    hasher->wanted++;
    hasher->n_wanted--;
}

static void hash_span(void *user, struct span octets) {
    struct hasher *hasher = user;
    while (hasher->n_wanted && hasher->wanted->limit - hasher->total <= octets.n) {
        size_t before = (size_t)(hasher->wanted->limit - hasher->total);
        add_octets(hasher, span_first(octets, before));
        octets = span_from(octets, before);
        finish_one(hasher);
    }
    if (hasher->n_wanted)
        add_octets(hasher, octets);
    else
        hasher->total += octets.n; /* nobody wants its hash, but its length counts */
}

uint64_t dkim_body_hash(struct span body, enum dkim_canon canon, struct dkim_body_digest *wanted,
                        guint n_wanted) {
    struct hasher hasher; /* not cleared: `gathered` is written before it is read */
    hasher.context = start_digest();
    hasher.wanted = wanted;
    hasher.n_wanted = n_wanted;
    hasher.total = hasher.n = 0;
    dkim_canon_body(body, canon, hash_span, &hasher);
    while (hasher.n_wanted)
        finish_one(&hasher);
    return hasher.total;
}

/* --- header fields --------------------------------------------------------------------------- */

static bool at_crlf(struct span s, size_t i) {
    return s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n';
}

/* True if a word may end in `block` (BLOCK + 1 octets are readable): there is a control character,
 * or a SP that no visible octet follows. */
static bool block_may_end_word(const char *block) {
    unsigned char octets __attribute__((vector_size(BLOCK)));
    unsigned char next __attribute__((vector_size(BLOCK)));
    uint64_t lanes __attribute__((vector_size(BLOCK)));
    memcpy(&octets, block, BLOCK);
    memcpy(&next, block + 1, BLOCK);
    lanes = (__typeof__(lanes))((octets < ' ') | ((octets == ' ') & (next <= ' ')));
    return (lanes[0] | lanes[1]) != 0;
}

/* Octets from the first on, which is neither white space nor a line end, that stay as they are: up
 * to white space other than one SP between two visible octets, or to a CR. */
static size_t word_length(struct span s) {
    for (size_t i = 1;;) {
        while (s.n - i > BLOCK && !block_may_end_word(s.p + i))
            i += BLOCK;
        size_t stop = s.n - i > BLOCK ? i + BLOCK : s.n;
        for (; i < stop; i++) {
            unsigned char c = (unsigned char)s.p[i];
            if (c > ' ' || (c == ' ' && i + 1 < s.n && (unsigned char)s.p[i + 1] > ' '))
                continue;
            if (is_wsp((char)c) || c == '\r')
                return i;
        }
        if (i == s.n)
            return i;
    }
}

/* Writes `value` unfolded (CRLF goes; what follows it is white space), with one SP for every run of
 * white space and none at the end. *pending: a run has been seen since the last octet written.
 * Returns where it ends: never more octets than `value` has but for a SP that was pending. */
static char *write_relaxed(char *put, struct span value, bool *pending) {
    for (size_t i = 0; i < value.n;) {
        if (is_wsp(value.p[i])) {
            *pending = true;
            i++;
        } else if (at_crlf(value, i)) {
            i += 2;
        } else {
            if (*pending)
                *put++ = ' ';
            *pending = false;
            size_t n = word_length(span_from(value, i));
            put = mempcpy(put, value.p + i, n);
            i += n;
        }
    }
    return put;
}

/* The field up to its line end, without the octets of `cut`. */
static char *write_field(char *put, const struct field *field, struct span cut,
                         enum dkim_canon canon) {
    const char *value_end = field->value.p + field->value.n, *tail = cut.p + cut.n;
    if (canon == DKIM_SIMPLE) {
        put = mempcpy(put, field->raw.p, (size_t)(cut.p - field->raw.p));
        return mempcpy(put, tail, (size_t)(value_end - tail));
    }
    for (size_t i = 0; i < field->name.n; i++) {
        char c = field->name.p[i];
        *put++ = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    *put++ = ':';
    /* white space between the colon and the first octet goes: a pending run there is forgotten */
    struct span head = span_make(field->value.p, (size_t)(cut.p - field->value.p));
    while (head.n && (is_wsp(head.p[0]) || at_crlf(head, 0)))
        head = span_from(head, is_wsp(head.p[0]) ? 1 : 2);
    bool pending = false;
    put = write_relaxed(put, head, &pending);
    return write_relaxed(put, span_make(tail, (size_t)(value_end - tail)), &pending);
}

size_t dkim_canon_most(const struct field *field) {
    return field->raw.n + strlen(":\r\n");
}

char *dkim_canon_write_own(char *put, const struct field *field, struct span cut,
                           enum dkim_canon canon) {
    return write_field(put, field, cut, canon);
}

char *dkim_canon_write(char *put, const struct field *field, enum dkim_canon canon) {
    const char *value_end = field->value.p + field->value.n;
    struct span line_end = span_make(value_end, (size_t)(field->raw.p + field->raw.n - value_end));
    if (!line_end.n) /* the last line of a message without a body may have none at all */
        line_end = SPAN_LIT("\r\n");
    put = write_field(put, field, span_make(value_end, 0), canon);
    return mempcpy(put, line_end.p, line_end.n);
}

void dkim_canon_own_field(GString *out, const struct field *field, struct span cut,
                          enum dkim_canon canon) {
    gsize at = out->len;
    g_string_set_size(out, at + dkim_canon_most(field));
    char *end = dkim_canon_write_own(out->str + at, field, cut, canon);
    g_string_truncate(out, (gsize)(end - out->str));
}

void dkim_canon_field(GString *out, const struct field *field, enum dkim_canon canon) {
    gsize at = out->len;
    g_string_set_size(out, at + dkim_canon_most(field));
    char *end = dkim_canon_write(out->str + at, field, canon);
    g_string_truncate(out, (gsize)(end - out->str));
}
