/* SPDX-License-Identifier: MIT
 *
 * The second opinion on a message's structure: GMime's tree beside ours. Where two careful readers
 * split a message differently, a third one may show what neither checked (attacks H163). */
#include "mail/mime.h"

#include <gmime/gmime.h>

/* Each of these alone lets other readers see other parts. */
#define AMBIGUOUS_FLAGS                                                                            \
    (MIME_DUPLICATE_FIELD | MIME_NEAR_DELIMITER | MIME_SAME_BOUNDARY | MIME_AFTER_CLOSE |          \
     MIME_TOO_MANY | MIME_TOO_DEEP)

static void init_once(void) {
    static gsize done;
    if (g_once_init_enter(&done)) {
        g_mime_init();
        g_once_init_leave(&done, 1);
    }
}

/* Every line of the header is one that no two readers take for something else. */
static bool is_plain(const struct message *message) {
    uint32_t flags = message->flags;
    for (guint i = 0; i < message->n_fields; i++)
        flags |= message->fields[i].flags;
    return flags == 0;
}

static void append(GByteArray *to, struct span octets) {
    if (octets.n)
        g_byte_array_append(to, (const guint8 *)octets.p, (guint)octets.n);
}

/* What GMime reads: the message as it stands. Of a header without anything odd only the fields that
 * speak of parts (RFC 2045 §9: all begin with "content-"), because each of the others, thirty in
 * most mail, costs GMime what it has to say about half a part. */
static GByteArray *octets_to_read(const struct message *message) {
    const char *end = message->body.p + message->body.n;
    struct span all = span_make(message->header.p, (size_t)(end - message->header.p));
    GByteArray *octets = g_byte_array_sized_new((guint)all.n);
    if (!is_plain(message)) {
        append(octets, all);
        return octets;
    }
    for (guint i = 0; i < message->n_fields; i++)
        if (span_starts_nocase(message->fields[i].name, SPAN_LIT("content-")))
            append(octets, message->fields[i].raw);
    const char *empty_line = message->header.p + message->header.n;
    append(octets, span_make(empty_line, (size_t)(end - empty_line)));
    return octets;
}

/* Read as a part: the same octets, but GMime decodes no date and no addresses, which takes as long
 * as finding the parts. */
static GMimeObject *parse(const struct message *message) {
    if (message->header.p == message->body.p + message->body.n)
        return NULL;
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(octets_to_read(message));
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_persist_stream(parser, TRUE);
    GMimeObject *parsed = g_mime_parser_construct_part(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    return parsed;
}

static bool same_type(const struct mime_part *part, GMimeObject *object) {
    GMimeContentType *type = g_mime_object_get_content_type(object);
    g_autofree char *theirs = g_mime_content_type_get_mime_type(type);
    return theirs && g_ascii_strcasecmp(theirs, part->type) == 0;
}

/* Octets of a leaf's body, still encoded. */
static gint64 raw_size(GMimeObject *object) {
    GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(object));
    return content ? g_mime_stream_length(g_mime_data_wrapper_get_stream(content)) : 0;
}

static bool same(const struct mime_part *part, GMimeObject *object);

static bool same_multipart(const struct mime_part *part, GMimeObject *object) {
    if (!GMIME_IS_MULTIPART(object))
        return false;
    GMimeMultipart *multipart = GMIME_MULTIPART(object);
    if (g_mime_multipart_get_count(multipart) != (int)part->children->len)
        return false;
    for (guint i = 0; i < part->children->len; i++)
        if (!same(part->children->pdata[i], g_mime_multipart_get_part(multipart, (int)i)))
            return false;
    return true;
}

static bool same(const struct mime_part *part, GMimeObject *object) {
    if (!object || !same_type(part, object))
        return false;
    if (part->kind == MIME_MULTIPART)
        return same_multipart(part, object);
    if (part->kind == MIME_MESSAGE) {
        if (!GMIME_IS_MESSAGE_PART(object))
            return false;
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        return inner && same(part->children->pdata[0], g_mime_message_get_mime_part(inner));
    }
    return GMIME_IS_PART(object) && raw_size(object) == (gint64)part->body.n;
}

void mime_compare(struct mime *mime, const struct message *message) {
    /* Two readings of our own are enough; and GMime counts no parts. */
    if (mime->flags & AMBIGUOUS_FLAGS) {
        mime->structure = MIME_AMBIGUOUS;
        return;
    }
    init_once();
    GMimeObject *parsed = parse(message);
    bool agreed = parsed && same(mime->root, parsed);
    /* GMime makes nothing of a message without a body or fields; there is nothing to differ on. */
    if (!parsed)
        agreed = mime->root->kind == MIME_LEAF;
    if (parsed)
        g_object_unref(parsed);
    mime->structure = agreed ? MIME_AGREED : MIME_AMBIGUOUS;
}
