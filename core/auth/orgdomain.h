/* SPDX-License-Identifier: MIT
 *
 * Which domain is the organization behind a name: the DNS Tree Walk of RFC 9989 §4.10 and the
 * selection of §4.10.2. Beside it, the public suffix list (libpsl, loaded once by whoever starts
 * the program), which in this house only ever takes an alignment away: RFC 9989 does not use it.
 *
 * Domains everywhere: A-labels, lower case, no root dot. */
#ifndef INKAN_AUTH_ORGDOMAIN_H
#define INKAN_AUTH_ORGDOMAIN_H

#include "auth/dmarc_record.h"
#include "base/limits.h"
#include "net/resolver.h"

/* What one name of the walk had. */
struct orgdomain_step {
    const char *domain; /* borrowed: a tail of the domain the walk started from */
    bool found;         /* exactly one DMARC record here, and it is valid */
    bool discarded;     /* several records, or one that is invalid: none counts (§4.10 step 2) */
    struct dmarc_record record; /* if found */
    enum dnssec_state dnssec;   /* of this answer */
};

struct orgdomain_walk {
    struct orgdomain_step steps[LIMIT_DMARC_WALK];
    guint n; /* steps that were answered, the start first */
    enum dns_status
        failed;      /* DNS_NOT_ASKED: the walk is complete. Else why it stopped after n steps:
                        TEMPERROR,      BOGUS, OVER_BUDGET, BAD_NAME; what is below stays unknown */
    const char *why; /* with `failed`: for a person */
    bool not_asked;  /* there is no resolver: nothing is known */
    enum dnssec_state dnssec; /* the weakest of the answers that were read */

    /* Only of a complete walk: */
    const char *organizational; /* borrowed like domain; the start itself if no record was found */
    const struct orgdomain_step *org; /* its own record, NULL if it has none */
    const struct orgdomain_step
        *psd; /* the psd=y record one label above it, NULL if there is none */
};

/* The names whose _dmarc is asked, §4.10 steps 1-7: the domain itself, then its tails, from seven
 * labels (or its parent, whichever is shorter) down to one. Returns how many; pointers into
 * `domain`. */
guint orgdomain_names(const char *domain, const char *names[static LIMIT_DMARC_WALK]);

/* Starts all questions of a walk at once. */
void orgdomain_ask(struct lookups *lookups, const char *domain);

/* Reads the answers in order (asking what was not asked yet) and selects. *walk points into
 * `domain` and into itself: do not copy it. */
void orgdomain_walk(struct lookups *lookups, const char *domain, struct orgdomain_walk *walk);

/* How many labels the two share at the end. */
guint orgdomain_shared_labels(const char *a, const char *b);

struct public_suffixes;

/* The newest list of the system, else the one built into libpsl. NULL and *error if there is
 * neither. Read-only afterwards: shared by all threads. */
struct public_suffixes *orgdomain_suffixes_new(GError **error);
void orgdomain_suffixes_free(struct public_suffixes *suffixes);

/* The name is a public suffix ("com", "co.uk", "github.io"), or a single unknown label. */
bool orgdomain_is_public_suffix(const struct public_suffixes *suffixes, const char *domain);

/* The registrable name above (or at) `domain`: one label more than its public suffix. Borrowed tail
 * of `domain`; NULL where there is none (a public suffix, an address, an odd name). Exact for lower
 * case A-labels only. For display and for taking alignment away. */
const char *orgdomain_registrable(const struct public_suffixes *suffixes, const char *domain);

/* The list sets the two apart: different registrable names, or one of them is a public suffix
 * (verdict rule 3: such names never align). A NULL list sets nothing apart but what has no dot. */
bool orgdomain_apart(const struct public_suffixes *suffixes, const char *a, const char *b);

DEFINE_OWNED(public_suffixes, orgdomain_suffixes_free)

#endif
