/* SPDX-License-Identifier: MIT
 *
 * Domain names of mail: U-labels to A-labels (RFC 5891 lookup, nontransitional) so that comparison,
 * DNS and alignment see one spelling, and back for the eye only where nothing can be mistaken.
 * Owner of libidn2. Organizational domains and public suffixes are not here. */
#ifndef INKAN_MAIL_DOMAIN_H
#define INKAN_MAIL_DOMAIN_H

#include "base/limits.h"
#include "base/span.h"

#include <stdint.h>

enum domain_fault {
    DOMAIN_FINE = 0,
    DOMAIN_EMPTY,
    DOMAIN_LITERAL,     /* "[127.0.0.1]" (RFC 5322 §3.4.1): no domain to ask about */
    DOMAIN_NUMERIC,     /* last label all digits: an address without brackets, no TLD is numeric */
    DOMAIN_EMPTY_LABEL, /* "a..b", ".a" */
    DOMAIN_ROOT_DOT,    /* "a.example.": not a domain of RFC 5321 §4.1.2 */
    DOMAIN_TOO_LONG,    /* over LIMIT_DOMAIN octets or a label over LIMIT_LABEL, as A-labels */
    DOMAIN_BAD_LDH, /* not letter-digit-hyphen (RFC 1123 §2.1), control characters, spaces, "_" */
    DOMAIN_BAD_IDN  /* U-label that has no A-label, or an A-label that does not round-trip */
};

enum domain_allow {
    DOMAIN_ALLOW_UNDERSCORE = 1 << 0, /* names only DNS sees: "_dmarc.example", selectors */
    DOMAIN_ALLOW_ROOT_DOT = 1 << 1    /* one trailing dot is dropped (names from DNS, hosts) */
};

/* The domain as lower-case A-labels without trailing dot, or NULL and *fault (may be NULL). `text`
 * is UTF-8 or ASCII without CFWS; only "." separates labels (U+3002 and its kin do not; attacks
 * A24) and full-width letters are refused, not folded. An A-label is taken as it is, whatever it
 * decodes to: DNS sees only these octets (A23). One label is a domain here: who needs two asks
 * domain_labels. The caller frees with g_free. */
char *domain_parse(struct span text, uint32_t allow, enum domain_fault *fault);
/* The same into a buffer of the caller's, NUL-terminated; false instead of NULL. */
enum { DOMAIN_SIZE = LIMIT_DOMAIN + 1 };
bool domain_write(struct span text, uint32_t allow, enum domain_fault *fault,
                  char name[static DOMAIN_SIZE]);

/* Stable word for a fault ("empty-label"); NULL for DOMAIN_FINE. */
const char *domain_fault_name(enum domain_fault fault);

/* What a person may be shown for a domain of A-labels: labels become U-labels only if every one of
 * them round-trips and is of one script (Latin with common diacritics; Han with kana; Hangul) and
 * holds nothing that passes for ASCII; in doubt the A-labels stay. NULL gives NULL. The caller
 * frees with g_free. */
char *domain_display(const char *domain);

/* Equal, or below by whole labels: "a.example.org" is below "example.org", "notexample.org" is not.
 * Both lower-case A-labels (domain_parse). The empty or NULL domain is never equal to anything. */
bool domain_is_equal_or_below(const char *child, const char *parent);
bool domain_is_equal(const char *a, const char *b);

/* The part after the first dot, borrowed, or NULL if there is none. */
const char *domain_parent(const char *domain);

/* How many labels; 0 for NULL or the empty name. */
guint domain_labels(const char *domain);

#endif
