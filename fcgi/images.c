/* SPDX-License-Identifier: MIT
 *
 * A table of answers by the hash of their source, the oldest dropped first. A source under way is
 * in it too, marked so: whoever wants the same waits for that one. */
#include "fcgi/images.h"

#include "base/limits.h"
#include "fcgi/seal.h"
#include "mail/image_type.h"
#include "store/store.h"

/* Says what is wanted and nothing about who reads, or with what. */
static const char agent[] = "Mozilla/5.0 (compatible; image proxy)";
static const char accept[] = "image/avif, image/webp, image/png, image/jpeg, image/gif";

struct answer {
    char *key;
    bool under_way;
    GBytes *octets; /* NULL: unavailable */
    const char *type;
    int64_t until;
    gint references; /* under the mutex */
};

struct images {
    struct https *https;
    struct resolver *resolver;
    unsigned char secret[32];
    GMutex mutex; /* of what follows */
    GCond done;
    GHashTable *answers; /* char * to struct answer * */
    GQueue order;        /* of the same, newest first */
    struct images_counts counts;
};

/* --- memory, under the mutex ------------------------------------------------------------------ */

static void answer_unref(struct answer *answer) {
    if (--answer->references)
        return;
    g_clear_pointer(&answer->octets, g_bytes_unref);
    g_free(answer->key);
    g_free(answer);
}

static gsize size_of(const struct answer *answer) {
    return sizeof *answer + strlen(answer->key) +
           (answer->octets ? g_bytes_get_size(answer->octets) : 0);
}

static void forget(struct images *images, struct answer *answer) {
    images->counts.octets -= size_of(answer);
    g_hash_table_remove(images->answers, answer->key);
    g_queue_remove(&images->order, answer);
    answer_unref(answer);
}

/* The oldest go until the rest fits; one under way is as small as its key. */
static void make_room(struct images *images) {
    for (GList *link = images->order.tail, *newer;
         link && images->counts.octets > LIMIT_IMAGE_OCTETS; link = newer) {
        struct answer *answer = link->data;
        newer = link->prev;
        if (!answer->under_way)
            forget(images, answer);
    }
}

/* A new answer, under way. */
static struct answer *begin(struct images *images, const char *key) {
    struct answer *answer = g_new0(struct answer, 1);
    answer->key = g_strdup(key);
    answer->under_way = true;
    answer->references = 1;
    images->counts.octets += size_of(answer);
    g_hash_table_insert(images->answers, answer->key, answer);
    g_queue_push_head(&images->order, answer);
    return answer;
}

/* The answer of that key with a reference for the caller; *ours: it is the caller's to fetch. */
static struct answer *enter(struct images *images, const char *key, int64_t now, bool *ours) {
    struct answer *answer = g_hash_table_lookup(images->answers, key);
    if (answer && !answer->under_way && answer->until <= now) {
        forget(images, answer);
        answer = NULL;
    }
    *ours = !answer;
    if (!answer)
        answer = begin(images, key);
    else if (!answer->under_way)
        images->counts.kept++;
    answer->references++;
    while (!*ours && answer->under_way)
        g_cond_wait(&images->done, &images->mutex);
    return answer;
}

/* --- the network ------------------------------------------------------------------------------ */

/* What a fetch came to; *octets stays NULL where it came to no picture. */
static int64_t fetch(struct images *images, const char *source, GBytes **octets,
                     const char **type) {
    struct https_reply reply;
    struct https_request request = {.url = source, .accept = accept, .max_size = LIMIT_IMAGE_SIZE};
    OWNED(lookups) lookups = lookups_new(images->resolver);
    https_get(images->https, lookups, &request, &reply);
    enum https_status status = reply.status;
    if (status == HTTPS_OK) {
        gsize n;
        const char *start = g_bytes_get_data(reply.body, &n);
        *type = image_type(span_make(start, n));
        *octets = *type ? g_bytes_ref(reply.body) : NULL;
    }
    https_reply_clear(&reply);
    if (status == HTTPS_STOPPED || status == HTTPS_RATE)
        return 0;
    return *octets ? LIMIT_IMAGE_FRESH : LIMIT_IMAGE_NEGATIVE;
}

static void finish(struct images *images, struct answer *answer, const char *source, int64_t now) {
    GBytes *octets = NULL;
    const char *type = NULL;
    int64_t seconds = fetch(images, source, &octets, &type);
    g_mutex_lock(&images->mutex);
    images->counts.octets -= size_of(answer);
    answer->octets = octets;
    answer->type = type;
    answer->until = now + seconds;
    answer->under_way = false;
    images->counts.octets += size_of(answer);
    make_room(images);
    g_cond_broadcast(&images->done);
    g_mutex_unlock(&images->mutex);
}

enum image_outcome images_get(struct images *images, const struct image_wish *wish, int64_t now,
                              GBytes **octets, const char **type) {
    struct image_sheet sheet;
    struct span secret = span_make((const char *)images->secret, sizeof images->secret);
    if (!image_sheet_open(secret, wish->sheet, now, &sheet))
        return IMAGE_NONE;
    g_autofree char *source = image_url_open(&sheet, wish->mac, wish->source);
    if (!source)
        return IMAGE_NONE;
    g_autofree char *key = seal_digest(span_of(source));
    bool ours;
    g_mutex_lock(&images->mutex);
    images->counts.asked++;
    struct answer *answer = enter(images, key, now, &ours);
    g_mutex_unlock(&images->mutex);
    if (ours)
        finish(images, answer, source, now);
    g_mutex_lock(&images->mutex);
    bool shown = answer->octets != NULL;
    *octets = shown ? g_bytes_ref(answer->octets) : NULL;
    *type = answer->type;
    images->counts.shown += shown;
    images->counts.unavailable += !shown;
    answer_unref(answer);
    g_mutex_unlock(&images->mutex);
    return shown ? IMAGE_SHOWN : IMAGE_UNAVAILABLE;
}

/* --- life ------------------------------------------------------------------------------------- */

void images_sheet(struct images *images, int64_t now, struct image_sheet *sheet) {
    unsigned char nonce[8];
    seal_random(nonce, sizeof nonce);
    image_sheet_make(span_make((const char *)images->secret, sizeof images->secret),
                     now + LIMIT_IMAGE_SECONDS, nonce, sheet);
}

struct images_counts images_counts(struct images *images) {
    g_mutex_lock(&images->mutex);
    struct images_counts counts = images->counts;
    g_mutex_unlock(&images->mutex);
    counts.fetches = https_sent(images->https);
    return counts;
}

struct images *images_new(const char *ca_file, struct resolver *resolver, struct store *store,
                          GError **error) {
    struct https_options options = {
        .ca_file = ca_file, .agent = agent, .host_fetches = LIMIT_IMAGE_HOST_FETCHES};
    struct https *https = https_new(&options, error);
    if (!https)
        return NULL;
    struct images *images = g_new0(struct images, 1);
    unsigned char fresh[sizeof images->secret];
    seal_random(fresh, sizeof fresh);
    store->secret(store, "images", fresh, images->secret, sizeof fresh);
    images->https = https;
    images->resolver = resolver;
    images->answers = g_hash_table_new(g_str_hash, g_str_equal);
    g_mutex_init(&images->mutex);
    g_cond_init(&images->done);
    g_queue_init(&images->order);
    return images;
}

void images_stop(struct images *images) {
    https_stop(images->https);
}

void images_free(struct images *images) {
    while (images->order.head)
        forget(images, images->order.head->data);
    g_hash_table_unref(images->answers);
    https_free(images->https);
    seal_wipe(images->secret, sizeof images->secret);
    g_cond_clear(&images->done);
    g_mutex_clear(&images->mutex);
    g_free(images);
}
