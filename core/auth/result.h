/* SPDX-License-Identifier: MIT
 *
 * Result words of RFC 8601 §2.7, shared by every mechanism of this room. Zero is "not evaluated",
 * so a forgotten branch can never read as a pass. */
#ifndef INKAN_AUTH_RESULT_H
#define INKAN_AUTH_RESULT_H

#include "base/span.h"

enum auth_result {
    AUTH_NOT_EVALUATED = 0,
    AUTH_NONE,
    AUTH_PASS,
    AUTH_FAIL,
    AUTH_SOFTFAIL,
    AUTH_NEUTRAL,
    AUTH_POLICY,
    AUTH_TEMPERROR,
    AUTH_PERMERROR,
    AUTH_RESULT__MAX
};

/* "none" … "permerror"; NULL for AUTH_NOT_EVALUATED. */
const char *auth_result_name(enum auth_result result);

/* The registered word, ASCII case ignored, or AUTH_NOT_EVALUATED: an unregistered word is no
 * result. */
enum auth_result auth_result_parse(struct span word);

#endif
