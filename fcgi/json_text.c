/* SPDX-License-Identifier: MIT
 *
 * Bricks. */
#include "fcgi/json_text.h"

json_t *json_text(const char *text) {
    return text ? json_string_nocheck(text) : json_null();
}
