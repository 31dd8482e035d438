/* SPDX-License-Identifier: MIT
 *
 * Bricks. */
#include "fcgi/json_text.h"

#include "base/clock.h"

#include <string.h>

json_t *json_text(const char *text) {
    return text ? json_string_nocheck(text) : json_null();
}

json_t *json_outside(const char *octets) {
    if (!octets)
        return json_null();
    g_autofree char *valid = g_utf8_make_valid(octets, -1);
    GString *clean = g_string_new(NULL);
    const char *end = valid + strlen(valid);
    for (const char *p = valid; p < end;) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(clean, g_unichar_iscntrl(c) ? 0xfffd : c);
        p += g_unichar_to_utf8(c, NULL);
    }
    json_t *json = json_stringn_nocheck(clean->str, clean->len);
    g_string_free(clean, TRUE);
    return json;
}

json_t *json_time(int64_t epoch) {
    g_autofree char *text = clock_rfc3339(epoch);
    return json_text(text);
}

void json_put(json_t *object, const char *key, json_t *value) {
    int failed = json_object_set_new_nocheck(object, key, value);
    g_assert(!failed); /* only a NULL value or no memory: both are ours */
}
