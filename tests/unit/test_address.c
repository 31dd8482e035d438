/* SPDX-License-Identifier: MIT
 *
 * Address lists: what is found, in which order, and what is said about it. Who the author is, is
 * tests/unit/test_author.c. */
#include "mail/address.h"

#include "base/limits.h"
#include "mail/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

/* Every mailbox as "name<address>" or "name!fault", joined by "|". */
static char *describe(const struct address_list *list) {
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < list->n; i++) {
        const struct mailbox *mailbox = &list->mailboxes[i];
        g_string_append_printf(out, "%s%s", i ? "|" : "",
                               mailbox->display_name ? mailbox->display_name : "");
        if (mailbox->address)
            g_string_append_printf(out, "<%s>", mailbox->address);
        else
            g_string_append_printf(out, "!%s", address_fault_name(mailbox->fault));
    }
    return g_string_free(out, FALSE);
}

static void check(const char *value, const char *wanted, uint32_t flags) {
    OWNED(address_list) list = address_parse(span_of(value));
    g_autofree char *found = describe(list);
    assert_string_equal(found, wanted);
    assert_int_equal(list->flags, flags);
    assert_int_equal(list->total, list->n);
}

static void lists(void **state) {
    (void)state;
    check("", "", 0);
    check(" \t", "", 0);
    check("a@b.example", "<a@b.example>", 0);
    check("a@b.example, C <c@D.Example>\r\n", "<a@b.example>|C<c@d.example>", 0);
    check("a@b.example,\r\n c@d.example", "<a@b.example>|<c@d.example>", 0);
    check(",a@b.example,,", "<a@b.example>", ADDRESS_EMPTY_ELEMENT);
    check("(just a comment)", "", 0);
}

static void names(void **state) {
    (void)state;
    check("\"a \\\"b\\\" \\\\c\" <a@b.example>", "a \"b\" \\c<a@b.example>", 0);
    check("\"foo: <a@b>;,\" <u@d.example>", "foo: <a@b>;,<u@d.example>", 0);
    check("a \"b c\" d <a@b.example>", "a b c d<a@b.example>", 0);
    check("a\"b\"c <a@b.example>", "abc<a@b.example>", 0);
    check("J. R. <a@b.example>", "J. R.<a@b.example>", ADDRESS_OBSOLETE);
    check("\"\" <a@b.example>", "<a@b.example>", 0);
    check("(x) Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
          "Pete<pete@silly.test>", ADDRESS_OBSOLETE);
    check("a@b.example (Joe (junior) \\(x\\))", "Joe (junior) (x)<a@b.example>", 0);
    check("a@b.example ()", "<a@b.example>", 0);
    check("=?iso-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.example>",
          "André Pirard<PIRARD@vm1.example>", 0);
    check("=?utf-8?q?a?= =?utf-8?q?b?= <a@b.example>", "ab<a@b.example>", 0);
    check("Doe, Jane <j@b.example>", "Doe!no-address|Jane<j@b.example>", ADDRESS_NAME_ONLY);
}

static void local_parts(void **state) {
    (void)state;
    check("\"user name\"@b.example", "<\"user name\"@b.example>", 0);
    check("\"user\"@b.example", "<user@b.example>", 0);
    check("\"a@b\\\\\\\"\"@b.example", "<\"a@b\\\\\\\"\"@b.example>", 0);
    check("\"\"@b.example", "<\"\"@b.example>", 0);
    check("a . b @ c . example", "<a.b@c.example>", ADDRESS_OBSOLETE);
    check("\"a\".b@c.example", "<a.b@c.example>", ADDRESS_OBSOLETE);
    check("a..b.@c.example", "<a..b.@c.example>", ADDRESS_EMPTY_ATOM);
    check("a!b%c/d={}~|@c.example", "<a!b%c/d={}~|@c.example>", 0);
    check("用户@例え.example", "<用户@xn--r8jz45g.example>", ADDRESS_8BIT);
}

static void addresses_that_are_none(void **state) {
    (void)state;
    check("user@", "!no-domain", 0);
    check("<user>", "!no-domain", 0);
    check("@b.example", "!no-local-part", 0);
    check("<>", "!no-address", ADDRESS_NULL);
    check("<@>", "!no-local-part", 0);
    check("user@[192.0.2.1]", "!bad-domain", 0);
    check("user@[IPv6:2001:db8::1]", "!bad-domain", 0);
    check("user@b..example", "!bad-domain", 0);
    check("user@b_c.example", "!bad-domain", 0);
    check("Somebody", "Somebody!no-address", ADDRESS_NAME_ONLY);
}

static void routes(void **state) {
    (void)state;
    check("<@r.example:a@b.example>", "<a@b.example>", ADDRESS_ROUTE);
    check("<@r.example,@s.example:a@b.example>", "<a@b.example>", ADDRESS_ROUTE);
    check("X <,@r.example,,@s.example,:a@b.example>", "X<a@b.example>", ADDRESS_ROUTE);
    check("<@r.example@s.example:a@b.example>", "<a@b.example>", ADDRESS_ROUTE | ADDRESS_SYNTAX);
    check("<:a@b.example>", "<a@b.example>", ADDRESS_ROUTE | ADDRESS_SYNTAX);
    check("<x@r.example:a@b.example>", "<a@b.example>", ADDRESS_ROUTE | ADDRESS_SYNTAX);
    check("<@r.example>", "!no-local-part", 0);
}

static void groups(void **state) {
    (void)state;
    OWNED(address_list)
    list = address_parse(
        SPAN_LIT("x@b.example, \"My\" Group: a@b.example, C <c@b.example>;, Empty:;"));
    g_autofree char *found = describe(list);
    assert_string_equal(found, "<x@b.example>|<a@b.example>|C<c@b.example>");
    assert_int_equal(list->flags, ADDRESS_GROUP);
    assert_int_equal(list->n_groups, 2);
    assert_string_equal(list->group_name, "My Group");
    assert_int_equal(list->mailboxes[0].group, -1);
    assert_int_equal(list->mailboxes[1].group, 0);
    assert_int_equal(list->mailboxes[2].group, 0);
    check("g:;", "", ADDRESS_GROUP);
    check("g: ,(x), ;", "", ADDRESS_GROUP | ADDRESS_EMPTY_ELEMENT);
    check("g: a@b.example", "<a@b.example>", ADDRESS_GROUP | ADDRESS_UNCLOSED);
    check("g: h:a@b.example;", "!bad-local-part", ADDRESS_GROUP | ADDRESS_SYNTAX);
    check("a@b.example;", "<a@b.example>", ADDRESS_SYNTAX);
    check("g:; a@b.example", "<a@b.example>", ADDRESS_GROUP | ADDRESS_SYNTAX);
    check(":a@b.example;", "!bad-local-part", ADDRESS_SYNTAX);
}

static void two_readings_are_flagged(void **state) {
    (void)state;
    static const struct {
        const char *value;
        uint32_t flag;
    } cases[] = {
        {"a b@c.example", ADDRESS_SYNTAX},
        {"a@b c.example", ADDRESS_SYNTAX},
        {"a@b.example>", ADDRESS_SYNTAX},
        {"<a@b.example> c", ADDRESS_TRAILING_TEXT},
        {"a@b@c.example", ADDRESS_SEVERAL_AT},
        {"a@b.example <c@d.example>", ADDRESS_SEVERAL_AT},
        {"<a@b.example", ADDRESS_UNCLOSED},
        {"(a a@b.example", ADDRESS_UNCLOSED},
        {"\"a a@b.example", ADDRESS_UNCLOSED},
        {"a@[b.example", ADDRESS_UNCLOSED},
        {"a@b.example \\", ADDRESS_SYNTAX},
        {"a) <a@b.example>", ADDRESS_SYNTAX},
        {"] <a@b.example>", ADDRESS_SYNTAX},
        {"<a@b.example, c@d.example>", ADDRESS_SYNTAX},
        {"<a@b.example, <c@d.example>", ADDRESS_SYNTAX},
        {"a@\"b\".example", ADDRESS_SYNTAX},
        {"=?utf-8?q?x?=@b.example", ADDRESS_ENCODED_WORD},
        {"\x01 <a@b.example>", ADDRESS_CONTROL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(address_list) list = address_parse(span_of(cases[i].value));
        assert_int_equal(list->flags & cases[i].flag, cases[i].flag);
        assert_true(list->flags & ADDRESS_TWO_READINGS);
    }
}

static void comments_nest_to_a_limit(void **state) {
    (void)state;
    g_autoptr(GString) value = g_string_new("a@b.example ");
    for (int i = 0; i < LIMIT_COMMENT_DEPTH; i++)
        g_string_append_c(value, '(');
    for (int i = 0; i < LIMIT_COMMENT_DEPTH; i++)
        g_string_append_c(value, ')');
    OWNED(address_list) fits = address_parse(span_make(value->str, value->len));
    assert_int_equal(fits->flags, 0);
    g_string_insert(value, 12, "(");
    g_string_append_c(value, ')');
    OWNED(address_list) deep = address_parse(span_make(value->str, value->len));
    assert_int_equal(deep->flags, ADDRESS_TOO_DEEP);
}

static void repeat(GString *to, const char *text, size_t size) {
    while (to->len < size)
        g_string_append(to, text);
}

/* As many entries as fit; each is read once, however they are broken. */
static void large_values_are_cut(void **state) {
    (void)state;
    static const char *const units[] = {"a@b.example,", ",",       "(x)", "((", "<", "\"",
                                        "a<b@c>,",      "=?a?q?x", "@",   ":",  ";", "g:;",
                                        "\x1b$B",       "\\"};
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        g_autoptr(GString) value = g_string_new(NULL);
        repeat(value, units[i], 8u << 20);
        g_string_append(value, "?=");
        OWNED(address_list) list = address_parse(span_make(value->str, value->len));
        assert_true(list->flags & ADDRESS_TOO_LONG);
        assert_true(list->n <= LIMIT_MAILBOXES);
        assert_true(list->total <= LIMIT_ADDRESS_VALUE);
    }
    g_autoptr(GString) many = g_string_new(NULL);
    for (int i = 0; i <= LIMIT_MAILBOXES; i++)
        g_string_append(many, "a@b.example,");
    OWNED(address_list) list = address_parse(span_make(many->str, many->len));
    assert_int_equal(list->n, LIMIT_MAILBOXES);
    assert_int_equal(list->total, LIMIT_MAILBOXES + 1);
    assert_true(list->flags & ADDRESS_TOO_MANY);
}

static void shown_is_the_whole_element_in_doubt(void **state) {
    (void)state;
    OWNED(address_list)
    list =
        address_parse(SPAN_LIT("A <a@b.example>, <c@d.example> \xe2\x80\xae x, Nobody, u@[x y]"));
    assert_string_equal(list->mailboxes[0].shown, "a@b.example");
    assert_string_equal(list->mailboxes[1].shown, "<c@d.example> x");
    assert_string_equal(list->mailboxes[2].shown, "Nobody");
    assert_string_equal(list->mailboxes[3].shown, "u@[x y]");
    assert_int_equal(list->mailboxes[3].domain_fault, DOMAIN_LITERAL);
}

static void names_are_kept_raw_and_for_display(void **state) {
    (void)state;
    OWNED(address_list) list = address_parse(SPAN_LIT("\"A\u202e\u2713 b\" <a@b.example>"));
    assert_string_equal(list->mailboxes[0].decoded_name, "A\u202e\u2713 b");
    assert_string_equal(list->mailboxes[0].display_name, "A b");
    assert_int_equal(list->mailboxes[0].name_flags & (TEXT_BIDI | TEXT_MARK),
                     TEXT_BIDI | TEXT_MARK);
}

static void other_addresses_in_raw_text(void **state) {
    (void)state;
    assert_true(address_is_only(SPAN_LIT("x <a@b.example> @ y@z"), "a@b.example"));
    assert_true(address_is_only(SPAN_LIT("no address"), "a@b.example"));
    assert_true(address_is_only(SPAN_LIT("A@B.example"), "a@b.example"));
    assert_false(address_is_only(SPAN_LIT("c@d.example <a@b.example>"), "a@b.example"));
    assert_false(address_is_only(SPAN_LIT("\x1b$Bc@d.example\x1b(B"), ""));
    g_autofree char *inside = address_other(SPAN_LIT("ask ceo@good.example!"), "evil.example");
    assert_string_equal(inside, "ceo@good.example");
    g_autofree char *second =
        address_other(SPAN_LIT("a@evil.example b@Good.example."), "evil.example");
    assert_string_equal(second, "b@good.example");
    assert_null(address_other(SPAN_LIT("a@sub.evil.example"), "evil.example"));
    assert_null(address_other(SPAN_LIT("me@work"), "evil.example"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(names),
        cmocka_unit_test(local_parts),
        cmocka_unit_test(addresses_that_are_none),
        cmocka_unit_test(routes),
        cmocka_unit_test(groups),
        cmocka_unit_test(two_readings_are_flagged),
        cmocka_unit_test(comments_nest_to_a_limit),
        cmocka_unit_test(large_values_are_cut),
        cmocka_unit_test(shown_is_the_whole_element_in_doubt),
        cmocka_unit_test(names_are_kept_raw_and_for_display),
        cmocka_unit_test(other_addresses_in_raw_text),
    };
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
