/* SPDX-License-Identifier: MIT */
#include "worker/variant.h"

GVariant *variant_read(const char *type, GBytes *octets) {
    GVariant *value =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(type), octets, FALSE));
    if (g_variant_is_normal_form(value))
        return value;
    g_variant_unref(value);
    return NULL;
}

GBytes *variant_write(GVariant *value) {
    g_variant_ref_sink(value);
    GBytes *octets = g_variant_get_data_as_bytes(value);
    g_variant_unref(value);
    return octets;
}
