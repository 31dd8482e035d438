/* SPDX-License-Identifier: MIT
 *
 * Macro strings: what the grammar lets through expands, within its bounds. The first octet cuts the
 * input: values before, the string after. */
#include "auth/spf_macro.h"
#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expand_name(struct span text, const struct spf_values *values) {
    g_autoptr(GString) name = g_string_new(NULL);
    spf_macro_expand_name(text, values, name);
    bool has_dot = memchr(name->str, '.', name->len) != NULL;
    g_assert(name->len <= LIMIT_DOMAIN || !has_dot);
}

static void expand_explanation(struct span text, const struct spf_values *values) {
    g_autoptr(GString) out = g_string_new(NULL);
    if (spf_macro_expand_explanation(text, values, out))
        g_assert(out->len <= LIMIT_SPF_EXPLANATION);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span all = span_make((const char *)data, size);
    size_t cut = size ? data[0] : 0;
    struct span value = span_first(span_from(all, 1), cut), text = span_from(all, 1 + cut);
    struct spf_values values;
    uint32_t letters = 0, again = 0;
    for (guint i = 0; i < G_N_ELEMENTS(values.of); i++)
        values.of[i] = value;
    bool domain = spf_macro_is_domain(text, &letters);
    bool explanation = spf_macro_is_explanation(text, &again);
    g_assert(!domain || (explanation && letters == again && spf_macro_is_string(text)));
    if (domain)
        expand_name(text, &values);
    if (explanation)
        expand_explanation(text, &values);
    return 0;
}
