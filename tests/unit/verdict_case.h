/* SPDX-License-Identifier: MIT
 *
 * What the tests of trust/verdict share: evidence goes in, and author, badge and deciding reason
 * are compared. The policy knows one domain of our own, the author's. */
#ifndef INKAN_TESTS_VERDICT_CASE_H
#define INKAN_TESTS_VERDICT_CASE_H

#include "auth/belief.h"
#include "evidence_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct verdict_policy policy;

/* Derives, frees the evidence, and compares author, badge and the deciding reason. */
static inline struct verdict *expect(struct evidence *e, enum verdict_author author,
                                     enum verdict_level level, enum reason_code code) {
    struct verdict *v = verdict_derive(e, &policy, NOW);
    evidence_free(e);
    assert_string_equal(verdict_author_name(v->author), verdict_author_name(author));
    assert_string_equal(verdict_level_name(v->level), verdict_level_name(level));
    assert_true(v->reasons.n > 0);
    assert_string_equal(reason_code_name(v->reasons.items[0].code), reason_code_name(code));
    return v;
}

static inline void check(struct evidence *e, enum verdict_author author, enum verdict_level level,
                         enum reason_code code) {
    verdict_free(expect(e, author, level, code));
}

static inline void check_limit(struct evidence *e, enum reason_code code, enum reason_code limit) {
    OWNED(verdict) v = expect(e, VERDICT_LIKELY, LEVEL_LIKELY, code);
    assert_non_null(reason_find(&v->reasons, limit));
    assert_int_equal(v->strength, STRENGTH_NONE);
    assert_null(v->identity);
}

#define UNVERIFIED VERDICT_NOT_ESTABLISHED, LEVEL_UNVERIFIED
#define DOMAIN_LEVEL VERDICT_VERIFIED, LEVEL_DOMAIN
#define FORGED VERDICT_CONTRADICTED, LEVEL_FORGED
#define UNKNOWN VERDICT_UNCHECKED, LEVEL_UNCHECKED

/* A message our own check found failing under that policy, everything known. */
static inline struct evidence *own_failure(enum dmarc_policy demand) {
    struct evidence *e = make_evidence();
    e->dkim_evaluated = true;
    e->spf = (struct evidence_spf){.result = AUTH_FAIL, .domain = "evil.example"};
    find_dmarc(e, AUTH_FAIL, demand);
    return e;
}

/* Set-up and tear-down of the group. */
static inline int own_domains(void **state) {
    struct belief_rules *rules = belief_rules_new();
    policy.rules = *state = rules;
    return belief_add_own_domain(rules, AUTHOR, NULL) ? 0 : 1;
}

static inline int forget(void **state) {
    belief_rules_free(*state);
    return 0;
}

#endif
