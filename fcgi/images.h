/* SPDX-License-Identifier: MIT
 *
 * Pictures that lie elsewhere, fetched by the service in the reader's place: the sender's server
 * sees this host and nothing of the reader — no address, cookie, referrer or browser — and sees it
 * once for all readers while the answer is kept in memory. Asked for by signed URL alone
 * (mail/image_url), through net/https with its guard; what is no picture by its octets is not
 * handed on. Nothing is fetched before a frame asks. Safe between threads. */
#ifndef INKAN_FCGI_IMAGES_H
#define INKAN_FCGI_IMAGES_H

#include "base/own.h"
#include "mail/image_url.h"
#include "net/https.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct images;
struct store;

/* Everything is borrowed. The key that signs is a secret of the store. NULL and *error as
 * https_new. */
struct images *images_new(const char *ca_file, struct resolver *resolver, struct store *store,
                          GError **error);
/* Ends what is under way (https_stop). */
void images_stop(struct images *images);
/* Nobody may be fetching. */
void images_free(struct images *images);

/* A sheet for one document: its URLs are good for LIMIT_IMAGE_SECONDS. */
void images_sheet(struct images *images, int64_t now, struct image_sheet *sheet);

/* The three parts of a signed URL. */
struct image_wish {
    const char *sheet, *mac, *source;
};

enum image_outcome {
    IMAGE_NONE = 0,   /* nobody signed this, or its time is over */
    IMAGE_SHOWN,      /* *octets and *type are there */
    IMAGE_UNAVAILABLE /* it could not be had, or is no picture */
};

/* Waits for the network unless the answer is known: one thread fetches a URL, others wait for it.
 * *octets is a new reference, *type static. */
enum image_outcome images_get(struct images *images, const struct image_wish *wish, int64_t now,
                              GBytes **octets, const char **type);

/* For /metrics and tests that count. */
struct images_counts {
    uint64_t asked;       /* with a signature that holds */
    uint64_t shown;       /* of these: a picture was handed on … */
    uint64_t unavailable; /* … or there was none */
    uint64_t kept;        /* answered out of memory */
    uint64_t fetches;     /* that went as far as a socket */
    gsize octets;         /* in memory now */
};
struct images_counts images_counts(struct images *images);

DEFINE_OWNED(images, images_free)

#endif
