/* SPDX-License-Identifier: MIT
 *
 * mailbox = name-addr / addr-spec (RFC 5322 §3.4), with obs-phrase, obs-route, obs-local-part and
 * obs-domain (§4.1, §4.4). */
#include "mail/address_mailbox.h"

#include "base/limits.h"
#include "mail/header.h"

static struct address_tokens slice(struct address_tokens tokens, guint from, guint to) {
    return (struct address_tokens){tokens.token + from, to - from};
}

static guint find_special(struct address_tokens tokens, char special, guint from) {
    guint i = from;
    while (i < tokens.n && !address_token_is(&tokens.token[i], special))
        i++;
    return i;
}

/* The octets from the first token to the last one, whatever stands between. */
static struct span extent(struct address_tokens tokens) {
    if (!tokens.n)
        return SPAN_NULL;
    const struct address_token *last = &tokens.token[tokens.n - 1];
    const char *start = tokens.token[0].raw.p;
    return span_make(start, (size_t)(last->raw.p + last->raw.n - start));
}

static void append_token(GString *to, const struct address_lexer *lexer,
                         const struct address_token *token) {
    if (token->kind == TOKEN_QUOTED || token->kind == TOKEN_COMMENT)
        address_lex_unescape(lexer, token->text, to);
    else
        g_string_append_len(to, token->text.p, (gssize)token->text.n);
}

/* Nothing stands between the tokens. */
static bool stand_together(struct address_tokens tokens) {
    for (guint i = 1; i < tokens.n; i++)
        if (tokens.token[i].gap)
            return false;
    return true;
}

/* The text of a quoted string or a word as it stands in the message; false where a quoted pair has
 * to be undone. */
static bool is_bare(const struct address_token *token) {
    return token->kind == TOKEN_WORD ||
           (token->kind == TOKEN_QUOTED && span_find(token->text, '\\') == token->text.n);
}

/* One string for both where they are the same, as they nearly always are. */
static char *text_of(struct span raw, char **decoded, uint32_t *name_flags) {
    char *plain = header_decode(raw, name_flags);
    bool same = display_is_plain(span_of(plain));
    g_autofree char *text = same ? plain : display_text(span_of(plain), name_flags);
    bool kept = decoded && *plain;
    if (decoded)
        *decoded = kept ? plain : NULL;
    if (!same && !kept)
        g_free(plain);
    return *text ? g_steal_pointer(&text) : NULL;
}

char *address_phrase_text(const struct address_lexer *lexer, struct address_tokens phrase,
                          char **decoded, uint32_t *name_flags) {
    if (phrase.n == 1 && is_bare(&phrase.token[0]))
        return text_of(phrase.token[0].text, decoded, name_flags);
    g_autoptr(GString) raw = g_string_new(NULL);
    for (guint i = 0; i < phrase.n; i++) {
        if (phrase.token[i].kind == TOKEN_COMMENT)
            continue;
        if (phrase.token[i].gap && raw->len)
            g_string_append_c(raw, ' ');
        append_token(raw, lexer, &phrase.token[i]);
    }
    return text_of(span_make(raw->str, raw->len), decoded, name_flags);
}

/* The last comment that says something: "joe@example.org (Joe)", the custom before RFC 822 names.
 */
static char *comment_text(const struct address_lexer *lexer, struct address_tokens element,
                          char **decoded, uint32_t *name_flags) {
    for (guint i = element.n; i-- > 0;) {
        const struct address_token *token = &element.token[i];
        if (token->kind != TOKEN_COMMENT || !span_trim_wsp(token->text).n)
            continue;
        g_autoptr(GString) raw = g_string_new(NULL);
        append_token(raw, lexer, token);
        return text_of(span_make(raw->str, raw->len), decoded, name_flags);
    }
    return NULL;
}

/* Characters that pass for address syntax (attacks A24): full-width and small forms of @ . < > , :
 * ; and the ideographic full stop. */
static bool is_like_syntax(gunichar c) {
    static const gunichar like[] = {0xff20, 0xfe6b, 0xff0e, 0xfe52, 0xff61, 0x3002, 0xff1c, 0xfe64,
                                    0xff1e, 0xfe65, 0xff0c, 0xfe50, 0xff1a, 0xfe55, 0xff1b, 0xfe54};
    for (size_t i = 0; i < G_N_ELEMENTS(like); i++)
        if (c == like[i])
            return true;
    return false;
}

/* What stands in an address may stand there only as it is: where display text would differ in more
 * than spaces, the address cannot be shown and so cannot be used. */
static void check_local_text(struct mailbox *mailbox, struct span text) {
    uint32_t found = 0;
    if (display_is_plain(text))
        return;
    g_free(display_text(text, &found));
    if (!(found & TEXT_BAD_OCTETS) && span_find(text, '\0') == text.n)
        for (const char *p = text.p, *end = p + text.n; p < end; p += g_utf8_skip[(guchar)*p]) {
            gunichar c = g_utf8_get_char(p);
            if (c == '\t' ||
                (c > 127 && (g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_FORMAT)))
                found |= TEXT_INVISIBLE;
            if (is_like_syntax(c))
                mailbox->flags |= ADDRESS_LOOKALIKE;
        }
    if (found & (TEXT_BIDI | TEXT_INVISIBLE | TEXT_CONTROL))
        mailbox->flags |= ADDRESS_CONTROL;
    if (found & (TEXT_BIDI | TEXT_INVISIBLE | TEXT_CONTROL | TEXT_MARK | TEXT_BAD_OCTETS))
        mailbox->fault = ADDRESS_BAD_LOCAL;
}

/* local-part = dot-atom / quoted-string / obs-local-part; obs-local-part = word *("." word) */
static void parse_local(struct mailbox *mailbox, const struct address_lexer *lexer,
                        struct address_tokens tokens) {
    if (!tokens.n) {
        mailbox->fault = ADDRESS_NO_LOCAL;
        return;
    }
    bool after_word = false, broken = false, bare = stand_together(tokens);
    for (guint i = 0; i < tokens.n; i++) {
        const struct address_token *token = &tokens.token[i];
        bool dot = address_token_is(token, '.');
        /* Two words without a dot: "bar foo@example.org" */
        broken |=
            !dot && ((token->kind != TOKEN_WORD && token->kind != TOKEN_QUOTED) || after_word);
        if (dot && !after_word)
            mailbox->flags |= ADDRESS_EMPTY_ATOM;
        if ((i && token->gap) || (token->kind == TOKEN_QUOTED && tokens.n > 1))
            mailbox->flags |= ADDRESS_OBSOLETE;
        bare = bare && token->kind != TOKEN_QUOTED;
        after_word = !dot;
    }
    g_autoptr(GString) copy = bare ? NULL : g_string_new(NULL);
    for (guint i = 0; i < tokens.n && copy; i++)
        append_token(copy, lexer, &tokens.token[i]);
    struct span local = copy ? span_make(copy->str, copy->len) : extent(tokens);
    if (!after_word)
        mailbox->flags |= ADDRESS_EMPTY_ATOM;
    check_local_text(mailbox, local);
    mailbox->flags |= broken ? ADDRESS_SYNTAX : 0;
    if (broken || local.n > LIMIT_LOCAL_PART)
        mailbox->fault = ADDRESS_BAD_LOCAL;
    mailbox->local = mailbox->fault == ADDRESS_FINE ? span_dup(local) : display_text(local, NULL);
}

/* domain = dot-atom / domain-literal / obs-domain; obs-domain = atom *("." atom)
 * False if it is none; in any case what the mailbox says of it is set. */
static bool parse_domain(struct mailbox *mailbox, struct address_tokens tokens,
                         char name[static LIMIT_DOMAIN + 1]) {
    bool after_word = false, literal = false, broken = false;
    for (guint i = 0; i < tokens.n; i++) {
        const struct address_token *token = &tokens.token[i];
        bool dot = address_token_is(token, '.');
        literal |= token->kind == TOKEN_LITERAL;
        broken |= (!dot && token->kind != TOKEN_WORD && token->kind != TOKEN_LITERAL) ||
                  (!dot && after_word) || (literal && tokens.n > 1);
        if (token->gap)
            mailbox->flags |= ADDRESS_OBSOLETE;
        after_word = !dot;
    }
    g_autoptr(GString) copy = stand_together(tokens) ? NULL : g_string_new(NULL);
    for (guint i = 0; i < tokens.n && copy; i++)
        g_string_append_len(copy, tokens.token[i].raw.p, (gssize)tokens.token[i].raw.n);
    struct span domain = copy ? span_make(copy->str, copy->len) : extent(tokens);
    mailbox->flags |= broken ? ADDRESS_SYNTAX : 0;
    mailbox->domain_fault = DOMAIN_BAD_LDH;
    bool good = !broken && domain_write(domain, 0, &mailbox->domain_fault, name);
    if (!good && mailbox->fault == ADDRESS_FINE)
        mailbox->fault = domain.n ? ADDRESS_BAD_DOMAIN : ADDRESS_NO_DOMAIN;
    return good;
}

static bool is_atext_or_dot(char c) {
    return (guchar)c > 127 || g_ascii_isalnum(c) || strchr("!#$%&'*+-/=?^_`{|}~.", c);
}

/* The addr-spec, with its local part as it wants it: bare if every octet is atext or a dot. */
static char *make_address(const char *local, const char *domain) {
    size_t n = strlen(local), quoted_pairs = 0, domain_size = strlen(domain) + 1;
    bool bare = n > 0;
    for (const char *p = local; *p; p++) {
        bare = bare && is_atext_or_dot(*p);
        quoted_pairs += *p == '"' || *p == '\\';
    }
    char *address = g_malloc(n + quoted_pairs + strlen("\"\"@") + domain_size), *to = address;
    if (bare) {
        to = mempcpy(to, local, n);
    } else {
        *to++ = '"';
        for (const char *p = local; *p; *to++ = *p++)
            if (*p == '"' || *p == '\\')
                *to++ = '\\';
        *to++ = '"';
    }
    *to++ = '@';
    memcpy(to, domain, domain_size);
    return address;
}

/* The domain of a mailbox that has an address is its end. */
static void set_address(struct mailbox *mailbox, const char *domain) {
    if (mailbox->fault != ADDRESS_FINE) {
        mailbox->domain = g_strdup(domain);
        return;
    }
    mailbox->address = make_address(mailbox->local, domain);
    mailbox->domain = mailbox->address + strlen(mailbox->address) - strlen(domain);
}

/* addr-spec = local-part "@" domain. With several "@" the last one divides: SMTP servers do so. */
static void parse_addr_spec(struct mailbox *mailbox, const struct address_lexer *lexer,
                            struct address_tokens tokens) {
    /* Without comments. More tokens are more octets than an address can have. */
    struct address_token kept[LIMIT_LOCAL_PART + 1 + LIMIT_DOMAIN];
    guint n = 0, at = G_MAXUINT;
    for (guint i = 0; i < tokens.n; i++) {
        if (tokens.token[i].kind == TOKEN_COMMENT)
            continue;
        if (n == G_N_ELEMENTS(kept)) {
            mailbox->flags |= ADDRESS_SYNTAX;
            break;
        }
        if (address_token_is(&tokens.token[i], '@')) {
            mailbox->flags |= at != G_MAXUINT ? ADDRESS_SEVERAL_AT : 0;
            at = n;
        }
        kept[n++] = tokens.token[i];
    }
    struct address_tokens all = {kept, n};
    char domain[LIMIT_DOMAIN + 1];
    bool has_domain = false;
    if (header_has_encoded_word(extent(all)))
        mailbox->flags |= ADDRESS_ENCODED_WORD;
    parse_local(mailbox, lexer, slice(all, 0, MIN(at, n)));
    if (at < n)
        has_domain = parse_domain(mailbox, slice(all, at + 1, n), domain);
    else if (mailbox->fault == ADDRESS_FINE)
        mailbox->fault = ADDRESS_NO_DOMAIN;
    if (at < n && kept[at].gap)
        mailbox->flags |= ADDRESS_OBSOLETE;
    if (has_domain)
        set_address(mailbox, domain);
}

/* obs-route = obs-domain-list ":"; obs-domain-list = *(CFWS / ",") "@" domain
 *             *("," [CFWS] ["@" domain])
 * Returns how many tokens it takes; the route itself is never looked at again (attacks A12). */
static guint skip_route(struct mailbox *mailbox, struct address_tokens inside) {
    guint colon = find_special(inside, ':', 0);
    if (colon == inside.n)
        return 0;
    mailbox->flags |= ADDRESS_ROUTE;
    if (find_special(inside, '@', 0) > colon)
        mailbox->flags |= ADDRESS_SYNTAX;
    bool domain_may_start = true;
    for (guint i = 0; i < colon; i++) {
        const struct address_token *token = &inside.token[i];
        if (address_token_is(token, ','))
            domain_may_start = true;
        else if (address_token_is(token, '@'))
            mailbox->flags |= domain_may_start ? 0 : ADDRESS_SYNTAX;
        else if (token->kind != TOKEN_COMMENT && domain_may_start &&
                 (!i || !address_token_is(&inside.token[i - 1], '@')))
            mailbox->flags |= ADDRESS_SYNTAX; /* a local part before a colon */
        domain_may_start &= address_token_is(token, ',') || token->kind == TOKEN_COMMENT;
    }
    return colon + 1;
}

static void parse_angle(struct mailbox *mailbox, const struct address_lexer *lexer,
                        struct address_tokens inside) {
    guint route = skip_route(mailbox, inside);
    inside = slice(inside, route, inside.n);
    guint meaning = 0;
    for (guint i = 0; i < inside.n; i++) {
        const struct address_token *token = &inside.token[i];
        meaning += token->kind != TOKEN_COMMENT;
        if (address_token_is(token, ',') || address_token_is(token, ';') ||
            address_token_is(token, ':'))
            mailbox->flags |= ADDRESS_SYNTAX;
    }
    if (meaning) {
        parse_addr_spec(mailbox, lexer, inside);
    } else {
        mailbox->flags |= ADDRESS_NULL;
        mailbox->fault = ADDRESS_NO_ADDRESS;
    }
}

/* Is the phrase nothing but the address once more? "joe@example.org <joe@example.org>" */
static bool repeats_address(const struct mailbox *mailbox, const struct address_lexer *lexer,
                            struct address_tokens phrase) {
    struct mailbox again = {0};
    parse_addr_spec(&again, lexer, phrase);
    bool same = mailbox->address && again.address && !(again.flags & ADDRESS_TWO_READINGS) &&
                g_ascii_strcasecmp(mailbox->address, again.address) == 0;
    address_mailbox_clear(&again);
    return same;
}

static void check_phrase(struct mailbox *mailbox, const struct address_lexer *lexer,
                         struct address_tokens phrase) {
    bool at = false;
    for (guint i = 0; i < phrase.n; i++) {
        const struct address_token *token = &phrase.token[i];
        at |= address_token_is(token, '@');
        if (address_token_is(token, '.'))
            mailbox->flags |= ADDRESS_OBSOLETE; /* obs-phrase */
        else if (token->kind == TOKEN_LITERAL || address_token_is(token, '>') ||
                 address_token_is(token, ';') || address_token_is(token, ':'))
            mailbox->flags |= ADDRESS_SYNTAX;
        if (token->kind == TOKEN_QUOTED && header_has_encoded_word(token->text))
            mailbox->flags |= ADDRESS_QUOTED_WORD;
    }
    if (at)
        mailbox->flags |=
            repeats_address(mailbox, lexer, phrase) ? ADDRESS_OBSOLETE : ADDRESS_SEVERAL_AT;
}

/* name-addr = [display-name] angle-addr; only comments may follow */
static void parse_name_addr(struct mailbox *mailbox, const struct address_lexer *lexer,
                            struct address_tokens element, guint open) {
    guint close = find_special(element, '>', open);
    parse_angle(mailbox, lexer, slice(element, open + 1, close));
    if (close == element.n)
        mailbox->flags |= ADDRESS_UNCLOSED;
    for (guint i = close + 1; i < element.n; i++)
        if (element.token[i].kind != TOKEN_COMMENT)
            mailbox->flags |= ADDRESS_TRAILING_TEXT;
    struct address_tokens phrase = slice(element, 0, open);
    check_phrase(mailbox, lexer, phrase);
    mailbox->display_name =
        address_phrase_text(lexer, phrase, &mailbox->decoded_name, &mailbox->name_flags);
}

/* Words that no address follows. They name nobody, unless a reader takes what is quoted or encoded
 * in them for syntax (attacks A10). */
static void parse_name_only(struct mailbox *mailbox, const struct address_lexer *lexer,
                            struct address_tokens element) {
    mailbox->fault = ADDRESS_NO_ADDRESS;
    mailbox->flags |= ADDRESS_NAME_ONLY;
    check_phrase(mailbox, lexer, element);
    mailbox->display_name =
        address_phrase_text(lexer, element, &mailbox->decoded_name, &mailbox->name_flags);
    if (mailbox->decoded_name &&
        (strpbrk(mailbox->decoded_name, "@<>") || mailbox->name_flags & TEXT_CONTROL))
        mailbox->flags |=
            header_has_encoded_word(extent(element)) ? ADDRESS_ENCODED_WORD : ADDRESS_SYNTAX;
}

void address_mailbox_parse(struct mailbox *mailbox, const struct address_lexer *lexer,
                           struct address_tokens element) {
    for (guint i = 0; i < element.n; i++)
        mailbox->flags |= element.token[i].flags;
    guint open = find_special(element, '<', 0);
    if (open < element.n)
        parse_name_addr(mailbox, lexer, element, open);
    else if (find_special(element, '@', 0) < element.n)
        parse_addr_spec(mailbox, lexer, element);
    else
        parse_name_only(mailbox, lexer, element);
    if (!mailbox->display_name) {
        g_clear_pointer(&mailbox->decoded_name, g_free);
        mailbox->display_name =
            comment_text(lexer, element, &mailbox->decoded_name, &mailbox->name_flags);
    }
    bool whole = !mailbox->address || mailbox->flags & ADDRESS_TWO_READINGS;
    mailbox->shown = whole ? display_text(extent(element), NULL) : mailbox->address;
}

void address_mailbox_clear(struct mailbox *mailbox) {
    if (mailbox->decoded_name != mailbox->display_name)
        g_free(mailbox->decoded_name);
    g_free(mailbox->display_name);
    g_free(mailbox->local);
    if (!mailbox->address)
        g_free(mailbox->domain);
    if (mailbox->shown != mailbox->address)
        g_free(mailbox->shown);
    g_free(mailbox->address);
    *mailbox = (struct mailbox){0};
}
