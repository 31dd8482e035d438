/* SPDX-License-Identifier: MIT
 *
 * One BIMI assertion record and one BIMI-Selector field, bytes to struct
 * (draft-brand-indicators-for-message-identification-14). Nothing is looked up or fetched, and
 * what the record claims is not believed: that is brand/bimi and brand/markcert. */
#ifndef INKAN_BRAND_BIMI_RECORD_H
#define INKAN_BRAND_BIMI_RECORD_H

#include "base/limits.h"
#include "base/span.h"

/* avp=: what the domain prefers to be shown where a receiver has a picture of the person too. */
enum bimi_avatar { BIMI_AVATAR_BRAND = 0, BIMI_AVATAR_PERSONAL };

struct bimi_record {
    char *location;  /* l=: https URL of the indicator; NULL: empty */
    char *authority; /* a=: https URL of the evidence document; NULL: empty or absent */
    enum bimi_avatar avatar;
    bool has_lps;                        /* lps= is there; … */
    char *prefixes[LIMIT_BIMI_PREFIXES]; /* … its prefixes, normalised; none: every local part */
    guint n_prefixes;
};

enum bimi_record_status {
    BIMI_RECORD_OTHER = 0, /* does not start with v=BIMI1: some other TXT record */
    BIMI_RECORD_INVALID,   /* starts with it, but is no tag list, has a tag twice or no l= */
    BIMI_RECORD_BAD_URL,  /* l= or a= is not empty and no URL that may be fetched (net/https_url) */
    BIMI_RECORD_DECLINED, /* l= and a= are empty: the domain wants no indicator */
    BIMI_RECORD_PARSED
};

/* `txt`: the joined character-strings, at most LIMIT_BIMI_RECORD. *record is zeroed, then filled
 * for PARSED and, with lps alone, DECLINED; clear it in any case. Unknown tags are passed over. */
enum bimi_record_status bimi_record_parse(struct span txt, struct bimi_record *record);
void bimi_record_clear(struct bimi_record *record);

/* The selector of a BIMI-Selector field's value "v=BIMI1; s=NAME", lower case; NULL if it is not
 * exactly that: one or more labels of letters, digits, hyphens and underscores, 63 octets in all
 * (no path, no wildcard, no name of another domain). The caller frees. */
char *bimi_selector_parse(struct span value);
/* The same rule for a selector alone, as on the command line. */
bool bimi_selector_is_valid(struct span selector);

/* A local part as a selector: "+…" dropped, runs of "_" and "." to "-", "-" trimmed, lower case.
 * NULL if nothing is left, it is over 63 octets, or holds anything but letters, digits, hyphens.
 * The caller frees. */
char *bimi_normalize_local_part(struct span local_part);

/* The record's lps= asks for a look-up under this (normalised) local part. */
bool bimi_record_wants_local_part(const struct bimi_record *record, const char *normalized);

#endif
