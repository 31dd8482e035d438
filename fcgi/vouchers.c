/* SPDX-License-Identifier: MIT */
#include "fcgi/vouchers.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "fcgi/openpgp_keys.h"
#include "worker/openpgp_job.h"

static const char space[] = "openpgp-keys-1"; /* values: worker/openpgp_job's certificates */

struct vouchers {
    struct keep *keep;
    struct openpgp_verifier *verifier;
    struct openpgp_keyring *configured;
    GMutex lock;          /* of what follows; held over a change, so that none is lost */
    GHashTable *accounts; /* name → struct vouchers_account, a reference each */
};

/* --- one account ------------------------------------------------------------------------------ */

void vouchers_account_unref(struct vouchers_account *account) {
    if (!g_atomic_int_dec_and_test(&account->references))
        return;
    openpgp_keyring_free(account->imported);
    g_free(account->digest);
    g_free(account);
}

static void unref_account(gpointer account) {
    vouchers_account_unref(account);
}

/* The user's own word comes first: it is the closer one. */
static struct vouchers_account *make_account(const struct vouchers *vouchers,
                                             struct openpgp_keyring *imported) {
    struct vouchers_account *account = g_new0(struct vouchers_account, 1);
    g_autofree char *own = openpgp_keyring_digest(imported);
    g_autofree char *configured = openpgp_keyring_digest(vouchers->configured);
    account->imported = imported;
    account->references = 1;
    account->n = 2;
    account->list[0] = (struct openpgp_voucher){imported, "imported"};
    account->list[1] = (struct openpgp_voucher){vouchers->configured, "configured"};
    account->digest = g_strconcat(own, " ", configured, NULL);
    return account;
}

static struct vouchers_account *read_account(const struct vouchers *vouchers, const char *name) {
    struct openpgp_keyring *keyring = openpgp_keyring_new();
    g_autoptr(GBytes) value = NULL;
    bool read = vouchers->keep->read(vouchers->keep, space, name, clock_now(), &value);
    g_autoptr(GPtrArray) list = value ? openpgp_job_unpack_certificates(value) : NULL;
    while (list && list->len)
        openpgp_keyring_add(keyring, g_ptr_array_steal_index(list, 0));
    struct vouchers_account *account = make_account(vouchers, keyring);
    account->unread = !read;
    return account;
}

/* With the lock held; borrowed from the table. What could not be read is read again next time. */
static struct vouchers_account *account_find(struct vouchers *vouchers, const char *name) {
    struct vouchers_account *account = g_hash_table_lookup(vouchers->accounts, name);
    if (account && !account->unread)
        return account;
    if (g_hash_table_size(vouchers->accounts) >= LIMIT_OPENPGP_ACCOUNTS)
        g_hash_table_remove_all(vouchers->accounts);
    account = read_account(vouchers, name);
    g_hash_table_insert(vouchers->accounts, g_strdup(name), account);
    return account;
}

struct vouchers_account *vouchers_take(struct vouchers *vouchers, const char *name) {
    g_mutex_lock(&vouchers->lock);
    struct vouchers_account *account = account_find(vouchers, name);
    g_atomic_int_inc(&account->references);
    g_mutex_unlock(&vouchers->lock);
    return account;
}

/* --- changes --------------------------------------------------------------------------------- */

/* A copy of a certificate for another list. */
static struct openpgp_certificate *copy(const struct openpgp_certificate *old) {
    struct openpgp_certificate *certificate = g_new0(struct openpgp_certificate, 1);
    *certificate = *old;
    certificate->octets = g_bytes_ref(old->octets);
    certificate->fingerprint = g_strdup(old->fingerprint);
    certificate->key_ids = g_strdupv(old->key_ids);
    certificate->user_ids = g_strdupv(old->user_ids);
    certificate->algorithm = g_strdup(old->algorithm);
    return certificate;
}

static struct openpgp_keyring *copy_without(const struct openpgp_keyring *old,
                                            const struct openpgp_certificate *left_out) {
    struct openpgp_keyring *keyring = openpgp_keyring_new();
    for (guint i = 0; i < openpgp_keyring_size(old); i++)
        if (openpgp_keyring_at(old, i) != left_out)
            openpgp_keyring_add(keyring, copy(openpgp_keyring_at(old, i)));
    return keyring;
}

static enum vouchers_outcome write_imported(const struct vouchers *vouchers, const char *name,
                                            const struct openpgp_keyring *keyring) {
    guint n = openpgp_keyring_size(keyring);
    if (n > LIMIT_OPENPGP_IMPORTED)
        return VOUCHERS_FULL;
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(list, (gpointer)(guintptr)openpgp_keyring_at(keyring, i));
    g_autoptr(GBytes) value = openpgp_job_pack_certificates(list);
    if (g_bytes_get_size(value) > LIMIT_STORE_VALUE)
        return VOUCHERS_FULL;
    bool kept = vouchers->keep->put(vouchers->keep, space, name, value, 0);
    return kept ? VOUCHERS_DONE : VOUCHERS_NOT_KEPT;
}

/* Takes the keyring over. */
static enum vouchers_outcome replace(struct vouchers *vouchers, const char *name,
                                     struct openpgp_keyring *keyring) {
    enum vouchers_outcome outcome = write_imported(vouchers, name, keyring);
    if (outcome == VOUCHERS_DONE)
        g_hash_table_insert(vouchers->accounts, g_strdup(name), make_account(vouchers, keyring));
    else
        openpgp_keyring_free(keyring);
    return outcome;
}

/* With the lock held. Takes the certificates out of `found`. */
static enum vouchers_outcome add_found(struct vouchers *vouchers, const char *name,
                                       GPtrArray *found, GStrvBuilder *fingerprints) {
    const struct vouchers_account *old = account_find(vouchers, name);
    if (old->unread) /* written now, all that is there would be lost */
        return VOUCHERS_NOT_KEPT;
    struct openpgp_keyring *keyring = copy_without(old->imported, NULL);
    while (found->len) {
        struct openpgp_certificate *certificate = g_ptr_array_steal_index(found, 0);
        g_strv_builder_add(fingerprints, certificate->fingerprint);
        openpgp_keyring_add(keyring, certificate);
    }
    return replace(vouchers, name, keyring);
}

enum vouchers_outcome vouchers_import(struct vouchers *vouchers, const char *name, GBytes *octets,
                                      GStrvBuilder *fingerprints) {
    g_autoptr(GError) error = NULL;
    struct openpgp_verifier *verifier = vouchers->verifier;
    g_autoptr(GPtrArray) found = verifier->import(verifier, octets, clock_now(), &error);
    if (!found) {
        log_write(LOG_WARNING, "fcgi/vouchers", "keys could not be imported: %s", error->message);
        return VOUCHERS_NOT_READ;
    }
    if (!found->len)
        return VOUCHERS_NO_KEY;
    g_mutex_lock(&vouchers->lock);
    enum vouchers_outcome outcome = add_found(vouchers, name, found, fingerprints);
    g_mutex_unlock(&vouchers->lock);
    return outcome;
}

/* With the lock held. */
static enum vouchers_outcome drop(struct vouchers *vouchers, const char *name,
                                  const char *fingerprint) {
    const struct vouchers_account *old = account_find(vouchers, name);
    if (old->unread)
        return VOUCHERS_NOT_KEPT;
    const struct openpgp_certificate *gone = openpgp_keyring_find(old->imported, fingerprint);
    return gone ? replace(vouchers, name, copy_without(old->imported, gone)) : VOUCHERS_NO_KEY;
}

enum vouchers_outcome vouchers_remove(struct vouchers *vouchers, const char *name,
                                      const char *fingerprint) {
    g_mutex_lock(&vouchers->lock);
    enum vouchers_outcome outcome = drop(vouchers, name, fingerprint);
    g_mutex_unlock(&vouchers->lock);
    return outcome;
}

/* --- start and end --------------------------------------------------------------------------- */

struct openpgp_verifier *vouchers_verifier(struct vouchers *vouchers) {
    return vouchers->verifier;
}

struct vouchers *vouchers_new(const struct config *config, struct keep *keep,
                              struct workers *workers, GError **error) {
    struct vouchers *vouchers = g_new0(struct vouchers, 1);
    g_mutex_init(&vouchers->lock);
    vouchers->keep = keep;
    vouchers->verifier = openpgp_job_verifier_new(workers);
    vouchers->configured = openpgp_keyring_new();
    vouchers->accounts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_account);
    if (config->openpgp_keyring &&
        !openpgp_keys_load_folder(vouchers->configured, vouchers->verifier, config->openpgp_keyring,
                                  clock_now(), error)) {
        g_prefix_error(error, "%s: [openpgp] keyring: ", config->file);
        vouchers_free(vouchers);
        return NULL;
    }
    return vouchers;
}

void vouchers_free(struct vouchers *vouchers) {
    g_hash_table_unref(vouchers->accounts);
    openpgp_keyring_free(vouchers->configured);
    openpgp_job_verifier_free(vouchers->verifier);
    g_mutex_clear(&vouchers->lock);
    g_free(vouchers);
}
