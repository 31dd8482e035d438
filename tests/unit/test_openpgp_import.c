/* SPDX-License-Identifier: MIT
 *
 * sign/openpgp_rnp_import: which keys are taken out of a file, and that what is kept of one is that
 * key. */
#include "openpgp_scene.h"

#include "base/limits.h"

/* --- import ---------------------------------------------------------------------------------- */

static void a_secret_key_gives_its_public_part_alone(void **state) {
    (void)state;
    OWNED(signer) alice = signer_new(ALICE, NULL);
    g_autoptr(GBytes) secret = signer_secret(alice);
    g_autoptr(GBytes) public = signer_public(alice);
    g_autofree char *block = armored("PRIVATE KEY BLOCK", secret);
    g_autoptr(GBytes) text = g_bytes_new(block, strlen(block));
    OWNED(openpgp_keyring) keyring = keyring_of(text);
    assert_int_equal(openpgp_keyring_size(keyring), 1);
    assert_true(g_bytes_equal(openpgp_keyring_at(keyring, 0)->octets, public));
}

static void many_keys_in_one_file_are_taken(void **state) {
    (void)state;
    GString *text = g_string_new("two keys\n");
    for (int i = 0; i < 2; i++) {
        g_autofree char *user_id = g_strdup_printf("k%d@example.org", i);
        OWNED(signer) one = signer_new(user_id, NULL);
        g_autoptr(GBytes) key = signer_public(one);
        g_autofree char *block = armored("PUBLIC KEY BLOCK", key);
        g_string_append(text, block);
    }
    g_autoptr(GBytes) octets = g_string_free_to_bytes(text);
    OWNED(openpgp_keyring) keyring = keyring_of(octets);
    assert_int_equal(openpgp_keyring_size(keyring), 2);
}

static void g160_a_key_of_endless_certifications_is_dropped(void **state) {
    (void)state;
    OWNED(signer) alice = signer_new(ALICE, NULL);
    g_autoptr(GBytes) key = signer_public(alice);
    gsize n;
    const guint8 *p = g_bytes_get_data(key, &n);
    GByteArray *flood = g_byte_array_new();
    g_byte_array_append(flood, p, (guint)n);
    for (int i = 0; i < LIMIT_OPENPGP_KEY_PACKETS; i++)
        g_byte_array_append(flood, (const guint8 *)"\xc2\x06\x04\x10\x16\x08\0\0", 8);
    g_autoptr(GBytes) octets = g_byte_array_free_to_bytes(flood);
    OWNED(openpgp_keyring) keyring = keyring_of(octets);
    assert_int_equal(openpgp_keyring_size(keyring), 0);
}

/* RFC 9580 §5.5.4.1: its fingerprint is an MD5, and two keys of one fingerprint are easily made. */
static void a_v3_key_is_not_taken(void **state) {
    (void)state;
    GByteArray *key = g_byte_array_new();
    guint8 modulus[128];
    memset(modulus, 0xa5, sizeof modulus);
    g_byte_array_append(key, (const guint8 *)"\x99\x00\x8f\x03\x40\0\0\0\0\0\x01\x04\x00", 13);
    g_byte_array_append(key, modulus, sizeof modulus);
    g_byte_array_append(key, (const guint8 *)"\x00\x11\x01\x00\x01", 5);
    g_byte_array_append(key,
                        (const guint8 *)"\xb4\x0d"
                                        "v3@example.org",
                        16);
    g_autoptr(GBytes) octets = g_byte_array_free_to_bytes(key);
    OWNED(openpgp_keyring) keyring = keyring_of(octets);
    assert_int_equal(openpgp_keyring_size(keyring), 0);
}

static void expect_same_again(GBytes *octets) {
    g_autoptr(GPtrArray) keys = openpgp_rnp_import(octets, NOW);
    for (guint i = 0; i < keys->len; i++) {
        const struct openpgp_certificate *key = keys->pdata[i];
        g_autoptr(GPtrArray) again = openpgp_rnp_import(key->octets, NOW);
        assert_int_equal(again->len, 1);
        const struct openpgp_certificate *same = again->pdata[0];
        assert_string_equal(same->fingerprint, key->fingerprint);
        assert_true(g_bytes_equal(same->octets, key->octets));
    }
}

static void what_is_kept_of_a_key_is_that_key_again(void **state) {
    (void)state;
    OWNED(signer) alice = signer_new(ALICE, NULL);
    g_autoptr(GBytes) secret = signer_secret(alice);
    gsize n;
    const guint8 *p = g_bytes_get_data(secret, &n);
    for (gsize i = 0; i < n; i++) {
        g_autofree guint8 *changed = g_memdup2(p, n);
        changed[i] ^= (guint8)(1U << i % 8);
        g_autoptr(GBytes) octets = g_bytes_new(changed, n);
        expect_same_again(octets);
    }
}

static void what_is_no_key_gives_none(void **state) {
    (void)state;
    static const char *const texts[] = {"", "hello", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
                                        "\xc8\x02\x01\x02", "\x99\xff\xff"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GBytes) octets = g_bytes_new(texts[i], strlen(texts[i]));
        OWNED(openpgp_keyring) keyring = keyring_of(octets);
        assert_int_equal(openpgp_keyring_size(keyring), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_key_gives_its_public_part_alone),
        cmocka_unit_test(many_keys_in_one_file_are_taken),
        cmocka_unit_test(g160_a_key_of_endless_certifications_is_dropped),
        cmocka_unit_test(a_v3_key_is_not_taken),
        cmocka_unit_test(what_is_kept_of_a_key_is_that_key_again),
        cmocka_unit_test(what_is_no_key_gives_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
