/* SPDX-License-Identifier: MIT
 *
 * Two states: reading a line, reading the octets of a literal. A line is looked at when its CRLF is
 * there, so a hostile server gains nothing by sending it octet by octet.
 *
 *   response = *(piece literal) piece CRLF
 *   piece    = *(octet / "(" / ")" / quoted)          ; RFC 3501 §9, as far as framing needs it
 *   literal  = "{" number "}" CRLF *CHAR8
 *
 * Status responses and continuation requests end in free text, where quotes, parentheses and braces
 * mean nothing; they are one line always. */
#include "account/imap_lexer.h"

#include "base/limits.h"

struct imap_lexer {
    GString *piece;      /* the line as it comes, up to the next literal */
    GString *line;       /* the response so far, literals replaced */
    GPtrArray *literals; /* GBytes, NULL = skipped */
    size_t one, all;     /* what may be kept */
    size_t kept;
    uint64_t octets; /* of this answer */
    size_t lines;    /* … without literals */
    /* The literal being read. */
    char *literal; /* NULL while reading a line, and while skipping */
    size_t literal_size;
    size_t literal_left;   /* 0 = reading a line */
    guint literals_before; /* in the table when this response began */
    guint literal_count;   /* in this response */
    guint depth;
    bool text; /* this response ends in free text */
    enum imap_lexed state;
    const char *why;
};

static void literal_unref(void *octets) {
    if (octets)
        g_bytes_unref(octets);
}

struct imap_lexer *imap_lexer_new(void) {
    struct imap_lexer *lexer = g_new0(struct imap_lexer, 1);
    lexer->piece = g_string_new(NULL);
    lexer->line = g_string_new(NULL);
    lexer->literals = g_ptr_array_new_with_free_func(literal_unref);
    lexer->why = "";
    lexer->state = IMAP_LEXED_RESPONSE;
    return lexer;
}

void imap_lexer_free(struct imap_lexer *lexer) {
    if (!lexer)
        return;
    g_string_free(lexer->piece, TRUE);
    g_string_free(lexer->line, TRUE);
    g_ptr_array_unref(lexer->literals);
    g_free(lexer->literal);
    g_free(lexer);
}

void imap_lexer_begin(struct imap_lexer *lexer, size_t one, size_t all) {
    lexer->one = one;
    lexer->all = all;
    lexer->kept = 0;
    lexer->octets = lexer->lines = 0;
    g_ptr_array_set_size(lexer->literals, 0);
}

struct span imap_lexer_line(const struct imap_lexer *lexer) {
    return span_make(lexer->line->str, lexer->line->len);
}

const char *imap_lexer_why(const struct imap_lexer *lexer) {
    return lexer->why;
}

bool imap_lexer_between(const struct imap_lexer *lexer) {
    return lexer->state == IMAP_LEXED_RESPONSE;
}

void imap_lexer_drop(struct imap_lexer *lexer) {
    for (guint i = lexer->literals_before; i < lexer->literals->len; i++) {
        GBytes *octets = g_ptr_array_index(lexer->literals, i);
        lexer->kept -= octets ? MIN(lexer->kept, g_bytes_get_size(octets)) : 0;
    }
    g_ptr_array_set_size(lexer->literals, (gint)lexer->literals_before);
}

static enum imap_lexed stop(struct imap_lexer *lexer, enum imap_lexed state, const char *why) {
    lexer->why = why;
    lexer->state = state;
    return state;
}

static void next_response(struct imap_lexer *lexer) {
    g_string_truncate(lexer->piece, 0);
    g_string_truncate(lexer->line, 0);
    lexer->literals_before = lexer->literals->len;
    lexer->literal_count = 0;
    lexer->depth = 0;
    lexer->text = false;
    lexer->state = IMAP_LEXED_MORE;
}

/* Puts "{n}" into the line for the literal that comes next in the table. */
static void add_reference(struct imap_lexer *lexer) {
    g_string_append_printf(lexer->line, "\"{%u}\"", lexer->literals->len);
}

/* quoted = DQUOTE *QUOTED-CHAR DQUOTE. Returns the length with both quotes, 0 if it is none. */
static size_t scan_quoted(struct imap_lexer *lexer, struct span s) {
    g_autoptr(GString) plain = NULL;
    if (s.n > 1 && s.p[1] == '{')
        plain = g_string_new(NULL);
    size_t i = 1;
    for (; i < s.n && s.p[i] != '"'; i++) {
        if (s.p[i] == '\\' && (++i == s.n || (s.p[i] != '"' && s.p[i] != '\\')))
            return 0;
        if (plain)
            g_string_append_c(plain, s.p[i]);
    }
    if (i >= s.n)
        return 0;
    if (!plain) {
        g_string_append_len(lexer->line, s.p, (gssize)i + 1);
        return i + 1;
    }
    add_reference(lexer);
    g_ptr_array_add(lexer->literals, g_string_free_to_bytes(g_steal_pointer(&plain)));
    return i + 1;
}

/* Starts the literal whose "{number}" is all that is left of the piece. */
static enum imap_lexed start_literal(struct imap_lexer *lexer, struct span s) {
    uint64_t size = 0;
    size_t i = 1;
    for (; i < s.n && g_ascii_isdigit(s.p[i]); i++)
        size = MIN(size * 10 + (uint64_t)(s.p[i] - '0'), (uint64_t)G_MAXUINT32 * 2);
    if (i == 1 || i + 1 != s.n || s.p[i] != '}')
        return stop(lexer, IMAP_LEXED_BROKEN, "a literal without a proper length");
    if (size > LIMIT_IMAP_ANSWER - MIN(lexer->octets, LIMIT_IMAP_ANSWER))
        return stop(lexer, IMAP_LEXED_TOO_LARGE, "a literal is too large");
    if (++lexer->literal_count > LIMIT_IMAP_LITERALS)
        return stop(lexer, IMAP_LEXED_BROKEN, "too many literals in one response");
    add_reference(lexer);
    lexer->literal_size = lexer->literal_left = (size_t)size;
    if (size <= lexer->one && size <= lexer->all - MIN(lexer->kept, lexer->all)) {
        lexer->literal = g_malloc(size + 1);
        lexer->kept += size;
    }
    return IMAP_LEXED_MORE;
}

static void end_literal(struct imap_lexer *lexer) {
    GBytes *octets = lexer->literal
                         ? g_bytes_new_take(g_steal_pointer(&lexer->literal), lexer->literal_size)
                         : NULL;
    g_ptr_array_add(lexer->literals, octets);
}

static bool is_status(struct span word) {
    static const char *const words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (span_eq_nocase(word, span_of(words[i])))
            return true;
    return false;
}

/* "+" and tagged responses, and the untagged status responses, end in free text (§7.1, §7.5). */
static bool is_text(struct span piece) {
    if (piece.n < 2 || piece.p[0] != '*' || piece.p[1] != ' ')
        return true;
    struct span rest = span_from(piece, 2);
    return is_status(span_first(rest, span_find(rest, ' ')));
}

/* One octet outside quotes; false if it cannot stand there. */
static bool scan_octet(struct imap_lexer *lexer, char c) {
    if (c == '(' && ++lexer->depth > LIMIT_IMAP_NESTING)
        return false;
    if (c == ')' && lexer->depth-- == 0)
        return false;
    if ((unsigned char)c < 0x20 || c == 0x7f)
        return false;
    g_string_append_c(lexer->line, c);
    return true;
}

/* A piece of data whose line end was just read. */
static enum imap_lexed scan_data(struct imap_lexer *lexer, struct span s) {
    while (s.n > 0) {
        size_t used = 1;
        if (*s.p == '{') {
            enum imap_lexed state = start_literal(lexer, s);
            if (state == IMAP_LEXED_MORE && lexer->literal_left == 0)
                end_literal(lexer);
            return state;
        }
        if (*s.p == '"')
            used = scan_quoted(lexer, s);
        else if (!scan_octet(lexer, *s.p))
            return stop(lexer, IMAP_LEXED_BROKEN, "nesting or a control character");
        if (used == 0)
            return stop(lexer, IMAP_LEXED_BROKEN, "an open quoted string");
        s = span_from(s, used);
    }
    if (lexer->depth != 0)
        return stop(lexer, IMAP_LEXED_BROKEN, "an open parenthesis");
    return stop(lexer, IMAP_LEXED_RESPONSE, "");
}

static enum imap_lexed scan_piece(struct imap_lexer *lexer) {
    struct span s = span_make(lexer->piece->str, lexer->piece->len);
    if (s.n < 2 || s.p[s.n - 2] != '\r')
        return stop(lexer, IMAP_LEXED_BROKEN, "a line without CRLF");
    s.n -= 2;
    if (memchr(s.p, '\0', s.n) || memchr(s.p, '\r', s.n))
        return stop(lexer, IMAP_LEXED_BROKEN, "NUL or CR within a line");
    if (lexer->line->len == 0)
        lexer->text = is_text(s);
    if (!lexer->text) {
        enum imap_lexed state = scan_data(lexer, s);
        g_string_truncate(lexer->piece, 0);
        return state;
    }
    g_string_append_len(lexer->line, s.p, (gssize)s.n);
    return stop(lexer, IMAP_LEXED_RESPONSE, "");
}

static void take(struct imap_lexer *lexer, struct span *input, size_t n) {
    lexer->octets += n;
    *input = span_from(*input, n);
}

static void feed_literal(struct imap_lexer *lexer, struct span *input) {
    size_t n = MIN(input->n, lexer->literal_left);
    if (lexer->literal)
        memcpy(lexer->literal + (lexer->literal_size - lexer->literal_left), input->p, n);
    lexer->literal_left -= n;
    take(lexer, input, n);
    if (lexer->literal_left == 0)
        end_literal(lexer);
}

static enum imap_lexed feed_line(struct imap_lexer *lexer, struct span *input) {
    size_t n = span_find(*input, '\n');
    bool whole = n < input->n;
    n += whole;
    lexer->lines += n;
    if (lexer->lines > LIMIT_IMAP_LINES)
        return stop(lexer, IMAP_LEXED_TOO_LARGE, "its lines are too long");
    g_string_append_len(lexer->piece, input->p, (gssize)n);
    take(lexer, input, n);
    if (lexer->octets > LIMIT_IMAP_ANSWER)
        return stop(lexer, IMAP_LEXED_TOO_LARGE, "the answer is too large");
    return whole ? scan_piece(lexer) : IMAP_LEXED_MORE;
}

enum imap_lexed imap_lexer_feed(struct imap_lexer *lexer, struct span *input) {
    if (lexer->state == IMAP_LEXED_BROKEN || lexer->state == IMAP_LEXED_TOO_LARGE)
        return lexer->state;
    if (lexer->state == IMAP_LEXED_RESPONSE && input->n > 0)
        next_response(lexer);
    while (input->n > 0) {
        if (lexer->literal_left > 0) {
            feed_literal(lexer, input);
            continue;
        }
        enum imap_lexed state = feed_line(lexer, input);
        if (state != IMAP_LEXED_MORE)
            return state;
    }
    return IMAP_LEXED_MORE;
}

bool imap_lexer_literal(const struct imap_lexer *lexer, const char *string, GBytes **octets) {
    if (!string || string[0] != '{')
        return false;
    guint64 index = g_ascii_strtoull(string + 1, NULL, 10);
    g_assert(index < lexer->literals->len);
    *octets = g_ptr_array_index(lexer->literals, (guint)index);
    return true;
}
