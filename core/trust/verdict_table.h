/* SPDX-License-Identifier: MIT
 *
 * The verdict table: rows in order, the first whose ground (trust/ground) holds decides the author
 * axis; then the limits, each of which takes a verified author down to likely. Cautions are another
 * table's (verdict_caution). */
#ifndef INKAN_TRUST_VERDICT_TABLE_H
#define INKAN_TRUST_VERDICT_TABLE_H

#include "trust/finding.h"

/* Fills author, source, via and the deciding reasons of an otherwise empty verdict. */
void verdict_table_decide(struct verdict *verdict, const struct findings *findings);

#endif
