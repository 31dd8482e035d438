/* SPDX-License-Identifier: MIT */
#include "fcgi/acquaintance.h"

#include "auth/orgdomain.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/seal.h"
#include "repute/lookalike.h"
#include "repute/lure.h"

#include <string.h>

static const char space[] = "acquaintance-1";
enum { DAY = 86400, KEY_SIZE = 32 };

struct acquaintances {
    struct acquaintances_parts parts;
    unsigned char key[KEY_SIZE]; /* of the names under which things are kept */
    GMutex lock;                 /* of what follows; held over a change, so that none is lost */
    GHashTable *accounts;        /* name → struct acquaintance, a reference each */
    GHashTable *walked;          /* name → when a walk was last due (int64_t *) */
    GMutex history;              /* held from reading a part of a history to writing it */
};

/* --- names and values ----------------------------------------------------------------------- */

static char *name_of(const struct acquaintances *all, const char *account, const char *what) {
    g_autofree char *text = g_strconcat(account, "\n", what, NULL);
    return g_compute_hmac_for_string(G_CHECKSUM_SHA256, all->key, sizeof all->key, text, -1);
}

/* False: it could not be read. */
static bool read_kept(const struct acquaintances *all, const char *account, const char *what,
                      GBytes **value) {
    struct keep *keep = &all->parts.store->keep;
    g_autofree char *name = name_of(all, account, what);
    return keep->read(keep, space, name, clock_now(), value);
}

static GBytes *get(const struct acquaintances *all, const char *account, const char *what) {
    GBytes *value;
    read_kept(all, account, what, &value);
    return value;
}

static bool put(const struct acquaintances *all, const char *account, const char *what,
                GBytes *value, int64_t expires) {
    struct keep *keep = &all->parts.store->keep;
    g_autofree char *name = name_of(all, account, what);
    return g_bytes_get_size(value) <= LIMIT_STORE_VALUE &&
           keep->put(keep, space, name, value, expires);
}

static int64_t expiry(const struct acquaintances *all) {
    return all->parts.days ? clock_now() + (int64_t)all->parts.days * DAY : 0;
}

GBytes *acquaintances_get(struct acquaintances *all, const char *account, const char *what) {
    return get(all, account, what);
}

bool acquaintances_put(struct acquaintances *all, const char *account, const char *what,
                       GBytes *value) {
    return put(all, account, what, value, expiry(all));
}

/* --- one account ---------------------------------------------------------------------------- */

void acquaintance_unref(struct acquaintance *one) {
    if (!g_atomic_int_dec_and_test(&one->references))
        return;
    contact_names_free(one->names);
    lookalikes_free(one->correspondents);
    contacts_free(one->contacts);
    g_free(one);
}

static void unref(gpointer one) {
    acquaintance_unref(one);
}

/* Of a domain that is a common word only tricks with characters say something. */
static void add_domain(const struct acquaintances *all, struct lookalikes *lookalikes,
                       const struct contact *contact) {
    const char *domain = strrchr(contact->address, '@') + 1;
    const char *registrable = orgdomain_registrable(all->parts.suffixes, domain);
    if (!registrable || g_hash_table_contains(all->parts.providers, registrable) ||
        g_hash_table_contains(all->parts.providers, domain))
        return;
    lookalikes_add_domain(lookalikes, registrable,
                          lure_is_word(registrable, strcspn(registrable, ".")));
}

static uint32_t revision_of(const struct acquaintances *all, GBytes *octets) {
    guint8 digest[32];
    gsize n = sizeof digest, size;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    const guchar *p = g_bytes_get_data(octets, &size);
    g_checksum_update(sum, (const guchar *)all->parts.policy, -1);
    g_checksum_update(sum, p, (gssize)size);
    g_checksum_get_digest(sum, digest, &n);
    uint32_t first;
    memcpy(&first, digest, sizeof first); /* only ever compared, on this machine */
    return first;
}

/* Takes the contacts over. */
static struct acquaintance *make(const struct acquaintances *all, struct contacts *contacts,
                                 GBytes *octets, bool indexed) {
    struct acquaintance *one = g_new0(struct acquaintance, 1);
    one->contacts = contacts;
    one->names = contact_names_new(contacts, all->parts.confusables);
    one->correspondents = lookalikes_new(all->parts.confusables);
    for (guint i = 0; i < contacts_size(contacts); i++)
        add_domain(all, one->correspondents, contacts_at(contacts, i));
    one->revision = revision_of(all, octets);
    one->indexed = indexed;
    one->references = 1;
    return one;
}

static struct acquaintance *read_account(const struct acquaintances *all, const char *account) {
    g_autoptr(GBytes) kept = NULL;
    bool read = read_kept(all, account, "contacts", &kept);
    g_autoptr(GBytes) indexed = read ? get(all, account, "indexed") : NULL;
    struct contacts *contacts = kept ? contacts_decode(kept) : NULL;
    if (!contacts)
        contacts = contacts_new();
    g_autoptr(GBytes) octets = contacts_encode(contacts);
    struct acquaintance *one = make(all, contacts, octets, indexed != NULL);
    one->unread = !read;
    return one;
}

/* With the lock held; borrowed from the table. What could not be read is read again next time. */
static struct acquaintance *find(struct acquaintances *all, const char *account) {
    struct acquaintance *one = g_hash_table_lookup(all->accounts, account);
    if (one && !one->unread)
        return one;
    if (g_hash_table_size(all->accounts) >= LIMIT_ACQUAINTANCES)
        g_hash_table_remove_all(all->accounts);
    one = read_account(all, account);
    g_hash_table_insert(all->accounts, g_strdup(account), one);
    return one;
}

struct acquaintance *acquaintances_take(struct acquaintances *all, const char *account) {
    g_mutex_lock(&all->lock);
    struct acquaintance *one = find(all, account);
    g_atomic_int_inc(&one->references);
    g_mutex_unlock(&all->lock);
    return one;
}

/* With the lock held. */
static enum acquaintances_outcome change_account(struct acquaintances *all, const char *account,
                                                 acquaintance_change change, void *data) {
    const struct acquaintance *old = find(all, account);
    if (old->unread) /* written now, all that is there would be lost */
        return ACQUAINTANCES_NOT_KEPT;
    OWNED(contacts) contacts = contacts_copy(old->contacts);
    if (!change(contacts, data))
        return ACQUAINTANCES_UNCHANGED;
    g_autoptr(GBytes) octets = contacts_encode(contacts);
    if (!put(all, account, "contacts", octets, 0))
        return ACQUAINTANCES_NOT_KEPT;
    bool indexed = old->indexed;
    g_hash_table_insert(all->accounts, g_strdup(account),
                        make(all, g_steal_pointer(&contacts), octets, indexed));
    return ACQUAINTANCES_DONE;
}

enum acquaintances_outcome acquaintances_change(struct acquaintances *all, const char *account,
                                                acquaintance_change change, void *data) {
    g_mutex_lock(&all->lock);
    enum acquaintances_outcome outcome = change_account(all, account, change, data);
    g_mutex_unlock(&all->lock);
    return outcome;
}

void acquaintances_set_indexed(struct acquaintances *all, const char *account) {
    g_autoptr(GBytes) yes = g_bytes_new_static("1", 1);
    g_mutex_lock(&all->lock);
    bool news = !find(all, account)->indexed;
    if (news && put(all, account, "indexed", yes, expiry(all)))
        g_hash_table_remove(all->accounts, account);
    g_mutex_unlock(&all->lock);
}

bool acquaintances_walk_is_due(struct acquaintances *all, const char *account, int64_t now) {
    g_mutex_lock(&all->lock);
    const int64_t *last = g_hash_table_lookup(all->walked, account);
    bool due = !last || now - *last >= LIMIT_WALK_SECONDS || now < *last;
    if (due) {
        if (g_hash_table_size(all->walked) >= LIMIT_ACQUAINTANCES)
            g_hash_table_remove_all(all->walked);
        g_hash_table_insert(all->walked, g_strdup(account), g_memdup2(&now, sizeof now));
    }
    g_mutex_unlock(&all->lock);
    return due;
}

/* --- history -------------------------------------------------------------------------------- */

/* Which part of the history an address is in: a keyed hash, so that nobody can aim. */
static char *part_of(const struct acquaintances *all, const char *account, const char *address) {
    g_autofree char *lower = g_ascii_strdown(address, -1);
    g_autofree char *hash = name_of(all, account, lower);
    guint64 number = g_ascii_strtoull(hash + strlen(hash) - 8, NULL, 16);
    return g_strdup_printf("history %u", (guint)(number % LIMIT_HISTORY_BUCKETS));
}

/* Never NULL; *unread: the store could not be read, so it says nothing and is not to be written. */
static struct history *read_history(const struct acquaintances *all, const char *account,
                                    const char *part, bool *unread) {
    g_autoptr(GBytes) kept = NULL;
    *unread = !read_kept(all, account, part, &kept);
    struct history *history = kept ? history_decode(kept) : NULL;
    return history ? history : history_new();
}

void acquaintances_recall(struct acquaintances *all, const char *account, const char *address,
                          struct history **history, struct history_past *past) {
    g_autofree char *part = part_of(all, account, address);
    bool unread;
    *history = read_history(all, account, part, &unread);
    history_find(*history, address, past);
}

void acquaintances_learn(struct acquaintances *all, const char *account,
                         const struct history_lesson *lesson) {
    g_autofree char *part = part_of(all, account, lesson->address);
    g_mutex_lock(&all->history);
    bool unread;
    OWNED(history) history = read_history(all, account, part, &unread);
    if (all->parts.days)
        history_forget(history, clock_now() - (int64_t)all->parts.days * DAY);
    history_learn(history, lesson);
    g_autoptr(GBytes) octets = history_encode(history);
    if (!unread)
        put(all, account, part, octets, expiry(all));
    g_mutex_unlock(&all->history);
}

/* --- life ----------------------------------------------------------------------------------- */

struct acquaintances *acquaintances_new(const struct acquaintances_parts *parts) {
    struct acquaintances *all = g_new0(struct acquaintances, 1);
    unsigned char fresh[KEY_SIZE];
    all->parts = *parts;
    seal_random(fresh, sizeof fresh);
    parts->store->secret(parts->store, "acquaintance", fresh, all->key, sizeof all->key);
    g_mutex_init(&all->lock);
    g_mutex_init(&all->history);
    all->accounts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref);
    all->walked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return all;
}

void acquaintances_free(struct acquaintances *all) {
    if (!all)
        return;
    g_hash_table_unref(all->accounts);
    g_hash_table_unref(all->walked);
    g_mutex_clear(&all->lock);
    g_mutex_clear(&all->history);
    g_free(all);
}
