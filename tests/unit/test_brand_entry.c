/* SPDX-License-Identifier: MIT
 *
 * What is remembered of a domain's logo, and the operator's say about it. */
#include "fcgi/brand_entry.h"

#include "base/limits.h"
#include "tests/unit/evidence_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static char author[] = AUTHOR, bank[] = "Example Bank", hash[] = "00", parent[] = "example",
            suffix[] = "nk.example";
static const struct brand_policy standard = {.require = BRAND_REQUIRE_CMC};

static struct brand_entry certified(enum brand_kind kind) {
    return (struct brand_entry){.checked_at = NOW,
                                .recheck_at = NOW + LIMIT_BRAND_CHECK,
                                .result = BIMI_PASS,
                                .kind = kind,
                                .domain = author,
                                .certified_for = bank,
                                .sha256 = hash,
                                .expires = NOW + HOUR};
}

static void an_entry_survives_the_store(void **state) {
    (void)state;
    struct brand_entry entry = certified(BRAND_VMC);
    entry.by_local_part = true;
    g_autoptr(GBytes) octets = brand_entry_encode(&entry);
    OWNED(brand_entry) read = brand_entry_decode(octets);
    assert_non_null(read);
    assert_int_equal(read->recheck_at, entry.recheck_at);
    assert_int_equal(read->result, BIMI_PASS);
    assert_int_equal(read->kind, BRAND_VMC);
    assert_true(read->by_local_part);
    assert_string_equal(read->certified_for, "Example Bank");
    assert_null(read->location);
    assert_int_equal(read->expires, entry.expires);
}

static void octets_of_another_shape_are_refused(void **state) {
    (void)state;
    struct brand_entry entry = certified(BRAND_VMC);
    g_autoptr(GBytes) octets = brand_entry_encode(&entry);
    gsize n;
    const guint8 *p = g_bytes_get_data(octets, &n);
    for (gsize cut = 0; cut < n; cut += 7) {
        g_autoptr(GBytes) part = g_bytes_new(p, cut);
        assert_null(brand_entry_decode(part));
    }
    g_autofree guint8 *other = g_memdup2(p, n);
    other[0]++; /* the version */
    g_autoptr(GBytes) newer = g_bytes_new(other, n);
    assert_null(brand_entry_decode(newer));
}

static enum bimi_result applied(const struct brand_entry *entry, const struct brand_policy *policy,
                                int64_t now, enum bimi_reason *reason) {
    OWNED(evidence) evidence = make_evidence();
    brand_entry_apply(entry, policy, now, evidence);
    *reason = evidence->bimi.reason;
    assert_int_equal(evidence->bimi.checked_at, entry->checked_at);
    assert_int_equal(evidence->bimi.sha256 != NULL, evidence->bimi.result == BIMI_PASS);
    return evidence->bimi.result;
}

static void a_certificate_that_expires_takes_its_logo_away_at_once(void **state) {
    (void)state;
    enum bimi_reason reason;
    struct brand_entry entry = certified(BRAND_VMC);
    assert_int_equal(applied(&entry, &standard, entry.expires - 1, &reason), BIMI_PASS);
    assert_int_equal(applied(&entry, &standard, entry.expires, &reason), BIMI_FAIL);
    assert_int_equal(reason, BIMI_REASON_EVIDENCE);
    entry.expires = 0; /* self-asserted: there is none */
    assert_int_equal(applied(&entry, &standard, NOW, &reason), BIMI_PASS);
}

static void the_operator_has_the_last_word(void **state) {
    (void)state;
    char *here[] = {author, NULL}, *above[] = {parent, NULL}, *beside[] = {suffix, NULL};
    static const struct {
        enum brand_require require;
        bool vmc, cmc, self;
    } cases[] = {{BRAND_REQUIRE_VMC, true, false, false},
                 {BRAND_REQUIRE_CMC, true, true, false},
                 {BRAND_REQUIRE_SELF, true, true, true},
                 {BRAND_REQUIRE_OFF, false, false, false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct brand_policy policy = {.require = cases[i].require};
        assert_int_equal(brand_policy_allows(&policy, AUTHOR, BRAND_VMC), cases[i].vmc);
        assert_int_equal(brand_policy_allows(&policy, AUTHOR, BRAND_CMC), cases[i].cmc);
        assert_int_equal(brand_policy_allows(&policy, AUTHOR, BRAND_SELF), cases[i].self);
        assert_false(brand_policy_allows(&policy, AUTHOR, BRAND_NONE));
        policy.allow = here;
        assert_int_equal(brand_policy_allows(&policy, AUTHOR, BRAND_SELF),
                         cases[i].require != BRAND_REQUIRE_OFF);
        policy.block = above;
        assert_false(brand_policy_allows(&policy, AUTHOR, BRAND_VMC));
        policy.block = beside; /* a suffix of the name, not a domain above it */
        assert_int_equal(brand_policy_allows(&policy, AUTHOR, BRAND_VMC), cases[i].vmc);
    }
    enum bimi_reason reason;
    struct brand_entry entry = certified(BRAND_CMC);
    struct brand_policy strict = {.require = BRAND_REQUIRE_VMC};
    assert_int_equal(applied(&entry, &strict, NOW, &reason), BIMI_SKIPPED);
    assert_int_equal(reason, BIMI_REASON_OPERATOR);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_survives_the_store),
        cmocka_unit_test(octets_of_another_shape_are_refused),
        cmocka_unit_test(a_certificate_that_expires_takes_its_logo_away_at_once),
        cmocka_unit_test(the_operator_has_the_last_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
