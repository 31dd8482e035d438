/* SPDX-License-Identifier: MIT
 *
 * sign/openpgp_packet, sign/openpgp_keyring: lengths, what a signature of each version says of
 * itself (RFC 9580 §4.2, §5.2), and which of two keys of one fingerprint stays. */
#include "sign/openpgp_packet.h"

#include "sign/openpgp_keyring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void lengths_of_either_form(void **state) {
    (void)state;
    static const struct {
        const char *octets;
        size_t n;
        enum openpgp_next next;
        size_t body;
    } cases[] = {
        {"", 0, OPENPGP_END, 0},
        {"\xcd", 1, OPENPGP_BROKEN, 0},
        {"\xcd\x02hi", 4, OPENPGP_PACKET, 2},
        {"\xcd\x03hi", 4, OPENPGP_BROKEN, 0},
        {"\xcd\xc0", 2, OPENPGP_BROKEN, 0},
        {"\xcd\xff\0\0\0\x02hi", 8, OPENPGP_PACKET, 2},
        {"\xcd\xff\0\0\0", 5, OPENPGP_BROKEN, 0},
        {"\xcd\xe1h", 3, OPENPGP_BROKEN, 0}, /* partial */
        {"\xb4\x02hi", 4, OPENPGP_PACKET, 2},
        {"\xb5\0\x02hi", 5, OPENPGP_PACKET, 2},
        {"\xb6\0\0\0\x02hi", 7, OPENPGP_PACKET, 2},
        {"\xb7hi", 3, OPENPGP_BROKEN, 0}, /* indeterminate */
        {"\x4dhi", 3, OPENPGP_BROKEN, 0}, /* no packet */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct span rest = span_make(cases[i].octets, cases[i].n);
        struct openpgp_packet packet;
        assert_int_equal(openpgp_packet_next(&rest, &packet), cases[i].next);
        if (cases[i].next != OPENPGP_PACKET)
            continue;
        assert_int_equal(packet.tag, OPENPGP_TAG_USER_ID);
        assert_int_equal(packet.body.n, cases[i].body);
        assert_int_equal(rest.n, 0);
    }
}

#define FINGERPRINT "0123456789ABCDEF0123"

static void a_signature_says_who_and_when(void **state) {
    (void)state;
    struct openpgp_signature_head head;
    /* v3 (RFC 9580 §5.2.2) */
    assert_true(openpgp_signature_head_read(
        SPAN_LIT("\x03\x05\x01\0\0\x01\x02\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x08zz"), &head));
    assert_int_equal(head.version, 3);
    assert_int_equal(head.type, 1);
    assert_int_equal(head.made_at, 0x102);
    assert_string_equal(head.key_id, "0123456789ABCDEF");
    assert_int_equal(head.key_algorithm, 1);
    assert_int_equal(head.hash_algorithm, 8);
    /* v4: time hashed, fingerprint not; the key ID is its end */
    assert_true(openpgp_signature_head_read(
        SPAN_LIT("\x04\0\x01\x08\0\x06\x05\x02\0\0\x01\x02\0\x17\x16\x21\x04" FINGERPRINT), &head));
    assert_int_equal(head.made_at, 0x102);
    assert_string_equal(head.fingerprint, "3031323334353637383941424344454630313233");
    assert_string_equal(head.key_id, "4344454630313233");
    assert_false(head.is_critical);
    /* v6: areas of four octets, the key ID is the beginning */
    assert_true(openpgp_signature_head_read(
        SPAN_LIT("\x06\0\x1b\x08\0\0\0\0\0\0\0\x23\x22\x21\x06" FINGERPRINT "456789ABCDEF"),
        &head));
    assert_string_equal(head.key_id, "3031323334353637");
}

/* RFC 9580 §5.2.3.7: who does not know what is critical does not know what is said. */
static void what_is_critical_and_unknown_is_told(void **state) {
    (void)state;
    struct openpgp_signature_head head;
    assert_true(openpgp_signature_head_read(SPAN_LIT("\x04\0\x01\x08\0\x02\x01\xe4\0\0"), &head));
    assert_true(head.is_critical);
    assert_true(openpgp_signature_head_read(SPAN_LIT("\x04\0\x01\x08\0\x02\x01\x94\0\0"), &head));
    assert_true(head.is_critical); /* a notation may say anything */
    assert_true(openpgp_signature_head_read(
        SPAN_LIT("\x04\0\x01\x08\0\x06\x05\x82\0\0\x01\x02\0\0"), &head));
    assert_false(head.is_critical);
    /* where it is not hashed, nobody signed it */
    assert_true(openpgp_signature_head_read(SPAN_LIT("\x04\0\x01\x08\0\0\0\x02\x01\xe4"), &head));
    assert_false(head.is_critical);
}

static void a_signature_cut_short_says_nothing(void **state) {
    (void)state;
    struct openpgp_signature_head head;
    static const char v4[] = "\x04\0\x01\x08\0\x06\x05\x02\0\0\x01\x02\0\0";
    for (size_t n = 0; n < sizeof v4 - 1; n++)
        assert_false(openpgp_signature_head_read(span_make(v4, n), &head));
    assert_true(openpgp_signature_head_read(span_make(v4, sizeof v4 - 1), &head));
    assert_false(openpgp_signature_head_read(SPAN_LIT("\x03\x05\x01\0\0\x01\x02"), &head));
    assert_int_equal(head.version, 3);
    assert_false(openpgp_signature_head_read(SPAN_LIT("\x09\0\x01\x08\0\0\0\0"), &head));
    assert_int_equal(head.version, 9);
}

static struct openpgp_certificate *certificate_of(const char *octets, const char *key_id) {
    struct openpgp_certificate *certificate = g_new0(struct openpgp_certificate, 1);
    certificate->octets = g_bytes_new(octets, strlen(octets));
    certificate->fingerprint = g_strdup("AA");
    certificate->key_ids = g_new0(char *, 2);
    certificate->key_ids[0] = g_strdup(key_id);
    certificate->user_ids = g_new0(char *, 1);
    return certificate;
}

static guint chosen(const struct openpgp_keyring *keyring, const char *key_id) {
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    openpgp_keyring_choose(keyring, key_id, keys);
    return keys->len;
}

/* A key that was revoked in the newer copy must not be asked for in the older one. */
static void the_newer_copy_of_a_key_stays(void **state) {
    (void)state;
    OWNED(openpgp_keyring) keyring = openpgp_keyring_new();
    g_autofree char *empty = openpgp_keyring_digest(keyring);
    assert_true(openpgp_keyring_add(keyring, certificate_of("old", "1111111111111111")));
    assert_int_equal(chosen(keyring, "1111111111111111"), 1);
    assert_true(openpgp_keyring_add(keyring, certificate_of("new", "2222222222222222")));
    assert_int_equal(openpgp_keyring_size(keyring), 1);
    assert_int_equal(chosen(keyring, "1111111111111111"), 0);
    assert_int_equal(chosen(keyring, "2222222222222222"), 1);
    const struct openpgp_certificate *found = openpgp_keyring_find(keyring, "aa");
    assert_ptr_equal(found, openpgp_keyring_at(keyring, 0));
    assert_memory_equal(g_bytes_get_data(found->octets, NULL), "new", 3);
    g_autofree char *full = openpgp_keyring_digest(keyring);
    assert_string_not_equal(full, empty);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_of_either_form),
        cmocka_unit_test(a_signature_says_who_and_when),
        cmocka_unit_test(what_is_critical_and_unknown_is_told),
        cmocka_unit_test(a_signature_cut_short_says_nothing),
        cmocka_unit_test(the_newer_copy_of_a_key_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
