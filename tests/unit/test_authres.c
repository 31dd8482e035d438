/* SPDX-License-Identifier: MIT
 *
 * auth/authres_parse: the grammar of RFC 8601 §2.2 and what the receivers of the world write. */
#include "auth/authres.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void append(GString *out, struct span text) {
    g_string_append_len(out, text.p, (gssize)text.n);
}

/* The field as one line: id [version] | method[/version]=word[!] {reason} (comment) name=value … —
 * "!" marks what no verdict may rest on. */
static char *described(struct span value) {
    OWNED(authres) authres = authres_parse(value);
    const struct authres_field *field = &authres->field[0];
    GString *out = g_string_new(NULL);
    append(out, field->id.p ? field->id : SPAN_LIT("-"));
    if (field->version != 1)
        g_string_append_printf(out, " %u", field->version);
    static const struct {
        uint32_t flag;
        const char *text;
    } flags[] = {{AUTHRES_BAD_ID, " BAD"},
                 {AUTHRES_UNCLOSED, " UNCLOSED"},
                 {AUTHRES_DROPPED, " DROPPED"},
                 {AUTHRES_CUT, " CUT"}};
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        g_string_append(out, field->flags & flags[i].flag ? flags[i].text : "");
    for (guint i = 0; i < field->n_results; i++) {
        const struct authres_result *result = &field->result[i];
        g_string_append(out, " | ");
        append(out, result->method);
        if (result->version != 1)
            g_string_append_printf(out, "/%u", result->version);
        g_string_append_c(out, '=');
        append(out, result->word);
        if (result->result == AUTH_NOT_EVALUATED)
            g_string_append_c(out, '!');
        if (result->reason.p) {
            g_string_append(out, " {");
            append(out, result->reason);
            g_string_append_c(out, '}');
        }
        if (result->comment.p) {
            g_string_append(out, " (");
            append(out, result->comment);
            g_string_append_c(out, ')');
        }
        for (guint j = 0; j < result->n_properties; j++) {
            g_string_append_c(out, ' ');
            append(out, result->property[j].name);
            g_string_append_c(out, '=');
            append(out, result->property[j].value);
        }
    }
    return g_string_free(out, FALSE);
}

struct sample {
    const char *value, *described;
};

static void assert_samples(const struct sample *samples, size_t n) {
    for (size_t i = 0; i < n; i++) {
        g_autofree char *got = described(span_of(samples[i].value));
        assert_string_equal(got, samples[i].described);
    }
}

static void grammar(void **state) {
    (void)state;
    static const struct sample samples[] = {
        {"mx.example; none", "mx.example"},
        {" mx.example 1 ; NONE ", "mx.example"},
        {"mx.example;none;", "mx.example"},
        {"mx.example", "mx.example"},
        {"\"mx.example\"; none", "mx.example"},
        {"(a) mx.example (b) 1 (c) ; (d) none (e)", "mx.example"},
        {"mx.example 2; dkim=pass", "mx.example 2 | dkim=pass"},
        {"mx.example; SPF=Pass SMTP.MailFrom=U@A.example", "mx.example | spf=pass "
                                                           "smtp.mailfrom=U@A.example"},
        {"mx.example;\r\n\tdkim\r\n\t=\r\n\tpass\r\n\theader.d\r\n\t=\r\n\ta.example",
         "mx.example | dkim=pass header.d=a.example"},
        {"mx.example; dkim(c1) / (c2) 1 (c3) = (c4) pass (c5) reason (c6) = (c7) \"x y\" (c8) "
         "header (c9) . (c10) d = a.example",
         "mx.example | dkim=pass {x y} (c1 c2 c3 c4 c5 c6 c7 c8) header.d=a.example"},
        {"mx.example; dkim/2=pass header.d=a.example", "mx.example | dkim/2=pass! "
                                                       "header.d=a.example"},
        {"mx.example; dkim=fail reason=\"a \\\"b\\\\ \\(c;\" header.d=\"a.example\"",
         "mx.example | dkim=fail {a \"b\\ (c;} header.d=a.example"},
        {"mx.example; dkim=fail reason=\"two\r\n lines\" (and\r\n two)",
         "mx.example | dkim=fail {two lines} (and two)"},
        {"mx.example; spf=pass smtp.mailfrom=\"j ; d\"@a.example x.y=1",
         "mx.example | spf=pass smtp.mailfrom=\"j ; d\"@a.example x.y=1"},
        {"mx.example; dkim=pass header.d=a.example header.D=a.example",
         "mx.example | dkim=pass header.d=a.example"},
        {"mx.example; dkim=pass header.d=a.example header.D=b.example", "mx.example DROPPED"},
        {"mx.example; dkim=pass (a (nested (comment)) \\) ; dmarc=pass) header.d=a.example",
         "mx.example | dkim=pass (a (nested (comment)) ) ; dmarc=pass) header.d=a.example"},
        {"mx.example; tls=pass smtp.TLSversion=TLSv1.3", "mx.example | tls=pass! "
                                                         "smtp.tlsversion=TLSv1.3"},
        {"mx.example; iprev=pass policy.iprev=\"2001:db8::1\" (h.example)",
         "mx.example | iprev=pass (h.example) policy.iprev=2001:db8::1"},
        {"foo.example (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for "
         "it) fail\r\n policy (A dot can go here) . (like that) expired\r\n (this surprised me) = "
         "(as I wasn't expecting it) 1362471462",
         "foo.example | dkim=fail (Because I like it One yay wait for it A dot can go here like "
         "that this surprised me as I wasn't expecting it) policy.expired=1362471462"},
    };
    assert_samples(samples, G_N_ELEMENTS(samples));
}

/* One bad result costs itself; what follows is read (verdict.md). */
static void bad_results_are_dropped_alone(void **state) {
    (void)state;
    static const struct sample samples[] = {
        {"mx.example; =pass; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; dkim==pass header.d=x; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; dkim; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; dkim=; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; dkim=pass header.d; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; dkim=pass garbage here=1; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; dkim=\"pass\"; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; dkim=pass header.d=a\"; dmarc=pass\"; spf=pass", "mx.example DROPPED | "
                                                                       "spf=pass"},
        {"mx.example; dkim=pass ) (; dmarc=pass) x; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; dkim=pa\x01ss; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; dkim=pass header.d=a.example\\; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; dkim/x=pass; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; dkim/12345=pass; spf=pass", "mx.example DROPPED | spf=pass"},
        {"mx.example; none; spf=pass", "mx.example | spf=pass"},
        {"mx.example; spf=pass;;; ;", "mx.example | spf=pass"},
    };
    assert_samples(samples, G_N_ELEMENTS(samples));
    g_autofree char *nul = described(span_make("mx.example; dkim=pass\0 header.d=x; spf=pass", 43));
    assert_string_equal(nul, "mx.example DROPPED | spf=pass");
}

static void only_the_unclosed_makes_it_unusable(void **state) {
    (void)state;
    static const struct sample samples[] = {
        {"mx.example; spf=pass; dkim=pass (open; dmarc=pass", "mx.example UNCLOSED DROPPED | "
                                                              "spf=pass"},
        {"mx.example; dkim=pass reason=\"open; dmarc=pass", "mx.example UNCLOSED DROPPED"},
        {"mx.example; dkim=pass header.d=(x; spf=fail", "mx.example UNCLOSED DROPPED"},
        {"mx.example; dkim=pass (x\\)", "mx.example UNCLOSED DROPPED"},
        {"mx.example; dkim=pass reason=\"x\\\"", "mx.example UNCLOSED DROPPED"},
        {"mx.example; bad \"open; spf=pass", "mx.example UNCLOSED DROPPED"},
        {"mx.example (open; spf=pass", "- BAD UNCLOSED"},
        {"\"mx.example; spf=pass", "- BAD UNCLOSED"},
        {"(open", "- BAD UNCLOSED"},
        {"mx.example; x=pass ((((((((((((((((deep))))))))))))))))",
         "mx.example | x=pass! "
         "((((((((((((((((deep))))))))))))))))"},
        {"mx.example; x=pass (((((((((((((((((deep)))))))))))))))))",
         "mx.example UNCLOSED DROPPED"},
    };
    assert_samples(samples, G_N_ELEMENTS(samples));
}

static void ids(void **state) {
    (void)state;
    static const struct sample samples[] = {
        {"", "- BAD"},
        {"   ", "- BAD"},
        {"; dkim=pass", "- BAD | dkim=pass"},
        {"mx (x).example; dkim=pass", "- BAD | dkim=pass"},
        {"mx example; dkim=pass", "- BAD | dkim=pass"},
        {"mx.example spf=pass; dkim=pass", "- BAD | dkim=pass"},
        {"mx.example 1x; dkim=pass", "- BAD | dkim=pass"},
        {"ex\xc3\xa4mple.org; none", "- BAD"},
        {"\"ex\xc3\xa4mple.org\"; none", "ex\xc3\xa4mple.org"},
        {"mx.example/4Zx; dkim=pass", "mx.example/4Zx | dkim=pass"},
        {"mx.example.; dkim=pass", "mx.example. | dkim=pass"},
        {"dkim=pass header.d=a.example; spf=pass", "- | dkim=pass header.d=a.example | spf=pass"},
        {"dkim / 1 = pass", "- | dkim=pass"},
        {"dkim/1=pass", "- | dkim=pass"},
    };
    assert_samples(samples, G_N_ELEMENTS(samples));
    OWNED(authres) microsoft = authres_parse(SPAN_LIT("spf=pass; dkim=pass"));
    assert_int_equal(microsoft->field[0].flags, AUTHRES_NO_ID);
}

/* The shapes of standards.md, in words and domains of our own. */
static void receivers(void **state) {
    (void)state;
    static const struct sample samples[] = {
        /* Gmail */
        {"mx.google.com;\r\n       dkim=pass header.i=@a.example header.s=s1 "
         "header.b=ab12+/cd;\r\n       spf=pass (google.com: domain of u@a.example designates "
         "192.0.2.1 as permitted sender) smtp.mailfrom=u@a.example;\r\n       dmarc=pass (p=REJECT "
         "sp=REJECT dis=NONE) header.from=a.example",
         "mx.google.com | dkim=pass header.i=@a.example header.s=s1 header.b=ab12+/cd | spf=pass "
         "(google.com: domain of u@a.example designates 192.0.2.1 as permitted sender) "
         "smtp.mailfrom=u@a.example | dmarc=pass (p=REJECT sp=REJECT dis=NONE) "
         "header.from=a.example"},
        {"mx.google.com; arc=pass (i=1 spf=pass spfdomain=a.example dkim=pass); gateway.spf=pass "
         "(x) smtp.remote-ip=192.0.2.1 policy.d=1; dara=pass header.i=@g.example; dkim=pass "
         "header.b=\"Kf/yv26g\"",
         "mx.google.com | arc=pass (i=1 spf=pass spfdomain=a.example dkim=pass) | gateway.spf=pass!"
         " (x) smtp.remote-ip=192.0.2.1 policy.d=1 | dara=pass! header.i=@g.example | dkim=pass "
         "header.b=Kf/yv26g"},
        /* Microsoft: no id, no space after ";", stray domains, empty value, its own words */
        {"spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=a.example; dkim=pass (signature was "
         "verified)\r\n header.d=a.example;dmarc=pass action=none\r\n "
         "header.from=a.example;compauth=pass reason=100",
         "- | spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example | dkim=pass (signature was "
         "verified) header.d=a.example | dmarc=pass action=none header.from=a.example | "
         "compauth=pass! {100}"},
        {"spf=none smtp.mailfrom=a.example; ours.example; dkim=none (message not signed) "
         "header.d=none;ours.example; dmarc=bestguesspass action=none header.from=;",
         "- DROPPED | spf=none smtp.mailfrom=a.example | dkim=none (message not signed) "
         "header.d=none | dmarc=bestguesspass! action=none header.from="},
        {"dkim=timeout (key query timeout) header.d=a.example",
         "- | dkim=timeout! (key query timeout) header.d=a.example"},
        {"ours.example; dkim=none (message not signed) header.d=none;ours.example; dmarc=none "
         "action=none header.from=a.example;",
         "ours.example DROPPED | dkim=none (message not signed) header.d=none | dmarc=none "
         "action=none header.from=a.example"},
        /* iCloud */
        {"bimi.icloud.com; bimi=skipped reason=\"insufficient dmarc\"",
         "bimi.icloud.com | bimi=skipped! {insufficient dmarc}"},
        /* Yahoo: no space before "(", ";" at the end, underscores */
        {"atlas1.mail.example; dkim=dkim_pass header.i=@a.example header.s=@s1; spf=pass "
         "smtp.mailfrom=a.example; dmarc=success(p=REJECT,sp=NONE) header.from=a.example;",
         "atlas1.mail.example | dkim=dkim_pass! header.i=@a.example header.s=@s1 | spf=pass "
         "smtp.mailfrom=a.example | dmarc=success! (p=REJECT,sp=NONE) header.from=a.example"},
        /* Fastmail: fold after "=", unquoted URL, property without ptype */
        {"mx1.messagingengine.com; bimi=pass policy.authority-uri=\r\n "
         "https://h.example/c.pem?a=b policy.mark-type=\"Registered Mark\"; dkim=pass (2048-bit "
         "rsa key) header.a=rsa-sha256 x-bits=2048; dmarc=pass policy.applied-disposition=none "
         "(p=quarantine,d=none,d.eval=none) policy.policy-from=p header.from=a.example",
         "mx1.messagingengine.com | bimi=pass policy.authority-uri=https://h.example/c.pem?a=b "
         "policy.mark-type=Registered Mark | dkim=pass (2048-bit rsa key) header.a=rsa-sha256 "
         "x-bits=2048 | dmarc=pass (p=quarantine,d=none,d.eval=none) "
         "policy.applied-disposition=none policy.policy-from=p header.from=a.example"},
        /* Proton: reason before comment; Zoho: two spaces, address in angle brackets */
        {"mail.protonmail.ch; dkim=fail reason=\"key not found in DNS\" (0-bit key) "
         "header.d=a.example header.b=\"XFVjBFda\"",
         "mail.protonmail.ch | dkim=fail {key not found in DNS} (0-bit key) header.d=a.example "
         "header.b=XFVjBFda"},
        {"mx.zohomail.eu; dkim=pass; spf=pass (x)  smtp.mailfrom=<u@a.example>; dmarc=pass(p=none "
         "dis=none)  header.from=<u@a.example>",
         "mx.zohomail.eu | dkim=pass | spf=pass (x) smtp.mailfrom=<u@a.example> | dmarc=pass "
         "(p=none dis=none) header.from=<u@a.example>"},
        /* mail.ru, Yandex, GMX */
        {"mxs.mail.ru; spf=none () smtp.mailfrom=u@a.example smtp.helo=h.a.example; dkim=pass "
         "header.i=a.example; dmarc=pass header.from=u@a.example",
         "mxs.mail.ru | spf=none () smtp.mailfrom=u@a.example smtp.helo=h.a.example | dkim=pass "
         "header.i=a.example | dmarc=pass header.from=u@a.example"},
        {"vla1.yandex.net; spf=pass (vla1: domain, rule=[ip6:2001:db8::/36]) "
         "smtp.mail=u@a.example; dkim=pass header.i=@a.example",
         "vla1.yandex.net | spf=pass (vla1: domain, rule=[ip6:2001:db8::/36]) "
         "smtp.mail=u@a.example | dkim=pass header.i=@a.example"},
        {"  gmx.net; dkim=pass header.i=@a.example", "gmx.net | dkim=pass header.i=@a.example"},
        /* Amazon SES: key=values that look like methods; Exim; Japan */
        {"amazonses.example; spf=pass (spfCheck: ok) client-ip=192.0.2.1; "
         "envelope-from=u@a.example; helo=h.a.example; dkim=pass header.i=@a.example;",
         "amazonses.example DROPPED | spf=pass (spfCheck: ok) client-ip=192.0.2.1 | "
         "helo=h.a.example! | dkim=pass header.i=@a.example"},
        {"mx.example; arc=pass (i=2)(reason) header.s=s1 arc.oldest-pass=0 "
         "smtp.remote-ip=192.0.2.1; dkim=tmperror (pubkey unavailable); local=pass (non-smtp, "
         "host) u=user",
         "mx.example | arc=pass (i=2 reason) header.s=s1 arc.oldest-pass=0 "
         "smtp.remote-ip=192.0.2.1 | dkim=tmperror! (pubkey unavailable) | local=pass! (non-smtp, "
         "host) u=user"},
        {"mx.example; spf=hardfail smtp.mailfrom=a.example; dkim=hardfail header.d=a.example; "
         "dkim=pass (2048-bit key)header.i=@a.example ; sender-id=pass header.from=a.example",
         "mx.example | spf=hardfail smtp.mailfrom=a.example | dkim=hardfail header.d=a.example | "
         "dkim=pass (2048-bit key) header.i=@a.example | sender-id=pass header.from=a.example"},
    };
    assert_samples(samples, G_N_ELEMENTS(samples));
}

static void words_are_those_of_the_method(void **state) {
    (void)state;
    static const struct {
        const char *value;
        enum authres_method known;
        enum auth_result result;
    } cases[] = {
        {"m; dkim=pass", AUTHRES_DKIM, AUTH_PASS},
        {"m; dkim=softfail", AUTHRES_DKIM, AUTH_NOT_EVALUATED},
        {"m; spf=softfail", AUTHRES_SPF, AUTH_SOFTFAIL},
        {"m; spf=hardfail", AUTHRES_SPF, AUTH_FAIL},
        {"m; dkim=hardfail", AUTHRES_DKIM, AUTH_FAIL},
        {"m; dmarc=hardfail", AUTHRES_DMARC, AUTH_NOT_EVALUATED},
        {"m; auth=hardfail", AUTHRES_AUTH, AUTH_NOT_EVALUATED},
        {"m; dmarc=softfail", AUTHRES_DMARC, AUTH_NOT_EVALUATED},
        {"m; senderid=pass", AUTHRES_OTHER, AUTH_NOT_EVALUATED},
        {"m; dmarc=policy", AUTHRES_DMARC, AUTH_NOT_EVALUATED},
        {"m; dmarc=bestguesspass", AUTHRES_DMARC, AUTH_NOT_EVALUATED},
        {"m; dmarc=pass", AUTHRES_DMARC, AUTH_PASS},
        {"m; dmarc/3=pass", AUTHRES_OTHER, AUTH_NOT_EVALUATED},
        {"m; iprev=none", AUTHRES_IPREV, AUTH_NOT_EVALUATED},
        {"m; arc=reject", AUTHRES_ARC, AUTH_NOT_EVALUATED},
        {"m; x-dmarc=pass", AUTHRES_OTHER, AUTH_NOT_EVALUATED},
        {"m; dkim=temperror", AUTHRES_DKIM, AUTH_TEMPERROR},
        {"m; dkim=permerror", AUTHRES_DKIM, AUTH_PERMERROR},
        {"m; dkim=passed", AUTHRES_DKIM, AUTH_NOT_EVALUATED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(authres) authres = authres_parse(span_of(cases[i].value));
        assert_int_equal(authres->field[0].n_results, 1);
        assert_int_equal(authres->field[0].result[0].known, cases[i].known);
        assert_int_equal(authres->field[0].result[0].result, cases[i].result);
    }
}

static void limits_cut(void **state) {
    (void)state;
    GString *many = g_string_new("mx.example");
    for (guint i = 0; i < 70; i++)
        g_string_append(many, "; dkim=pass");
    OWNED(authres) results = authres_parse(span_make(many->str, many->len));
    assert_int_equal(results->field[0].n_results, 64);
    assert_true(results->field[0].flags & AUTHRES_CUT);
    g_string_assign(many, "mx.example; dkim=pass");
    for (guint i = 0; i < 40; i++)
        g_string_append_printf(many, " header.x%u=1", i);
    OWNED(authres) properties = authres_parse(span_make(many->str, many->len));
    assert_int_equal(properties->field[0].result[0].n_properties, 32);
    assert_true(properties->field[0].flags & AUTHRES_CUT);
    g_string_assign(many, "mx.example; dkim=pass header.d=");
    for (guint i = 0; i < 70000; i++)
        g_string_append_c(many, 'x');
    OWNED(authres) large = authres_parse(span_make(many->str, many->len));
    assert_true(large->field[0].flags & AUTHRES_CUT);
    assert_int_equal(large->field[0].n_results, 0);
    g_string_free(many, TRUE);
}

static void the_same_struct_parses_again(void **state) {
    (void)state;
    OWNED(authres) authres = authres_parse(SPAN_LIT("a.example; dkim=pass header.d=X (y\r\n z)"));
    for (guint i = 0; i < 100; i++) {
        authres_parse_again(authres, SPAN_LIT("b.example; DKIM=pass (y\r\n z); spf=fail"));
        assert_int_equal(authres->n, 1);
        assert_int_equal(authres->field[0].n_results, 2);
        assert_true(span_eq(authres->field[0].result[0].method, SPAN_LIT("dkim")));
        assert_true(span_eq(authres->field[0].result[0].comment, SPAN_LIT("y z")));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grammar),
        cmocka_unit_test(bad_results_are_dropped_alone),
        cmocka_unit_test(only_the_unclosed_makes_it_unusable),
        cmocka_unit_test(ids),
        cmocka_unit_test(receivers),
        cmocka_unit_test(words_are_those_of_the_method),
        cmocka_unit_test(limits_cut),
        cmocka_unit_test(the_same_struct_parses_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
