/* SPDX-License-Identifier: MIT
 *
 * The name under which a part is saved: its own made safe, the subject of an attached message, or
 * its number with an extension of its type. */
#ifndef INKAN_FCGI_PART_NAME_H
#define INKAN_FCGI_PART_NAME_H

#include "mail/mime.h"

/* Never NULL or empty; the caller frees. */
char *part_name_of(const struct mime_part *part);
/* A message's subject made safe, or "message", with this extension (".eml"). */
char *part_name_subject(const struct message *message, const char *extension);

#endif
