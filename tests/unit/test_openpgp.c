/* SPDX-License-Identifier: MIT
 *
 * sign/openpgp with keys and signatures made by librnp on the spot: what is verified, and every way
 * in which something is not. */
#include "openpgp_signer.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define ALICE "Alice <alice@example.org>"
#define BIT(reason) (1U << (reason))

/* One signer, her mail, and what is said of it. */
struct scene {
    struct signer *alice;
    struct openpgp_keyring *keyring;
    struct openpgp_result *result;
};

static struct scene scene_of(const char *user_id, const struct signer_options *options) {
    struct scene scene = {.alice = signer_new(user_id, options)};
    g_autoptr(GBytes) key = signer_public(scene.alice);
    scene.keyring = keyring_of(key);
    return scene;
}

static void scene_clear(struct scene *scene) {
    if (scene->result)
        openpgp_result_free(scene->result);
    openpgp_keyring_free(scene->keyring);
    signer_free(scene->alice);
}

static char *sign(const struct scene *scene, const char *part, const struct signing *how) {
    g_autoptr(GBytes) signature = signer_make(scene->alice, part, false, how);
    return armored("SIGNATURE", signature);
}

static void look(struct scene *scene, const char *mail) {
    if (scene->result)
        openpgp_result_free(scene->result);
    scene->result = result_of(mail, scene->keyring, &here);
}

static void expect(const struct scene *scene, enum openpgp_status status, uint32_t reasons) {
    assert_int_equal(openpgp_result_status(scene->result), status);
    assert_true(scene->result->n >= 1);
    assert_int_equal(scene->result->judgements[0].reasons, reasons);
}

/* A mail of alice with PART, by a key or a signature that is special. */
static void expect_of(const char *user_id, const struct signer_options *options,
                      const struct signing *how, enum openpgp_status status, uint32_t reasons) {
    struct scene scene = scene_of(user_id, options);
    g_autofree char *signature = sign(&scene, PART, how);
    g_autofree char *mail = signed_mail(ALICE, NULL, PART, signature);
    look(&scene, mail);
    expect(&scene, status, reasons);
    scene_clear(&scene);
}

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

/* --- several signatures ---------------------------------------------------------------------- */

static GBytes *joined(GBytes *a, GBytes *b) {
    GByteArray *all = g_byte_array_new();
    GBytes *both[] = {a, b};
    for (int i = 0; i < 2; i++) {
        gsize n;
        const guint8 *p = g_bytes_get_data(both[i], &n);
        g_byte_array_append(all, p, (guint)n);
    }
    return g_byte_array_free_to_bytes(all);
}

static void f127_g146_one_bad_signature_is_never_hidden_by_a_good_one(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autoptr(GBytes) good = signer_make(scene.alice, PART, false, NULL);
    g_autoptr(GBytes) bad = signer_make(scene.alice, "something else", false, NULL);
    for (int first = 0; first < 2; first++) {
        g_autoptr(GBytes) both = first ? joined(good, bad) : joined(bad, good);
        g_autofree char *signature = armored("SIGNATURE", both);
        g_autofree char *mail = signed_mail(ALICE, NULL, PART, signature);
        look(&scene, mail);
        expect(&scene, OPENPGP_FAILED, BIT(OPENPGP_CHANGED));
        assert_int_equal(scene.result->n, 2);
        assert_int_equal(scene.result->judgements[1].status, OPENPGP_VERIFIED);
    }
    scene_clear(&scene);
}

static void a_second_signature_of_a_stranger_takes_nothing_away(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    OWNED(signer) stranger = signer_new("Stranger <s@example.com>", NULL);
    g_autoptr(GBytes) good = signer_make(scene.alice, PART, false, NULL);
    g_autoptr(GBytes) other = signer_make(stranger, PART, false, NULL);
    g_autoptr(GBytes) both = joined(other, good);
    g_autofree char *signature = armored("SIGNATURE", both);
    g_autofree char *mail = signed_mail(ALICE, NULL, PART, signature);
    look(&scene, mail);
    expect(&scene, OPENPGP_VERIFIED, 0);
    assert_int_equal(scene.result->judgements[1].reasons, BIT(OPENPGP_NO_KEY));
    scene_clear(&scene);
}

static void g160_a_crowd_of_signatures_counts_for_none(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autoptr(GBytes) one = signer_make(scene.alice, PART, false, NULL);
    g_autoptr(GBytes) many = g_bytes_ref(one);
    for (int i = 0; i < LIMIT_OPENPGP_SIGNATURES; i++) {
        GBytes *more = joined(many, one);
        g_bytes_unref(many);
        many = more;
    }
    g_autofree char *signature = armored("SIGNATURE", many);
    g_autofree char *mail = signed_mail(ALICE, NULL, PART, signature);
    look(&scene, mail);
    expect(&scene, OPENPGP_UNKNOWN, BIT(OPENPGP_TOO_MANY));
    scene_clear(&scene);
}

/* --- what may not be a signature ------------------------------------------------------------- */

/* Changes one octet of the (only, new-format) signature packet. */
static char *patched(const struct scene *scene, size_t at, guint8 value) {
    g_autoptr(GBytes) signature = signer_make(scene->alice, PART, false, NULL);
    gsize n;
    const guint8 *p = g_bytes_get_data(signature, &n);
    guint8 *copy = g_memdup2(p, n);
    size_t head = (copy[0] & 0x40) ? (copy[1] < 192 ? 2 : 3) : 1U + (1U << (copy[0] & 3));
    copy[head + at] = value;
    g_autoptr(GBytes) octets = g_bytes_new_take(copy, n);
    return armored("SIGNATURE", octets);
}

static void expect_patched(size_t at, guint8 value, enum openpgp_status status, uint32_t reasons) {
    struct scene scene = scene_of(ALICE, NULL);
    g_autofree char *signature = patched(&scene, at, value);
    g_autofree char *mail = signed_mail(ALICE, NULL, PART, signature);
    look(&scene, mail);
    expect(&scene, status, reasons);
    scene_clear(&scene);
}

static void versions_and_algorithms_nobody_knows_neither_pass_nor_fail(void **state) {
    (void)state;
    static const guint8 versions[] = {3, 5, 6, 7, 200};
    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++)
        expect_patched(0, versions[i], OPENPGP_UNKNOWN, BIT(OPENPGP_UNSUPPORTED_VERSION));
    static const guint8 key_algorithms[] = {2, 16, 20, 27, 28, 30, 99};
    for (size_t i = 0; i < G_N_ELEMENTS(key_algorithms); i++)
        expect_patched(2, key_algorithms[i], OPENPGP_UNKNOWN, BIT(OPENPGP_UNSUPPORTED_ALGORITHM));
    expect_patched(3, 110, OPENPGP_UNKNOWN, BIT(OPENPGP_UNSUPPORTED_ALGORITHM));
}

static void g150_only_signatures_of_documents_count(void **state) {
    (void)state;
    static const guint8 types[] = {0x02, 0x10, 0x13, 0x18, 0x1f, 0x20, 0x28, 0x40, 0x50};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        expect_patched(1, types[i], OPENPGP_FAILED, BIT(OPENPGP_WRONG_TYPE));
    /* from binary to text: other octets are hashed */
    expect_patched(1, 0x01, OPENPGP_FAILED, BIT(OPENPGP_CHANGED));
}

static void f126_f128_g149_g157_what_is_no_bare_signature_is_malformed(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autoptr(GBytes) good = signer_make(scene.alice, PART, false, NULL);
    static const struct {
        const char *octets;
        gsize n;
    } wrong[] = {
        {"\xcb\x06"
         "b\0\0\0\0\0",
         8}, /* literal data behind it */
        {"\xc8\x02"
         "\x01\x02",
         4},                             /* compressed data */
        {"\xc1\x01\x03", 3},             /* session key */
        {"\xc2\xff\xff\xff\xff\xff", 6}, /* a length that is a lie */
        {"\xc2\xe8"
         "x",
         3},         /* a partial length */
        {"\x8b", 1}, /* an indeterminate length */
        {"junk", 4},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GBytes) tail = g_bytes_new(wrong[i].octets, wrong[i].n);
        g_autoptr(GBytes) all = joined(good, tail);
        g_autofree char *signature = armored("SIGNATURE", all);
        g_autofree char *mail = signed_mail(ALICE, NULL, PART, signature);
        look(&scene, mail);
        expect(&scene, OPENPGP_UNKNOWN, BIT(OPENPGP_MALFORMED));
    }
    static const char *const texts[] = {
        "",
        "stripped",
        "-----BEGIN PGP SIGNATURE-----\r\n\r\n-----END PGP SIGNATURE-----\r\n",
        "-----BEGIN PGP SIGNATURE-----\r\n\r\n****\r\n-----END PGP SIGNATURE-----\r\n",
        "-----BEGIN PGP SIGNATURE-----\r\n\r\nAAAA\r\n",
        "-----BEGIN PGP SIGNATURE-----\r\n\r\nAAAA\r\n-----END PGP MESSAGE-----\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *mail = signed_mail(ALICE, NULL, PART, texts[i]);
        look(&scene, mail);
        expect(&scene, OPENPGP_UNKNOWN, BIT(OPENPGP_MALFORMED));
    }
    scene_clear(&scene);
}

/* --- how much of the message ----------------------------------------------------------------- */

static void f138_g158_a_signed_part_beside_others_is_a_part(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autofree char *signature = sign(&scene, PART, NULL);
    g_autofree char *inner = g_strdup_printf(
        "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; "
        "boundary=\"in\"\r\n\r\n--in\r\n" PART
        "\r\n--in\r\nContent-Type: application/pgp-signature\r\n\r\n%s\r\n--in--\r\n",
        signature);
    g_autofree char *mail = g_strdup_printf(
        "From: " ALICE "\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n%s"
        "\r\n--out\r\nContent-Type: text/plain\r\n\r\nSend the money to Eve.\r\n--out--\r\n",
        inner);
    look(&scene, mail);
    expect(&scene, OPENPGP_SIGNED, BIT(OPENPGP_PART_ONLY));
    assert_int_equal(scene.result->judgements[0].scope, SCOPE_PART);
    assert_string_equal(scene.result->judgements[0].part, "1");
    g_autofree char *forwarded = g_strdup_printf(
        "From: " ALICE "\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n"
        "Content-Type: message/rfc822\r\n\r\nFrom: " ALICE "\r\n%s\r\n--out--\r\n",
        inner);
    look(&scene, forwarded);
    assert_int_equal(openpgp_result_status(scene.result), OPENPGP_NONE);
    scene_clear(&scene);
}

static void f140_a_multipart_that_is_not_two_parts_is_not_signed(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autofree char *signature = sign(&scene, PART, NULL);
    static const char *const heads[] = {
        "Content-Type: multipart/signed; boundary=\"cut\"\r\n",
        "Content-Type: multipart/signed; protocol=\"text/plain\"; boundary=\"cut\"\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        g_autofree char *mail =
            g_strdup_printf("From: " ALICE "\r\n%s\r\n--cut\r\n" PART
                            "\r\n--cut\r\nContent-Type: application/pgp-signature\r\n\r\n%s"
                            "\r\n--cut--\r\n",
                            heads[i], signature);
        look(&scene, mail);
        assert_int_not_equal(openpgp_result_status(scene.result), OPENPGP_VERIFIED);
        assert_int_not_equal(openpgp_result_status(scene.result), OPENPGP_SIGNED);
    }
    g_autofree char *three =
        g_strdup_printf("%s\r\n--cut\r\nContent-Type: text/plain\r\n\r\nMore.\r\n", signature);
    g_autofree char *mail = signed_mail(ALICE, NULL, PART, three);
    look(&scene, mail);
    expect(&scene, OPENPGP_UNKNOWN, BIT(OPENPGP_MALFORMED));
    scene_clear(&scene);
}

static char *clear_mail(const struct scene *scene, const char *text, const char *before,
                        const char *after) {
    g_autoptr(GBytes) octets = signer_make(scene->alice, text, true, NULL);
    g_autofree char *lines = crlf(octets);
    return g_strdup_printf("From: " ALICE "\r\nSubject: x\r\n\r\n%s%s%s", before, lines, after);
}

static void g147_clear_signed_text_is_never_the_message(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    static const char text[] = "Dear Bob,\r\n- dash\r\nFrom here  \r\n\r\nAlice\r\n";
    g_autofree char *alone = clear_mail(&scene, text, "", "");
    g_autofree char *within = clear_mail(&scene, text, "Pay Eve.\r\n", "\r\nReally.\r\n");
    const char *mails[] = {alone, within};
    for (int i = 0; i < 2; i++) {
        look(&scene, mails[i]);
        expect(&scene, OPENPGP_SIGNED, BIT(OPENPGP_PART_ONLY));
        assert_true(scene.result->judgements[0].is_inline);
        assert_int_equal(scene.result->judgements[0].signature, CHECK_PASS);
    }
    scene_clear(&scene);
}

static char *replaced(const char *text, const char *what, const char *with) {
    g_auto(GStrv) pieces = g_strsplit(text, what, 2);
    assert_non_null(pieces[1]);
    return g_strconcat(pieces[0], with, pieces[1], NULL);
}

static void g148_a_clear_text_with_two_readings_is_malformed(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autofree char *good = clear_mail(&scene, "Dear Bob,\r\n- dash\r\n", "", "");
    static const struct {
        const char *what, *with;
        enum openpgp_status status;
    } tricks[] = {
        {"Hash: SHA256\r\n", "Hash: SHA256\r\nComment: pay Eve\r\n", OPENPGP_UNKNOWN},
        {"Hash: SHA256\r\n", "Hash: SHA256\r\nNotDashEscaped: yes\r\n", OPENPGP_UNKNOWN},
        {"Hash: SHA256\r\n", "Hash: SHA256\r\npay Eve\r\n", OPENPGP_UNKNOWN},
        {"Dear Bob", "Dear\fBob", OPENPGP_UNKNOWN},
        {"Dear Bob", "Dear \rBob", OPENPGP_UNKNOWN},
        {"- - dash", "- dash", OPENPGP_FAILED},
        {"- - dash", "-dash", OPENPGP_UNKNOWN},
        {"Dear Bob", "Dear Eve", OPENPGP_FAILED},
    };
    look(&scene, good);
    assert_int_equal(openpgp_result_status(scene.result), OPENPGP_SIGNED);
    for (size_t i = 0; i < G_N_ELEMENTS(tricks); i++) {
        g_autofree char *mail = replaced(good, tricks[i].what, tricks[i].with);
        look(&scene, mail);
        assert_int_equal(openpgp_result_status(scene.result), tricks[i].status);
    }
    scene_clear(&scene);
}

static void g150_a_detached_signature_is_no_clear_signature(void **state) {
    (void)state;
    struct scene scene = scene_of(ALICE, NULL);
    g_autofree char *signature = sign(&scene, "Pay Eve.", NULL); /* type 0x00 */
    g_autofree char *mail =
        g_strdup_printf("From: " ALICE "\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n"
                        "Hash: SHA256\r\n\r\nPay Eve.\r\n%s",
                        signature);
    look(&scene, mail);
    expect(&scene, OPENPGP_FAILED, BIT(OPENPGP_WRONG_TYPE) | BIT(OPENPGP_PART_ONLY));
    scene_clear(&scene);
}

static void g161_encrypted_mail_is_said_to_be_and_not_opened(void **state) {
    (void)state;
    static const char *const mails[] = {
        "From: " ALICE "\r\nContent-Type: multipart/encrypted; boundary=e;\r\n"
        " protocol=\"application/pgp-encrypted\"\r\n\r\n--e\r\n"
        "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--e\r\n"
        "Content-Type: application/octet-stream\r\n\r\nx\r\n--e--\r\n",
        "From: " ALICE "\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n"
        "-----END PGP MESSAGE-----\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++) {
        OWNED(openpgp_result) result = result_of(mails[i], NULL, &here);
        assert_true(result->is_encrypted);
        assert_int_equal(openpgp_result_status(result), OPENPGP_UNKNOWN);
        assert_int_equal(result->n, 0);
    }
}

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
        cmocka_unit_test(f127_g146_one_bad_signature_is_never_hidden_by_a_good_one),
        cmocka_unit_test(a_second_signature_of_a_stranger_takes_nothing_away),
        cmocka_unit_test(g160_a_crowd_of_signatures_counts_for_none),
        cmocka_unit_test(versions_and_algorithms_nobody_knows_neither_pass_nor_fail),
        cmocka_unit_test(g150_only_signatures_of_documents_count),
        cmocka_unit_test(f126_f128_g149_g157_what_is_no_bare_signature_is_malformed),
        cmocka_unit_test(f138_g158_a_signed_part_beside_others_is_a_part),
        cmocka_unit_test(f140_a_multipart_that_is_not_two_parts_is_not_signed),
        cmocka_unit_test(g147_clear_signed_text_is_never_the_message),
        cmocka_unit_test(g148_a_clear_text_with_two_readings_is_malformed),
        cmocka_unit_test(g150_a_detached_signature_is_no_clear_signature),
        cmocka_unit_test(g161_encrypted_mail_is_said_to_be_and_not_opened),
        cmocka_unit_test(a_secret_key_gives_its_public_part_alone),
        cmocka_unit_test(many_keys_in_one_file_are_taken),
        cmocka_unit_test(g160_a_key_of_endless_certifications_is_dropped),
        cmocka_unit_test(a_v3_key_is_not_taken),
        cmocka_unit_test(what_is_kept_of_a_key_is_that_key_again),
        cmocka_unit_test(what_is_no_key_gives_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
