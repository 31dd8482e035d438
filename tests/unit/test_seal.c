/* SPDX-License-Identifier: MIT
 *
 * fcgi/seal, fcgi/id: what a token locks, and ids that nobody else can make. */
#include "fcgi/id.h"
#include "fcgi/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void opens_with_its_token_alone(void **state) {
    (void)state;
    g_autofree char *token = seal_token_new(), *other = seal_token_new();
    assert_int_equal(strlen(token), SEAL_TOKEN_TEXT);
    assert_string_not_equal(token, other);
    g_autoptr(GBytes) sealed = seal_close(token, SPAN_LIT("secret"), "row 1");
    GBytes *plain = seal_open(token, sealed, "row 1");
    assert_non_null(plain);
    assert_int_equal(g_bytes_get_size(plain), 6);
    assert_memory_equal(g_bytes_get_data(plain, NULL), "secret", 6);
    seal_wipe_bytes(plain);
    assert_null(seal_open(other, sealed, "row 1"));
    assert_null(seal_open(token, sealed, "row 2"));
    assert_null(seal_open("", sealed, "row 1"));
    g_autoptr(GBytes) again = seal_close(token, SPAN_LIT("secret"), "row 1");
    assert_false(g_bytes_equal(sealed, again));
}

static void every_bit_counts(void **state) {
    (void)state;
    g_autofree char *token = seal_token_new();
    g_autoptr(GBytes) sealed = seal_close(token, SPAN_LIT("secret"), "row");
    gsize n;
    const guint8 *octets = g_bytes_get_data(sealed, &n);
    for (gsize bit = 0; bit < n * 8; bit++) {
        g_autofree guint8 *copy = g_memdup2(octets, n);
        copy[bit / 8] ^= (guint8)(1u << bit % 8);
        g_autoptr(GBytes) flipped = g_bytes_new(copy, n);
        assert_null(seal_open(token, flipped, "row"));
    }
    for (gsize cut = 0; cut < n; cut++) {
        g_autoptr(GBytes) shorter = g_bytes_new(octets, cut);
        assert_null(seal_open(token, shorter, "row"));
    }
}

static void hashes_only_tokens(void **state) {
    (void)state;
    g_autofree char *token = seal_token_new(), *hash = seal_token_hash(token);
    assert_int_equal(strlen(hash), SEAL_HASH_TEXT);
    g_autofree char *longer = g_strconcat(token, "A", NULL), *odd = g_strdup(token);
    odd[0] = '=';
    assert_null(seal_token_hash(longer));
    assert_null(seal_token_hash(odd));
    assert_null(seal_token_hash(NULL));
}

/* RFC 4231 §4.3 */
static void macs_as_the_rfc(void **state) {
    (void)state;
    static const unsigned char wanted[] = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e};
    unsigned char mac[32];
    seal_mac(SPAN_LIT("Jefe"), SPAN_LIT("what do ya want for nothing?"), mac);
    assert_memory_equal(mac, wanted, sizeof wanted);
}

static const struct span key = {"0123456789abcdef0123456789abcdef", 32};

static void ids_come_back(void **state) {
    (void)state;
    char name[] = "&U,BTFw-/Sub folder";
    struct id id = {ID_MESSAGE, 0xdeadbeef, 7, name}, back = {0};
    g_autofree char *text = id_format(key, "alice@host", &id);
    assert_true(id_parse(key, "alice@host", ID_MESSAGE, text, &back));
    assert_int_equal(back.uidvalidity, 0xdeadbeef);
    assert_int_equal(back.uid, 7);
    assert_string_equal(back.mailbox, name);
    id_clear(&back);
    assert_null(strpbrk(text, "+/=%"));
    assert_false(id_parse(key, "bob@host", ID_MESSAGE, text, &back));
    assert_false(id_parse(key, "alice@host", ID_CURSOR, text, &back));
    assert_false(id_parse(key, "alice@host", ID_MAILBOX, text, &back));
    assert_false(id_parse(span_make("x123456789abcdef0123456789abcdef", 32), "alice@host",
                          ID_MESSAGE, text, &back));
    assert_null(back.mailbox);
}

static void one_spelling_an_id(void **state) {
    (void)state;
    char name[] = "INBOX";
    struct id id = {ID_MESSAGE, 1, 2, name}, back = {0};
    g_autofree char *text = id_format(key, "a", &id);
    for (size_t i = 0; text[i]; i++) {
        for (const char *c = "ABZaz09-_+/="; *c; c++) {
            g_autofree char *changed = g_strdup(text);
            if (changed[i] == *c)
                continue;
            changed[i] = *c;
            if (id_parse(key, "a", ID_MESSAGE, changed, &back))
                fail_msg("%s reads like %s", changed, text);
        }
    }
    static const char *const bad[] = {"",    "A",    "AAAA",
                                      "%%%", "====", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(id_parse(key, "a", ID_MESSAGE, bad[i], &back));
    g_autofree char *huge = g_strnfill(100000, 'A');
    assert_false(id_parse(key, "a", ID_MESSAGE, huge, &back));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_with_its_token_alone),
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(hashes_only_tokens),
        cmocka_unit_test(macs_as_the_rfc),
        cmocka_unit_test(ids_come_back),
        cmocka_unit_test(one_spelling_an_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
