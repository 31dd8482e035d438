/* SPDX-License-Identifier: MIT
 *
 * sign/signed_part: where a message carries signatures, what each covers, and which octets are
 * signed; sign/protected_headers: which fields are under one. */
#include "sign/signed_part.h"

#include "base/limits.h"
#include "sign/protected_headers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define SIGNED(b, protocol, payload)                                                               \
    "Content-Type: multipart/signed; boundary=" b "; protocol=\"" protocol "\"\r\n\r\n--" b        \
    "\r\n" payload "\r\n--" b "\r\nContent-Type: " protocol "\r\n\r\nAAAA\r\n--" b "--\r\n"
#define SMIME "application/pkcs7-signature"
#define PGP "application/pgp-signature"
#define TEXT "Content-Type: text/plain\r\n\r\nhello  \r\n"
#define MIXED(parts) "Content-Type: multipart/mixed; boundary=m\r\n\r\n" parts "--m--\r\n"
#define PART(part) "--m\r\n" part "\r\n"

struct look {
    struct message *message;
    struct mime *mime;
    struct signed_parts *parts;
};

static struct look look_at(const char *text) {
    struct look look;
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    look.message = message_new(bytes, 0);
    look.mime = mime_parse(look.message);
    mime_compare(look.mime, look.message);
    look.parts = signed_parts_find(look.mime);
    return look;
}

static void look_clear(struct look *look) {
    signed_parts_free(look->parts);
    mime_free(look->mime);
    message_free(look->message);
}

/* One expected answer a message: kinds and scopes in order. */
static void expect(const char *text, guint n, const enum signed_kind *kinds,
                   const enum signature_scope *scopes) {
    struct look look = look_at(text);
    assert_true(n == 0 || signed_parts_possible(look.message));
    assert_int_equal(signed_parts_present(look.mime), n > 0);
    assert_int_equal(look.parts->n, n);
    for (guint i = 0; i < n; i++) {
        assert_int_equal(look.parts->parts[i].kind, kinds[i]);
        assert_int_equal(look.parts->parts[i].scope, scopes[i]);
    }
    look_clear(&look);
}

static void expect_one(const char *text, enum signed_kind kind, enum signature_scope scope) {
    expect(text, 1, &kind, &scope);
}

static void the_signed_octets_are_exact(void **state) {
    (void)state;
    struct look look = look_at(SIGNED("b", SMIME, TEXT));
    const struct signed_part *part = &look.parts->parts[0];
    assert_false(part->broken);
    /* trailing white space and the part's own line end stay; the one before the delimiter does not
     */
    assert_true(span_eq(part->payload->whole, SPAN_LIT(TEXT)));
    assert_true(mime_is(part->signature, SMIME));
    look_clear(&look);
}

static void only_the_root_is_the_message(void **state) {
    (void)state;
    expect_one(SIGNED("b", SMIME, TEXT), SIGNED_SMIME, SCOPE_MESSAGE);
    expect_one(SIGNED("b", PGP, TEXT), SIGNED_OPENPGP, SCOPE_MESSAGE);
    expect_one(SIGNED("b", "application/x-pkcs7-signature", TEXT), SIGNED_SMIME, SCOPE_MESSAGE);
    expect_one(SIGNED("b", "application/other", TEXT), SIGNED_OTHER, SCOPE_MESSAGE);
    expect_one("Content-Type: application/pkcs7-mime\r\n\r\nAAAA", SIGNED_SMIME_OPAQUE,
               SCOPE_MESSAGE);
    expect_one("Content-Type: application/octet-stream; name=smime.p7m\r\n\r\nAAAA",
               SIGNED_SMIME_OPAQUE, SCOPE_MESSAGE);
    expect_one("Content-Type: multipart/encrypted; boundary=e\r\n\r\n--e--\r\n",
               SIGNED_ENCRYPTED_OPENPGP, SCOPE_MESSAGE);
}

/* attacks F138 */
static void beside_anything_it_is_a_part(void **state) {
    (void)state;
    expect_one(MIXED(PART(SIGNED("b", SMIME, TEXT)) PART(TEXT)), SIGNED_SMIME, SCOPE_PART);
    expect_one(MIXED(PART(SIGNED("b", SMIME, TEXT))), SIGNED_SMIME, SCOPE_PART);
    expect_one("Content-Type: message/rfc822\r\n\r\n" SIGNED("b", SMIME, TEXT), SIGNED_SMIME,
               SCOPE_ATTACHED);
    expect_one(MIXED(PART("Content-Type: message/rfc822\r\n\r\n" SIGNED("b", PGP, TEXT))),
               SIGNED_OPENPGP, SCOPE_ATTACHED);
}

/* attacks F139 */
static void under_another_it_is_inner(void **state) {
    (void)state;
    const enum signed_kind kinds[] = {SIGNED_SMIME, SIGNED_OPENPGP};
    const enum signature_scope scopes[] = {SCOPE_MESSAGE, SCOPE_INNER};
    expect(SIGNED("b", SMIME, SIGNED("c", PGP, TEXT)), 2, kinds, scopes);
    const enum signature_scope attached[] = {SCOPE_MESSAGE, SCOPE_ATTACHED};
    expect(SIGNED("b", SMIME, "Content-Type: message/rfc822\r\n\r\n" SIGNED("c", PGP, TEXT)), 2,
           kinds, attached);
}

static void nothing_signed_is_nothing(void **state) {
    (void)state;
    expect(TEXT, 0, NULL, NULL);
    expect(MIXED(PART(TEXT)), 0, NULL, NULL);
    expect("", 0, NULL, NULL);
}

/* attacks F140, H163: what is not made as RFC 1847 says cannot hold, and is not forgotten. */
static void broken_ones_say_so(void **state) {
    (void)state;
    static const char *const broken[] = {
        "Content-Type: multipart/signed; boundary=b; protocol=\"" SMIME "\"\r\n\r\n--b\r\n" TEXT
        "\r\n--b--\r\n",
        "Content-Type: multipart/signed; boundary=b; protocol=\"" SMIME "\"\r\n\r\n--b\r\n" TEXT
        "\r\n--b\r\nContent-Type: " SMIME "\r\n\r\nA\r\n--b\r\n" TEXT "\r\n--b--\r\n",
        "Content-Type: multipart/signed; boundary=b; protocol=\"" SMIME "\"\r\n\r\n--b\r\n" TEXT
        "\r\n--b\r\nContent-Type: " PGP "\r\n\r\nA\r\n--b--\r\n",
        "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n" TEXT
        "\r\n--b\r\nContent-Type: " SMIME "\r\n\r\nA\r\n--b--\r\n",
        "Content-Transfer-Encoding: base64\r\n" SIGNED("b", SMIME, TEXT)};
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        struct look look = look_at(broken[i]);
        assert_int_equal(look.parts->n, 1);
        assert_int_equal(look.parts->parts[0].kind, SIGNED_SMIME);
        assert_true(look.parts->parts[0].broken);
        assert_null(look.parts->parts[0].payload);
        look_clear(&look);
    }
}

static void a_second_type_makes_it_unclear(void **state) {
    (void)state;
    expect_one("Content-Type: multipart/signed; boundary=b; protocol=\"" SMIME
               "\"\r\nContent-Type: text/plain\r\n\r\n--b\r\n" TEXT
               "\r\n--b\r\nContent-Type: " SMIME "\r\n\r\nAAAA\r\n--b--\r\n",
               SIGNED_SMIME, SCOPE_UNCLEAR);
}

static void there_are_never_too_many(void **state) {
    (void)state;
    g_autoptr(GString) text = g_string_new("Content-Type: multipart/mixed; boundary=m\r\n\r\n");
    for (guint i = 0; i < 3 * LIMIT_SIGNED_PARTS; i++)
        g_string_append(text, "--m\r\nContent-Type: application/pkcs7-mime\r\n\r\nAAAA\r\n");
    struct look look = look_at(text->str);
    assert_int_equal(look.parts->n, LIMIT_SIGNED_PARTS);
    look_clear(&look);
}

/* --- protected headers (RFC 9788) ------------------------------------------------------------ */

#define OUTER "From: Alice <alice@x.example>\r\nTo: bob@y.example\r\nSubject: Hello\r\n\r\n"
#define MARKED "Content-Type: text/plain; hp=\"clear\"\r\n"
#define INNER "From: Alice <alice@x.example>\r\nTo: bob@y.example\r\nSubject: Hello\r\n"

static void compare(const char *outer, const char *payload, enum signature_headers state,
                    const char *from, const char *subject) {
    g_autoptr(GBytes) bytes = g_bytes_new_static(outer, strlen(outer));
    OWNED(message) message = message_new(bytes, 0);
    struct protected_headers headers;
    protected_headers_compare(message, span_of(payload), &headers);
    assert_int_equal(headers.state, state);
    assert_int_equal(headers.from != NULL, from != NULL);
    assert_int_equal(headers.subject != NULL, subject != NULL);
    if (from)
        assert_string_equal(headers.from, from);
    if (subject)
        assert_string_equal(headers.subject, subject);
    protected_headers_clear(&headers);
}

/* attacks F144 */
static void fields_under_the_signature(void **state) {
    (void)state;
    compare(OUTER, MARKED INNER "\r\ntext", HEADERS_COVERED, NULL, NULL);
    compare(OUTER, "Content-Type: text/plain\r\n" INNER "\r\ntext", HEADERS_UNSIGNED, NULL, NULL);
    compare(OUTER, "text", HEADERS_UNSIGNED, NULL, NULL);
    compare(OUTER, "", HEADERS_UNSIGNED, NULL, NULL);
    compare(OUTER, "Content-Type: message/rfc822\r\n\r\n" INNER "\r\ntext", HEADERS_COVERED, NULL,
            NULL);
    compare(OUTER, "Content-Type: message/rfc822; forwarded=yes\r\n\r\n" INNER "\r\ntext",
            HEADERS_UNSIGNED, NULL, NULL);
}

static void fields_that_are_missing_or_others(void **state) {
    (void)state;
    compare(OUTER, MARKED "From: alice@x.example\r\nTo: bob@y.example\r\n\r\n", HEADERS_DIFFER,
            "alice@x.example", NULL); /* the name is another, the author is not */
    compare(OUTER, MARKED "From: Alice <alice@x.example>\r\nTo: bob@y.example\r\n\r\n",
            HEADERS_UNSIGNED, NULL, NULL);
    compare(OUTER, MARKED "Subject: Hello\r\nTo: bob@y.example\r\n\r\n", HEADERS_UNSIGNED, NULL,
            NULL);
    compare(OUTER, MARKED INNER "Subject: Hello\r\n\r\n", HEADERS_DIFFER, NULL, "Hello");
    compare(OUTER,
            MARKED "From: Alice <alice@x.example>\r\nTo: bob@y.example\r\nSubject: Bye\r\n\r\n",
            HEADERS_DIFFER, NULL, "Bye");
    compare(OUTER, MARKED INNER "Cc: eve@z.example\r\n\r\n", HEADERS_DIFFER, NULL, NULL);
    compare("From: Alice <alice@x.example>\r\nSubject: =?utf-8?q?H=C3=A9llo?=\r\n\r\n",
            MARKED "From: Alice <alice@x.example>\r\nSubject: H\xc3\xa9llo\r\n\r\n",
            HEADERS_COVERED, NULL, NULL);
}

/* Who gets the answer is shown too: one put before a signed mail is not under its signature. */
static void where_answers_go_is_compared(void **state) {
    (void)state;
    static const char answer[] = "Reply-To: Alice <alice@x.example>\r\n" OUTER;
    static const char other[] = "Reply-To: eve@z.example\r\n" OUTER;
    compare(answer, MARKED INNER "Reply-To: Alice <alice@x.example>\r\n\r\n", HEADERS_COVERED, NULL,
            NULL);
    compare(other, MARKED INNER "\r\n", HEADERS_UNSIGNED, NULL, NULL);
    compare(other, MARKED INNER "Reply-To: Alice <alice@x.example>\r\n\r\n", HEADERS_DIFFER, NULL,
            NULL);
    compare(OUTER, MARKED INNER "Reply-To: Alice <alice@x.example>\r\n\r\n", HEADERS_DIFFER, NULL,
            NULL);
}

static void another_author_is_another_author(void **state) {
    (void)state;
    static const char *const others[] = {
        "boss@x.example", "Alice <alice@x.example>, boss@x.example", "no address", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *payload = g_strdup_printf(MARKED "From: %s\r\n\r\n", others[i]);
        g_autoptr(GBytes) bytes = g_bytes_new_static(OUTER, strlen(OUTER));
        OWNED(message) message = message_new(bytes, 0);
        struct protected_headers headers;
        protected_headers_compare(message, span_of(payload), &headers);
        assert_int_equal(headers.state, HEADERS_FROM_DIFFERS);
        protected_headers_clear(&headers);
    }
}

static bool possible(const char *text) {
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    struct message *message = message_new(bytes, 0);
    bool answer = signed_parts_possible(message);
    message_free(message);
    return answer;
}

/* What is parsed for nothing costs as much as all else: an attachment whose lines end in a slash,
 * an address in a text. */
static void ordinary_parts_are_not_parsed(void **state) {
    (void)state;
#define ORDINARY "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    assert_false(possible(ORDINARY "Content-Type: application/pdf\r\n\r\nAAA/\r\nAA/signed/\r\n"));
    assert_false(possible(ORDINARY "\r\nhttps://example.org/signed: multipart/signed\r\n"));
    assert_true(possible(ORDINARY "Content-Type: multipart/signed\r\n\r\n"));
    assert_true(possible(ORDINARY "CONTENT-TYPE \t:\r\n multipart (a) /\r\n\tSigned\r\n\r\n"));
    assert_true(
        possible(ORDINARY "Content-Type: text/plain\r\nContent-Type: application/x-PKCS7-mime"));
    assert_true(possible(ORDINARY "Content-Type: multipart/ (comment) encrypted"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_parts_are_not_parsed),
        cmocka_unit_test(the_signed_octets_are_exact),
        cmocka_unit_test(only_the_root_is_the_message),
        cmocka_unit_test(beside_anything_it_is_a_part),
        cmocka_unit_test(under_another_it_is_inner),
        cmocka_unit_test(nothing_signed_is_nothing),
        cmocka_unit_test(broken_ones_say_so),
        cmocka_unit_test(a_second_type_makes_it_unclear),
        cmocka_unit_test(there_are_never_too_many),
        cmocka_unit_test(fields_under_the_signature),
        cmocka_unit_test(fields_that_are_missing_or_others),
        cmocka_unit_test(where_answers_go_is_compared),
        cmocka_unit_test(another_author_is_another_author),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
