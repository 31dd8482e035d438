/* SPDX-License-Identifier: MIT
 *
 * sign/openpgp with keys and signatures made by librnp on the spot: what is verified, by which key,
 * and whose key that is. */
#include "openpgp_scene.h"

/* --- what holds ------------------------------------------------------------------------------- */

static void every_algorithm_is_verified(void **state) {
    (void)state;
    static const struct signer_options kinds[] = {
        {.algorithm = "EDDSA"}, {.algorithm = "ECDSA"}, {.algorithm = "RSA", .bits = 2048}};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        expect_of(ALICE, &kinds[i], NULL, OPENPGP_VERIFIED, 0);
}

static void a_verified_mail_says_who_and_when(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autofree char *signature = sign(&scene, PART, NULL);
    g_autofree char *mail = signed_mail(ALICE, NULL, PART, signature);
    look(&scene, mail);
    const struct openpgp_judgement *j = &scene.result->judgements[0];
    assert_int_equal(scene.result->n, 1);
    assert_int_equal(j->signature, CHECK_PASS);
    assert_int_equal(j->key, CHECK_PASS);
    assert_int_equal(j->address, CHECK_PASS);
    assert_int_equal(j->coverage, CHECK_PASS);
    assert_string_equal(j->user_id, ALICE);
    assert_string_equal(j->vouched, "configured");
    assert_string_equal(j->by.algorithm, "EDDSA");
    assert_string_equal(j->by.digest, "SHA256");
    assert_int_equal(j->by.made_at, NOW - 3600);
    assert_int_equal(strlen(j->by.fingerprint), 40);
    assert_false(scene.result->is_pending);
    scene_clear(&scene);
}

static void every_octet_of_the_part_is_covered(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autofree char *signature = sign(&scene, PART, NULL);
    for (size_t i = 0; i < strlen(PART); i++) {
        char part[] = PART;
        if (part[i] == '\r' || part[i] == '\n' || part[i] == ' ')
            continue;
        part[i] = part[i] == 'x' ? 'y' : 'x';
        g_autofree char *mail = signed_mail(ALICE, NULL, part, signature);
        look(&scene, mail);
        assert_int_not_equal(openpgp_result_status(scene.result), OPENPGP_VERIFIED);
        assert_int_not_equal(openpgp_result_status(scene.result), OPENPGP_SIGNED);
    }
    scene_clear(&scene);
}

static void a_mail_without_signature_has_none(void **state) {
    (void)state;
    OWNED(openpgp_result)
    result = result_of("From: a@example.org\r\nSubject: x\r\n\r\nhello\r\n", NULL, &here);
    assert_int_equal(openpgp_result_status(result), OPENPGP_NONE);
    assert_int_equal(result->n, 0);
}

/* --- the key --------------------------------------------------------------------------------- */

static void f137_g154_weak_keys_and_digests_have_a_reason(void **state) {
    (void)state;
    struct signer_options short_rsa = {.algorithm = "RSA", .bits = 1024};
    expect_of(ALICE, &short_rsa, NULL, OPENPGP_SIGNED, BIT(OPENPGP_KEY_WEAK));
    struct signing sha1 = {.hash = "SHA1"};
    expect_of(ALICE, NULL, &sha1, OPENPGP_UNKNOWN, BIT(OPENPGP_WEAK_HASH));
    struct signing md5 = {.hash = "MD5"};
    struct signer_options rsa = {.algorithm = "RSA", .bits = 2048};
    expect_of(ALICE, &rsa, &md5, OPENPGP_UNKNOWN, BIT(OPENPGP_WEAK_HASH));
}

static void g154_an_expired_key_fails(void **state) {
    (void)state;
    struct signer_options expired = {.expires = 30 * DAY};
    struct scene scene = scene_of(ALICE, &expired);
    g_autofree char *signature = sign(&scene, PART, NULL);
    g_autofree char *mail = signed_mail(ALICE, NULL, PART, signature);
    look(&scene, mail);
    assert_int_equal(openpgp_result_status(scene.result), OPENPGP_FAILED);
    assert_true(scene.result->judgements[0].reasons & BIT(OPENPGP_KEY_EXPIRED));
    scene_clear(&scene);
}

static void g154_a_revoked_key_fails(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autofree char *signature = sign(&scene, PART, NULL);
    g_autofree char *mail = signed_mail(ALICE, NULL, PART, signature);
    assert_int_equal(rnp_key_revoke(scene.alice->key, 0, "SHA256", "compromised", "stolen"),
                     RNP_SUCCESS);
    g_autoptr(GBytes) key = signer_public(scene.alice);
    openpgp_keyring_free(scene.keyring);
    scene.keyring = keyring_of(key);
    look(&scene, mail);
    assert_int_equal(openpgp_result_status(scene.result), OPENPGP_FAILED);
    assert_true(scene.result->judgements[0].reasons & BIT(OPENPGP_KEY_REVOKED));
    scene_clear(&scene);
}

static void g154_a_key_that_may_not_sign_says_so(void **state) {
    (void)state;
    struct signer_options certify = {.usage = "certify"};
    struct scene scene = scene_of(ALICE, &certify);
    assert_int_equal(openpgp_keyring_at(scene.keyring, 0)->reason, OPENPGP_KEY_CANNOT_SIGN);
    scene_clear(&scene);
}

static void g154_times_have_reasons(void **state) {
    (void)state;
    struct signing future = {.at = NOW + DAY};
    expect_of(ALICE, NULL, &future, OPENPGP_FAILED, BIT(OPENPGP_SIGNATURE_FROM_FUTURE));
    struct signing over = {.at = NOW - 2 * DAY, .expires = DAY};
    expect_of(ALICE, NULL, &over, OPENPGP_FAILED, BIT(OPENPGP_SIGNATURE_EXPIRED));
}

static void a_self_signature_by_sha1_names_nobody(void **state) {
    (void)state;
    struct signer_options weak = {
        .algorithm = "RSA", .bits = 2048, .hash = "SHA1", .made_at = 1500000000};
    struct scene scene = scene_of(ALICE, &weak);
    assert_int_equal(openpgp_keyring_size(scene.keyring), 1);
    assert_int_equal(g_strv_length(openpgp_keyring_at(scene.keyring, 0)->user_ids), 0);
    scene_clear(&scene);
}

/* --- whose it is ----------------------------------------------------------------------------- */

static void g152_a_user_id_names_one_exact_address(void **state) {
    (void)state;
    static const char *const good[] = {"alice@example.org", "Alice <alice@example.org>",
                                       "Alice (work) <alice@EXAMPLE.org>", "<alice@example.org>",
                                       "O'Hara, A. \"Al\" <alice@example.org>"};
    static const char *const bad[] = {"alice@example.org <eve@evil.example>",
                                      "<alice@example.org> <eve@evil.example>",
                                      "alice@example.org eve@evil.example",
                                      "Alice <ALICE@example.org>",
                                      "Alice <alice@example.org.evil.example>",
                                      "Alice <alice@example.org> x",
                                      "alice@example.org, eve@evil.example",
                                      "Alice",
                                      "",
                                      "<>",
                                      "Alice <alice@example.org",
                                      "Alice alice@example.org>",
                                      "Alice <x <alice@example.org>",
                                      "group: alice@example.org;"};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        assert_true(openpgp_user_id_is(good[i], "alice@example.org"));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        if (openpgp_user_id_is(bad[i], "alice@example.org"))
            fail_msg("\"%s\" names alice", bad[i]);
}

static void g152_another_address_is_not_verified(void **state) {
    (void)state;
    expect_of("alice@example.org <eve@evil.example>", NULL, NULL, OPENPGP_SIGNED,
              BIT(OPENPGP_ADDRESS_DIFFERS));
    expect_of("Alice <alice@mail.example.org>", NULL, NULL, OPENPGP_SIGNED,
              BIT(OPENPGP_ADDRESS_DIFFERS));
}

/* A user ID packet put into a key by somebody else: no certification by the key. */
static void g152_a_user_id_without_self_signature_is_nobody(void **state) {
    (void)state;
    static const char added[] = "\xb4\x19"
                                "Bob <bob@example.org>abcd";
    struct scene scene = scene_of("Eve <eve@example.org>", NULL);
    g_autoptr(GBytes) key = signer_public(scene.alice);
    gsize n;
    const guint8 *p = g_bytes_get_data(key, &n);
    GByteArray *forged = g_byte_array_new();
    g_byte_array_append(forged, p, (guint)n);
    g_byte_array_append(forged, (const guint8 *)added, 27);
    g_autoptr(GBytes) octets = g_byte_array_free_to_bytes(forged);
    OWNED(openpgp_keyring) keyring = keyring_of(octets);
    assert_int_equal(openpgp_keyring_size(keyring), 1);
    char **user_ids = openpgp_keyring_at(keyring, 0)->user_ids;
    assert_int_equal(g_strv_length(user_ids), 1);
    assert_string_equal(user_ids[0], "Eve <eve@example.org>");
    scene_clear(&scene);
}

static void g153_a_key_that_came_with_the_mail_never_verifies(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autoptr(GBytes) key = signer_public(scene.alice);
    gsize n;
    const guchar *p = g_bytes_get_data(key, &n);
    g_autofree char *base64 = g_base64_encode(p, n);
    g_autofree char *field = g_strdup_printf(
        "Autocrypt: addr=alice@example.org; prefer-encrypt=mutual; keydata=%s\r\n", base64);
    g_autofree char *signature = sign(&scene, PART, NULL);
    g_autofree char *mail = signed_mail(ALICE, field, PART, signature);
    OWNED(openpgp_result) result = result_of(mail, NULL, &here);
    assert_int_equal(openpgp_result_status(result), OPENPGP_SIGNED);
    assert_int_equal(result->judgements[0].reasons, BIT(OPENPGP_NOT_VOUCHED));
    assert_null(result->judgements[0].vouched);
    assert_int_equal(result->judgements[0].key, CHECK_UNKNOWN);
    assert_int_equal(result->n_seen, 1);
    assert_int_equal(result->seen[0].source, OPENPGP_AUTOCRYPT);
    /* attached, and changed on the way: not even that */
    g_autofree char *block = armored("PUBLIC KEY BLOCK", key);
    g_autofree char *part =
        g_strdup_printf("Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n" PART
                        "\r\n--in\r\nContent-Type: application/pgp-keys\r\n\r\n%s\r\n--in--\r\n",
                        block);
    g_autofree char *with_key = sign(&scene, part, NULL);
    g_autofree char *attached = signed_mail(ALICE, NULL, part, with_key);
    OWNED(openpgp_result) second = result_of(attached, NULL, &here);
    assert_int_equal(openpgp_result_status(second), OPENPGP_SIGNED);
    assert_int_equal(second->seen[0].source, OPENPGP_ATTACHED);
    scene_clear(&scene);
}

static void g153_two_autocrypt_fields_are_none(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autoptr(GBytes) key = signer_public(scene.alice);
    gsize n;
    const guchar *p = g_bytes_get_data(key, &n);
    g_autofree char *base64 = g_base64_encode(p, n);
    g_autofree char *one =
        g_strdup_printf("Autocrypt: addr=alice@example.org; keydata=%s\r\n", base64);
    g_autofree char *two = g_strconcat(one, one, NULL);
    g_autofree char *odd =
        g_strdup_printf("Autocrypt: addr=alice@example.org; strange=1; keydata=%s\r\n", base64);
    g_autofree char *signature = sign(&scene, PART, NULL);
    const char *fields[] = {two, odd};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *mail = signed_mail(ALICE, fields[i], PART, signature);
        OWNED(openpgp_result) result = result_of(mail, NULL, &here);
        assert_int_equal(openpgp_result_status(result), OPENPGP_UNKNOWN);
        assert_int_equal(result->judgements[0].reasons, BIT(OPENPGP_NO_KEY));
        assert_int_equal(result->n_seen, 0);
    }
    scene_clear(&scene);
}

static void an_unknown_key_is_unknown_and_named(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autofree char *signature = sign(&scene, PART, NULL);
    g_autofree char *mail = signed_mail(ALICE, NULL, PART, signature);
    OWNED(openpgp_result) result = result_of(mail, NULL, &here);
    assert_int_equal(openpgp_result_status(result), OPENPGP_UNKNOWN);
    assert_int_equal(result->judgements[0].reasons, BIT(OPENPGP_NO_KEY));
    assert_string_equal(result->judgements[0].by.issuer,
                        openpgp_keyring_at(scene.keyring, 0)->fingerprint);
    assert_int_equal(result->judgements[0].address, CHECK_UNKNOWN);
    scene_clear(&scene);
}

static void g159_two_authors_are_nobodys_address(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autofree char *signature = sign(&scene, PART, NULL);
    g_autofree char *mail =
        signed_mail("Alice <alice@example.org>, Eve <eve@evil.example>", NULL, PART, signature);
    look(&scene, mail);
    assert_int_equal(openpgp_result_status(scene.result), OPENPGP_SIGNED);
    assert_int_equal(scene.result->judgements[0].address, CHECK_UNKNOWN);
    scene_clear(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_is_verified),
        cmocka_unit_test(a_verified_mail_says_who_and_when),
        cmocka_unit_test(every_octet_of_the_part_is_covered),
        cmocka_unit_test(a_mail_without_signature_has_none),
        cmocka_unit_test(f137_g154_weak_keys_and_digests_have_a_reason),
        cmocka_unit_test(g154_an_expired_key_fails),
        cmocka_unit_test(g154_a_revoked_key_fails),
        cmocka_unit_test(g154_a_key_that_may_not_sign_says_so),
        cmocka_unit_test(g154_times_have_reasons),
        cmocka_unit_test(a_self_signature_by_sha1_names_nobody),
        cmocka_unit_test(g152_a_user_id_names_one_exact_address),
        cmocka_unit_test(g152_another_address_is_not_verified),
        cmocka_unit_test(g152_a_user_id_without_self_signature_is_nobody),
        cmocka_unit_test(g153_a_key_that_came_with_the_mail_never_verifies),
        cmocka_unit_test(g153_two_autocrypt_fields_are_none),
        cmocka_unit_test(an_unknown_key_is_unknown_and_named),
        cmocka_unit_test(g159_two_authors_are_nobodys_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
