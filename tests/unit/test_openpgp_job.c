/* SPDX-License-Identifier: MIT
 *
 * worker/openpgp_job: the real inkan-worker answers as this process would, and what happens when it
 * does not answer (attacks F143, G160: a crash costs one request and proves nothing). */
#include "openpgp_signer.h"
#include "worker/openpgp_job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define ALICE "Alice <alice@example.org>"

static char *program;

static int find_program(void **state) {
    (void)state;
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self);
    program = g_build_filename(folder, "..", "..", "inkan-worker", NULL);
    return 0;
}

static int forget_program(void **state) {
    (void)state;
    g_free(program);
    return 0;
}

static char *mail_by(const struct signer *alice, const char *shown) {
    g_autoptr(GBytes) signature = signer_make(alice, PART, false, NULL);
    g_autofree char *block = armored("SIGNATURE", signature);
    return signed_mail(ALICE, NULL, shown, block);
}

static void a_child_answers_as_this_process_does(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new(program, 1);
    OWNED(openpgp_verifier) verifier = openpgp_job_verifier_new(workers);
    OWNED(signer) alice = signer_new(ALICE, NULL);
    g_autoptr(GBytes) key = signer_public(alice);
    OWNED(openpgp_keyring) keyring = openpgp_keyring_new();
    assert_int_equal(openpgp_keyring_import(keyring, verifier, key, NOW, NULL), 1);
    OWNED(openpgp_keyring) own = keyring_of(key);
    g_autofree char *digest = openpgp_keyring_digest(keyring);
    g_autofree char *own_digest = openpgp_keyring_digest(own);
    assert_string_equal(digest, own_digest);
    g_autofree char *good = mail_by(alice, PART);
    g_autofree char *bad = mail_by(alice, "Content-Type: text/plain\r\n\r\nPay Eve.\r\n");
    for (int i = 0; i < 100; i++) {
        OWNED(openpgp_result) yes = result_of(good, keyring, verifier);
        assert_int_equal(openpgp_result_status(yes), OPENPGP_VERIFIED);
        OWNED(openpgp_result) no = result_of(bad, keyring, verifier);
        assert_int_equal(openpgp_result_status(no), OPENPGP_FAILED);
    }
    struct workers_counts counts = workers_counts(workers);
    assert_int_equal(counts.jobs, 201);
    assert_int_equal(counts.crashed + counts.late, 0);
}

static void f143_g160_a_dead_worker_proves_nothing(void **state) {
    (void)state;
    char nothing[] = "/bin/false";
    OWNED(workers) workers = workers_new(nothing, 1);
    OWNED(openpgp_verifier) verifier = openpgp_job_verifier_new(workers);
    OWNED(signer) alice = signer_new(ALICE, NULL);
    g_autoptr(GBytes) key = signer_public(alice);
    OWNED(openpgp_keyring) keyring = keyring_of(key);
    g_autofree char *mail = mail_by(alice, PART);
    OWNED(openpgp_result) result = result_of(mail, keyring, verifier);
    assert_int_equal(openpgp_result_status(result), OPENPGP_UNKNOWN);
    assert_true(result->judgements[0].reasons & (1U << OPENPGP_COULD_NOT_CHECK));
    assert_int_equal(result->judgements[0].signature, CHECK_UNKNOWN);
    assert_int_equal(result->judgements[0].key, CHECK_UNKNOWN);
    assert_true(workers_counts(workers).crashed >= 1);
    g_autoptr(GError) error = NULL;
    assert_int_equal(openpgp_keyring_import(keyring, verifier, key, NOW, &error), -1);
    assert_non_null(error);
}

static void nobody_to_ask_is_pending(void **state) {
    (void)state;
    OWNED(signer) alice = signer_new(ALICE, NULL);
    g_autoptr(GBytes) key = signer_public(alice);
    OWNED(openpgp_keyring) keyring = keyring_of(key);
    g_autofree char *mail = mail_by(alice, PART);
    OWNED(openpgp_result) result = result_of(mail, keyring, NULL);
    assert_int_equal(openpgp_result_status(result), OPENPGP_UNKNOWN);
    assert_true(result->is_pending);
    OWNED(openpgp_result) unknown = result_of(mail, NULL, NULL);
    assert_true(unknown->is_pending); /* a key may have come with it */
}

static void octets_that_are_no_message_are_refused(void **state) {
    (void)state;
    for (gsize n = 0; n < 200; n++) {
        guint8 *noise = g_malloc(n + 1);
        for (gsize i = 0; i < n; i++)
            noise[i] = (guint8)g_random_int();
        g_autoptr(GBytes) octets = g_bytes_new_take(noise, n);
        int64_t at;
        struct openpgp_answer *answer = openpgp_job_unpack_answer(octets);
        if (answer)
            openpgp_answer_free(answer);
        struct openpgp_job_question *question = openpgp_job_unpack_question(octets);
        if (question)
            openpgp_job_question_free(question);
        GBytes *keys = openpgp_job_unpack_import(octets, &at);
        if (keys)
            g_bytes_unref(keys);
        GPtrArray *list = openpgp_job_unpack_certificates(octets);
        if (list)
            g_ptr_array_unref(list);
    }
    struct openpgp_signature lie = {.reason = (enum openpgp_reason)OPENPGP_REASON__MAX};
    struct openpgp_answer answer = {&lie, 1};
    g_autoptr(GBytes) packed = openpgp_job_pack_answer(&answer);
    assert_null(openpgp_job_unpack_answer(packed));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_answers_as_this_process_does),
        cmocka_unit_test(f143_g160_a_dead_worker_proves_nothing),
        cmocka_unit_test(nobody_to_ask_is_pending),
        cmocka_unit_test(octets_that_are_no_message_are_refused),
    };
    return cmocka_run_group_tests(tests, find_program, forget_program);
}
