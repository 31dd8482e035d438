/* SPDX-License-Identifier: MIT
 *
 * Any address book is read within its bounds; what comes out is text that can be kept and comes
 * back; stored values of any octets are read or refused. */
#include "base/limits.h"
#include "repute/contacts.h"
#include "repute/history.h"
#include "repute/vcard.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct book {
    struct contacts *contacts;
    guint found;
};

static void found(void *data, const char *address, const char *name) {
    struct book *book = data;
    g_assert(g_utf8_validate(address, -1, NULL) && g_utf8_validate(name, -1, NULL));
    g_assert(*address && !strpbrk(address, "\r\n") && !strpbrk(name, "\r\n"));
    g_assert(++book->found <= LIMIT_VCARD_ADDRESSES);
    contacts_add(book->contacts, address, name, CONTACT_IMPORTED, 1);
}

static void try_history(GBytes *octets) {
    OWNED(history) history = history_decode(octets);
    struct history_lesson lesson = {.address = "a@b.example",
                                    .received_at = 5,
                                    .established = true,
                                    .shown = {true, true, true}};
    struct history_past past;
    if (!history)
        return;
    history_learn(history, &lesson);
    history_find(history, lesson.address, &past);
    history_forget(history, 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autoptr(GBytes) octets = g_bytes_new(data, size);
    struct book book = {contacts_new(), 0};
    vcard_read(span_make((const char *)data, size), found, &book);
    g_autoptr(GBytes) kept = contacts_encode(book.contacts);
    OWNED(contacts) again = contacts_decode(kept);
    g_assert(again && contacts_size(again) == contacts_size(book.contacts));
    contacts_free(book.contacts);
    OWNED(contacts) any = contacts_decode(octets);
    try_history(octets);
    return 0;
}
