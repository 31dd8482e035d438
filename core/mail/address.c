/* SPDX-License-Identifier: MIT
 *
 * Cuts a list into elements and groups; what an element says is mail/address_mailbox. */
#include "mail/address.h"

#include "base/limits.h"
#include "base/zeroed.h"
#include "mail/address_lex.h"
#include "mail/address_mailbox.h"
#include "mail/header.h"

enum { USUAL_TOKENS = 12 }; /* "A B" <c@d.example> */

struct parser {
    struct address_lexer lexer;
    struct address_list *list;
    guint room; /* mailboxes that the list has room for */
    struct address_token
        *tokens; /* of the element that is being read: `usual` of address_parse … */
    struct address_token *growing; /* … or, where that was too small, this */
    guint n_tokens, token_room;
    gint group; /* the group we are in, or -1 */
    bool in_angle;
    bool after_group; /* a group has ended, and no comma has come since */
};

static struct address_tokens element_tokens(const struct parser *parser) {
    return (struct address_tokens){parser->tokens, parser->n_tokens};
}

static void add_token(struct parser *parser, const struct address_token *token) {
    if (parser->n_tokens == parser->token_room) {
        struct address_token *before = parser->growing ? NULL : parser->tokens;
        parser->token_room = MAX(2 * parser->token_room, 2 * USUAL_TOKENS);
        parser->growing = g_renew(struct address_token, parser->growing, parser->token_room);
        if (before)
            memcpy(parser->growing, before, parser->n_tokens * sizeof *before);
        parser->tokens = parser->growing;
    }
    parser->tokens[parser->n_tokens++] = *token;
}

static struct mailbox *add_mailbox(struct parser *parser) {
    struct address_list *list = parser->list;
    if (list->n == parser->room) {
        parser->room = MAX(2 * parser->room, 1);
        list->mailboxes = g_renew(struct mailbox, list->mailboxes, parser->room);
    }
    struct mailbox *mailbox = &list->mailboxes[list->n++];
    *mailbox = (struct mailbox){.group = parser->group};
    return mailbox;
}

static bool is_empty(struct address_tokens element) {
    for (guint i = 0; i < element.n; i++)
        if (element.token[i].kind != TOKEN_COMMENT)
            return false;
    return true;
}

/* An element ends. `separator` says that a comma ended it: nothing before it is obs-addr-list. */
static void end_element(struct parser *parser, bool separator) {
    struct address_list *list = parser->list;
    struct address_tokens element = element_tokens(parser);
    if (is_empty(element)) {
        for (guint i = 0; i < element.n; i++)
            list->flags |= element.token[i].flags;
        list->flags |= separator && !parser->after_group ? ADDRESS_EMPTY_ELEMENT : 0;
    } else if (list->total++ < LIMIT_MAILBOXES) {
        struct mailbox *mailbox = add_mailbox(parser);
        address_mailbox_parse(mailbox, &parser->lexer, element);
        list->flags |= mailbox->flags;
    } else {
        list->flags |= ADDRESS_TOO_MANY;
    }
    if (parser->after_group && !is_empty(element))
        list->flags |= ADDRESS_SYNTAX;
    parser->after_group = false;
    parser->in_angle = false;
    parser->n_tokens = 0;
}

static bool is_phrase(struct address_tokens element) {
    for (guint i = 0; i < element.n; i++)
        if (element.token[i].kind == TOKEN_BAD || element.token[i].kind == TOKEN_LITERAL ||
            (element.token[i].kind == TOKEN_SPECIAL && !address_token_is(&element.token[i], '.')))
            return false;
    return !is_empty(element);
}

/* group = display-name ":" [group-list] ";" (RFC 5322 §3.4; RFC 6854 allows it in From) */
static void begin_group(struct parser *parser, const struct address_token *colon) {
    struct address_list *list = parser->list;
    struct address_tokens element = element_tokens(parser);
    if (parser->group >= 0 || !is_phrase(element)) {
        list->flags |= ADDRESS_SYNTAX;
        add_token(parser, colon);
        return;
    }
    for (guint i = 0; i < element.n; i++)
        list->flags |= element.token[i].flags;
    if (!list->group_name)
        list->group_name = address_phrase_text(&parser->lexer, element, NULL, NULL);
    list->flags |= ADDRESS_GROUP;
    parser->group = (gint)list->n_groups++;
    parser->n_tokens = 0;
}

static void end_group(struct parser *parser) {
    end_element(parser, false);
    if (parser->group < 0)
        parser->list->flags |= ADDRESS_SYNTAX;
    parser->after_group = parser->group >= 0;
    parser->group = -1;
}

static void read_token(struct parser *parser, const struct address_token *token) {
    if (parser->in_angle) {
        if (address_token_is(token, '<')) { /* "<a@b, <c@d>": the first one never closed */
            parser->list->flags |= ADDRESS_SYNTAX;
            end_element(parser, false);
            parser->in_angle = true;
        } else if (address_token_is(token, '>')) {
            parser->in_angle = false;
        }
    } else if (address_token_is(token, ',')) {
        end_element(parser, true);
        return;
    } else if (address_token_is(token, ';')) {
        end_group(parser);
        return;
    } else if (address_token_is(token, ':')) {
        begin_group(parser, token);
        return;
    } else if (address_token_is(token, '<')) {
        parser->in_angle = true;
    } else if (address_token_is(token, '>')) {
        parser->list->flags |= ADDRESS_SYNTAX;
    }
    add_token(parser, token);
}

struct address_list *address_parse(struct span value) {
    struct address_list *list = NEW_ZERO(address_list);
    if (value.n > LIMIT_ADDRESS_VALUE)
        list->flags |= ADDRESS_TOO_LONG;
    g_autoptr(GString) copy = NULL;
    struct span trimmed = header_unfolded(span_first(value, LIMIT_ADDRESS_VALUE), &copy);
    if (trimmed.n && trimmed.p[trimmed.n - 1] == '\n') /* the caller left the line end there */
        trimmed.n -= trimmed.n > 1 && trimmed.p[trimmed.n - 2] == '\r' ? 2 : 1;
    struct address_token usual[USUAL_TOKENS];
    struct parser parser = {.list = list, .tokens = usual, .token_room = USUAL_TOKENS, .group = -1};
    address_lex_init(&parser.lexer, trimmed);
    struct address_token token;
    while (address_lex_next(&parser.lexer, &token))
        read_token(&parser, &token);
    end_element(&parser, false);
    if (parser.group >= 0)
        list->flags |= ADDRESS_UNCLOSED;
    g_free(parser.growing);
    return list;
}

void address_list_free(struct address_list *list) {
    if (!list)
        return;
    for (guint i = 0; i < list->n; i++)
        address_mailbox_clear(&list->mailboxes[i]);
    g_free(list->mailboxes);
    g_free(list->group_name);
    g_free(list);
}

static bool is_local_octet(char c) {
    return (guchar)c > 127 || g_ascii_isalnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static bool is_domain_octet(char c) {
    return (guchar)c > 127 || g_ascii_isalnum(c) || c == '-' || c == '.';
}

/* The domain that begins at `text`: as far as letters of any script go, else as far as ASCII does
 * ("good.example" before U+FFFD). */
static char *domain_at(struct span text) {
    size_t ascii = 0, end;
    while (ascii < text.n && is_domain_octet(text.p[ascii]) && (guchar)text.p[ascii] < 128)
        ascii++;
    for (end = ascii; end < text.n && is_domain_octet(text.p[end]);)
        end++;
    char *domain = domain_parse(span_first(text, end), DOMAIN_ALLOW_ROOT_DOT, NULL);
    return domain ? domain : domain_parse(span_first(text, ascii), DOMAIN_ALLOW_ROOT_DOT, NULL);
}

/* The address around the "@" at `at`, or NULL if none can be read there. */
static char *address_around(struct span text, size_t at) {
    size_t start = at;
    while (start > 0 && is_local_octet(text.p[start - 1]))
        start--;
    g_autofree char *domain = domain_at(span_from(text, at + 1));
    if (start == at || !domain || !domain_parent(domain))
        return NULL;
    g_autofree char *local = span_dup(span_make(text.p + start, at - start));
    return g_strconcat(local, "@", domain, NULL);
}

char *address_other(struct span text, const char *domain) {
    for (size_t at = span_find(text, '@'); at < text.n;
         at += 1 + span_find(span_from(text, at + 1), '@')) {
        g_autofree char *found = address_around(text, at);
        const char *other = found ? strrchr(found, '@') + 1 : NULL;
        if (other && !domain_is_equal_or_below(other, domain) &&
            !domain_is_equal_or_below(domain, other))
            return g_steal_pointer(&found);
    }
    return NULL;
}

bool address_is_only(struct span value, const char *address) {
    value = span_first(value, LIMIT_ADDRESS_VALUE);
    for (size_t at = span_find(value, '@'); at < value.n;
         at += 1 + span_find(span_from(value, at + 1), '@')) {
        g_autofree char *found = address_around(value, at);
        if (found && g_ascii_strcasecmp(found, address) != 0)
            return false;
    }
    return true;
}

const char *address_name(const struct mailbox *mailbox) {
    bool whole = !mailbox->address && mailbox->fault != ADDRESS_NO_ADDRESS;
    return mailbox->display_name && !whole ? mailbox->display_name
           : mailbox->address              ? NULL
                                           : mailbox->shown;
}

const char *address_fault_name(enum address_fault fault) {
    static const char *const names[] = {
        [ADDRESS_FINE] = NULL,
        [ADDRESS_NO_ADDRESS] = "no-address",
        [ADDRESS_NO_DOMAIN] = "no-domain",
        [ADDRESS_NO_LOCAL] = "no-local-part",
        [ADDRESS_BAD_LOCAL] = "bad-local-part",
        [ADDRESS_BAD_DOMAIN] = "bad-domain",
    };
    g_assert((size_t)fault < G_N_ELEMENTS(names));
    return names[fault];
}
