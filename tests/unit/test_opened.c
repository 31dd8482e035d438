/* SPDX-License-Identifier: MIT
 *
 * fcgi/opened: what of an opaque signed message is shown. */
#include "fcgi/opened.h"

#include "smime_signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define TEXT "Content-Type: text/plain\r\n\r\nthe amount is 100 EUR.\r\n"
#define HEAD                                                                                       \
    "From: alice@corp.test\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data\r\n"    \
    "Content-Transfer-Encoding: base64\r\n\r\n"

static char *opaque(const struct smime_person *person, const char *content) {
    BIO *in = BIO_new_mem_buf(content, -1);
    CMS_ContentInfo *cms = CMS_sign(person->x509, person->key, NULL, in, CMS_BINARY);
    unsigned char *der = NULL;
    int n = i2d_CMS_ContentInfo(cms, &der);
    char *text = g_base64_encode(der, (gsize)n);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    return text;
}

static struct opened *open_text(const char *text) {
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    return opened_new(octets);
}

static void assert_shows(const struct opened *opened, const char *text) {
    assert_int_equal(opened->body->plain->len, 1);
    g_autofree char *shown = mime_text(opened->body->plain->pdata[0], 1000, NULL);
    assert_string_equal(shown, text);
    assert_int_equal(opened->attachments->len, 0);
    assert_false(opened->encrypted);
}

static void opaque_signed_text_is_shown(void **state) {
    (void)state;
    struct smime_person alice = smime_person_new("Alice", "alice@corp.test", NULL);
    g_autofree char *one = opaque(&alice, TEXT);
    g_autofree char *message = g_strconcat(HEAD, one, NULL);
    OWNED(opened) opened = open_text(message);
    assert_shows(opened, "the amount is 100 EUR.\n");
    assert_int_equal(message_find(opened->message, "From", 0), 0);
    g_autofree char *two = opaque(&alice, message);
    g_autofree char *wrapped = g_strconcat(HEAD, two, NULL);
    OWNED(opened) twice = open_text(wrapped);
    assert_shows(twice, "the amount is 100 EUR.\n");
    const struct message *const messages[] = {opened->message, twice->message};
    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) { /* and lists say the same */
        g_autofree char *preview = NULL;
        assert_false(opened_has_attachment(messages[i], &preview));
        assert_string_equal(preview, "the amount is 100 EUR.");
    }
    smime_person_clear(&alice);
}

/* What cannot be unwrapped stays what it is. */
static void what_is_no_signed_data_stays_closed(void **state) {
    (void)state;
    OWNED(opened) garbage = open_text(HEAD "AAAA");
    assert_null(garbage->inside);
    char *preview = NULL;
    assert_true(opened_has_attachment(garbage->message, &preview));
    assert_null(preview);
    assert_int_equal(garbage->attachments->len, 1);
    OWNED(opened)
    sealed = open_text("Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: "
                       "base64\r\n\r\nMBMGCSqGSIb3DQEHA6AGMAQCAQAwAA==");
    assert_null(sealed->inside);
    assert_true(sealed->encrypted);
    OWNED(opened) plain = open_text(TEXT);
    assert_null(plain->inside);
    assert_shows(plain, "the amount is 100 EUR.\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opaque_signed_text_is_shown),
        cmocka_unit_test(what_is_no_signed_data_stays_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
