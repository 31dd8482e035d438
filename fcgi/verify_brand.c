/* SPDX-License-Identifier: MIT */
#include "fcgi/verify_brand.h"

#include "base/limits.h"
#include "fcgi/brand_entry.h"
#include "fcgi/brand_fetch.h"
#include "net/https.h"

struct verify_brand {
    struct resolver *resolver;
    const struct public_suffixes *suffixes;
    struct https *https;
    struct brand_fetch *fetch; /* NULL: offline */
    struct workers *workers;
    struct mark_roots *roots;
    GMutex mutex;
    GHashTable *known; /* "domain selector local-part" to struct brand_entry */
};

static const struct brand_policy standard = {.require = BRAND_REQUIRE_CMC};

static void entry_free(gpointer entry) {
    brand_entry_free(entry);
}

static struct mark_roots *roots_of(const struct verify_options *options, GError **error) {
    OWNED(mark_roots) roots = mark_roots_new_shipped();
    g_autofree char *pem = NULL;
    gsize n;
    if (!options->mark_roots)
        return g_steal_pointer(&roots);
    if (g_file_get_contents(options->mark_roots, &pem, &n, error) &&
        mark_roots_add(roots, span_make(pem, n), MARK_ROOT_OPERATOR, error))
        return g_steal_pointer(&roots);
    g_prefix_error(error, "--mark-roots: ");
    return NULL;
}

struct verify_brand *verify_brand_new(const struct verify_options *options,
                                      struct resolver *resolver,
                                      const struct public_suffixes *suffixes,
                                      struct workers *workers, GError **error) {
    struct https_options fetching = {.ca_file = options->https_ca};
    OWNED(mark_roots) roots = roots_of(options, error);
    struct https *https = roots ? https_new(&fetching, error) : NULL;
    if (!https)
        return NULL;
    struct verify_brand *brand = g_new0(struct verify_brand, 1);
    *brand = (struct verify_brand){.resolver = resolver,
                                   .suffixes = suffixes,
                                   .https = https,
                                   .fetch = options->offline ? NULL : brand_fetch_new(https, NULL),
                                   .workers = workers,
                                   .roots = g_steal_pointer(&roots)};
    g_mutex_init(&brand->mutex);
    brand->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return brand;
}

void verify_brand_free(struct verify_brand *brand) {
    g_hash_table_unref(brand->known);
    g_mutex_clear(&brand->mutex);
    if (brand->fetch)
        brand_fetch_free(brand->fetch);
    https_free(brand->https);
    mark_roots_free(brand->roots);
    g_free(brand);
}

static struct brand_entry *check(const struct verify_brand *brand, const struct brand_claim *claim,
                                 const char *local_part, int64_t now) {
    struct brand_tools tools = {.resolver = brand->resolver,
                                .suffixes = brand->suffixes,
                                .fetch = brand->fetch,
                                .workers = brand->workers,
                                .roots = brand->roots,
                                .policy = &standard,
                                .now = now};
    struct brand_question question = {.domain = claim->domain,
                                      .selector = claim->selector,
                                      .local_part = local_part ? span_of(local_part) : SPAN_NULL};
    OWNED(brand_report) report = brand_check(&tools, &question);
    return brand_entry_new(report, now);
}

/* Entries are never replaced: a pointer stays good. Two threads may check one domain at once. */
static const struct brand_entry *find(struct verify_brand *brand, const struct brand_claim *claim,
                                      const char *local_part, int64_t now) {
    g_autofree char *key = g_strjoin(" ", claim->domain, claim->selector ? claim->selector : "",
                                     local_part ? local_part : "", NULL);
    g_mutex_lock(&brand->mutex);
    struct brand_entry *entry = g_hash_table_lookup(brand->known, key);
    g_mutex_unlock(&brand->mutex);
    if (entry)
        return entry;
    struct brand_entry *fresh = check(brand, claim, local_part, now);
    g_mutex_lock(&brand->mutex);
    entry = g_hash_table_lookup(brand->known, key);
    if (entry) {
        brand_entry_free(fresh);
    } else {
        entry = fresh;
        g_hash_table_insert(brand->known, g_steal_pointer(&key), fresh);
    }
    g_mutex_unlock(&brand->mutex);
    return entry;
}

/* As the service does: local parts matter only where a record asks for them. */
static const struct brand_entry *look_up(struct verify_brand *brand,
                                         const struct brand_claim *claim, int64_t now) {
    const struct brand_entry *entry = find(brand, claim, NULL, now);
    g_autofree char *local_part =
        entry->by_local_part ? bimi_normalize_local_part(claim->local_part) : NULL;
    return local_part ? find(brand, claim, local_part, now) : entry;
}

void verify_brand_add(struct verify_brand *brand, const struct verdict_policy *policy, int64_t now,
                      struct evidence *evidence) {
    struct brand_claim claim;
    enum bimi_reason reason = brand_claim(evidence, policy, now, &claim);
    if (reason) {
        evidence->bimi.result = BIMI_SKIPPED;
        evidence->bimi.reason = reason;
        return;
    }
    brand_entry_apply(look_up(brand, &claim, now), &standard, now, evidence);
}
