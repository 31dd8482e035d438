/* SPDX-License-Identifier: MIT
 *
 * fcgi/judge: what is kept of verdicts and how often the store is asked for them. Statements are
 * counted by SQLite itself. */
#include "fcgi/judge.h"

#include "base/limits.h"
#include "fcgi/kept_header.h"
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
        judge_keep(s->judge, &mail, octets, digests[i], record);
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

/* --- other belief rules --------------------------------------------------------------------- */

#define NOBODY "[trust]\nverify = never\n"

static GBytes *stated(const char *result) {
    g_autofree char *text =
        g_strdup_printf("Authentication-Results: mx.mail.example; %s header.from=signed.example\r\n"
                        "From: Carol <carol@signed.example>\r\n\r\nHello.\r\n",
                        result);
    return g_bytes_new(text, strlen(text));
}

static char *judge_and_keep(struct stage *s, GBytes *octets) {
    struct judge_case mail = about(s);
    OWNED(record) record = judge_octets(s->judge, &mail, octets, true, JUDGE_CHECK);
    char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, octets);
    assert_true(record->facts.complete);
    judge_keep(s->judge, &mail, octets, digest, record);
    return digest;
}

static struct record *find(struct stage *s, const char *digest) {
    struct judge_case mail = about(s);
    return judge_find(s->judge, &mail, digest);
}

static void other_belief_rules_need_no_message(void **state) {
    (void)state;
    OWNED(store) store = sqlite_store_new(":memory:", NULL);
    g_autoptr(GBytes) octets = stated("dmarc=pass");
    g_autofree char *digest = NULL;
    int64_t checked_at;
    {
        OWNED(stage) nobody = stage_new(store, NOBODY);
        digest = judge_and_keep(nobody, octets);
        OWNED(record) record = find(nobody, digest);
        assert_int_equal(record->verdict->author, VERDICT_NOT_ESTABLISHED);
        checked_at = record->first.checked_at;
    }
    for (int i = 0; i < 2; i++) { /* derived; then found as it was kept */
        OWNED(stage) believing = stage_new(store, NEVER);
        OWNED(record) record = find(believing, digest);
        struct judge_case mail = about(believing);
        OWNED(record) fresh = judge_octets(believing->judge, &mail, octets, true, JUDGE_CHECK);
        assert_int_equal(record->verdict->author, VERDICT_LIKELY);
        fresh->verdict->checked_at = record->verdict->checked_at;
        assert_true(verdict_equal(record->verdict, fresh->verdict));
        assert_string_equal(record->facts.inputs, fresh->facts.inputs);
        /* the badge follows, the first verdict is history (verdict rule 6) */
        assert_int_equal(record->first.author, VERDICT_NOT_ESTABLISHED);
        assert_int_equal(record->first.checked_at, checked_at);
    }
    OWNED(stage) back = stage_new(store, NOBODY);
    OWNED(record) record = find(back, digest);
    assert_int_equal(record->verdict->author, VERDICT_NOT_ESTABLISHED);
}

/* Belief settled it without a look of our own: without belief there is nothing to go by. */
static void what_was_never_collected_is_fetched(void **state) {
    (void)state;
    OWNED(store) store = sqlite_store_new(":memory:", NULL);
    g_autoptr(GBytes) octets = stated("dkim=pass header.d=signed.example; dmarc=pass");
    g_autofree char *digest = NULL;
    {
        OWNED(stage)
        believing = stage_new(store, "[trust]\nstrips = yes\nauthserv-ids = mx.mail.example\n");
        digest = judge_and_keep(believing, octets);
    }
    OWNED(stage) nobody = stage_new(store, "");
    assert_null(find(nobody, digest));
}

static void a_longer_header_is_not_kept(void **state) {
    (void)state;
    OWNED(store) store = sqlite_store_new(":memory:", NULL);
    GString *text = g_string_new("From: a@b.example\r\n");
    while (text->len <= LIMIT_KEPT_HEADER)
        g_string_append(text, "X-Filler: 0123456789012345678901234567890123456789\r\n");
    g_string_append(text, "\r\nHello.\r\n");
    g_autoptr(GBytes) octets = g_string_free_to_bytes(text);
    g_autofree char *digest = NULL;
    {
        OWNED(stage) nobody = stage_new(store, NOBODY);
        digest = judge_and_keep(nobody, octets);
        OWNED(record) kept = find(nobody, digest);
        assert_non_null(kept);
    }
    OWNED(stage) believing = stage_new(store, NEVER);
    assert_null(find(believing, digest));
}

static void a_kept_header_comes_back_and_nothing_else_does(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = stated("dmarc=pass");
    g_autoptr(GBytes) value = kept_header_encode(octets, "name");
    OWNED(kept_header) kept = kept_header_decode(value);
    gsize n, all = g_bytes_get_size(octets);
    const char *header = g_bytes_get_data(kept->header, &n);
    assert_string_equal(kept->record, "name");
    assert_int_equal(n, all - strlen("Hello.\r\n"));
    assert_memory_equal(header, g_bytes_get_data(octets, NULL), n);
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0), other = g_bytes_new_static("\2x", 2);
    assert_null(kept_header_decode(empty));
    assert_null(kept_header_decode(other));
    assert_null(kept_header_decode(octets));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_of_known_rows_is_one_query),
        cmocka_unit_test(other_belief_rules_need_no_message),
        cmocka_unit_test(what_was_never_collected_is_fetched),
        cmocka_unit_test(a_longer_header_is_not_kept),
        cmocka_unit_test(a_kept_header_comes_back_and_nothing_else_does),
    };
    sqlite3_auto_extension((void (*)(void))(void *)watch);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
