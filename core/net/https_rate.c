/* SPDX-License-Identifier: MIT
 *
 * One window a host: it opens with the first fetch and is forgotten when it is over. */
#include "net/https_rate.h"

#include "base/limits.h"

#include <glib.h>

struct window {
    int64_t until;
    guint n;
};

struct https_rate {
    unsigned most;
    GMutex mutex;
    GHashTable *hosts; /* char * to struct window * */
};

struct https_rate *https_rate_new(unsigned most) {
    struct https_rate *rate = g_new0(struct https_rate, 1);
    rate->most = most;
    g_mutex_init(&rate->mutex);
    rate->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return rate;
}

void https_rate_free(struct https_rate *rate) {
    g_hash_table_unref(rate->hosts);
    g_mutex_clear(&rate->mutex);
    g_free(rate);
}

static gboolean is_over(gpointer host, gpointer value, gpointer now) {
    (void)host;
    const struct window *window = value;
    return window->until <= *(const int64_t *)now;
}

/* The open window of the host; NULL if the table is full. Called with the mutex held. */
static struct window *window_of(struct https_rate *rate, const char *host, int64_t now) {
    struct window *window = g_hash_table_lookup(rate->hosts, host);
    if (window && window->until > now)
        return window;
    if (!window && g_hash_table_size(rate->hosts) >= LIMIT_HTTPS_HOSTS) {
        g_hash_table_foreach_remove(rate->hosts, is_over, &now);
        if (g_hash_table_size(rate->hosts) >= LIMIT_HTTPS_HOSTS)
            return NULL;
    }
    window = g_new0(struct window, 1);
    window->until = now + LIMIT_HTTPS_HOST_SECONDS;
    g_hash_table_replace(rate->hosts, g_strdup(host), window);
    return window;
}

bool https_rate_take(struct https_rate *rate, const char *host, int64_t now) {
    g_mutex_lock(&rate->mutex);
    struct window *window = window_of(rate, host, now);
    bool free = window && window->n < rate->most;
    if (free)
        window->n++;
    g_mutex_unlock(&rate->mutex);
    return free;
}
