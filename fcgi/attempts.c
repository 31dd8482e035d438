/* SPDX-License-Identifier: MIT
 *
 * One table of counters; a counter starts anew when its time is over. */
#include "fcgi/attempts.h"

#include "base/limits.h"

#include <gio/gio.h>
#include <string.h>

struct counter {
    int64_t since;
    unsigned count;
};

struct attempts {
    GMutex lock;
    GHashTable *counters; /* "pNETWORK ACCOUNT", "nNETWORK", "aACCOUNT" → struct counter */
};

struct attempts *attempts_new(void) {
    struct attempts *a = g_new0(struct attempts, 1);
    g_mutex_init(&a->lock);
    a->counters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return a;
}

void attempts_free(struct attempts *a) {
    g_hash_table_unref(a->counters);
    g_mutex_clear(&a->lock);
    g_free(a);
}

char *attempts_network(const char *client) {
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(client);
    if (!address)
        return g_strdup("?");
    guint8 octets[16] = {0};
    gsize n = g_inet_address_get_native_size(address);
    memcpy(octets, g_inet_address_to_bytes(address), n);
    static const guint8 mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    bool v4 = n == 4;
    if (n == 16 && memcmp(octets, mapped, sizeof mapped) == 0) {
        memmove(octets, octets + 12, 4);
        v4 = true;
    }
    if (v4)
        return g_strdup_printf("%u.%u.%u.0/24", octets[0], octets[1], octets[2]);
    memset(octets + 8, 0, 8);
    g_autoptr(GInetAddress) net = g_inet_address_new_from_bytes(octets, G_SOCKET_FAMILY_IPV6);
    g_autofree char *text = g_inet_address_to_string(net);
    return g_strdup_printf("%s/64", text);
}

static gboolean is_over(gpointer key, gpointer value, gpointer now) {
    (void)key;
    return *(int64_t *)now - ((struct counter *)value)->since >= LIMIT_SIGN_IN_SECONDS;
}

/* NULL where nothing was counted, or only what is over. */
static struct counter *counter_find(const struct attempts *a, const char *name, int64_t now) {
    struct counter *c = g_hash_table_lookup(a->counters, name);
    bool running = c && now >= c->since && now - c->since < LIMIT_SIGN_IN_SECONDS;
    return running ? c : NULL;
}

/* When full of counters that still run, all are forgotten: bounded memory comes first. Refused
 * attempts make no counter, so filling them takes as many networks as the caps allow. */
static void count(struct attempts *a, const char *name, int64_t now) {
    struct counter *c = counter_find(a, name, now);
    if (c) {
        c->count++;
        return;
    }
    if (g_hash_table_size(a->counters) >= LIMIT_SIGN_IN_TRACKED)
        g_hash_table_foreach_remove(a->counters, is_over, &now);
    if (g_hash_table_size(a->counters) >= LIMIT_SIGN_IN_TRACKED)
        g_hash_table_remove_all(a->counters);
    c = g_new0(struct counter, 1);
    *c = (struct counter){now, 1};
    g_hash_table_replace(a->counters, g_strdup(name), c);
}

enum { PAIR, NETWORK, ACCOUNT, KINDS };

/* No network holds a blank. */
static void names_of(const char *account, const char *client, char *names[KINDS]) {
    g_autofree char *lower = g_ascii_strdown(account, -1);
    g_autofree char *network = attempts_network(client);
    names[PAIR] = g_strconcat("p", network, " ", lower, NULL);
    names[NETWORK] = g_strconcat("n", network, NULL);
    names[ACCOUNT] = g_strconcat("a", lower, NULL);
}

static void names_clear(char *names[KINDS]) {
    for (int i = 0; i < KINDS; i++)
        g_free(names[i]);
}

bool attempts_begin(struct attempts *a, const char *account, const char *client, int64_t now,
                    unsigned *retry_after) {
    static const unsigned most[KINDS] = {[PAIR] = LIMIT_SIGN_IN_PAIR,
                                         [NETWORK] = LIMIT_SIGN_IN_NETWORK,
                                         [ACCOUNT] = LIMIT_SIGN_IN_ACCOUNT};
    char *names[KINDS];
    names_of(account, client, names);
    bool good = true;
    g_mutex_lock(&a->lock);
    for (int i = 0; i < KINDS; i++) {
        const struct counter *c = counter_find(a, names[i], now);
        if (c && c->count >= most[i]) {
            good = false;
            *retry_after = (unsigned)MAX(1, c->since + LIMIT_SIGN_IN_SECONDS - now);
        }
    }
    for (int i = 0; i < KINDS && good; i++)
        count(a, names[i], now);
    g_mutex_unlock(&a->lock);
    names_clear(names);
    return good;
}

void attempts_forgive(struct attempts *a, const char *account, const char *client) {
    char *names[KINDS];
    names_of(account, client, names);
    g_mutex_lock(&a->lock);
    for (int i = 0; i < KINDS; i++) {
        struct counter *c = g_hash_table_lookup(a->counters, names[i]);
        if (c && c->count)
            c->count--;
    }
    g_mutex_unlock(&a->lock);
    names_clear(names);
}
