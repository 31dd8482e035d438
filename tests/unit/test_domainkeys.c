/* SPDX-License-Identifier: MIT
 *
 * auth/domainkeys: signatures made with fresh keys. That no verdict rests on them is shown in
 * test_evaluate_arc.c (attacks C84). */
#include "auth/domainkeys.h"
#include "domainkeys_signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define FROM "From: Al <al@news.example>\r\n"
#define SUBJECT "Subject: a  folded\r\n\tsubject\r\n"
#define BODY "Hello  world.\r\n\r\nBye.\r\n"
#define NOFWS "a=rsa-sha1; c=nofws; q=dns; d=news.example; s=s1; "
#define SIMPLE "a=rsa-sha1; c=simple; q=dns; d=news.example; s=s1; "

static const char *const both[] = {FROM, SUBJECT, NULL};
static struct signer rsa, small, ed25519;
static struct resolver *table;

static void publish(const char *name, const struct signer *signer, const char *tags) {
    g_autofree char *p = signer_p(signer);
    g_autofree char *record = g_strconcat(tags, "p=", p, NULL);
    resolver_table_add(table, name, DNS_TXT, record);
}

static int set_up(void **state) {
    (void)state;
    rsa = signer_rsa(1024);
    small = signer_rsa(512);
    ed25519 = signer_ed25519();
    table = resolver_new_table();
    publish("s1._domainkey.news.example", &rsa, "k=rsa; ");
    publish("small._domainkey.news.example", &small, "");
    publish("other._domainkey.news.example", &rsa, "k=dsa; ");
    publish("ed._domainkey.news.example", &ed25519, "k=ed25519; ");
    publish("al._domainkey.news.example", &rsa, "g=al; ");
    publish("bo._domainkey.news.example", &rsa, "g=bo; ");
    publish("empty._domainkey.news.example", &rsa, "g=; ");
    publish("any._domainkey.news.example", &rsa, "v=DKIM1; g=*; ");
    publish("test._domainkey.news.example", &rsa, "t=y; ");
    publish("s1._domainkey.example", &rsa, "");
    publish("s1._domainkey.a.news.example", &rsa, "");
    resolver_table_add(table, "gone._domainkey.news.example", DNS_TXT, "p=");
    resolver_table_set(table, "down._domainkey.news.example", DNS_TXT, DNS_TEMPERROR,
                       DNSSEC_NOT_EVALUATED);
    resolver_table_add(table, "_domainkey.news.example", DNS_TXT, "t=y; o=-; n=all of it");
    resolver_table_add(table, "_domainkey.quiet.example", DNS_TXT, "o=~");
    publish("s1._domainkey.quiet.example", &rsa, "");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    signer_clear(&rsa);
    signer_clear(&small);
    signer_clear(&ed25519);
    resolver_free(table);
    return 0;
}

/* --- one message ----------------------------------------------------------------------------- */

static struct domainkeys_check *check_octets(GBytes *octets, uint32_t flags, guint *questions) {
    OWNED(message) message = message_new(octets, flags);
    OWNED(lookups) lookups = lookups_new(table);
    struct domainkeys_check *check = domainkeys_new(message);
    domainkeys_names(check, lookups);
    if (questions)
        *questions = lookups_count(lookups);
    domainkeys_verify(check, lookups, NULL);
    if (questions)
        assert_int_equal(lookups_count(lookups), *questions); /* none later */
    return check;
}

static struct domainkeys_check *check_text(const char *text) {
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    return check_octets(octets, 0, NULL);
}

static void expect_text(const char *text, const char *reason) {
    OWNED(domainkeys_check) check = check_text(text);
    if (reason)
        assert_string_equal(dkim_reason_name(check->reason), reason);
    else
        assert_null(dkim_reason_name(check->reason));
    assert_int_equal(check->result == AUTH_PASS, reason == NULL);
}

/* A message of `header` and `body` under a signature over `fields`. */
static char *sign(const struct signer *signer, const char *tags, const char *const *fields,
                  const char *header, const char *body) {
    bool nofws = strstr(tags, "nofws") != NULL;
    g_autofree char *b = domainkeys_sign(signer, fields, body, nofws);
    return g_strconcat("DomainKey-Signature: ", tags, "b=", b, "\r\n", header, "\r\n", body, NULL);
}

static void expect(const char *tags, const char *reason) {
    g_autofree char *text = sign(&rsa, tags, both, FROM SUBJECT, BODY);
    expect_text(text, reason);
}

/* Signed as above, then the first `from` made `to`. */
static void expect_changed(const char *tags, const char *from, const char *to, const char *reason) {
    g_autofree char *text = sign(&rsa, tags, both, FROM SUBJECT, BODY);
    g_autoptr(GString) changed = g_string_new(text);
    assert_int_equal(g_string_replace(changed, from, to, 1), 1);
    expect_text(changed->str, reason);
}

/* --- what passes ----------------------------------------------------------------------------- */

static void unsigned_mail_asks_nothing(void **state) {
    (void)state;
    g_autoptr(GBytes) octets = g_bytes_new_static(FROM "\r\n", strlen(FROM "\r\n"));
    guint questions = 0;
    OWNED(domainkeys_check) check = check_octets(octets, 0, &questions);
    assert_int_equal(check->result, AUTH_NONE);
    assert_int_equal(questions, 0);
    assert_null(check->domain);
}

static void signatures_pass(void **state) {
    (void)state;
    expect(NOFWS, NULL);
    expect(SIMPLE, NULL);
    expect("d=news.example; s=s1; ", NULL); /* the defaults */
    expect("a=RSA-SHA1; c=Simple; q=DNS; d=News.Example; s=S1; ", NULL);
    g_autofree char *text = sign(&rsa, NOFWS, both, FROM SUBJECT, BODY);
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    guint questions = 0;
    OWNED(domainkeys_check) check = check_octets(octets, 0, &questions);
    assert_int_equal(questions, 2);
    assert_string_equal(check->domain, "news.example");
    assert_string_equal(check->selector, "s1");
    assert_true(check->testing); /* by the policy record */
    assert_string_equal(domainkeys_policy_name(check->policy), "all");
}

static void no_covered_octet_can_change(void **state) {
    (void)state;
    static const char *const forms[] = {NOFWS, SIMPLE};
    for (size_t form = 0; form < G_N_ELEMENTS(forms); form++) {
        g_autofree char *text = sign(&rsa, forms[form], both, FROM SUBJECT, BODY);
        size_t start = (size_t)(strstr(text, FROM) - text), tried = 0;
        for (size_t at = start; at < strlen(text); at++) {
            if (strchr(" \t\r\n", text[at]))
                continue;
            g_autofree char *bad = g_strdup(text);
            bad[at] = bad[at] == 'x' ? 'y' : 'x';
            OWNED(domainkeys_check) check = check_text(bad);
            assert_int_not_equal(check->result, AUTH_PASS);
            tried++;
        }
        assert_true(tried > 50);
    }
}

static void white_space(void **state) {
    (void)state;
    static const struct {
        const char *from, *to;
        bool simple;
    } changes[] = {
        {"a  folded", "a folded", false},      {"\r\n\tsubject", " subject", false},
        {"Hello  world", "Helloworld", false}, {"Bye.", "Bye. \t", false},
        {"Bye.", " B\ry\ne.", false},          {"Bye.\r\n", "Bye.", true},
        {"Bye.\r\n", "Bye.\r\n\r\n", true},    {"Bye.\r\n", "Bye.\r\n \t\r\n", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        expect_changed(NOFWS, changes[i].from, changes[i].to, NULL);
        expect_changed(SIMPLE, changes[i].from, changes[i].to,
                       changes[i].simple ? NULL : "signature");
    }
}

/* "If the body consists entirely of empty lines, then the header/body line is similarly ignored."
 */
static void empty_bodies(void **state) {
    (void)state;
    static const char *const forms[] = {NOFWS, SIMPLE};
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *text = sign(&rsa, forms[i], both, FROM SUBJECT, "");
        expect_text(text, NULL);
        g_autofree char *longer = g_strconcat(text, "\r\n\r\n", NULL);
        expect_text(longer, NULL);
        g_autofree char *headers = g_strndup(text, strlen(text) - 2); /* no empty line at all */
        expect_text(headers, NULL);
        g_autofree char *other = g_strconcat(text, "x", NULL);
        expect_text(other, "signature");
    }
}

/* --- which fields ---------------------------------------------------------------------------- */

static void fields_above_are_not_signed(void **state) {
    (void)state;
    g_autofree char *text = sign(&rsa, NOFWS, both, FROM SUBJECT, BODY);
    g_autofree char *above = g_strconcat("X-Added: y\r\n", text, NULL);
    expect_text(above, NULL);
    expect_changed(NOFWS, SUBJECT, SUBJECT "X-Added: y\r\n", "signature");
    expect_changed(NOFWS, FROM, "X-Added: y\r\n" FROM, "signature");
    expect_changed(NOFWS, SUBJECT, "", "signature");
}

static void h_names_the_fields(void **state) {
    (void)state;
    static const char *const from_only[] = {FROM, NULL};
    static const char *const turned[] = {SUBJECT, FROM, NULL};
    g_autofree char *a = sign(&rsa, NOFWS "h=From; ", from_only, FROM SUBJECT, BODY);
    expect_text(a, NULL);
    g_autofree char *b = sign(&rsa, NOFWS "h=subject : from; ", turned, FROM SUBJECT, BODY);
    expect_text(b, NULL);
    g_autofree char *c = sign(&rsa, NOFWS "h=from:subject:x-none; ", both, FROM SUBJECT, BODY);
    expect_text(c, NULL);
    g_autofree char *d = sign(&rsa, NOFWS "h=from:subject; ", turned, FROM SUBJECT, BODY);
    expect_text(d, "signature");
}

/* "a verifier must include all occurrences of that header": a name that stands there once means
 * every field; one that stands there n times, the last ones one by one and then the rest. */
static void h_and_several_fields_of_a_name(void **state) {
    (void)state;
    static const char one[] = "X: 1\r\n", two[] = "X: 2\r\n", three[] = "X: 3\r\n";
    static const char header[] = "X: 1\r\n" FROM "X: 2\r\nX: 3\r\n";
    static const char *const once[] = {FROM, one, two, three, NULL};
    static const char *const twice[] = {one, two, FROM, three, NULL};
    static const char *const often[] = {one, two, three, FROM, NULL};
    g_autofree char *a = sign(&rsa, NOFWS "h=from:x; ", once, header, BODY);
    expect_text(a, NULL);
    g_autofree char *b = sign(&rsa, NOFWS "h=x:from:x; ", twice, header, BODY);
    expect_text(b, NULL);
    g_autofree char *c = sign(&rsa, NOFWS "h=x:X:x:from; ", often, header, BODY);
    expect_text(c, NULL);
    g_autofree char *d = sign(&rsa, NOFWS "h=from:x:x:x:x; ", once, header, BODY);
    expect_text(d, NULL);
}

/* --- whose signature ------------------------------------------------------------------------- */

static void d_is_the_senders_or_a_parent(void **state) {
    (void)state;
    expect("c=nofws; d=example; s=s1; ", NULL);
    expect("c=nofws; d=a.news.example; s=s1; ", "not-of-sender");
    expect("c=nofws; d=quiet.example; s=s1; ", "not-of-sender");
    expect("c=nofws; d=ws.example; s=s1; ", "not-of-sender");
    static const char *const sender[] = {FROM, "Sender: l@quiet.example\r\n", NULL};
    g_autofree char *a = sign(&rsa, "c=nofws; d=quiet.example; s=s1; ", sender,
                              FROM "Sender: l@quiet.example\r\n", BODY);
    OWNED(domainkeys_check) check = check_text(a);
    assert_int_equal(check->result, AUTH_PASS);
    assert_string_equal(domainkeys_policy_name(check->policy), "some");
    assert_false(check->testing);
    g_autofree char *b = sign(&rsa, NOFWS, sender, FROM "Sender: l@quiet.example\r\n", BODY);
    expect_text(b, "not-of-sender");
}

static void the_sender_must_be_signed(void **state) {
    (void)state;
    static const char *const subject_only[] = {SUBJECT, NULL};
    g_autofree char *a = sign(&rsa, NOFWS "h=subject; ", subject_only, FROM SUBJECT, BODY);
    expect_text(a, "sender-not-signed");
    g_autofree char *b = sign(&rsa, NOFWS, both, FROM SUBJECT, BODY);
    g_autofree char *above = g_strconcat("Sender: al@news.example\r\n", b, NULL);
    expect_text(above, "sender-not-signed");
    static const char *const nobody[] = {SUBJECT, NULL};
    g_autofree char *c = sign(&rsa, NOFWS, nobody, SUBJECT, BODY);
    expect_text(c, "not-of-sender");
}

/* --- keys and fields that do not do ---------------------------------------------------------- */

static void keys(void **state) {
    (void)state;
    expect("c=nofws; d=news.example; s=al; ", NULL);
    expect("c=nofws; d=news.example; s=bo; ", "key-granularity");
    expect("c=nofws; d=news.example; s=empty; ", NULL);
    expect("c=nofws; d=news.example; s=any; ", NULL);
    expect("c=nofws; d=news.example; s=none; ", "key-not-found");
    expect("c=nofws; d=news.example; s=gone; ", "key-revoked");
    expect("c=nofws; d=news.example; s=down; ", "dns");
    expect("c=nofws; d=news.example; s=other; ", "key-algorithm");
    expect("c=nofws; d=news.example; s=ed; ", "key-algorithm");
    expect("c=nofws; d=news.example; s=small; ", "signature");
    g_autofree char *text =
        sign(&small, "c=nofws; d=news.example; s=small; ", both, FROM SUBJECT, BODY);
    expect_text(text, NULL); /* 512 bits: bare cryptography */
}

static void fields_that_cannot_be_read(void **state) {
    (void)state;
    expect("a=rsa-sha256; d=news.example; s=s1; ", "unknown-algorithm");
    expect("c=relaxed; d=news.example; s=s1; ", "canonicalization");
    expect("q=dns/txt; d=news.example; s=s1; ", "query-method");
    expect("d=news.example; ", "missing-tag");
    expect("s=s1; ", "missing-tag");
    expect("d=news..example; s=s1; ", "bad-domain");
    expect("d=news.example; s=; ", "bad-selector");
    expect("d=news.example; s=s1; s=s1; ", "duplicate-tag");
    expect("d=news.example; s=s1; h=; ", "syntax");
    expect("d=news.example; s=s1; h=from::subject; ", "syntax");
    expect("junk; d=news.example; s=s1; ", "syntax");
    expect_changed(NOFWS, "; b=", "; bb=", "missing-tag");
    expect_changed(NOFWS, "; b=", "; b=-", "syntax");
    g_autofree char *filler = g_strnfill(LIMIT_DOMAINKEYS_SIZE, 'x');
    g_autofree char *tags = g_strconcat(NOFWS "z=", filler, "; ", NULL);
    expect(tags, "too-large");
}

static void half_a_body_is_not_judged(void **state) {
    (void)state;
    g_autofree char *text = sign(&rsa, NOFWS, both, FROM SUBJECT, BODY);
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text) - 3);
    OWNED(domainkeys_check) check = check_octets(octets, MESSAGE_BODY_PARTIAL, NULL);
    assert_int_equal(check->result, AUTH_NOT_EVALUATED);
    assert_string_equal(dkim_reason_name(check->reason), "body-partial");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unsigned_mail_asks_nothing),
        cmocka_unit_test(signatures_pass),
        cmocka_unit_test(no_covered_octet_can_change),
        cmocka_unit_test(white_space),
        cmocka_unit_test(empty_bodies),
        cmocka_unit_test(fields_above_are_not_signed),
        cmocka_unit_test(h_names_the_fields),
        cmocka_unit_test(h_and_several_fields_of_a_name),
        cmocka_unit_test(d_is_the_senders_or_a_parent),
        cmocka_unit_test(the_sender_must_be_signed),
        cmocka_unit_test(keys),
        cmocka_unit_test(fields_that_cannot_be_read),
        cmocka_unit_test(half_a_body_is_not_judged),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
