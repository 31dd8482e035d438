/* SPDX-License-Identifier: MIT
 *
 * Header fields that are under a personal signature (RFC 9788): those in the header of the signed
 * part itself, if its Content-Type says hp="clear" or hp="cipher" (or protected-headers=, as before
 * the RFC), or those of the message that the signed part wraps as message/rfc822 (RFC 8551 §3.1).
 * They are compared with what is shown and never shown in its place. */
#ifndef INKAN_SIGN_PROTECTED_HEADERS_H
#define INKAN_SIGN_PROTECTED_HEADERS_H

#include "mail/message.h"
#include "sign/signature.h"

struct protected_headers {
    enum signature_headers state;
    /* The signed values, where they differ from those shown: display text; NULL where they do not.
     */
    char *from, *subject, *date;
};

/* `payload`: the exact octets of the signed MIME entity. From differs if its one address does, or
 * if either cannot be read to one address; other fields by their decoded text. */
void protected_headers_compare(const struct message *outer, struct span payload,
                               struct protected_headers *result);
void protected_headers_clear(struct protected_headers *result);

#endif
