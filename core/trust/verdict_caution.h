/* SPDX-License-Identifier: MIT
 *
 * Cautions: facts worth a glance whatever the author is, each with its severity. They never change
 * the author axis; a dangerous one changes the badge (verdict.c). */
#ifndef INKAN_TRUST_VERDICT_CAUTION_H
#define INKAN_TRUST_VERDICT_CAUTION_H

#include "trust/finding.h"

/* Adds to a verdict whose author is decided every caution that holds and is not there yet. */
void verdict_caution_add(struct verdict *verdict, const struct findings *findings);

#endif
