/* SPDX-License-Identifier: MIT
 *
 * Rows: out of a message, into the store, out again, into JSON. */
#include "fcgi/row.h"

#include "account/imap.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/json_text.h"
#include "mail/author.h"
#include "mail/header.h"
#include "mail/mime_body.h"
#include "mail/mime_preview.h"

#include <jansson.h>

/* version, INTERNALDATE, size, from (name, email; "" = none), subject, preview, attachment, judged
 */
#define ROW_FORMAT "(yxta(ss)ssys)"
enum { ROW_VERSION = 2 };

void row_free(struct row *row) {
    for (guint i = 0; i < row->n_from; i++) {
        g_free(row->from[i].name);
        g_free(row->from[i].email);
    }
    g_free(row->from);
    g_free(row->subject);
    g_free(row->preview);
    g_free(row->judged);
    g_free(row);
}

static GBytes *join(GBytes *header, GBytes *text) {
    gsize n_header = header ? g_bytes_get_size(header) : 0,
          n_text = text ? g_bytes_get_size(text) : 0;
    GByteArray *all = g_byte_array_sized_new((guint)(n_header + n_text));
    if (n_header)
        g_byte_array_append(all, g_bytes_get_data(header, NULL), (guint)n_header);
    if (n_text)
        g_byte_array_append(all, g_bytes_get_data(text, NULL), (guint)n_text);
    return g_byte_array_free_to_bytes(all);
}

static void set_from(struct row *row, const struct message *message) {
    OWNED(author) author = author_find(message);
    row->n_from = MIN(author->n_mailboxes, LIMIT_ROW_FROM);
    row->from = g_new0(struct row_mailbox, row->n_from);
    for (guint i = 0; i < row->n_from; i++) {
        const struct mailbox *mailbox = &author->mailboxes[i];
        row->from[i].name = g_strdup(address_name(mailbox));
        row->from[i].email = g_strdup(mailbox->address);
    }
}

void row_set_attachment(struct row *row, const struct message *whole) {
    OWNED(mime) mime = mime_parse(whole);
    OWNED(mime_body) body = mime_body_choose(mime);
    row->attachment = mime_body_has_attachment(body) ? ROW_ATTACHMENT_YES : ROW_ATTACHMENT_NO;
}

struct row *row_new(const struct imap_message *fetched, GBytes **octets, bool *whole) {
    struct row *row = g_new0(struct row, 1);
    *octets = join(fetched->header, fetched->text);
    *whole = fetched->header && fetched->text && g_bytes_get_size(*octets) >= fetched->size;
    OWNED(message) message = message_new(*octets, *whole ? 0 : MESSAGE_BODY_PARTIAL);
    int subject = message_find(message, "Subject", 0);
    row->uid = fetched->uid;
    row->received_at = fetched->internaldate;
    row->size = fetched->size;
    row->subject = subject < 0 ? g_strdup("") : header_text(message->fields[subject].value, NULL);
    row->preview = mime_preview(message);
    row->judged = g_strdup("");
    set_from(row, message);
    if (*whole)
        row_set_attachment(row, message);
    return row;
}

GBytes *row_encode(const struct row *row) {
    GVariantBuilder from;
    g_variant_builder_init(&from, G_VARIANT_TYPE("a(ss)"));
    for (guint i = 0; i < row->n_from; i++)
        g_variant_builder_add(&from, "(ss)", row->from[i].name ? row->from[i].name : "",
                              row->from[i].email ? row->from[i].email : "");
    g_autoptr(GVariant) value = g_variant_ref_sink(
        g_variant_new(ROW_FORMAT, ROW_VERSION, row->received_at, row->size, &from, row->subject,
                      row->preview, row->attachment, row->judged));
    return g_variant_get_data_as_bytes(value);
}

/* Of this version, and with nothing out of range. */
static bool is_sound(GVariant *variant) {
    guint8 version, attachment;
    if (!g_variant_is_normal_form(variant))
        return false;
    g_variant_get_child(variant, 0, "y", &version);
    g_variant_get_child(variant, 6, "y", &attachment);
    g_autoptr(GVariant) from = g_variant_get_child_value(variant, 3);
    return version == ROW_VERSION && attachment <= ROW_ATTACHMENT_YES &&
           g_variant_n_children(from) <= LIMIT_ROW_FROM;
}

struct row *row_decode(uint32_t uid, GBytes *value) {
    g_autoptr(GVariant) variant =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(ROW_FORMAT), value, FALSE));
    g_autoptr(GVariantIter) from = NULL;
    guint8 version, attachment;
    char *name, *email;
    if (!is_sound(variant))
        return NULL;
    struct row *row = g_new0(struct row, 1);
    g_variant_get(variant, ROW_FORMAT, &version, &row->received_at, &row->size, &from,
                  &row->subject, &row->preview, &attachment, &row->judged);
    row->uid = uid;
    row->attachment = (enum row_attachment)attachment;
    row->from = g_new0(struct row_mailbox, g_variant_iter_n_children(from));
    while (g_variant_iter_next(from, "(ss)", &name, &email)) {
        if (!*name)
            g_clear_pointer(&name, g_free);
        if (!*email)
            g_clear_pointer(&email, g_free);
        row->from[row->n_from++] = (struct row_mailbox){name, email};
    }
    return row;
}

struct json_t *row_keywords_json(unsigned flags, char *const *keywords) {
    static const struct {
        unsigned flag;
        const char *keyword;
    } names[] = {{IMAP_FLAG_SEEN, "$seen"},
                 {IMAP_FLAG_ANSWERED, "$answered"},
                 {IMAP_FLAG_FLAGGED, "$flagged"},
                 {IMAP_FLAG_DRAFT, "$draft"},
                 {IMAP_FLAG_DELETED, "$deleted"}};
    json_t *all = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (flags & names[i].flag)
            json_object_set_new(all, names[i].keyword, json_true());
    for (; keywords && *keywords; keywords++) {
        g_autofree char *lower = g_ascii_strdown(*keywords, -1);
        json_object_set_new(all, lower, json_true()); /* one that is no UTF-8 is left out */
    }
    return all;
}

static json_t *from_json(const struct row *row) {
    json_t *all = json_array();
    for (guint i = 0; i < row->n_from; i++)
        json_array_append_new(all, json_pack("{s:o, s:o}", "name", json_text(row->from[i].name),
                                             "email", json_text(row->from[i].email)));
    return all;
}

struct json_t *row_json(const struct row *row, const char *id, const struct imap_message *flags) {
    g_autofree char *received = row->received_at ? clock_rfc3339(row->received_at) : NULL;
    json_t *attachment = row->attachment == ROW_ATTACHMENT_UNKNOWN
                             ? json_null()
                             : json_boolean(row->attachment == ROW_ATTACHMENT_YES);
    return json_pack("{s:s, s:o, s:o, s:o, s:I, s:o, s:o, s:o}", "id", id, "from", from_json(row),
                     "subject", json_text(row->subject), "receivedAt", json_text(received), "size",
                     (json_int_t)row->size, "preview", json_text(row->preview), "keywords",
                     row_keywords_json(flags->flags, flags->keywords), "hasAttachment", attachment);
}
