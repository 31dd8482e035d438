/* SPDX-License-Identifier: MIT
 *
 * Keys that domains publish for their addresses (Web Key Directory), where the operator wants them
 * looked up: [openpgp] wkd = arrival. Asked by the background verifier when a signed message first
 * comes, never because somebody opened it, through net/https's one guarded door. What was found,
 * and that nothing was, is remembered. Such a key is the domain's word, not a person's: trust/
 * counts what it signed no higher than the domain's own signature. Safe between threads. */
#ifndef INKAN_FCGI_WKD_KEYS_H
#define INKAN_FCGI_WKD_KEYS_H

#include "base/keep.h"
#include "base/own.h"
#include "sign/openpgp_keyring.h"

struct wkd_keys;
struct https;
struct resolver;

/* The voucher's word for such keys, as in struct openpgp_voucher. */
#define WKD_KEYS_WORD "wkd"

/* Everything is borrowed. */
struct wkd_keys *wkd_keys_new(struct keep *keep, struct resolver *resolver, struct https *https,
                              struct openpgp_verifier *verifier);
void wkd_keys_free(struct wkd_keys *keys);

/* Asks for the keys of the author of a message that may carry an OpenPGP signature, unless that is
 * remembered. Waits: two fetches at most. */
void wkd_keys_ask(struct wkd_keys *keys, GBytes *message);

/* What is remembered for that author, from memory alone: a keyring, perhaps empty. Only
 * certificates with a user ID of exactly that address. The caller frees. */
struct openpgp_keyring *wkd_keys_find(struct wkd_keys *keys, const char *address);

DEFINE_OWNED(wkd_keys, wkd_keys_free)

#endif
