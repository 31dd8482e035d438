/* SPDX-License-Identifier: MIT
 *
 * Cautions that rest on what the account remembers: first contact, habits that are broken, the name
 * of somebody the user knows; and what the user said. Each is silent without that memory. */
#ifndef INKAN_TRUST_CAUTION_MEMORY_H
#define INKAN_TRUST_CAUTION_MEMORY_H

#include "trust/finding.h"

/* As verdict_caution_add, which calls it. */
void caution_memory_add(struct verdict *verdict, const struct findings *findings);

#endif
