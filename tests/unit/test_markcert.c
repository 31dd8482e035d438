/* SPDX-License-Identifier: MIT
 *
 * brand/mark_roots and the words of brand/markcert. What certificates come to is asked with real
 * ones, in tests/conformance/test_markcert.py. */
#include "brand/markcert.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* The fingerprints that the mark authorities publish for their roots. */
static const char *const published[] = {
    "504386c9ee8932fecc95fade427f69c3e2534b7310489e300fee448e33c46b42", /* DigiCert */
    "cd122cb877c6928b9017b0f0b80dbd508196300bbd03cd7356c3beef524e7e0b", /* GlobalSign R42 */
    "8f9d1b7698886782a599b48510651c66a1aa0c5ca3192097bdc68534154bd30d", /* SSL.com RSA */
    "1b82e7f4910b51e3e802a493acdc17ff58eac8b9eb7c09b52ac6cd2efb83598c"  /* SSL.com ECC */
};

static void shipped_roots_are_those_that_were_published(void **state) {
    (void)state;
    OWNED(mark_roots) roots = mark_roots_new_shipped();
    assert_int_equal(mark_roots_count(roots), G_N_ELEMENTS(published));
    int64_t compared = mark_roots_compared();
    for (guint i = 0; i < G_N_ELEMENTS(published); i++) {
        const struct mark_root *root = mark_roots_at(roots, i);
        assert_string_equal(root->sha256, published[i]);
        assert_int_equal(root->kind, MARK_ROOT_PUBLIC);
        assert_true(root->expires > compared);
        assert_true(*root->subject && g_utf8_validate(root->subject, -1, NULL));
    }
    g_autofree char *day = clock_rfc3339(compared);
    assert_true(g_str_has_suffix(day, "T00:00:00Z"));
}

static void a_shipped_root_stays_public(void **state) {
    (void)state;
    g_autofree char *pem = NULL;
    gsize n;
    assert_true(g_file_get_contents("conf/mark-roots.pem", &pem, &n, NULL));
    OWNED(mark_roots) roots = mark_roots_new_shipped();
    assert_true(mark_roots_add(roots, span_make(pem, n), MARK_ROOT_OPERATOR, NULL));
    assert_int_equal(mark_roots_count(roots), G_N_ELEMENTS(published));
    assert_int_equal(mark_roots_at(roots, 0)->kind, MARK_ROOT_PUBLIC);
    OWNED(mark_roots) own = mark_roots_new();
    assert_true(mark_roots_add(own, span_make(pem, n), MARK_ROOT_OPERATOR, NULL));
    assert_int_equal(mark_roots_at(own, 0)->kind, MARK_ROOT_OPERATOR);
}

static void a_file_that_is_no_list_of_roots_adds_nothing(void **state) {
    (void)state;
    g_autofree char *pem = NULL;
    gsize n;
    assert_true(g_file_get_contents("conf/mark-roots.pem", &pem, &n, NULL));
    OWNED(mark_roots) roots = mark_roots_new();
    for (gsize cut = 1; cut < 60; cut += 7) {
        g_autoptr(GError) error = NULL;
        assert_false(
            mark_roots_add(roots, span_make(pem, n - 2 - cut), MARK_ROOT_OPERATOR, &error));
        assert_non_null(strstr(error->message, "pem-syntax"));
    }
    assert_false(mark_roots_add(roots, SPAN_NULL, MARK_ROOT_OPERATOR, NULL));
    assert_int_equal(mark_roots_count(roots), 0);
}

/* Every value of an enum has a word of its own: lower case, hyphens. */
static void check_words(const char *(*word)(int), int from, int to) {
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int i = from; i < to; i++) {
        const char *name = word(i);
        assert_non_null(name);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
        assert_true(g_hash_table_add(seen, g_strdup(name)));
    }
}

static const char *check_word(int i) {
    return markcert_check_name((enum markcert_check_id)i);
}

static const char *reason_word(int i) {
    return markcert_reason_name((enum markcert_reason)i);
}

static const char *state_word(int i) {
    return markcert_state_name((enum markcert_state)i);
}

static void every_word_is_there_once(void **state) {
    (void)state;
    check_words(check_word, 0, MARKCERT_CHECK__MAX);
    check_words(reason_word, 1, MARKCERT_REASON__MAX);
    check_words(state_word, 0, MARKCERT_ABSENT + 1);
    assert_null(markcert_reason_name(MARKCERT_NO_REASON));
    assert_null(markcert_type_name(MARKCERT_TYPE_UNKNOWN));
    assert_null(markcert_mark_name(MARKCERT_MARK_UNKNOWN));
}

static void every_outcome_has_a_sentence_in_both_languages(void **state) {
    (void)state;
    for (int i = 0; i < MARKCERT_CHECK__MAX; i++) {
        struct markcert_check passed = {MARKCERT_PASS, MARKCERT_NO_REASON}, nothing = {0};
        enum markcert_check_id id = (enum markcert_check_id)i;
        assert_true(g_str_is_ascii(markcert_check_text(id, &passed, "en")));
        assert_false(g_str_is_ascii(markcert_check_text(id, &passed, "ja")));
        assert_string_equal(markcert_check_text(id, &nothing, "en"), "Not checked");
        assert_false(g_str_is_ascii(markcert_check_text(id, &nothing, "ja")));
    }
    for (int i = 1; i < MARKCERT_REASON__MAX; i++) {
        struct markcert_check failed = {MARKCERT_FAIL, (enum markcert_reason)i};
        const char *english = markcert_check_text(MARKCERT_CHAIN, &failed, "en");
        assert_true(g_str_is_ascii(english));
        assert_false(g_str_is_ascii(markcert_check_text(MARKCERT_CHAIN, &failed, "ja")));
        struct markcert_check passed = {MARKCERT_PASS, MARKCERT_NO_REASON};
        assert_string_not_equal(english, markcert_check_text(MARKCERT_CHAIN, &passed, "en"));
    }
}

static void nothing_in_nothing_out(void **state) {
    (void)state;
    OWNED(mark_roots) roots = mark_roots_new_shipped();
    struct markcert_question question = {.domain = "brand.example", .roots = roots};
    OWNED(markcert) answer = markcert_check(&question);
    assert_false(answer->valid);
    assert_int_equal(answer->reason, MARKCERT_NO_CERTIFICATE);
    for (int i = 1; i < MARKCERT_CHECK__MAX; i++)
        assert_int_equal(answer->checks[i].state, MARKCERT_NOT_EVALUATED);
    assert_null(answer->svg);
    assert_int_equal(answer->type, MARKCERT_TYPE_UNKNOWN);
}

/* What markcert_check says of a certificate that is in order. */
static struct markcert *certified(const char *svg) {
    struct markcert *markcert = g_new0(struct markcert, 1);
    for (int i = 0; i < MARKCERT_CHECK__MAX; i++)
        markcert->checks[i].state = MARKCERT_PASS;
    markcert->valid = true;
    markcert->type = MARKCERT_VMC;
    markcert->root = g_strdup("Mark Root");
    markcert->svg = svg ? g_bytes_new(svg, strlen(svg)) : NULL;
    return markcert;
}

static void only_the_certified_picture_is_drawn(void **state) {
    (void)state;
    /* "<svg/>" in gzip (RFC 1952): header, one stored block, CRC-32, length. */
    static const char packed[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\x06\0\xf9\xff<svg/>";
    char gzip[sizeof packed - 1 + 8];
    memcpy(gzip, packed, sizeof packed - 1);
    memcpy(gzip + sizeof packed - 1, "\x49\xfb\xb9\xac\x06\0\0\0", 8);
    struct span same[] = {span_of("<svg/>"), span_make(gzip, sizeof gzip)};
    for (guint i = 0; i < G_N_ELEMENTS(same); i++) {
        OWNED(markcert) markcert = certified("<svg/>");
        markcert_compare(markcert, same[i]);
        assert_true(markcert->valid);
        assert_int_equal(markcert->reason, MARKCERT_NO_REASON);
    }
    gzip[sizeof packed - 3] = '\\'; /* another picture, and no longer what its CRC speaks of */
    struct span other[] = {span_of("<svg />"), span_of(""), span_make(gzip, sizeof gzip)};
    for (guint i = 0; i < G_N_ELEMENTS(other); i++) {
        OWNED(markcert) markcert = certified("<svg/>");
        markcert_compare(markcert, other[i]);
        assert_false(markcert->valid);
        assert_int_equal(markcert->reason, MARKCERT_OTHER_PICTURE);
        assert_int_equal(markcert->checks[MARKCERT_LOGO_HASH].state, MARKCERT_FAIL);
    }
}

static void an_earlier_fault_stays_the_reason(void **state) {
    (void)state;
    OWNED(markcert) expired = certified("<svg/>");
    expired->checks[MARKCERT_CHAIN] = (struct markcert_check){MARKCERT_FAIL, MARKCERT_UNKNOWN_ROOT};
    markcert_compare(expired, span_of("<svg />"));
    assert_int_equal(expired->reason, MARKCERT_UNKNOWN_ROOT);
    OWNED(markcert) bare = certified(NULL);
    markcert_compare(bare, span_of("<svg />"));
    assert_true(bare->valid);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_roots_are_those_that_were_published),
        cmocka_unit_test(a_shipped_root_stays_public),
        cmocka_unit_test(a_file_that_is_no_list_of_roots_adds_nothing),
        cmocka_unit_test(every_outcome_has_a_sentence_in_both_languages),
        cmocka_unit_test(every_word_is_there_once),
        cmocka_unit_test(nothing_in_nothing_out),
        cmocka_unit_test(only_the_certified_picture_is_drawn),
        cmocka_unit_test(an_earlier_fault_stays_the_reason)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
