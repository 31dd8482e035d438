/* SPDX-License-Identifier: MIT
 *
 * Any octets are a message: the fields are the header, in order and without a gap, and restoring
 * line ends is idempotent. */
#include "mail/message.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_field(const struct field *field, const char *at) {
    const char *raw_end = field->raw.p + field->raw.n;
    g_assert(field->raw.p == at && field->raw.n > 0);
    g_assert(field->value.p >= at && field->value.p + field->value.n <= raw_end);
    g_assert(field->name.p == at && field->name.p + field->name.n <= raw_end);
    bool no_colon = field->flags & FIELD_NO_COLON;
    g_assert(no_colon ? field->value.p == at : field->value.p[-1] == ':');
    if (!(field->flags & (FIELD_BARE_LF | FIELD_BARE_CR)) && raw_end[-1] == '\n')
        g_assert(raw_end[-2] == '\r');
}

static void check_line_ends(GBytes *octets) {
    g_autoptr(GBytes) forced = message_force_crlf(octets);
    gsize n;
    const char *p = g_bytes_get_data(forced, &n);
    for (gsize i = 0; i < n; i++)
        g_assert(p[i] != '\n' || (i && p[i - 1] == '\r'));
    g_autoptr(GBytes) again = message_force_crlf(forced);
    g_assert(again == forced);
    g_autoptr(GBytes) restored = message_restore_crlf(octets);
    g_assert(restored == octets || g_bytes_equal(restored, forced));
    g_autoptr(GBytes) twice = message_restore_crlf(restored);
    g_assert(twice == restored);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autoptr(GBytes) octets = g_bytes_new(data, size);
    OWNED(message) message = message_new(octets, 0);
    const char *at = message->header.p;
    for (guint i = 0; i < message->n_fields; i++) {
        check_field(&message->fields[i], at);
        at += message->fields[i].raw.n;
    }
    g_assert(at <= message->header.p + message->header.n);
    if (!(message->flags & (MESSAGE_TOO_MANY_FIELDS | MESSAGE_HEADER_TOO_LARGE)))
        g_assert(at == message->header.p + message->header.n);
    if (message->flags & MESSAGE_NO_BODY)
        g_assert(message->body.n == 0);
    guint count = message_count(message, "From");
    int last = -1;
    for (guint i = 0; i < count; i++)
        g_assert((last = message_find(message, "from", (guint)(last + 1))) >= 0);
    g_assert(message_find(message, "FROM", (guint)(last + 1)) < 0);
    check_line_ends(octets);
    return 0;
}
