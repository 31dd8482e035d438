/* SPDX-License-Identifier: MIT
 *
 * Evidence: everything that was found about one message, in a form that outlives the message. The
 * rooms answer with structs of their own that borrow from the octets; trust/evaluate copies here
 * what the verdict, the JSON and the record need. Facts only: nothing in here is a judgement. A
 * mechanism whose `evaluated` is false (or whose result is AUTH_NOT_EVALUATED) has not run, and is
 * absent in the JSON; one that ran and found nothing is there and empty.
 *
 * Every string is owned by the evidence (its texts), valid UTF-8 and free of control
 * characters; every array is the evidence's too. Nobody else frees them. Domains are lower-case
 * A-labels. */
#ifndef INKAN_TRUST_EVIDENCE_H
#define INKAN_TRUST_EVIDENCE_H

#include "auth/dmarc.h"
#include "auth/result.h"
#include "base/ip.h"
#include "base/own.h"
#include "base/texts.h"
#include "brand/bimi.h"
#include "mail/author.h"
#include "net/resolver.h"
#include "repute/dnsbl.h"
#include "repute/history.h"
#include "sign/signature.h"

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

struct evidence_author {
    enum author_state state;
    const char *why; /* author_find's word: a code of the reasons table; NULL if the state is ONE */
    const char *address, *domain, *display_name, *address_in_name; /* NULL as in struct author */
    const char *registrable;   /* domain by the public suffix list, for display; NULL if unknown */
    uint32_t notes;            /* author_note */
    const char *reply_domain;  /* domain of a Reply-To in another organization, else NULL */
    const char *organizer;     /* of an invitation, if it is somebody else, else NULL */
    bool is_list;              /* a List-Id is there … */
    const char *list_id;       /* … namely this (RFC 2919), lower case; NULL: not a usable one */
    bool is_invitation;        /* the message is text/calendar or holds such a part at its top */
    bool recipients_known;     /* the account's addresses were handed in */
    bool addressed_to_account; /* … and one of them stands in To or Cc */
};

/* A link whose text names one organization and that leads to another; NULL twice: none is there.
 * Registrable domains. */
struct evidence_link {
    const char *shown, *target;
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
};

struct evidence_authres {
    const char *authserv_id; /* NULL if the field has none */
    bool believed;
    const char *why; /* authres_why_name: why it is believed or not */
    struct evidence_result *results;
    guint n_results;
};

/* One signature as a server saw it. */
struct evidence_stated_dkim {
    enum auth_result result;
    const char *domain; /* NULL: it names nobody */
    enum dmarc_bare_alignment bare;
    enum dmarc_alignment aligned; /* by our DMARC evaluation, where it ran … */
    enum dmarc_alignment walked;  /* … and before the suffix list took it away (rule 3) */
    int signature;                /* index into evidence->signatures it speaks of, or -1 */
};

/* What believed headers say together: auth/statement in a form that outlives the message. */
struct evidence_statement {
    bool present;
    const char *server;    /* authserv-id or, without one, the profile's name for its server */
    const char *forwarder; /* NAME of the forwarder whose word it is (rule 12), or NULL */
    bool sealed;           /* … which it sealed: we know it by our own check of the chain (ARC) */
    struct evidence_stated_dkim *dkim;
    guint n_dkim;
    bool dkim_said; /* some usable dkim= result was there, be it "none" */
    enum auth_result spf;
    const char *spf_domain;
    enum dmarc_bare_alignment spf_bare;
    enum dmarc_alignment spf_aligned, spf_walked; /* likewise */
    enum auth_result dmarc;                       /* for the author domain only */
    bool dmarc_disputed; /* a dmarc=fail was taken back by another result: none of them stands */
    bool failure_counts; /* false behind a gateway: a failed dmarc says nothing (rule 11) */
    enum dmarc_policy policy, disposition; /* as the server stated them */
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
    enum dmarc_bare_alignment bare;
    enum dmarc_alignment aligned, walked; /* as of a stated one */
    bool could_align;                     /* shares two labels or more with the author domain */
    bool body_missing;                    /* not evaluated because the body is not here yet */
    bool key_missing;                     /* the key record is not there (NXDOMAIN, NODATA) */
    bool body_uncovered;                  /* l= ends before the body does */
    bool content_type_unsigned;           /* Content-Type is there and not in h= */
    const char *fields_uncovered; /* ", "-joined names of shown fields that h= does not cover
                                     (trust/coverage.h); NULL if none */
};

/* SPF: evaluated by us from a border hop or a given session only; never below the border. */
struct evidence_spf {
    enum auth_result result;
    const char *reason; /* word of auth/spf_check: why none, temperror or permerror; NULL else */
    const char *domain; /* of MAIL FROM, for the null path of HELO; NULL: unusable */
    const char *client_ip, *mechanism, *explanation;
    enum dnssec_state dnssec;
    enum dmarc_bare_alignment bare; /* these two stay unknown for HELO, which never aligns */
    enum dmarc_alignment aligned, walked;
    bool anyone; /* passed through +all or a network of absurd width (rule 4) */
};

/* Historic: shown, and never part of a verdict (rule 16). */
struct evidence_domainkeys {
    bool evaluated;
    enum auth_result result; /* NONE: no such signature */
    const char *reason;      /* NULL on pass and none */
    const char *domain, *selector;
    const char *policy; /* "all", "some": what the sender's domain signs; NULL: not known */
    bool testing;
    enum dnssec_state dnssec;
};

struct evidence_arc {
    bool evaluated;
    enum auth_result result; /* none, pass, fail; NOT_EVALUATED: the body is not here yet */
    guint instance;          /* of the newest set */
    const char *sealer;      /* d= of its seal, or NULL */
    guint oldest_pass;       /* on pass; 0: every message signature holds */
    bool trusted;            /* a pass, and the operator named the newest sealer */
    bool unsettled;          /* … would have been named, but a look-up had temporary trouble */
    enum dnssec_state dnssec;
    const char *reason; /* NULL on pass and none */
    /* What a change of the operator's list asks for: */
    bool temporary;    /* the failure was DNS trouble */
    bool covers_shown; /* the newest message signature covers From, Subject and the whole body */
    guint proved_from; /* on pass: no seal from this set on has a key marked as a test */
};

/* Sender ID: legacy information, which no rule reads (rule 16). */
struct evidence_sender_id {
    bool evaluated;          /* the PRA was looked for */
    enum auth_result result; /* NOT_EVALUATED: no session is known */
    const char *reason;      /* as of SPF */
    const char *pra;         /* NULL: the message has none */
    enum dnssec_state dnssec;
};

struct evidence_dmarc {
    enum auth_result result;   /* NONE: no record */
    bool from_server;          /* believed dkim/spf results went in */
    enum dmarc_policy policy;  /* applicable p, sp or np before t= … */
    enum dmarc_policy applied; /* … and after it */
    const char *organizational_domain, *record_domain;
    bool by_dkim, by_spf;     /* every aligned pass */
    bool testing;             /* t=y */
    bool walk_complete;       /* the organizational domain is that of a whole walk */
    bool policy_known;        /* as in struct dmarc_result */
    const char *reason;       /* why temperror or permerror; "spf-not-evaluated" of a fail */
    enum dnssec_state dnssec; /* of record and walks */
};

/* What a personal signature speaks of (sign/signed_part.h, sign/protected_headers.h). */
struct evidence_coverage {
    enum signature_scope scope;
    const char *part; /* number of the signed part, "" for the whole message; NULL: none */
    enum signature_headers headers;
    const char *from, *subject, *date; /* signed values that differ from those shown, else NULL */
};

/* Where a personal signature led to; the words of RFC 9219 §4.1. */
enum evidence_sign_status {
    SIGN_STATUS_NONE = 0, /* nothing of the kind is there */
    SIGN_STATUS_UNKNOWN, /* something is, and it is no signature that could be looked at: encrypted,
                            an unknown protocol, nobody signed it */
    SIGN_STATUS_SIGNED,  /* holds, and is not the author's over all that is shown */
    SIGN_STATUS_VERIFIED, /* everything holds: rule 15 may rest on it */
    SIGN_STATUS_FAILED,   /* something contradicts */
    SIGN_STATUS__MAX
};

/* A certificate's person. */
struct evidence_certificate {
    const char *subject, *issuer; /* distinguished names, RFC 4514 */
    const char *issuer_name;      /* its organization, or else its common name; NULL: neither */
    const char **addresses;       /* n_addresses; addr-specs the certificate was issued for */
    guint n_addresses;
    int64_t not_before, not_after; /* epoch seconds */
    const char *serial;            /* hex */
    const char *fingerprint;       /* hex SHA-256 of the certificate */
};

/* A signature that does not decide: another signer of the same octets, another part, or one inside
 * of the signed content. */
struct evidence_other_signature {
    enum evidence_sign_status status;
    enum signature_scope scope;
    const char *part;  /* as in evidence_coverage */
    const char *name;  /* who: address, or else subject or fingerprint; NULL: not known */
    const char *error; /* the first one, or NULL */
};

struct evidence_smime {
    bool evaluated;
    bool pending;   /* the body is not here yet, and may hold a signature */
    bool encrypted; /* something of it is encrypted with S/MIME; nothing here decrypts */
    enum evidence_sign_status status, at_delivery; /* now; at receipt (smimeStatusAtDelivery) */
    const char **errors; /* n_errors words of sign/smime.h: why it is not verified … */
    guint n_errors;
    const char **notes; /* … and facts that do not keep it from that */
    guint n_notes;
    int64_t verified_at; /* when this was checked; 0: nothing was */
    int64_t signed_at;   /* what the signer says (signingTime), or -1 */
    bool has_signer;
    struct evidence_certificate signer;
    const char *digest_algorithm, *key_algorithm; /* "sha256", "rsa"; NULL if not known */
    guint key_bits;
    enum signature_check digest, chain, time, usage, revocation, address, coverage, strength;
    struct evidence_coverage covers;
    struct evidence_other_signature *others;
    guint n_others;
};

struct evidence_openpgp {
    bool evaluated;
    bool pending;   /* as above; or the worker could not be asked */
    bool encrypted; /* something of it is encrypted with OpenPGP */
    enum evidence_sign_status status;
    const char **errors; /* n_errors words of sign/openpgp.h */
    guint n_errors;
    int64_t verified_at;     /* as above */
    int64_t signed_at;       /* creation time of the signature, or -1 */
    const char *fingerprint; /* of the primary key, hex; NULL: the key is not known */
    const char *key_id;      /* what the signature names: fingerprint or key ID, hex; or NULL */
    const char **user_ids;   /* n_user_ids, self-certified ones first */
    guint n_user_ids;
    const char *user_id;  /* the one whose address is the author's, or NULL */
    const char *validity; /* of the key: a word of sign/openpgp.h ("valid", "expired", …) */
    const char *vouched;  /* whose word binds the key: "configured", "imported", "wkd" (the
                            domain published it); NULL: nobody's */
    const char *digest_algorithm, *key_algorithm;
    guint key_bits;
    enum signature_check signature, key, address, coverage;
    struct evidence_coverage covers;
    struct evidence_other_signature *others;
    guint n_others;
};

/* Who says that a logo belongs to the domain. */
enum brand_kind {
    BRAND_NONE = 0,
    BRAND_SELF, /* the domain itself; shown only where the operator allows it */
    BRAND_CMC,  /* a common mark certificate: a picture, no tick */
    BRAND_VMC,  /* a verified mark certificate */
    BRAND_KIND__MAX
};

/* BIMI. `selector_field` comes out of the message and is kept; everything else is the state of the
 * domain's logo when the verdict is read (fcgi/brands), and not part of a record. */
struct evidence_bimi {
    const char
        *selector_field; /* selector of the only BIMI-Selector field; NULL: none that counts */
    bool pending;        /* a check was asked for and has not come back yet */
    enum bimi_result result;
    enum bimi_reason reason;
    const char *detail;                       /* one sentence more about the reason, or NULL */
    const char *selector, *domain;            /* where the assertion record was found */
    const char *location, *authority;         /* its l= and a= */
    enum brand_kind kind;                     /* of PASS; else of what was found, if known */
    const char *mark_type;                    /* "Registered Mark" …; NULL without certificate */
    const char *certified_for, *certified_by; /* organization, issuer; NULL without certificate */
    int64_t expires;                          /* of the certificate's path; 0: without */
    int64_t checked_at;                       /* when the domain was asked; 0: it was not */
    const char *sha256;                       /* of the logo's SVG, hex; NULL unless PASS */
};

/* List-Unsubscribe (RFC 2369, 8058). */
struct evidence_unsubscribe {
    bool evaluated;
    const char *https, *mailto; /* what a person may open; NULL: not offered */
    bool covered;               /* a signature that holds names both fields */
    bool one_click;             /* RFC 8058: one POST with the reader's consent does it */
};

/* What a list of addresses or domains says (RFC 5782). Information: no rule reads it. */
struct evidence_reputation {
    const char *list, *subject;
    enum dnsbl_kind kind;
    enum dnsbl_state state;
    const char *meaning; /* in the operator's words; NULL: not listed, or no words for the code */
};

/* What the account's history knew of the author's address before this message (trust/memory.h). */
struct evidence_history {
    bool evaluated;     /* it was asked; not for mail that was old when it was checked */
    bool indexed;       /* the mailbox had been read: an address without past is a new one */
    int64_t first;      /* when the address was first seen; 0: it was not */
    guint seen, proved; /* messages, and of these with an established author */
    const char *habits[HABIT__MAX]; /* what its authenticated mail always carried, or NULL … */
    guint counts[HABIT__MAX];       /* … so many times */
};

struct evidence_hop {
    const char *from, *by, *ip; /* NULL where the line does not say */
    bool tls;
    const char *tls_version, *tls_cipher; /* NULL where it does not say which */
    bool ours;
    bool timed;
    int64_t delay; /* seconds since the hop below, if timed; negative where clocks differ */
};

/* What our own border line recorded, or the caller of a command line knew (the SMTP session). */
struct evidence_session {
    bool known;
    const char *client_ip, *helo, *mail_from; /* mail_from "" = null path; NULL = not known */
    bool submitted;                           /* authenticated submission on our server (rule 10) */
    const char *submitted_by;                 /* smtp.auth, if the header or line names it */
};

struct evidence {
    struct texts texts; /* every string below */
    int64_t checked_at, received_at;
    enum receipt_source receipt;
    enum verify_mode mode;
    enum mailbox_role role;
    struct evidence_author author;
    struct evidence_link link_in_own_name;   /* the first whose text names the author's own … */
    struct evidence_link link_in_other_name; /* … and the first whose text names somebody else's */
    struct evidence_session session;
    struct evidence_authres *authres; /* top first, believed or not */
    guint n_authres;
    struct evidence_statement statement; /* of the account's own servers */
    struct evidence_statement forwarded; /* of a forwarder, where one was believed */
    bool dkim_evaluated;
    struct evidence_signature *signatures; /* top first */
    guint n_signatures;
    bool signatures_unread;       /* some DKIM-Signature could not be read, or was one too many */
    struct evidence_spf spf;      /* MAIL FROM */
    struct evidence_spf spf_helo; /* HELO, for the panel alone */
    struct evidence_sender_id sender_id;
    struct evidence_domainkeys domainkeys;
    struct evidence_arc arc;
    guint n_dkim2; /* DKIM2 fields (a draft): counted, not evaluated */
    struct evidence_dmarc dmarc;
    struct evidence_smime smime;
    struct evidence_openpgp openpgp;
    struct evidence_bimi bimi;
    struct evidence_unsubscribe unsubscribe;
    bool reputation_evaluated; /* lists are configured, and might be asked */
    struct evidence_reputation *reputation;
    guint n_reputation;
    struct evidence_history history;
    struct evidence_hop *hops; /* top first */
    guint n_hops;
};

/* Empty evidence: everything not evaluated. */
struct evidence *evidence_new(void);
void evidence_free(struct evidence *evidence);

/* A copy that lives as long as the evidence; NULL stays NULL. What is kept is always valid UTF-8 on
 * one line: other octets and control characters become U+FFFD. */
const char *evidence_text(struct evidence *evidence, const char *text);
const char *evidence_span(struct evidence *evidence, struct span text);
/* The address as base/ip writes it; NULL for none. */
const char *evidence_ip(struct evidence *evidence, const struct ip *ip);

DEFINE_OWNED(evidence, evidence_free)

#endif
