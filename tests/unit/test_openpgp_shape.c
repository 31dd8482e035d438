/* SPDX-License-Identifier: MIT
 *
 * sign/openpgp: several signatures, what may not be one, and how much of the message it covers. */
#include "openpgp_scene.h"

#include "base/limits.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
