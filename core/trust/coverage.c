/* SPDX-License-Identifier: MIT
 *
 * trust/coverage.h: one question for each field that is shown. */
#include "trust/coverage.h"

#include "mail/mime_field.h"

#include <string.h>

static bool has_unsigned_copy(const struct dkim_result *result, const struct message *message,
                              const char *name) {
    for (guint i = 0; i < result->n_unsigned_copies; i++)
        if (span_eq_nocase(message->fields[result->unsigned_copies[i]].name, span_of(name)))
            return true;
    return false;
}

static bool is_unsigned(const struct dkim_result *result, const struct message *message,
                        const char *name) {
    struct span wanted = span_of(name);
    if (message_find(message, name, 0) < 0)
        return false;
    for (guint i = 0; i < result->signature->n_headers; i++)
        if (span_eq_nocase(result->signature->headers[i], wanted))
            return false;
    return true;
}

/* RFC 2046 §5.1.1: dash-boundary = "--" boundary. Empty lines before it say nothing. */
static bool body_opens_with(const struct message *message, const GString *boundary) {
    struct span body = message->body;
    while (body.n && (body.p[0] == '\r' || body.p[0] == '\n'))
        body = span_from(body, 1);
    return boundary && boundary->len && body.n >= boundary->len + 2 &&
           memcmp(body.p, "--", 2) == 0 && memcmp(body.p + 2, boundary->str, boundary->len) == 0;
}

static bool is_plain(struct span value) {
    struct mime_field type = {0};
    mime_field_parse(value, true, &type);
    bool plain = g_strcmp0(type.value, "text/plain") == 0;
    mime_field_clear(&type);
    return plain;
}

static bool is_told_by_body(const struct message *message, struct span value) {
    struct mime_field type = {0};
    mime_field_parse(value, true, &type);
    bool told = type.value && g_str_has_prefix(type.value, "multipart/") &&
                body_opens_with(message, type.boundary);
    mime_field_clear(&type);
    return told;
}

/* Which of several a reader takes is his own affair: no value then. */
static struct span only_value(const struct message *message, const char *name) {
    int at = message_find(message, name, 0);
    return at >= 0 && message_find(message, name, (guint)at + 1) < 0 ? message->fields[at].value
                                                                     : (struct span){0};
}

static bool has_open_type(const struct dkim_result *result, const struct message *message) {
    if (!is_unsigned(result, message, "Content-Type"))
        return false;
    struct span value = only_value(message, "Content-Type");
    return !value.p || (!is_plain(value) && !is_told_by_body(message, value));
}

static bool is_plain_text(const struct message *message) {
    struct span type = only_value(message, "Content-Type");
    return type.p ? is_plain(type) : message_find(message, "Content-Type", 0) < 0;
}

static bool has_open_encoding(const struct dkim_result *result, const struct message *message) {
    if (!is_unsigned(result, message, "Content-Transfer-Encoding"))
        return false;
    struct span value = span_trim_fws(only_value(message, "Content-Transfer-Encoding"));
    if (span_eq_nocase(value, SPAN_LIT("7bit")) || span_eq_nocase(value, SPAN_LIT("8bit")))
        return false;
    return !span_eq_nocase(value, SPAN_LIT("quoted-printable")) || !is_plain_text(message);
}

static bool is_unsigned_subject(const struct dkim_result *result, const struct message *message) {
    return is_unsigned(result, message, "Subject");
}

static const struct shown {
    const char *name;
    /* is it there, unsigned, and does that matter? NULL: only a copy more than signed does */
    bool (*is_open)(const struct dkim_result *result, const struct message *message);
} shown[] = {
    {"Subject", is_unsigned_subject},
    {"Date", NULL},
    {"To", NULL},
    {"Cc", NULL},
    {"Reply-To", NULL},
    {"Content-Type", has_open_type},
    {"MIME-Version", NULL},
    {"Content-Transfer-Encoding", has_open_encoding},
};

char *coverage_open_fields(const struct dkim_result *result, const struct message *message) {
    GString *names = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
        bool open = shown[i].is_open && shown[i].is_open(result, message);
        if (!open && !has_unsigned_copy(result, message, shown[i].name))
            continue;
        if (!names)
            names = g_string_new(NULL);
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", shown[i].name);
    }
    return names ? g_string_free(names, FALSE) : NULL;
}
