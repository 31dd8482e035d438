/* SPDX-License-Identifier: MIT
 *
 * Receiver profiles: how each mailbox provider writes down its checks. One table (profile.c), one
 * row a provider; a new provider is a new row. A profile says where to look and what to expect, it
 * never makes a statement true. */
#ifndef INKAN_AUTH_PROFILE_H
#define INKAN_AUTH_PROFILE_H

#include "base/span.h"

#include <stdint.h>

enum profile_flag {
    PROFILE_NO_ID = 1 << 0,     /* its header has no authserv-id: an id-less one is its own */
    PROFILE_BELOW = 1 << 1,     /* it writes its header directly under its border line: fields of
                                   `ids` count there, each id in its turn. Only for receivers that
                                   write it on every message, or end the block, on every message,
                                   with a field of their own that is not in `between` */
    PROFILE_P_COMMENT = 1 << 2, /* dmarc (p=REJECT sp=REJECT dis=NONE) */
    PROFILE_ACTION = 1 << 3,    /* dmarc action=oreject: disposition, and with it the policy */
    PROFILE_INTERNAL = 1 << 4,  /* X-MS-Exchange-Organization-AuthAs: Internal above the border, or
                                   with all lines ours, means submitted here */
    PROFILE_JOB_ID = 1 << 5,    /* its id may be followed by "/" and the number of the job */
    PROFILE_ARC_OVERRIDE = 1 << 6 /* arc_overridden_status=… other than NOT_OVERRIDDEN: the result
                                     is not of the mechanism but of an ARC chain */
};

/* A word of the receiver's own for a method ("senderid") or a property ("smtp.mail"), and the
 * registered one it stands for; both lower-case. */
struct profile_alias {
    const char *written, *registered;
};

/* Lists end in NULL; NULL stands for the empty list. */
struct profile {
    const char *name;
    const char *title;              /* for people: "Gmail and Google Workspace" */
    uint32_t flags;                 /* profile_flag */
    const char *const *ids;         /* authserv-ids; with PROFILE_BELOW in the order written, top
                                       first, "+" in front: may repeat */
    const char *const *hosts;       /* border hosts, "*" for any run of octets */
    const char *const *inner_hosts; /* hosts that only its own hosts can reach */
    const char *const *networks;    /* addresses of its own hosts, as clients or in `by` */
    const char *const *between;     /* names of fields it writes among them under its border line,
                                       "*" for any run; Received-SPF is always one */
    const char *const *imap_hosts;  /* IMAP servers of the provider, "*." for hosts below */
    const struct profile_alias *aliases; /* ends in {NULL, NULL} */
};

/* The row of that name (ASCII case aside) or NULL. */
const struct profile *profile_find(const char *name);
/* The row for an account on that IMAP server, or the generic one: which believes nobody. */
const struct profile *profile_for_imap_host(const char *host);
/* The row that knows no host: an operator's own server. */
const struct profile *profile_generic(void);
/* Rows in the order of the table, NULL past the end. */
const struct profile *profile_at(guint index);

#endif
