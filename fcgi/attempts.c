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
    GHashTable *counters; /* "a…" account, "n…" network → struct counter */
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

/* When full of counters that still run, all are forgotten: bounded memory comes first, and whoever
 * fills 20,000 counters has as many networks. */
static struct counter *counter_of(struct attempts *a, const char *name, int64_t now) {
    struct counter *c = g_hash_table_lookup(a->counters, name);
    if (!c) {
        if (g_hash_table_size(a->counters) >= LIMIT_SIGN_IN_TRACKED)
            g_hash_table_foreach_remove(a->counters, is_over, &now);
        if (g_hash_table_size(a->counters) >= LIMIT_SIGN_IN_TRACKED)
            g_hash_table_remove_all(a->counters);
        c = g_new0(struct counter, 1);
        c->since = now;
        g_hash_table_insert(a->counters, g_strdup(name), c);
    } else if (now - c->since >= LIMIT_SIGN_IN_SECONDS || now < c->since) {
        *c = (struct counter){now, 0};
    }
    return c;
}

static void names_of(const char *account, const char *client, char *names[2]) {
    g_autofree char *lower = g_ascii_strdown(account, -1);
    g_autofree char *network = attempts_network(client);
    names[0] = g_strconcat("a", lower, NULL);
    names[1] = g_strconcat("n", network, NULL);
}

bool attempts_begin(struct attempts *a, const char *account, const char *client, int64_t now,
                    unsigned *retry_after) {
    static const unsigned most[2] = {LIMIT_SIGN_IN_ACCOUNT, LIMIT_SIGN_IN_NETWORK};
    char *names[2];
    names_of(account, client, names);
    bool good = true;
    g_mutex_lock(&a->lock);
    for (int i = 0; i < 2; i++) {
        const struct counter *c = counter_of(a, names[i], now);
        if (c->count >= most[i]) {
            good = false;
            *retry_after = (unsigned)MAX(1, c->since + LIMIT_SIGN_IN_SECONDS - now);
        }
    }
    for (int i = 0; i < 2; i++) {
        if (good)
            counter_of(a, names[i], now)->count++;
        g_free(names[i]);
    }
    g_mutex_unlock(&a->lock);
    return good;
}

void attempts_forgive(struct attempts *a, const char *account, const char *client) {
    char *names[2];
    names_of(account, client, names);
    g_mutex_lock(&a->lock);
    for (int i = 0; i < 2; i++) {
        struct counter *c = g_hash_table_lookup(a->counters, names[i]);
        if (c && c->count)
            c->count--;
        g_free(names[i]);
    }
    g_mutex_unlock(&a->lock);
}
