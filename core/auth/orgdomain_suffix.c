/* SPDX-License-Identifier: MIT
 *
 * The public suffix list, through libpsl. A look into it costs as much as parsing a signature, and
 * one message asks four times about one or two names, most of which the message before had too: so
 * what the list said is remembered, one name a slot, the newest in place of the older. */
#include "auth/orgdomain.h"

#include "net/dns_name.h"

#include <libpsl.h>

enum { SLOTS = 256 }; /* 72 KB; a power of two */

/* All that the list says of one name. */
struct suffix_facts {
    bool is_host;        /* a DNS name and no address */
    bool is_suffix;      /* public, or a single unknown label */
    guint16 registrable; /* where the registrable name begins, or NONE */
};

enum { NONE = UINT16_MAX };

struct remembered {
    GMutex mutex;
    guint hash;
    struct suffix_facts facts;
    char name[LIMIT_DOMAIN + 1]; /* empty: nothing yet */
};

struct public_suffixes {
    psl_ctx_t *psl;
    struct remembered *remembered; /* [SLOTS] */
};

struct public_suffixes *orgdomain_suffixes_new(GError **error) {
    psl_ctx_t *psl = psl_latest(NULL);
    if (!psl || psl_suffix_count(psl) == 0) { /* -1: a compiled list, which does not count */
        psl_free(psl);
        g_set_error_literal(error, g_quark_from_static_string("inkan-orgdomain"), 1,
                            "no public suffix list (package publicsuffix)");
        return NULL;
    }
    struct public_suffixes *suffixes = g_new0(struct public_suffixes, 1);
    suffixes->psl = psl;
    suffixes->remembered = g_new0(struct remembered, SLOTS);
    for (guint i = 0; i < SLOTS; i++)
        g_mutex_init(&suffixes->remembered[i].mutex);
    return suffixes;
}

void orgdomain_suffixes_free(struct public_suffixes *suffixes) {
    if (!suffixes)
        return;
    for (guint i = 0; i < SLOTS; i++)
        g_mutex_clear(&suffixes->remembered[i].mutex);
    g_free(suffixes->remembered);
    psl_free(suffixes->psl);
    g_free(suffixes);
}

static struct suffix_facts look_up(const struct public_suffixes *suffixes, const char *domain) {
    struct suffix_facts facts = {
        .is_host = dns_name_fits(domain) && !g_hostname_is_ip_address(domain),
        .is_suffix = psl_is_public_suffix(suffixes->psl, domain) != 0,
        .registrable = NONE,
    };
    const char *registrable = facts.is_host ? psl_registrable_domain(suffixes->psl, domain) : NULL;
    if (registrable)
        facts.registrable = (guint16)(registrable - domain);
    return facts;
}

static struct suffix_facts facts_of(const struct public_suffixes *suffixes, const char *domain) {
    size_t n = strnlen(domain, LIMIT_DOMAIN + 1);
    if (n == 0 || n > LIMIT_DOMAIN)
        return look_up(suffixes, domain);
    guint hash = 5381;
    for (size_t i = 0; i < n; i++)
        hash = hash * 33 + (guchar)domain[i];
    struct remembered *slot = &suffixes->remembered[hash & (SLOTS - 1)];
    g_mutex_lock(&slot->mutex);
    if (slot->hash != hash || strcmp(slot->name, domain) != 0) {
        slot->facts = look_up(suffixes, domain);
        slot->hash = hash;
        memcpy(slot->name, domain, n + 1);
    }
    struct suffix_facts facts = slot->facts;
    g_mutex_unlock(&slot->mutex);
    return facts;
}

bool orgdomain_is_public_suffix(const struct public_suffixes *suffixes, const char *domain) {
    return facts_of(suffixes, domain).is_suffix;
}

const char *orgdomain_registrable(const struct public_suffixes *suffixes, const char *domain) {
    guint16 at = facts_of(suffixes, domain).registrable;
    return at == NONE ? NULL : domain + at;
}

bool orgdomain_apart(const struct public_suffixes *suffixes, const char *a, const char *b) {
    if (!suffixes)
        return !strchr(a, '.') || !strchr(b, '.');
    if (strcmp(a, b) == 0) {
        struct suffix_facts facts = facts_of(suffixes, a);
        return !facts.is_host || facts.is_suffix;
    }
    const char *x = orgdomain_registrable(suffixes, a), *y = orgdomain_registrable(suffixes, b);
    return !x || !y || strcmp(x, y) != 0;
}
