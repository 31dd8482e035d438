/* SPDX-License-Identifier: MIT
 *
 * sign/signed_part.h: one walk over the tree. */
#include "sign/signed_part.h"

#include "base/limits.h"

#include <string.h>

/* "application/NAME" or, as mail programs wrote before RFC 3851, "application/x-NAME". */
static bool is_type(const char *type, const char *name) {
    struct span rest = span_of(type);
    if (!span_starts_nocase(rest, SPAN_LIT("application/")))
        return false;
    rest = span_from(rest, strlen("application/"));
    if (span_starts_nocase(rest, SPAN_LIT("x-")))
        rest = span_from(rest, 2);
    return span_eq_nocase(rest, span_of(name));
}

static enum signed_kind protocol_kind(const char *type) {
    if (is_type(type, "pkcs7-signature"))
        return SIGNED_SMIME;
    return is_type(type, "pgp-signature") ? SIGNED_OPENPGP : SIGNED_OTHER;
}

static struct signed_part *add(struct signed_parts *list, enum signed_kind kind,
                               enum signature_scope scope, const struct mime_part *part) {
    struct signed_part *found = &list->parts[list->n++];
    *found = (struct signed_part){.kind = kind, .scope = scope, .part = part};
    return found;
}

/* RFC 1847 §2.1: "exactly two body parts", and protocol= is the type of the second. What claims to
 * be signed and is not made so is kept, so that its loss can be said. A transfer encoding of the
 * multipart would make other octets of the parts than those that were signed (RFC 2045 §6.4). */
static void add_signed(struct signed_parts *list, enum signature_scope scope,
                       const struct mime_part *part) {
    const char *protocol = mime_parameter_find(part, "protocol");
    guint n = part->children->len;
    const struct mime_part *last = n ? part->children->pdata[n - 1] : NULL;
    enum signed_kind kind = protocol_kind(protocol);
    if (!protocol && last)
        kind = protocol_kind(last->type);
    struct signed_part *found = add(list, kind, scope, part);
    found->micalg = mime_parameter_find(part, "micalg");
    found->broken =
        !protocol || n != 2 || protocol_kind(last->type) != kind || part->encoding != MIME_IDENTITY;
    if (found->broken)
        return;
    found->payload = part->children->pdata[0];
    found->signature = last;
}

/* RFC 8551 §3.9: gateways that know no S/MIME make octets of it and leave the name. */
static bool is_opaque(const struct mime_part *part) {
    return is_type(part->type, "pkcs7-mime") ||
           (!part->parent && mime_is(part, "application/octet-stream") && part->name &&
            g_str_has_suffix(part->name, ".p7m"));
}

static void walk(struct signed_parts *list, const struct mime_part *part,
                 enum signature_scope scope);

static void walk_children(struct signed_parts *list, const struct mime_part *part,
                          enum signature_scope scope) {
    for (guint i = 0; part->children && i < part->children->len; i++)
        walk(list, part->children->pdata[i], scope);
}

static void walk(struct signed_parts *list, const struct mime_part *part,
                 enum signature_scope scope) {
    if (list->n >= LIMIT_SIGNED_PARTS)
        return;
    if (part->kind == MIME_LEAF) {
        if (is_opaque(part))
            add(list, SIGNED_SMIME_OPAQUE, scope, part);
        return;
    }
    if (part->kind == MIME_MESSAGE) {
        walk_children(list, part, SCOPE_ATTACHED);
        return;
    }
    if (mime_is(part, "multipart/signed"))
        add_signed(list, scope, part);
    else if (mime_is(part, "multipart/encrypted"))
        add(list, SIGNED_ENCRYPTED_OPENPGP, scope, part);
    else if (scope == SCOPE_MESSAGE) {
        walk_children(list, part, SCOPE_PART);
        return;
    }
    bool opened = list->n && list->parts[list->n - 1].part == part;
    walk_children(list, part, opened && scope != SCOPE_ATTACHED ? SCOPE_INNER : scope);
}

struct signed_parts *signed_parts_find(const struct mime *mime) {
    struct signed_parts *list = g_new0(struct signed_parts, 1);
    list->parts = g_new0(struct signed_part, LIMIT_SIGNED_PARTS);
    walk(list, mime->root, SCOPE_MESSAGE);
    if (list->n && list->parts[0].scope == SCOPE_MESSAGE && mime->structure == MIME_AMBIGUOUS)
        list->parts[0].scope = SCOPE_UNCLEAR;
    return list;
}

static bool is_present(const struct mime_part *part) {
    if (part->kind == MIME_LEAF)
        return is_opaque(part);
    if (mime_is(part, "multipart/signed") || mime_is(part, "multipart/encrypted"))
        return true;
    for (guint i = 0; i < part->children->len; i++)
        if (is_present(part->children->pdata[i]))
            return true;
    return false;
}

bool signed_parts_present(const struct mime *mime) {
    return is_present(mime->root);
}

void signed_parts_free(struct signed_parts *list) {
    g_free(list->parts);
    g_free(list);
}

/* Is this, behind the slash of a type, a subtype that we look for? Comments and folds may stand
 * there: then it may be any. */
static bool is_subtype(struct span text) {
    switch (text.n ? text.p[0] : ' ') { /* every 64th octet of an attachment is a slash */
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case '(':
        return true;
    case 's':
    case 'S':
        return span_starts_nocase(text, SPAN_LIT("signed"));
    case 'e':
    case 'E':
        return span_starts_nocase(text, SPAN_LIT("encrypted"));
    case 'p':
    case 'P':
        return span_starts_nocase(text, SPAN_LIT("pkcs7-mime"));
    case 'x':
    case 'X':
        return span_starts_nocase(text, SPAN_LIT("x-pkcs7-mime"));
    default:
        return false;
    }
}

static bool ends_nocase(struct span text, struct span end) {
    return text.n >= end.n && span_eq_nocase(span_from(text, text.n - end.n), end);
}

/* Is this, up to the slash, a type that has such a subtype? A line of base64 that ends in a slash
 * is none. */
static bool has_such_subtypes(struct span text) {
    return !text.n || strchr(" \t\r\n)", text.p[text.n - 1]) ||
           ends_nocase(text, SPAN_LIT("multipart")) || ends_nocase(text, SPAN_LIT("application"));
}

static bool mentions(struct span text) {
    for (size_t at = span_find(text, '/'); at < text.n;) {
        struct span rest = span_from(text, at + 1);
        if (is_subtype(rest) && has_such_subtypes(span_first(text, at)))
            return true;
        at += 1 + span_find(rest, '/');
    }
    return false;
}

/* Length of a field's value: up to a line end that no white space follows. */
static size_t value_length(struct span text) {
    size_t at = 0;
    while ((at += span_find(span_from(text, at), '\n')) < text.n) {
        at++;
        if (at == text.n || (text.p[at] != ' ' && text.p[at] != '\t'))
            break;
    }
    return at;
}

/* Could a field's name that ends here be Content-Type? White space and octets that no name has are
 * passed over wherever they stand (mail/message), so that the last letter is all that is sure. */
static bool may_name_type(struct span name) {
    while (name.n && (name.p[name.n - 1] <= ' ' || name.p[name.n - 1] >= 127))
        name.n--;
    return name.n && g_ascii_tolower(name.p[name.n - 1]) == 'e';
}

/* Some Content-Type field of a part mentions one. Looks from colon to colon, because an attachment
 * in base64 has none; a value is read once, whatever looks like a field in it. */
static bool parts_mention(struct span body) {
    for (size_t at = span_find(body, ':'); at < body.n; at += span_find(span_from(body, at), ':')) {
        struct span name = span_first(body, at), rest = span_from(body, ++at);
        if (!may_name_type(name))
            continue;
        struct span value = span_first(rest, value_length(rest));
        if (mentions(value))
            return true;
        at += value.n;
    }
    return false;
}

bool signed_parts_possible(const struct message *message) {
    int at = message_find(message, "Content-Type", 0);
    if (at < 0)
        return false;
    struct span type = span_trim_fws(message->fields[at].value);
    if (span_starts_nocase(type, SPAN_LIT("text/")))
        return false;
    return span_starts_nocase(type, SPAN_LIT("application/octet-stream")) || mentions(type) ||
           parts_mention(message->body);
}
