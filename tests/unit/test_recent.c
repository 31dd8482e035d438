/* SPDX-License-Identifier: MIT
 *
 * fcgi/recent: what was just opened is found by its own session alone, in bounded memory. */
#include "fcgi/recent.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const int64_t now = 1000;
static const struct recent_receipt receipt = {.received_at = 7};

static void put(struct recent *recent, const char *session, const char *id, gsize n) {
    g_autoptr(GBytes) octets = g_bytes_new_take(g_malloc0(n), n);
    recent_put(recent, session, id, octets, receipt, now);
}

static void put_document(struct recent *recent, const char *session, const char *id, bool links,
                         gsize n) {
    g_autoptr(GBytes) html = g_bytes_new_take(g_malloc0(n), n);
    recent_put_document(recent, session, id, links, html);
}

static bool has(struct recent *recent, const char *session, const char *id, int64_t at) {
    struct recent_receipt found;
    g_autoptr(GBytes) octets = recent_find(recent, session, id, at, &found);
    assert_true(!octets || found.received_at == 7);
    return octets != NULL;
}

static bool has_document(struct recent *recent, const char *session, const char *id, bool links,
                         int64_t at) {
    g_autoptr(GBytes) html = recent_find_document(recent, session, id, links, at);
    return html != NULL;
}

static void finds_for_its_session_and_time(void **state) {
    (void)state;
    OWNED(recent) recent = recent_new();
    put(recent, "s1", "a", 10);
    assert_true(has(recent, "s1", "a", now + LIMIT_RECENT_SECONDS));
    assert_false(has(recent, "s1", "a", now + LIMIT_RECENT_SECONDS + 1));
    assert_false(has(recent, "s2", "a", now));
    recent_forget(recent, "s1");
    assert_false(has(recent, "s1", "a", now));
}

static void a_document_goes_with_its_message(void **state) {
    (void)state;
    OWNED(recent) recent = recent_new();
    put_document(recent, "s1", "a", true, 10); /* of a message that is not there */
    assert_false(has_document(recent, "s1", "a", true, now));
    put(recent, "s1", "a", 10);
    assert_false(has_document(recent, "s1", "a", true, now));
    put_document(recent, "s1", "a", false, 10);
    assert_true(has_document(recent, "s1", "a", false, now));
    assert_false(has_document(recent, "s1", "a", true, now)); /* never links that were left out */
    assert_false(has_document(recent, "s2", "a", false, now));
    assert_false(has_document(recent, "s1", "a", false, now + LIMIT_RECENT_SECONDS + 1));
    put_document(recent, "s1", "a", true, 10); /* one of both */
    assert_false(has_document(recent, "s1", "a", false, now));
    put(recent, "s1", "a", 10); /* fetched anew */
    assert_false(has_document(recent, "s1", "a", true, now));
}

static void documents_count_as_memory(void **state) {
    (void)state;
    OWNED(recent) recent = recent_new();
    put(recent, "s1", "old", LIMIT_RECENT_OCTETS / 4);
    put(recent, "s2", "new", LIMIT_RECENT_OCTETS / 2);
    put_document(recent, "s2", "new", true, LIMIT_RECENT_MESSAGE + 1);
    assert_false(has_document(recent, "s2", "new", true, now));
    assert_true(has(recent, "s1", "old", now));
    put_document(recent, "s2", "new", true, LIMIT_RECENT_OCTETS / 2);
    assert_true(has_document(recent, "s2", "new", true, now));
    assert_false(has(recent, "s1", "old", now)); /* both would be too much */
    for (int i = 0; i < 100; i++) {
        g_autofree char *id = g_strdup_printf("%d", i);
        put(recent, "s3", id, 1);
        put_document(recent, "s3", id, true, 1);
    }
    assert_true(has(recent, "s3", "99", now));
    assert_false(has(recent, "s3", "95", now)); /* so many a session */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_for_its_session_and_time),
        cmocka_unit_test(a_document_goes_with_its_message),
        cmocka_unit_test(documents_count_as_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
