/* SPDX-License-Identifier: MIT
 *
 * Logos for `inkan verify`: the second stage without a service. Each domain and selector is checked
 * once a run; with --offline what DNS says is told and nothing is fetched. Safe between threads. */
#ifndef INKAN_FCGI_VERIFY_BRAND_H
#define INKAN_FCGI_VERIFY_BRAND_H

#include "fcgi/verify_options.h"

struct public_suffixes;
struct resolver;
struct verify_brand;
struct workers;

/* Borrowed. NULL and *error where a file of the options is of no use. */
struct verify_brand *verify_brand_new(const struct verify_options *options,
                                      struct resolver *resolver,
                                      const struct public_suffixes *suffixes,
                                      struct workers *workers, GError **error);
void verify_brand_free(struct verify_brand *brand);

/* Fills evidence->bimi; waits for DNS and the network. Derive the verdict afterwards. */
void verify_brand_add(struct verify_brand *brand, const struct verdict_policy *policy, int64_t now,
                      struct evidence *evidence);

DEFINE_OWNED(verify_brand, verify_brand_free)

#endif
