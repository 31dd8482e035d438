/* SPDX-License-Identifier: MIT
 *
 * What an attachment really is, by its first octets, beside what its header calls it (attacks
 * H176). For telling a reader, and for choosing what may be previewed; nothing is ever run or
 * unpacked. */
#ifndef INKAN_MAIL_MIME_SNIFF_H
#define INKAN_MAIL_MIME_SNIFF_H

#include "base/span.h"

#include <stdbool.h>

/* A media type for octets that begin as one of the kinds told apart here: PDF, pictures, archives,
 * office documents, HTML, programs ("application/x-executable", scripts among them). NULL: none of
 * them, which text is too. Reads MIME_SNIFF_SIZE octets at most. */
enum { MIME_SNIFF_SIZE = 512 };
const char *mime_sniff(struct span octets);

/* Whether the declared type (lower case) may stand for what was sniffed: the same, a container of
 * that kind (a .docx is a ZIP), or "application/octet-stream", which claims nothing. */
bool mime_sniff_matches(const char *declared, const char *sniffed);

/* Whether a file of this name is run when it is opened on some common system: by its last
 * extension, ASCII case aside. NULL: no. */
bool mime_name_is_program(const char *name);

#endif
