/* SPDX-License-Identifier: MIT
 *
 * Links whose text names one organization and whose target is another's (attacks K206). */
#ifndef INKAN_TRUST_EVIDENCE_LINKS_H
#define INKAN_TRUST_EVIDENCE_LINKS_H

#include "auth/orgdomain.h"
#include "trust/evaluate_tree.h"
#include "trust/evidence.h"

/* Reads the HTML that would be shown, where the body is here; the author must have been collected.
 */
void evidence_links_collect(struct evidence *evidence, struct evaluate_tree *tree,
                            const struct public_suffixes *suffixes);

#endif
