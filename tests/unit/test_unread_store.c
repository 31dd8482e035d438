/* SPDX-License-Identifier: MIT
 *
 * A store that cannot be read says nothing, which is not "nothing is there": what lies in it is
 * neither denied nor written over by what users tell the service. */
#include "fcgi/acquaintance.h"
#include "fcgi/image_domains.h"
#include "fcgi/judge.h"
#include "fcgi/vouchers.h"
#include "store/sqlite.h"
#include "store_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <string.h>

static const char account[] = "alice@imap.example";

struct place {
    char *folder, *path;
    struct store *store;
    struct config *config;
    struct vouchers *vouchers;
    struct judge *judge;
    struct image_domains *domains;
};

static int set_up(void **state) {
    static const char text[] = "[web]\norigin = https://mail.example.org\n";
    struct place *p = g_new0(struct place, 1);
    store_place_make(&p->folder, &p->path);
    p->store = sqlite_store_new(p->path, NULL);
    p->config = config_parse("test.conf", text, strlen(text), NULL);
    p->vouchers = vouchers_new(p->config, &p->store->keep, NULL, NULL);
    p->judge = judge_new(p->config, p->store, NULL, p->vouchers, NULL);
    p->domains = image_domains_new(&p->store->keep);
    *state = p;
    return p->judge ? 0 : -1;
}

static int tear_down(void **state) {
    struct place *p = *state;
    image_domains_free(p->domains);
    judge_free(p->judge);
    vouchers_free(p->vouchers);
    config_free(p->config);
    store_free(p->store);
    store_place_remove(p->folder, p->path);
    g_free(p);
    return 0;
}

/* Somebody else's hand in the file: the service's statements fail until the table is back. */
static void rename_table(const struct place *p, const char *from, const char *to) {
    sqlite3 *db = NULL;
    g_autofree char *sql = g_strdup_printf("ALTER TABLE %s RENAME TO %s", from, to);
    assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static bool say(struct contacts *contacts, void *data) {
    return contacts_say(contacts, KNOWN_SENDER, *(const char *const *)data, "", 1000);
}

static void correspondents_are_not_written_over(void **state) {
    struct place *p = *state;
    const char *first = "first@a.example", *second = "second@a.example";
    struct acquaintances *all = judge_acquaintances(p->judge);
    assert_int_equal(acquaintances_change(all, account, say, &first), ACQUAINTANCES_DONE);
    judge_free(p->judge); /* another process, that has read nothing yet */
    p->judge = judge_new(p->config, p->store, NULL, p->vouchers, NULL);
    all = judge_acquaintances(p->judge);
    rename_table(p, "keep", "elsewhere");
    OWNED(acquaintance) unread = acquaintances_take(all, account);
    assert_true(unread->unread);
    assert_int_equal(acquaintances_change(all, account, say, &second), ACQUAINTANCES_NOT_KEPT);
    rename_table(p, "elsewhere", "keep");
    assert_int_equal(acquaintances_change(all, account, say, &second), ACQUAINTANCES_DONE);
    OWNED(acquaintance) read = acquaintances_take(all, account);
    assert_false(read->unread);
    assert_int_equal(contacts_n_said(read->contacts), 2);
}

static void image_domains_are_neither_denied_nor_lost(void **state) {
    struct place *p = *state;
    assert_int_equal(image_domains_add(p->domains, account, "a.example"), IMAGE_DOMAINS_DONE);
    rename_table(p, "keep", "elsewhere");
    assert_null(image_domains_list(p->domains, account));
    assert_int_equal(image_domains_add(p->domains, account, "b.example"), IMAGE_DOMAINS_NOT_KEPT);
    assert_int_equal(image_domains_remove(p->domains, account, "a.example"),
                     IMAGE_DOMAINS_NOT_KEPT);
    rename_table(p, "elsewhere", "keep");
    g_auto(GStrv) list = image_domains_list(p->domains, account);
    assert_int_equal(g_strv_length(list), 1);
    assert_int_equal(image_domains_remove(p->domains, account, "b.example"), IMAGE_DOMAINS_NONE);
}

static void keys_are_not_denied(void **state) {
    struct place *p = *state;
    rename_table(p, "keep", "elsewhere");
    OWNED(vouchers_account) unread = vouchers_take(p->vouchers, account);
    assert_true(unread->unread);
    assert_int_equal(vouchers_remove(p->vouchers, account, "00"), VOUCHERS_NOT_KEPT);
    rename_table(p, "elsewhere", "keep");
    OWNED(vouchers_account) read = vouchers_take(p->vouchers, account);
    assert_false(read->unread);
    assert_int_equal(vouchers_remove(p->vouchers, account, "00"), VOUCHERS_NO_KEY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(correspondents_are_not_written_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(image_domains_are_neither_denied_nor_lost, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(keys_are_not_denied, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
