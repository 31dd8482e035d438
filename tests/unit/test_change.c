/* SPDX-License-Identifier: MIT
 *
 * fcgi/change_read: which change a client asked for, and what is no change at all. */
#include "fcgi/change.h"

#include "base/limits.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static struct service service = {.id_key = "a key of this installation alone"};
static char alice[] = "alice@mail.example", inbox_name[] = "INBOX";
static struct session session = {.account = alice};
static struct exchange exchange = {.service = &service, .session = &session};

static enum problem read_text(const char *text, struct change *change) {
    json_t *body = json_loads(text, 0, NULL);
    assert_non_null(body);
    enum problem problem;
    bool good = change_read(&exchange, body, change, &problem);
    assert_int_equal(good, problem == PROBLEM_NONE);
    json_decref(body);
    return problem;
}

static void assert_refused(const char *text, enum problem problem) {
    struct change change = {0};
    assert_int_equal(read_text(text, &change), problem);
    change_clear(&change);
}

static char *mailbox_of(const char *account) {
    const struct id inbox = {.kind = ID_MAILBOX, .mailbox = inbox_name};
    struct span key = span_make((const char *)service.id_key, sizeof service.id_key);
    return id_format(key, account, &inbox);
}

static void keywords_are_set_and_cleared(void **state) {
    (void)state;
    struct change change = {0};
    assert_int_equal(
        read_text("{\"keywords\":{\"$seen\":true,\"$flagged\":false,\"$answered\":true,"
                  "\"$draft\":false,\"$mdnsent\":true,\"later\":false}}",
                  &change),
        PROBLEM_NONE);
    assert_int_equal(change.kind, CHANGE_KEYWORDS);
    assert_int_equal(change.flags[true], IMAP_FLAG_SEEN | IMAP_FLAG_ANSWERED);
    assert_int_equal(change.flags[false], IMAP_FLAG_FLAGGED | IMAP_FLAG_DRAFT);
    assert_int_equal(change.keywords[true]->len, 1);
    assert_string_equal(change.keywords[true]->pdata[0], "$mdnsent");
    assert_int_equal(change.keywords[false]->len, 1);
    assert_string_equal(change.keywords[false]->pdata[0], "later");
    change_clear(&change);
}

/* RFC 8621 §4.1.1: what could end an atom of IMAP is no keyword, and what is said must be yes or
 * no. */
static void what_is_no_keyword_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"{}",
                                        "[]",
                                        "null",
                                        "\"$seen\"",
                                        "{\"$seen\":1}",
                                        "{\"\":true}",
                                        "{\" \":true}",
                                        "{\"(\":true}",
                                        "{\")\":true}",
                                        "{\"{\":true}",
                                        "{\"]\":true}",
                                        "{\"%\":true}",
                                        "{\"*\":true}",
                                        "{\"\\\"\":true}",
                                        "{\"\\\\\":true}",
                                        "{\"a b\":true}",
                                        "{\"a\\r\\nb\":true}",
                                        "{\"\\u007f\":true}",
                                        "{\"\\u00e9\":true}",
                                        "{\"$seen\":null}",
                                        "{\"$seen\":\"true\"}",
                                        "{\"$seen\":true,\"a(b\":true}"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *body = g_strdup_printf("{\"keywords\":%s}", texts[i]);
        assert_refused(body, PROBLEM_BAD_JSON);
    }
}

static void keywords_have_a_length_and_a_number(void **state) {
    (void)state;
    for (int more = 0; more < 2; more++) {
        struct change change = {0};
        enum problem wanted = more ? PROBLEM_BAD_JSON : PROBLEM_NONE;
        g_autofree char *name = g_strnfill(255 + (gsize)more, 'k');
        g_autofree char *longest = g_strdup_printf("{\"keywords\":{\"%s\":true}}", name);
        assert_int_equal(read_text(longest, &change), wanted);
        change_clear(&change);
        GString *many = g_string_new("{\"keywords\":{");
        for (int i = 0; i < LIMIT_IMAP_KEYWORDS + more; i++)
            g_string_append_printf(many, "%s\"k%d\":true", i ? "," : "", i);
        g_string_append(many, "}}");
        assert_int_equal(read_text(many->str, &change), wanted);
        change_clear(&change);
        g_string_free(many, TRUE);
    }
}

static void a_mailbox_is_one_of_this_account(void **state) {
    (void)state;
    struct change change = {0};
    g_autofree char *inbox = mailbox_of(session.account), *foreign = mailbox_of("bob@mail.example");
    g_autofree char *text = g_strdup_printf("{\"mailboxIds\":{\"%s\":true}}", inbox);
    assert_int_equal(read_text(text, &change), PROBLEM_NONE);
    assert_int_equal(change.kind, CHANGE_MOVE);
    assert_string_equal(change.mailbox, "INBOX");
    change_clear(&change);
    g_autofree char *theirs = g_strdup_printf("{\"mailboxIds\":{\"%s\":true}}", foreign);
    assert_refused(theirs, PROBLEM_NOT_FOUND);
    g_autofree char *two = g_strdup_printf("{\"mailboxIds\":{\"%s\":true,\"x\":true}}", inbox);
    assert_refused(two, PROBLEM_UNPROCESSABLE);
    g_autofree char *not_there = g_strdup_printf("{\"mailboxIds\":{\"%s\":false}}", inbox);
    assert_refused(not_there, PROBLEM_UNPROCESSABLE);
    assert_refused("{\"mailboxIds\":{}}", PROBLEM_UNPROCESSABLE);
    assert_refused("{\"mailboxIds\":[\"INBOX\"]}", PROBLEM_UNPROCESSABLE);
    assert_refused("{\"mailboxIds\":{\"INBOX\":true}}", PROBLEM_NOT_FOUND);
}

static void a_role_is_one_that_mail_is_moved_to(void **state) {
    (void)state;
    static const enum imap_role roles[] = {IMAP_ROLE_INBOX, IMAP_ROLE_ARCHIVE, IMAP_ROLE_JUNK,
                                           IMAP_ROLE_TRASH};
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
        struct change change = {0};
        g_autofree char *text =
            g_strdup_printf("{\"moveToRole\":\"%s\"}", imap_role_name(roles[i]));
        assert_int_equal(read_text(text, &change), PROBLEM_NONE);
        assert_int_equal(change.kind, CHANGE_TO_ROLE);
        assert_int_equal(change.role, roles[i]);
        change_clear(&change);
    }
    assert_refused("{\"moveToRole\":\"sent\"}", PROBLEM_UNPROCESSABLE);
    assert_refused("{\"moveToRole\":\"\"}", PROBLEM_UNPROCESSABLE);
    assert_refused("{\"moveToRole\":3}", PROBLEM_UNPROCESSABLE);
}

static void one_kind_at_a_time(void **state) {
    (void)state;
    assert_refused("{}", PROBLEM_UNPROCESSABLE);
    assert_refused("{\"ids\":[]}", PROBLEM_UNPROCESSABLE);
    assert_refused("{\"keywords\":{\"$seen\":true},\"moveToRole\":\"trash\"}",
                   PROBLEM_UNPROCESSABLE);
    assert_refused("{\"mailboxIds\":{\"x\":true},\"moveToRole\":\"trash\"}", PROBLEM_UNPROCESSABLE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keywords_are_set_and_cleared),
        cmocka_unit_test(what_is_no_keyword_is_refused),
        cmocka_unit_test(keywords_have_a_length_and_a_number),
        cmocka_unit_test(a_mailbox_is_one_of_this_account),
        cmocka_unit_test(a_role_is_one_that_mail_is_moved_to),
        cmocka_unit_test(one_kind_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
