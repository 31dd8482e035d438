/* SPDX-License-Identifier: MIT
 *
 * mail/hop.h: a small tokenizer (words, quoted strings, comments) and what each clause makes of its
 * tokens. Comments are read by what they begin with; unknown ones are passed over. */
#include "mail/hop.h"

#include "base/clock.h"
#include "base/limits.h"

enum clause { CLAUSE_NONE, FROM, BY, VIA, WITH, ID, FOR, TLS };

struct reader {
    struct span rest;
    struct hop *hop;
    enum clause clause;
    guint words;       /* of the clause so far */
    guint seen;        /* clauses there were, 1 << enum clause */
    bool commented;    /* something but TLS stood in a comment after `with` */
    bool named;        /* the client's comment holds a name or "unknown" beside the address */
    bool checks_names; /* Postfix and Sendmail look a client's name up both ways */
    bool exim;         /* the first word of `from` is the checked name or the client's address */
    bool forged;       /* Sendmail's "(may be forged)" */
    bool has_helo; /* HELO was given in a comment, so the first word is the host's own finding */
};

enum octet_kind {
    SPACE = 1 << 0,
    NUL = 1 << 1,         /* is one of any set */
    ENDS_WORD = 1 << 2,   /* beside SPACE: what opens a comment or a quote, and the semicolon */
    NOT_IN_PATH = 1 << 3, /* unquoted */
    ENDS_PATH = 1 << 4    /* what may follow a path at once */
};

/* Every octet of a line is looked at, and most are of no kind. */
static bool is_kind(char c, unsigned kinds) {
    static const unsigned char kind[256] = {
        [' '] = SPACE | NOT_IN_PATH | ENDS_PATH,
        ['\t'] = SPACE | NOT_IN_PATH | ENDS_PATH,
        ['\r'] = SPACE | NOT_IN_PATH | ENDS_PATH,
        ['\n'] = SPACE | NOT_IN_PATH | ENDS_PATH,
        ['('] = ENDS_WORD | NOT_IN_PATH | ENDS_PATH,
        [')'] = NOT_IN_PATH,
        ['<'] = NOT_IN_PATH,
        ['>'] = NOT_IN_PATH,
        [';'] = ENDS_WORD | ENDS_PATH,
        ['"'] = ENDS_WORD,
        ['\0'] = NUL | ENDS_WORD | NOT_IN_PATH | ENDS_PATH,
    };
    return kind[(unsigned char)c] & kinds;
}

static bool is_space(char c) {
    return is_kind(c, SPACE);
}

/* `c` is an octet of `set` (or NUL, which ends every set). */
static bool is_one_of(const char *set, char c) {
    while (*set && *set != c)
        set++;
    return *set == c;
}

/* The comment that begins at rest.p[0] == '(' without its outer parentheses; false if it never ends
 * or nests too deep. */
static bool take_comment(struct span *rest, struct span *content) {
    guint depth = 0;
    for (size_t i = 0; i < rest->n; i++) {
        char c = rest->p[i];
        if (c == '\\') {
            i++;
        } else if (c == '(') {
            if (++depth > LIMIT_COMMENT_DEPTH)
                return false;
        } else if (c == ')' && --depth == 0) {
            *content = span_make(rest->p + 1, i - 1);
            *rest = span_from(*rest, i + 1);
            return true;
        }
    }
    return false;
}

static bool take_quoted(struct span *rest, struct span *word) {
    for (size_t i = 1; i < rest->n; i++) {
        if (rest->p[i] == '\\') {
            i++;
        } else if (rest->p[i] == '"') {
            *word = span_first(*rest, i + 1);
            *rest = span_from(*rest, i + 1);
            return true;
        }
    }
    return false;
}

/* Path = "<" [ A-d-l ":" ] Mailbox ">" (RFC 5321 §4.1.2), or the Mailbox alone. A Local-part may
 * quote anything: brackets, comments, semicolons. Its length; 0 if it is neither. */
static size_t path_length(struct span text) {
    bool bracketed = text.n && text.p[0] == '<';
    for (size_t i = bracketed; i < text.n; i++) {
        struct span word, rest = span_from(text, i);
        char c = text.p[i];
        if (c == '"') {
            if (!take_quoted(&rest, &word))
                return 0;
            i += word.n - 1;
        } else if (c == '\\') {
            i++;
        } else if (bracketed && c == '>') {
            return i + 1;
        } else if (!bracketed && (is_space(c) || c == ';')) {
            return i;
        } else if (is_kind(c, NOT_IN_PATH)) {
            return 0;
        }
    }
    return bracketed ? 0 : text.n;
}

/* The recipient is chosen by the client: anything but one path with nothing joined to it makes the
 * whole line unreadable. */
static bool take_recipient(struct span *rest, struct span *path) {
    size_t n = path_length(*rest);
    if (n == 0 || (n < rest->n && !is_kind(rest->p[n], ENDS_PATH)))
        return false;
    *path = rest->p[0] == '<' ? span_make(rest->p + 1, n - 2) : span_first(*rest, n);
    *rest = span_from(*rest, n);
    return true;
}

/* Exim writes the sender as it came, with the parentheses that its local part quotes. */
static bool take_envelope(struct span *rest, struct span *content) {
    static const char start[] = "(envelope-from ";
    if (!span_starts_nocase(*rest, span_of(start)))
        return false;
    size_t end = sizeof start - 1, n = path_length(span_from(*rest, end));
    end += n;
    if (n == 0 || end == rest->n || rest->p[end] != ')')
        return false;
    *content = span_make(rest->p + 1, end - 1);
    *rest = span_from(*rest, end + 1);
    return true;
}

/* The client's own name is its choice: whatever it holds, it ends at white space, so that no odd
 * character hides the rest of the line. */
static struct span take_word(struct span *rest, enum clause clause, bool is_value) {
    size_t i = 0;
    unsigned stop = clause == FROM && is_value ? SPACE | NUL : SPACE | ENDS_WORD;
    while (i < rest->n && !is_kind(rest->p[i], i == 0 ? SPACE : stop))
        i++;
    struct span word = span_first(*rest, i);
    *rest = span_from(*rest, i);
    return word;
}

/* A word of the text of a comment, up to white space or one of `ends`; false at its end. */
static bool next_in(struct span *text, const char *ends, struct span *word) {
    size_t i = 0;
    while (i < text->n && (is_space(text->p[i]) || is_one_of(ends, text->p[i])))
        i++;
    *text = span_from(*text, i);
    for (i = 0; i < text->n && !is_space(text->p[i]) && !is_one_of(ends, text->p[i]);)
        i++;
    *word = span_first(*text, i);
    *text = span_from(*text, i);
    return i > 0;
}

bool hop_path_parse(struct span text, struct span *path) {
    text = span_trim_fws(text);
    if (text.n < 2 || text.p[0] != '<' || text.p[text.n - 1] != '>')
        return false;
    struct span inside = span_make(text.p + 1, text.n - 2);
    if (span_find(inside, '<') < inside.n || span_find(inside, '>') < inside.n)
        return false;
    *path = inside;
    return true;
}

/* "key=value" with that key; the value. */
static bool value_of(struct span word, const char *key, struct span *value) {
    size_t at = span_find(word, '=');
    if (at == word.n || !span_eq_nocase(span_first(word, at), span_of(key)))
        return false;
    *value = span_from(word, at + 1);
    return true;
}

/* "(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) …)" (Postfix),
 * "(version=TLS1_3 cipher=… bits=256/256)" (Gmail, Sendmail), "(version=TLS1_2, cipher=…)"
 * (Exchange), "(TLS1.3)" and "(TLS1.2:ECDHE_RSA_…:256)" (Exim). */
static bool read_tls(struct hop *hop, struct span text) {
    struct span word, all = text;
    if (!next_in(&text, ",", &word))
        return false;
    if (span_eq_nocase(word, SPAN_LIT("using"))) {
        next_in(&text, ",", &hop->tls_version);
        while (next_in(&text, ",", &word) && !span_eq_nocase(word, SPAN_LIT("cipher")))
            continue;
        next_in(&text, ",", &hop->tls_cipher);
    } else if (value_of(word, "version", &hop->tls_version)) {
        while (next_in(&text, ",", &word) && !value_of(word, "cipher", &hop->tls_cipher))
            continue;
    } else if (span_starts_nocase(word, SPAN_LIT("TLS")) && word.n > 3 && text.n == 0) {
        next_in(&all, ":", &hop->tls_version);
        next_in(&all, ":", &hop->tls_cipher);
    } else {
        return false;
    }
    hop->flags |= HOP_TLS;
    return true;
}

/* "rdns [192.0.2.1]" (Postfix, Sendmail, Gmail), "[192.0.2.1] helo=name" (Exim, Dovecot),
 * "192.0.2.1" (Exchange, qmail). A name out of the DNS may itself hold brackets: the last pair is
 * the address unless the comment begins with one. */
static bool read_client(struct reader *r, struct span text) {
    struct hop *hop = r->hop;
    text = span_trim_fws(text);
    size_t open = 0;
    if (text.n && text.p[0] != '[')
        for (size_t i = 0; i < text.n && text.p[i] != '('; i++)
            open = text.p[i] == '[' ? i : open;
    struct span inside = span_from(text, open);
    if (inside.n == 0 || inside.p[0] != '[')
        return ip_parse(text, &hop->ip);
    size_t close = span_find(inside, ']');
    bool clean = close + 1 >= inside.n || is_space(inside.p[close + 1]) ||
                 inside.p[close + 1] == ':' || inside.p[close + 1] == ')';
    if (close == inside.n || !clean || !ip_parse(span_first(inside, close + 1), &hop->ip))
        return false;
    struct span name, rest = span_first(text, open);
    r->named = open > 0;
    if (next_in(&rest, "", &name) && !span_eq_nocase(name, SPAN_LIT("unknown"))) {
        if (name.n > 1 && name.p[name.n - 1] == '.')
            name.n--;
        hop->reverse = name;
    }
    rest = span_from(inside, close + 1);
    while (next_in(&rest, ")", &name)) {
        r->has_helo = value_of(name, "helo", &hop->from) || r->has_helo;
        r->forged = span_eq_nocase(name, SPAN_LIT("forged")) || r->forged;
    }
    return true;
}

static void read_from_comment(struct reader *r, struct span text) {
    struct hop *hop = r->hop;
    struct span word, rest = text, first_word = hop->from;
    static const char sender[] = "Authenticated sender:";
    if (span_starts_nocase(text, span_of(sender))) {
        hop->user = span_trim_fws(span_from(text, sizeof sender - 1));
    } else if (span_starts_nocase(text, SPAN_LIT("HELO ")) ||
               span_starts_nocase(text, SPAN_LIT("EHLO "))) {
        struct span name = span_trim_fws(span_from(text, 5));
        hop->reverse = hop->from;
        hop->from = name;
        r->has_helo = true;
    } else if (hop->ip.size == 0 && read_client(r, text)) {
        if (r->has_helo && hop->reverse.n == 0 && !r->named)
            hop->reverse = first_word;
    } else if (!read_tls(hop, text)) {
        while (!r->has_helo && next_in(&rest, "", &word))
            r->has_helo = value_of(word, "helo", &hop->from);
        if (r->has_helo && hop->ip.size == 0)
            ip_parse(first_word, &hop->ip); /* Exim: "from [192.0.2.1] (port=25 helo=name)" */
    }
}

/* "with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96)": there and nowhere else. Further on
 * stands what the client chose. */
static bool is_exim(const struct reader *r, struct span text) {
    return (r->clause == WITH || r->clause == TLS) && r->words == 1 && !r->commented &&
           !r->checks_names && span_starts_nocase(text, SPAN_LIT("Exim "));
}

static void read_comment(struct reader *r, struct span text) {
    struct span word, rest = text;
    static const char envelope[] = "envelope-from";
    /* After `by` the writing host speaks of itself; before, a client's name may read alike. */
    if (r->clause == BY &&
        (span_starts_nocase(text, SPAN_LIT("Postfix")) || span_starts_nocase(text, SPAN_LIT("8."))))
        r->checks_names = true; /* Sendmail writes its version alone: "(8.17.1/8.17.1)" */
    else if (is_exim(r, text))
        r->exim = true;
    else if (next_in(&rest, "", &word) && span_eq_nocase(word, span_of(envelope))) {
        r->hop->has_envelope_from = hop_path_parse(rest, &r->hop->envelope_from);
        r->commented = true;
    } else if (r->clause == FROM)
        read_from_comment(r, text);
    else if (r->clause == BY && r->hop->by_ip.size == 0 && ip_parse(text, &r->hop->by_ip))
        return;
    else if (r->clause >= BY && !read_tls(r->hop, text) && r->clause > BY)
        r->commented = true;
}

/* RFC 3848 and RFC 6531 §4.3: [UTF8](E)SMTP or LMTP, then S for TLS, A for AUTH. */
static void read_with(struct hop *hop, struct span word) {
    hop->with = word;
    struct span rest = word;
    if (span_starts_nocase(rest, SPAN_LIT("UTF8")))
        rest = span_from(rest, 4);
    bool lmtp = span_starts_nocase(rest, SPAN_LIT("LMTP"));
    if (span_starts_nocase(rest, SPAN_LIT("ESMTP")))
        rest = span_from(rest, 5);
    else if (lmtp || span_starts_nocase(rest, SPAN_LIT("SMTP")))
        rest = span_from(rest, 4);
    else if (span_eq_nocase(rest, SPAN_LIT("HTTPS")))
        rest = SPAN_LIT("S");
    else
        return;
    if (lmtp)
        hop->flags |= HOP_LMTP;
    if (span_eq_nocase(rest, SPAN_LIT("S")) || span_eq_nocase(rest, SPAN_LIT("SA")))
        hop->flags |= HOP_TLS;
    if (!lmtp && (span_eq_nocase(rest, SPAN_LIT("A")) || span_eq_nocase(rest, SPAN_LIT("SA"))))
        hop->flags |= HOP_AUTHENTICATED;
}

static enum clause clause_of(struct span word) {
    static const struct {
        struct span word;
        enum clause clause;
    } names[] = {{SPAN_LIT("from"), FROM}, {SPAN_LIT("by"), BY}, {SPAN_LIT("via"), VIA},
                 {SPAN_LIT("with"), WITH}, {SPAN_LIT("id"), ID}, {SPAN_LIT("for"), FOR},
                 {SPAN_LIT("tls"), TLS}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (span_eq_nocase(word, names[i].word))
            return names[i].clause;
    return CLAUSE_NONE;
}

/* The word after "from" is a name even if it reads "by": HELO is the client's choice. False if a
 * clause stands twice (one of them is not the writing host's) or more than one recipient does. */
static bool read_word(struct reader *r, struct span word) {
    struct hop *hop = r->hop;
    enum clause next = clause_of(word);
    bool wants_value = r->clause != CLAUSE_NONE && r->words == 0;
    if (next != CLAUSE_NONE && !wants_value) {
        bool again = r->seen & 1U << next;
        r->seen |= 1U << next;
        r->clause = next;
        r->words = 0;
        return !again || (next != FROM && next != BY && next != WITH && next != FOR);
    }
    if (r->words++ > 0)
        return r->clause != FOR;
    if (r->clause == FROM)
        hop->from = word;
    else if (r->clause == BY)
        hop->by = word;
    else if (r->clause == WITH)
        read_with(hop, word);
    else if (r->clause == FOR)
        hop->recipient = word;
    else if (r->clause == TLS && hop->tls_cipher.n == 0) {
        hop->tls_cipher = word;
        hop->flags |= HOP_TLS;
    }
    return true;
}

/* A client whose message begins with white space continues our line. Servers write the whole date
 * on one line: what somebody appended does not hide it. */
static void read_time(struct hop *hop, struct span rest) {
    rest = span_trim_fws(rest);
    struct span line = span_first(rest, MIN(span_find(rest, '\r'), span_find(rest, '\n')));
    if (clock_parse_mail(rest, &hop->time) || clock_parse_mail(span_trim_wsp(line), &hop->time))
        hop->flags |= HOP_TIME;
}

/* Exim's first word is the name it confirmed, or the client's address in brackets. */
static void settle_client(struct reader *r) {
    struct hop *hop = r->hop;
    if (r->exim && !r->named && hop->reverse.n == 0 && hop->from.n && !r->has_helo &&
        hop->from.p[0] != '[')
        hop->reverse = hop->from;
    if (r->exim && r->has_helo && hop->reverse.n && hop->reverse.p[0] == '[')
        hop->reverse = span_first(hop->reverse, 0);
    if (r->exim && hop->ip.size == 0 && hop->from.n && hop->from.p[0] == '[' && !r->has_helo)
        ip_parse(hop->from, &hop->ip);
    if (hop->ip.size && hop->reverse.n && (r->checks_names || r->exim) && !r->forged)
        hop->flags |= HOP_NAME_CHECKED;
}

/* False where the line cannot be read on: an unclosed comment, or a quote outside the two places
 * where a client's words may stand. HELO may look like the beginning of either. */
static bool read_token(struct reader *r) {
    struct span token;
    bool is_value = r->clause != CLAUSE_NONE && r->words == 0;
    bool is_helo = is_value && r->clause == FROM && r->hop->from.n == 0;
    char c = r->rest.p[0];
    if (is_value && r->clause == FOR)
        return take_recipient(&r->rest, &token) && read_word(r, token);
    if (c == '(' &&
        ((r->clause > BY && take_envelope(&r->rest, &token)) || take_comment(&r->rest, &token))) {
        read_comment(r, token);
        return true;
    }
    if ((c == '(' || c == '"') && !is_helo)
        return false;
    return read_word(r, take_word(&r->rest, r->clause, is_value));
}

/* time-stamp-line = From-domain By-domain Opt-info [CFWS] ";" FWS date-time   (RFC 5321 §4.4) */
void hop_parse(struct span value, struct hop *hop) {
    struct reader r = {.rest = value, .hop = hop};
    while (r.rest.n && r.rest.p[0] != ';' && !(hop->flags & HOP_UNCLOSED)) {
        if (is_space(r.rest.p[0]))
            r.rest = span_from(r.rest, 1);
        else if (!read_token(&r))
            hop->flags |= HOP_UNCLOSED;
    }
    settle_client(&r);
    if (r.rest.n && r.rest.p[0] == ';')
        read_time(hop, span_from(r.rest, 1));
}
