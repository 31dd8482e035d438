/* SPDX-License-Identifier: MIT
 *
 * auth/dkim against the cases of the security list that are about what is signed (B66 to C80, C86,
 * C87), one test each; keys and look-ups: test_dkim_attacks_keys.c. What a case asks of the verdict
 * (wording, cautions, alignment) is tested in trust/; here stands what DKIM must hand it. */
#include "dkim_scene.h"

static void b66_pseudo_ends_of_data(void **state) {
    (void)state;
    static const char *const ends[] = {"\n.\n",   "\n.\r\n",   "\r.\r",     "\r.\r\n",    "\r\n.\r",
                                       "\r\n.\n", "\r\n.\r\n", "\n\n.\r\n", "\r\n.\r\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *body = g_strconcat("one", ends[i], "MAIL FROM:<b@evil.example>\r\n", NULL);
        struct shape shape = {.canon = "simple/simple"};
        g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, HEADER, body);
        struct verified v = verify(octets, NOW);
        assert_pass(&v, 0);
        verified_clear(&v);
        /* whoever read the message up to the false end signed something else */
        g_autofree char *first = g_strconcat("one", ends[i], NULL);
        g_autofree char *field = sign_field(&ed25519, &shape, HEADER, first, strlen(first));
        GString *text = g_string_new(field);
        g_string_append_printf(text, HEADER "\r\n%s", body);
        v = verify_string(text);
        assert_reason(v, 0, AUTH_FAIL, "body-hash");
        verified_clear(&v);
    }
    struct shape shape = {.canon = "relaxed/simple"};
    g_autoptr(GBytes) octets =
        sign_octets(&ed25519, &shape, HEADER, "a\r\n\0.\r\nb\r\n", sizeof "a\r\n\0.\r\nb\r\n" - 1);
    struct verified v = verify(octets, NOW);
    assert_pass(&v, 0);
    verified_clear(&v);
}

static void b67_bare_line_ends_in_headers(void **state) {
    (void)state;
    struct shape shape = {.headers = "From:Subject:To"};
    g_autofree char *field = sign_field(&ed25519, &shape, HEADER "To: b\r\n", "x\r\n", 3);
    static const char *const headers[] = {
        "From: a@example.org\nSubject: hello\r\nTo: b\r\n",     /* a field ends in LF */
        "From: a@example.org\r\nSubject:\n hello\r\nTo: b\r\n", /* folded with LF */
        "From: a@example.org\r\nSubject: hello\r\rTo: b\r\n",   /* no line end */
        "From: a@example.org\r\nSubject: hello\r\n\nTo: b\r\n", /* the header ends at the LF */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        GString *text = g_string_new(field);
        g_string_append_printf(text, "%s\r\nx\r\n", headers[i]);
        struct verified v = verify_string(text);
        assert_int_equal(v.check->results[0].result, AUTH_FAIL);
        verified_clear(&v);
    }
}

static void c68_names_that_must_not_be_asked(void **state) {
    (void)state;
    static const struct {
        struct span d, s;
        const char *reason;
    } cases[] = {
        {SPAN_LIT("example\0.org"), SPAN_LIT("s1"), "syntax"},
        {SPAN_LIT("exam ple.org"), SPAN_LIT("s1"), "bad-domain"},
        {SPAN_LIT("example.org,evil.example"), SPAN_LIT("s1"), "bad-domain"},
        {SPAN_LIT("example.org/"), SPAN_LIT("s1"), "bad-domain"},
        {SPAN_LIT("example.org"), SPAN_LIT("s1\0"), "syntax"},
        {SPAN_LIT("example.org"), SPAN_LIT("s 1"), "bad-selector"},
        {SPAN_LIT("example.org"), SPAN_LIT("s,1"), "bad-selector"},
        {SPAN_LIT("example.org"), SPAN_LIT("s1._domainkey.evil.example.."), "bad-selector"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *text = g_string_new("DKIM-Signature: v=1; a=rsa-sha256; h=from; b=AQID; "
                                     "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; d=");
        g_string_append_len(text, cases[i].d.p, (gssize)cases[i].d.n);
        g_string_append(text, "; s=");
        g_string_append_len(text, cases[i].s.p, (gssize)cases[i].s.n);
        g_string_append(text, "\r\n" HEADER "\r\nx");
        struct verified v = verify_string(text);
        assert_reason(v, 0, AUTH_PERMERROR, cases[i].reason);
        assert_int_equal(lookups_count(v.lookups), 0);
        verified_clear(&v);
    }
    g_autofree char *labels = g_strnfill(250, 'a');
    for (int i = 50; i < 250; i += 51)
        labels[i] = '.';
    GString *text = g_string_new(NULL);
    g_string_printf(text,
                    "DKIM-Signature: v=1; a=rsa-sha256; h=from; b=AQID; s=s1; d=%s; "
                    "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=\r\n\r\n",
                    labels);
    struct verified v = verify_string(text);
    assert_reason(v, 0, AUTH_PERMERROR, "bad-selector"); /* the name to ask has 264 octets */
    assert_int_equal(lookups_count(v.lookups), 0);
    verified_clear(&v);
}

static void c69_broken_signatures_break_alone(void **state) {
    (void)state;
    static const struct {
        const char *tags, *reason;
    } cases[] = {
        {"v=1; a=rsa-sha256; h=to; ", "h-without-from"},
        {"v=1; a=rsa-sha256; h=; ", "h-without-from"},
        {"v=1; a=rsa-sha256; h=from; h=from; ", "duplicate-tag"},
        {"a=rsa-sha256; h=from; ", "missing-tag"},
        {"v=2; a=rsa-sha256; h=from; ", "version"},
        {"v=1; a=rsa-sha3; h=from; ", "unknown-algorithm"},
    };
    struct shape shape = {0};
    g_autofree char *good = sign_field(&ed25519, &shape, HEADER, "x\r\n", 3);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *text = g_string_new(NULL);
        g_string_printf(text,
                        "DKIM-Signature: %sd=example.org; s=s1; b=AQID; "
                        "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=\r\n%s" HEADER "\r\nx\r\n",
                        cases[i].tags, good);
        struct verified v = verify_string(text);
        assert_reason(v, 0, AUTH_PERMERROR, cases[i].reason);
        assert_pass(&v, 1);
        verified_clear(&v);
    }
}

static void c70_fields_added_on_top(void **state) {
    (void)state;
    static const char *const added[] = {"From: b@evil.example\r\n", "Subject: pay now\r\n",
                                        "subject : pay now\r\n"};
    struct shape shape = {.headers = "From:Subject"};
    g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, HEADER, "x");
    for (size_t i = 0; i < G_N_ELEMENTS(added); i++) {
        GString *text = g_string_new(added[i]);
        g_string_append(text, g_bytes_get_data(octets, NULL));
        text->len = strlen(added[i]) + g_bytes_get_size(octets);
        struct verified v = verify_string(text);
        assert_pass(&v, 0);
        assert_int_equal(v.check->results[0].n_unsigned_copies, 1);
        assert_int_equal(v.check->results[0].unsigned_copies[0], 0);
        assert_false(dkim_covers(&v.check->results[0], 0));
        verified_clear(&v);
    }
}

static void c71_fields_that_are_not_signed(void **state) {
    (void)state;
    struct shape shape = {.headers = "From:Subject"};
    g_autoptr(GBytes) octets = sign_message(
        &ed25519, &shape, HEADER "Reply-To: b@evil.example\r\nContent-Type: text/html\r\n", "x");
    struct verified v = verify(octets, NOW);
    assert_pass(&v, 0);
    int reply_to = message_find(v.message, "Reply-To", 0);
    assert_false(dkim_covers(&v.check->results[0], (guint)reply_to));
    assert_false(v.check->results[0].content_type_signed);
    verified_clear(&v);
}

/* A signature over `body` under l=, with `added` behind it. */
static struct verified verify_limited(const char *limit, const char *body, const char *added) {
    g_autofree char *tag = g_strdup_printf("l=%s; ", limit);
    struct shape shape = {.headers = "From:Content-Type",
                          .tags = tag,
                          .body_limit = limit,
                          .canon = "relaxed/simple"};
    g_autofree char *field = sign_field(&ed25519, &shape, HEADER, body, strlen(body));
    GString *text = g_string_new(field);
    g_string_append_printf(text, HEADER "\r\n%s%s", body, added);
    return verify_string(text);
}

static void c72_text_added_behind_the_limit(void **state) {
    (void)state;
    struct verified v =
        verify_limited("7", "hello\r\n", "<a href=https://evil.example>pay</a>\r\n");
    assert_pass(&v, 0);
    assert_true(v.check->results[0].signature->limited);
    assert_int_equal(v.check->results[0].signature->limit, 7);
    assert_false(v.check->results[0].body_covered);
    verified_clear(&v);
    v = verify_limited("7", "hello\r\n", "");
    assert_pass(&v, 0);
    assert_true(v.check->results[0].body_covered);
    verified_clear(&v);
}

static void c73_limit_with_unsigned_content_type(void **state) {
    (void)state;
    struct shape shape = {.headers = "From", .tags = "l=3; ", .body_limit = "3"};
    g_autoptr(GBytes) octets = sign_message(
        &ed25519, &shape, HEADER "Content-Type: multipart/mixed; boundary=new\r\n", "old\r\n");
    struct verified v = verify(octets, NOW);
    assert_pass(&v, 0);
    assert_true(v.check->results[0].signature->limited);
    assert_false(v.check->results[0].content_type_signed);
    verified_clear(&v);
}

static void c74_limit_of_nothing_and_too_much(void **state) {
    (void)state;
    struct verified v = verify_limited("0", "", "anything\r\n");
    assert_pass(&v, 0);
    assert_false(v.check->results[0].body_covered);
    verified_clear(&v);
    v = verify_limited("8", "hello\r\n", "");
    assert_reason(v, 0, AUTH_PERMERROR, "body-length");
    verified_clear(&v);
    v = verify_limited("99999999999999999999999999", "hello\r\n", "");
    assert_reason(v, 0, AUTH_PERMERROR, "body-length");
    verified_clear(&v);
}

static void c75_times_as_of_receipt(void **state) {
    (void)state;
    g_autofree char *tags = g_strdup_printf("t=%d; x=%d; ", NOW, NOW + 100);
    struct shape shape = {.tags = tags};
    g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, HEADER, "x");
    struct verified v = verify(octets, NOW + 100);
    assert_pass(&v, 0);
    assert_false(v.check->results[0].from_future);
    verified_clear(&v);
    v = verify(octets, NOW + 101);
    assert_reason(v, 0, AUTH_FAIL, "expired");
    verified_clear(&v);
    v = verify(octets, NOW - LIMIT_DKIM_SKEW);
    assert_pass(&v, 0);
    assert_false(v.check->results[0].from_future);
    verified_clear(&v);
    v = verify(octets, NOW - LIMIT_DKIM_SKEW - 1);
    assert_pass(&v, 0); /* RFC 6376 §3.5 t=: MAY be ignored; told apart instead */
    assert_true(v.check->results[0].from_future);
    verified_clear(&v);
    struct shape turned = {.tags = "t=20; x=10; "};
    g_autoptr(GBytes) nonsense = sign_message(&ed25519, &turned, HEADER, "x");
    v = verify(nonsense, 5);
    assert_reason(v, 0, AUTH_PERMERROR, "expires-before-signed");
    verified_clear(&v);
    struct shape gone = {.selector = "rotated"};
    g_autoptr(GBytes) old = sign_message(&ed25519, &gone, HEADER, "x");
    v = verify(old, NOW);
    assert_reason(v, 0, AUTH_PERMERROR, "key-not-found");
    verified_clear(&v);
}

static void c76_identity_and_domain(void **state) {
    (void)state;
    publish("strict._domainkey.example.org", &ed25519, "t=s; ");
    static const struct {
        const char *selector, *tags, *reason;
    } cases[] = {
        {"s1", "i=@evil.example; ", "i-not-under-d"},     {"s1", "i=@sub.example.org; ", NULL},
        {"strict", "i=joe@Example.Org; ", NULL},          {"strict", "", NULL},
        {"strict", "i=@sub.example.org; ", "key-flag-s"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct shape shape = {.selector = cases[i].selector, .tags = cases[i].tags};
        assert_signed(&ed25519, &shape, cases[i].reason);
    }
}

/* A replay is a valid signature; its age is there for the verdict to tell. */
static void c77_replays_carry_their_age(void **state) {
    (void)state;
    struct shape shape = {.tags = "t=1690000000; "};
    g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, HEADER, "x");
    struct verified v = verify(octets, NOW);
    assert_pass(&v, 0);
    assert_int_equal(v.check->results[0].signature->signed_at, 1690000000);
    verified_clear(&v);
}

static void c79_top_level_domains_do_not_sign(void **state) {
    (void)state;
    publish("s1._domainkey.org", &ed25519, "");
    struct shape shape = {.domain = "org"};
    g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, HEADER, "x");
    struct verified v = verify(octets, NOW);
    assert_reason(v, 0, AUTH_PERMERROR, "bad-domain"); /* §3.5: domain-name has two labels */
    assert_int_equal(lookups_count(v.lookups), 0);
    verified_clear(&v);
}

static void c80_who_could_align(void **state) {
    (void)state;
    static const struct {
        const char *author, *domain;
        bool could;
    } cases[] = {
        {"example.org", "example.org", true},
        {"a.example.org", "example.org", true},
        {"example.org", "a.example.org", true},
        {"a.example.org", "b.example.org", true},
        {"example.org", "notexample.org", false},
        {"example.org", "example.com", false},
        {"example.org", "ample.org", false},
        {"a.co.uk", "b.co.uk", true},
        {"org", "example.org", false},
        {NULL, "example.org", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct shape shape = {.domain = cases[i].domain};
        g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, HEADER, "x");
        struct verified v = verify_octets(octets, cases[i].author, table, keys, NOW);
        assert_int_equal(v.check->results[0].could_align, cases[i].could);
        verified_clear(&v);
    }
}

/* Vectors of canonicalisation: test_dkim_canon. Here: that they are what is verified. */
static void c86_edges_of_canonicalisation(void **state) {
    (void)state;
    static const char *const bodies[] = {"",     "\r\n\r\n", "a",
                                         "a \t", " \t\r\n",  "a\tb  c \r\n\r\n"};
    static const char header[] = "From: a@example.org\r\nX:\r\nY: caf\xe9 \xff\r\n";
    static const char *const pairs[] = {"simple/simple", "relaxed/relaxed"};
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++)
        for (size_t p = 0; p < G_N_ELEMENTS(pairs); p++) {
            struct shape shape = {.headers = "From:X:Y", .canon = pairs[p]};
            g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, header, bodies[i]);
            struct verified v = verify(octets, NOW);
            assert_pass(&v, 0);
            verified_clear(&v);
        }
}

static void c87_body_changed_on_the_way(void **state) {
    (void)state;
    struct shape shape = {0};
    g_autofree char *field = sign_field(&ed25519, &shape, HEADER,
                                        "Gr\xc3\xbc\xc3\x9f"
                                        "e\r\n",
                                        9);
    static const char *const bodies[] = {"Gr=C3=BC=C3=9Fe\r\n", "Gr\xc3\xbc\xc3\x9f"
                                                                "e\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        GString *text = g_string_new(field);
        g_string_append_printf(text, HEADER "\r\n%s", bodies[i]);
        struct verified v = verify_string(text);
        assert_reason(v, 0, AUTH_FAIL, "body-hash");
        assert_int_equal(v.check->results[0].header_hash, DKIM_HASH_PASS);
        assert_int_equal(v.check->results[0].body_hash, DKIM_HASH_FAIL);
        verified_clear(&v);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(b66_pseudo_ends_of_data),
        cmocka_unit_test(b67_bare_line_ends_in_headers),
        cmocka_unit_test(c68_names_that_must_not_be_asked),
        cmocka_unit_test(c69_broken_signatures_break_alone),
        cmocka_unit_test(c70_fields_added_on_top),
        cmocka_unit_test(c71_fields_that_are_not_signed),
        cmocka_unit_test(c72_text_added_behind_the_limit),
        cmocka_unit_test(c73_limit_with_unsigned_content_type),
        cmocka_unit_test(c74_limit_of_nothing_and_too_much),
        cmocka_unit_test(c75_times_as_of_receipt),
        cmocka_unit_test(c76_identity_and_domain),
        cmocka_unit_test(c77_replays_carry_their_age),
        cmocka_unit_test(c79_top_level_domains_do_not_sign),
        cmocka_unit_test(c80_who_could_align),
        cmocka_unit_test(c86_edges_of_canonicalisation),
        cmocka_unit_test(c87_body_changed_on_the_way),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
