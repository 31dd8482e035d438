/* SPDX-License-Identifier: MIT
 *
 * Filters that people run on servers of their own, and two Japanese providers: what they write is
 * read, their words for nothing are nothing, and a signature just made is not one checked. */
#include "profile_case.h"

#define OURS AR "mx.ours.example; "
#define PASSES "dkim=pass header.d=a.example; dmarc=pass header.from=a.example\r\n"

static void exim(void **state) {
    (void)state;
    assert_own("exim", "1 dkim=pass/a.example spf=pass/a.example dmarc=pass arc=pass auth=pass",
               OURS
               "iprev=pass (mail.a.example) smtp.remote-ip=198.51.100.7;\r\n\tauth=pass "
               "(PLAIN) smtp.auth=u@a.example;\r\n\tspf=pass smtp.mailfrom=a.example;\r\n"
               "\tdkim=pass header.d=a.example header.s=s1 header.a=rsa-sha256;\r\n\tdmarc=pass "
               "header.from=a.example;\r\n\tarc=pass (i=2)(ams-failed) header.s=arc "
               "arc.oldest-pass=0 smtp.remote-ip=198.51.100.7\r\n",
               EDGE);
    assert_own("exim", "1", OURS "local=pass (non-smtp, mx.ours.example) u=www-data\r\n", EDGE);
    assert_own("exim", "1", OURS "dkim=tmperror (pubkey unavailable) header.d=a.example\r\n", EDGE);
    /* A record that the domain does not have; its other results stand. */
    assert_own("exim", "1",
               OURS "spf=pass (best guess record for domain) smtp.mailfrom=a.example\r\n", EDGE);
    assert_own("exim", "1 spf=neutral/a.example",
               OURS "spf=neutral (best guess record for domain) smtp.mailfrom=a.example\r\n", EDGE);
    /* Added at the end of the header, where everybody can write: not believed. */
    assert_own("exim", "0", EDGE "To: me@ours.example\r\n", OURS PASSES);
}

static void rspamd(void **state) {
    (void)state;
    static const char results[] =
        OURS "\r\n\tdkim=pass header.d=a.example header.s=s1 header.b=hr44hXYS;\r\n\tdmarc=fail "
             "reason=\"SPF not aligned (relaxed), No valid DKIM\" header.from=a.example "
             "(policy=reject);\r\n\tarc=reject (signature check failed: fail, {[1] = "
             "sig:a.example:reject});\r\n\tspf=pass (mx.ours.example: domain of u@a.example "
             "designates 198.51.100.7 as permitted sender) smtp.mailfrom=u@a.example\r\n";
    assert_own("rspamd", "1 dkim=pass/a.example spf=pass/a.example dmarc=fail p=reject", results,
               EDGE);
    assert_own("rspamd", "0", EDGE, results);
    assert_own("rspamd", "1 dmarc=fail",
               OURS "dmarc=fail reason=\"policy=reject\" header.from=a.example (no policy)\r\n",
               EDGE);
}

static void opendkim_and_opendmarc(void **state) {
    (void)state;
    assert_own("opendmarc", "3 dkim=pass/a.example spf=pass/a.example dmarc=pass p=none dis=none",
               AR "mx.ours.example/4ZxY; dmarc=pass (p=none dis=none) header.from=a.example\r\n",
               AR "mx.ours.example/4ZxY; spf=pass smtp.mailfrom=a.example\r\n",
               OURS "\r\n\tdkim=pass (2048-bit key; unprotected) header.d=a.example "
                    "header.i=@a.example header.b=\"gfT/i2HB\";\r\n\tdkim-atps=neutral\r\n",
               EDGE);
    assert_own("opendmarc", "1 dkim=fail/a.example",
               OURS "dkim=fail reason=\"signature verification failed\" (2048-bit key; secure) "
                    "header.d=a.example header.i=@a.example header.b=\"gfT/i2HB\"\r\n",
               EDGE);
    assert_own("opendmarc", "1", OURS "spf=tempfail smtp.mailfrom=a.example\r\n", EDGE);
    assert_own("opendmarc", "0", EDGE, AR "mx.ours.example/4ZxY; " PASSES);
}

static void a_job_number_is_part_of_no_other_id(void **state) {
    (void)state;
    static const struct {
        const char *id, *profile, *want;
    } cases[] = {
        {"mx.ours.example/4ZxY", "opendmarc", "1 dkim=pass/a.example dmarc=pass"},
        {"mx.ours.example/4ZxY", "generic", "0"},
        {"mx.ours.example/4ZxY", "rspamd", "0"},
        {"mx.ours.example/", "opendmarc", "0"},
        {"mx.ours.example/a/b", "opendmarc", "0"},
        {"\"mx.ours.example/a/b\"", "opendmarc", "0"},
        {"evil.example/mx.ours.example", "opendmarc", "0"},
        {"/mx.ours.example", "opendmarc", "0"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_own(cases[i].profile, cases[i].want, AR, cases[i].id, "; " PASSES, EDGE);
}

static void stalwart(void **state) {
    (void)state;
    assert_own("stalwart", "1 dkim=pass/a.example spf=pass/h.example dmarc=fail p=reject",
               OURS
               "\r\n\tdkim=pass header.d=a.example header.s=s1 header.b=hr44hXYS;\r\n\tspf=pass "
               "(mx.ours.example: domain of postmaster@h.example designates 198.51.100.7 as "
               "permitted sender) smtp.mailfrom=<> smtp.helo=h.example;\r\n\tiprev=pass "
               "policy.iprev=198.51.100.7;\r\n\tdmarc=fail header.from=a.example "
               "policy.dmarc=reject;\r\n\tdkim2=pass header.d=a.example header.i=1\r\n",
               EDGE);
    /* The null path alone names nobody. */
    assert_own("stalwart", "1", OURS "spf=pass smtp.mailfrom=<>\r\n", EDGE);
}

/* amavis puts it on mail going out: nobody has checked anything. */
static void signatures_just_made_vouch_for_nobody(void **state) {
    (void)state;
    assert_own("generic", "1",
               AR "mx.ours.example (amavisd-new);\r\n\tdkim=pass reason=\"pass (just generated, "
                  "assumed good)\" header.d=a.example\r\n",
               EDGE);
    assert_own("generic", "1",
               OURS
               "dkim=pass (1024-bit key) (just generated, assumed good) header.d=a.example\r\n",
               EDGE);
    assert_own("generic", "1", OURS "dkim=softfail (fail, message has been altered)\r\n", EDGE);
    assert_own("generic", "1 dkim=pass/a.example",
               AR "mx.ours.example (amavisd-new); dkim=pass (1024-bit key) header.d=a.example\r\n",
               EDGE);
}

static void japan(void **state) {
    (void)state;
    assert_own("arena", "2 dkim=pass/~a.example spf=pass/a.example",
               OURS "sender-id=pass header.from=u@a.example; spf=pass smtp.mfrom=u@a.example\r\n",
               OURS "dkim=pass (2048-bit key)header.i=@a.example ; x-dkim-adsp=pass\r\n", EDGE);
    assert_own("generic", "1", OURS "spf=pass smtp.mfrom=u@a.example\r\n", EDGE);
    assert_own("generic", "1 dkim=fail/a.example spf=fail/a.example",
               OURS "spf=hardfail smtp.mailfrom=u@a.example; dkim=hardfail header.d=a.example\r\n",
               EDGE);
    assert_own("generic", "1", OURS "dmarc=hardfail header.from=a.example\r\n", EDGE);
    /* "host spf=pass …" without ";" has no id, under whichever name (Alpha-web). */
    assert_own("generic", "0", AR "mx.ours.example spf=pass smtp.mailfrom=u@a.example\r\n", EDGE);
    assert_own("generic", "0",
               "X-AAMS-Authentication-Results: mx.ours.example spf=pass smtp.mailfrom=u@a.example; "
               "dkim=pass header.d=a.example\r\n",
               EDGE);
}

/* What a list server says of the chain it saw is not about us, and unknown properties are nothing.
 */
static void openarc(void **state) {
    (void)state;
    assert_own("generic", "1 arc=pass",
               OURS "arc=pass smtp.remote-ip=\"2001:db8::3\" arc.chain=a.example:b.example\r\n",
               EDGE);
    assert_own("generic", "0",
               AR "lists.example; arc=pass smtp.remote-ip=\"2001:db8::3\" arc.chain=a.example\r\n",
               EDGE);
}

/* Every way in which one method can be said twice, over fields and within one. */
static void said_twice(void **state) {
    (void)state;
    static const struct {
        const char *one, *two, *want;
    } cases[] = {
        {"spf=pass smtp.mailfrom=a.example", "spf=pass smtp.mailfrom=u@A.example",
         "spf=pass/a.example"},
        {"spf=pass smtp.mailfrom=a.example", "spf=fail smtp.mailfrom=a.example", "CONTRADICTORY"},
        {"spf=pass smtp.mailfrom=a.example", "spf=pass smtp.mailfrom=b.example", "CONTRADICTORY"},
        {"spf=pass smtp.mailfrom=a.example", "spf=hardpass smtp.mailfrom=a.example",
         "spf=pass/a.example"},
        {"dmarc=pass header.from=a.example", "dmarc=fail header.from=a.example", "CONTRADICTORY"},
        {"dmarc=pass header.from=a.example", "dmarc=fail header.from=b.example", "dmarc=pass"},
        {"dkim=pass header.d=a.example header.s=1", "dkim=fail header.d=a.example header.s=2",
         "dkim=pass/a.example dkim=fail/a.example"},
        {"dkim=pass header.d=a.example", "dkim=fail header.i=@a.example", "CONTRADICTORY"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *split = g_strconcat("2 ", cases[i].want, NULL);
        g_autofree char *joined = g_strconcat("1 ", cases[i].want, NULL);
        assert_own("generic", split, OURS, cases[i].one, "\r\n" OURS, cases[i].two, "\r\n", EDGE);
        assert_own("generic", joined, OURS, cases[i].one, "; ", cases[i].two, "\r\n", EDGE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exim),
        cmocka_unit_test(rspamd),
        cmocka_unit_test(opendkim_and_opendmarc),
        cmocka_unit_test(a_job_number_is_part_of_no_other_id),
        cmocka_unit_test(stalwart),
        cmocka_unit_test(signatures_just_made_vouch_for_nobody),
        cmocka_unit_test(japan),
        cmocka_unit_test(openarc),
        cmocka_unit_test(said_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
