/* SPDX-License-Identifier: MIT
 *
 * Whose OpenPGP keys count for an account: those the operator put into [openpgp] keyring, and those
 * the user imported. The latter are kept in the store by account; nobody else's mail is judged by
 * them. Safe between threads. */
#ifndef INKAN_FCGI_VOUCHERS_H
#define INKAN_FCGI_VOUCHERS_H

#include "base/keep.h"
#include "fcgi/config.h"
#include "sign/openpgp_keyring.h"

struct vouchers;
struct workers;

/* Reads the operator's keyring. Everything is borrowed. NULL and *error where the folder or a file
 * in it cannot be read. */
struct vouchers *vouchers_new(const struct config *config, struct keep *keep,
                              struct workers *workers, GError **error);
void vouchers_free(struct vouchers *vouchers);

/* Borrowed: asks a sandboxed child. */
struct openpgp_verifier *vouchers_verifier(struct vouchers *vouchers);

/* The keyrings of one account as they are now. Constant; later imports make another. */
struct vouchers_account {
    struct openpgp_voucher list[2];
    guint n;
    char *digest; /* of all keys: part of the name of what was judged by them */
    struct openpgp_keyring *imported;
    bool unread; /* the store could not be read: imported is empty and says nothing */
    gint references;
};
/* Never NULL; give it back with vouchers_account_unref. */
struct vouchers_account *vouchers_take(struct vouchers *vouchers, const char *account);
void vouchers_account_unref(struct vouchers_account *account);

enum vouchers_outcome {
    VOUCHERS_DONE,
    VOUCHERS_NO_KEY,   /* what came holds no usable key, or none of that fingerprint is there */
    VOUCHERS_FULL,     /* over LIMIT_OPENPGP_IMPORTED keys or LIMIT_STORE_VALUE octets */
    VOUCHERS_NOT_READ, /* the worker could not do it */
    VOUCHERS_NOT_KEPT  /* the store could not be read or written: all is as it was */
};

/* Imports every key of `octets` (armoured or binary); a known one is replaced. `fingerprints`
 * (a GStrvBuilder) gains those imported. */
enum vouchers_outcome vouchers_import(struct vouchers *vouchers, const char *account,
                                      GBytes *octets, GStrvBuilder *fingerprints);
enum vouchers_outcome vouchers_remove(struct vouchers *vouchers, const char *account,
                                      const char *fingerprint);

DEFINE_OWNED(vouchers, vouchers_free)
DEFINE_OWNED(vouchers_account, vouchers_account_unref)

#endif
