/* SPDX-License-Identifier: MIT
 *
 * auth/dkim as a whole: the signed examples of RFC 6376 and RFC 8463, every canonicalisation with
 * every kind of key over odd bodies, and the same messages with each octet changed in turn. */
#include "dkim_scene.h"

static int set_up_all_keys(void **state) {
    set_up(state);
    publish("rsa1024._domainkey.example.org", &rsa1024, "");
    publish("rsa2048._domainkey.example.org", &rsa2048, "");
    publish("ed25519._domainkey.example.org", &ed25519, "");
    return 0;
}

static struct verified verify_text(const char *text) {
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    return verify(octets, NOW);
}

/* --- the RFCs' own examples ------------------------------------------------------------------ */

#define DINNER                                                                                     \
    "From: Joe SixPack <joe@football.example.com>\r\n"                                             \
    "To: Suzie Q <suzie@shopping.example.net>\r\n"                                                 \
    "Subject: Is dinner ready?\r\n"                                                                \
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"                                              \
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"                             \
    "\r\n"                                                                                         \
    "Hi.\r\n"                                                                                      \
    "\r\n"

/* RFC 6376 appendix A.2, key of appendix C. */
static void rfc6376_appendix_a(void **state) {
    (void)state;
    resolver_table_add(table, "brisbane._domainkey.example.com", DNS_TXT,
                       "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ"
                       "DwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"
                       "IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7"
                       "od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfV"
                       "jH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYck"
                       "cQ2QIDAQAB");
    struct verified v =
        verify_text("DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n"
                    "      c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n"
                    "      h=Received : From : To : Subject : Date : Message-ID;\r\n"
                    "      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                    "      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB\r\n"
                    "        4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut\r\n"
                    "        KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV\r\n"
                    "        4bmp/YzhwvcubU4=;\r\n"
                    "Received: from client1.football.example.com  [192.0.2.1]\r\n"
                    "      by submitserver.example.com with SUBMISSION;\r\n"
                    "      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)\r\n" DINNER
                    "We lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n");
    assert_int_equal(v.check->n, 1);
    const struct dkim_result *r = &v.check->results[0];
    assert_int_equal(r->result, AUTH_PASS);
    assert_int_equal(r->key_bits, 1024);
    assert_string_equal(r->signature->identity, "joe@football.example.com");
    assert_int_equal(r->n_covered, 6);
    assert_int_equal(r->n_unsigned_copies, 0);
    assert_true(r->body_covered);
    assert_false(r->content_type_signed);
    verified_clear(&v);
}

/* RFC 8463 appendix A.3: two signatures, keys of A.2. */
static void rfc8463_appendix_a(void **state) {
    (void)state;
    resolver_table_add(table, "brisbane._domainkey.football.example.com", DNS_TXT,
                       "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    resolver_table_add(table, "test._domainkey.football.example.com", DNS_TXT,
                       "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
                       "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
                       "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
                       "Ip3G+2kryOTIKT+l/K4w3QIDAQAB");
    struct verified v =
        verify_text("DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
                    " d=football.example.com; i=@football.example.com;\r\n"
                    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
                    " subject : date : message-id : from : subject : date;\r\n"
                    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                    " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
                    " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
                    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
                    " d=football.example.com; i=@football.example.com;\r\n"
                    " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
                    " date : message-id : from : subject : date;\r\n"
                    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                    " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
                    " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
                    " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n" DINNER
                    "We lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n");
    assert_int_equal(v.check->n, 2);
    for (guint i = 0; i < 2; i++)
        assert_int_equal(v.check->results[i].result, AUTH_PASS);
    assert_int_equal(v.check->results[0].key_bits, 256);
    verified_clear(&v);
}

/* --- every pair, every key, odd bodies ------------------------------------------------------- */

static const char *const pairs[] = {"simple/simple", "simple/relaxed", "relaxed/simple",
                                    "relaxed/relaxed"};

static const struct {
    const char *selector;
    struct signer *signer;
} signers[] = {{"rsa1024", &rsa1024}, {"rsa2048", &rsa2048}, {"ed25519", &ed25519}};

static const char *const bodies[] = {
    "",
    "\r\n",
    "\r\n\r\n\r\n",
    " \t\r\n \r\n",
    "one line",
    "one line\r\n",
    "trailing \t \r\n\r\n \r\n\r\n",
    "tabs\tand  runs \t of   white space\r\n\tindented\r\n",
    ("Gr\xc3\xbc\xc3\x9f"
     "e und \x1b$B;dMM\x1b(B\r\n.\r\n..\r\nFrom here\r\n"),
    "bare\rCR, bare\nLF, both\n\r and the end\r",
};

#define LONG_HEADER                                                                                \
    "Received: from a by b; Fri, 21 Nov 2025 20:00:00 +0100\r\n"                                   \
    "FROM:  Joe \t<joe@example.org>\r\n"                                                           \
    "To: a@example.net,\r\n\tb@example.net\r\n"                                                    \
    "Subject \t: =?utf-8?q?x?=  y\r\n  folded \r\n"                                                \
    "X-Empty:\r\n"

static void passes_in_every_form(void **state) {
    (void)state;
    guint passed = 0;
    for (size_t p = 0; p < G_N_ELEMENTS(pairs); p++)
        for (size_t s = 0; s < G_N_ELEMENTS(signers); s++)
            for (size_t b = 0; b < G_N_ELEMENTS(bodies); b++) {
                struct shape shape = {.canon = pairs[p],
                                      .selector = signers[s].selector,
                                      .headers = "From:to:Subject:X-Empty:Subject:X-None"};
                g_autoptr(GBytes) octets =
                    sign_message(signers[s].signer, &shape, LONG_HEADER, bodies[b]);
                struct verified v = verify(octets, NOW);
                assert_int_equal(v.check->n, 1);
                assert_int_equal(v.check->results[0].result, AUTH_PASS);
                assert_int_equal(v.check->results[0].header_hash, DKIM_HASH_PASS);
                assert_int_equal(v.check->results[0].body_hash, DKIM_HASH_PASS);
                assert_null(dkim_reason_name(v.check->results[0].reason));
                passed++;
                verified_clear(&v);
            }
    assert_int_equal(passed, 4 * 3 * 10);
}

static bool passes(GBytes *octets) {
    struct verified v = verify(octets, NOW);
    bool any = false;
    for (guint i = 0; i < v.check->n; i++)
        any = any || v.check->results[i].result == AUTH_PASS;
    verified_clear(&v);
    return any;
}

/* Every octet but those of the one field that is not signed, made another that no canonicalisation
 * takes for the same. */
static void no_octet_may_change(void **state) {
    (void)state;
    static const char body[] = "Hello  you,\r\n\r\nbye \t\r\n\r\n";
    for (size_t p = 0; p < G_N_ELEMENTS(pairs); p++)
        for (size_t s = 0; s < G_N_ELEMENTS(signers); s++) {
            struct shape shape = {.canon = pairs[p],
                                  .selector = signers[s].selector,
                                  .headers = "From:to:Subject:X-Empty"};
            g_autoptr(GBytes) octets = sign_message(signers[s].signer, &shape, LONG_HEADER, body);
            assert_true(passes(octets));
            gsize n;
            const char *text = g_bytes_get_data(octets, &n);
            const char *unsigned_start = strstr(text, "Received:"),
                       *unsigned_end = strstr(text, "FROM:");
            g_autofree char *copy = g_memdup2(text, n);
            for (gsize i = 0; i < n; i++) {
                if (text + i >= unsigned_start && text + i < unsigned_end - 1)
                    continue;
                copy[i] = text[i] == 'Q' ? '8' : 'Q';
                g_autoptr(GBytes) changed = g_bytes_new_static(copy, n);
                if (passes(changed))
                    fail_msg("%s %s: octet %zu (%c) changed, still a pass", pairs[p],
                             signers[s].selector, (size_t)i, text[i]);
                copy[i] = text[i];
            }
        }
}

/* Nor may one be added or taken away. Only the CR of the empty line and that of the signature's own
 * field are hashed by no canonicalisation, and say nothing. */
static void no_octet_may_come_or_go(void **state) {
    (void)state;
    struct shape shape = {.canon = "simple/simple", .selector = "ed25519", .headers = "From:To"};
    g_autoptr(GBytes) octets =
        sign_message(&ed25519, &shape, "From: a@example.org\r\nTo: b\r\n", "Hi  you.\r\n");
    gsize n;
    const char *text = g_bytes_get_data(octets, &n);
    gsize empty_line = (gsize)(strstr(text, "\r\n\r\n") - text) + 2;
    gsize own_line_end = (gsize)(strstr(text, "\r\nFrom:") - text);
    for (gsize i = 0; i < n; i++) {
        if (i == empty_line || i == own_line_end)
            continue;
        GString *cut = g_string_new_len(text, (gssize)n);
        g_string_erase(cut, (gssize)i, 1);
        g_autoptr(GBytes) without = g_string_free_to_bytes(cut);
        if (passes(without))
            fail_msg("octet %zu (%d) taken away, still a pass", (size_t)i, text[i]);
        GString *longer = g_string_new_len(text, (gssize)n);
        g_string_insert_c(longer, (gssize)i, '.');
        g_autoptr(GBytes) with = g_string_free_to_bytes(longer);
        if (passes(with))
            fail_msg("an octet added before %zu, still a pass", (size_t)i);
    }
}

/* --- odd ways to write the field ------------------------------------------------------------- */

/* RFC 6376 §3.5: white space around and inside b= is no part of it; §3.7 deletes all of it. */
static void b_may_be_folded_anywhere(void **state) {
    (void)state;
    static const struct shape shapes[] = {
        {.b_before = " ", .b_after = " "},
        {.b_before = "\r\n\t", .b_after = "\r\n  "},
        {.b_after = " \t;"},
        {.b_after = ";\r\n\t"},
        {.tags = "b_b=b=;"},
        {.tags = "zb=1; "},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
        for (size_t p = 0; p < G_N_ELEMENTS(pairs); p++) {
            struct shape shape = shapes[i];
            shape.canon = pairs[p];
            shape.selector = "ed25519";
            GString *header = g_string_new("From: a@example.org\r\n");
            g_autofree char *field = sign_field(&ed25519, &shape, header->str, "x\r\n", 3);
            g_string_prepend(header, field);
            g_string_append(header, "\r\nx\r\n");
            g_autoptr(GBytes) octets = g_string_free_to_bytes(header);
            /* the signer hashed the field with an empty b= that nothing follows; what stands behind
               a ";" is therefore signed, and white space before it is not */
            const char *after = shape.b_after ? strchr(shape.b_after, ';') : NULL;
            assert_int_equal(passes(octets), after == NULL);
        }
}

/* b= in the middle of the field, where it is a prefix of bh=, and with "b=" inside other values. */
static void b_may_stand_anywhere(void **state) {
    (void)state;
    for (size_t p = 0; p < G_N_ELEMENTS(pairs); p++) {
        bool relaxed = g_str_has_prefix(pairs[p], "relaxed");
        g_autofree char *bh =
            reference_body_hash("x\r\n", 3, g_str_has_suffix(pairs[p], "/relaxed"), NULL);
        g_autofree char *start = g_strdup_printf(
            "DKIM-Signature: v=1; z=b=x|b=y; a=ed25519-sha256;\r\n c=%s; b =", pairs[p]);
        g_autofree char *end =
            g_strdup_printf("; bh=%s; s=ed25519; d=example.org; h=from; n=b=; \r\n", bh);
        GString *hashed = g_string_new(NULL);
        reference_field(hashed, "From: a@example.org\r\n", 21, relaxed);
        g_autofree char *own = g_strconcat(start, end, NULL);
        reference_field(hashed, own, strlen(own), relaxed);
        unsigned char digest[32];
        EVP_Digest(hashed->str, hashed->len - 2, digest, NULL, EVP_sha256(), NULL);
        g_string_free(hashed, TRUE);
        g_autofree char *b = sign_digest(&ed25519, digest);
        g_autofree char *text = g_strdup_printf("%s\r\n\t%.20s\r\n %s \t%sFrom: a@example.org\r\n"
                                                "\r\nx\r\n",
                                                start, b, b + 20, end);
        struct verified v = verify_text(text);
        assert_int_equal(v.check->results[0].result, AUTH_PASS);
        verified_clear(&v);
    }
}

/* --- which fields ---------------------------------------------------------------------------- */

static void takes_fields_from_the_bottom(void **state) {
    (void)state;
    static const char header[] = "X: 1\r\nFrom: a@example.org\r\nX: 2\r\nX: 3\r\n";
    struct shape shape = {.selector = "ed25519", .headers = "x:From:X"};
    g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, header, "");
    struct verified v = verify(octets, NOW);
    const struct dkim_result *r = &v.check->results[0];
    assert_int_equal(r->result, AUTH_PASS);
    assert_int_equal(r->n_covered, 3); /* From, X: 2, X: 3; the signature itself is field 0 */
    assert_false(dkim_covers(r, 1));
    assert_true(dkim_covers(r, 2));
    assert_true(dkim_covers(r, 3));
    assert_true(dkim_covers(r, 4));
    assert_false(dkim_covers(r, 0));
    assert_int_equal(r->n_unsigned_copies, 1);
    assert_int_equal(r->unsigned_copies[0], 1);
    verified_clear(&v);
}

/* A name listed once more than there are fields forbids to add one (§8.15). */
static void oversigning_forbids_additions(void **state) {
    (void)state;
    struct shape shape = {.selector = "ed25519", .headers = "From:From:Subject"};
    g_autoptr(GBytes) octets =
        sign_message(&ed25519, &shape, "From: a@example.org\r\nSubject: s\r\n", "");
    gsize n;
    const char *text = g_bytes_get_data(octets, &n);
    assert_true(passes(octets));
    g_autofree char *with_from = g_strconcat("From: b@example.org\r\n", text, NULL);
    struct verified v = verify_text(with_from);
    assert_int_equal(v.check->results[0].result, AUTH_FAIL);
    assert_string_equal(dkim_reason_name(v.check->results[0].reason), "signature");
    assert_int_equal(v.check->results[0].header_hash, DKIM_HASH_FAIL);
    assert_int_equal(v.check->results[0].body_hash, DKIM_HASH_PASS);
    verified_clear(&v);
    g_autofree char *with_subject = g_strconcat("Subject: t\r\n", text, NULL);
    v = verify_text(with_subject);
    assert_int_equal(v.check->results[0].result, AUTH_PASS);
    assert_int_equal(v.check->results[0].n_unsigned_copies, 1);
    verified_clear(&v);
}

/* h= may name other signatures, never the one it stands in (§3.5). */
static void a_signature_may_cover_another(void **state) {
    (void)state;
    struct shape inner = {.selector = "rsa1024", .headers = "From"};
    static const char header[] = "From: a@example.org\r\n";
    g_autofree char *first = sign_field(&rsa1024, &inner, header, "x", 1);
    g_autofree char *both = g_strconcat(first, header, NULL);
    struct shape outer = {.selector = "ed25519", .headers = "From:DKIM-Signature:DKIM-Signature"};
    g_autoptr(GBytes) octets = sign_message(&ed25519, &outer, both, "x");
    struct verified v = verify(octets, NOW);
    assert_int_equal(v.check->results[0].result, AUTH_PASS);
    assert_int_equal(v.check->results[1].result, AUTH_PASS);
    assert_true(dkim_covers(&v.check->results[0], 1));
    assert_false(dkim_covers(&v.check->results[0], 0));
    verified_clear(&v);
}

/* --- several signatures ---------------------------------------------------------------------- */

/* Different l= and canonicalisations in one message: each gets its own body hash. */
static void many_body_hashes(void **state) {
    (void)state;
    static const char header[] = "From: a@example.org\r\n",
                      body[] = "One.  Two. \r\nThree.\r\n\r\n";
    static const char *const limits[] = {"0", "5", "5", "11", NULL, "21"};
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autofree char *tag = limits[i] ? g_strdup_printf("l=%s; ", limits[i]) : g_strdup("");
        struct shape shape = {.selector = "ed25519",
                              .headers = "From",
                              .canon = i % 2 ? "relaxed/simple" : "simple/relaxed",
                              .tags = tag,
                              .body_limit = limits[i]};
        g_autofree char *field = sign_field(&ed25519, &shape, header, body, strlen(body));
        g_string_append(text, field);
    }
    g_string_append_printf(text, "%s\r\n%s", header, body);
    g_autoptr(GBytes) octets = g_string_free_to_bytes(text);
    struct verified v = verify(octets, NOW);
    assert_int_equal(v.check->n, 6);
    for (guint i = 0; i < 6; i++) {
        assert_int_equal(v.check->results[i].result, AUTH_PASS);
        assert_int_equal(v.check->results[i].body_covered, i >= 4); /* 21: all of it */
    }
    verified_clear(&v);
}

static void partial_bodies_are_not_judged(void **state) {
    (void)state;
    struct shape shape = {.selector = "ed25519"};
    g_autoptr(GBytes) octets =
        sign_message(&ed25519, &shape, "From: a@example.org\r\n", "a long body\r\n");
    g_autoptr(GBytes) part = g_bytes_new_from_bytes(octets, 0, g_bytes_get_size(octets) - 5);
    OWNED(message) message = message_new(part, MESSAGE_BODY_PARTIAL);
    OWNED(lookups) lookups = lookups_new(table);
    OWNED(dkim_hashes) hashes = dkim_hashes_new(message);
    OWNED(dkim_check) check = dkim_new(hashes);
    dkim_names(check, NULL, lookups);
    dkim_verify(check, lookups, keys, NOW);
    assert_int_equal(check->results[0].result, AUTH_NOT_EVALUATED);
    assert_int_equal(check->results[0].header_hash, DKIM_HASH_PASS);
    assert_string_equal(dkim_reason_name(check->results[0].reason), "body-partial");
}

static void no_lookups_no_verdict(void **state) {
    (void)state;
    struct shape shape = {.selector = "ed25519"};
    g_autoptr(GBytes) octets = sign_message(&ed25519, &shape, "From: a@example.org\r\n", "x");
    struct verified v = verify_octets(octets, "example.org", NULL, keys, 1700000000);
    assert_int_equal(v.check->results[0].result, AUTH_NOT_EVALUATED);
    assert_string_equal(dkim_reason_name(v.check->results[0].reason), "not-asked");
    verified_clear(&v);
}

static void unsigned_mail_has_no_result(void **state) {
    (void)state;
    struct verified v = verify_text("From: a@example.org\r\nX-DKIM-Signature: v=1\r\n\r\nx");
    assert_int_equal(v.check->n, 0);
    assert_int_equal(lookups_count(v.lookups), 0);
    verified_clear(&v);
    v = verify_text("");
    assert_int_equal(v.check->n, 0);
    verified_clear(&v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc6376_appendix_a),
        cmocka_unit_test(rfc8463_appendix_a),
        cmocka_unit_test(passes_in_every_form),
        cmocka_unit_test(no_octet_may_change),
        cmocka_unit_test(no_octet_may_come_or_go),
        cmocka_unit_test(b_may_be_folded_anywhere),
        cmocka_unit_test(b_may_stand_anywhere),
        cmocka_unit_test(takes_fields_from_the_bottom),
        cmocka_unit_test(oversigning_forbids_additions),
        cmocka_unit_test(a_signature_may_cover_another),
        cmocka_unit_test(many_body_hashes),
        cmocka_unit_test(partial_bodies_are_not_judged),
        cmocka_unit_test(no_lookups_no_verdict),
        cmocka_unit_test(unsigned_mail_has_no_result),
    };
    return cmocka_run_group_tests(tests, set_up_all_keys, tear_down);
}
