/* SPDX-License-Identifier: MIT
 *
 * The words of `inkan brand`, but for --svg, which has its own. */
#ifndef INKAN_FCGI_BRAND_OPTIONS_H
#define INKAN_FCGI_BRAND_OPTIONS_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct brand_options {
    char *domain;      /* A-labels, lower case: the argument, or --domain */
    char *selector;    /* NULL: "default" */
    char *certificate; /* a file to check instead */
    char *logo;        /* with it: the picture that l= leads to; NULL: not compared */
    char *resolver, *trust_anchor, *https_ca,
        *mark_roots; /* NULL: the system's, the shipped ones */
    char *lang;      /* "en" or "ja"; never NULL */
    bool now_known;
    int64_t now;
    bool offline, json, explain, helped; /* explain: json is off */
};

/* NULL and *error, one sentence, where the words make no sense. */
struct brand_options *brand_options_parse(int argc, char **argv, bool interactive, GError **error);
void brand_options_free(struct brand_options *options);

DEFINE_OWNED(brand_options, brand_options_free)

#endif
