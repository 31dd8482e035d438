/* SPDX-License-Identifier: MIT
 *
 * The conductor: one message in, its evidence out. Every room lists the names it will ask for,
 * all are asked at once, then each room reads its answers in its own order. Decides which checks
 * run (verify mode, belief), never what they mean: that is trust/verdict. No socket, clock or file:
 * resolver, keys, suffix list and time are handed in. */
#ifndef INKAN_TRUST_EVALUATE_H
#define INKAN_TRUST_EVALUATE_H

#include "mail/message.h"
#include "net/resolver.h"
#include "trust/evidence.h"
#include "trust/verdict.h"

struct belief_rules;
struct openpgp_verifier;
struct openpgp_voucher;
struct dkim_keys;
struct dnsbl_lists;
struct public_suffixes;
struct smime_trust;

/* Everything is borrowed for the time of the call. Zeroed but for `message` is a valid request: no
 * header is believed, nothing can be looked up. */
struct evaluate_request {
    const struct message *message;
    const struct belief_rules *belief; /* of the account; NULL believes none */
    enum verify_mode mode;
    enum mailbox_role role;
    struct resolver *resolver; /* NULL: every look-up counts as not asked */
    struct dkim_keys *keys;    /* cache shared by all threads; NULL: none */
    const struct public_suffixes
        *suffixes;             /* public suffix list; NULL: no list, it takes nothing away */
    struct smime_trust *smime; /* whom S/MIME believes; NULL: it is not evaluated */
    int64_t now;
    bool received_known;
    int64_t received_at; /* INTERNALDATE, or the command line's; a border line's time comes first */
    /* The SMTP session where the caller knows it (command line): goes before the border line. */
    bool session_known;
    const char *client_ip, *helo, *mail_from; /* mail_from: "" null path, "@d" no local part */
    bool submitted;                           /* the client is ours */
    struct openpgp_verifier *openpgp;       /* NULL: the cryptography of OpenPGP cannot be asked */
    const struct openpgp_voucher *vouchers; /* keyrings that count, and whose word each is */
    guint n_vouchers;
    const struct dnsbl_lists *reputation; /* lists to ask; NULL: none */
    const char *const *recipients; /* addresses of the account, NULL-terminated; NULL: not known */
};

/* Never NULL. The caller frees with evidence_free. Waits for DNS at most LIMIT_QUESTION_MS. */
struct evidence *evaluate(const struct evaluate_request *request);

#endif
