/* SPDX-License-Identifier: MIT
 *
 * sign/smime_ocsp: of whom a response speaks, who may have made it, and for when. Responses are
 * made by OpenSSL under keys of the test's own; as part of a letter: test_smime_ocsp.py. */
#include "sign/smime_ocsp.h"

#include "base/limits.h"
#include "smime_responder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { GOOD = V_OCSP_CERTSTATUS_GOOD, REVOKED = V_OCSP_CERTSTATUS_REVOKED };

/* Made once: keys cost time. `other`: of the same name as the root, with a key of its own. */
static struct smime_person root, other, alice, bob;

static int make_people(void **state) {
    (void)state;
    root = smime_person_new("Root", NULL, NULL);
    other = smime_person_new("Root", NULL, NULL);
    alice = smime_person_new("Alice", "alice@corp.test", &root);
    bob = smime_person_new("Bob", "bob@corp.test", &root);
    return 0;
}

static int free_people(void **state) {
    (void)state;
    smime_person_clear(&root);
    smime_person_clear(&other);
    smime_person_clear(&alice);
    smime_person_clear(&bob);
    return 0;
}

/* --- asking ---------------------------------------------------------------------------------- */

static struct smime_ocsp_answer ask_at(const struct told *told, int64_t received, int64_t now) {
    OCSP_BASICRESP *response = told_basic(told);
    struct smime_ocsp_time time_of = {time(NULL) + received, time(NULL) + now};
    struct smime_ocsp_answer answer = smime_ocsp_ask(response, alice.x509, root.x509, &time_of);
    OCSP_BASICRESP_free(response);
    return answer;
}

static int ask(struct told told) {
    told.about = told.about ? told.about : &alice;
    told.issuer = told.issuer ? told.issuer : &root;
    return ask_at(&told, 0, 0).status;
}

/* --- what it says ---------------------------------------------------------------------------- */

static void good_is_good(void **state) {
    (void)state;
    assert_int_equal(ask((struct told){0}), SMIME_OCSP_GOOD);
    assert_int_equal(ask((struct told){.named = true}), SMIME_OCSP_GOOD);
}

static void unknown_is_silence(void **state) {
    (void)state;
    assert_int_equal(ask((struct told){.status = V_OCSP_CERTSTATUS_UNKNOWN}), SMIME_OCSP_SILENT);
}

static void revoked_says_when_and_whether_the_key_was_stolen(void **state) {
    (void)state;
    static const struct {
        int reason;
        bool stolen;
    } reasons[] = {{OCSP_REVOKED_STATUS_NOSTATUS, false},
                   {OCSP_REVOKED_STATUS_CESSATIONOFOPERATION, false},
                   {OCSP_REVOKED_STATUS_KEYCOMPROMISE, true},
                   {OCSP_REVOKED_STATUS_CACOMPROMISE, true}};
    for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++) {
        struct told told = {&alice, &root, NULL, REVOKED, reasons[i].reason, -5 * MINUTE};
        time_t before = time(NULL);
        struct smime_ocsp_answer answer = ask_at(&told, 0, 0);
        assert_int_equal(answer.status, SMIME_OCSP_REVOKED);
        assert_int_equal(answer.stolen, reasons[i].stolen);
        assert_in_range(answer.revoked_at, before - 5 * MINUTE, time(NULL) - 5 * MINUTE);
    }
}

/* Revoked counts whenever it was said, but a hold may have been lifted since. */
static void a_hold_that_is_out_of_date_is_silence(void **state) {
    (void)state;
    struct told told = {
        &alice,      &root,    NULL,    REVOKED, OCSP_REVOKED_STATUS_CERTIFICATEHOLD,
        -9 * MINUTE, -9 * DAY, -2 * DAY};
    assert_int_equal(ask(told), SMIME_OCSP_SILENT);
    told.reason = OCSP_REVOKED_STATUS_SUPERSEDED;
    assert_int_equal(ask(told), SMIME_OCSP_REVOKED);
    told = (struct told){.status = REVOKED, .reason = OCSP_REVOKED_STATUS_CERTIFICATEHOLD};
    assert_int_equal(ask(told), SMIME_OCSP_REVOKED);
}

static void of_several_statements_the_worst_counts(void **state) {
    (void)state;
    struct told good = {&alice, &root};
    struct told late = {&alice, &root, NULL, REVOKED, OCSP_REVOKED_STATUS_NOSTATUS, -2 * MINUTE};
    struct told early = late;
    early.revoked = -20 * MINUTE;
    OCSP_BASICRESP *response = OCSP_BASICRESP_new();
    time_t before = time(NULL);
    told_add(response, &good);
    told_add(response, &late);
    told_add(response, &early);
    told_add(response, &good);
    told_sign(response, &good);
    struct smime_ocsp_time now = {time(NULL), time(NULL)};
    struct smime_ocsp_answer answer = smime_ocsp_ask(response, alice.x509, root.x509, &now);
    assert_int_equal(answer.status, SMIME_OCSP_REVOKED);
    assert_in_range(answer.revoked_at, before - 20 * MINUTE, now.now - 20 * MINUTE);
    OCSP_BASICRESP_free(response);
}

/* Each statement about a certificate may cost a signature over the whole response (attacks F143).
 */
static void a_crowd_of_statements_is_not_read(void **state) {
    (void)state;
    assert_int_equal(ask((struct told){.n = LIMIT_SMIME_OCSP_STATEMENTS}), SMIME_OCSP_GOOD);
    assert_int_equal(ask((struct told){.n = LIMIT_SMIME_OCSP_STATEMENTS + 1}), SMIME_OCSP_SILENT);
}

/* --- of whom --------------------------------------------------------------------------------- */

static void another_certificate_is_another(void **state) {
    (void)state;
    assert_int_equal(ask((struct told){.about = &bob}), SMIME_OCSP_SILENT);
}

/* The serial is right, and so is the issuer's name; its key is another. */
static void an_issuer_is_known_by_its_key_too(void **state) {
    (void)state;
    assert_int_equal(ask((struct told){.issuer = &other}), SMIME_OCSP_SILENT);
    assert_int_equal(ask((struct told){.issuer = &other, .by = &root}), SMIME_OCSP_SILENT);
}

static void the_digest_of_the_id_is_the_responders_choice(void **state) {
    (void)state;
    const EVP_MD *const digests[] = {EVP_sha1(), EVP_sha256(), EVP_sha512()};
    for (size_t i = 0; i < G_N_ELEMENTS(digests); i++) {
        assert_int_equal(ask((struct told){.id_digest = digests[i]}), SMIME_OCSP_GOOD);
        assert_int_equal(ask((struct told){.id_digest = digests[i], .about = &bob}),
                         SMIME_OCSP_SILENT);
    }
}

/* Nobody asked, so there is nothing that it could answer (RFC 6960 §4.4.1). */
static void a_nonce_changes_nothing(void **state) {
    (void)state;
    assert_int_equal(ask((struct told){.nonce = true}), SMIME_OCSP_GOOD);
    assert_int_equal(ask((struct told){.nonce = true, .until = -2 * DAY, .since = -3 * DAY}),
                     SMIME_OCSP_SILENT);
}

static void a_critical_extension_makes_it_silent(void **state) {
    (void)state;
    assert_int_equal(ask((struct told){.odd_response = true}), SMIME_OCSP_SILENT);
    assert_int_equal(ask((struct told){.odd_single = true}), SMIME_OCSP_SILENT);
    assert_int_equal(ask((struct told){.odd_single = true, .status = REVOKED}), SMIME_OCSP_SILENT);
}

/* --- for when -------------------------------------------------------------------------------- */

static void superseded_is_silence(void **state) {
    (void)state;
    struct told told = {&alice, &root, .since = -9 * DAY, .until = -DAY};
    assert_int_equal(ask(told), SMIME_OCSP_SILENT);
    assert_int_equal(ask_at(&told, -DAY + MINUTE, 0).status, SMIME_OCSP_GOOD);
    assert_int_equal(ask_at(&told, -DAY + LIMIT_SMIME_OCSP_SKEW + MINUTE, 0).status,
                     SMIME_OCSP_SILENT);
}

static void from_the_future_is_silence(void **state) {
    (void)state;
    assert_int_equal(ask((struct told){.since = LIMIT_SMIME_OCSP_SKEW - MINUTE}), SMIME_OCSP_GOOD);
    assert_int_equal(ask((struct told){.since = LIMIT_SMIME_OCSP_SKEW + 30 * MINUTE}),
                     SMIME_OCSP_SILENT);
}

static void without_a_next_update_it_counts_for_a_day(void **state) {
    (void)state;
    assert_int_equal(ask((struct told){.forever = true, .since = -DAY + MINUTE}), SMIME_OCSP_GOOD);
    assert_int_equal(ask((struct told){.forever = true, .since = -2 * DAY}), SMIME_OCSP_SILENT);
}

/* --- by whom --------------------------------------------------------------------------------- */

static void somebody_else_says_nothing(void **state) {
    (void)state;
    const struct smime_person *const signers[] = {&other, &alice, &bob};
    for (size_t i = 0; i < G_N_ELEMENTS(signers); i++)
        for (int status = GOOD; status <= REVOKED; status++)
            for (int named = 0; named <= 1; named++)
                assert_int_equal(
                    ask((struct told){.by = signers[i], .status = status, .named = named}),
                    SMIME_OCSP_SILENT);
}

static void no_changed_octet_is_good(void **state) {
    (void)state;
    g_autoptr(GBytes) der =
        told_der(OCSP_RESPONSE_STATUS_SUCCESSFUL, told_basic(&(struct told){&alice, &root}));
    gsize n;
    g_autofree char *octets = g_bytes_unref_to_data(g_steal_pointer(&der), &n);
    struct smime_ocsp_time now = {time(NULL), time(NULL)};
    guint read = 0;
    for (gsize i = 0; i < n; i++) {
        octets[i] ^= 4;
        g_autoptr(GPtrArray) list = smime_ocsp_list();
        if (smime_ocsp_add(list, span_make(octets, n))) {
            read++;
            assert_int_equal(smime_ocsp_ask(list->pdata[0], alice.x509, root.x509, &now).status,
                             SMIME_OCSP_SILENT);
        }
        octets[i] ^= 4;
    }
    assert_true(read > 100); /* most of them are still a response */
}

static int ask_delegate(struct smime_person person) {
    int status = ask((struct told){.by = &person});
    smime_person_clear(&person);
    return status;
}

/* RFC 6960 §4.2.2.2: by the issuer of the certificate in question, and for this very purpose. */
static void a_delegate_needs_the_purpose_said(void **state) {
    (void)state;
    assert_int_equal(ask_delegate(delegate_new(&root, "OCSPSigning", NULL)), SMIME_OCSP_GOOD);
    assert_int_equal(ask_delegate(delegate_new(&root, "OCSPSigning", "digitalSignature")),
                     SMIME_OCSP_GOOD);
    static const char *const others[] = {NULL, "emailProtection", "anyExtendedKeyUsage",
                                         "serverAuth,emailProtection"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_int_equal(ask_delegate(delegate_new(&root, others[i], NULL)), SMIME_OCSP_SILENT);
}

static void a_delegate_that_may_not_sign_does_not(void **state) {
    (void)state;
    assert_int_equal(ask_delegate(delegate_new(&root, "OCSPSigning", "keyEncipherment")),
                     SMIME_OCSP_SILENT);
}

static void a_delegate_of_another_is_nobodys(void **state) {
    (void)state;
    assert_int_equal(ask_delegate(delegate_new(&other, "OCSPSigning", NULL)), SMIME_OCSP_SILENT);
}

static void a_delegate_speaks_while_it_is_valid(void **state) {
    (void)state;
    struct smime_person person = delegate_new(&root, "OCSPSigning", NULL); /* an hour around now */
    struct told told = {&alice, &root, &person, .since = -9 * DAY, .until = 9 * DAY};
    assert_int_equal(ask_at(&told, 0, 0).status, SMIME_OCSP_GOOD);
    assert_int_equal(ask_at(&told, -2 * DAY, 0).status, SMIME_OCSP_SILENT);
    assert_int_equal(ask_at(&told, 2 * DAY, 2 * DAY).status, SMIME_OCSP_SILENT);
    smime_person_clear(&person);
}

static void a_delegate_under_a_weak_digest_is_nobody(void **state) {
    (void)state;
    struct smime_person person = delegate_new(&root, "OCSPSigning", NULL);
    assert_true(X509_sign(person.x509, root.key, EVP_sha1()) > 0);
    assert_int_equal(ask_delegate(person), SMIME_OCSP_SILENT);
}

static void a_weak_digest_says_nothing(void **state) {
    (void)state;
    assert_int_equal(ask((struct told){.digest = EVP_sha1()}), SMIME_OCSP_SILENT);
    assert_int_equal(ask((struct told){.digest = EVP_sha384()}), SMIME_OCSP_GOOD);
}

/* A key of `bits`, under which the root vouches for the same name. */
static struct smime_person rsa_delegate(unsigned bits) {
    struct smime_person person = delegate_new(&root, "OCSPSigning", NULL);
    EVP_PKEY_free(person.key);
    person.key = EVP_RSA_gen(bits);
    X509_set_pubkey(person.x509, person.key);
    assert_true(X509_sign(person.x509, root.key, EVP_sha256()) > 0);
    return person;
}

/* RFC 8017 §A.2.3: what RSASSA-PSS leaves out is SHA-1. */
static void pss_names_its_digest_or_means_sha1(void **state) {
    (void)state;
    struct smime_person person = rsa_delegate(2048);
    assert_int_equal(ask((struct told){.by = &person}), SMIME_OCSP_GOOD);
    assert_int_equal(ask((struct told){.by = &person, .pss = true}), SMIME_OCSP_GOOD);
    assert_int_equal(ask((struct told){.by = &person, .pss = true, .digest = EVP_sha1()}),
                     SMIME_OCSP_SILENT);
    smime_person_clear(&person);
}

static void a_weak_key_says_nothing(void **state) {
    (void)state;
    assert_int_equal(ask_delegate(rsa_delegate(1024)), SMIME_OCSP_SILENT);
}

/* --- where they are -------------------------------------------------------------------------- */

static void what_is_none_is_not_added(void **state) {
    (void)state;
    g_autoptr(GPtrArray) list = smime_ocsp_list();
    g_autoptr(GBytes) failed = told_der(OCSP_RESPONSE_STATUS_TRYLATER, NULL);
    assert_false(smime_ocsp_add(list, SPAN_NULL));
    assert_false(smime_ocsp_add(list, SPAN_LIT("hello")));
    assert_false(
        smime_ocsp_add(list, span_make(g_bytes_get_data(failed, NULL), g_bytes_get_size(failed))));
    /* successful, and of a type that is not basic: 1.2.3 */
    assert_false(smime_ocsp_add(list, SPAN_LIT("\x30\x0f\x0a\x01\x00\xa0\x0a\x30\x08\x06\x02\x2a"
                                               "\x03\x04\x02\x05\x00")));
    assert_int_equal(list->len, 0);
}

/* A RevocationInfoChoice; every length is below 65,536. */
static void staple(GString *infos, char tag, const char *oid, gsize n, GBytes *value) {
    gsize size = g_bytes_get_size(value), inside = n + size;
    const char head[] = {tag, '\x82', (char)(inside >> 8), (char)inside};
    g_string_append_len(infos, head, sizeof head);
    g_string_append_len(infos, oid, (gssize)n);
    g_string_append_len(infos, g_bytes_get_data(value, NULL), (gssize)size);
}

#define OCSP_OID "\x06\x08\x2b\x06\x01\x05\x05\x07\x10\x02"
#define SCVP_OID "\x06\x08\x2b\x06\x01\x05\x05\x07\x10\x04"
#define STAPLE(infos, tag, oid, value) staple(infos, tag, oid, sizeof(oid) - 1, value)

static guint count_stapled(const GString *infos) {
    g_autoptr(GPtrArray) list = smime_ocsp_list();
    smime_ocsp_add_stapled(list, span_make(infos->str, infos->len));
    return list->len;
}

static void only_what_is_called_a_response_is_taken(void **state) {
    (void)state;
    g_autoptr(GBytes) der =
        told_der(OCSP_RESPONSE_STATUS_SUCCESSFUL, told_basic(&(struct told){&alice, &root}));
    g_autoptr(GBytes) garbage = g_bytes_new_static("\x30\x03\x0a\x01\x06", 5);
    g_autoptr(GBytes) cut = g_bytes_new_static("\x30\x7fxx", 4);
    g_autoptr(GString) infos = g_string_new(NULL);
    STAPLE(infos, '\x30', OCSP_OID, der); /* a list */
    STAPLE(infos, '\xa1', SCVP_OID, der);
    STAPLE(infos, '\xa1', "\x04\x00", der);
    STAPLE(infos, '\xa1', OCSP_OID, cut);
    STAPLE(infos, '\xa1', OCSP_OID, garbage);
    assert_int_equal(count_stapled(infos), 0);
    STAPLE(infos, '\xa1', OCSP_OID, der);
    assert_int_equal(count_stapled(infos), 1);
}

/* attacks F143 */
static void a_crowd_is_cut_off(void **state) {
    (void)state;
    g_autoptr(GBytes) der =
        told_der(OCSP_RESPONSE_STATUS_SUCCESSFUL, told_basic(&(struct told){&alice, &root}));
    g_autoptr(GString) infos = g_string_new(NULL);
    for (int i = 0; i < LIMIT_SMIME_OCSP + 1; i++)
        STAPLE(infos, '\xa1', OCSP_OID, der);
    assert_int_equal(count_stapled(infos), LIMIT_SMIME_OCSP);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_is_good),
        cmocka_unit_test(unknown_is_silence),
        cmocka_unit_test(revoked_says_when_and_whether_the_key_was_stolen),
        cmocka_unit_test(a_hold_that_is_out_of_date_is_silence),
        cmocka_unit_test(of_several_statements_the_worst_counts),
        cmocka_unit_test(a_crowd_of_statements_is_not_read),
        cmocka_unit_test(another_certificate_is_another),
        cmocka_unit_test(an_issuer_is_known_by_its_key_too),
        cmocka_unit_test(the_digest_of_the_id_is_the_responders_choice),
        cmocka_unit_test(a_nonce_changes_nothing),
        cmocka_unit_test(a_critical_extension_makes_it_silent),
        cmocka_unit_test(superseded_is_silence),
        cmocka_unit_test(from_the_future_is_silence),
        cmocka_unit_test(without_a_next_update_it_counts_for_a_day),
        cmocka_unit_test(somebody_else_says_nothing),
        cmocka_unit_test(no_changed_octet_is_good),
        cmocka_unit_test(a_delegate_needs_the_purpose_said),
        cmocka_unit_test(a_delegate_that_may_not_sign_does_not),
        cmocka_unit_test(a_delegate_of_another_is_nobodys),
        cmocka_unit_test(a_delegate_speaks_while_it_is_valid),
        cmocka_unit_test(a_delegate_under_a_weak_digest_is_nobody),
        cmocka_unit_test(a_weak_digest_says_nothing),
        cmocka_unit_test(pss_names_its_digest_or_means_sha1),
        cmocka_unit_test(a_weak_key_says_nothing),
        cmocka_unit_test(what_is_none_is_not_added),
        cmocka_unit_test(only_what_is_called_a_response_is_taken),
        cmocka_unit_test(a_crowd_is_cut_off),
    };
    return cmocka_run_group_tests(tests, make_people, free_people);
}
