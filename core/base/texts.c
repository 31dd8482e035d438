/* SPDX-License-Identifier: MIT */
#include "base/texts.h"

struct texts_block {
    struct texts_block *older;
    char octets[];
};

/* With its header a block that malloc keeps at hand when it is freed, for the next message. */
enum { USUAL_BLOCK = 1000 };

static void add_block(struct texts *texts, size_t least) {
    size_t room = MAX(least, USUAL_BLOCK - sizeof(struct texts_block));
    struct texts_block *block = g_malloc(sizeof *block + room);
    block->older = texts->newest;
    texts->newest = block;
    texts->at = block->octets;
    texts->room = room;
}

const char *texts_add_span(struct texts *texts, struct span text) {
    if (!text.p)
        return NULL;
    if (texts->room <= text.n)
        add_block(texts, text.n + 1);
    char *copy = texts->at;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    texts->at += text.n + 1;
    texts->room -= text.n + 1;
    return copy;
}

void texts_clear(struct texts *texts) {
    for (struct texts_block *block = texts->newest, *older; block; block = older) {
        older = block->older;
        g_free(block);
    }
    *texts = (struct texts){0};
}
