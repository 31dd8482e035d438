/* SPDX-License-Identifier: MIT
 *
 * sign/protected_headers.h: find the inner fields, compare one by one. */
#include "sign/protected_headers.h"

#include "mail/author.h"
#include "mail/header.h"
#include "mail/mime_field.h"

#include <string.h>

/* What one field came to. */
enum fate { FATE_ABSENT = 0, FATE_SAME, FATE_OPEN, FATE_DIFFERS };

static struct message *read_message(struct span octets) {
    g_autoptr(GBytes) bytes = g_bytes_new(octets.p, octets.n);
    return message_new(bytes, 0);
}

/* RFC 8551 §3.1: "a full MIME message in a message/rfc822 wrapper". forwarded=yes would say that it
 * is somebody else's mail; without the word a wrapper is assumed, as nothing may be raised by it.
 */
static bool is_wrapper(const struct mime_field *type) {
    const char *forwarded = mime_field_find(type, "forwarded");
    return g_strcmp0(type->value, "message/rfc822") == 0 &&
           (!forwarded || g_ascii_strcasecmp(forwarded, "yes") != 0);
}

static bool is_marked(const struct mime_field *type) {
    return mime_field_find(type, "hp") || mime_field_find(type, "protected-headers");
}

/* The fields under the signature, or NULL. */
static struct message *find_inner(struct span payload) {
    OWNED(message) entity = read_message(payload);
    int at = message_find(entity, "Content-Type", 0);
    if (at < 0)
        return NULL;
    struct mime_field type;
    mime_field_parse(entity->fields[at].value, true, &type);
    struct message *inner = NULL;
    if (is_marked(&type))
        inner = g_steal_pointer(&entity);
    else if (is_wrapper(&type))
        inner = read_message(entity->body);
    mime_field_clear(&type);
    return inner;
}

static char *text_of(const struct message *message, const char *name) {
    int at = message_find(message, name, 0);
    return at < 0 ? NULL : header_text(message->fields[at].value, NULL);
}

static enum fate compare(const struct message *outer, const struct message *inner,
                         const char *name) {
    int shown = message_find(outer, name, 0), kept = message_find(inner, name, 0);
    if (shown < 0 && kept < 0)
        return FATE_ABSENT;
    if (kept < 0)
        return FATE_OPEN;
    if (shown < 0 || message_count(outer, name) != 1 || message_count(inner, name) != 1)
        return FATE_DIFFERS;
    g_autofree char *a = header_decode(outer->fields[shown].value, NULL);
    g_autofree char *b = header_decode(inner->fields[kept].value, NULL);
    return strcmp(a, b) == 0 ? FATE_SAME : FATE_DIFFERS;
}

/* Another name beside the same address is a difference, another address another author. */
static enum fate compare_from(const struct message *outer, const struct message *inner,
                              bool *other_author) {
    if (message_find(inner, "From", 0) < 0)
        return FATE_OPEN;
    OWNED(author) shown = author_find(outer);
    OWNED(author) kept = author_find(inner);
    *other_author = shown->state != AUTHOR_ONE || kept->state != AUTHOR_ONE ||
                    g_ascii_strcasecmp(shown->address, kept->address) != 0;
    if (*other_author)
        return FATE_DIFFERS;
    return g_strcmp0(shown->display_name, kept->display_name) == 0 ? FATE_SAME : FATE_DIFFERS;
}

static enum signature_headers state_of(const enum fate *fates, guint n, bool other_author) {
    enum signature_headers state = HEADERS_COVERED;
    if (other_author)
        return HEADERS_FROM_DIFFERS;
    for (guint i = 0; i < n; i++) {
        if (fates[i] == FATE_DIFFERS)
            return HEADERS_DIFFER;
        if (fates[i] == FATE_OPEN)
            state = HEADERS_UNSIGNED;
    }
    return state;
}

void protected_headers_compare(const struct message *outer, struct span payload,
                               struct protected_headers *result) {
    *result = (struct protected_headers){.state = HEADERS_UNSIGNED};
    OWNED(message) inner = find_inner(payload);
    if (!inner)
        return;
    bool other_author = false;
    const enum fate fates[] = {compare_from(outer, inner, &other_author),
                               compare(outer, inner, "Subject"),
                               compare(outer, inner, "Date"),
                               compare(outer, inner, "To"),
                               compare(outer, inner, "Cc"),
                               compare(outer, inner, "Reply-To")};
    result->state = state_of(fates, G_N_ELEMENTS(fates), other_author);
    if (fates[0] == FATE_DIFFERS)
        result->from = text_of(inner, "From");
    if (fates[1] == FATE_DIFFERS)
        result->subject = text_of(inner, "Subject");
    if (fates[2] == FATE_DIFFERS)
        result->date = text_of(inner, "Date");
}

void protected_headers_clear(struct protected_headers *result) {
    g_free(result->from);
    g_free(result->subject);
    g_free(result->date);
    *result = (struct protected_headers){0};
}
