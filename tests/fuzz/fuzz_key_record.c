/* SPDX-License-Identifier: MIT
 *
 * A key record through auth/dkim_key, and as a bare DER key; what is accepted must be within its
 * bounds and usable. */
#include "auth/dkim_key.h"
#include "auth/dkim_spki.h"
#include "auth/tag_list.h"
#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_tags(struct span text, uint32_t flags) {
    struct tag_list list;
    if (!tag_list_parse(text, flags, &list) && !(flags & TAG_LIST_SKIP_BAD))
        return;
    for (guint i = 0; i < list.n; i++) {
        const struct tag *tag = &list.tags[i];
        g_assert(tag->raw.p >= text.p && tag->raw.p + tag->raw.n <= text.p + text.n);
        g_assert(tag->value.p >= tag->raw.p && tag->value.n <= tag->raw.n && tag->name.n > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autofree char *copy = g_memdup2(data, size); /* exact size: reads beyond it are seen */
    struct span record = span_make(copy ? copy : "", size);
    check_tags(record, TAG_LIST_STRICT);
    check_tags(record, TAG_LIST_8BIT | TAG_LIST_SKIP_BAD);
    enum dkim_reason reason;
    OWNED(dkim_key) key = dkim_key_parse(record, &reason);
    g_assert((key == NULL) == (reason != DKIM_REASON_NONE));
    if (key) {
        static const unsigned char digest[32], zeros[LIMIT_RSA_MAX_BITS / 8];
        guint bits = dkim_key_bits(key);
        g_assert(bits > 0 && bits <= LIMIT_RSA_MAX_BITS);
        /* whatever the key: a signature of zeros is none */
        if (!dkim_key_forbids(key, DKIM_RSA_SHA256))
            g_assert(!dkim_key_verify(key, digest, span_make((const char *)zeros, bits / 8)));
    }
    struct rsa_numbers numbers;
    if (dkim_spki_parse(record, &numbers))
        g_assert(numbers.modulus.n + numbers.exponent.n < size);
    return 0;
}
