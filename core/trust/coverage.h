/* SPDX-License-Identifier: MIT
 *
 * Which header fields a signature leaves open although a reader sees them or reads the body by them
 * (verdict rules 8 and 14). RFC 6376 signs the fields that h= names and no others, so whoever
 * carries a message may add or change the rest without breaking the signature. */
#ifndef INKAN_TRUST_COVERAGE_H
#define INKAN_TRUST_COVERAGE_H

#include "auth/dkim.h"

/* ", "-joined names of fields that are there and that h= does not cover, or NULL:
 *  - one copy more than signed of any field that is shown or decides what is shown;
 *  - Subject, not signed;
 *  - Content-Type, not signed, unless it is text/plain (what the body is without it), or a
 * multipart whose body opens with its own delimiter: then the signed octets say so themselves;
 *  - Content-Transfer-Encoding, not signed, unless it is 7bit or 8bit, or quoted-printable over
 *    text/plain: neither makes other text of the signed one than a reader of plain text would see.
 * MIME-Version, not signed, changes nothing: no reader here asks for it. The caller frees. */
char *coverage_open_fields(const struct dkim_result *result, const struct message *message);

#endif
