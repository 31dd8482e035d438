/* SPDX-License-Identifier: MIT
 *
 * The ARC sets of a message (RFC 8617 §4.1, §4.2): which fields belong together, and whether they
 * form a chain at all (§5.2 steps 1 to 3). Looks at structure only; signatures are auth/arc. The
 * results in an ARC-Authentication-Results field are not read here, and by nobody as
 * Authentication-Results. */
#ifndef INKAN_AUTH_ARC_SET_H
#define INKAN_AUTH_ARC_SET_H

#include "auth/dkim_signature.h"
#include "base/limits.h"
#include "mail/message.h"

/* Why a chain is broken; those without a cause of their own first. */
enum arc_fault {
    ARC_FAULT_NONE = 0,
    ARC_TOO_MANY_SETS,     /* "too-many-sets": §5.2 step 1; nothing of them is evaluated */
    ARC_TOO_LARGE,         /* "too-large": a field, or the header, is longer than is read */
    ARC_INSTANCE,          /* "instance": i= is absent or is no number from 1 */
    ARC_DUPLICATE,         /* "duplicate-field": two of a kind in one set */
    ARC_INCOMPLETE,        /* "incomplete-set": a set lacks one of its three fields */
    ARC_GAP,               /* "gap": a set is missing */
    ARC_SEALED_AS_FAILED,  /* "sealed-as-failed": the newest seal says cv=fail */
    ARC_CHAIN_STATUS,      /* "chain-status": a cv= other than none for i=1, pass above */
    ARC_BODY_CHANGED,      /* "changed-after-sealing": the newest message signature holds over the
                              header, the body is another one */
    ARC_MESSAGE_SIGNATURE, /* "message-signature-…": the newest one; what follows is the cause */
    ARC_SEAL,              /* "seal-…" likewise */
    ARC_FAULT__MAX
};

struct arc_set {
    int results_field;                        /* ARC-Authentication-Results: index, or -1 */
    struct span results;                      /* … and what stands behind its "i=N;" */
    struct dkim_signature *message_signature; /* NULL if absent */
    struct dkim_signature *seal;
};

struct arc_chain {
    guint n;                /* highest instance; 0 also where no instance could be read */
    guint n_fields;         /* ARC fields seen */
    struct arc_set *sets;   /* [n], instance i at [i - 1] */
    enum arc_fault fault;   /* the first thing wrong */
    enum dkim_reason cause; /* of a signature that cannot be read */
};

/* Fills *chain. Costs next to nothing where there is no ARC. At most 3 fields for each of
 * LIMIT_ARC_SETS are parsed; `message` is borrowed and must outlive the chain. The caller clears.
 */
void arc_chain_read(struct arc_chain *chain, const struct message *message);
void arc_chain_clear(struct arc_chain *chain);

#endif
