/* SPDX-License-Identifier: MIT
 *
 * mail/references and fcgi/forest: which messages belong together, and what a stranger who names
 * the ids of others can do about it: join, and nothing else. */
#include "fcgi/forest.h"
#include "fcgi/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct references read_header(const char *header) {
    struct references references;
    g_autoptr(GBytes) octets = g_bytes_new(header, strlen(header));
    OWNED(message) message = message_new(octets, 0);
    references_read(message, &references);
    return references;
}

static uint64_t number(const char *id) {
    return references_number(span_of(id));
}

/* `header` names these ids, separated by blanks, and has this one itself. */
static void check(const char *header, const char *own, const char *named) {
    struct references found = read_header(header);
    g_auto(GStrv) ids = g_strsplit(named, " ", -1);
    assert_int_equal(found.own, own ? number(own) : 0);
    assert_int_equal(found.n, *named ? g_strv_length(ids) : 0);
    for (guint i = 0; i < found.n; i++)
        assert_int_equal(found.named[i], number(ids[i]));
}

static void test_fields(void **state) {
    (void)state;
    check("Message-ID: <a@x>\r\nReferences: <b@x>\r\n <c@x>\t<d@x>\r\n\r\n", "a@x", "b@x c@x d@x");
    check("Message-ID:\r\n <a@x>\r\nIn-Reply-To: <b@x> <c@x>\r\n\r\n", "a@x", "b@x");
    check("References: <b@x>\r\nIn-Reply-To: <c@x>\r\n\r\n", NULL, "b@x");
    check("References: none\r\nIn-Reply-To: Your letter of Monday <c@x>\r\n\r\n", NULL, "c@x");
    check("References: <b@x><c@x>,(words)<d@x>\r\n\r\n", NULL, "b@x c@x d@x");
    check("References: <b @x> <c@x\r\n >\r\n\r\n", NULL, "");
    check("References: <b<c@x> <> < <d@x\r\n\r\n", NULL, "c@x");
    check("Message-ID: <a@x>\r\nReferences: <a@x> <b@x>\r\n\r\n", "a@x", "b@x");
    check("Message-ID: a@x\r\n\r\n", NULL, "");
    check("\r\n", NULL, "");
}

static void test_many(void **state) {
    (void)state;
    g_autoptr(GString) header = g_string_new("References:");
    for (int i = 0; i < 3000; i++)
        g_string_append_printf(header, "\r\n <%d@x>", i);
    g_string_append(header, "\r\n\r\n");
    check(header->str, NULL, "0@x 2991@x 2992@x 2993@x 2994@x 2995@x 2996@x 2997@x 2998@x 2999@x");
    g_autofree char *endless = g_strnfill(LIMIT_MESSAGE_ID + 1, 'a');
    g_autofree char *one = g_strdup_printf("References: <%s> <b@x>\r\n\r\n", endless);
    check(one, NULL, "b@x");
}

/* ---- conversations ---- */

/* `named`: blanks between ids; own "" = none. */
static struct references make(const char *own, const char *named) {
    struct references references = {.own = *own ? number(own) : 0};
    g_auto(GStrv) ids = g_strsplit(named, " ", -1);
    for (char **id = ids; *named && *id; id++)
        references.named[references.n++] = number(*id);
    return references;
}

static void add(struct forest *forest, uint32_t uid, const char *own, const char *named) {
    struct references references = make(own, named);
    assert_true(forest_add(forest, uid, &references));
}

static uint64_t thread(struct forest *forest, uint32_t uid) {
    struct references references;
    assert_true(forest_find(forest, uid, &references));
    return forest_thread(forest, &references);
}

static void check_members(struct forest *forest, uint32_t uid, const char *wanted) {
    g_autoptr(GArray) uids = forest_members(forest, thread(forest, uid), LIMIT_THREAD);
    g_autoptr(GString) found = g_string_new(NULL);
    for (guint i = 0; i < uids->len; i++)
        g_string_append_printf(found, "%s%u", i ? " " : "", g_array_index(uids, uint32_t, i));
    assert_string_equal(found->str, wanted);
}

static void test_conversation(void **state) {
    (void)state;
    OWNED(forest) forest = forest_new();
    add(forest, 9, "c", "a b");
    add(forest, 5, "b", "a");
    add(forest, 7, "x", "");
    check_members(forest, 9, "9 5");
    add(forest, 2, "a", "");
    check_members(forest, 9, "9 5 2");
    assert_int_equal(thread(forest, 9), number("a"));
    check_members(forest, 7, "7");
    add(forest, 11, "", "zzz c"); /* a mail program that keeps the last ids only */
    check_members(forest, 11, "11 9 5 2");
    add(forest, 9, "x", ""); /* is there already */
    check_members(forest, 9, "11 9 5 2");
}

static void test_what_all_of_them_follow_is_elsewhere(void **state) {
    (void)state;
    OWNED(forest) forest = forest_new();
    add(forest, 1, "b", "sent");
    add(forest, 2, "c", "sent b");
    add(forest, 3, "d", "sent");
    check_members(forest, 3, "3 2 1");
}

/* Somebody names ids of two conversations, those of strangers, his own, or takes one. */
static void test_a_stranger(void **state) {
    (void)state;
    OWNED(forest) forest = forest_new();
    add(forest, 1, "a", "");
    add(forest, 2, "b", "a");
    add(forest, 3, "p", "");
    add(forest, 4, "q", "p");
    uint64_t first = thread(forest, 2), second = thread(forest, 4);
    add(forest, 10, "evil", "a b p q"); /* joins one, and joins no two */
    check_members(forest, 10, "10 4 3");
    check_members(forest, 2, "2 1");
    add(forest, 11, "a", "q"); /* the name of one that is here */
    check_members(forest, 2, "2 1");
    add(forest, 12, "a", "");
    assert_int_equal(thread(forest, 2), first);
    assert_int_equal(thread(forest, 4), second);
    add(forest, 13, "later", "unknown q");
    add(forest, 14, "unknown", "a"); /* and nobody is moved by who comes later … */
    check_members(forest, 4, "13 11 10 4 3");
}

static void test_rings(void **state) {
    (void)state;
    OWNED(forest) forest = forest_new();
    add(forest, 1, "a", "c");
    add(forest, 2, "b", "a");
    add(forest, 3, "c", "b");
    add(forest, 4, "d", "c");
    add(forest, 5, "e", "e");
    check_members(forest, 4, "4 3 2 1");
    assert_int_equal(thread(forest, 4), number("a"));
    check_members(forest, 5, "5");
}

/* A chain as long as a mailbox may be, and what is more than that. */
static void test_bounds(void **state) {
    (void)state;
    OWNED(forest) forest = forest_new();
    for (uint32_t uid = LIMIT_FOREST; uid > 0; uid--) {
        g_autofree char *own = g_strdup_printf("%u", uid);
        g_autofree char *before = g_strdup_printf("%u", uid - 1);
        add(forest, uid, own, before);
    }
    assert_int_equal(thread(forest, LIMIT_FOREST), number("0"));
    struct references more = make("more", "17");
    assert_false(forest_add(forest, LIMIT_FOREST + 1, &more));
    assert_int_equal(forest_thread(forest, &more), number("0"));
    g_autoptr(GArray) some = forest_members(forest, number("0"), LIMIT_THREAD);
    assert_int_equal(some->len, LIMIT_THREAD);
    assert_int_equal(g_array_index(some, uint32_t, 0), LIMIT_FOREST);
}

/* Without id and names a message is alone. */
static void test_nameless(void **state) {
    (void)state;
    OWNED(forest) forest = forest_new();
    add(forest, 1, "", "");
    add(forest, 2, "", "");
    assert_int_equal(thread(forest, 1), 0);
    check_members(forest, 1, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_conversation),
        cmocka_unit_test(test_what_all_of_them_follow_is_elsewhere),
        cmocka_unit_test(test_a_stranger),
        cmocka_unit_test(test_rings),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_nameless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
