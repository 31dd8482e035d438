/* SPDX-License-Identifier: MIT
 *
 * File names of a message made safe to offer: one path component that no file system, shell,
 * terminal or reader's eye takes for something else (attacks H176). */
#ifndef INKAN_MAIL_MIME_NAME_H
#define INKAN_MAIL_MIME_NAME_H

#include "base/span.h"

/* What is left of `name` (decoded UTF-8) without directories, controls, bidi and invisible marks,
 * characters reserved on some system, leading dots, device names, and beyond LIMIT_FILE_NAME octets
 * (the extension stays). NULL if nothing is left. *changed: it was more than harmless. The caller
 * frees. */
char *mime_name_safe(const char *name, bool *changed);

/* The extension for a type whose parts carry no name (".html", ".eml", ".bin"). A literal. */
const char *mime_name_extension(const char *type);

#endif
