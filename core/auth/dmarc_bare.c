/* SPDX-License-Identifier: MIT
 *
 * Alignment where no DMARC record applies: what this house makes of it, since RFC 9989 makes
 * nothing of it (verdict rule 3). */
#include "auth/dmarc.h"

#include "mail/domain.h"

enum dmarc_bare_alignment dmarc_bare_dkim(const struct public_suffixes *suffixes,
                                          const char *author_domain, const char *signing_domain) {
    if (orgdomain_apart(suffixes, author_domain, signing_domain))
        return DMARC_BARE_UNALIGNED;
    if (strcmp(author_domain, signing_domain) == 0)
        return DMARC_BARE_ALIGNED;
    if (domain_is_equal_or_below(author_domain, signing_domain))
        return suffixes ? DMARC_BARE_ALIGNED : DMARC_BARE_UNALIGNED;
    return suffixes && domain_is_equal_or_below(signing_domain, author_domain)
               ? DMARC_BARE_LIKELY
               : DMARC_BARE_UNALIGNED;
}

enum dmarc_bare_alignment dmarc_bare_spf(const struct public_suffixes *suffixes,
                                         const char *author_domain, const char *mail_from_domain) {
    if (orgdomain_apart(suffixes, author_domain, mail_from_domain) ||
        strcmp(author_domain, mail_from_domain) != 0)
        return DMARC_BARE_UNALIGNED;
    return DMARC_BARE_LIKELY;
}
