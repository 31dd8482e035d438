/* SPDX-License-Identifier: MIT
 *
 * What the account's own servers say about one message and one author: all believed
 * Authentication-Results fields merged into one statement. Methods may be spread over several
 * fields; results of one method are kept apart by identity; those that contradict each other are
 * dropped, which means: missing, so that our own check runs. Unregistered words and methods are
 * missing too. Rules 4, 8, 10-13 of the verdict rest on what stands here; none is applied here. */
#ifndef INKAN_AUTH_STATEMENT_H
#define INKAN_AUTH_STATEMENT_H

#include "auth/authres.h"

enum dmarc_policy_word { POLICY_UNKNOWN = 0, POLICY_NONE, POLICY_QUARANTINE, POLICY_REJECT };

/* One signature as the server saw it. */
struct stated_dkim {
    enum auth_result result;
    char *domain;         /* header.d, A-labels; else the domain of header.i; NULL: names nobody */
    bool domain_from_i;   /* d= was not said, only that i= lies at or below it */
    struct span identity; /* header.i as written; p NULL if absent */
    struct span selector; /* header.s; p NULL if absent */
    struct span b;        /* header.b: the first octets of b=; p NULL if absent */
    const struct authres_result *from;
    const struct authres_field *field;
};

struct stated_spf {
    enum auth_result result; /* AUTH_NOT_EVALUATED: nothing usable was said */
    char *domain;            /* A-labels: of smtp.mailfrom (for the null path of smtp.helo) */
    bool null_path;
    bool evidence_of_failure; /* false behind a gateway: only a pass counts (verdict rule 11) */
    const struct authres_result *from;
};

struct stated_dmarc {
    enum auth_result result; /* only if header.from is the author's domain */
    bool evidence_of_failure;
    enum dmarc_policy_word policy; /* that applies, by a property or a profile-known comment; where
                                      p and sp are said and differ: POLICY_UNKNOWN */
    enum dmarc_policy_word disposition; /* what the server did; POLICY_UNKNOWN if it does not say */
    const struct authres_result *from;
};

struct stated_auth {
    enum auth_result result;
    struct span identity; /* smtp.auth, else smtp.mailfrom, as written; p NULL if absent */
};

struct statement {
    bool present;                      /* at least one field was believed */
    const struct forwarder *forwarder; /* NULL: our own servers'. Else: the word of this forwarder,
                                          at most `likely` */
    struct stated_dkim *dkim;          /* in order, contradictions left out */
    guint n_dkim;
    bool dkim_said;        /* some dkim= result was there, be it "none" */
    struct stated_spf spf; /* MAIL FROM */
    struct stated_spf spf_helo;
    struct stated_dmarc dmarc;
    struct stated_auth auth;
    enum auth_result arc;
    enum auth_result iprev;
    bool contradictory;  /* something was dropped because two results disagree */
    bool dmarc_disputed; /* … and one of them was a dmarc=fail that counts: what else the same
                            headers say is no proof (verdict rule 4) */
};

/* Merges the fields with why AUTHRES_BELIEVED; `author_domain` in A-labels, or NULL (ambiguous or
 * no author: dmarc is then never stated). With `forwarder` set, merges that forwarder's instead.
 * Never NULL; borrowed spans live as long as `authres`. */
struct statement *statement_new(const struct authres *authres, const struct belief_rules *rules,
                                const char *author_domain, const struct forwarder *forwarder);
void statement_free(struct statement *statement);

/* Octets of header.b that tell signatures apart (RFC 6008 §4 asks for eight or more). */
enum { STATEMENT_B_ENOUGH = 8 };

/* What was said about the signature with these tags (b without white space; NULL spans allowed): by
 * header.b if the server wrote enough of it, else by d= and s=, else by d= alone if the server
 * named that domain once. NULL if nothing was said, or it could be about another one. `d` in
 * A-labels. */
const struct stated_dkim *statement_dkim_find(const struct statement *statement, const char *d,
                                              struct span s, struct span b);

/* "none", "quarantine", "reject"; NULL for POLICY_UNKNOWN. */
const char *dmarc_policy_word_name(enum dmarc_policy_word word);

/* Domain of a property value that names one: "a.example", "u@a.example", "@a.example",
 * "<u@a.example>"; A-labels, or NULL if it is none (attacks B48, B49, B59). The caller frees. */
char *statement_value_domain(struct span value);

DEFINE_OWNED(statement, statement_free)

#endif
