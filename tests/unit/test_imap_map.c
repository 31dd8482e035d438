/* SPDX-License-Identifier: MIT
 *
 * account/imap_map: sequence numbers to UIDs, as the server tells them. */
#include "account/imap_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void map_follows_the_server(void **unused) {
    (void)unused;
    struct imap_map map;
    uint32_t below = 9;
    imap_map_init(&map);
    assert_true(imap_map_below(&map, 5, &below)); /* an empty mailbox */
    assert_int_equal(below, 0);
    imap_map_exists(&map, 5);
    assert_false(imap_map_below(&map, 5, &below));
    imap_map_learn(&map, 4, 40);
    imap_map_learn(&map, 5, 50);
    imap_map_learn(&map, 6, 60); /* there is no sixth */
    imap_map_learn(&map, 0, 60);
    assert_int_equal(imap_map_greatest(&map), 50);
    assert_true(imap_map_below(&map, 45, &below));
    assert_int_equal(below, 4);
    assert_true(imap_map_below(&map, 40, &below)); /* itself known: the third is below it */
    assert_int_equal(below, 3);
    assert_false(imap_map_below(&map, 39, &below)); /* who knows what the third is */
    assert_true(imap_map_below(&map, 99, &below));
    assert_int_equal(below, 5);
    imap_map_expunge(&map, 1);
    assert_int_equal(map.exists, 4);
    assert_int_equal(imap_map_uid(&map, 3), 40);
    imap_map_exists(&map, 6);
    assert_int_equal(imap_map_uid(&map, 4), 50);
    assert_int_equal(imap_map_uid(&map, 5), 0);
    assert_false(imap_map_below(&map, 99, &below));
    imap_map_exists(&map, 2); /* against the rules: nothing is known */
    assert_int_equal(imap_map_greatest(&map), 0);
    imap_map_expunge(&map, 3);
    imap_map_expunge(&map, 0);
    assert_int_equal(map.exists, 2);
    imap_map_exists(&map, G_MAXUINT32);
    imap_map_learn(&map, G_MAXUINT32, 1); /* beyond LIMIT_IMAP_MAP: forgotten, not allocated */
    assert_int_equal(map.uids->len, 0);
    imap_map_clear(&map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(map_follows_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
