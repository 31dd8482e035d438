/* SPDX-License-Identifier: MIT
 *
 * Files are read to their end, whatever became of them since they were listed. */
#include "fcgi/verify_files.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* Lists a file of `listed` octets, makes it `now` long, and reads it. */
static void reads_what_is_there(gsize listed, gsize now) {
    g_autofree char *folder = g_dir_make_tmp("inkan-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "m.eml", NULL);
    g_autofree char *text = g_strnfill(MAX(listed, now), 'x');
    assert_true(g_file_set_contents(path, text, (gssize)listed, NULL));
    OWNED(verify_files) files = verify_files_new((char *[]){path, NULL});
    assert_int_equal(files->n, 1);
    assert_true(g_file_set_contents(path, text, (gssize)now, NULL));
    GByteArray *buffer = g_byte_array_new();
    enum verify_fault fault;
    GBytes *octets = verify_file_read(&files->items[0], buffer, &fault);
    assert_non_null(octets);
    assert_int_equal(g_bytes_get_size(octets), now);
    if (now)
        assert_memory_equal(g_bytes_get_data(octets, NULL), text, now);
    g_bytes_unref(octets);
    g_byte_array_unref(buffer);
    g_unlink(path);
    g_rmdir(folder);
}

static void whatever_the_size_was(void **state) {
    (void)state;
    static const gsize sizes[] = {0, 1, 2000, (64 << 10) - 1, 64 << 10, (64 << 10) + 1, 300000};
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (gsize k = 0; k < G_N_ELEMENTS(sizes); k++)
            reads_what_is_there(sizes[i], sizes[k]);
}

static void a_size_that_says_nothing(void **state) {
    (void)state;
    char path[] = "/proc/self/limits";
    OWNED(verify_files) files = verify_files_new((char *[]){path, NULL});
    g_autofree char *wanted = NULL;
    assert_true(g_file_get_contents("/proc/self/limits", &wanted, NULL, NULL));
    GByteArray *buffer = g_byte_array_new();
    enum verify_fault fault;
    GBytes *octets = verify_file_read(&files->items[0], buffer, &fault);
    gsize n;
    const char *p = g_bytes_get_data(octets, &n);
    assert_true(n > strlen(wanted)); /* its line ends have become CRLF */
    assert_memory_equal(p, wanted, strcspn(wanted, "\n"));
    g_bytes_unref(octets);
    g_byte_array_unref(buffer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_size_was),
        cmocka_unit_test(a_size_that_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
