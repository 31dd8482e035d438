/* SPDX-License-Identifier: MIT
 *
 * ARC validation of one message: RFC 8617 §5.2, with the keys and algorithms that DKIM accepts.
 * Call order: arc_new, arc_names (with all other names of the message), arc_verify, read, arc_free.
 * A valid chain says who handled the message in which state, never that anybody is honest: whose
 * seals count is decided in trust/, by the operator's list, and nobody's by default. */
#ifndef INKAN_AUTH_ARC_H
#define INKAN_AUTH_ARC_H

#include "auth/arc_set.h"
#include "auth/dkim_hashes.h"
#include "auth/dkim_keys.h"
#include "auth/result.h"
#include "base/own.h"
#include "net/resolver.h"

struct arc_check {
    /* AUTH_NOT_EVALUATED until arc_verify, and where only a part of the body is at hand; then none,
     * pass or fail: "all errors, including DNS failures, become unrecoverable" (§5.2.1) */
    enum auth_result result;
    enum arc_fault fault;   /* ARC_FAULT_NONE on pass */
    enum dkim_reason cause; /* of ARC_MESSAGE_SIGNATURE, ARC_SEAL; DKIM_BODY_PARTIAL */
    bool temporary;         /* the failure is DNS trouble: another day it may be none */

    guint instance;     /* of the newest set; 0: there is none */
    const char *sealer; /* d= of the newest seal, or NULL; borrowed from the check */
    /* On pass: the oldest set whose message signature still holds, with all newer ones; 0: all do
     * (§5.2 step 5). Keys beyond LIMIT_ARC_OLDER_KEYS are not asked for: such a set counts as one
     * that does not hold. */
    guint oldest_pass;
    /* The newest message signature covers every From, every Subject and the whole body. */
    bool covers_shown;
    enum dnssec_state dnssec; /* of the weakest key look-up behind the result */

    struct arc_chain chain;
    struct arc_check_state *state; /* private to arc.c */
};

/* Reads the sets. `hashes` is borrowed, with its message, and must outlive the check. Never NULL.
 */
struct arc_check *arc_new(struct dkim_hashes *hashes);
void arc_free(struct arc_check *check);

/* Starts the look-ups of the keys of the newest message signature and of every seal, and at most
 * LIMIT_ARC_OLDER_KEYS further ones of older message signatures; none where the structure is broken
 * already. */
void arc_names(struct arc_check *check, struct lookups *lookups);

/* Validates, with x= judged as of `received_at` (epoch seconds). At most one public-key operation
 * for each message signature and seal. */
void arc_verify(struct arc_check *check, struct lookups *lookups, struct dkim_keys *keys,
                int64_t received_at);

/* Word for JSON: "gap", "seal-key-not-found", …; NULL on pass or none. The caller frees. */
char *arc_reason(const struct arc_check *check);

/* After a pass: does the key of that seal (1 … instance) carry t=y? */
bool arc_seal_testing(const struct arc_check *check, guint instance);

DEFINE_OWNED(arc_check, arc_free)

#endif
