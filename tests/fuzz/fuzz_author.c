/* SPDX-License-Identifier: MIT
 *
 * The author of any octets: the fields of the answer agree with each other, and one more From never
 * leaves an author where there was one. */
#include "mail/author.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct author *find(const void *data, size_t size) {
    g_autoptr(GBytes) octets = g_bytes_new(data, size);
    OWNED(message) message = message_new(octets, 0);
    return author_find(message);
}

static void check(const struct author *author) {
    bool usable = author->state == AUTHOR_ONE || author->state == AUTHOR_SEVERAL;
    g_assert(author->state != AUTHOR_NOT_EVALUATED);
    g_assert(!author->why == (author->state == AUTHOR_ONE));
    g_assert(usable == !!author->address && usable == !!author->domain &&
             usable == !!author->local);
    g_assert(author->n_mailboxes <= author->total);
    if (usable) {
        g_assert(author->n_fields == 1 && strchr(author->domain, '.'));
        g_assert(g_str_has_suffix(author->address, author->domain));
    }
    if (author->n_fields > 1)
        g_assert(author->state == AUTHOR_AMBIGUOUS);
    if (author->state == AUTHOR_AMBIGUOUS)
        g_assert(!author->display_name);
    if (author->display_name)
        g_assert(g_utf8_validate(author->display_name, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    OWNED(author) author = find(data, size);
    check(author);
    if (author->n_fields && data[0] != ' ' && data[0] != '\t') {
        g_autoptr(GString) more = g_string_new("From: a@evil.example\r\n");
        g_string_append_len(more, (const char *)data, (gssize)size);
        OWNED(author) other = find(more->str, more->len);
        check(other);
        g_assert(other->state == AUTHOR_AMBIGUOUS);
    }
    return 0;
}
