/* SPDX-License-Identifier: MIT */
#include "fcgi/outside.h"

#include "base/limits.h"

struct outside {
    struct https *https;
    gint waiting; /* atomic */
};

struct outside *outside_new(const struct https_options *options, GError **error) {
    struct https *https = https_new(options, error);
    if (!https)
        return NULL;
    struct outside *outside = g_new0(struct outside, 1);
    outside->https = https;
    return outside;
}

void outside_stop(struct outside *outside) {
    https_stop(outside->https);
}

void outside_free(struct outside *outside) {
    https_free(outside->https);
    g_free(outside);
}

struct https *outside_https(struct outside *outside) {
    return outside->https;
}

struct https *outside_enter(struct outside *outside) {
    if (g_atomic_int_add(&outside->waiting, 1) < LIMIT_OUTSIDE_REQUESTS)
        return outside->https;
    outside_leave(outside);
    return NULL;
}

void outside_leave(struct outside *outside) {
    g_atomic_int_add(&outside->waiting, -1);
}
