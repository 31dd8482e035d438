/* SPDX-License-Identifier: MIT
 *
 * One line of the explanation for people: the logo. */
#ifndef INKAN_FCGI_COMMAND_EXPLAIN_BRAND_H
#define INKAN_FCGI_COMMAND_EXPLAIN_BRAND_H

#include "trust/verdict.h"

/* One indented line about the logo of the author's domain: who vouches for it, or why it is not
 * shown. Nothing where there is none to speak of: no record, a message that cannot have one, one
 * that calls for caution. */
void explain_brand(GString *out, const struct evidence *evidence, const struct verdict *verdict,
                   enum reason_language language);

#endif
