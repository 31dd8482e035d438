/* SPDX-License-Identifier: MIT
 *
 * Evidence and verdict as octets: one versioned GVariant. It is what the store keeps, what a child
 * returns and what re-derivation reads; JSON is never read back. Decoding takes nothing for
 * granted: a version other than ours, a value that is not in normal form, an enum out of range or
 * octets beyond LIMIT_RECORD_SIZE are refused whole. */
#ifndef INKAN_TRUST_RECORD_H
#define INKAN_TRUST_RECORD_H

#include "trust/evidence.h"
#include "trust/verdict.h"

/* Raised with every change of what is kept; records of another version are refused. */
enum { RECORD_VERSION = 14 };

/* What identifies the inputs of a verdict. */
struct record_facts {
    char *inputs;             /* hex SHA-256, see record_inputs */
    uint32_t policy_revision; /* of the configuration that derived the verdict */
    bool complete;            /* as verdict->complete */
};

/* What was said first: it stays when a verdict is derived again (verdict rule 6). Zero in a record
 * that was just made: then its own verdict is the first, and reading says so. */
struct record_first {
    int64_t checked_at; /* 0: there is no first one yet */
    enum verdict_author author;
    enum verdict_level level;
};

/* One record; owns all of it. */
struct record {
    struct record_facts facts;
    struct record_first first;
    struct evidence *evidence;
    struct verdict *verdict;
};

void record_free(struct record *record);

/* New octets. Evidence whose lists are beyond LIMIT_RECORD_SIZE is kept without them, its verdict
 * whole; NULL and *error (G_IO_ERROR_NO_SPACE) if that is still too large. The caller unrefs. */
GBytes *record_encode(const struct record *record, GError **error);

/* The record, or NULL and *error (G_IO_ERROR_INVALID_DATA). `octets` may come from anywhere. */
struct record *record_decode(GBytes *octets, GError **error);

/* Hex SHA-256 over the digest of the message's octets and everything that a verdict depends on
 * beside them: a description of belief rules (opaque to this room), role, mode and receipt facts.
 * The caller frees. */
char *record_inputs(const char *digest, const char *belief, enum mailbox_role role,
                    enum verify_mode mode, int64_t received_at);

DEFINE_OWNED(record, record_free)

#endif
