/* SPDX-License-Identifier: MIT */
#include "fcgi/brands.h"

#include "auth/orgdomain.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "fcgi/brand_entry.h"
#include "fcgi/brand_fetch.h"
#include "fcgi/seal.h"
#include "fcgi/thread.h"
#include "net/https.h"

#include <string.h>

enum { THREADS = 2, EXPLAINING = 2 };
static const char entry_space[] = "brand", logo_space[] = "logo";

/* One check to make. */
struct brand_job {
    char *key, *domain, *selector, *local_part; /* the latter two: NULL = none */
    char *organization;
};

struct brands {
    struct brands_parts parts;
    struct brand_fetch *fetch;
    char *fingerprint; /* of roots and policy: part of the name of what is remembered */
    GMutex mutex;
    GCond changed;
    GQueue *queue;             /* struct brand_job */
    GHashTable *pending;       /* keys of those waiting or under way */
    GHashTable *organizations; /* … and how many each organization has: registrable name to guint */
    bool closed;
    guint explaining;
    uint64_t checks;
    pthread_t threads[THREADS];
};

/* --- names ---------------------------------------------------------------------------------- */

static char *fingerprint_of(const struct brands_parts *parts) {
    const struct brand_policy *policy = parts->policy;
    g_autoptr(GString) all = g_string_new("brand 1\n");
    g_autofree char *allow = policy->allow ? g_strjoinv(",", policy->allow) : NULL;
    g_string_append_printf(all, "%d\n%s\n", (int)policy->require, allow ? allow : "");
    for (guint i = 0; i < mark_roots_count(parts->roots); i++)
        g_string_append_printf(all, "%s\n", mark_roots_at(parts->roots, i)->sha256);
    return seal_digest(span_make(all->str, all->len));
}

/* Domain and selector, and the local part where the record asks for it: never a URL alone. */
static char *key_of(const struct brands *brands, const struct brand_claim *claim,
                    const char *local_part) {
    g_autofree char *all =
        g_strdup_printf("%s\n%s\n%s\n%s", brands->fingerprint, claim->domain,
                        claim->selector ? claim->selector : "", local_part ? local_part : "");
    return seal_digest(span_of(all));
}

/* --- the queue ------------------------------------------------------------------------------ */

static void job_free(struct brand_job *job) {
    g_free(job->key);
    g_free(job->domain);
    g_free(job->selector);
    g_free(job->local_part);
    g_free(job->organization);
    g_free(job);
}

/* With the mutex held. */
static guint pending_of(const struct brands *brands, const char *organization) {
    return GPOINTER_TO_UINT(g_hash_table_lookup(brands->organizations, organization));
}

static void set_pending(const struct brands *brands, const char *organization, guint n) {
    if (n)
        g_hash_table_replace(brands->organizations, g_strdup(organization), GUINT_TO_POINTER(n));
    else
        g_hash_table_remove(brands->organizations, organization);
}

static const char *organization_of(const struct brands *brands, const char *domain) {
    const struct public_suffixes *suffixes = brands->parts.suffixes;
    const char *registrable = suffixes ? orgdomain_registrable(suffixes, domain) : NULL;
    return registrable ? registrable : domain;
}

static void submit(struct brands *brands, const struct brand_claim *claim, const char *local_part,
                   const char *key) {
    const char *organization = organization_of(brands, claim->domain);
    g_mutex_lock(&brands->mutex);
    guint n = pending_of(brands, organization);
    if (!brands->closed && brands->queue->length < LIMIT_BRAND_QUEUE && n < LIMIT_BRAND_WAITING &&
        g_hash_table_add(brands->pending, g_strdup(key))) {
        struct brand_job *job = g_new0(struct brand_job, 1);
        *job = (struct brand_job){g_strdup(key), g_strdup(claim->domain), g_strdup(claim->selector),
                                  g_strdup(local_part), g_strdup(organization)};
        set_pending(brands, organization, n + 1);
        g_queue_push_tail(brands->queue, job);
        g_cond_signal(&brands->changed);
    }
    g_mutex_unlock(&brands->mutex);
}

static bool is_closed(struct brands *brands) {
    g_mutex_lock(&brands->mutex);
    bool closed = brands->closed;
    g_mutex_unlock(&brands->mutex);
    return closed;
}

/* The next job; NULL when it is over. */
static struct brand_job *take(struct brands *brands) {
    g_mutex_lock(&brands->mutex);
    while (!brands->closed && !brands->queue->length)
        g_cond_wait(&brands->changed, &brands->mutex);
    struct brand_job *job = brands->closed ? NULL : g_queue_pop_head(brands->queue);
    g_mutex_unlock(&brands->mutex);
    return job;
}

static void done(struct brands *brands, struct brand_job *job) {
    g_mutex_lock(&brands->mutex);
    g_hash_table_remove(brands->pending, job->key);
    set_pending(brands, job->organization, pending_of(brands, job->organization) - 1);
    brands->checks++;
    g_mutex_unlock(&brands->mutex);
    job_free(job);
}

/* --- one check ------------------------------------------------------------------------------ */

static struct brand_tools tools_of(const struct brands *brands) {
    const struct brands_parts *parts = &brands->parts;
    return (struct brand_tools){.resolver = parts->resolver,
                                .suffixes = parts->suffixes,
                                .fetch = brands->fetch,
                                .workers = parts->workers,
                                .roots = parts->roots,
                                .policy = parts->policy,
                                .now = clock_now()};
}

static void keep_logo(struct brands *brands, const struct brand_report *report, int64_t now) {
    struct keep *keep = brands->parts.keep;
    int64_t expires = now + LIMIT_BRAND_CHECK + LIMIT_BRAND_KEPT;
    bool good = keep->put(keep, logo_space, report->sha256, report->svg, expires);
    for (guint i = 0; good && i < report->picture->pictures->len; i++) {
        const struct svg_picture *picture = report->picture->pictures->pdata[i];
        g_autofree char *key =
            g_strdup_printf("%s@%u", report->sha256, picture->side / LIMIT_BRAND_SIDE);
        good = keep->put(keep, logo_space, key, picture->png, expires);
    }
    if (!good)
        log_write(LOG_WARNING, "fcgi/brands", "a logo was not kept");
}

/* What a stopping service could not finish is not remembered. */
static void check(struct brands *brands, const struct brand_job *job) {
    struct keep *keep = brands->parts.keep;
    struct brand_tools tools = tools_of(brands);
    struct brand_question question = {
        .domain = job->domain, .selector = job->selector, .local_part = span_of(job->local_part)};
    OWNED(brand_report) report = brand_check(&tools, &question);
    if (is_closed(brands))
        return;
    OWNED(brand_entry) entry = brand_entry_new(report, tools.now);
    if (report->result == BIMI_PASS)
        keep_logo(brands, report, tools.now);
    g_autoptr(GBytes) value = brand_entry_encode(entry);
    /* Mark Certificate Requirements §4.9.6: revocation is asked about every seven days, or nothing
     * is known */
    keep->put(keep, entry_space, job->key, value, entry->checked_at + LIMIT_BRAND_KEPT);
}

static void *run(void *data) {
    struct brands *brands = data;
    for (struct brand_job *job; (job = take(brands));) {
        check(brands, job);
        done(brands, job);
    }
    return NULL;
}

/* --- reading -------------------------------------------------------------------------------- */

static struct brand_entry *find(struct brands *brands, const char *key, int64_t now) {
    struct keep *keep = brands->parts.keep;
    g_autoptr(GBytes) value = keep->get(keep, entry_space, key, now);
    return value ? brand_entry_decode(value) : NULL;
}

/* The entry that speaks for the claim; asks for a check where there is none or one is due. */
static struct brand_entry *look_up(struct brands *brands, const struct brand_claim *claim,
                                   int64_t now, enum brands_mode mode) {
    g_autofree char *key = key_of(brands, claim, NULL);
    struct brand_entry *entry = find(brands, key, now);
    if (mode == BRANDS_ASK && (!entry || now >= entry->recheck_at))
        submit(brands, claim, NULL, key);
    if (!entry || !entry->by_local_part)
        return entry;
    g_autofree char *local_part = bimi_normalize_local_part(claim->local_part);
    if (!local_part)
        return entry;
    brand_entry_free(entry);
    g_autofree char *own = key_of(brands, claim, local_part);
    entry = find(brands, own, now);
    if (mode == BRANDS_ASK && (!entry || now >= entry->recheck_at))
        submit(brands, claim, local_part, own);
    return entry;
}

void brands_apply(struct brands *brands, struct record *record, const struct verdict_policy *policy,
                  enum brands_mode mode) {
    struct brand_claim claim;
    int64_t now = clock_now();
    struct evidence *evidence = record->evidence;
    const struct verdict *verdict = record->verdict;
    if (!verdict->complete || verdict->author != VERDICT_VERIFIED)
        return;
    enum bimi_reason reason = brand_claim(evidence, policy, now, &claim);
    if (reason) {
        evidence->bimi.result = BIMI_SKIPPED;
        evidence->bimi.reason = reason;
        return;
    }
    OWNED(brand_entry) entry = look_up(brands, &claim, now, mode);
    evidence->bimi.pending = !entry && mode == BRANDS_ASK;
    if (!entry)
        return;
    brand_entry_apply(entry, brands->parts.policy, now, evidence);
    if (evidence->bimi.result != BIMI_PASS)
        return;
    verdict_free(record->verdict);
    record->verdict = verdict_derive(evidence, policy, evidence->checked_at);
}

GBytes *brands_logo(struct brands *brands, const char *sha256, unsigned scale) {
    struct keep *keep = brands->parts.keep;
    g_autofree char *key = scale ? g_strdup_printf("%s@%u", sha256, scale) : g_strdup(sha256);
    return keep->get(keep, logo_space, key, clock_now());
}

struct brand_report *brands_explain(struct brands *brands, const char *domain,
                                    const char *selector) {
    struct brand_tools tools = tools_of(brands);
    struct brand_question question = {.domain = domain, .selector = selector, .whole = true};
    g_mutex_lock(&brands->mutex);
    bool free = brands->explaining < EXPLAINING && !brands->closed;
    brands->explaining += free;
    g_mutex_unlock(&brands->mutex);
    if (!free)
        return NULL;
    struct brand_report *report = brand_check(&tools, &question);
    g_mutex_lock(&brands->mutex);
    brands->explaining--;
    g_mutex_unlock(&brands->mutex);
    return report;
}

struct brands_counts brands_counts(struct brands *brands) {
    g_mutex_lock(&brands->mutex);
    struct brands_counts counts = {brand_fetch_asked(brands->fetch), brands->checks,
                                   g_hash_table_size(brands->pending)};
    g_mutex_unlock(&brands->mutex);
    return counts;
}

/* --- life ----------------------------------------------------------------------------------- */

struct brands *brands_new(const struct brands_parts *parts) {
    struct brands *brands = g_new0(struct brands, 1);
    brands->parts = *parts;
    brands->fetch = brand_fetch_new(parts->https, parts->keep);
    brands->fingerprint = fingerprint_of(parts);
    g_mutex_init(&brands->mutex);
    g_cond_init(&brands->changed);
    brands->queue = g_queue_new();
    brands->pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    brands->organizations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int i = 0; i < THREADS; i++)
        brands->threads[i] = thread_start(run, brands);
    return brands;
}

void brands_free(struct brands *brands) {
    g_mutex_lock(&brands->mutex);
    brands->closed = true;
    g_cond_broadcast(&brands->changed);
    g_mutex_unlock(&brands->mutex);
    for (int i = 0; i < THREADS; i++)
        pthread_join(brands->threads[i], NULL);
    g_queue_free_full(brands->queue, (GDestroyNotify)job_free);
    g_hash_table_unref(brands->pending);
    g_hash_table_unref(brands->organizations);
    brand_fetch_free(brands->fetch);
    mark_roots_free(brands->parts.roots);
    g_free(brands->fingerprint);
    g_cond_clear(&brands->changed);
    g_mutex_clear(&brands->mutex);
    g_free(brands);
}
