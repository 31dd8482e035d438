/* SPDX-License-Identifier: MIT
 *
 * account/imap_screen: what libetpan gets to see, spelled anew; and what it never sees. */
#include "account/imap_screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct imap_screened screen(const char *line, const char *clean) {
    g_autoptr(GString) out = g_string_new("left over");
    struct imap_screened screened = imap_screen(span_of(line), out);
    if (*clean) {
        assert_true(g_str_has_suffix(out->str, "\r\n"));
        g_string_truncate(out, out->len - 2);
    }
    assert_string_equal(out->str, clean);
    return screened;
}

static void drops(const char *line) {
    assert_int_equal(screen(line, "").kind, IMAP_KIND_DROPPED);
}

static void spells_fetch_anew(void **unused) {
    (void)unused;
    struct imap_screened s =
        screen("* 12 fetch (uid 7 flags (\\Seen \\Recent $a) Internaldate \" 1-Jan-2026 00:00:00 "
               "+0900\" rfc822.size 99 body[header] \"{0}\" BODY[TEXT]<0> NIL)",
               "* 12 FETCH (UID 7 FLAGS (\\Seen $a) INTERNALDATE \" 1-Jan-2026 00:00:00 +0900\" "
               "RFC822.SIZE 99 BODY[HEADER] \"{0}\" BODY[TEXT]<0> NIL)");
    assert_int_equal(s.kind, IMAP_KIND_FETCH);
    assert_int_equal(s.number, 12);
    assert_int_equal(s.uid, 7);
    screen("* 1 FETCH (UID 7 RFC822.SIZE 99999999999)", "* 1 FETCH (UID 7 RFC822.SIZE 4294967295)");
    screen("* 1 FETCH (UID 7 FLAGS ())", "* 1 FETCH (UID 7 FLAGS ())");
}

static void leaves_unknown_items_out(void **unused) {
    (void)unused;
    screen("* 1 FETCH (MODSEQ (5) UID 7 X-GM-LABELS (\"\\\\Inbox\" (a)) FLAGS (\\Seen))",
           "* 1 FETCH (UID 7 FLAGS (\\Seen))");
    screen(
        "* 1 FETCH (UID 7 ENVELOPE (NIL ((((NIL))))) BODYSTRUCTURE (\"a\" (\"b\")) BODY (\"x\"))",
        "* 1 FETCH (UID 7)");
    screen("* 1 FETCH (UID 7 BODY[HEADER.FIELDS (FROM)] \"{0}\" BODY[1.2]<5> \"x\" FLAGS ())",
           "* 1 FETCH (UID 7 FLAGS ())");
    screen("* 1 FETCH (UID 7 INTERNALDATE NIL)", "* 1 FETCH (UID 7)");
    screen("* 1 FETCH (UID 7 INTERNALDATE \"01-Foo-2026 00:00:00 +0000\")", "* 1 FETCH (UID 7)");
    screen("* 1 FETCH (UID 7 FLAGS (\\* a \"b\" (c) \xe3\x81\x82 d))",
           "* 1 FETCH (UID 7 FLAGS (a d))");
}

static void drops_fetch_that_says_nothing(void **unused) {
    (void)unused;
    drops("* 1 FETCH (FLAGS (\\Seen))");
    drops("* 1 FETCH (UID 0 FLAGS ())");
    drops("* 0 FETCH (UID 1)");
    drops("* 1 FETCH NIL");
    drops("* 1 FETCH ()");
    drops("* 1 FETCH (UID)");
    drops("* 1 FETCH (UID 7 FLAGS NIL)");
    drops("* 1 FETCH (UID 7");
    drops("* 1 FETCH");
}

static void takes_numbers_apart(void **unused) {
    (void)unused;
    struct imap_screened s = screen("* 5 EXISTS", "");
    assert_int_equal(s.kind, IMAP_KIND_EXISTS);
    assert_int_equal(s.number, 5);
    assert_int_equal(screen("* 99999999999 EXISTS", "").number, G_MAXUINT32);
    assert_int_equal(screen("* 3 expunge", "").kind, IMAP_KIND_EXPUNGE);
    drops("* 0 EXPUNGE");
    drops("* 5 RECENT");
    drops("* 5 XYZ");
    drops("* 5");
}

static void lists(void **unused) {
    (void)unused;
    screen("* LIST (\\HasNoChildren \\sent) \"/\" Sent", "* LIST (\\Sent) \"/\" \"Sent\"");
    screen("* LIST (\\NonExistent \\Noselect) NIL \"a b\" (\"CHILDINFO\" (\"x\"))",
           "* LIST (\\Noselect) NIL \"a b\"");
    screen("* LIST () \"\\\\\" [Gmail]/All", "* LIST () \"\\\\\" \"[Gmail]/All\"");
    drops("* LIST NIL NIL x");
    drops("* LIST () \"ab\" x");
    drops("* LIST () \"{0}\" x");
    drops("* LIST () NIL");
    drops("* LIST (() NIL x");
    drops("* LSUB () NIL x");
    screen("* STATUS \"{0}\" (MESSAGES 3 RECENT 1 UNSEEN 0)",
           "* STATUS \"{0}\" (MESSAGES 3 UNSEEN 0)");
    drops("* STATUS x ()");
    drops("* STATUS x (RECENT 1)");
    drops("* STATUS x (MESSAGES NIL)");
    screen("* SEARCH 1 0 5 (MODSEQ 9)", "* SEARCH 1 5");
    screen("* SEARCH", "* SEARCH");
    drops("* SEARCH x");
    screen("* NAMESPACE ((\"\" \"/\" \"X\" (\"y\"))(\"#m\" NIL)) NIL ()",
           "* NAMESPACE ((\"\" \"/\")(\"#m\" NIL)) NIL NIL");
    drops("* NAMESPACE NIL NIL");
    drops("* NAMESPACE ((x NIL)) NIL NIL");
    screen("* CAPABILITY IMAP4rev1 AUTH= AUTH=PLAIN \xff x", "* CAPABILITY IMAP4rev1 AUTH=PLAIN x");
}

static void keeps_words_and_most_codes_to_itself(void **unused) {
    (void)unused;
    struct imap_screened s = screen("7 NO [TRYCREATE] no such mailbox", "7 NO -");
    assert_int_equal(s.kind, IMAP_KIND_DONE);
    assert_int_equal(s.condition, IMAP_NO);
    assert_true(span_eq(s.tag, SPAN_LIT("7")));
    assert_true(span_eq(s.code, SPAN_LIT("TRYCREATE")));
    assert_true(span_eq(s.text, SPAN_LIT("no such mailbox")));
    screen("* OK [UIDVALIDITY 4294967295] x", "* OK [UIDVALIDITY 4294967295] -");
    screen("* OK [HIGHESTMODSEQ 9223372036854775807] x",
           "* OK [HIGHESTMODSEQ 9223372036854775807] -");
    screen("* OK [COPYUID 7 1,3:4 5:7] x", "* OK [COPYUID 7 1,3:4 5:7] -");
    screen("* OK [CAPABILITY A B] x", "* OK [CAPABILITY A B] -");
    static const char *const stripped[] = {"* OK [PERMANENTFLAGS (\\Seen \\*)] x",
                                           "* OK [PERMANENTFLAGS (] x",
                                           "* OK [PERMANENTFLAGS",
                                           "* OK [BADCHARSET (a)] x",
                                           "* OK [UIDNEXT] x",
                                           "* OK [UIDNEXT 0] x",
                                           "* OK [UIDNEXT 1 2] x",
                                           "* OK [COPYUID 7 1: 2] x",
                                           "* OK [COPYUID 7 1] x",
                                           "* OK [COPYUID 0 1 2] x",
                                           "* OK [ALERT] ",
                                           "* OK [] x",
                                           "* OK [",
                                           "* OK",
                                           "* ok x]["};
    for (size_t i = 0; i < G_N_ELEMENTS(stripped); i++)
        screen(stripped[i], "* OK -");
}

static void names_what_ends_a_connection(void **unused) {
    (void)unused;
    assert_int_equal(screen("* BYE x", "").kind, IMAP_KIND_BYE);
    assert_int_equal(screen("* PREAUTH x", "").kind, IMAP_KIND_PREAUTH);
    assert_int_equal(screen("+ go", "").kind, IMAP_KIND_CONTINUE);
    assert_int_equal(screen("+", "").kind, IMAP_KIND_CONTINUE);
    static const char *const broken[] = {"",   " ",      "*",       "*OK",  "7",
                                         "7 ", "7 OKAY", "7 BYE x", "( OK", "x"};
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++)
        assert_int_equal(screen(broken[i], "").kind, IMAP_KIND_BROKEN);
    drops("* ");
    drops("* OKAY");
    drops("* XFOO (a b)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spells_fetch_anew),
        cmocka_unit_test(leaves_unknown_items_out),
        cmocka_unit_test(drops_fetch_that_says_nothing),
        cmocka_unit_test(takes_numbers_apart),
        cmocka_unit_test(lists),
        cmocka_unit_test(keeps_words_and_most_codes_to_itself),
        cmocka_unit_test(names_what_ends_a_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
