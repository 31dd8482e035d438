/* SPDX-License-Identifier: MIT
 *
 * repute/contacts, contact_names: who is known, by what name, for how long (attacks A27). */
#include "base/limits.h"
#include "repute/confusable.h"
#include "repute/contact_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static void test_addresses(void **state) {
    (void)state;
    OWNED(contacts) contacts = contacts_new();
    assert_true(contacts_add(contacts, "Carol@Corp.example", "Carol Example", CONTACT_WRITTEN, 10));
    assert_true(contacts_add(contacts, "carol@corp.example", "Somebody Else", CONTACT_WRITTEN, 5));
    assert_int_equal(contacts_size(contacts), 1);
    const struct contact *carol = contacts_find(contacts, "CAROL@corp.example");
    assert_string_equal(carol->name, "Carol Example"); /* the first name stays … */
    assert_int_equal(carol->last, 10);
    contacts_add(contacts, "carol@corp.example", "Caroline Example", CONTACT_IMPORTED, 20);
    assert_string_equal(carol->name,
                        "Caroline Example"); /* … unless the address book has another */
    assert_int_equal(carol->sources, CONTACT_WRITTEN | CONTACT_IMPORTED);
    assert_false(contacts_add(contacts, "no address", "", CONTACT_WRITTEN, 1));
    assert_false(contacts_add(contacts, "@corp.example", "", CONTACT_WRITTEN, 1));
    assert_false(contacts_add(contacts, "carol@", "", CONTACT_WRITTEN, 1));
    assert_true(contacts_knows(contacts, "carol@corp.example"));
    assert_true(contacts_remove(contacts, "carol@CORP.example"));
    assert_false(contacts_remove(contacts, "carol@corp.example"));
    assert_false(contacts_knows(contacts, "carol@corp.example"));
}

static void test_the_oldest_goes(void **state) {
    (void)state;
    OWNED(contacts) contacts = contacts_new();
    contacts_add(contacts, "friend@home.example", "", CONTACT_IMPORTED, 1);
    for (guint i = 0; i < LIMIT_CONTACTS + 100; i++) {
        g_autofree char *address = g_strdup_printf("n%u@crowd.example", i);
        contacts_add(contacts, address, "", CONTACT_WRITTEN, 1000 + i);
    }
    assert_int_equal(contacts_size(contacts), LIMIT_CONTACTS);
    assert_non_null(contacts_find(contacts, "friend@home.example"));
    assert_null(contacts_find(contacts, "n0@crowd.example"));
    assert_non_null(contacts_find(contacts, "n200@crowd.example"));
}

static void test_say(void **state) {
    (void)state;
    OWNED(contacts) contacts = contacts_new();
    assert_true(contacts_say(contacts, KNOWN_LIST, "Friends.List.example", "list.example", 7));
    assert_true(contacts_say(contacts, KNOWN_SENDER, "carol@corp.example", NULL, 8));
    const struct known *list = contacts_said(contacts, KNOWN_LIST, "friends.list.example");
    assert_string_equal(list->by, "list.example");
    assert_int_equal(list->since, 7);
    assert_null(contacts_said(contacts, KNOWN_FORWARDER, "friends.list.example"));
    assert_true(contacts_knows(contacts, "Carol@corp.example"));
    assert_true(contacts_unsay(contacts, KNOWN_SENDER, "CAROL@corp.example"));
    assert_false(contacts_unsay(contacts, KNOWN_SENDER, "carol@corp.example"));
    assert_false(contacts_knows(contacts, "carol@corp.example"));
    assert_false(contacts_say(contacts, KNOWN_KEY, "", NULL, 1));
    for (guint i = 1; i < LIMIT_KNOWN; i++) {
        g_autofree char *key = g_strdup_printf("%040x", i);
        assert_true(contacts_say(contacts, KNOWN_KEY, key, NULL, 1));
    }
    assert_false(contacts_say(contacts, KNOWN_KEY, "one too many", NULL, 1));
    assert_true(contacts_say(contacts, KNOWN_LIST, "friends.list.example", "list.example", 9));
    for (enum known_kind kind = KNOWN_SENDER; kind < KNOWN__MAX; kind++)
        assert_int_equal(known_kind_find(known_kind_name(kind)), kind);
    assert_int_equal(known_kind_find("friend"), KNOWN_NOTHING);
}

static void test_octets(void **state) {
    (void)state;
    OWNED(contacts) contacts = contacts_new();
    contacts_add(contacts, "carol@corp.example", "Carol Example", CONTACT_OWN, 10);
    contacts_say(contacts, KNOWN_LIST, "friends.list.example", "list.example", 7);
    g_autoptr(GBytes) octets = contacts_encode(contacts);
    OWNED(contacts) again = contacts_decode(octets);
    assert_non_null(again);
    OWNED(contacts) copy = contacts_copy(again);
    g_autoptr(GBytes) same = contacts_encode(copy);
    assert_true(g_bytes_equal(octets, same));
    gsize n = g_bytes_get_size(octets);
    g_autofree guchar *other = g_memdup2(g_bytes_get_data(octets, NULL), n);
    other[0] ^= 0x40; /* another version */
    g_autoptr(GBytes) damaged = g_bytes_new(other, n);
    assert_null(contacts_decode(damaged));
    g_autoptr(GBytes) cut = g_bytes_new_from_bytes(octets, 0, n - 1);
    assert_null(contacts_decode(cut));
}

static const char *who(const struct contact_names *names, const char *name, const char *address) {
    const struct contact *contact = contact_names_find(names, name, address);
    return contact ? contact->address : "";
}

/* A27: the name of a contact with another address, whatever it is spelled with. */
static void test_names(void **state) {
    (void)state;
    OWNED(confusables) confusables = confusables_new();
    OWNED(contacts) contacts = contacts_new();
    contacts_add(contacts, "carol@corp.example", "Carol Example", CONTACT_WRITTEN, 1);
    contacts_add(contacts, "ann@one.example", "Ann Twice", CONTACT_WRITTEN, 1);
    contacts_add(contacts, "ann@two.example", "Ann Twice", CONTACT_WRITTEN, 1);
    contacts_add(contacts, "bob@corp.example", "Bob", CONTACT_WRITTEN, 1);
    contacts_add(contacts, "yamada@jp.example", "山田太郎", CONTACT_WRITTEN, 1);
    contacts_add(contacts, "x@y.example", "carol@corp.example x", CONTACT_WRITTEN, 1);
    OWNED(contact_names) names = contact_names_new(contacts, confusables);
    assert_string_equal(who(names, "Carol Example", "ceo@evil.example"), "carol@corp.example");
    assert_string_equal(who(names, "EXAMPLE, carol", "ceo@evil.example"), "carol@corp.example");
    assert_string_equal(who(names, "C\xd0\xb0rol Example", "ceo@evil.example"),
                        "carol@corp.example");
    assert_string_equal(who(names, "山田太郎", "ceo@evil.example"), "yamada@jp.example");
    assert_string_equal(who(names, "Carol Example", "Carol@Corp.example"), "");
    assert_string_equal(who(names, "Ann Twice", "ann@two.example"),
                        "");                                        /* two people, or two jobs */
    assert_string_equal(who(names, "Bob", "bob@evil.example"), ""); /* everybody's */
    assert_string_equal(who(names, "Carol", "ceo@evil.example"), "");
    assert_string_equal(who(names, "", "ceo@evil.example"), "");
    assert_string_equal(who(names, "carol@corp.example x", "ceo@evil.example"), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses), cmocka_unit_test(test_the_oldest_goes),
        cmocka_unit_test(test_say),       cmocka_unit_test(test_octets),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
