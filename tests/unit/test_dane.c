/* SPDX-License-Identifier: MIT
 *
 * route/dane: what TLSA records mean for mail (RFC 7672), by DNSSEC and by record. */
#include "route/dane.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define OCTETS32 "0123456789abcdef0123456789abcdef"

static void only_what_is_signed_says_anything(void **state) {
    (void)state;
    static const struct {
        enum dns_status status;
        enum dnssec_state dnssec;
        enum dane_state dane;
        const char *name;
    } cases[] = {
        {DNS_DATA, DNSSEC_SECURE, DANE_USABLE, "usable"},
        {DNS_DATA, DNSSEC_INSECURE, DANE_NONE, "none"},
        {DNS_DATA, DNSSEC_NOT_EVALUATED, DANE_NOT_EVALUATED, NULL},
        {DNS_NODATA, DNSSEC_SECURE, DANE_NONE, "none"},
        {DNS_NXDOMAIN, DNSSEC_NOT_EVALUATED, DANE_NOT_EVALUATED, NULL},
        {DNS_NXDOMAIN, DNSSEC_INSECURE, DANE_NONE, "none"},
    };
    struct span records[] = {SPAN_LIT("\3\1\1" OCTETS32)};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct dns_answer answer = {.status = cases[i].status, .dnssec = cases[i].dnssec};
        if (answer.status == DNS_DATA) {
            answer.records = records;
            answer.n = 1;
        }
        guint usable = 9;
        enum dane_state dane = dane_check(&answer, &usable);
        assert_int_equal(dane, cases[i].dane);
        assert_int_equal(usable, dane == DANE_USABLE);
        const char *name = dane_state_name(dane);
        assert_true(name == cases[i].name || strcmp(name, cases[i].name) == 0);
    }
}

/* RFC 7672 §3.1: PKIX usages, unknown numbers and digests of another length are unusable. */
static void records_that_cannot_be_used(void **state) {
    (void)state;
    struct span good[] = {SPAN_LIT("\2\0\0x"), SPAN_LIT("\3\0\1" OCTETS32),
                          SPAN_LIT("\3\1\2" OCTETS32 OCTETS32)};
    struct span bad[] = {SPAN_LIT(""),
                         SPAN_LIT("\3\1\1"),
                         SPAN_LIT("\3\1\1short"),
                         SPAN_LIT("\0\1\1" OCTETS32),
                         SPAN_LIT("\1\1\1" OCTETS32),
                         SPAN_LIT("\4\1\1" OCTETS32),
                         SPAN_LIT("\3\2\1" OCTETS32),
                         SPAN_LIT("\3\1\3" OCTETS32)};
    struct dns_answer answer = {.status = DNS_DATA, .dnssec = DNSSEC_SECURE};
    guint usable;
    answer.records = good;
    answer.n = G_N_ELEMENTS(good);
    assert_int_equal(dane_check(&answer, &usable), DANE_USABLE);
    assert_int_equal(usable, 3);
    answer.records = bad;
    answer.n = G_N_ELEMENTS(bad);
    assert_int_equal(dane_check(&answer, NULL), DANE_UNUSABLE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_signed_says_anything),
        cmocka_unit_test(records_that_cannot_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
