/* SPDX-License-Identifier: MIT
 *
 * sign/ber.h. Nothing here recurses: hostile octets choose the depth. */
#include "sign/ber.h"

#include "base/limits.h"

enum { CONSTRUCTED = 0x20, LONG_TAG = 0x1f, INDEFINITE = 0x80 };

struct head {
    uint8_t tag;
    bool indefinite;
    size_t size, length; /* octets of identifier and length; of the value, if definite */
};

/* X.690 §8.1.2, §8.1.3 */
static bool read_head(struct span s, struct head *head) {
    if (!s.p || s.n < 2 || ((uint8_t)s.p[0] & LONG_TAG) == LONG_TAG)
        return false;
    *head = (struct head){.tag = (uint8_t)s.p[0], .size = 2, .length = (uint8_t)s.p[1]};
    if (head->length == INDEFINITE) {
        head->indefinite = true;
        head->length = 0;
        return head->tag & CONSTRUCTED; /* §8.1.3.2 */
    }
    if (head->length < INDEFINITE)
        return head->length <= s.n - head->size;
    size_t n = head->length & 0x7f;
    if (n > 8 || s.n < 2 + n)
        return false;
    uint64_t length = 0;
    for (size_t i = 0; i < n; i++)
        length = length << 8 | (uint8_t)s.p[2 + i];
    head->size += n;
    head->length = (size_t)length;
    return length <= s.n - head->size;
}

static bool is_end(struct span s) {
    return s.p && s.n >= 2 && s.p[0] == 0 && s.p[1] == 0;
}

/* Octets up to the end-of-contents that belongs to an element of indefinite length (§8.1.5). */
static bool find_end(struct span value, size_t *end) {
    struct span rest = value;
    guint open = 1;
    while (open) {
        struct head head;
        if (is_end(rest)) {
            rest = span_from(rest, 2);
            open--;
            continue;
        }
        if (!read_head(rest, &head) || (head.indefinite && ++open > LIMIT_BER_DEPTH))
            return false;
        rest = span_from(rest, head.size + head.length);
    }
    *end = (size_t)(rest.p - value.p) - 2;
    return true;
}

bool ber_next(struct span *rest, struct ber *element) {
    struct head head;
    if (!read_head(*rest, &head))
        return false;
    struct span value = span_from(*rest, head.size);
    size_t length = head.length, size = head.size + head.length;
    if (head.indefinite) {
        if (!find_end(value, &length))
            return false;
        size = head.size + length + 2;
    }
    *element = (struct ber){head.tag, span_first(value, length), span_first(*rest, size)};
    *rest = span_from(*rest, size);
    return true;
}

/* Ends of the open elements; an indefinite one ends where its end-of-contents stands, which like
 * all that it holds lies before the end of the element around it. */
struct level {
    const char *end;
    bool indefinite;
};

static void close_levels(const struct level *levels, guint *depth, struct span *rest) {
    while (*depth) {
        const struct level *top = &levels[*depth - 1];
        struct span left = span_make(rest->p, (size_t)(top->end - rest->p));
        if (top->indefinite && is_end(left))
            *rest = span_from(*rest, 2);
        else if (top->indefinite || left.n)
            return;
        (*depth)--;
    }
}

bool ber_is_bounded(struct span octets) {
    struct level levels[LIMIT_BER_DEPTH];
    struct span rest = octets;
    guint depth = 0, elements = 0;
    do {
        const char *end = depth ? levels[depth - 1].end : octets.p + octets.n;
        struct head head;
        if (!read_head(span_make(rest.p, (size_t)(end - rest.p)), &head) ||
            ++elements > LIMIT_BER_ELEMENTS)
            return false;
        const char *value = rest.p + head.size;
        bool opens = head.tag & CONSTRUCTED;
        if (opens && depth == LIMIT_BER_DEPTH)
            return false;
        if (opens)
            levels[depth++] =
                (struct level){head.indefinite ? end : value + head.length, head.indefinite};
        rest = span_from(octets, (size_t)(value - octets.p) + (opens ? 0 : head.length));
        close_levels(levels, &depth, &rest);
    } while (depth);
    return rest.n == 0;
}
