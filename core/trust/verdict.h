/* SPDX-License-Identifier: MIT
 *
 * The verdict: what is said about the sender of one message, derived from evidence alone. Pure: the
 * same evidence, rules and time give the same verdict, whether the evidence was just collected or
 * read back from a record. Two axes (author and strength), one badge (level), and the reasons. What
 * the words mean to a reader is trust/reasons; how a message came to its evidence trust/evaluate.
 */
#ifndef INKAN_TRUST_VERDICT_H
#define INKAN_TRUST_VERDICT_H

#include "base/own.h"
#include "base/texts.h"
#include "trust/reasons.h"

#include <stdint.h>

struct belief_rules;
struct confusables;
struct contacts;
struct contact_names;
struct evidence;
struct lookalikes;

/* Was the address in From established? */
enum verdict_author {
    VERDICT_NOT_EVALUATED = 0,
    VERDICT_VERIFIED, /* somebody entitled to it vouches, and the proof covers what is shown */
    VERDICT_LIKELY,   /* verified with a stated limit */
    VERDICT_NOT_ESTABLISHED, /* nothing proves it, nothing contradicts it */
    VERDICT_CONTRADICTED, /* the domain's check fails, its policy is reject, nothing explains it */
    VERDICT_AMBIGUOUS,    /* two readings of who wrote it */
    VERDICT_UNCHECKED,    /* not known yet: pending, or temporary trouble */
    VERDICT_OWN,          /* written from this mailbox: no verdict is made */
    VERDICT_AUTHOR__MAX
};

/* Who vouches; STRENGTH_NONE unless the author is verified. */
enum verdict_strength {
    STRENGTH_NONE = 0,
    STRENGTH_DOMAIN,
    STRENGTH_PERSON,
    STRENGTH_BRAND,
    STRENGTH__MAX
};

/* The badge. */
enum verdict_level {
    LEVEL_NOT_EVALUATED = 0,
    LEVEL_BRAND,
    LEVEL_PERSON,
    LEVEL_DOMAIN,
    LEVEL_LIKELY,
    LEVEL_UNVERIFIED,
    LEVEL_UNCHECKED,
    LEVEL_OWN,
    LEVEL_CAUTION,
    LEVEL_FORGED,
    LEVEL__MAX
};

/* Whose word the author axis rests on; the values are bits. */
enum verdict_source {
    SOURCE_NONE = 0,
    SOURCE_SERVER = 1, /* a believed header */
    SOURCE_LOCAL = 2,  /* our own check */
    SOURCE_MIXED = SOURCE_SERVER | SOURCE_LOCAL
};

/* Mechanisms that carried a verified author; the values are bits. */
enum verdict_via {
    VIA_DKIM = 1 << 0,
    VIA_SPF = 1 << 1,
    VIA_DMARC = 1 << 2,
    VIA_SUBMISSION = 1 << 3,
    VIA_SMIME = 1 << 4,
    VIA_OPENPGP = 1 << 5
};

/* Every string is owned by the verdict (its texts). Domains are lower-case A-labels, addresses
 * addr-specs. */
struct verdict {
    enum verdict_author author;
    enum verdict_strength strength;
    enum verdict_level level;
    enum verdict_source source;
    int64_t checked_at; /* epoch seconds: when the evidence was collected */
    bool complete; /* false: something temporary (DNS trouble, body not here yet) kept the table
                      from its last word; such a verdict is shown but never stored */
    struct texts texts;
    const char *address, *domain;      /* NULL if ambiguous or absent */
    const char *organizational_domain; /* NULL if not known */
    const char *display_name;          /* display text; NULL if none or ambiguous */
    const char *identity;       /* domain, or the address a certificate was issued for; NULL unless
                                   verified */
    uint32_t via;               /* verdict_via */
    bool at_provider;           /* anyone can open an account in this domain */
    struct reason_list reasons; /* the deciding one first, then limits, then cautions */
};

/* Raised with every change of the table, of a caution or of what memory explains: verdicts that
 * were kept under other rules are then derived again from their evidence. */
enum { VERDICT_RULES = 2 };

/* What the operator configured and data files say; borrowed, never changed. Zeroed is a valid
 * policy: no own domains, no known providers. */
struct verdict_policy {
    const struct belief_rules *rules; /* for own-domains; may be NULL */
    GHashTable
        *providers; /* set of domains (char *) where anyone can open an account; may be NULL */
    /* What a name or domain may not pass for: known to everybody, and the account's own domains.
     * All three may be NULL: then nothing is compared. */
    const struct lookalikes *known, *own;
    const struct confusables *confusables;
    /* Whom the account knows, and the domains and names of its correspondents; each may be NULL. */
    const struct contacts *contacts;
    const struct lookalikes *correspondents;
    const struct contact_names *contact_names;
};

/* Never NULL; every rule of the verdict table in one pass. `now` is only used for rules that speak
 * of age (72 h). The caller frees with verdict_free. */
struct verdict *verdict_derive(const struct evidence *evidence, const struct verdict_policy *policy,
                               int64_t now);
void verdict_free(struct verdict *verdict);

/* Stable words of the API ("not-established", "domain", "mixed"); NULL for the zero values, except
 * verdict_source_name, which has "none". */
const char *verdict_author_name(enum verdict_author author);
const char *verdict_strength_name(enum verdict_strength strength);
const char *verdict_level_name(enum verdict_level level);
const char *verdict_source_name(enum verdict_source source);

/* Equal in every field, reasons included: for tests and for "did the badge change?". */
bool verdict_equal(const struct verdict *a, const struct verdict *b);

/* The one sentence of the verdict in that language, UTF-8, from reasons.def. The caller frees. */
char *verdict_text(const struct verdict *verdict, enum reason_language language);

DEFINE_OWNED(verdict, verdict_free)

#endif
