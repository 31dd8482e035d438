/* SPDX-License-Identifier: MIT
 *
 * Where the parts of a message begin and end (RFC 2046 §5.1). One pass over the lines with the open
 * boundaries in a table: linear whatever the nesting. What a header means is mime.c's business. */
#ifndef INKAN_MAIL_MIME_SCAN_H
#define INKAN_MAIL_MIME_SCAN_H

#include "mail/mime.h"

/* Called when a part's header is complete: fills in what the header says (kind, type, encoding, …)
 * and, for a multipart, returns the boundary to look for, or NULL if there is no usable one. The
 * scanner frees it. */
typedef GString *(*mime_scan_describe)(struct mime_part *part, const struct message *header);

/* Fills mime->root and everything below. A delimiter is a line that begins with "--" and the
 * boundary; "--" behind that closes. The line end before it belongs to it. A multipart ends at its
 * closing delimiter, or at a delimiter of one around it. */
void mime_scan(struct mime *mime, const struct message *message, mime_scan_describe describe);

#endif
