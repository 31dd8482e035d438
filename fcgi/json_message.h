/* SPDX-License-Identifier: MIT
 *
 * An opened message as JSON: the names of JMAP's Email object (RFC 8621 §4.1) where it has one. */
#ifndef INKAN_FCGI_JSON_MESSAGE_H
#define INKAN_FCGI_JSON_MESSAGE_H

#include "fcgi/opened.h"

struct json_t;
struct public_suffixes;

/* What the rendered body adds. */
struct json_message_body {
    const struct inert_document *document;
    const struct public_suffixes *suffixes;
    bool fallback;
    /* Pictures that lie elsewhere. */
    bool images_available, images_shown; /* fetched here; shown without being asked again */
    const char *images_domain;           /* a choice can be made for it; NULL: for none */
};

/* Addresses, subject, times of the header, text parts with the text of the plain ones, attachments,
 * links, header fields, findings. The caller adds id, keywords, receivedAt, verdict, evidence. */
struct json_t *json_message(const struct opened *opened, const struct json_message_body *body);

#endif
