/* SPDX-License-Identifier: MIT
 *
 * Domains whose pictures an account wants to see without being asked each time. A name on the list
 * counts for mail alone whose author is verified in that domain, without a danger, and never for a
 * provider where anyone can open an account: so nobody gets pictures shown by writing a name into
 * From. Kept in the store by account. Safe between threads. */
#ifndef INKAN_FCGI_IMAGE_DOMAINS_H
#define INKAN_FCGI_IMAGE_DOMAINS_H

#include "base/keep.h"
#include "base/own.h"

#include <glib.h>
#include <stdbool.h>

struct image_domains;
struct verdict;

/* `keep` is borrowed. */
struct image_domains *image_domains_new(struct keep *keep);
void image_domains_free(struct image_domains *domains);

/* Those of an account, sorted, NULL-terminated; the caller frees with g_strfreev. NULL: the store
 * could not be read. */
char **image_domains_list(struct image_domains *domains, const char *account);

enum image_domains_outcome {
    IMAGE_DOMAINS_DONE,
    IMAGE_DOMAINS_FULL,    /* LIMIT_IMAGE_DOMAINS are there already */
    IMAGE_DOMAINS_NONE,    /* that one is not there */
    IMAGE_DOMAINS_NOT_KEPT /* the store could not be read or written: all is as it was */
};
/* `domain`: lower-case A-labels. One that is there already is done. */
enum image_domains_outcome image_domains_add(struct image_domains *domains, const char *account,
                                             const char *domain);
enum image_domains_outcome image_domains_remove(struct image_domains *domains, const char *account,
                                                const char *domain);

/* The domain that a choice can be made for by this verdict, borrowed, or NULL. */
const char *image_domain_of(const struct verdict *verdict);
/* Was it made? */
bool image_domains_show(struct image_domains *domains, const char *account,
                        const struct verdict *verdict);

DEFINE_OWNED(image_domains, image_domains_free)

#endif
