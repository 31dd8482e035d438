/* SPDX-License-Identifier: MIT
 *
 * store/sqlite: what is kept, for how long, by whom, and after a crash. */
#include "store/sqlite.h"

#include "base/limits.h"
#include "store_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    char *folder, *path;
    struct store *store;
};

static int set_up(void **state) {
    struct place *p = g_new0(struct place, 1);
    store_place_make(&p->folder, &p->path);
    p->store = sqlite_store_new(p->path, NULL);
    *state = p;
    return p->store ? 0 : -1;
}

static int tear_down(void **state) {
    struct place *p = *state;
    if (p->store)
        store_free(p->store);
    store_place_remove(p->folder, p->path);
    g_free(p);
    return 0;
}

static GBytes *octets(const char *text) {
    return g_bytes_new(text, strlen(text));
}

static void assert_octets(GBytes *found, const char *wanted) {
    assert_non_null(found);
    assert_int_equal(g_bytes_get_size(found), strlen(wanted));
    assert_memory_equal(g_bytes_get_data(found, NULL), wanted, strlen(wanted));
    g_bytes_unref(found);
}

static void sessions_end_at_their_time(void **state) {
    struct store *s = ((struct place *)*state)->store;
    g_autoptr(GBytes) sealed = octets("sealed");
    int64_t expires = 0;
    assert_true(s->session_put(s, "hash", sealed, 100, NULL));
    assert_octets(s->session_find(s, "hash", 99, &expires), "sealed");
    assert_int_equal(expires, 100);
    assert_null(s->session_find(s, "hash", 100, &expires));
    assert_null(s->session_find(s, "hash'--", 1, &expires));
    assert_true(s->session_delete(s, "hash", NULL));
    assert_null(s->session_find(s, "hash", 1, &expires));
}

static void first_verdict_stays(void **state) {
    struct store *s = ((struct place *)*state)->store;
    g_autoptr(GBytes) first = octets("first"), second = octets("second");
    assert_null(s->verdict_find(s, "k"));
    assert_true(s->verdict_put(s, "k", first, 1, NULL));
    assert_true(s->verdict_put(s, "k", second, 2, NULL));
    assert_octets(s->verdict_find(s, "k"), "first");
}

static void verdicts_of_a_page_come_together(void **state) {
    struct store *s = ((struct place *)*state)->store;
    g_autoptr(GBytes) one = octets("one"), two = octets("two"), empty = octets("");
    assert_true(s->verdict_put(s, "k1", one, 1, NULL));
    assert_true(s->verdict_put(s, "k two", two, 1, NULL));
    assert_true(s->verdict_put(s, "k3", empty, 1, NULL));
    assert_true(s->verdict_put(s, "not asked for", one, 1, NULL));
    const char *keys[] = {"k two", "missing", "k1", "k1", "k3"};
    g_autoptr(GHashTable) found = s->verdicts_find(s, keys, G_N_ELEMENTS(keys));
    assert_int_equal(g_hash_table_size(found), 3);
    assert_true(g_bytes_equal(g_hash_table_lookup(found, "k1"), one));
    assert_true(g_bytes_equal(g_hash_table_lookup(found, "k two"), two));
    assert_true(g_bytes_equal(g_hash_table_lookup(found, "k3"), empty));
    g_autoptr(GHashTable) none = s->verdicts_find(s, NULL, 0);
    assert_int_equal(g_hash_table_size(none), 0);
}

static void rows_by_page_and_validity(void **state) {
    struct store *s = ((struct place *)*state)->store;
    struct store_row rows[10];
    for (uint32_t i = 0; i < 10; i++)
        rows[i] = (struct store_row){i + 1, g_bytes_new(&i, sizeof i)};
    assert_true(s->rows_put(s, "alice", "INBOX", 5, rows, 10, 1, NULL));
    assert_true(s->rows_put(s, "bob", "INBOX", 5, rows, 2, 1, NULL));
    g_autoptr(GArray) page = s->rows_find(s, "alice", "INBOX", 5, 3, 8, 4);
    assert_int_equal(page->len, 4);
    for (guint i = 0; i < 4; i++)
        assert_int_equal(g_array_index(page, struct store_row, i).uid, 8 - i);
    g_autoptr(GArray) other = s->rows_find(s, "alice", "INBOX", 6, 1, 10, 10);
    assert_int_equal(other->len, 0);
    uint32_t gone[] = {8, 7};
    assert_true(s->rows_delete(s, "alice", "INBOX", 5, gone, 2, NULL));
    g_autoptr(GArray) left = s->rows_find(s, "alice", "INBOX", 5, 1, UINT32_MAX, 100);
    assert_int_equal(left->len, 8);
    assert_true(s->rows_put(s, "alice", "INBOX", 6, rows, 1, 1, NULL)); /* rebuilt (M242) */
    g_autoptr(GArray) dropped = s->rows_find(s, "alice", "INBOX", 5, 1, UINT32_MAX, 100);
    assert_int_equal(dropped->len, 0);
    g_autoptr(GArray) bob = s->rows_find(s, "bob", "INBOX", 5, 1, UINT32_MAX, 100);
    assert_int_equal(bob->len, 2);
    for (int i = 0; i < 10; i++)
        g_bytes_unref(rows[i].value);
}

static void keeps_until_told(void **state) {
    struct store *s = ((struct place *)*state)->store;
    struct keep *k = &s->keep;
    g_autoptr(GBytes) a = octets("a"), b = octets("");
    assert_true(k->put(k, "logo", "x", a, 10));
    assert_true(k->put(k, "seen", "x", b, 0));
    assert_octets(k->get(k, "logo", "x", 9), "a");
    assert_null(k->get(k, "logo", "x", 10));
    assert_octets(k->get(k, "seen", "x", INT64_MAX), "");
    k->expire(k, 10);
    assert_null(k->get(k, "logo", "x", 1));
    assert_octets(k->get(k, "seen", "x", 1), "");
}

static void secrets_are_made_once(void **state) {
    struct place *p = *state;
    char out[4];
    assert_true(p->store->secret(p->store, "id", "abcd", out, 4));
    assert_memory_equal(out, "abcd", 4);
    store_free(p->store);
    p->store = sqlite_store_new(p->path, NULL);
    assert_true(p->store->secret(p->store, "id", "efgh", out, 4));
    assert_memory_equal(out, "abcd", 4);
}

static void old_verdicts_and_rows_are_forgotten_a_few_at_a_time(void **state) {
    struct store *s = ((struct place *)*state)->store;
    g_autoptr(GBytes) value = octets("v");
    for (int i = 0; i < LIMIT_STORE_FORGET + 10; i++) {
        g_autofree char *key = g_strdup_printf("old %d", i);
        assert_true(s->verdict_put(s, key, value, 100, NULL));
    }
    assert_true(s->verdict_put(s, "new", value, 200, NULL));
    struct store_row old = {7, value}, fresh = {8, value};
    assert_true(s->rows_put(s, "a", "INBOX", 1, &old, 1, 100, NULL));
    assert_true(s->rows_put(s, "a", "INBOX", 1, &fresh, 1, 200, NULL));
    s->forget(s, 100); /* nothing is older than that */
    assert_octets(s->verdict_find(s, "old 0"), "v");
    guint left = 0;
    s->forget(s, 101);
    for (int i = 0; i < LIMIT_STORE_FORGET + 10; i++) {
        g_autofree char *key = g_strdup_printf("old %d", i);
        g_autoptr(GBytes) found = s->verdict_find(s, key);
        left += found != NULL;
    }
    assert_int_equal(left, 10);
    s->forget(s, 101);
    assert_null(s->verdict_find(s, "old 0"));
    assert_octets(s->verdict_find(s, "new"), "v");
    g_autoptr(GArray) rows = s->rows_find(s, "a", "INBOX", 1, 1, 100, 10);
    assert_int_equal(rows->len, 1);
    assert_int_equal(g_array_index(rows, struct store_row, 0).uid, 8);
}

static void is_private_and_versioned(void **state) {
    struct place *p = *state;
    struct stat info;
    assert_int_equal(stat(p->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version=999", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    g_autoptr(GError) newer = NULL, no_db = NULL, missing = NULL;
    assert_null(sqlite_store_new(p->path, &newer));
    assert_non_null(strstr(newer->message, "newer version"));
    assert_false(sqlite_store_may_do_without(newer));
    g_autofree char *text = g_build_filename(p->folder, "text", NULL),
                    *nowhere = g_build_filename(p->folder, "no", "db", NULL);
    g_autofree char *filler = g_strnfill(5000, 'x');
    assert_true(g_file_set_contents(text, filler, -1, NULL));
    assert_null(sqlite_store_new(text, &no_db));
    assert_false(sqlite_store_may_do_without(no_db));
    assert_null(sqlite_store_new(nowhere, &missing));
    assert_true(sqlite_store_may_do_without(missing));
}

struct writer {
    struct store *store;
    int number, failures;
};

static gpointer write_some(gpointer data) {
    struct writer *w = data;
    for (int i = 0; i < 50; i++) {
        g_autofree char *key = g_strdup_printf("%d-%d", w->number, i);
        g_autoptr(GBytes) value = octets(key);
        w->failures += !w->store->verdict_put(w->store, key, value, i, NULL);
        g_autoptr(GBytes) back = w->store->verdict_find(w->store, key);
        w->failures += !back || !g_bytes_equal(back, value);
    }
    return NULL;
}

static void write_at_once(struct store *store) {
    struct writer writers[4];
    GThread *threads[4];
    for (int i = 0; i < 4; i++) {
        writers[i] = (struct writer){store, i, 0};
        threads[i] = g_thread_new("writer", write_some, &writers[i]);
    }
    for (int i = 0; i < 4; i++) {
        g_thread_join(threads[i]);
        assert_int_equal(writers[i].failures, 0);
    }
}

static void many_threads_write(void **state) {
    write_at_once(((struct place *)*state)->store);
    OWNED(store) memory = sqlite_store_new(":memory:", NULL);
    write_at_once(memory);
    assert_true(memory->writable(memory, 0));
}

/* The other process of the next test: writes until it is killed, a mark for each that was kept. */
static int write_until_killed(const char *path) {
    struct store *s = sqlite_store_new(path, NULL);
    for (int i = 0; s; i++) {
        g_autofree char *key = g_strdup_printf("%d", i);
        g_autoptr(GBytes) value = octets(key);
        if (!s->verdict_put(s, key, value, 0, NULL) || write(STDOUT_FILENO, "x", 1) != 1)
            return 1;
    }
    return 1;
}

/* A process that dies in the middle of its writes leaves whole rows and a store that opens. */
static void survives_a_kill(void **state) {
    struct place *p = *state;
    store_free(p->store);
    p->store = NULL;
    char self[] = "/proc/self/exe", word[] = "write", *argv[] = {self, word, p->path, NULL};
    GPid child;
    int out;
    assert_true(g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                         &child, NULL, &out, NULL, NULL));
    char buffer[40];
    size_t have = 0;
    for (ssize_t n; have < 40 && (n = read(out, buffer, sizeof buffer)) > 0;)
        have += (size_t)n;
    assert_true(have >= 40);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(out);
    p->store = sqlite_store_new(p->path, NULL);
    assert_non_null(p->store);
    for (int i = 0; i < 40; i++) {
        g_autofree char *key = g_strdup_printf("%d", i);
        assert_octets(p->store->verdict_find(p->store, key), key);
    }
}

static void cannot_write_but_reads(void **state) {
    struct place *p = *state;
    const int64_t now = 1795370000;
    g_autoptr(GBytes) value = octets("v"), more = octets("w");
    assert_true(p->store->verdict_put(p->store, "k", value, 0, NULL));
    sqlite3 *other;
    assert_int_equal(sqlite3_open(p->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    g_autoptr(GError) error = NULL;
    assert_false(p->store->verdict_put(p->store, "k2", more, 0, &error)); /* busy for 2 s */
    assert_non_null(error);
    assert_false(p->store->writable(p->store, now));
    assert_octets(p->store->verdict_find(p->store, "k"), "v");
    sqlite3_close(other);
    assert_false(p->store->writable(p->store, now + LIMIT_STORE_PROBE - 1)); /* not tried again */
    assert_true(p->store->writable(p->store, now + LIMIT_STORE_PROBE));
    assert_true(p->store->verdict_put(p->store, "k2", more, 0, NULL));
}

int main(int argc, char **argv) {
    if (argc == 3)
        return write_until_killed(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sessions_end_at_their_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(first_verdict_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(verdicts_of_a_page_come_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_by_page_and_validity, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_until_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(secrets_are_made_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(old_verdicts_and_rows_are_forgotten_a_few_at_a_time, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(is_private_and_versioned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_threads_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_a_kill, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cannot_write_but_reads, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
