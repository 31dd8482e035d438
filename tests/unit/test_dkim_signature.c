/* SPDX-License-Identifier: MIT
 *
 * auth/dkim_signature: what is read of a DKIM-Signature field, and the first thing wrong with it.
 */
#include "auth/dkim_signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define BH "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; "
#define GOOD "v=1; a=rsa-sha256; d=example.org; s=s1; h=From:To; b=AQID; " BH

struct parsed {
    struct message *message;
    struct dkim_signature *signature;
};

static struct parsed parse_octets(struct span value) {
    GString *text = g_string_new("DKIM-Signature: ");
    g_string_append_len(text, value.p, (gssize)value.n);
    g_string_append(text, "\r\n\r\n");
    g_autoptr(GBytes) octets = g_string_free_to_bytes(text);
    struct parsed p = {.message = message_new(octets, 0)};
    p.signature = dkim_signature_parse(p.message, 0);
    return p;
}

static void parsed_clear(struct parsed *p) {
    dkim_signature_free(p->signature);
    message_free(p->message);
}

static enum dkim_reason reason_of(struct span value) {
    struct parsed p = parse_octets(value);
    enum dkim_reason reason = p.signature->reason;
    parsed_clear(&p);
    return reason;
}

#define assert_reason(value, wanted)                                                               \
    assert_string_equal(dkim_reason_name(reason_of(SPAN_LIT(value))), wanted)

static void reads_all_tags(void **state) {
    (void)state;
    struct parsed p = parse_octets(SPAN_LIT(
        "v=1; a=Ed25519-SHA256; c=Relaxed/simple; d=Example.ORG;\r\n\ts=S1.sub; t=10; x=20; l=0;"
        "\r\n\tq=dns/txt:other; i=Joe=20=40x@Sub.example.org; z=From:a|To:b; unknown=x y;\r\n"
        "\th=From : to\r\n\t:SUBJECT; " BH "\r\n\tb= AQ\r\n\tID "));
    struct dkim_signature *s = p.signature;
    assert_int_equal(s->reason, DKIM_REASON_NONE);
    assert_string_equal(s->domain, "example.org");
    assert_string_equal(s->selector, "s1.sub");
    assert_string_equal(s->key_name, "s1.sub._domainkey.example.org");
    assert_string_equal(s->identity, "Joe @x@Sub.example.org");
    assert_true(s->i_below_d);
    assert_int_equal(s->algorithm, DKIM_ED25519_SHA256);
    assert_int_equal(s->header_canon, DKIM_RELAXED);
    assert_int_equal(s->body_canon, DKIM_SIMPLE);
    assert_true(s->limited);
    assert_int_equal(s->limit, 0);
    assert_int_equal(s->signed_at, 10);
    assert_int_equal(s->expires, 20);
    assert_int_equal(s->n_headers, 3);
    assert_true(span_eq(s->headers[1], SPAN_LIT("to")));
    assert_true(span_eq(s->headers[2], SPAN_LIT("SUBJECT")));
    assert_int_equal(s->n_b, 3);
    assert_memory_equal(s->b, "\x01\x02\x03", 3);
    assert_int_equal(s->body_hash[0], 0xda);
    assert_true(span_eq(s->own_b, SPAN_LIT(" AQ\r\n\tID ")));
    parsed_clear(&p);
}

static void knows_defaults(void **state) {
    (void)state;
    struct parsed p = parse_octets(SPAN_LIT(GOOD));
    assert_int_equal(p.signature->reason, DKIM_REASON_NONE);
    assert_string_equal(p.signature->identity, "@example.org");
    assert_false(p.signature->i_below_d);
    assert_int_equal(p.signature->header_canon, DKIM_SIMPLE);
    assert_int_equal(p.signature->body_canon, DKIM_SIMPLE);
    assert_false(p.signature->limited);
    assert_int_equal(p.signature->signed_at, -1);
    assert_int_equal(p.signature->expires, -1);
    parsed_clear(&p);
    p = parse_octets(SPAN_LIT(GOOD "c=relaxed"));
    assert_int_equal(p.signature->header_canon, DKIM_RELAXED);
    assert_int_equal(p.signature->body_canon, DKIM_SIMPLE);
    parsed_clear(&p);
}

static void required_tags(void **state) {
    (void)state;
    assert_reason("", "syntax");
    assert_reason("v=1", "missing-tag");
    assert_reason("a=rsa-sha256; d=example.org; s=s; h=From; b=AQID; " BH, "missing-tag");
    assert_reason("v=1; d=example.org; s=s; h=From; b=AQID; " BH, "missing-tag");
    assert_reason("v=1; a=rsa-sha256; s=s; h=From; b=AQID; " BH, "missing-tag");
    assert_reason("v=1; a=rsa-sha256; d=example.org; h=From; b=AQID; " BH, "missing-tag");
    assert_reason("v=1; a=rsa-sha256; d=example.org; s=s; b=AQID; " BH, "missing-tag");
    assert_reason("v=1; a=rsa-sha256; d=example.org; s=s; h=From; " BH, "missing-tag");
    assert_reason("v=1; a=rsa-sha256; d=example.org; s=s; h=From; b=AQID", "missing-tag");
    assert_reason(GOOD "v=1", "duplicate-tag");
    assert_reason(GOOD "z=1; z=1", "duplicate-tag");
    assert_reason(GOOD "1=2", "syntax");
    assert_reason(GOOD "z=a\0b", "syntax");
}

static void versions_and_algorithms(void **state) {
    (void)state;
    static const char rest[] = "; d=example.org; s=s; h=From; b=AQID; " BH;
    static const struct {
        const char *start, *reason;
    } cases[] = {
        {"v=2; a=rsa-sha256", "version"},
        {"v=; a=rsa-sha256", "version"},
        {"v=01; a=rsa-sha256", "version"},
        {"v=1.0; a=rsa-sha256", "version"},
        {"v=1; a=rsa-sha1", "obsolete-algorithm"},
        {"v=1; a=RSA-SHA1", "obsolete-algorithm"},
        {"v=1; a=rsa-sha512", "unknown-algorithm"},
        {"v=1; a=rsa", "unknown-algorithm"},
        {"v=1; a=", "unknown-algorithm"},
        {"v=1; a=dsa-sha256", "unknown-algorithm"},
        {"v=1; a=ed25519-sha1", "unknown-algorithm"},
        {"v=1; a=rsa-sha256; c=nofws", "canonicalization"},
        {"v=1; a=rsa-sha256; c=relaxed/", "canonicalization"},
        {"v=1; a=rsa-sha256; c=/simple", "canonicalization"},
        {"v=1; a=rsa-sha256; c=simple/simple/simple", "canonicalization"},
        {"v=1; a=rsa-sha256; q=http", "query-method"},
        {"v=1; a=rsa-sha256; q=dns", "query-method"},
        {"v=1; a=rsa-sha256; q=", "query-method"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *value = g_strconcat(cases[i].start, rest, NULL);
        assert_string_equal(dkim_reason_name(reason_of(span_of(value))), cases[i].reason);
    }
}

#define NAMES(d, s, more) "v=1; a=rsa-sha256; h=From; b=AQID; " BH "d=" d "; s=" s more

static void domains_and_selectors(void **state) {
    (void)state;
    assert_reason(NAMES("", "s", ""), "bad-domain");
    assert_reason(NAMES("org", "s", ""), "bad-domain");
    assert_reason(NAMES("example.org.", "s", ""), "bad-domain");
    assert_reason(NAMES(".example.org", "s", ""), "bad-domain");
    assert_reason(NAMES("exa mple.org", "s", ""), "bad-domain");
    assert_reason(NAMES("exa_mple.org", "s", ""), "bad-domain");
    assert_reason(NAMES("example.org,evil.example", "s", ""), "bad-domain");
    assert_reason(NAMES("example.org", "", ""), "bad-selector");
    assert_reason(NAMES("example.org", "s s", ""), "bad-selector");
    assert_reason(NAMES("example.org", "s..s", ""), "bad-selector");
    assert_reason(NAMES("example.org", ".s", ""), "bad-selector");
    assert_reason(NAMES("example.org", "s.", ""), "bad-selector");
    assert_reason(NAMES("example.org", "s_1", ""), "bad-selector");
    assert_reason(NAMES("example.org", "s/1", ""), "bad-selector");
    assert_int_equal(reason_of(SPAN_LIT(NAMES("example.org", "20230601", ""))), DKIM_REASON_NONE);
    assert_int_equal(reason_of(SPAN_LIT(NAMES("1.2.example.org", "0.1", ""))), DKIM_REASON_NONE);
    /* 63 octets a label, 253 the name asked */
    assert_int_equal(reason_of(SPAN_LIT(NAMES("example.org",
                                              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                              "aaaaaaaaaaaaa",
                                              ""))),
                     DKIM_REASON_NONE);
    g_autofree char *label = g_strnfill(64, 'a');
    g_autofree char *long_label = g_strconcat(NAMES("example.org", "", ""), label, NULL);
    assert_int_equal(reason_of(span_of(long_label)), DKIM_BAD_SELECTOR);
    GString *many = g_string_new(NAMES("example.org", "a", ""));
    for (int i = 0; i < 115; i++) /* 1 + 2 * 115 + 23 octets: one too many */
        g_string_append(many, ".a");
    assert_int_equal(reason_of(span_make(many->str, many->len)), DKIM_BAD_SELECTOR);
    g_string_truncate(many, many->len - 2);
    assert_int_equal(reason_of(span_make(many->str, many->len)), DKIM_REASON_NONE);
    g_string_free(many, TRUE);
}

/* RFC 8616 §5: asked by A-labels whatever was sent. */
static void u_labels_become_a_labels(void **state) {
    (void)state;
    struct parsed p =
        parse_octets(SPAN_LIT(NAMES("b\xc3\xbc"
                                    "cher.example",
                                    "s\xc3\xa9l", "; i=j\xc3\xb8rn@a.xn--bcher-kva.example")));
    assert_int_equal(p.signature->reason, DKIM_REASON_NONE);
    assert_string_equal(p.signature->domain, "xn--bcher-kva.example");
    assert_string_equal(p.signature->key_name, "xn--sl-bja._domainkey.xn--bcher-kva.example");
    assert_string_equal(p.signature->identity, "j\xc3\xb8rn@a.xn--bcher-kva.example");
    assert_true(p.signature->i_below_d);
    parsed_clear(&p);
    assert_reason(NAMES("b\xfc"
                        "cher.example",
                        "s", ""),
                  "bad-domain");
    assert_reason(NAMES("example.org", "s\xff", ""), "bad-selector");
    assert_reason(NAMES("example.org", "s", "; i=\xff@example.org"), "syntax");
}

static void identities(void **state) {
    (void)state;
    assert_reason(NAMES("example.org", "s", "; i="), "syntax");
    assert_reason(NAMES("example.org", "s", "; i=joe"), "syntax");
    assert_reason(NAMES("example.org", "s", "; i=joe@"), "syntax");
    assert_reason(NAMES("example.org", "s", "; i=joe=4@example.org"), "syntax");
    assert_reason(NAMES("example.org", "s", "; i=joe=0A@example.org"), "syntax");
    assert_reason(NAMES("example.org", "s", "; i=joe=00@example.org"), "syntax");
    assert_reason(NAMES("example.org", "s", "; i=@org"), "i-not-under-d");
    assert_reason(NAMES("example.org", "s", "; i=@evilexample.org"), "i-not-under-d");
    assert_reason(NAMES("sub.example.org", "s", "; i=@example.org"), "i-not-under-d");
    assert_reason(NAMES("example.org", "s", "; i=joe@example.org@evil.example"), "i-not-under-d");
    assert_int_equal(reason_of(SPAN_LIT(NAMES("example.org", "s", "; i=@EXAMPLE.org"))),
                     DKIM_REASON_NONE);
    assert_int_equal(
        reason_of(SPAN_LIT(NAMES("example.org", "s", "; i=\"a b\\\"\"@\r\n\tsub.example.org"))),
        DKIM_REASON_NONE);
}

#define HEADERS(h, more) "v=1; a=rsa-sha256; d=example.org; s=s; b=AQID; " BH "h=" h more

static void header_lists(void **state) {
    (void)state;
    assert_reason(HEADERS("", ""), "h-without-from");
    assert_reason(HEADERS("To:Subject", ""), "h-without-from");
    assert_reason(HEADERS("Resent-From", ""), "h-without-from");
    assert_reason(HEADERS("From:", ""), "syntax");
    assert_reason(HEADERS(":From", ""), "syntax");
    assert_reason(HEADERS("From::To", ""), "syntax");
    assert_reason(HEADERS("From:T o", ""), "syntax");
    assert_reason(HEADERS("From:T\xc3\xb8", ""), "syntax");
    GString *many = g_string_new(HEADERS("From", ""));
    for (int i = 1; i < LIMIT_DKIM_H; i++)
        g_string_append(many, ":x");
    assert_int_equal(reason_of(span_make(many->str, many->len)), DKIM_REASON_NONE);
    g_string_append(many, ":x");
    assert_int_equal(reason_of(span_make(many->str, many->len)), DKIM_TOO_LARGE);
    g_string_free(many, TRUE);
}

static void numbers_and_hashes(void **state) {
    (void)state;
    assert_reason(GOOD "t=x", "syntax");
    assert_reason(GOOD "t=-1", "syntax");
    assert_reason(GOOD "x=", "syntax");
    assert_reason(GOOD "x=1234567890123", "syntax"); /* 1*12DIGIT */
    assert_reason(GOOD "l=1.5", "syntax");
    assert_reason(GOOD "t=10; x=9", "expires-before-signed");
    assert_reason(GOOD "t=10; x=10", "expires-before-signed");
    assert_int_equal(reason_of(SPAN_LIT(GOOD "t=10; x=11; l=99999999999999999999999999")),
                     DKIM_REASON_NONE);
    assert_reason("v=1; a=rsa-sha256; d=example.org; s=s; h=From; b=AQID; bh=AQID",
                  "body-hash-length");
    assert_reason("v=1; a=rsa-sha256; d=example.org; s=s; h=From; b=AQID; bh=?", "syntax");
    assert_reason("v=1; a=rsa-sha256; d=example.org; s=s; h=From; b=; " BH, "syntax");
    assert_reason("v=1; a=rsa-sha256; d=example.org; s=s; h=From; b=A*; " BH, "syntax");
}

/* Where several things are wrong the first in reading order is told, and d= is known all the same.
 */
static void a_refusal_still_names_its_domain(void **state) {
    (void)state;
    struct parsed p =
        parse_octets(SPAN_LIT("v=1; a=rsa-sha1; d=example.org; s=s; h=To; b=A; bh=B"));
    assert_int_equal(p.signature->reason, DKIM_OBSOLETE_ALGORITHM);
    assert_string_equal(p.signature->domain, "example.org");
    assert_string_equal(p.signature->selector, "s");
    parsed_clear(&p);
}

static void large_fields_are_not_read(void **state) {
    (void)state;
    g_autofree char *filler = g_strnfill(LIMIT_DKIM_SIZE, 'x');
    g_autofree char *value = g_strconcat(GOOD "z=", filler, NULL);
    assert_int_equal(reason_of(span_of(value)), DKIM_TOO_LARGE);
}

static void every_reason_has_its_word(void **state) {
    (void)state;
    assert_null(dkim_reason_name(DKIM_REASON_NONE));
    for (int i = 1; i < DKIM_REASON__MAX; i++) {
        const char *name = dkim_reason_name((enum dkim_reason)i);
        assert_non_null(name);
        assert_int_not_equal(dkim_reason_result((enum dkim_reason)i), AUTH_PASS);
        for (int j = 1; j < i; j++)
            assert_string_not_equal(name, dkim_reason_name((enum dkim_reason)j));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_tags),
        cmocka_unit_test(knows_defaults),
        cmocka_unit_test(required_tags),
        cmocka_unit_test(versions_and_algorithms),
        cmocka_unit_test(domains_and_selectors),
        cmocka_unit_test(u_labels_become_a_labels),
        cmocka_unit_test(identities),
        cmocka_unit_test(header_lists),
        cmocka_unit_test(numbers_and_hashes),
        cmocka_unit_test(a_refusal_still_names_its_domain),
        cmocka_unit_test(large_fields_are_not_read),
        cmocka_unit_test(every_reason_has_its_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
