/* SPDX-License-Identifier: MIT
 *
 * fcgi/judge: what is kept of verdicts and how often the store is asked for them. Statements are
 * counted by SQLite itself. */
#include "fcgi/judge.h"

#include "fcgi/vouchers.h"
#include "store/sqlite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>

#define RECEIVED_AT 1795000000
enum { PAGE = 50 };

/* --- statements that ran -------------------------------------------------------------------- */

static GPtrArray *statements; /* SQL of each, while somebody counts */

static int note(unsigned kind, void *context, void *statement, void *sql) {
    (void)kind, (void)context, (void)statement;
    if (statements)
        g_ptr_array_add(statements, g_strdup(sql));
    return 0;
}

/* Called for each connection that is opened. */
static int watch(sqlite3 *db, const char **error, const struct sqlite3_api_routines *api) {
    (void)error, (void)api;
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, note, NULL);
}

/* --- the stage ------------------------------------------------------------------------------ */

struct stage {
    struct config *config;
    struct store *store;
    struct vouchers *vouchers;
    struct judge *judge;
};

static struct stage *stage_new(struct store *store, const char *trust) {
    struct stage *s = g_new0(struct stage, 1);
    g_autofree char *text = g_strconcat("[web]\norigin = https://mail.example.org\n", trust, NULL);
    s->config = config_parse("test.conf", text, strlen(text), NULL);
    s->store = store;
    s->vouchers = vouchers_new(s->config, &store->keep, NULL, NULL);
    s->judge = judge_new(s->config, store, NULL, s->vouchers, NULL);
    assert_non_null(s->judge);
    return s;
}

static void stage_free(struct stage *s) {
    judge_free(s->judge);
    vouchers_free(s->vouchers);
    config_free(s->config);
    g_free(s);
}

DEFINE_OWNED(stage, stage_free)

static struct judge_case about(const struct stage *s) {
    return (struct judge_case){.account = "alice@imap.example",
                               .address = "alice@mail.example",
                               .trust = config_trust_of(s->config, "imap.example"),
                               .received_at = RECEIVED_AT};
}

/* --- one query a page ----------------------------------------------------------------------- */

#define NEVER "[trust]\nverify = never\nstrips = yes\nauthserv-ids = mx.mail.example\n"

static void a_page_of_known_rows_is_one_query(void **state) {
    (void)state;
    OWNED(store) store = sqlite_store_new(":memory:", NULL);
    OWNED(stage) s = stage_new(store, NEVER);
    struct judge_asked asked[PAGE + 1];
    char *digests[PAGE];
    for (int i = 0; i < PAGE; i++) {
        g_autofree char *text =
            g_strdup_printf("Authentication-Results: mx.mail.example; dmarc=pass "
                            "header.from=d%d.example\r\nFrom: a@d%d.example\r\n\r\nHello.\r\n",
                            i, i);
        g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
        struct judge_case mail = about(s);
        OWNED(record) record = judge_octets(s->judge, &mail, octets, true, JUDGE_CHECK);
        assert_true(record->facts.complete);
        digests[i] = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, octets);
        judge_keep(s->judge, &mail, digests[i], record);
        asked[i] = (struct judge_asked){mail, digests[i], NULL};
    }
    asked[PAGE] = (struct judge_asked){about(s), "", NULL}; /* a row without a verdict */
    statements = g_ptr_array_new_with_free_func(g_free);
    judge_find_all(s->judge, asked, PAGE + 1);
    GPtrArray *ran = g_steal_pointer(&statements);
    assert_int_equal(ran->len, 1);
    assert_non_null(strstr(ran->pdata[0], "FROM json_each"));
    g_ptr_array_unref(ran);
    assert_null(asked[PAGE].record);
    for (int i = 0; i < PAGE; i++) {
        g_autofree char *domain = g_strdup_printf("d%d.example", i);
        assert_non_null(asked[i].record);
        assert_string_equal(asked[i].record->verdict->domain, domain);
        record_free(asked[i].record);
        g_free(digests[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_of_known_rows_is_one_query),
    };
    sqlite3_auto_extension((void (*)(void))(void *)watch);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
