/* SPDX-License-Identifier: MIT
 *
 * One line of text for a list row, out of the first octets of a message. Text only: markup is
 * skipped by a conservative reader, not rendered; comments, style, script and elements that hide
 * themselves give nothing (attacks H166). What it returns is to be escaped like any other text. */
#ifndef INKAN_MAIL_MIME_PREVIEW_H
#define INKAN_MAIL_MIME_PREVIEW_H

#include "mail/message.h"

/* Of the part that the screen shows (mail/mime_body), or of its plain twin where the HTML gives no
 * text within the octets at hand. White space collapsed, quoted lines and bidi controls left out,
 * at most LIMIT_PREVIEW octets of UTF-8; "" if there is no text to show (attachments only,
 * encrypted). Meant for messages with MESSAGE_BODY_PARTIAL; never reads further than
 * LIMIT_PREVIEW_SOURCE octets of the body. The caller frees. */
char *mime_preview(const struct message *message);

#endif
