/* SPDX-License-Identifier: MIT
 *
 * Strings that live and are freed together: a verdict's, an evidence's. Their octets stand side by
 * side in a few blocks, so that fifty short strings are two allocations; none of them can be freed
 * or grown alone. */
#ifndef INKAN_BASE_TEXTS_H
#define INKAN_BASE_TEXTS_H

#include "base/span.h"

/* All zero is empty and takes no memory. Whoever holds it clears it. */
struct texts {
    struct texts_block *newest;
    char *at;    /* where the next string goes … */
    size_t room; /* … and how many octets of its block are left */
};

void texts_clear(struct texts *texts);

/* A NUL-terminated copy that lives until texts_clear; NULL for SPAN_NULL, or for NULL. */
const char *texts_add_span(struct texts *texts, struct span text);
static inline const char *texts_add(struct texts *texts, const char *text) {
    return texts_add_span(texts, span_of(text));
}

#endif
