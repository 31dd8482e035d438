/* SPDX-License-Identifier: MIT
 *
 * The big providers, each in the shape it writes: honest mail reads as it should, the same words
 * below the border count for nothing, and what is doubled, split or contradictory never raises. */
#include "profile_case.h"

/* What a forger would write under each: everything passes. */
#define PASSES                                                                                     \
    "dkim=pass header.d=a.example header.i=@a.example; spf=pass smtp.mailfrom=u@a.example; "       \
    "dmarc=pass header.from=a.example\r\n"

/* --- Yahoo and AOL ---------------------------------------------------------------------------- */

#define YAHOO_ID "atlas206.free.mail.ne1.yahoo.com"
#define YAHOO                                                                                      \
    "Received: from 10.222.142.150\r\n by " YAHOO_ID " with HTTPS; Fri, 21 Nov 2025 19:00:01 "     \
    "+0000\r\nReturn-Path: <u@a.example>\r\nX-Originating-Ip: [198.51.100.7]\r\n"                  \
    "Received-SPF: pass (domain of a.example designates 198.51.100.7 as permitted sender)\r\n"
#define YAHOO_END                                                                                  \
    "X-Apparently-To: me@ours.example; Fri, 21 Nov 2025 19:00:01 +0000\r\n"                        \
    "Received: from 198.51.100.7 (EHLO mail.a.example)\r\n by 10.222.142.150 with SMTPs;\r\n"      \
    " Fri, 21 Nov 2025 19:00:00 +0000\r\n"

static void yahoo_signed(void **state) {
    (void)state;
    assert_profile("yahoo", "1 dkim=pass/~a.example spf=pass/a.example dmarc=pass", YAHOO,
                   AR YAHOO_ID ";\r\n dkim=pass header.i=@a.example header.s=s1;\r\n spf=pass "
                               "smtp.mailfrom=a.example;\r\n dmarc=pass(p=NONE,sp=QUARANTINE) "
                               "header.from=a.example;\r\n",
                   YAHOO_END);
    assert_profile("yahoo",
                   "1 dkim=pass/~esp.example dkim=pass/~a.example spf=softfail/b.example dmarc=pass"
                   " p=reject",
                   YAHOO,
                   AR YAHOO_ID ";\r\n dkim=perm_fail header.i=@a.example header.s=old;\r\n"
                               " dkim=pass header.i=@esp.example header.s=s1 "
                               "arc_overridden_status=NOT_OVERRIDDEN;\r\n"
                               " dkim=pass header.i=@a.example header.s=@sel "
                               "arc_overridden_status=NOT_OVERRIDDEN;\r\n spf=softfail "
                               "smtp.mailfrom=b.example;\r\n dmarc=pass(p=REJECT) "
                               "header.from=a.example arc_overridden_status=NOT_OVERRIDDEN;\r\n",
                   YAHOO_END);
}

static void yahoo_words_of_its_own_say_nothing(void **state) {
    (void)state;
    assert_profile("yahoo", "1 spf=none/a.example", YAHOO,
                   AR YAHOO_ID "; dkim=unknown; spf=none smtp.mailfrom=a.example; dmarc=unknown "
                               "header.from=a.example;\r\n",
                   YAHOO_END);
    assert_profile("yahoo", "1", YAHOO,
                   AR YAHOO_ID "; dkim=dkim_pass header.i=@a.example; "
                               "dmarc=success(p=REJECT) header.from=a.example;\r\n",
                   YAHOO_END);
    /* An ARC chain spoke in place of the mechanism. */
    assert_profile("yahoo", "1 dkim=fail/~a.example", YAHOO,
                   AR YAHOO_ID "; dkim=fail header.i=@a.example; spf=pass smtp.mailfrom=a.example "
                               "arc_overridden_status=OVERRIDDEN; dmarc=pass(p=REJECT) "
                               "header.from=a.example arc_overridden_status=OVERRIDDEN;\r\n",
                   YAHOO_END);
}

static void yahoo_forged(void **state) {
    (void)state;
    assert_profile("yahoo", "1 dmarc=fail p=reject", YAHOO,
                   AR YAHOO_ID "; dkim=unknown; dmarc=fail(p=REJECT) header.from=a.example;\r\n",
                   AR YAHOO_ID "; " PASSES, YAHOO_END, AR YAHOO_ID "; " PASSES);
    assert_profile("yahoo", "0", YAHOO, YAHOO_END, AR YAHOO_ID "; " PASSES);
    assert_profile("yahoo", "0", YAHOO, AR "atlas1.yahoo.com.evil.example; " PASSES, YAHOO_END);
    assert_profile("yahoo", "0", YAHOO, AR "yahoo.com; " PASSES, YAHOO_END);
}

/* --- Fastmail --------------------------------------------------------------------------------- */

#define FAST_ID "phl-mx-04.messagingengine.com"
#define FAST_TOP                                                                                   \
    "Return-Path: <u@a.example>\r\n"                                                               \
    "Received: from phl-compute-02.internal (phl-compute-02.internal [10.202.2.42])\r\n\t by "     \
    "sloti1d1t06 (Cyrus 3.11.0) with LMTPA; Fri, 21 Nov 2025 14:00:03 -0500\r\n"                   \
    "Received: from phl-mx-04 ([10.202.2.203])\r\n  by phl-compute-02.internal (LMTPProxy); Fri, " \
    "21 Nov 2025 14:00:03 -0500\r\n"                                                               \
    "Received: from " FAST_ID " (localhost [127.0.0.1])\r\n\tby mailmx.phl.internal (Postfix) "    \
    "with ESMTP id A1; Fri, 21 Nov 2025 14:00:02 -0500 (EST)\r\n"                                  \
    "Received: from mailmx.phl.internal (localhost [127.0.0.1])\r\n    by " FAST_ID                \
    " (Authentication Milter) with ESMTP\r\n    id A2.B2; Fri, 21 Nov 2025 14:00:02 -0500\r\n"
#define FAST_EDGE                                                                                  \
    "Received: from mail.a.example (mail.a.example [198.51.100.7])\r\n\tby " FAST_ID               \
    " (Postfix) with ESMTPS id A3; Fri, 21 Nov 2025 14:00:01 -0500 (EST)\r\n"

static void fastmail_split_over_fields(void **state) {
    (void)state;
    assert_profile(
        "fastmail",
        "4 dkim=pass/a.example spf=pass/a.example dmarc=pass p=quarantine dis=none arc=none",
        FAST_TOP,
        AR FAST_ID ";\r\n    x-csa=none;\r\n    x-me-sender=none; x-ptr=pass "
                   "smtp.helo=h.a.example policy.ptr=h.a.example\r\n",
        AR FAST_ID ";\r\n    bimi=pass header.d=a.example header.selector=default "
                   "policy.authority=pass policy.mark-type=\"Registered Mark\" "
                   "policy.authority-uri=\r\n https://h.example/c.pem\r\n",
        AR FAST_ID "; arc=none (no signatures found)\r\n",
        AR FAST_ID ";\r\n    dkim=pass (2048-bit rsa key sha256) header.d=a.example "
                   "header.i=@a.example header.b=hr44hXYS header.a=rsa-sha256 header.s=s1 "
                   "x-bits=2048;\r\n    dmarc=pass policy.published-domain-policy=quarantine "
                   "policy.published-subdomain-policy=none policy.applied-disposition=none "
                   "policy.evaluated-disposition=none "
                   "(p=quarantine,sp=none,d=none,d.eval=none) policy.policy-from=p "
                   "header.from=a.example;\r\n    iprev=pass smtp.remote-ip=198.51.100.7 "
                   "(mail.a.example);\r\n    spf=pass smtp.mailfrom=u@a.example "
                   "smtp.helo=mail.a.example\r\n",
        FAST_EDGE);
    /* Its older shape, policy in the comment alone. */
    assert_profile("fastmail", "1 dmarc=fail p=reject dis=none", FAST_TOP,
                   AR FAST_ID "; dmarc=fail (p=reject,d=none) header.from=a.example\r\n",
                   FAST_EDGE);
}

static void fastmail_words_of_its_own(void **state) {
    (void)state;
    struct judged j = judge(FAST_TOP AR FAST_ID
                            "; senderid=pass header.from=a.example; iprev=pass "
                            "smtp.remote-ip=198.51.100.7; x-aligned-from=orgdomain_pass; "
                            "x-arc-dmarc=pass header.from=a.example; x-arc-dkim=pass "
                            "header.d=a.example\r\n" FAST_EDGE AR FAST_ID "; senderid=pass\r\n",
                            profile_rules("fastmail"), false);
    const struct authres_field *field = j.authres->field;
    assert_int_equal(field[0].result[0].known, AUTHRES_SENDER_ID);
    assert_true(span_eq(authres_property_find(&field[0].result[1], "policy.iprev"),
                        SPAN_LIT("198.51.100.7")));
    /* Where nobody believes it, nothing is renamed. */
    assert_int_equal(field[1].result[0].known, AUTHRES_OTHER);
    g_autofree char *text = said(&j);
    assert_string_equal(text, "1");
    clear(&j);
}

/* What it overrode by ARC is told, and is no failure for good; what it says of the sender's text
 * to itself is no method. */
static void fastmail_overrides(void **state) {
    (void)state;
    assert_profile("fastmail", "1 dmarc=fail p=reject dis=none", FAST_TOP,
                   AR FAST_ID "; dmarc=fail policy.published-domain-policy=reject "
                              "policy.applied-disposition=none "
                              "policy.evaluated-disposition=reject "
                              "policy.override-reason=trusted_forwarder "
                              "policy.arc-aware-result=pass policy.policy-from=p "
                              "header.from=a.example\r\n",
                   FAST_EDGE);
    assert_profile("fastmail", "0", FAST_TOP,
                   "X-ME-Authentication-Results: " FAST_ID "; x-vs=transactional:account score=20 "
                   "state=14; dkim=pass header.d=a.example\r\n",
                   FAST_EDGE);
    assert_profile("fastmail", "1", FAST_TOP,
                   AR FAST_ID "; x-tls=pass smtp.version=TLSv1.3; x-return-mx=pass "
                              "header.domain=a.example policy.is_org=yes; x-csa=none; "
                              "x-me-sender=none\r\n",
                   FAST_EDGE);
}

static void fastmail_forged(void **state) {
    (void)state;
    assert_profile("fastmail", "1 dmarc=fail p=reject dis=quarantine", FAST_TOP,
                   AR FAST_ID "; dmarc=fail policy.published-domain-policy=reject "
                              "policy.applied-disposition=quarantine policy.policy-from=p "
                              "header.from=a.example\r\n",
                   FAST_EDGE, AR FAST_ID "; " PASSES, FAST_TOP, AR FAST_ID "; " PASSES, FAST_EDGE);
    /* Mail from inside: a submission proxy writes no line of its own, so what follows it is the
     * sender's, be it the image of an mx host. */
    assert_profile("fastmail", "0",
                   "Received: from frontend2 ([10.202.2.161])\r\n  by compute2.internal (MEProxy); "
                   "Fri, 21 Nov 2025 14:00:00 -0500\r\n",
                   AR FAST_ID "; " PASSES, FAST_EDGE);
    /* Another customer's mail comes out of the same company. */
    assert_profile("fastmail", "0", FAST_TOP,
                   "Received: from wout4-smtp.messagingengine.com "
                   "(wout4-smtp.messagingengine.com [203.0.113.9])\r\n\tby " FAST_ID
                   " (Postfix) with ESMTPS id A4; Fri, 21 Nov 2025 14:00:00 -0500 (EST)\r\n",
                   AR FAST_ID "; " PASSES, FAST_EDGE);
}

/* --- Yandex ----------------------------------------------------------------------------------- */

#define YANDEX_ID "mail-nwsmtp-mxfront-production-main-60.iva.yp-c.yandex.net"
#define YANDEX                                                                                     \
    "Received: from postback11b.mail.yandex.net (postback11b.mail.yandex.net [2a02:6b8::8])\r\n"   \
    "\tby mail-notsolitesrv-production-main-2.sas.yp-c.yandex.net (notsolitesrv/Yandex) with "     \
    "LMTPS id g1; Fri, 21 Nov 2025 22:00:02 +0300\r\n"                                             \
    "Received: from " YANDEX_ID " (" YANDEX_ID " [IPv6:2a02:6b8::1])\r\n"                          \
    "\tby postback11b.mail.yandex.net (Yandex) with ESMTPS id 6690; Fri, 21 Nov 2025 22:00:01 "    \
    "+0300 (MSK)\r\n"                                                                              \
    "Received: from mail.a.example (mail.a.example [198.51.100.7])\r\n\tby " YANDEX_ID             \
    " (mxfront) with ESMTPS id K8oX;\r\n\tFri, 21 Nov 2025 22:00:00 +0300\r\nX-Yandex-Fwd: 1\r\n"
#define YANDEX_OLD                                                                                 \
    "Received: from mxfront3q.mail.yandex.net (localhost [127.0.0.1])\r\n\tby "                    \
    "mxfront3q.mail.yandex.net with LMTP id XH; Fri, 21 Nov 2025 22:00:02 +0300\r\n"               \
    "Received: from mail.a.example (mail.a.example [198.51.100.7])\r\n\tby "                       \
    "mxfront3q.mail.yandex.net (mxfront/Yandex) with ESMTPS id EG;\r\n\tFri, 21 Nov 2025 "         \
    "22:00:00 +0300\r\n\t(Client certificate not present)\r\nReturn-Path: u@a.example\r\n"         \
    "X-Yandex-Front: mxfront3q.mail.yandex.net\r\nX-Yandex-TimeMark: 1589233861.788\r\n"
#define YANDEX_AR                                                                                  \
    "; spf=pass (mxfront: domain of a.example designates 198.51.100.7 as permitted sender, "       \
    "rule=[ip4:198.51.100.0/24]) smtp.mail=u@a.example; dkim=pass header.i=@a.example\r\n"

static void yandex_writes_smtp_mail(void **state) {
    (void)state;
    static const char want[] = "1 dkim=pass/~a.example spf=pass/a.example";
    assert_profile("yandex", want, YANDEX, AR YANDEX_ID YANDEX_AR, "X-Yandex-Spam: 1\r\n");
    assert_profile("yandex", want, YANDEX_OLD, AR "mxfront3q.mail.yandex.net" YANDEX_AR,
                   "X-Yandex-Suid-Status: 1 1\r\nX-Yandex-Spam: 1\r\n");
    /* smtp.mail is nobody else's word for MAIL FROM, and the registered one goes first. */
    assert_own("generic", "1 dkim=pass/~a.example", AR "mx.ours.example" YANDEX_AR, EDGE);
    assert_profile("yandex", "1 spf=pass/b.example", YANDEX,
                   AR YANDEX_ID "; spf=pass smtp.mail=u@a.example smtp.mailfrom=u@b.example\r\n");
}

static void yandex_forged(void **state) {
    (void)state;
    /* It writes none for mail without signature and SPF; X-Yandex-Spam is always there. */
    assert_profile("yandex", "0", YANDEX, "X-Yandex-Spam: 4\r\n", AR YANDEX_ID YANDEX_AR,
                   "X-Yandex-Spam: 1\r\n");
    assert_profile("yandex", "1 spf=none/a.example", YANDEX,
                   AR YANDEX_ID "; spf=none smtp.mail=u@a.example\r\n", AR YANDEX_ID YANDEX_AR);
    assert_profile("yandex", "0", YANDEX, AR "yandex.net" YANDEX_AR);
}

/* --- Zoho, Mail.ru, GMX ----------------------------------------------------------------------- */

#define ZOHO_EDGE                                                                                  \
    "Return-Path: <u@a.example>\r\nReceived: from mail.a.example (mail.a.example "                 \
    "[198.51.100.7]) by mx.zohomail.eu\r\n\twith SMTPS id 17; Fri, 21 Nov 2025 20:00:00 +0100\r\n"
#define ZOHO                                                                                       \
    "Received-SPF: pass (zohomail.eu: domain of a.example) client-ip=198.51.100.7\r\n" AR          \
    "mx.zohomail.eu;\r\n\tdkim=pass;\r\n\tspf=pass (zohomail.eu: domain of a.example designates "  \
    "198.51.100.7 as permitted sender)  smtp.mailfrom=u@a.example;\r\n"

static void zoho_names_no_signer(void **state) {
    (void)state;
    static const char honest[] =
        ZOHO "\tdmarc=pass(p=none dis=none)  header.from=a.example\r\n"
             "ARC-Authentication-Results: i=1; mx.zohomail.eu;\r\n\tdmarc=fail header.from="
             "<u@a.example> (p=reject)\r\n" ZOHO_EDGE;
    assert_profile("zoho", "1 dkim=pass/? spf=pass/a.example dmarc=pass p=none dis=none", honest);
    struct judged j = judge(honest, profile_rules("zoho"), false);
    OWNED(statement) s = statement_new(j.authres, j.rules, "a.example", NULL);
    assert_null(statement_dkim_find(s, "a.example", SPAN_LIT("s1"), SPAN_LIT("abcdefgh")));
    clear(&j);
    assert_profile("zoho", "1 dkim=pass/? spf=pass/a.example dmarc=fail p=reject dis=quarantine",
                   ZOHO "\tdmarc=fail(p=reject dis=quarantine)  header.from=a.example\r\n",
                   ZOHO_EDGE, AR "mx.zohomail.eu; " PASSES);
    assert_profile("zoho", "0", ZOHO_EDGE, ZOHO, AR "mx.zohomail.eu; " PASSES);
    assert_profile("zoho", "0", AR "mx.zohomail.evil.example; " PASSES, ZOHO_EDGE);
}

#define MAILRU_EDGE                                                                                \
    "Received: from [198.51.100.7] (port=54884 helo=mail.a.example)\r\n\tby mx289.i.mail.ru with " \
    "esmtp (envelope-from <u@a.example>)\r\n\tid 1V; Fri, 21 Nov 2025 22:00:00 +0300\r\n"
#define MAILRU                                                                                     \
    AR "mxs.mail.ru; spf=pass (mx289.i.mail.ru: domain of a.example designates 198.51.100.7 as "   \
       "permitted sender) smtp.mailfrom=u@a.example smtp.helo=mail.a.example;\r\n\t "

static void mailru_only_above_the_border(void **state) {
    (void)state;
    assert_profile("mailru", "1 dkim=pass/a.example spf=pass/a.example dmarc=pass",
                   MAILRU "dkim=pass header.d=a.example; dmarc=pass header.from=u@a.example\r\n",
                   MAILRU_EDGE);
    assert_profile("mailru", "1 dkim=pass/~a.example spf=pass/a.example",
                   MAILRU "dkim=pass header.i=a.example\r\n", MAILRU_EDGE);
    assert_profile("mailru", "1 spf=none/a.example",
                   AR "mxs.mail.ru; spf=none () smtp.mailfrom=u@a.example smtp.helo=h.example\r\n",
                   MAILRU_EDGE);
    /* Below From and To its own field and a forged one look the same: neither counts. */
    assert_profile("mailru", "0", MAILRU_EDGE, "To: me@ours.example\r\n",
                   MAILRU "dkim=pass header.d=a.example; dmarc=pass header.from=u@a.example\r\n");
    /* The word of its submission servers has another id. */
    assert_profile("mailru", "0", AR "smtp47.i.mail.ru; auth=pass smtp.auth=u@a.example\r\n",
                   MAILRU_EDGE);
}

#define GMX_EDGE(host)                                                                             \
    "Received: from mail.a.example ([198.51.100.7]) by " host "\r\n (mxgmx103 [192.0.2.5]) with "  \
    "ESMTPS (Nemesis) id 1Me; Fri, 21 Nov 2025 20:00:00 +0100\r\n"

static void gmx_one_field_a_signature(void **state) {
    (void)state;
    assert_profile("gmx", "2 dkim=pass/~a.example dkim=pass/~esp.example",
                   "Return-Path: <u@a.example>\r\n",
                   AR " gmx.net; dkim=pass header.i=@a.example\r\n",
                   AR " gmx.net; dkim=pass header.i=@esp.example\r\n", GMX_EDGE("mx-ha.gmx.net"));
    assert_profile("gmx", "1 dkim=pass/~a.example", AR " web.de; dkim=pass header.i=@a.example\r\n",
                   GMX_EDGE("mx-ha.web.de"));
    assert_profile("gmx", "1 dkim=none/?", AR " gmx.net; dkim=none\r\n", GMX_EDGE("mx-ha.gmx.net"));
    assert_profile("gmx", "1 dkim=none/?", AR " gmx.net; dkim=none\r\n", GMX_EDGE("mx-ha.gmx.net"),
                   AR " gmx.net; dkim=pass header.i=@a.example\r\n");
    assert_profile("gmx", "2 CONTRADICTORY", AR " gmx.net; dkim=pass header.i=@a.example\r\n",
                   AR " gmx.net; dkim=fail header.i=@a.example\r\n", GMX_EDGE("mx-ha.gmx.net"));
}

/* --- Proton and Amazon ------------------------------------------------------------------------ */

#define PROTON AR "mail.protonmail.ch; "
#define PROTON_EDGE                                                                                \
    "Received: from mail.a.example (mail.a.example [198.51.100.7]) (using TLSv1.3 with cipher "    \
    "TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n by mailin043.protonmail.ch (Postfix) with ESMTPS " \
    "id 4b; Fri, 21 Nov 2025 19:00:00 +0000 (UTC)\r\n"

static void proton_says_it_twice(void **state) {
    (void)state;
    /* Two filters, one signature: the second result names it by header.b. */
    assert_profile("proton",
                   "5 dkim=pass/a.example dkim=pass/a.example spf=pass/a.example dmarc=pass p=none "
                   "dis=none arc=none",
                   "Return-Path: <u@a.example>\r\nDelivered-To: me@ours.example\r\n",
                   PROTON "dkim=pass (Good 2048 bit\r\n rsa-sha256 signature) header.d=a.example "
                          "header.a=rsa-sha256\r\n",
                   PROTON "dmarc=pass (p=none dis=none) header.from=a.example\r\n",
                   PROTON "spf=pass smtp.mailfrom=a.example\r\n",
                   PROTON "arc=none smtp.remote-ip=198.51.100.7\r\n",
                   PROTON "dkim=pass (2048-bit key) header.d=a.example header.i=@a.example "
                          "header.b=\"XFVjBFda\"\r\n",
                   PROTON_EDGE);
    assert_profile("proton", "2 dkim=fail/a.example dkim=fail/a.example",
                   PROTON "dkim=fail (Bad 0 bit rsa-sha256 signature.) header.d=a.example "
                          "header.a=rsa-sha256\r\n",
                   PROTON "dkim=fail reason=\"key not found in DNS\" (0-bit key) "
                          "header.d=a.example header.i=@a.example header.b=\"XFVjBFda\"\r\n",
                   PROTON_EDGE, PROTON PASSES);
    /* The two disagree: nobody knows. */
    assert_profile("proton", "2 CONTRADICTORY",
                   PROTON "dkim=pass (Good 2048 bit rsa-sha256 signature) header.d=a.example\r\n",
                   PROTON "dkim=fail (2048-bit key) header.d=a.example header.b=\"XFVjBFda\"\r\n",
                   PROTON_EDGE);
    assert_profile("proton", "0", PROTON_EDGE, PROTON PASSES);
}

#define SES                                                                                        \
    "Return-Path: <u@a.example>\r\nReceived: from mail.a.example (mail.a.example "                 \
    "[198.51.100.7])\r\n by inbound-smtp.us-east-1.amazonaws.com with SMTP id 8i\r\n for "         \
    "me@ours.example;\r\n Fri, 21 Nov 2025 19:00:00 +0000 (UTC)\r\n"                               \
    "X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\n"                                    \
    "Received-SPF: pass (spfCheck: domain of a.example) client-ip=198.51.100.7; "                  \
    "helo=h.example;\r\n"
#define SES_SPF                                                                                    \
    AR "amazonses.com;\r\n spf=pass (spfCheck: domain of a.example designates 198.51.100.7 as "    \
       "permitted sender) client-ip=198.51.100.7; envelope-from=u@a.example; helo=a.example;\r\n"

static void ses_writes_what_looks_like_methods(void **state) {
    (void)state;
    assert_profile("ses", "1 dkim=pass/~a.example dmarc=pass", SES,
                   SES_SPF " dkim=pass header.i=@a.example;\r\n dmarc=pass header.from=a.example;"
                           "\r\nX-SES-RECEIPT: AEFB\r\n");
    assert_profile("ses", "1 dkim=none/~unknown dmarc=fail", SES,
                   SES_SPF " dkim=none header.i=unknown;\r\n dmarc=fail header.from=a.example;\r\n"
                           "X-SES-RECEIPT: AEFB\r\n",
                   AR "amazonses.com; " PASSES);
    assert_profile("ses", "0", SES, "X-SES-RECEIPT: AEFB\r\n", AR "amazonses.com; " PASSES);
    /* A sender's name in place of these words would be a result: said twice, it says nothing. */
    assert_profile("ses", "1 dkim=none/~unknown CONTRADICTORY", SES,
                   AR "amazonses.com; spf=pass client-ip=198.51.100.7; envelope-from=u@b.example; "
                      "helo=x; dmarc=pass header.from=a.example; dkim=none header.i=unknown; "
                      "dmarc=fail header.from=a.example;\r\n");
}

/* Rows are found by their names and by their IMAP hosts; whoever counts below the border has ids.
 */
static void the_table_holds_together(void **state) {
    (void)state;
    guint n = 0;
    for (const struct profile *row; (row = profile_at(n)); n++) {
        assert_ptr_equal(profile_find(row->name), row);
        assert_true(*row->title);
        assert_true(!(row->flags & PROFILE_BELOW) || row->ids);
        assert_true(row->hosts || !row->ids);
        for (const char *const *host = row->imap_hosts; host && *host; host++)
            if (!strchr(*host, '*'))
                assert_ptr_equal(profile_for_imap_host(*host), row);
    }
    assert_int_equal(n, 17);
    static const char *const promised[] = {"google", "microsoft", "yahoo",  "icloud", "fastmail",
                                           "yandex", "zoho",      "mailru", "gmx",    "proton"};
    for (guint i = 0; i < G_N_ELEMENTS(promised); i++)
        assert_non_null(profile_find(promised[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yahoo_signed),
        cmocka_unit_test(yahoo_words_of_its_own_say_nothing),
        cmocka_unit_test(yahoo_forged),
        cmocka_unit_test(fastmail_split_over_fields),
        cmocka_unit_test(fastmail_words_of_its_own),
        cmocka_unit_test(fastmail_overrides),
        cmocka_unit_test(fastmail_forged),
        cmocka_unit_test(yandex_writes_smtp_mail),
        cmocka_unit_test(yandex_forged),
        cmocka_unit_test(zoho_names_no_signer),
        cmocka_unit_test(mailru_only_above_the_border),
        cmocka_unit_test(gmx_one_field_a_signature),
        cmocka_unit_test(proton_says_it_twice),
        cmocka_unit_test(ses_writes_what_looks_like_methods),
        cmocka_unit_test(the_table_holds_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
