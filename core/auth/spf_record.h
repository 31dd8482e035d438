/* SPDX-License-Identifier: MIT
 *
 * SPF records (RFC 7208 §4.5, §4.6.1, §12; Sender ID: RFC 4406 §3.1, §4.4): which TXT record is the
 * policy, and its terms. An error anywhere refuses the whole record, also behind a term that would
 * match. Nothing is looked up here. */
#ifndef INKAN_AUTH_SPF_RECORD_H
#define INKAN_AUTH_SPF_RECORD_H

#include "auth/result.h"
#include "base/ip.h"
#include "base/span.h"

/* Whose policy is asked for. */
enum spf_scope {
    SPF_SCOPE_MAIL_FROM = 0, /* MAIL FROM and HELO: "v=spf1" only */
    SPF_SCOPE_PRA            /* Sender ID: "spf2.x" with scope "pra", else "v=spf1" */
};

enum spf_selection {
    SPF_SELECTED_NONE = 0,
    SPF_SELECTED_ONE,
    SPF_SELECTED_SEVERAL /* permerror */
};

/* The one record among these that is a policy of that scope; *terms is what follows its version. */
enum spf_selection spf_record_select(const struct span *records, guint n, enum spf_scope scope,
                                     struct span *terms);

/* True if another scope might find another one: some record is of version 2. */
bool spf_record_depends_on_scope(const struct span *records, guint n);

enum spf_mechanism {
    SPF_NOTHING = 0,
    SPF_ALL,
    SPF_INCLUDE,
    SPF_A,
    SPF_MX,
    SPF_PTR,
    SPF_IP4,
    SPF_IP6,
    SPF_EXISTS,
    SPF_MECHANISM__MAX
};

/* Spans are borrowed from the record's text. */
struct spf_directive {
    struct span text; /* as written, with its qualifier */
    enum spf_mechanism mechanism;
    enum auth_result result;  /* what its qualifier stands for */
    struct span domain;       /* domain-spec; p NULL: none */
    uint32_t letters;         /* macro letters in it (spf_macro.h) */
    struct ip network;        /* of ip4 and ip6: the address as written, never unmapped */
    uint8_t prefix4, prefix6; /* of a and mx; ip4 and ip6 use their own */
};

enum { SPF_USUAL_TERMS = 8 };

/* Points into itself: not to be copied. */
struct spf_record {
    struct spf_directive *directives; /* in order */
    guint n;
    struct span redirect, exp; /* domain-specs; p NULL: none */
    uint32_t redirect_letters;
    /* private: where directives are, unless they are more */
    guint room;
    struct spf_directive usual[SPF_USUAL_TERMS];
};

/* Reads the terms of a record; false: a syntax error, or more than LIMIT_SPF_RECORD octets. The
 * text must outlive it; the caller clears, whatever came of it. Linear time. */
bool spf_record_parse(struct span terms, struct spf_record *record);
void spf_record_clear(struct spf_record *record);

/* "a", "mx" …; NULL for SPF_NOTHING. */
const char *spf_mechanism_name(enum spf_mechanism mechanism);

#endif
