/* SPDX-License-Identifier: MIT
 *
 * The tree of any message: spans lie within the octets and within their parent, numbers are found
 * again, texts are UTF-8, the preview is bounded. GMime's opinion of the structure is the same
 * whether it is shown all of a header or only the fields that speak of parts. */
#include "base/limits.h"
#include "mail/mime_body.h"
#include "mail/mime_preview.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(const struct mime *mime, const struct mime_part *part,
                       const struct mime_part *around) {
    g_assert(part->type && part->number);
    g_assert(part->body.p + part->body.n == part->whole.p + part->whole.n);
    g_assert(part->body.p >= part->whole.p);
    if (around)
        g_assert(part->whole.p >= around->body.p &&
                 part->whole.p + part->whole.n <= around->body.p + around->body.n);
    if (*part->number)
        g_assert(mime_find(mime, part->number) == part);
    if (!part->name)
        return;
    g_assert(*part->name && strlen(part->name) <= LIMIT_FILE_NAME && !strchr(part->name, '/') &&
             g_utf8_validate(part->name, -1, NULL));
}

static guint check_below(const struct mime *mime, const struct mime_part *part,
                         const struct mime_part *around) {
    guint n = 1;
    check_part(mime, part, around);
    for (guint i = 0; part->children && i < part->children->len; i++)
        n += check_below(mime, part->children->pdata[i], part);
    return n;
}

static void check_texts(const GPtrArray *parts) {
    for (guint i = 0; i < parts->len && i < 20; i++) {
        g_autofree char *text = mime_text(parts->pdata[i], 10000, NULL);
        g_assert(g_utf8_validate(text, -1, NULL));
    }
}

/* A field with an octet above 127 on top says nothing of parts, but has GMime read all fields. */
static void compare_all_fields(const struct message *message, const struct mime *mime) {
    if (message->flags || !message->n_fields || message->fields[0].flags)
        return;
    g_autoptr(GByteArray) octets = g_byte_array_new();
    gsize n;
    const guint8 *data = g_bytes_get_data(message->octets, &n);
    g_byte_array_append(octets, (const guint8 *)"X: \x80\r\n", 6);
    g_byte_array_append(octets, data, (guint)n);
    g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(g_steal_pointer(&octets));
    OWNED(message) longer = message_new(bytes, 0);
    OWNED(mime) other = mime_parse(longer);
    mime_compare(other, longer);
    g_assert(longer->n_fields == message->n_fields + 1 && other->structure == mime->structure);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autoptr(GBytes) octets = g_bytes_new(data, size);
    OWNED(message) message = message_new(octets, 0);
    OWNED(mime) mime = mime_parse(message);
    g_assert(check_below(mime, mime->root, NULL) == mime->n_parts);
    g_assert(mime->n_parts <= LIMIT_MIME_PARTS);
    OWNED(mime_body) body = mime_body_choose(mime);
    check_texts(body->plain);
    check_texts(body->html);
    g_autofree char *preview = mime_preview(message);
    g_assert(strlen(preview) <= LIMIT_PREVIEW && g_utf8_validate(preview, -1, NULL));
    mime_compare(mime, message);
    compare_all_fields(message, mime);
    return 0;
}
