/* SPDX-License-Identifier: MIT
 *
 * fcgi/providers: the data file holds domains as the verdict compares them. */
#include "fcgi/providers.h"

#include "mail/domain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void every_entry_is_a_domain_in_our_spelling(void **state) {
    (void)state;
    g_autoptr(GHashTable) set = providers_new();
    assert_true(g_hash_table_size(set) > 50);
    GHashTableIter i;
    gpointer entry;
    g_hash_table_iter_init(&i, set);
    while (g_hash_table_iter_next(&i, &entry, NULL)) {
        g_autofree char *domain = domain_parse(span_of(entry), 0, NULL);
        assert_non_null(domain);
        assert_string_equal(domain, (const char *)entry);
        assert_non_null(domain_parent(domain));
    }
}

static void known_providers_are_there(void **state) {
    (void)state;
    g_autoptr(GHashTable) set = providers_new();
    static const char *const some[] = {"gmail.com", "outlook.com", "yahoo.co.jp", "icloud.com"};
    for (size_t i = 0; i < G_N_ELEMENTS(some); i++)
        assert_true(g_hash_table_contains(set, some[i]));
    assert_false(g_hash_table_contains(set, "example.com"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_is_a_domain_in_our_spelling),
        cmocka_unit_test(known_providers_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
