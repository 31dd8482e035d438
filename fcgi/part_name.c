/* SPDX-License-Identifier: MIT
 *
 * File names of parts. */
#include "fcgi/part_name.h"

#include "mail/header.h"
#include "mail/mime_name.h"

char *part_name_subject(const struct message *message, const char *extension) {
    int at = message_find(message, "Subject", 0);
    g_autofree char *subject = at < 0 ? NULL : header_text(message->fields[at].value, NULL);
    bool changed;
    g_autofree char *safe = subject ? mime_name_safe(subject, &changed) : NULL;
    return g_strconcat(safe ? safe : "message", extension, NULL);
}

char *part_name_of(const struct mime_part *part) {
    if (part->name)
        return g_strdup(part->name);
    if (part->kind == MIME_MESSAGE) {
        g_autoptr(GBytes) inner = g_bytes_new(part->body.p, part->body.n);
        OWNED(message) message = message_new(inner, 0);
        return part_name_subject(message, ".eml");
    }
    return g_strdup_printf("part-%s%s", part->number, mime_name_extension(part->type));
}
