/* SPDX-License-Identifier: MIT
 *
 * auth/dkim against the cases of the security list that are about keys, and about what it costs to
 * get and use them (C81 to C85, C88 to C92), one test each. */
#include "dkim_scene.h"

static void c81_key_records(void **state) {
    (void)state;
    g_autofree char *p = signer_p(&rsa1024);
    gsize n;
    g_autofree unsigned char *der = g_base64_decode(p, &n);
    g_autofree unsigned char *longer = g_malloc0(n + 1);
    memcpy(longer, der, n);
    g_autofree char *trailing = g_base64_encode(longer, n + 1);
    g_autofree char *spaced = g_strdup_printf("%.20s \t%s", p, p + 20);
    const struct {
        const char *tags, *p, *reason;
    } cases[] = {
        {"", "", "key-revoked"},
        {"k=ed25519; ", p, "key-syntax"},
        {"k=unknown; ", p, "key-algorithm"},
        {"h=sha1; ", p, "key-hash"},
        {"s=other; ", p, "key-service"},
        {"n=junk without end=;x; ", p, "key-syntax"},
        {"n=any thing = here; ", p, NULL},
        {"", spaced, NULL},
        {"", trailing, "key-syntax"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *selector = g_strdup_printf("c81-%zu", i);
        g_autofree char *name = g_strconcat(selector, "._domainkey.example.org", NULL);
        g_autofree char *record = g_strconcat("v=DKIM1; ", cases[i].tags, "p=", cases[i].p, NULL);
        resolver_table_add(table, name, DNS_TXT, record);
        struct shape shape = {.selector = selector};
        assert_signed(&rsa1024, &shape, cases[i].reason);
    }
    publish("two._domainkey.example.org", &rsa1024, "");
    publish("two._domainkey.example.org", &rsa2048, "");
    struct shape shape = {.selector = "two"};
    g_autoptr(GBytes) octets = sign_message(&rsa1024, &shape, HEADER, "x");
    struct verified v = verify(octets, NOW);
    assert_reason(v, 0, AUTH_PERMERROR, "key-duplicate");
    verified_clear(&v);
}

/* Sizes and exponents at their bounds: test_dkim_key. Here: refused before any arithmetic. */
static void c82_short_keys(void **state) {
    (void)state;
    struct signer rsa512 = signer_rsa(512);
    publish("short._domainkey.example.org", &rsa512, "");
    publish("enough._domainkey.example.org", &rsa1024, "");
    struct shape shape = {.selector = "short"}, enough = {.selector = "enough"};
    g_autoptr(GBytes) octets = sign_message(&rsa512, &shape, HEADER, "x");
    struct verified v = verify(octets, NOW);
    assert_reason(v, 0, AUTH_PERMERROR, "key-too-short");
    assert_int_equal(v.check->results[0].key_bits, 512);
    assert_int_equal(v.check->results[0].header_hash, DKIM_HASH_UNKNOWN);
    verified_clear(&v);
    g_autoptr(GBytes) just = sign_message(&rsa1024, &enough, HEADER, "x");
    v = verify(just, NOW);
    assert_pass(&v, 0);
    assert_int_equal(v.check->results[0].key_bits, 1024);
    verified_clear(&v);
    signer_clear(&rsa512);
}

/* ROCA and the other keys of CVE-2008-0166 are known from the modulus (test_dkim_weak). */
static void c83_keys_that_prove_nothing(void **state) {
    (void)state;
    resolver_table_add(table, "weak._domainkey.example.org", DNS_TXT,
                       "k=ed25519; p=AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    /* of Debian's process 1, whose private half is public */
    resolver_table_add(
        table, "debian._domainkey.example.org", DNS_TXT,
        "v=DKIM1; p=MIGJAoGBAKvbakk7oW1c/ELJSvYSpB4jJR49zwusM19qFpT+ZlgsiyCW5QRQnSBT6sBrb57wUWCj"
        "OWJdHVfm1TAw0E55ziixzokkTm/6OwL4eg96zixgf9lN444c1MQ192RVgAUsBuamjTzTVNvfso/WbIqI/M7IYPI5"
        "QhH9r/VtahPiAKZPAgMBAAE=");
    const struct {
        struct signer *signer;
        const char *selector;
    } cases[] = {{&ed25519, "weak"}, {&rsa2048, "debian"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct shape shape = {.selector = cases[i].selector};
        g_autoptr(GBytes) octets = sign_message(cases[i].signer, &shape, HEADER, "x");
        struct verified v = verify(octets, NOW);
        assert_reason(v, 0, AUTH_PERMERROR, "key-weak");
        verified_clear(&v);
    }
}

static void c84_sha1(void **state) {
    (void)state;
    struct shape shape = {.algorithm = "rsa-sha1", .selector = "rsa"};
    g_autoptr(GBytes) octets = sign_message(&rsa2048, &shape, HEADER, "x");
    struct verified v = verify(octets, NOW);
    assert_reason(v, 0, AUTH_PERMERROR, "obsolete-algorithm");
    assert_int_equal(lookups_count(v.lookups), 0);
    verified_clear(&v);
}

/* Small orders: test_dkim_weak; S + L: test_dkim_key. */
static void c85_ed25519(void **state) {
    (void)state;
    static const struct {
        const char *selector, *algorithm, *reason;
    } cases[] = {
        {"s1", "rsa-sha256", "key-algorithm"},
        {"rsa", "ed25519-sha256", "key-algorithm"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct shape shape = {.selector = cases[i].selector, .algorithm = cases[i].algorithm};
        g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, HEADER, "x");
        struct verified v = verify(octets, NOW);
        assert_reason(v, 0, AUTH_PERMERROR, cases[i].reason);
        verified_clear(&v);
    }
    struct shape both[2] = {{.selector = "s1"}, {.selector = "rsa"}};
    g_autofree char *first = sign_field(&ed25519, &both[0], HEADER, "x", 1);
    g_autofree char *second = sign_field(&rsa2048, &both[1], HEADER, "x", 1);
    GString *text = g_string_new(first);
    g_string_append_printf(text, "%s" HEADER "\r\nx", second);
    struct verified v = verify_string(text);
    assert_pass(&v, 0);
    assert_pass(&v, 1);
    verified_clear(&v);
}

static void c88_junk_before_the_aligned_one(void **state) {
    (void)state;
    struct shape shape = {0}, parent = {.domain = "sub.example.org"};
    g_autofree char *good = sign_field(&ed25519, &shape, HEADER, "x", 1);
    g_autofree char *child = sign_field(&ed25519, &parent, HEADER, "x", 1);
    publish("s1._domainkey.sub.example.org", &ed25519, "");
    GString *text = g_string_new(NULL);
    for (int i = 0; i < 10; i++) {
        g_autofree char *domain = g_strdup_printf("junk%d.example", i);
        struct shape junk = {.domain = domain};
        g_autofree char *field = sign_field(&ed25519, &junk, HEADER, "x", 1);
        g_string_append(text, field);
    }
    g_string_append_printf(text, "%s%s" HEADER "\r\nx", child, good);
    struct verified v = verify_string(text);
    assert_int_equal(v.check->n, 12);
    assert_pass(&v, 10);
    assert_pass(&v, 11);
    for (guint i = 0; i < 6; i++)
        assert_reason(v, i, AUTH_PERMERROR, "key-not-found");
    for (guint i = 6; i < 10; i++)
        assert_reason(v, i, AUTH_NOT_EVALUATED, "not-checked");
    assert_int_equal(lookups_count(v.lookups), LIMIT_DKIM_SIGNATURES);
    verified_clear(&v);
}

static void c89_floods(void **state) {
    (void)state;
    GString *text = g_string_new(NULL);
    for (int i = 0; i < 9000; i++)
        g_string_append_printf(text,
                               "DKIM-Signature: v=1; a=rsa-sha256; h=from; b=AQID; s=s%d; "
                               "d=example.org; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=\r\n",
                               i);
    g_string_append(text, HEADER "\r\nx");
    struct verified v = verify_string(text);
    assert_int_equal(v.check->n, LIMIT_DKIM_FIELDS);
    assert_int_equal(v.check->unread, 9000 - LIMIT_DKIM_FIELDS);
    assert_int_equal(lookups_count(v.lookups), LIMIT_DKIM_SIGNATURES);
    guint skipped = 0;
    for (guint i = 0; i < v.check->n; i++)
        skipped += v.check->results[i].reason == DKIM_NOT_CHECKED;
    assert_int_equal(skipped, LIMIT_DKIM_FIELDS - LIMIT_DKIM_SIGNATURES);
    verified_clear(&v);

    static const size_t sizes[] = {1 << 20, 64 << 10};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *b = g_strnfill(sizes[i], 'A');
        text = g_string_new("DKIM-Signature: v=1; a=rsa-sha256; h=from; s=s1; d=example.org; "
                            "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=");
        g_string_append_printf(text, "%s\r\n" HEADER "\r\nx", b);
        v = verify_string(text);
        assert_reason(v, 0, AUTH_PERMERROR, "too-large");
        verified_clear(&v);
    }
    text = g_string_new("DKIM-Signature: v=1; a=rsa-sha256; s=s1; d=example.org; b=AQID; "
                        "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; h=from");
    for (int i = 0; i < 5000; i++)
        g_string_append(text, ":x");
    g_string_append(text, "\r\n" HEADER "\r\nx");
    v = verify_string(text);
    assert_reason(v, 0, AUTH_PERMERROR, "too-large");
    verified_clear(&v);

    text = g_string_new(NULL); /* more fields than are indexed: h= could mean one of the others */
    struct shape shape = {0};
    g_autofree char *good = sign_field(&ed25519, &shape, HEADER, "x", 1);
    g_string_append(text, good);
    for (int i = 0; i < LIMIT_FIELDS; i++)
        g_string_append(text, "X:\r\n");
    g_string_append(text, HEADER "\r\nx");
    v = verify_string(text);
    assert_reason(v, 0, AUTH_PERMERROR, "too-large");
    verified_clear(&v);
}

static void c90_dns_trouble(void **state) {
    (void)state;
    static const struct {
        enum dns_status status;
        enum dnssec_state dnssec;
        const char *reason;
    } cases[] = {
        {DNS_TEMPERROR, DNSSEC_NOT_EVALUATED, "dns"},
        {DNS_BOGUS, DNSSEC_BOGUS, "dns-bogus"},
        {DNS_OVER_BUDGET, DNSSEC_NOT_EVALUATED, "dns-budget"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *selector = g_strdup_printf("c90-%zu", i);
        g_autofree char *name = g_strconcat(selector, "._domainkey.example.org", NULL);
        resolver_table_set(table, name, DNS_TXT, cases[i].status, cases[i].dnssec);
        struct shape shape = {.selector = selector};
        g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, HEADER, "x");
        struct verified v = verify(octets, NOW);
        assert_reason(v, 0, AUTH_TEMPERROR, cases[i].reason);
        assert_int_equal(v.check->results[0].dnssec, cases[i].dnssec);
        verified_clear(&v);
    }
}

/* The answer in hand decides, never a key that once stood under the name. */
static void c91_another_key_another_result(void **state) {
    (void)state;
    struct shape shape = {.selector = "c91"};
    g_autoptr(GBytes) octets = sign_message(&rsa1024, &shape, HEADER, "x");
    const struct signer *const published[] = {&rsa1024, &rsa2048, &rsa1024};
    for (size_t i = 0; i < G_N_ELEMENTS(published); i++) {
        OWNED(resolver) other = resolver_new_table();
        g_autofree char *record = signer_record(published[i], "");
        resolver_table_add(other, "c91._domainkey.example.org", DNS_TXT, record);
        struct verified v = verify_octets(octets, NULL, other, keys, NOW);
        if (i % 2 == 0)
            assert_pass(&v, 0);
        else
            assert_reason(v, 0, AUTH_FAIL, "signature");
        verified_clear(&v);
    }
}

/* One question for each signature to verify, all of them in dkim_names, none later. */
static void c92_questions_are_asked_at_once(void **state) {
    (void)state;
    struct shape shape = {0};
    g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, HEADER, "x");
    OWNED(message) message = message_new(octets, 0);
    OWNED(lookups) lookups = lookups_new(table);
    OWNED(dkim_hashes) hashes = dkim_hashes_new(message);
    OWNED(dkim_check) check = dkim_new(hashes);
    assert_int_equal(lookups_count(lookups), 0);
    dkim_names(check, "example.org", lookups);
    assert_int_equal(lookups_count(lookups), 1);
    dkim_verify(check, lookups, keys, NOW);
    assert_int_equal(lookups_count(lookups), 1);
    assert_int_equal(check->results[0].result, AUTH_PASS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(c81_key_records),
        cmocka_unit_test(c82_short_keys),
        cmocka_unit_test(c83_keys_that_prove_nothing),
        cmocka_unit_test(c84_sha1),
        cmocka_unit_test(c85_ed25519),
        cmocka_unit_test(c88_junk_before_the_aligned_one),
        cmocka_unit_test(c89_floods),
        cmocka_unit_test(c90_dns_trouble),
        cmocka_unit_test(c91_another_key_another_result),
        cmocka_unit_test(c92_questions_are_asked_at_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
