/* SPDX-License-Identifier: MIT
 *
 * A verdict in words, as one person would explain it to another: the sentence, why, what it rests
 * on and where that comes from. For `inkan verify --explain`. */
#ifndef INKAN_FCGI_COMMAND_EXPLAIN_H
#define INKAN_FCGI_COMMAND_EXPLAIN_H

#include "trust/evidence.h"
#include "trust/verdict.h"

/* Appends some lines of UTF-8. */
void explain(GString *out, const struct evidence *evidence, const struct verdict *verdict,
             enum reason_language language);

#endif
