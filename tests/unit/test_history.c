/* SPDX-License-Identifier: MIT
 *
 * repute/history: trust on first use, and everything an attacker would do to it. */
#include "repute/history.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define DAY 86400
#define START 1795000000
#define CAROL "carol@corp.example"

static struct history_past past_of(const struct history *history, const char *address) {
    struct history_past past;
    history_find(history, address, &past);
    return past;
}

static void learn(struct history *history, const char *address, int day, bool established,
                  const char *domain) {
    struct history_lesson lesson = {.address = address,
                                    .received_at = START + (int64_t)day * DAY,
                                    .established = established,
                                    .shown = {[HABIT_DOMAIN] = true},
                                    .habits = {[HABIT_DOMAIN] = domain}};
    history_learn(history, &lesson);
}

static void learn_days(struct history *history, int from, int to, const char *domain) {
    for (int day = from; day <= to; day++)
        learn(history, CAROL, day, true, domain);
}

static void test_first(void **state) {
    (void)state;
    OWNED(history) history = history_new();
    struct history_past past;
    assert_false(history_find(history, CAROL, &past));
    assert_int_equal(past.first, 0);
    learn(history, CAROL, 5, false, NULL);
    learn(history, "Carol@Corp.example", 2, true, NULL);
    past = past_of(history, CAROL);
    assert_int_equal(past.first, START + 2 * DAY);
    assert_int_equal(past.seen, 2);
    assert_int_equal(past.proved, 1);
}

static void test_constant(void **state) {
    (void)state;
    OWNED(history) history = history_new();
    learn_days(history, 1, 2, "corp.example");
    assert_null(past_of(history, CAROL).habits[HABIT_DOMAIN]);
    learn_days(history, 3, 3, "corp.example");
    struct history_past past = past_of(history, CAROL);
    assert_string_equal(past.habits[HABIT_DOMAIN], "corp.example");
    assert_int_equal(past.counts[HABIT_DOMAIN], 3);
    assert_int_equal(past.since[HABIT_DOMAIN], START + DAY);
    assert_null(past.habits[HABIT_SMIME]); /* nobody told of it */
}

/* Three messages within an hour are one occasion. */
static void test_needs_days(void **state) {
    (void)state;
    OWNED(history) history = history_new();
    for (int i = 0; i < 20; i++)
        learn(history, CAROL, 1, true, "corp.example");
    assert_null(past_of(history, CAROL).habits[HABIT_DOMAIN]);
}

/* Forged mail neither makes a habit nor breaks one. */
static void test_forged_mail_teaches_nothing(void **state) {
    (void)state;
    OWNED(history) history = history_new();
    for (int day = 1; day < 30; day++)
        learn(history, CAROL, day, false, "evil.example");
    assert_null(past_of(history, CAROL).habits[HABIT_DOMAIN]);
    assert_int_equal(past_of(history, CAROL).proved, 0);
    learn_days(history, 30, 33, "corp.example");
    for (int day = 34; day < 99; day++)
        learn(history, CAROL, day, false, NULL);
    assert_string_equal(past_of(history, CAROL).habits[HABIT_DOMAIN], "corp.example");
}

/* A sender who changes in earnest is followed after as many messages as made the habit. */
static void test_change(void **state) {
    (void)state;
    OWNED(history) history = history_new();
    learn_days(history, 1, 5, "corp.example");
    learn_days(history, 6, 7, "new.example");
    assert_string_equal(past_of(history, CAROL).habits[HABIT_DOMAIN], "corp.example");
    learn_days(history, 8, 8, "corp.example"); /* both: it starts anew */
    learn_days(history, 9, 10, "new.example");
    assert_string_equal(past_of(history, CAROL).habits[HABIT_DOMAIN], "corp.example");
    learn_days(history, 11, 11, "new.example");
    struct history_past past = past_of(history, CAROL);
    assert_string_equal(past.habits[HABIT_DOMAIN], "new.example");
    assert_int_equal(past.since[HABIT_DOMAIN], START + 9 * DAY);
    learn_days(history, 12, 14, NULL);
    assert_null(past_of(history, CAROL).habits[HABIT_DOMAIN]); /* to sign nothing is no habit */
}

/* A mailbox is read from its newest message down. */
static void test_older_mail_says_nothing(void **state) {
    (void)state;
    OWNED(history) history = history_new();
    learn_days(history, 50, 52, "new.example");
    for (int day = 20; day > 0; day--)
        learn(history, CAROL, day, true, "old.example");
    assert_string_equal(past_of(history, CAROL).habits[HABIT_DOMAIN], "new.example");
    assert_int_equal(past_of(history, CAROL).first, START + DAY);
}

/* Somebody floods an account: with addresses of one domain, of many, authenticated or not. */
static void test_flood(void **state) {
    (void)state;
    OWNED(history) history = history_new();
    struct history_lesson friend = {
        .address = "friend@home.example", .received_at = START, .is_contact = true};
    history_learn(history, &friend);
    learn_days(history, 1, 4, "corp.example");
    for (guint i = 0; i < 5000; i++) {
        g_autofree char *one = g_strdup_printf("n%u@flood.example", i);
        g_autofree char *many = g_strdup_printf("a@n%u.example", i);
        learn(history, one, 50, true, "flood.example");
        learn(history, many, 50, i & 1, "flood.example");
        assert_true(history_size(history) <= LIMIT_HISTORY_ENTRIES);
    }
    assert_int_equal(history_size(history), LIMIT_HISTORY_ENTRIES);
    assert_int_equal(past_of(history, "friend@home.example").seen, 1);
    assert_string_equal(past_of(history, CAROL).habits[HABIT_DOMAIN], "corp.example");
}

static void test_one_domain_has_little_room(void **state) {
    (void)state;
    OWNED(history) history = history_new();
    for (guint i = 0; i < 100; i++)
        for (int day = 1; day < 5; day++) {
            g_autofree char *address = g_strdup_printf("n%u@flood.example", i);
            learn(history, address, day, true, "flood.example");
        }
    assert_int_equal(history_size(history), LIMIT_HISTORY_DOMAIN);
}

static void test_forget(void **state) {
    (void)state;
    OWNED(history) history = history_new();
    learn(history, CAROL, 1, true, "corp.example");
    learn(history, "new@corp.example", 9, true, "corp.example");
    history_forget(history, START + 5 * DAY);
    assert_int_equal(history_size(history), 1);
    assert_int_equal(past_of(history, CAROL).first, 0);
}

static void test_octets(void **state) {
    (void)state;
    OWNED(history) history = history_new();
    learn_days(history, 1, 5, "corp.example");
    learn_days(history, 6, 7, "new.example");
    learn(history, "x@y.example", 3, false, NULL);
    g_autoptr(GBytes) octets = history_encode(history);
    OWNED(history) again = history_decode(octets);
    assert_non_null(again);
    g_autoptr(GBytes) same = history_encode(again);
    assert_true(g_bytes_equal(octets, same));
    learn_days(again, 8, 8, "new.example"); /* what had begun goes on */
    assert_string_equal(past_of(again, CAROL).habits[HABIT_DOMAIN], "new.example");
    g_autoptr(GBytes) cut = g_bytes_new_from_bytes(octets, 0, g_bytes_get_size(octets) - 1);
    assert_null(history_decode(cut));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first),      cmocka_unit_test(test_constant),
        cmocka_unit_test(test_needs_days), cmocka_unit_test(test_forged_mail_teaches_nothing),
        cmocka_unit_test(test_change),     cmocka_unit_test(test_older_mail_says_nothing),
        cmocka_unit_test(test_flood),      cmocka_unit_test(test_one_domain_has_little_room),
        cmocka_unit_test(test_forget),     cmocka_unit_test(test_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
