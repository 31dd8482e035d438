/* SPDX-License-Identifier: MIT */
#include "fcgi/json_message.h"

#include "auth/orgdomain.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/json_text.h"
#include "mail/author.h"
#include "mail/header.h"
#include "mail/mime_sniff.h"

#include <jansson.h>

static json_t *mailbox_json(const struct mailbox *mailbox) {
    return json_pack("{s:o, s:o}", "name", json_text(address_name(mailbox)), "email",
                     json_text(mailbox->address));
}

static json_t *mailboxes_json(const struct mailbox *mailboxes, guint n) {
    json_t *all = json_array();
    for (guint i = 0; i < n && i < LIMIT_SHOWN_MAILBOXES; i++)
        json_array_append_new(all, mailbox_json(&mailboxes[i]));
    return all;
}

/* The address shown is the address judged: From comes from mail/author alone. */
static json_t *from_json(const struct message *message) {
    OWNED(author) author = author_find(message);
    return mailboxes_json(author->mailboxes, author->n_mailboxes);
}

static const struct field *field_of(const struct message *message, const char *name) {
    int at = message_find(message, name, 0);
    return at < 0 ? NULL : &message->fields[at];
}

static json_t *addresses_json(const struct message *message, const char *name) {
    const struct field *field = field_of(message, name);
    if (!field)
        return json_array();
    OWNED(address_list) list = address_parse(field->value);
    return mailboxes_json(list->mailboxes, list->n);
}

static json_t *subject_json(const struct message *message) {
    const struct field *field = field_of(message, "Subject");
    g_autofree char *text = field ? header_text(field->value, NULL) : NULL;
    return json_text(text ? text : "");
}

static json_t *date_json(const struct message *message) {
    const struct field *field = field_of(message, "Date");
    int64_t epoch;
    return field && clock_parse_mail(field->value, &epoch) ? json_time(epoch) : json_null();
}

/* RFC 8621 §4.1.2.3 asMessageIds, without their angle brackets; anything else is null. */
static json_t *message_id_json(const struct message *message) {
    const struct field *field = field_of(message, "Message-ID");
    struct span id = field ? span_trim_fws(field->value) : SPAN_NULL;
    if (id.n < 3 || id.n > 1000 || id.p[0] != '<' || id.p[id.n - 1] != '>')
        return json_null();
    g_autofree char *text = span_dup(span_make(id.p + 1, id.n - 2));
    return json_pack("[o]", json_outside(text));
}

/* What the octets are, beside what the header calls them (attacks H176). */
static void put_real_type(json_t *object, const struct mime_part *part, GBytes *content) {
    gsize n;
    const char *octets = g_bytes_get_data(content, &n);
    const char *sniffed = mime_sniff(span_make(octets, n));
    bool program = g_strcmp0(sniffed, "application/x-executable") == 0;
    json_put(object, "sniffed", json_text(sniffed));
    json_put(object, "typeMatches",
             json_boolean(!sniffed || mime_sniff_matches(part->type, sniffed)));
    json_put(object, "dangerous", json_boolean(program || mime_name_is_program(part->name)));
}

/* EmailBodyPart (RFC 8621 §4.1.4); `size` is that of the decoded content. */
static json_t *part_json(const struct mime_part *part) {
    static const char *const dispositions[] = {NULL, "inline", "attachment"};
    g_autoptr(GBytes) content = mime_content(part, NULL);
    json_t *object = json_pack(
        "{s:s, s:o, s:s, s:I, s:o, s:o, s:o}", "part", part->number, "name", json_text(part->name),
        "type", part->type, "size", (json_int_t)g_bytes_get_size(content), "disposition",
        json_text(dispositions[part->disposition]), "cid", json_text(part->id), "charset",
        json_text(mime_parameter_find(part, "charset")));
    put_real_type(object, part, content);
    return object;
}

static json_t *parts_json(const GPtrArray *parts) {
    json_t *all = json_array();
    for (guint i = 0; i < parts->len; i++)
        json_array_append_new(all, part_json(parts->pdata[i]));
    return all;
}

/* bodyValues (RFC 8621 §4.1.4) of the text/plain parts. */
static json_t *values_json(const struct opened *opened) {
    json_t *all = json_object();
    gsize left = LIMIT_TEXT_SIZE;
    for (guint i = 0; i < opened->body->plain->len && left; i++) {
        const struct mime_part *part = opened->body->plain->pdata[i];
        if (!mime_is(part, "text/plain"))
            continue;
        uint32_t flags = 0;
        g_autofree char *text = mime_text(part, left, &flags);
        gsize n = strlen(text);
        bool damaged = flags & (MIME_BAD_ENCODING | MIME_BAD_CHARSET);
        json_put(all, part->number,
                 json_pack("{s:o, s:b, s:b}", "value", json_text(text), "isTruncated", n + 4 > left,
                           "isEncodingProblem", damaged));
        left -= MIN(n, left);
    }
    return all;
}

static json_t *links_json(const struct json_message_body *body) {
    json_t *all = json_array();
    for (guint i = 0; i < body->document->links->len; i++) {
        const struct inert_link *link = body->document->links->pdata[i];
        const char *name = orgdomain_registrable(body->suffixes, link->host);
        json_array_append_new(all, json_pack("{s:i, s:o, s:o, s:o, s:o}", "n", (int)link->n, "text",
                                             json_outside(link->text), "url", json_text(link->url),
                                             "host", json_text(link->host), "registrableDomain",
                                             json_text(name ? name : link->host)));
    }
    return all;
}

/* All fields in order, as they stand but for their folds: the evidence beside the verdict. */
static json_t *fields_json(const struct message *message) {
    json_t *all = json_array();
    for (guint i = 0; i < message->n_fields && i < LIMIT_SHOWN_FIELDS; i++) {
        const struct field *field = &message->fields[i];
        g_autofree char *name = span_dup(span_first(field->name, 200));
        GString *value = header_unfold(span_first(field->value, LIMIT_SHOWN_FIELD));
        for (gsize at = 0; at < value->len; at++) {
            if (value->str[at] == '\t')
                value->str[at] = ' ';
            else if (value->str[at] == '\0')
                value->str[at] = '\1'; /* shown as U+FFFD, as any control character (attacks A29) */
        }
        g_strstrip(value->str);
        json_array_append_new(all, json_pack("{s:o, s:o}", "name", json_outside(name), "value",
                                             json_outside(value->str)));
        g_string_free(value, TRUE);
    }
    return all;
}

/* Stable words for what a careful reader should know of the structure. */
static json_t *findings_json(const struct opened *opened, const struct json_message_body *body) {
    const struct {
        bool found;
        const char *word;
    } all[] = {{opened->mime->structure == MIME_AMBIGUOUS, "structure-ambiguous"},
               {opened->mime->flags & MIME_DUPLICATE_FIELD, "duplicate-content-field"},
               {opened->mime->flags & MIME_DUPLICATE_PARAMETER, "duplicate-parameter"},
               {opened->mime->flags & MIME_UNSAFE_NAME, "unsafe-file-name"},
               {opened->mime->flags & (MIME_TOO_DEEP | MIME_TOO_MANY), "too-many-parts"},
               {body->document->flags & INERT_HIDDEN_TEXT, "hidden-text"},
               {body->document->flags & INERT_LINKS_CUT, "links-cut"},
               {body->document->flags & INERT_IMAGES_CUT, "images-cut"}};
    json_t *words = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].found)
            json_array_append_new(words, json_string(all[i].word));
    return words;
}

static void put_header(json_t *object, const struct message *message) {
    static const char *const addresses[][2] = {
        {"to", "To"}, {"cc", "Cc"}, {"bcc", "Bcc"}, {"replyTo", "Reply-To"}, {"sender", "Sender"}};
    json_put(object, "from", from_json(message));
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++)
        json_put(object, addresses[i][0], addresses_json(message, addresses[i][1]));
    json_put(object, "subject", subject_json(message));
    json_put(object, "sentAt", date_json(message));
    json_put(object, "messageId", message_id_json(message));
    json_put(object, "headers", fields_json(message));
}

static json_t *images_json(const struct json_message_body *body) {
    return json_pack("{s:i, s:b, s:b, s:o}", "remote", (int)body->document->elsewhere, "available",
                     body->images_available, "shown", body->images_shown, "domain",
                     json_text(body->images_domain));
}

struct json_t *json_message(const struct opened *opened, const struct json_message_body *body) {
    json_t *object = json_object();
    put_header(object, opened->message);
    json_put(object, "size", json_integer((json_int_t)g_bytes_get_size(opened->octets)));
    json_put(object, "textBody", parts_json(opened->body->plain));
    json_put(object, "htmlBody", parts_json(opened->body->html));
    json_put(object, "bodyValues", values_json(opened));
    json_put(object, "attachments", parts_json(opened->attachments));
    json_put(object, "hasAttachment", json_boolean(mime_body_has_attachment(opened->body)));
    json_put(object, "shown",
             json_string(opened->body->has_html && !body->fallback ? "html" : "text"));
    json_put(object, "bodyFallback", json_boolean(body->fallback));
    json_put(object, "isEncrypted", json_boolean(opened->encrypted));
    json_put(object, "remoteContent", json_boolean(body->document->remote > 0));
    json_put(object, "remoteCount", json_integer(body->document->remote));
    json_put(object, "images", images_json(body));
    json_put(object, "links", links_json(body));
    json_put(object, "findings", findings_json(opened, body));
    return object;
}
