/* SPDX-License-Identifier: MIT
 *
 * Two lines of the explanation for people: the personal signature (S/MIME, OpenPGP), and the lists
 * that the operator has asked. */
#ifndef INKAN_FCGI_COMMAND_EXPLAIN_SIGN_H
#define INKAN_FCGI_COMMAND_EXPLAIN_SIGN_H

#include "trust/evidence.h"
#include "trust/reasons.h"

/* One indented line for each signature that is there; nothing without one. */
void explain_sign(GString *out, const struct evidence *evidence, enum reason_language language);

/* One line a list and subject; nothing where no list was asked. */
void explain_lists(GString *out, const struct evidence *evidence, enum reason_language language);

#endif
