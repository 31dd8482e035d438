/* SPDX-License-Identifier: MIT
 *
 * Evidence: everything that was found about one message, in a form that outlives the message. The
 * rooms answer with structs of their own that borrow from the octets; trust/evaluate copies here
 * what the verdict, the JSON and the record need. Facts only: nothing in here is a judgement. A
 * mechanism whose `evaluated` is false (or whose result is AUTH_NOT_EVALUATED) has not run, and is
 * absent in the JSON; one that ran and found nothing is there and empty.
 *
 * Every string is owned by the evidence (its text chunk) and every array by g_free; nobody else
 * frees them. Domains are lower-case A-labels. */
#ifndef INKAN_TRUST_EVIDENCE_H
#define INKAN_TRUST_EVIDENCE_H

#include "auth/result.h"
#include "base/own.h"
#include "mail/author.h"
#include "net/resolver.h"

#include <stdint.h>

/* Which checks of our own run beside the believed headers. */
enum verify_mode {
    VERIFY_MISSING = 0, /* for the mechanisms that believed headers do not answer */
    VERIFY_ALWAYS,
    VERIFY_NEVER /* headers only, nothing is looked up */
};

/* Where the message lies: what may be believed about it. */
enum mailbox_role {
    MAILBOX_RECEIVED = 0, /* delivered by the account's servers */
    MAILBOX_OWN,          /* \Sent, \Drafts: no verdict is made */
    MAILBOX_IMPORTED /* appended, imported, a folder outside the personal namespace: no header is
                        believed */
};

/* Where the receipt time comes from (verdict rule 6). */
enum receipt_source {
    RECEIPT_UNKNOWN = 0, /* nobody knows: the time of checking stands in */
    RECEIPT_BORDER,      /* our own border line */
    RECEIPT_GIVEN        /* INTERNALDATE, or the command line */
};

/* How a domain stands to the author domain, by DNS labels alone. */
enum domain_relation {
    RELATION_NOT_EVALUATED = 0,
    RELATION_OTHER, /* another domain, or a public suffix */
    RELATION_SAME,
    RELATION_PARENT, /* above the author domain and no public suffix */
    RELATION_CHILD   /* below the author domain */
};

/* Alignment under the author domain's DMARC record (RFC 9989 §4.4); not evaluated without one. */
enum domain_alignment { ALIGNMENT_NOT_EVALUATED = 0, ALIGNMENT_NO, ALIGNMENT_YES };

enum dmarc_demand { DEMAND_UNKNOWN = 0, DEMAND_NONE, DEMAND_QUARANTINE, DEMAND_REJECT };

struct evidence_author {
    enum author_state state;
    const char *why; /* author_find's word: a code of the reasons table; NULL if the state is ONE */
    const char *address, *domain, *display_name; /* NULL as in struct author */
    uint32_t notes;                              /* author_note */
    guint total, n_fields;
    const char *other_name;    /* AUTHOR_NAME_IS_ADDRESS: the display name as shown; else NULL */
    const char *sender;        /* Sender, where it is another address */
    const char *reply_domain;  /* domain of a Reply-To in another organization, else NULL */
    bool is_list;              /* a List-Id is there */
    bool is_invitation;        /* the message is text/calendar or holds such a part at its top */
    bool recipients_known;     /* the account's addresses were handed in */
    bool addressed_to_account; /* … and one of them stands in To or Cc */
};

/* name "header.d" for properties; a bare "k=v" has name "k" (interfaces.md `extra`). */
struct evidence_property {
    const char *name, *value;
};

struct evidence_result {
    const char *method, *word; /* lower-case, as written: registered or not */
    enum auth_result result;   /* AUTH_NOT_EVALUATED for an unregistered word */
    const char *reason, *comment;
    struct evidence_property *properties; /* n_properties, then n_extra without ptype */
    guint n_properties, n_extra;
    const char *domain;            /* what a dkim, spf or dmarc result speaks of; NULL if it does
                                      not say, or says something that is no domain */
    enum domain_relation relation; /* of that domain to the author domain */
    enum domain_alignment aligned; /* dkim, spf: by our DMARC evaluation, where it ran */
    int signature;                 /* dkim: index into evidence->signatures it speaks of, or -1 */
};

struct evidence_authres {
    const char *authserv_id; /* NULL if the field has none */
    bool believed;
    bool gateway;          /* a declared border lies in front of its writer (rule 11) */
    const char *forwarder; /* NAME of the forwarder that wrote it (rule 12), else NULL */
    const char *why;       /* belief's word: why it is believed or not */
    struct evidence_result *results;
    guint n_results;
};

struct evidence_signature {
    enum auth_result result; /* AUTH_NOT_EVALUATED: skipped, reason "not-checked" */
    const char *reason;      /* word of auth/dkim, NULL on pass */
    const char *domain, *selector, *identity, *algorithm;
    guint key_bits;
    bool testing;                 /* t=y in the key record */
    int64_t body_length_limit;    /* l=, or -1 */
    int64_t signed_at;            /* t=, or -1 */
    const char **signed_headers;  /* NULL-terminated, lower-case, in h= order */
    enum auth_result header_hash; /* PASS: b= verifies over the headers, whatever the body */
    enum dnssec_state dnssec;
    enum domain_relation relation;
    enum domain_alignment aligned;
    bool key_missing;             /* the key record is not there (NXDOMAIN, NODATA) */
    bool key_revoked;             /* p= is empty */
    bool body_uncovered;          /* l= ends before the body does */
    bool content_type_unsigned;   /* Content-Type is there and not in h= */
    const char *fields_uncovered; /* ", "-joined names of shown fields that h= does not cover: not
                                     signed, or one copy more than signed; NULL if none */
};

/* SPF: evaluated by us from a border hop or a given session only; never below the border. */
struct evidence_spf {
    enum auth_result result;
    const char *domain, *client_ip, *mechanism, *explanation;
    enum domain_relation relation;
    enum domain_alignment aligned;
    bool anyone; /* passed through +all or a network of absurd width (rule 4) */
};

struct evidence_dmarc {
    enum auth_result result;   /* NONE: no record */
    bool from_server;          /* believed dkim/spf results went in */
    enum dmarc_demand policy;  /* applicable p, sp or np before t= … */
    enum dmarc_demand applied; /* … and after it */
    const char *organizational_domain, *record_domain;
    bool by_dkim, by_spf; /* every aligned pass */
    bool testing;         /* t=y */
    const char *reason;   /* why temperror or permerror; NULL else */
};

struct evidence_hop {
    const char *from, *by, *ip, *tls_version, *tls_cipher; /* NULL where the line does not say */
    bool ours;
    int64_t delay; /* seconds since the hop below, or -1 where a time is missing */
};

/* What our own border line recorded, or the caller of a command line knew (the SMTP session). */
struct evidence_session {
    bool known;
    const char *client_ip, *helo, *mail_from; /* mail_from "" = null path; NULL = not known */
    bool submitted;                           /* authenticated submission on our server (rule 10) */
    const char *submitted_by;                 /* smtp.auth, if the header or line names it */
};

struct evidence {
    GStringChunk *text;
    int64_t checked_at, received_at;
    enum receipt_source receipt;
    enum verify_mode mode;
    enum mailbox_role role;
    bool pending; /* a check needs octets that are not here yet (MESSAGE_BODY_PARTIAL) */
    struct evidence_author author;
    struct evidence_session session;
    struct evidence_authres *authres; /* top first, believed or not */
    guint n_authres;
    bool authres_unusable; /* a believed header never closes a quote or comment: the set is void */
    bool dkim_evaluated;
    struct evidence_signature *signatures; /* top first */
    guint n_signatures;
    guint signatures_skipped; /* could-align signatures beyond the limit: they count as failed */
    struct evidence_spf spf;
    struct evidence_dmarc dmarc;
    struct evidence_hop *hops; /* top first */
    guint n_hops;
};

/* Empty evidence: everything not evaluated, body_length_limit and signature indexes aside. */
struct evidence *evidence_new(void);
void evidence_free(struct evidence *evidence);

/* A copy of `text` that lives as long as the evidence; NULL stays NULL. */
const char *evidence_text(struct evidence *evidence, const char *text);
const char *evidence_span(struct evidence *evidence, struct span text);

/* Equal in every field (order included): for the round trip of records. */
bool evidence_equal(const struct evidence *a, const struct evidence *b);

/* "none", "quarantine", "reject"; NULL for DEMAND_UNKNOWN. */
const char *dmarc_demand_name(enum dmarc_demand demand);

DEFINE_OWNED(evidence, evidence_free)

#endif
