/* SPDX-License-Identifier: MIT
 *
 * Evidence made by hand for tests: mail of alice@bank.example, received and checked at NOW, about
 * which nothing is known; each function adds one fact. */
#ifndef INKAN_TESTS_EVIDENCE_MAKER_H
#define INKAN_TESTS_EVIDENCE_MAKER_H

#include "trust/evidence.h"
#include "trust/verdict.h"

#include <string.h>

#define NOW 1795000000
#define HOUR 3600
#define AUTHOR "bank.example"

static inline struct evidence *make_evidence(void) {
    struct evidence *e = evidence_new();
    e->checked_at = e->received_at = NOW;
    e->receipt = RECEIPT_GIVEN;
    e->author.state = AUTHOR_ONE;
    e->author.address = "alice@" AUTHOR;
    e->author.domain = e->author.registrable = AUTHOR;
    e->author.display_name = "Alice";
    return e;
}

static inline void received_hours_ago(struct evidence *e, int hours) {
    e->received_at = NOW - hours * HOUR;
}

/* A word that bare alignment has for this domain, as dmarc_bare_dkim would say it. */
static inline enum dmarc_bare_alignment bare_of(const char *domain) {
    size_t n = strlen(domain), a = strlen(AUTHOR);
    if (strcmp(domain, AUTHOR) == 0)
        return DMARC_BARE_ALIGNED;
    return n > a && strcmp(domain + n - a, AUTHOR) == 0 ? DMARC_BARE_LIKELY : DMARC_BARE_UNALIGNED;
}

/* A signature of ours to check; borrowed until the next is added. */
static inline struct evidence_signature *add_signature(struct evidence *e, const char *domain,
                                                       enum auth_result result) {
    e->dkim_evaluated = true;
    e->signatures = g_renew(struct evidence_signature, e->signatures, e->n_signatures + 1);
    struct evidence_signature *s = &e->signatures[e->n_signatures++];
    *s = (struct evidence_signature){
        .result = result,
        .domain = domain,
        .selector = "s",
        .algorithm = "rsa-sha256",
        .key_bits = 2048,
        .body_length_limit = -1,
        .signed_at = -1,
        .signed_headers = g_new0(const char *, 1),
        .header_hash = result == AUTH_PASS ? AUTH_PASS : AUTH_NOT_EVALUATED,
        .bare = bare_of(domain),
        .could_align = bare_of(domain) != DMARC_BARE_UNALIGNED,
    };
    return s;
}

/* What our servers say: dmarc for the author domain. */
static inline struct evidence_statement *say_dmarc(struct evidence *e, enum auth_result result,
                                                   enum dmarc_policy policy) {
    e->statement.present = true;
    e->statement.server = "mx.ours.example";
    e->statement.dmarc = result;
    e->statement.failure_counts = true;
    e->statement.policy = policy;
    return &e->statement;
}

static inline struct evidence_stated_dkim *say_dkim(struct evidence_statement *statement,
                                                    const char *domain, enum auth_result result) {
    statement->present = statement->dkim_said = true;
    if (!statement->server)
        statement->server = "mx.ours.example";
    statement->dkim = g_renew(struct evidence_stated_dkim, statement->dkim, statement->n_dkim + 1);
    struct evidence_stated_dkim *dkim = &statement->dkim[statement->n_dkim++];
    *dkim = (struct evidence_stated_dkim){
        .result = result, .domain = domain, .bare = bare_of(domain), .signature = -1};
    return dkim;
}

/* The same about a signature that is there and covers everything, not checked by us. */
static inline struct evidence_stated_dkim *say_matched_dkim(struct evidence *e, const char *domain,
                                                            enum auth_result result) {
    bool evaluated = e->dkim_evaluated;
    add_signature(e, domain, AUTH_NOT_EVALUATED);
    e->dkim_evaluated = evaluated;
    struct evidence_stated_dkim *dkim = say_dkim(&e->statement, domain, result);
    dkim->signature = (int)e->n_signatures - 1;
    return dkim;
}

static inline void say_spf(struct evidence_statement *statement, const char *domain,
                           enum auth_result result) {
    statement->present = true;
    if (!statement->server)
        statement->server = "mx.ours.example";
    statement->spf = result;
    statement->spf_domain = domain;
    statement->spf_bare = strcmp(domain, AUTHOR) == 0 ? DMARC_BARE_LIKELY : DMARC_BARE_UNALIGNED;
}

/* Our own DMARC evaluation; alignment of what is there is added by the test. */
static inline void find_dmarc(struct evidence *e, enum auth_result result,
                              enum dmarc_policy policy) {
    e->dmarc.result = result;
    e->dmarc.policy = e->dmarc.applied = policy;
    e->dmarc.organizational_domain = AUTHOR;
    e->dmarc.record_domain = result == AUTH_PASS || result == AUTH_FAIL ? AUTHOR : NULL;
}

#endif
