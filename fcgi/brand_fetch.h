/* SPDX-License-Identifier: MIT
 *
 * What brands publish, fetched as seldom as possible: an answer is kept for LIMIT_BRAND_FRESH, then
 * asked for by its ETag; a refusal is remembered too; one URL is fetched by one thread at a time
 * while the others wait for it. Keyed by URL and what was wished for: what an answer is worth is
 * judged each time by who asked for it (attacks E124). */
#ifndef INKAN_FCGI_BRAND_FETCH_H
#define INKAN_FCGI_BRAND_FETCH_H

#include "base/keep.h"
#include "net/https.h"

struct brand_fetch;

/* Borrowed. `keep` NULL: nothing is remembered but CRLs, every other call fetches. */
struct brand_fetch *brand_fetch_new(struct https *https, struct keep *keep);
void brand_fetch_free(struct brand_fetch *fetch);

struct brand_fetched {
    enum https_status status; /* OK, or why not; never NOT_MODIFIED */
    GBytes *body;             /* of OK */
    char *why;                /* as in struct https_reply */
    int64_t fetched_at;       /* when the body was last known to be what the server has */
};

struct brand_wish {
    const char *url;
    size_t max;  /* octets */
    bool is_crl; /* of a certificate that holds: counted apart from what strangers name; an answer
                    from before stands while there is no new one, its reader judges its age */
};

/* Fills *fetched whatever happens; clear it. Waits for the network. */
void brand_fetch_get(struct brand_fetch *fetch, struct lookups *lookups,
                     const struct brand_wish *wish, int64_t now, struct brand_fetched *fetched);
void brand_fetched_clear(struct brand_fetched *fetched);
/* How often the network was asked. */
uint64_t brand_fetch_asked(const struct brand_fetch *fetch);

DEFINE_OWNED(brand_fetch, brand_fetch_free)

#endif
