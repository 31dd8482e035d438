/* SPDX-License-Identifier: MIT
 *
 * auth/arc: chains made with fresh keys, whole and with each single defect. */
#include "arc_signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { NOW = 1700000000 };

#define HEADER "From: a@author.example\r\nTo: b@ours.example\r\nSubject: hello\r\n"
#define BODY "Hello.\r\nGood bye.\r\n"

static struct signer rsa, weak, ed25519;
static struct resolver *table;
static struct dkim_keys *keys;

static void publish(const char *selector, const struct signer *signer, const char *tags) {
    g_autofree char *record = signer_record(signer, tags);
    g_autofree char *name = g_strdup_printf("%s._domainkey.sealer.example", selector);
    resolver_table_add(table, name, DNS_TXT, record);
}

static int set_up(void **state) {
    (void)state;
    rsa = signer_rsa(2048);
    weak = signer_rsa(512);
    ed25519 = signer_ed25519();
    table = resolver_new_table();
    keys = dkim_keys_new();
    publish("s1", &ed25519, "");
    publish("rsa", &rsa, "");
    publish("weak", &weak, "");
    publish("test", &ed25519, "t=y; ");
    for (guint i = 1; i <= LIMIT_ARC_SETS; i++) {
        g_autofree char *seal = g_strdup_printf("seal%u", i);
        g_autofree char *message = g_strdup_printf("message%u", i);
        publish(seal, &ed25519, "");
        publish(message, &ed25519, "");
    }
    resolver_table_add(table, "revoked._domainkey.sealer.example", DNS_TXT, "v=DKIM1; p=");
    static const struct {
        const char *name;
        enum dns_status status;
    } broken[] = {{"down", DNS_TEMPERROR}, {"bogus", DNS_BOGUS}, {"much", DNS_OVER_BUDGET}};
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autofree char *name = g_strdup_printf("%s._domainkey.sealer.example", broken[i].name);
        resolver_table_set(table, name, DNS_TXT, broken[i].status, DNSSEC_NOT_EVALUATED);
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    signer_clear(&rsa);
    signer_clear(&weak);
    signer_clear(&ed25519);
    dkim_keys_free(keys);
    resolver_free(table);
    return 0;
}

/* n sets; the last one, `which` = n, or any other has the shape. */
static struct arc_text seal(guint n, guint which, const struct arc_shape *shape) {
    static const struct arc_shape plain = {0};
    struct arc_text text = arc_text_new(HEADER, BODY);
    for (guint i = 1; i <= n; i++)
        arc_text_seal(&text, &ed25519, i == which ? shape : &plain);
    return text;
}

static void expect_octets(GBytes *octets, enum auth_result result, const char *reason) {
    struct arc_verified v = arc_verify_octets(octets, 0, table, keys, NOW);
    g_autofree char *got = arc_reason(v.check);
    if (reason)
        assert_string_equal(got ? got : "(none)", reason);
    else
        assert_null(got);
    assert_int_equal(v.check->result, result);
    arc_verified_clear(&v);
}

static void expect(struct arc_text text, const char *reason) {
    g_autoptr(GBytes) octets = arc_text_octets(&text);
    expect_octets(octets, reason ? AUTH_FAIL : AUTH_PASS, reason);
    arc_text_clear(&text);
}

/* The chain of n sets with the first `from` changed to `to`. */
static void expect_changed(guint n, const char *from, const char *to, const char *reason) {
    struct arc_text text = seal(n, 0, NULL);
    g_autoptr(GBytes) octets = arc_text_octets(&text);
    g_autoptr(GString) changed = g_string_new(g_bytes_get_data(octets, NULL));
    assert_int_equal(g_string_replace(changed, from, to, 1), 1);
    g_autoptr(GBytes) other = g_bytes_new(changed->str, changed->len);
    expect_octets(other, reason ? AUTH_FAIL : AUTH_PASS, reason);
    arc_text_clear(&text);
}

/* The chain of n sets without field `gone` (AAR 0, AMS 1, AS 2) of set i; with a second copy of it
 * instead if `twice`. */
static void expect_without(guint n, guint i, guint gone, bool twice, const char *reason) {
    struct arc_text text = seal(n, 0, NULL);
    const char *field = text.sealed->pdata[3 * (i - 1) + gone];
    g_autofree char *copies = g_strconcat(field, field, NULL);
    assert_int_equal(g_string_replace(text.header, field, twice ? copies : "", 1), 1);
    expect(text, reason);
}

/* --- what passes ----------------------------------------------------------------------------- */

static void no_chain_costs_nothing(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = g_bytes_new_static(HEADER "\r\n" BODY, strlen(HEADER "\r\n" BODY));
    struct arc_verified v = arc_verify_octets(octets, 0, table, keys, NOW);
    assert_int_equal(v.check->result, AUTH_NONE);
    assert_int_equal(v.check->instance, 0);
    assert_int_equal(lookups_count(v.lookups), 0);
    assert_int_equal(dkim_hashes_passes(v.hashes), 0);
    arc_verified_clear(&v);
}

static void chains_pass(void **state) {
    (void)state;
    for (guint n = 1; n <= 5; n++) {
        struct arc_text text = seal(n, 0, NULL);
        g_autoptr(GBytes) octets = arc_text_octets(&text);
        struct arc_verified v = arc_verify_octets(octets, 0, table, keys, NOW);
        assert_int_equal(v.check->result, AUTH_PASS);
        assert_int_equal(v.check->instance, n);
        assert_string_equal(v.check->sealer, "sealer.example");
        assert_int_equal(v.check->oldest_pass, 0);
        assert_true(v.check->covers_shown);
        assert_int_equal(lookups_count(v.lookups), 1); /* one key for all */
        assert_int_equal(dkim_hashes_passes(v.hashes), 1);
        arc_verified_clear(&v);
        arc_text_clear(&text);
    }
}

static void every_form_passes(void **state) {
    (void)state;
    static const char *const canons[] = {"relaxed/relaxed", "relaxed/simple", "simple/relaxed",
                                         "simple/simple", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(canons); i++)
        expect(seal(2, 2, &(struct arc_shape){.canon = canons[i]}), NULL);
    expect(seal(2, 2, &(struct arc_shape){.headers = "from:subject:subject:x-none"}), NULL);
    expect(seal(2, 2, &(struct arc_shape){.headers = "from::subject"}), NULL);
    expect(seal(2, 2, &(struct arc_shape){.headers = ""}), NULL);
    expect(seal(2, 2, &(struct arc_shape){.ams_tags = "v=2; t=1; q=dns/txt; zz=top; "}), NULL);
    expect(seal(2, 2, &(struct arc_shape){.seal_tags = "v=2; t=1; x=1; c=odd; l=z; "}), NULL);
    expect(seal(2, 1, &(struct arc_shape){.status = "NONE"}), NULL); /* RFC 5234 §2.3 */
    struct arc_text text = arc_text_new(HEADER, BODY);
    struct arc_shape shape = {.selector = "rsa", .ams_selector = "rsa"};
    arc_text_seal(&text, &rsa, &shape);
    arc_text_seal(&text, &rsa, &shape);
    expect(text, NULL);
}

static void instances_are_written_in_many_ways(void **state) {
    (void)state;
    expect(seal(1, 1, &(struct arc_shape){.aar_instance = "(a) i (b) =\r\n (c;) 1 (d)"}), NULL);
    expect(seal(1, 1, &(struct arc_shape){.aar_instance = "i=01"}), NULL); /* 1*2DIGIT */
    static const char *const bad[] = {"",      "I=1",  "i=",    "i=0",       "i=x",   "i=1x",
                                      "i=001", "i=-1", "i=1 1", "mx.a; i=1", "i (=1", "i"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        expect(seal(1, 1, &(struct arc_shape){.aar_instance = bad[i]}), "instance");
    static const char *const tags[] = {"", "i=; ", "i=0; ", "i=x; ", "i=1 1; ", "i=001; ", "I=1; "};
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
        expect(seal(1, 1, &(struct arc_shape){.ams_instance = tags[i]}), "instance");
        expect(seal(1, 1, &(struct arc_shape){.seal_instance = tags[i]}), "instance");
    }
    expect(seal(1, 1, &(struct arc_shape){.seal_instance = "i=51; "}), "too-many-sets");
    expect(seal(1, 1, &(struct arc_shape){.ams_instance = "i=99999999999999999999; "}),
           "too-many-sets");
}

/* --- limits ---------------------------------------------------------------------------------- */

static void fifty_sets_pass_and_no_more(void **state) {
    (void)state;
    expect(seal(LIMIT_ARC_SETS, 0, NULL), NULL);
    expect(seal(LIMIT_ARC_SETS + 1, 0, NULL), "too-many-sets");
    struct arc_text text = seal(1, 0, NULL);
    for (guint i = 0; i < 3 * LIMIT_ARC_SETS; i++)
        g_string_prepend(text.header, "ARC-Seal: i=1; cv=none\r\n");
    expect(text, "duplicate-field");
}

/* The newest message signature, every seal, and a few older message signatures. */
static void questions_are_counted(void **state) {
    (void)state;
    struct arc_text text = arc_text_new(HEADER, BODY);
    for (guint i = 1; i <= LIMIT_ARC_SETS; i++) {
        g_autofree char *seal_name = g_strdup_printf("seal%u", i);
        g_autofree char *message_name = g_strdup_printf("message%u", i);
        arc_text_seal(&text, &ed25519,
                      &(struct arc_shape){.selector = seal_name, .ams_selector = message_name});
    }
    g_autoptr(GBytes) octets = arc_text_octets(&text);
    struct arc_verified v = arc_verify_octets(octets, 0, table, keys, NOW);
    assert_int_equal(v.check->result, AUTH_PASS);
    assert_int_equal(lookups_count(v.lookups), LIMIT_ARC_SETS + 1 + LIMIT_ARC_OLDER_KEYS);
    assert_int_equal(v.check->oldest_pass, LIMIT_ARC_SETS - LIMIT_ARC_OLDER_KEYS);
    arc_verified_clear(&v);
    arc_text_clear(&text);
}

static void long_fields_are_refused(void **state) {
    (void)state;
    g_autofree char *filler = g_strnfill(LIMIT_ARC_FIELD, 'x');
    g_autofree char *results = g_strconcat("mx.a; none (", filler, ")", NULL);
    g_autofree char *tags = g_strconcat("z=", filler, "; ", NULL);
    expect(seal(1, 1, &(struct arc_shape){.results = results}), "too-large");
    expect(seal(1, 1, &(struct arc_shape){.ams_tags = tags}), "too-large");
    expect(seal(1, 1, &(struct arc_shape){.seal_tags = tags}), "too-large");
}

/* --- structure: attacks D102 ----------------------------------------------------------------- */

static void d102_sets_are_whole_and_in_sequence(void **state) {
    (void)state;
    for (guint n = 1; n <= 3; n++)
        for (guint i = 1; i <= n; i++)
            for (guint field = 0; field < 3; field++) {
                expect_without(n, i, field, false, "incomplete-set");
                expect_without(n, i, field, true, "duplicate-field");
            }
    struct arc_text text = seal(3, 0, NULL);
    for (guint field = 3; field < 6; field++)
        g_string_replace(text.header, text.sealed->pdata[field], "", 1);
    expect(text, "gap");
}

static void d102_chain_status(void **state) {
    (void)state;
    static const char *const first[] = {"pass", "fail", "", "bad", "none pass"};
    static const char *const later[] = {"none", "fail", "", "bad", "pass pass"};
    for (size_t i = 0; i < G_N_ELEMENTS(first); i++) {
        expect(seal(2, 1, &(struct arc_shape){.status = first[i]}), "chain-status");
        expect(seal(3, 2, &(struct arc_shape){.status = later[i]}), "chain-status");
    }
    expect(seal(2, 2, &(struct arc_shape){.status = "fail"}), "sealed-as-failed");
    expect(seal(1, 1, &(struct arc_shape){.status = "fail"}), "sealed-as-failed");
}

/* --- signatures ------------------------------------------------------------------------------ */

static void seals_cover_all_older_sets(void **state) {
    (void)state;
    for (guint n = 1; n <= 3; n++)
        for (guint i = 0; i < n; i++) {
            struct arc_text text = seal(n, 0, NULL);
            const char *aar = text.sealed->pdata[3 * i];
            g_autofree char *other = g_strdup(aar);
            other[strlen(other) - 3] ^= 1; /* "none" */
            g_string_replace(text.header, aar, other, 1);
            expect(text, "seal-signature");
        }
}

/* Every octet of a sealed field that relaxed canonicalisation keeps is covered, but for the bits
 * that base64 leaves over in the last digit of the newest seal's own b=. */
static void no_octet_of_a_set_can_change(void **state) {
    (void)state;
    struct arc_text text = seal(2, 0, NULL);
    g_autoptr(GBytes) octets = arc_text_octets(&text);
    gsize n = text.header->len - strlen(HEADER);
    gsize last_digit = strlen(text.sealed->pdata[5]) - strlen("==\r\n") - 1;
    const char *good = g_bytes_get_data(octets, NULL);
    guint tried = 0;
    for (gsize at = 0; at < n; at++) {
        if (strchr(" \t\r\n", good[at]) || at == last_digit)
            continue;
        char *bad = g_memdup2(good, g_bytes_get_size(octets));
        bad[at] = bad[at] == 'x' ? 'y' : 'x';
        g_autoptr(GBytes) changed = g_bytes_new_take(bad, g_bytes_get_size(octets));
        struct arc_verified v = arc_verify_octets(changed, 0, table, keys, NOW);
        assert_int_not_equal(v.check->result, AUTH_PASS);
        arc_verified_clear(&v);
        tried++;
    }
    assert_true(tried > 800);
    arc_text_clear(&text);
}

static void d104_changed_after_sealing(void **state) {
    (void)state;
    expect_changed(2, "Good bye", "Good buy", "changed-after-sealing");
    expect_changed(2, "Subject: hello", "Subject: hullo", "message-signature-signature");
    expect_changed(2, "To: b@", "To: c@", NULL); /* not in h= */
}

/* "This does not affect the validity of the Authenticated Received Chain" (§5.2 step 5). */
static void oldest_pass_tells_who_changed_it(void **state) {
    (void)state;
    static const struct arc_shape plain = {0};
    struct arc_text text = seal(2, 0, NULL);
    g_string_replace(text.header, "Subject: hello", "Subject: [list] hello", 1);
    text.body = BODY "-- \r\nlist\r\n";
    arc_text_seal(&text, &ed25519, &plain);
    arc_text_seal(&text, &ed25519, &plain);
    g_autoptr(GBytes) octets = arc_text_octets(&text);
    struct arc_verified v = arc_verify_octets(octets, 0, table, keys, NOW);
    assert_int_equal(v.check->result, AUTH_PASS);
    assert_int_equal(v.check->oldest_pass, 3);
    assert_int_equal(dkim_hashes_passes(v.hashes), 1);
    arc_verified_clear(&v);
    arc_text_clear(&text);
}

static void tags_that_break_a_chain(void **state) {
    (void)state;
    expect(seal(2, 2, &(struct arc_shape){.seal_tags = "h=from; "}), "seal-with-h");
    expect(seal(2, 1, &(struct arc_shape){.seal_tags = "h=; "}), "seal-with-h");
    expect(seal(2, 2, &(struct arc_shape){.headers = "from:ARC-Seal"}),
           "message-signature-h-with-seal");
    expect(seal(2, 2, &(struct arc_shape){.headers = "from:arc-message-signature"}), NULL);
    expect(seal(1, 1, &(struct arc_shape){.seal_tags = "t=x; "}), "seal-syntax");
    expect(seal(1, 1, &(struct arc_shape){.seal_tags = "d=a.example; "}), "seal-duplicate-tag");
    expect(seal(1, 1, &(struct arc_shape){.ams_tags = "t=2; x=1; "}),
           "message-signature-expires-before-signed");
    expect(seal(1, 1, &(struct arc_shape){.canon = "nofws"}), "message-signature-canonicalization");
    expect(seal(1, 1, &(struct arc_shape){.algorithm = "rsa-sha1"}),
           "message-signature-obsolete-algorithm");
    expect_changed(1, "\tb=", "\tbb=", "message-signature-missing-tag");
    expect_changed(1, "s=s1; b=", "s=s1; bb=", "seal-missing-tag");
    expect_changed(3, "s=s1; b=", "s=s1; bb=", "seal-missing-tag");
}

/* RFC 6376 §3.5 x=, as of receipt. */
static void expired_message_signatures(void **state) {
    (void)state;
    struct arc_text text = seal(2, 2, &(struct arc_shape){.ams_tags = "x=1700000000; "});
    g_autoptr(GBytes) octets = arc_text_octets(&text);
    expect_octets(octets, AUTH_PASS, NULL);
    struct arc_verified v = arc_verify_octets(octets, 0, table, keys, NOW + 1);
    g_autofree char *reason = arc_reason(v.check);
    assert_string_equal(reason, "message-signature-expired");
    arc_verified_clear(&v);
    arc_text_clear(&text);
}

/* §5.2.1: every failure is permanent, but which it was stays visible. */
static void keys_that_break_a_chain(void **state) {
    (void)state;
    static const struct {
        const char *selector, *word;
        bool temporary;
    } cases[] = {{"down", "dns", true},
                 {"bogus", "dns-bogus", true},
                 {"much", "dns-budget", true},
                 {"nobody", "key-not-found", false},
                 {"revoked", "key-revoked", false},
                 {"rsa", "key-algorithm", false},
                 {"seal1", NULL, false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (int of_seal = 0; of_seal < 2; of_seal++) {
            struct arc_shape shape = {0};
            *(of_seal ? &shape.selector : &shape.ams_selector) = cases[i].selector;
            struct arc_text text = seal(2, 2, &shape);
            g_autoptr(GBytes) octets = arc_text_octets(&text);
            struct arc_verified v = arc_verify_octets(octets, 0, table, keys, NOW);
            g_autofree char *got = arc_reason(v.check);
            g_autofree char *wanted =
                g_strconcat(of_seal ? "seal-" : "message-signature-", cases[i].word, NULL);
            assert_int_equal(v.check->result, cases[i].word ? AUTH_FAIL : AUTH_PASS);
            assert_int_equal(v.check->temporary, cases[i].temporary);
            if (cases[i].word)
                assert_string_equal(got, wanted);
            arc_verified_clear(&v);
            arc_text_clear(&text);
        }
    struct arc_text text = arc_text_new(HEADER, BODY);
    arc_text_seal(&text, &weak, &(struct arc_shape){.selector = "weak", .ams_selector = "weak"});
    expect(text, "message-signature-key-too-short");
}

static void without_lookups_nothing_passes(void **state) {
    (void)state;
    struct arc_text text = seal(1, 0, NULL);
    g_autoptr(GBytes) octets = arc_text_octets(&text);
    struct arc_verified v = arc_verify_octets(octets, 0, NULL, keys, NOW);
    assert_int_equal(v.check->result, AUTH_FAIL);
    arc_verified_clear(&v);
    arc_text_clear(&text);
}

static void half_a_body_is_not_judged(void **state) {
    (void)state;
    struct arc_text text = seal(1, 0, NULL);
    g_autoptr(GBytes) octets = arc_text_octets(&text);
    struct arc_verified v = arc_verify_octets(octets, MESSAGE_BODY_PARTIAL, table, keys, NOW);
    g_autofree char *reason = arc_reason(v.check);
    assert_int_equal(v.check->result, AUTH_NOT_EVALUATED);
    assert_string_equal(reason, "body-partial");
    arc_verified_clear(&v);
    arc_text_clear(&text);
}

/* --- what trust/ asks ------------------------------------------------------------------------ */

static bool covers_shown(const struct arc_shape *shape, const char *top) {
    struct arc_text text = seal(1, 1, shape);
    g_string_prepend(text.header, top);
    g_autoptr(GBytes) octets = arc_text_octets(&text);
    struct arc_verified v = arc_verify_octets(octets, 0, table, keys, NOW);
    assert_int_equal(v.check->result, AUTH_PASS);
    bool covers = v.check->covers_shown;
    arc_verified_clear(&v);
    arc_text_clear(&text);
    return covers;
}

static void coverage_is_told(void **state) {
    (void)state;
    assert_true(covers_shown(&(struct arc_shape){0}, ""));
    assert_false(covers_shown(&(struct arc_shape){.headers = "Subject"}, ""));
    assert_false(covers_shown(&(struct arc_shape){.headers = "From"}, ""));
    assert_false(covers_shown(&(struct arc_shape){0}, "From: x@other.example\r\n"));
    assert_false(covers_shown(&(struct arc_shape){0}, "Subject: other\r\n"));
}

static void test_keys_are_told(void **state) {
    (void)state;
    struct arc_text text = seal(2, 1, &(struct arc_shape){.selector = "test"});
    g_autoptr(GBytes) octets = arc_text_octets(&text);
    struct arc_verified v = arc_verify_octets(octets, 0, table, keys, NOW);
    assert_int_equal(v.check->result, AUTH_PASS);
    assert_true(arc_seal_testing(v.check, 1));
    assert_false(arc_seal_testing(v.check, 2));
    arc_verified_clear(&v);
    arc_text_clear(&text);
}

/* DKIM and ARC ask for the same body hash: one pass. Another l= costs another. */
static void bodies_are_hashed_once(void **state) {
    (void)state;
    struct shape shape = {.domain = "sealer.example"};
    g_autofree char *field = sign_field(&ed25519, &shape, HEADER, BODY, strlen(BODY));
    g_autofree char *header = g_strconcat(field, HEADER, NULL);
    struct arc_text text = arc_text_new(header, BODY);
    arc_text_seal(&text, &ed25519, &(struct arc_shape){0});
    g_autoptr(GBytes) octets = arc_text_octets(&text);
    OWNED(message) message = message_new(octets, 0);
    OWNED(lookups) lookups = lookups_new(table);
    OWNED(dkim_hashes) hashes = dkim_hashes_new(message);
    OWNED(dkim_check) dkim = dkim_new(hashes);
    OWNED(arc_check) arc = arc_new(hashes);
    dkim_names(dkim, NULL, lookups);
    arc_names(arc, lookups);
    dkim_verify(dkim, lookups, keys, NOW);
    arc_verify(arc, lookups, keys, NOW);
    assert_int_equal(dkim->results[0].result, AUTH_PASS);
    assert_int_equal(arc->result, AUTH_PASS);
    assert_int_equal(dkim_hashes_passes(hashes), 1);
    assert_int_equal(lookups_count(lookups), 1);
    arc_text_clear(&text);
}

/* On pass the weakest key; on a failure that of the look-ups made until it was known. */
static void dnssec_is_of_the_keys_that_decided(void **state) {
    (void)state;
    static const struct {
        const char *selector;
        enum dnssec_state dnssec, want;
    } cases[] = {{"seal1", DNSSEC_SECURE, DNSSEC_SECURE},
                 {"seal2", DNSSEC_INSECURE, DNSSEC_INSECURE},
                 {"bogus", DNSSEC_BOGUS, DNSSEC_BOGUS}};
    static const char ams[] = "message1._domainkey.sealer.example";
    resolver_table_set(table, ams, DNS_TXT, DNS_DATA, DNSSEC_SECURE);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strdup_printf("%s._domainkey.sealer.example", cases[i].selector);
        bool bogus = cases[i].dnssec == DNSSEC_BOGUS;
        resolver_table_set(table, name, DNS_TXT, bogus ? DNS_BOGUS : DNS_DATA, cases[i].dnssec);
        struct arc_shape shape = {.selector = cases[i].selector, .ams_selector = "message1"};
        struct arc_text text = seal(1, 1, &shape);
        g_autoptr(GBytes) octets = arc_text_octets(&text);
        struct arc_verified v = arc_verify_octets(octets, 0, table, keys, NOW);
        assert_int_equal(v.check->result, bogus ? AUTH_FAIL : AUTH_PASS);
        assert_int_equal(v.check->dnssec, cases[i].want);
        arc_verified_clear(&v);
        arc_text_clear(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dnssec_is_of_the_keys_that_decided),
        cmocka_unit_test(no_chain_costs_nothing),
        cmocka_unit_test(chains_pass),
        cmocka_unit_test(every_form_passes),
        cmocka_unit_test(instances_are_written_in_many_ways),
        cmocka_unit_test(fifty_sets_pass_and_no_more),
        cmocka_unit_test(questions_are_counted),
        cmocka_unit_test(long_fields_are_refused),
        cmocka_unit_test(d102_sets_are_whole_and_in_sequence),
        cmocka_unit_test(d102_chain_status),
        cmocka_unit_test(seals_cover_all_older_sets),
        cmocka_unit_test(no_octet_of_a_set_can_change),
        cmocka_unit_test(d104_changed_after_sealing),
        cmocka_unit_test(oldest_pass_tells_who_changed_it),
        cmocka_unit_test(tags_that_break_a_chain),
        cmocka_unit_test(expired_message_signatures),
        cmocka_unit_test(keys_that_break_a_chain),
        cmocka_unit_test(without_lookups_nothing_passes),
        cmocka_unit_test(half_a_body_is_not_judged),
        cmocka_unit_test(coverage_is_told),
        cmocka_unit_test(test_keys_are_told),
        cmocka_unit_test(bodies_are_hashed_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
