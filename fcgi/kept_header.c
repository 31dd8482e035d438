/* SPDX-License-Identifier: MIT
 *
 * One GVariant. */
#include "fcgi/kept_header.h"

#include "base/limits.h"

/* version, name of the record, header */
#define FORMAT "(ysay)"
enum { VERSION = 1 };

GBytes *kept_header_encode(GBytes *octets, const char *record) {
    OWNED(message) message = message_new(octets, MESSAGE_BODY_PARTIAL);
    const char *start = g_bytes_get_data(octets, NULL);
    /* From the first octet: a "From " line on top is passed over again when it is read. */
    size_t n = message->body.p ? (size_t)(message->body.p - start) : g_bytes_get_size(octets);
    if (n > LIMIT_KEPT_HEADER)
        return NULL;
    GVariant *header = g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, start, n, 1);
    g_autoptr(GVariant) value =
        g_variant_ref_sink(g_variant_new("(ys@ay)", VERSION, record, header));
    return g_variant_get_data_as_bytes(value);
}

struct kept_header *kept_header_decode(GBytes *value) {
    g_autoptr(GVariant) variant =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(FORMAT), value, FALSE));
    guint8 version;
    g_variant_get_child(variant, 0, "y", &version);
    if (!g_variant_is_normal_form(variant) || version != VERSION)
        return NULL;
    struct kept_header *kept = g_new0(struct kept_header, 1);
    g_autoptr(GVariant) header = g_variant_get_child_value(variant, 2);
    g_variant_get_child(variant, 1, "s", &kept->record);
    kept->header = g_variant_get_data_as_bytes(header);
    return kept;
}

void kept_header_free(struct kept_header *kept) {
    g_free(kept->record);
    g_bytes_unref(kept->header);
    g_free(kept);
}
