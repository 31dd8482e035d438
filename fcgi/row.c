/* SPDX-License-Identifier: MIT
 *
 * Rows: out of a message, into the store, out again, into JSON. */
#include "fcgi/row.h"

#include "account/imap.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/json_text.h"
#include "fcgi/opened.h"
#include "mail/author.h"
#include "mail/header.h"
#include "mail/mime_preview.h"

#include <jansson.h>

/* version, INTERNALDATE, size, from and to (name, email; "" = none), subject, preview, attachment,
 * judged, message id, ids that it names */
#define ROW_FORMAT "(yxta(ss)a(ss)ssystat)"
enum { ROW_VERSION = 4 };

static void free_mailboxes(struct row_mailbox *mailboxes, guint n) {
    for (guint i = 0; i < n; i++) {
        g_free(mailboxes[i].name);
        g_free(mailboxes[i].email);
    }
    g_free(mailboxes);
}

void row_free(struct row *row) {
    free_mailboxes(row->from, row->n_from);
    free_mailboxes(row->to, row->n_to);
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

static struct row_mailbox *copy_mailboxes(const struct mailbox *from, guint all, guint *n) {
    *n = MIN(all, LIMIT_ROW_FROM);
    struct row_mailbox *mailboxes = g_new0(struct row_mailbox, *n);
    for (guint i = 0; i < *n; i++) {
        mailboxes[i].name = g_strdup(address_name(&from[i]));
        mailboxes[i].email = g_strdup(from[i].address);
    }
    return mailboxes;
}

static void set_mailboxes(struct row *row, const struct message *message) {
    OWNED(author) author = author_find(message);
    row->from = copy_mailboxes(author->mailboxes, author->n_mailboxes, &row->n_from);
    int at = message_find(message, "To", 0);
    if (at < 0)
        return;
    OWNED(address_list) to = address_parse(message->fields[at].value);
    row->to = copy_mailboxes(to->mailboxes, to->n, &row->n_to);
}

void row_set_attachment(struct row *row, const struct message *whole) {
    char *inside;
    bool has = opened_has_attachment(whole, &inside);
    row->attachment = has ? ROW_ATTACHMENT_YES : ROW_ATTACHMENT_NO;
    if (inside) {
        g_free(row->preview);
        row->preview = inside;
    }
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
    references_read(message, &row->references);
    set_mailboxes(row, message);
    if (*whole)
        row_set_attachment(row, message);
    return row;
}

static GVariant *mailboxes_variant(const struct row_mailbox *mailboxes, guint n) {
    GVariantBuilder all;
    g_variant_builder_init(&all, G_VARIANT_TYPE("a(ss)"));
    for (guint i = 0; i < n; i++)
        g_variant_builder_add(&all, "(ss)", mailboxes[i].name ? mailboxes[i].name : "",
                              mailboxes[i].email ? mailboxes[i].email : "");
    return g_variant_builder_end(&all);
}

GBytes *row_encode(const struct row *row) {
    g_autoptr(GVariant) value = g_variant_ref_sink(g_variant_new(
        "(yxt@a(ss)@a(ss)ssyst@at)", ROW_VERSION, row->received_at, row->size,
        mailboxes_variant(row->from, row->n_from), mailboxes_variant(row->to, row->n_to),
        row->subject, row->preview, row->attachment, row->judged, row->references.own,
        g_variant_new_fixed_array(G_VARIANT_TYPE_UINT64, row->references.named, row->references.n,
                                  sizeof(uint64_t))));
    return g_variant_get_data_as_bytes(value);
}

enum { CHILD_VERSION = 0, CHILD_FROM = 3, CHILD_TO = 4, CHILD_ATTACHMENT = 7, CHILD_NAMED = 10 };

/* Of this version, and with nothing out of range. */
static bool is_sound(GVariant *variant) {
    guint8 version, attachment;
    if (!g_variant_is_normal_form(variant))
        return false;
    g_variant_get_child(variant, CHILD_VERSION, "y", &version);
    g_variant_get_child(variant, CHILD_ATTACHMENT, "y", &attachment);
    g_autoptr(GVariant) from = g_variant_get_child_value(variant, CHILD_FROM);
    g_autoptr(GVariant) to = g_variant_get_child_value(variant, CHILD_TO);
    g_autoptr(GVariant) named = g_variant_get_child_value(variant, CHILD_NAMED);
    return version == ROW_VERSION && g_variant_n_children(named) <= LIMIT_REFERENCES &&
           attachment <= ROW_ATTACHMENT_YES && g_variant_n_children(from) <= LIMIT_ROW_FROM &&
           g_variant_n_children(to) <= LIMIT_ROW_FROM;
}

static struct row_mailbox *read_mailboxes(GVariantIter *iter, guint *n) {
    struct row_mailbox *mailboxes = g_new0(struct row_mailbox, g_variant_iter_n_children(iter));
    char *name, *email;
    while (g_variant_iter_next(iter, "(ss)", &name, &email)) {
        if (!*name)
            g_clear_pointer(&name, g_free);
        if (!*email)
            g_clear_pointer(&email, g_free);
        mailboxes[(*n)++] = (struct row_mailbox){name, email};
    }
    return mailboxes;
}

struct row *row_decode(uint32_t uid, GBytes *value) {
    g_autoptr(GVariant) variant =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(ROW_FORMAT), value, FALSE));
    g_autoptr(GVariantIter) from = NULL, to = NULL, named = NULL;
    guint8 version, attachment;
    if (!is_sound(variant))
        return NULL;
    struct row *row = g_new0(struct row, 1);
    g_variant_get(variant, ROW_FORMAT, &version, &row->received_at, &row->size, &from, &to,
                  &row->subject, &row->preview, &attachment, &row->judged, &row->references.own,
                  &named);
    row->uid = uid;
    row->attachment = (enum row_attachment)attachment;
    row->from = read_mailboxes(from, &row->n_from);
    row->to = read_mailboxes(to, &row->n_to);
    while (g_variant_iter_next(named, "t", &row->references.named[row->references.n]))
        row->references.n++;
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

static json_t *mailboxes_json(const struct row_mailbox *mailboxes, guint n) {
    json_t *all = json_array();
    for (guint i = 0; i < n; i++)
        json_array_append_new(all, json_pack("{s:o, s:o}", "name", json_text(mailboxes[i].name),
                                             "email", json_text(mailboxes[i].email)));
    return all;
}

struct json_t *row_json(const struct row *row, const char *id, const struct imap_message *flags) {
    g_autofree char *received = row->received_at ? clock_rfc3339(row->received_at) : NULL;
    json_t *attachment = row->attachment == ROW_ATTACHMENT_UNKNOWN
                             ? json_null()
                             : json_boolean(row->attachment == ROW_ATTACHMENT_YES);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o}", "id", id, "from",
                     mailboxes_json(row->from, row->n_from), "to",
                     mailboxes_json(row->to, row->n_to), "subject", json_text(row->subject),
                     "receivedAt", json_text(received), "size", (json_int_t)row->size, "preview",
                     json_text(row->preview), "keywords",
                     row_keywords_json(flags->flags, flags->keywords), "hasAttachment", attachment);
}
