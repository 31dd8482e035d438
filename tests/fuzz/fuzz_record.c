/* SPDX-License-Identifier: MIT
 *
 * Records from anywhere: what is accepted can be derived, explained and written again, and is then
 * the same. The first octet chooses between octets as they come and octets laid out as the two
 * lanes, which a mutator would hardly ever hit upon. */
#include "trust/record.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A count (two octets), so many numbers of one octet each (255 stands for -1), then strings that
 * end in NUL. */
static GBytes *lanes(const uint8_t *data, size_t size) {
    GVariantBuilder numbers, strings;
    g_variant_builder_init(&numbers, G_VARIANT_TYPE("at"));
    g_variant_builder_init(&strings, G_VARIANT_TYPE("as"));
    size_t n = size > 2 ? MIN((size_t)data[0] + 256u * data[1], size - 2) : 0;
    for (size_t i = 0; i < n; i++)
        g_variant_builder_add(&numbers, "t",
                              data[2 + i] == 255 ? UINT64_MAX : (uint64_t)data[2 + i]);
    for (size_t at = 2 + n; at < size;) {
        size_t length = strnlen((const char *)data + at, size - at);
        g_autofree char *text = g_utf8_make_valid((const char *)data + at, (gssize)length);
        g_variant_builder_add(&strings, "s", text);
        at += length + 1;
    }
    g_autoptr(GVariant) value = g_variant_ref_sink(
        g_variant_new("(suatas)", "inkan-record", (guint32)RECORD_VERSION, &numbers, &strings));
    return g_variant_get_data_as_bytes(value);
}

static void use(const struct record *record) {
    static const struct verdict_policy nothing_configured;
    OWNED(verdict) verdict = verdict_derive(record->evidence, &nothing_configured, 0);
    for (int language = 0; language < LANGUAGE__MAX; language++) {
        g_autofree char *text = verdict_text(verdict, (enum reason_language)language);
        g_assert(g_utf8_validate(text, -1, NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    g_autoptr(GBytes) octets =
        data[0] & 1 ? lanes(data + 1, size - 1) : g_bytes_new(data + 1, size - 1);
    OWNED(record) record = record_decode(octets, NULL);
    if (!record)
        return 0;
    use(record);
    g_autoptr(GBytes) first = record_encode(record, NULL);
    if (!first)
        return 0;
    OWNED(record) again = record_decode(first, NULL);
    g_assert(again);
    g_autoptr(GBytes) second = record_encode(again, NULL);
    g_assert(second && g_bytes_equal(first, second));
    g_assert(verdict_equal(record->verdict, again->verdict));
    return 0;
}
