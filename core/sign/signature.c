/* SPDX-License-Identifier: MIT
 *
 * sign/signature.h: the words of the API. */
#include "sign/signature.h"

#include <glib.h>

const char *signature_check_name(enum signature_check check) {
    static const char *const names[CHECK__MAX] = {[CHECK_PASS] = "pass",
                                                  [CHECK_FAIL] = "fail",
                                                  [CHECK_UNKNOWN] = "unknown",
                                                  [CHECK_NONE] = "none"};
    g_assert(check < CHECK__MAX);
    return names[check];
}

const char *signature_scope_name(enum signature_scope scope) {
    static const char *const names[SCOPE__MAX] = {
        [SCOPE_MESSAGE] = "message", [SCOPE_PART] = "part",       [SCOPE_ATTACHED] = "attached",
        [SCOPE_INNER] = "inner",     [SCOPE_UNCLEAR] = "unclear",
    };
    g_assert(scope < SCOPE__MAX);
    return names[scope];
}

const char *signature_headers_name(enum signature_headers headers) {
    static const char *const names[HEADERS__MAX] = {
        [HEADERS_UNSIGNED] = "unsigned",
        [HEADERS_COVERED] = "covered",
        [HEADERS_DIFFER] = "differ",
        [HEADERS_FROM_DIFFERS] = "from-differs",
    };
    g_assert(headers < HEADERS__MAX);
    return names[headers];
}
