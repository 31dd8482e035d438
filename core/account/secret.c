/* SPDX-License-Identifier: MIT
 *
 * mmap, mlock, MADV_DONTDUMP. */
#include "account/secret.h"

#include <glib.h>
#include <string.h>
#include <sys/mman.h>

struct secret {
    size_t size; /* of the mapping, this structure included */
    char text[];
};

struct secret *secret_new(const char *text) {
    if (!text)
        return NULL;
    size_t size = sizeof(struct secret) + strlen(text) + 1;
    struct secret *secret =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (secret == MAP_FAILED)
        g_error("out of memory");
    (void)mlock(secret, size);
    (void)madvise(secret, size, MADV_DONTDUMP);
    secret->size = size;
    memcpy(secret->text, text, size - sizeof(struct secret));
    return secret;
}

void secret_free(struct secret *secret) {
    if (!secret)
        return;
    size_t size = secret->size;
    explicit_bzero(secret, size);
    munmap(secret, size);
}

const char *secret_text(const struct secret *secret) {
    return secret ? secret->text : NULL;
}
