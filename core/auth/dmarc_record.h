/* SPDX-License-Identifier: MIT
 *
 * One DMARC policy record (RFC 9989 §4.7, §4.8), bytes to struct. Records of RFC 7489 parse the
 * same way: pct is read because brand/ needs it, rf, ri and every unknown tag are passed over.
 * Report addresses are only counted: nothing here sends reports. It does not look anything up. */
#ifndef INKAN_AUTH_DMARC_RECORD_H
#define INKAN_AUTH_DMARC_RECORD_H

#include "base/span.h"

/* Zero: the tag is absent, or nothing is known yet. */
enum dmarc_policy {
    DMARC_POLICY_UNKNOWN = 0,
    DMARC_POLICY_NONE,
    DMARC_POLICY_QUARANTINE,
    DMARC_POLICY_REJECT
};

enum dmarc_psd { DMARC_PSD_UNDECLARED = 0, DMARC_PSD_YES, DMARC_PSD_NO };

struct dmarc_record {
    enum dmarc_policy p, sp, np; /* UNKNOWN: tag absent. With a bad p, sp or np and a usable rua: p
                                    is NONE and sp and np are UNKNOWN (§4.10.1) */
    enum dmarc_psd psd;
    bool strict_dkim, strict_spf; /* adkim=s, aspf=s */
    bool testing;                 /* t=y */
    unsigned pct;                 /* historic, 0-100; 100 where absent or unreadable */
    bool has_rua;                 /* at least one syntactically valid reporting URI */
    bool unusable; /* p, sp or np bad or p absent, and no rua: "no DMARC processing" (§4.10.1); psd,
                      adkim, aspf, t still hold what was read */
};

enum dmarc_record_status {
    DMARC_RECORD_OTHER = 0, /* does not start with v=DMARC1: some other TXT record */
    DMARC_RECORD_INVALID,   /* starts with v=DMARC1, but a tag is there twice, or it is longer than
                               LIMIT_DMARC_RECORD (RFC 6376 §3.2: the tag-list is invalid) */
    DMARC_RECORD_PARSED
};

/* `txt`: the joined character-strings. *record is filled only for DMARC_RECORD_PARSED. */
enum dmarc_record_status dmarc_record_parse(struct span txt, struct dmarc_record *record);

/* "none" "quarantine" "reject"; NULL for UNKNOWN. */
const char *dmarc_policy_name(enum dmarc_policy policy);

/* The policy word, ASCII case ignored; UNKNOWN for any other. */
enum dmarc_policy dmarc_policy_parse(struct span word);

/* One level weaker, as t=y asks (§4.7): reject -> quarantine -> none. */
enum dmarc_policy dmarc_policy_weaker(enum dmarc_policy policy);

#endif
