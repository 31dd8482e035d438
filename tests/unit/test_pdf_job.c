/* SPDX-License-Identifier: MIT
 *
 * worker/pdf_job: the real inkan-worker beside this build looks through PDFs, the largest one too;
 * without it nothing is known. */
#include "worker/pdf_job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define DOCUMENT(entries) "%PDF-1.7\n1 0 obj<</Type/Catalog" entries ">>endobj\n"

static char *worker_path(void) {
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self);
    return g_build_filename(folder, "..", "..", "inkan-worker", NULL);
}

static enum pdf_active run(struct workers *workers, GString *text, GError **error) {
    g_autoptr(GBytes) octets = g_string_free_to_bytes(text);
    return pdf_job_run(workers, octets, error);
}

static void a_child_looks_through_them(void **state) {
    (void)state;
    g_autofree char *program = worker_path();
    OWNED(workers) workers = workers_new(program, 1);
    g_autoptr(GError) error = NULL;
    assert_int_equal(run(workers, g_string_new(DOCUMENT("")), &error), PDF_ACTIVE_NONE);
    assert_int_equal(run(workers, g_string_new(DOCUMENT("/JS(x)")), &error), PDF_ACTIVE_PROGRAM);
    GString *large = g_string_new(DOCUMENT("/AA 5"));
    while (large->len < LIMIT_PDF_SIZE)
        g_string_append_c(large, ' ');
    GString *larger = g_string_new_len(large->str, (gssize)large->len);
    g_string_append_c(larger, ' ');
    assert_int_equal(run(workers, large, &error), PDF_ACTIVE_ACTS);
    assert_int_equal(workers_counts(workers).jobs, 3);
    assert_int_equal(run(workers, larger, &error), PDF_ACTIVE_TOO_LARGE);
    assert_int_equal(workers_counts(workers).jobs, 3);
    assert_null(error);
}

static void without_a_child_nothing_is_known(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new("/nonexistent/inkan-worker", 1);
    g_autoptr(GError) error = NULL;
    assert_int_equal(run(workers, g_string_new(DOCUMENT("")), &error), PDF_ACTIVE_UNKNOWN);
    assert_non_null(error);
}

static void an_answer_out_of_form_says_nothing(void **state) {
    (void)state;
    for (int active = 0; active < PDF_ACTIVE__MAX; active++) {
        g_autoptr(GBytes) reply = pdf_job_pack_reply((enum pdf_active)active);
        assert_int_equal(pdf_job_unpack_reply(reply), active);
    }
    static const char wrong[] = {PDF_ACTIVE__MAX, PDF_ACTIVE_NONE};
    g_autoptr(GBytes) unknown = g_bytes_new_static(wrong, 1);
    g_autoptr(GBytes) longer = g_bytes_new_static(wrong, 2);
    g_autoptr(GBytes) empty = g_bytes_new_static(wrong, 0);
    assert_int_equal(pdf_job_unpack_reply(unknown), PDF_ACTIVE_UNKNOWN);
    assert_int_equal(pdf_job_unpack_reply(longer), PDF_ACTIVE_UNKNOWN);
    assert_int_equal(pdf_job_unpack_reply(empty), PDF_ACTIVE_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_child_looks_through_them),
                                       cmocka_unit_test(without_a_child_nothing_is_known),
                                       cmocka_unit_test(an_answer_out_of_form_says_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
