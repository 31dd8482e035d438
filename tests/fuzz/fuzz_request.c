/* SPDX-License-Identifier: MIT
 *
 * fcgi/request: parameters separated by NUL, then everything that reads them. What is taken is
 * UTF-8 without controls, and no segment can leave its folder. */
#include "fcgi/request.h"

#include "base/limits.h"
#include "fcgi/language.h"

#include <jansson.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text) {
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p; p++)
        g_assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
}

static void check(const struct request *r) {
    g_assert_cmpuint(r->n_segments, <=, LIMIT_PATH_SEGMENTS);
    for (guint i = 0; i < r->n_segments; i++) {
        check_text(r->segments[i]);
        g_assert_true(*r->segments[i] && !strpbrk(r->segments[i], "/\\") &&
                      strcmp(r->segments[i], "..") != 0 && strcmp(r->segments[i], ".") != 0);
    }
    GHashTableIter iter;
    gpointer name, value;
    g_hash_table_iter_init(&iter, r->query);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        check_text(name);
        check_text(value);
    }
    g_free(request_cookie(r, "inkan"));
    g_free(request_bearer(r));
    g_assert_true(strcmp(r->lang, "en") == 0 || strcmp(r->lang, "ja") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autofree char *text = g_malloc(size + 2);
    memcpy(text, data, size);
    text[size] = text[size + 1] = '\0';
    g_autoptr(GPtrArray) params = g_ptr_array_new();
    for (char *p = text; p < text + size; p += strlen(p) + 1)
        g_ptr_array_add(params, p);
    g_ptr_array_add(params, NULL);
    g_autoptr(GBytes) body = g_bytes_new(data, size);
    enum problem problem = PROBLEM_NONE;
    OWNED(request) r = request_new((char *const *)params->pdata, body, &problem);
    g_assert_true(r || problem != PROBLEM_NONE);
    if (!r)
        return 0;
    check(r);
    json_decref(request_json(r, &problem));
    return 0;
}
