/* SPDX-License-Identifier: MIT */
#include "fcgi/brand_fetch.h"

#include "base/limits.h"
#include "fcgi/seal.h"

#include <string.h>

/* version, URL, status, when, ETag ("" = none), why ("" = none), body */
#define FETCHED_FORMAT "(ysyxss@ay)"
enum { FETCHED_VERSION = 1 };
static const char space[] = "brand-url";

struct brand_fetch {
    struct https *https;
    struct keep *keep;
    GMutex mutex;
    GCond done;
    GHashTable *under_way; /* set of URLs */
    GHashTable *crls;      /* without a keep: its key to GBytes; a few authorities' */
    uint64_t asked;        /* __atomic */
};

struct brand_fetch *brand_fetch_new(struct https *https, struct keep *keep) {
    struct brand_fetch *fetch = g_new0(struct brand_fetch, 1);
    fetch->https = https;
    fetch->keep = keep;
    g_mutex_init(&fetch->mutex);
    g_cond_init(&fetch->done);
    fetch->under_way = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    fetch->crls =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    return fetch;
}

void brand_fetch_free(struct brand_fetch *fetch) {
    g_hash_table_unref(fetch->under_way);
    g_hash_table_unref(fetch->crls);
    g_cond_clear(&fetch->done);
    g_mutex_clear(&fetch->mutex);
    g_free(fetch);
}

void brand_fetched_clear(struct brand_fetched *fetched) {
    if (fetched->body)
        g_bytes_unref(fetched->body);
    g_free(fetched->why);
    *fetched = (struct brand_fetched){0};
}

/* --- one thread a URL ----------------------------------------------------------------------- */

static void enter(struct brand_fetch *fetch, const char *url) {
    g_mutex_lock(&fetch->mutex);
    while (g_hash_table_contains(fetch->under_way, url))
        g_cond_wait(&fetch->done, &fetch->mutex);
    g_hash_table_add(fetch->under_way, g_strdup(url));
    g_mutex_unlock(&fetch->mutex);
}

static void leave(struct brand_fetch *fetch, const char *url) {
    g_mutex_lock(&fetch->mutex);
    g_hash_table_remove(fetch->under_way, url);
    g_cond_broadcast(&fetch->done);
    g_mutex_unlock(&fetch->mutex);
}

/* --- memory --------------------------------------------------------------------------------- */

/* A refusal, too, is one of that wish: what is too large for a certificate, as which a stranger
 * named it, may be a CRL (attacks E124). */
static char *key_of(const struct brand_wish *wish) {
    g_autofree char *all = g_strdup_printf("%d %zu %s", wish->is_crl, wish->max, wish->url);
    return seal_digest(span_of(all));
}

static int64_t fresh_for(enum https_status status) {
    if (status == HTTPS_OK)
        return LIMIT_BRAND_FRESH;
    return https_is_temporary(status) ? LIMIT_BRAND_RETRY : LIMIT_BRAND_NEGATIVE;
}

/* The caller unrefs; NULL: nothing. */
static GBytes *get_kept(struct brand_fetch *fetch, const char *key, int64_t now) {
    if (fetch->keep)
        return fetch->keep->get(fetch->keep, space, key, now);
    g_mutex_lock(&fetch->mutex);
    GBytes *value = g_hash_table_lookup(fetch->crls, key);
    value = value ? g_bytes_ref(value) : NULL;
    g_mutex_unlock(&fetch->mutex);
    return value;
}

static void put_kept(struct brand_fetch *fetch, const char *key, GBytes *value, int64_t expires) {
    if (fetch->keep) {
        fetch->keep->put(fetch->keep, space, key, value, expires);
        return;
    }
    g_mutex_lock(&fetch->mutex);
    g_hash_table_replace(fetch->crls, g_strdup(key), g_bytes_ref(value));
    g_mutex_unlock(&fetch->mutex);
}

/* What is remembered of the URL, fresh or not; *etag is the caller's. False: nothing. */
static bool recall(struct brand_fetch *fetch, const struct brand_wish *wish, int64_t now,
                   struct brand_fetched *fetched, char **etag) {
    g_autofree char *key = key_of(wish);
    g_autoptr(GBytes) value = get_kept(fetch, key, now);
    if (!value)
        return false;
    g_autoptr(GVariant) variant =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE("(ysyxssay)"), value, FALSE));
    g_autoptr(GVariant) body = NULL;
    guint8 version, status;
    const char *kept_url, *kept_etag, *why;
    if (!g_variant_is_normal_form(variant))
        return false;
    g_variant_get(variant, "(y&syx&s&s@ay)", &version, &kept_url, &status, &fetched->fetched_at,
                  &kept_etag, &why, &body);
    if (version != FETCHED_VERSION || strcmp(kept_url, wish->url) != 0 || status >= HTTPS__MAX)
        return false;
    fetched->status = (enum https_status)status;
    fetched->why = *why ? g_strdup(why) : NULL;
    fetched->body = fetched->status == HTTPS_OK ? g_variant_get_data_as_bytes(body) : NULL;
    *etag = *kept_etag ? g_strdup(kept_etag) : NULL;
    return true;
}

static void remember(struct brand_fetch *fetch, const struct brand_wish *wish,
                     const struct brand_fetched *fetched, const char *etag) {
    g_autofree char *key = key_of(wish);
    gsize n = 0;
    const void *octets = fetched->body ? g_bytes_get_data(fetched->body, &n) : NULL;
    GVariant *body = g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, octets, n, 1);
    g_autoptr(GVariant) variant = g_variant_ref_sink(g_variant_new(
        FETCHED_FORMAT, FETCHED_VERSION, wish->url, (guint8)fetched->status, fetched->fetched_at,
        etag ? etag : "", fetched->why ? fetched->why : "", body));
    g_autoptr(GBytes) value = g_variant_get_data_as_bytes(variant);
    put_kept(fetch, key, value, fetched->fetched_at + LIMIT_BRAND_KEPT);
}

/* --- the network ---------------------------------------------------------------------------- */

/* `old` is what an ETag stands for; it becomes the answer of a 304. */
static void ask(struct brand_fetch *fetch, struct lookups *lookups, const struct brand_wish *wish,
                int64_t now, struct brand_fetched *old, char **etag) {
    struct https_reply reply;
    bool good = old->status == HTTPS_OK;
    struct https_request request = {.url = wish->url,
                                    .etag = good ? *etag : NULL,
                                    .vouched = wish->is_crl,
                                    .max_size = wish->max};
    __atomic_add_fetch(&fetch->asked, 1, __ATOMIC_RELAXED);
    https_get(fetch->https, lookups, &request, &reply);
    bool stands = wish->is_crl && good && reply.status != HTTPS_OK;
    if (reply.status == HTTPS_NOT_MODIFIED)
        old->fetched_at = now;
    else if (!stands) {
        brand_fetched_clear(old);
        *old = (struct brand_fetched){reply.status, g_steal_pointer(&reply.body),
                                      g_steal_pointer(&reply.why), now};
        g_free(*etag);
        *etag = g_steal_pointer(&reply.etag);
    }
    https_reply_clear(&reply);
}

void brand_fetch_get(struct brand_fetch *fetch, struct lookups *lookups,
                     const struct brand_wish *wish, int64_t now, struct brand_fetched *fetched) {
    g_autofree char *etag = NULL;
    *fetched = (struct brand_fetched){0};
    enter(fetch, wish->url);
    bool known = recall(fetch, wish, now, fetched, &etag);
    if (!known || now >= fetched->fetched_at + fresh_for(fetched->status)) {
        ask(fetch, lookups, wish, now, fetched, &etag);
        if (fetched->status != HTTPS_STOPPED && fetched->status != HTTPS_RATE &&
            (fetch->keep || wish->is_crl))
            remember(fetch, wish, fetched, etag);
    }
    leave(fetch, wish->url);
}

uint64_t brand_fetch_asked(const struct brand_fetch *fetch) {
    return __atomic_load_n(&fetch->asked, __ATOMIC_RELAXED);
}
