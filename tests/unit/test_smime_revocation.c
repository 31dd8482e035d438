/* SPDX-License-Identifier: MIT
 *
 * sign/smime_revocation: lists and responses put together, for a path of root, authority and Alice.
 * Which response counts at all is asked in test_smime_ocsp.c. */
#include "sign/smime_revocation.h"

#include "sign/smime_ocsp.h"
#include "smime_responder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { GOOD = V_OCSP_CERTSTATUS_GOOD, REVOKED = V_OCSP_CERTSTATUS_REVOKED };
#define BIT(error) (UINT64_C(1) << (error))

/* Made once: keys cost time. `other`: of the authority's name, with a key of its own. */
static struct smime_person root, issuing, other, alice;

static struct smime_person make_authority(void) {
    struct smime_person person = smime_person_new("Issuing", NULL, &root);
    X509_gmtime_adj(X509_getm_notBefore(person.x509), -30 * DAY);
    g_assert(X509_sign(person.x509, root.key, EVP_sha256()));
    return person;
}

static int make_people(void **state) {
    (void)state;
    root = smime_person_new("Root", NULL, NULL);
    X509_gmtime_adj(X509_getm_notBefore(root.x509), -30 * DAY);
    g_assert(X509_sign(root.x509, root.key, EVP_sha256()));
    issuing = make_authority();
    other = make_authority();
    alice = smime_person_new("Alice", "alice@corp.test", &issuing);
    X509_gmtime_adj(X509_getm_notBefore(alice.x509), -30 * DAY);
    g_assert(X509_sign(alice.x509, issuing.key, EVP_sha256()));
    return 0;
}

static int free_people(void **state) {
    (void)state;
    smime_person_clear(&root);
    smime_person_clear(&issuing);
    smime_person_clear(&other);
    smime_person_clear(&alice);
    return 0;
}

/* --- what is handed in ----------------------------------------------------------------------- */

struct case_of {
    X509_STORE *anchors;
    STACK_OF(X509) * pool;
    STACK_OF(X509_CRL) * lists;
    GPtrArray *responses;
    int received; /* seconds from now */
    uint64_t errors;
};

static int begin(void **state) {
    struct case_of *c = g_new0(struct case_of, 1);
    c->anchors = X509_STORE_new();
    c->pool = sk_X509_new_null();
    c->lists = sk_X509_CRL_new_null();
    c->responses = smime_ocsp_list();
    X509_STORE_add_cert(c->anchors, root.x509);
    sk_X509_push(c->pool, issuing.x509);
    *state = c;
    return 0;
}

static int end(void **state) {
    struct case_of *c = *state;
    X509_STORE_free(c->anchors);
    sk_X509_free(c->pool);
    sk_X509_CRL_pop_free(c->lists, X509_CRL_free);
    g_ptr_array_unref(c->responses);
    g_free(c);
    return 0;
}

static enum signature_check check(struct case_of *c) {
    int64_t now = time(NULL);
    struct smime_revocation question = {c->anchors,   alice.x509,        c->pool, c->lists,
                                        c->responses, now + c->received, now};
    c->errors = 0;
    return smime_revocation_check(&question, &c->errors);
}

static void is_good(struct case_of *c) {
    assert_int_equal(check(c), CHECK_PASS);
    assert_int_equal(c->errors, 0);
}

static void is_unknown(struct case_of *c) {
    assert_int_equal(check(c), CHECK_UNKNOWN);
    assert_int_equal(c->errors, BIT(SMIME_REVOCATION_UNKNOWN));
}

static void is_revoked(struct case_of *c) {
    assert_int_equal(check(c), CHECK_FAIL);
    assert_int_equal(c->errors, BIT(SMIME_REVOKED));
}

static void is_revoked_since(struct case_of *c) {
    assert_int_equal(check(c), CHECK_PASS);
    assert_int_equal(c->errors, BIT(SMIME_REVOKED_SINCE));
}

static void list(struct case_of *c, struct listed listed) {
    listed.issuer = listed.issuer ? listed.issuer : &issuing;
    sk_X509_CRL_push(c->lists, listed_crl(&listed));
}

static void tell(struct case_of *c, struct told told) {
    told.about = told.about ? told.about : &alice;
    told.issuer = told.issuer ? told.issuer : &issuing;
    g_ptr_array_add(c->responses, told_basic(&told));
}

/* Of the authority itself, by the root. */
static void tell_authority(struct case_of *c) {
    tell(c, (struct told){&issuing, &root});
}

/* --- enough, and not enough ------------------------------------------------------------------ */

static void nothing_told_is_unknown(void **state) {
    struct case_of *c = *state;
    is_unknown(c);
    sk_X509_CRL_free(c->lists);
    c->lists = NULL;
    is_unknown(c);
}

static void lists_alone_are_enough(void **state) {
    struct case_of *c = *state;
    list(c, (struct listed){.issuer = &issuing});
    is_unknown(c); /* of the authority nothing is told */
    list(c, (struct listed){.issuer = &root});
    is_good(c);
}

static void responses_alone_are_enough(void **state) {
    struct case_of *c = *state;
    tell(c, (struct told){0});
    is_unknown(c);
    tell_authority(c);
    is_good(c);
}

static void each_certificate_by_either(void **state) {
    struct case_of *c = *state;
    tell_authority(c);
    list(c, (struct listed){.issuer = &issuing});
    is_good(c);
}

static void without_a_path_nothing_is_known(void **state) {
    struct case_of *c = *state;
    tell_authority(c);
    tell(c, (struct told){.status = REVOKED});
    X509_STORE_free(c->anchors);
    c->anchors = X509_STORE_new();
    assert_int_equal(check(c), CHECK_UNKNOWN);
}

/* --- revoked --------------------------------------------------------------------------------- */

static void revoked_by_either(void **state) {
    struct case_of *c = *state;
    tell_authority(c);
    tell(c, (struct told){.status = REVOKED, .revoked = -DAY});
    is_revoked(c);
    g_ptr_array_set_size(c->responses, 1);
    list(c, (struct listed){.revoked = &alice, .at = -DAY});
    is_revoked(c);
}

static void an_authority_that_was_revoked_takes_its_people_along(void **state) {
    struct case_of *c = *state;
    tell(c, (struct told){0});
    tell(c, (struct told){&issuing, &root, .status = REVOKED, .revoked = -DAY});
    is_revoked(c);
    g_ptr_array_set_size(c->responses, 1);
    list(c, (struct listed){.issuer = &root, .revoked = &issuing, .at = -DAY});
    is_revoked(c);
}

/* Whichever is the newer: who was revoked is not un-revoked by silence or by an older word. */
static void a_list_newer_than_a_response(void **state) {
    struct case_of *c = *state;
    tell_authority(c);
    tell(c, (struct told){.since = -DAY, .until = DAY});
    list(c, (struct listed){.revoked = &alice, .at = -MINUTE, .since = -MINUTE});
    is_revoked(c);
}

static void a_response_newer_than_a_list(void **state) {
    struct case_of *c = *state;
    tell_authority(c);
    list(c, (struct listed){.since = -DAY});
    tell(c, (struct told){.status = REVOKED, .revoked = -MINUTE, .since = -MINUTE});
    is_revoked(c);
}

/* The list says revoked, a newer response that it is good: somebody knew otherwise. */
static void a_good_word_takes_nothing_back(void **state) {
    struct case_of *c = *state;
    tell_authority(c);
    list(c, (struct listed){.revoked = &alice, .at = -2 * DAY, .since = -DAY});
    tell(c, (struct told){.since = -MINUTE});
    is_revoked(c);
}

/* --- when ------------------------------------------------------------------------------------ */

static void revoked_after_it_came(void **state) {
    struct case_of *c = *state;
    c->received = -9 * DAY;
    tell_authority(c);
    tell(c, (struct told){.status = REVOKED, .revoked = -5 * DAY});
    is_revoked_since(c);
    g_ptr_array_set_size(c->responses, 1);
    is_unknown(c);
    list(c, (struct listed){.revoked = &alice, .at = -5 * DAY});
    is_revoked_since(c);
}

/* A stolen key signs letters of any date. */
static void a_stolen_key_was_never_good(void **state) {
    struct case_of *c = *state;
    c->received = -9 * DAY;
    tell_authority(c);
    tell(c, (struct told){.status = REVOKED,
                          .reason = OCSP_REVOKED_STATUS_KEYCOMPROMISE,
                          .revoked = -5 * DAY});
    is_revoked(c);
    g_ptr_array_set_size(c->responses, 1);
    list(c,
         (struct listed){.revoked = &alice, .at = -5 * DAY, .reason = CRL_REASON_KEY_COMPROMISE});
    is_revoked(c);
}

static void a_list_of_that_day_counts(void **state) {
    struct case_of *c = *state;
    c->received = -9 * DAY;
    list(c, (struct listed){.issuer = &root, .since = -10 * DAY, .until = -8 * DAY});
    list(c, (struct listed){.issuer = &issuing, .since = -10 * DAY, .until = -8 * DAY});
    is_good(c);
}

static void a_list_of_neither_day_does_not(void **state) {
    struct case_of *c = *state;
    c->received = -9 * DAY;
    tell_authority(c);
    list(c, (struct listed){.since = -7 * DAY, .until = -6 * DAY});
    is_unknown(c);
    c->received = 0;
    is_unknown(c);
}

static void a_list_from_the_future_does_not(void **state) {
    struct case_of *c = *state;
    tell_authority(c);
    list(c, (struct listed){.since = DAY, .until = 2 * DAY});
    is_unknown(c);
}

/* --- by whom --------------------------------------------------------------------------------- */

static void a_forged_list_neither_clears_nor_revokes(void **state) {
    struct case_of *c = *state;
    tell_authority(c);
    list(c, (struct listed){.by = &other});
    is_unknown(c);
    sk_X509_CRL_pop_free(c->lists, X509_CRL_free);
    c->lists = sk_X509_CRL_new_null();
    list(c, (struct listed){.by = &other, .revoked = &alice, .at = -DAY});
    is_unknown(c);
    tell(c, (struct told){0});
    is_good(c);
}

static void a_forged_response_neither_clears_nor_revokes(void **state) {
    struct case_of *c = *state;
    tell_authority(c);
    for (int status = GOOD; status <= REVOKED; status++)
        tell(c, (struct told){.by = &other, .status = status});
    is_unknown(c);
    list(c, (struct listed){.issuer = &issuing});
    is_good(c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(nothing_told_is_unknown),
        TEST(lists_alone_are_enough),
        TEST(responses_alone_are_enough),
        TEST(each_certificate_by_either),
        TEST(without_a_path_nothing_is_known),
        TEST(revoked_by_either),
        TEST(an_authority_that_was_revoked_takes_its_people_along),
        TEST(a_list_newer_than_a_response),
        TEST(a_response_newer_than_a_list),
        TEST(a_good_word_takes_nothing_back),
        TEST(revoked_after_it_came),
        TEST(a_stolen_key_was_never_good),
        TEST(a_list_of_that_day_counts),
        TEST(a_list_of_neither_day_does_not),
        TEST(a_list_from_the_future_does_not),
        TEST(a_forged_list_neither_clears_nor_revokes),
        TEST(a_forged_response_neither_clears_nor_revokes),
    };
    return cmocka_run_group_tests(tests, make_people, free_people);
}
