/* SPDX-License-Identifier: MIT
 *
 * sign/smime, sign/smime_trust, sign/ber, sign/cms_outline: what one call answers, what is counted
 * before anything is decoded, and how often a chain is built. Messages as a whole:
 * tests/conformance/test_smime.py. */
#include "sign/smime.h"

#include "base/limits.h"
#include "sign/ber.h"
#include "sign/cms_lean.h"
#include "sign/cms_outline.h"
#include "smime_signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define TEXT "Content-Type: text/plain\r\n\r\nthe amount is 100 EUR.\r\n"
#define ALICE "alice@corp.test"

/* Made once: keys cost time. */
struct people {
    struct smime_person root, alice;
    GBytes *anchors, *cms;
};

static int make_people(void **state) {
    struct people *people = g_new0(struct people, 1);
    people->root = smime_person_new("Root", NULL, NULL);
    people->alice = smime_person_new("Alice", ALICE, &people->root);
    people->anchors = smime_person_pem(&people->root);
    people->cms = smime_person_sign(&people->alice, TEXT);
    *state = people;
    return 0;
}

static int free_people(void **state) {
    struct people *people = *state;
    smime_person_clear(&people->root);
    smime_person_clear(&people->alice);
    g_bytes_unref(people->anchors);
    g_bytes_unref(people->cms);
    g_free(people);
    return 0;
}

static struct span span_of_bytes(GBytes *bytes) {
    gsize n;
    const char *p = g_bytes_get_data(bytes, &n);
    return span_make(p, n);
}

static struct smime_input input_of(const struct people *people) {
    int64_t now = (int64_t)time(NULL);
    return (struct smime_input){.cms = span_of_bytes(people->cms),
                                .detached = true,
                                .octets = SPAN_LIT(TEXT),
                                .author = ALICE,
                                .received_at = now,
                                .now = now};
}

static void a_signature_holds(void **state) {
    const struct people *people = *state;
    OWNED(smime_trust) trust = smime_trust_new(people->anchors, NULL);
    struct smime_input input = input_of(people);
    OWNED(smime_result) result = smime_verify(trust, &input);
    assert_int_equal(result->kind, SMIME_SIGNED_DATA);
    assert_int_equal(result->errors, 0);
    assert_int_equal(result->n_signers, 1);
    const struct smime_signer *signer = &result->signers[0];
    assert_int_equal(signer->digest, CHECK_PASS);
    assert_int_equal(signer->chain, CHECK_PASS);
    assert_int_equal(signer->time, CHECK_PASS);
    assert_int_equal(signer->usage, CHECK_PASS);
    assert_int_equal(signer->revocation, CHECK_UNKNOWN);
    assert_int_equal(signer->address, CHECK_PASS);
    assert_int_equal(signer->strength, CHECK_PASS);
    assert_string_equal(signer->certificate.addresses[0], ALICE);
    assert_string_equal(signer->certificate.issuer_name, "Root");
    assert_string_equal(signer->certificate.key_algorithm, "ec");
    assert_int_equal(signer->certificate.key_bits, 256);
}

/* Each octet of the content, one bit of it: no exception. */
static void no_changed_octet_passes(void **state) {
    const struct people *people = *state;
    OWNED(smime_trust) trust = smime_trust_new(people->anchors, NULL);
    struct smime_input input = input_of(people);
    g_autofree char *text = g_strdup(TEXT);
    for (size_t i = 0; i < strlen(TEXT); i++) {
        text[i] ^= 1;
        input.octets = span_make(text, strlen(TEXT));
        OWNED(smime_result) result = smime_verify(trust, &input);
        assert_int_equal(result->signers[0].digest, CHECK_FAIL);
        assert_true(result->signers[0].errors & (UINT64_C(1) << SMIME_CONTENT_CHANGED));
        text[i] ^= 1;
    }
}

/* One bit of the structure: whatever it makes of it, the same person over the same text is all it
 * may still find. */
static void no_changed_structure_names_another(void **state) {
    const struct people *people = *state;
    OWNED(smime_trust) trust = smime_trust_new(people->anchors, NULL);
    struct smime_input input = input_of(people);
    struct span cms = input.cms;
    g_autofree char *octets = g_memdup2(cms.p, cms.n);
    input.cms = span_make(octets, cms.n);
    for (size_t i = 0; i < cms.n; i++) {
        octets[i] ^= (char)(1 << (i % 8));
        OWNED(smime_result) result = smime_verify(trust, &input);
        for (guint s = 0; s < result->n_signers; s++) {
            const struct smime_signer *signer = &result->signers[s];
            if (signer->digest == CHECK_PASS && signer->chain == CHECK_PASS)
                assert_string_equal(signer->certificate.addresses[0], ALICE);
        }
        octets[i] ^= (char)(1 << (i % 8));
    }
}

/* Counted, not timed: the second letter of a sender builds no chain. */
static void a_chain_is_built_once(void **state) {
    const struct people *people = *state;
    OWNED(smime_trust) trust = smime_trust_new(people->anchors, NULL);
    struct smime_input input = input_of(people);
    for (int i = 0; i < 5; i++) {
        OWNED(smime_result) result = smime_verify(trust, &input);
        assert_int_equal(result->signers[0].chain, CHECK_PASS);
    }
    assert_int_equal(smime_trust_verified(trust), 1);
    assert_int_equal(smime_trust_decoded(trust), 1);
    input.received_at += 7200; /* outside of what the first one answered for */
    OWNED(smime_result) later = smime_verify(trust, &input);
    assert_int_equal(smime_trust_verified(trust), 2);
    assert_int_equal(later->signers[0].chain, CHECK_PASS);
    assert_int_equal(later->signers[0].time, CHECK_FAIL);
    input.received_at -= 7200;
    OWNED(smime_result) again = smime_verify(trust, &input);
    assert_int_equal(again->signers[0].time, CHECK_PASS);
    assert_int_equal(smime_trust_verified(trust), 2);
}

/* A chain that leads nowhere is looked for again: tomorrow an anchor may be there. */
static void a_failure_is_not_remembered(void **state) {
    const struct people *people = *state;
    OWNED(smime_trust) trust = smime_trust_new(NULL, NULL);
    struct smime_input input = input_of(people);
    for (guint i = 1; i <= 2; i++) {
        OWNED(smime_result) result = smime_verify(trust, &input);
        assert_int_equal(result->signers[0].chain, CHECK_FAIL);
        assert_int_equal(smime_trust_verified(trust), i);
    }
}

static void anchors_that_cannot_be_read_are_refused(void **state) {
    const struct people *people = *state;
    static const char *const bad[] = {
        "hello\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nno end"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GBytes) text = g_bytes_new_static(bad[i], strlen(bad[i]));
        OWNED(smime_trust) trust = smime_trust_new(text, NULL);
        g_autoptr(GError) error = NULL;
        assert_false(smime_trust_check(trust, &error));
        assert_non_null(error);
        OWNED(smime_trust) lists = smime_trust_new(people->anchors, text);
        assert_false(smime_trust_check(lists, NULL));
    }
    OWNED(smime_trust) good = smime_trust_new(people->anchors, NULL);
    assert_true(smime_trust_check(good, NULL));
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
    OWNED(smime_trust) nobody = smime_trust_new(nothing, NULL);
    assert_true(smime_trust_check(nobody, NULL));
}

static void every_error_has_a_word_of_its_own(void **state) {
    (void)state;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < SMIME_ERROR__MAX; i++) {
        assert_non_null(smime_error_name(i));
        assert_true(g_hash_table_add(seen, g_strdup(smime_error_name(i))));
    }
    GHashTableIter at;
    gpointer word;
    for (g_hash_table_iter_init(&at, seen); g_hash_table_iter_next(&at, &word, NULL);)
        g_free(word);
    assert_true(SMIME_ERROR__MAX <= 64); /* bits of smime_signer.errors */
}

/* --- BER ------------------------------------------------------------------------------------- */

static struct span octets(const char *text, size_t n) {
    return span_make(text, n);
}
#define OCTETS(s) octets("" s, sizeof(s) - 1)

static void ber_takes_one_element(void **state) {
    (void)state;
    struct ber element;
    struct span rest = OCTETS("\x04\x02hi\x30\x80\x02\x01\x05\x00\x00!");
    assert_true(ber_next(&rest, &element));
    assert_int_equal(element.tag, BER_OCTETS);
    assert_true(span_eq(element.value, SPAN_LIT("hi")));
    assert_true(ber_next(&rest, &element));
    assert_int_equal(element.tag, BER_SEQUENCE);
    assert_int_equal(element.value.n, 3);
    assert_int_equal(element.whole.n, 7);
    assert_true(span_eq(rest, SPAN_LIT("!")));
    assert_false(ber_next(&rest, &element));
    assert_true(span_eq(rest, SPAN_LIT("!")));
}

static void ber_refuses_what_is_cut_short(void **state) {
    (void)state;
    static const struct {
        const char *p;
        size_t n;
    } bad[] = {{"", 0},
               {"\x04", 1},
               {"\x04\x02h", 3},
               {"\x04\x80", 2},         /* a primitive one has a length */
               {"\x30\x80\x02\x01", 4}, /* no end of contents */
               {"\x04\x82\x00", 3},     /* half a length */
               {"\x04\x84\xff\xff\xff\xff", 6},
               {"\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff", 10},
               {"\x04\x89\0\0\0\0\0\0\0\0\1x", 12},
               {"\x1f\x81\x00\x00", 4}}; /* a long tag */
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct ber element;
        struct span rest = span_make(bad[i].p, bad[i].n);
        assert_false(ber_next(&rest, &element));
        assert_false(ber_is_bounded(span_make(bad[i].p, bad[i].n)));
    }
}

/* attacks F143 */
static void ber_has_bounds(void **state) {
    (void)state;
    g_autoptr(GString) deep = g_string_new(NULL);
    for (int i = 0; i < LIMIT_BER_DEPTH; i++)
        g_string_append_len(deep, "\x30\x80", 2);
    for (int i = 0; i < LIMIT_BER_DEPTH; i++)
        g_string_append_len(deep, "\0\0", 2);
    assert_true(ber_is_bounded(span_make(deep->str, deep->len)));
    g_string_prepend_len(deep, "\x30\x80", 2);
    g_string_append_len(deep, "\0\0", 2);
    assert_false(ber_is_bounded(span_make(deep->str, deep->len)));
    g_autoptr(GString) wide = g_string_new(NULL);
    g_string_append_len(wide, "\x30\x80", 2);
    for (guint i = 0; i < LIMIT_BER_ELEMENTS - 1; i++)
        g_string_append_len(wide, "\5\0", 2);
    g_string_append_len(wide, "\0\0", 2);
    assert_true(ber_is_bounded(span_make(wide->str, wide->len)));
    g_string_insert_len(wide, 2, "\5\0", 2);
    assert_false(ber_is_bounded(span_make(wide->str, wide->len)));
    assert_false(ber_is_bounded(OCTETS("\5\0\5\0"))); /* something behind it */
}

/* An indefinite element closed by an octet of its own and one that stands behind the element around
 * it: what comes next lies outside of all that is open. */
static void an_end_of_contents_lies_inside(void **state) {
    (void)state;
    assert_true(ber_is_bounded(OCTETS("\x30\x06\x30\x04\x30\x80\0\0")));
    assert_false(ber_is_bounded(OCTETS("\x30\x05\x30\x03\x30\x80\0\0")));
    static const char straddles[] = "\x30\x80\x30\x07\x30\x05\x30\x03\x30\x80\0\0\0";
    g_autofree char *exact = g_memdup2(straddles, sizeof straddles - 1);
    bool bounded = ber_is_bounded(span_make(exact, sizeof straddles - 1));
    assert_false(bounded);
}

static void an_outline_counts(void **state) {
    const struct people *people = *state;
    struct cms_outline outline;
    assert_true(cms_outline_read(span_of_bytes(people->cms), &outline));
    assert_int_equal(outline.kind, CMS_KIND_SIGNED);
    assert_int_equal(outline.n_certificates, 1);
    assert_int_equal(outline.n_signers, 1);
    assert_false(outline.has_content);
    assert_false(outline.too_large);
    assert_false(cms_outline_read(OCTETS("\x30\x00"), &outline));
    assert_false(cms_outline_read(SPAN_NULL, &outline));
}

/* The same structure, outline and all, but for the certificates; odd ones are left alone. */
static void certificates_are_set_apart(void **state) {
    const struct people *people = *state;
    struct span cms = span_of_bytes(people->cms);
    struct cms_outline outline;
    struct cms_lean lean;
    assert_true(cms_lean_read(cms, &lean));
    assert_int_equal(lean.n_certificates, 1);
    struct span bare = span_make((const char *)lean.octets->data, lean.octets->len);
    assert_true(cms_outline_read(bare, &outline));
    assert_int_equal(outline.n_certificates, 0);
    assert_int_equal(outline.n_signers, 1);
    /* version, digest algorithms, content type and signers stand there octet for octet */
    struct span certificate = lean.certificates[0];
    assert_true(certificate.p > cms.p && certificate.p + certificate.n < cms.p + cms.n);
    struct span after = span_make(certificate.p + certificate.n,
                                  (size_t)(cms.p + cms.n - certificate.p - certificate.n));
    assert_true(bare.n > after.n);
    assert_memory_equal(bare.p + bare.n - after.n, after.p, after.n);
    assert_false(cms_lean_read(bare, &(struct cms_lean){0})); /* none came along */
    cms_lean_clear(&lean);

    g_autofree char *longer = g_malloc(cms.n + 2);
    memcpy(longer, cms.p, cms.n);
    memcpy(longer + cms.n, "\5\0", 2);
    assert_false(cms_lean_read(span_make(longer, cms.n + 2), &lean));
    for (size_t n = 0; n < cms.n; n++)
        assert_false(cms_lean_read(span_first(cms, n), &lean));
}

/* SEQUENCE { OID, [0] { SEQUENCE { 1, SET {}, SEQUENCE {}, [0] { what }, SET {} } } }, all of
 * indefinite length. */
static void only_certificates_are_set_apart(void **state) {
    (void)state;
#define STRUCTURE(what)                                                                            \
    "\x30\x80\x06\x01*\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x00\xa0\x80" what                   \
    "\0\0\x31\x00\0\0\0\0\0\0"
    struct cms_lean lean;
    assert_true(cms_lean_read(OCTETS(STRUCTURE("\x30\x01x\x30\x00")), &lean));
    assert_int_equal(lean.n_certificates, 2);
    struct span bare = span_make((const char *)lean.octets->data, lean.octets->len);
    assert_true(span_eq(bare, OCTETS("\x30\x10\x06\x01*\xa0\x0b\x30\x09\x02\x01\x01\x31\x00"
                                     "\x30\x00\x31\x00")));
    cms_lean_clear(&lean);
    assert_false(cms_lean_read(OCTETS(STRUCTURE("\x30\x00\xa1\x00")), &lean)); /* attribute */
    assert_false(cms_lean_read(OCTETS(STRUCTURE("")), &lean));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_holds),
        cmocka_unit_test(no_changed_octet_passes),
        cmocka_unit_test(no_changed_structure_names_another),
        cmocka_unit_test(a_chain_is_built_once),
        cmocka_unit_test(a_failure_is_not_remembered),
        cmocka_unit_test(anchors_that_cannot_be_read_are_refused),
        cmocka_unit_test(every_error_has_a_word_of_its_own),
        cmocka_unit_test(ber_takes_one_element),
        cmocka_unit_test(ber_refuses_what_is_cut_short),
        cmocka_unit_test(ber_has_bounds),
        cmocka_unit_test(an_end_of_contents_lies_inside),
        cmocka_unit_test(an_outline_counts),
        cmocka_unit_test(certificates_are_set_apart),
        cmocka_unit_test(only_certificates_are_set_apart),
    };
    return cmocka_run_group_tests(tests, make_people, free_people);
}
