/* SPDX-License-Identifier: MIT
 *
 * Sixteen octets that are compared at once: the compiler picks the machine's vector unit. For scans
 * that look for rare octets in long bodies. */
#ifndef INKAN_BASE_BLOCK_H
#define INKAN_BASE_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { BLOCK = 16 };

/* Octets, or marks: -1 where a comparison held, else 0. Signed, since vector units compare signed
 * octets in one step. */
struct block {
    signed char octets __attribute__((vector_size(BLOCK)));
};

/* Two words as one block. */
static inline struct block block_of(uint64_t first, uint64_t second) {
    uint64_t lanes __attribute__((vector_size(BLOCK))) = {first, second};
    struct block block;
    block.octets = (__typeof__(block.octets))lanes;
    return block;
}

static inline bool block_is_marked(struct block marks) {
    uint64_t lanes __attribute__((vector_size(BLOCK))) = (__typeof__(lanes))marks.octets;
    return (lanes[0] | lanes[1]) != 0;
}

/* Whether any of the four is. In one expression, which compilers do not make a loop of. */
static inline bool block_any_marked(struct block a, struct block b, struct block c,
                                    struct block d) {
    return block_is_marked((struct block){a.octets | b.octets | c.octets | d.octets});
}

#endif
