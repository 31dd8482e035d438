/* SPDX-License-Identifier: MIT
 *
 * Content-Type and Content-Disposition: a value and its parameters (RFC 2045 §5.1, RFC 2183 §2)
 * with the continuations and charsets of RFC 2231. Bounded by LIMIT_PARAMETER_FIELD and
 * LIMIT_PARAMETERS, so its square costs nothing. Unquoted values with spaces are read as they are
 * meant, and flagged; encoded words (which RFC 2047 §5 forbids here, and half of Japan sends) are
 * decoded in name= and filename= alone. */
#ifndef INKAN_MAIL_MIME_FIELD_H
#define INKAN_MAIL_MIME_FIELD_H

#include "mail/mime.h"

struct mime_field {
    char *value; /* "text/html", "attachment": lower-case; NULL if unreadable */
    struct mime_parameter *parameters;
    guint n_parameters;
    GString *boundary; /* octets of the boundary parameter as written, or NULL */
    uint32_t flags;    /* enum mime_flag */
};

/* Reads a field's value (folds and comments allowed). `slash`: the value is type "/" subtype. Of a
 * parameter given twice the first counts; of the two forms name= and name*=, name*0= the
 * second (it can say everything; RFC 6266 §4.3 decides the same for HTTP). Never fails: an
 * unreadable value is NULL, and MIME_BAD_FIELD. */
void mime_field_parse(struct span text, bool slash, struct mime_field *field);
void mime_field_clear(struct mime_field *field);

const char *mime_field_find(const struct mime_field *field, const char *name);

#endif
