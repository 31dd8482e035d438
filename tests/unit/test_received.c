/* SPDX-License-Identifier: MIT
 *
 * mail/hop and mail/received: the shapes of Received lines, and where the border lies. */
#include "mail/received.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void assert_span(struct span got, const char *want) {
    g_autofree char *text = span_dup(got);
    assert_string_equal(text, want);
}

struct shape {
    const char *line, *from, *reverse, *ip, *by, *with, *version, *cipher;
    uint32_t flags; /* apart from HOP_TIME */
};

#define DATE "; Fri, 21 Nov 2025 20:00:00 +0100 (CET)"

static const struct shape shapes[] = {
    {"from mail.a.example (mx.a.example [192.0.2.1])\r\n\t(using TLSv1.3 with cipher "
     "TLS_AES_256_GCM_SHA384 (256/256 bits)\r\n\t key-exchange X25519 server-signature RSA-PSS "
     "(2048 bits) server-digest SHA256)\r\n\t(No client certificate requested)\r\n\tby "
     "mx.ours.example (Postfix) with ESMTPS id 4a\r\n\tfor <me@ours.example>" DATE,
     "mail.a.example", "mx.a.example", "192.0.2.1", "mx.ours.example", "ESMTPS", "TLSv1.3",
     "TLS_AES_256_GCM_SHA384", HOP_TLS | HOP_NAME_CHECKED},
    {"from mail.a.example (unknown [IPv6:2001:db8::1])\r\n by mx.ours.example (Postfix) with ESMTP "
     "id 4a for <me@ours.example>" DATE,
     "mail.a.example", "", "2001:db8::1", "mx.ours.example", "ESMTP", "", "", 0},
    {"from [10.0.0.7] (dsl.isp.example [198.51.100.9])\r\n\t(Authenticated sender: "
     "me@ours.example)\r\n\tby mx.ours.example (Postfix) with ESMTPSA id 4a" DATE,
     "[10.0.0.7]", "dsl.isp.example", "198.51.100.9", "mx.ours.example", "ESMTPSA", "", "",
     HOP_TLS | HOP_AUTHENTICATED | HOP_NAME_CHECKED},
    {"from mx.a.example ([192.0.2.1]:25 helo=mail.a.example)\r\n\tby mx.ours.example with esmtps  "
     "(TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n\t(Exim 4.96)\r\n\t(envelope-from "
     "<u@a.example>)\r\n\tid 1abc-2\r\n\tfor me@ours.example" DATE,
     "mail.a.example", "mx.a.example", "192.0.2.1", "mx.ours.example", "esmtps", "TLS1.3",
     "TLS_AES_256_GCM_SHA384", HOP_TLS | HOP_NAME_CHECKED},
    {"from mx.a.example ([192.0.2.1]) by mx.ours.example with esmtpsa "
     "(TLS1.2:ECDHE_RSA_AES_128_GCM_SHA256:128) (Exim 4.86_2) id 1" DATE,
     "mx.a.example", "mx.a.example", "192.0.2.1", "mx.ours.example", "esmtpsa", "TLS1.2",
     "ECDHE_RSA_AES_128_GCM_SHA256", HOP_TLS | HOP_AUTHENTICATED | HOP_NAME_CHECKED},
    {"from [192.0.2.1] (port=4711 helo=mail.a.example) by mx.ours.example with esmtp (Exim 4.96) "
     "id 1" DATE,
     "mail.a.example", "", "192.0.2.1", "mx.ours.example", "esmtp", "", "", 0},
    {"from [192.0.2.1] by mx.ours.example with smtp (Exim 4.96) id 1" DATE, "[192.0.2.1]", "",
     "192.0.2.1", "mx.ours.example", "smtp", "", "", 0},
    {"from [192.0.2.1] by mx.ours.example with SMTP id 1" DATE, "[192.0.2.1]", "", NULL,
     "mx.ours.example", "SMTP", "", "", 0},
    {"from mail.a.example (mx.a.example [192.0.2.1] (may be forged)) by mx.ours.example "
     "(8.17.1/8.17.1) with ESMTPS id 5 (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 "
     "verify=NO)" DATE,
     "mail.a.example", "mx.a.example", "192.0.2.1", "mx.ours.example", "ESMTPS", "TLSv1.3",
     "TLS_AES_256_GCM_SHA384", HOP_TLS},
    {"from mail.a.example (mx.a.example [192.0.2.1]) by mx.ours.example (8.17.1/8.17.1) with ESMTP "
     "id 5" DATE,
     "mail.a.example", "mx.a.example", "192.0.2.1", "mx.ours.example", "ESMTP", "", "",
     HOP_NAME_CHECKED},
    {"from mail.a.example (mail.a.example. [192.0.2.1])\r\n        by mx.google.com with ESMTPS id "
     "a1-2\r\n        for <me@ours.example>\r\n        (version=TLS1_3 "
     "cipher=TLS_AES_256_GCM_SHA384 bits=256/256)" DATE,
     "mail.a.example", "mail.a.example", "192.0.2.1", "mx.google.com", "ESMTPS", "TLS1_3",
     "TLS_AES_256_GCM_SHA384", HOP_TLS},
    {"by 2002:a05:6a10:1234:0:0:0:0 with SMTP id x1csp2" DATE, "", "", NULL,
     "2002:a05:6a10:1234:0:0:0:0", "SMTP", "", "", 0},
    {"from mail.a.example (192.0.2.1) by\r\n ab1.mail.protection.outlook.com (10.1.2.3) with "
     "Microsoft SMTP Server\r\n (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id "
     "15.20.1 via Frontend\r\n Transport" DATE,
     "mail.a.example", "", "192.0.2.1", "ab1.mail.protection.outlook.com", "Microsoft", "TLS1_2",
     "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", HOP_TLS},
    {"from A.prod.outlook.com\r\n ([fe80::1:2%4]) by B.prod.outlook.com ([fe80::1:2%4]) with mapi "
     "id 15.20" DATE,
     "A.prod.outlook.com", "", "fe80::1:2", "B.prod.outlook.com", "mapi", "", "", 0},
    {"from mx.a.example (HELO mail.a.example) (192.0.2.1)\r\n  by ours.example with SMTP" DATE,
     "mail.a.example", "mx.a.example", "192.0.2.1", "ours.example", "SMTP", "", "", 0},
    {"from mx.ours.example ([127.0.0.1])\r\n\tby imap.ours.example with LMTP\r\n\tid q1 "
     "(envelope-from <u@a.example>)\r\n\tfor <me@ours.example>" DATE,
     "mx.ours.example", "", "127.0.0.1", "imap.ours.example", "LMTP", "", "", HOP_LMTP},
    {"(qmail 123 invoked by uid 0)" DATE, "", "", NULL, "", "", "", "", 0},
    {"from by (x.example [192.0.2.1]) by mx.ours.example (Postfix) with UTF8SMTPSA id 4" DATE, "by",
     "x.example", "192.0.2.1", "mx.ours.example", "UTF8SMTPSA", "", "",
     HOP_TLS | HOP_AUTHENTICATED | HOP_NAME_CHECKED},
    /* What the client calls itself can hold anything and hide nothing. */
    {"from \"(;< (x.example [192.0.2.1]) by mx.ours.example with ESMTP" DATE, "\"(;<", "x.example",
     "192.0.2.1", "mx.ours.example", "ESMTP", "", "", 0},
    {"from mail (Postfix.evil.example [192.0.2.1]) by mx.ours.example with ESMTP" DATE, "mail",
     "Postfix.evil.example", "192.0.2.1", "mx.ours.example", "ESMTP", "", "", 0},
    {"from mail ([192.0.2.10].evil.example [192.0.2.1]) by mx.ours.example with ESMTP" DATE, "mail",
     "", NULL, "mx.ours.example", "ESMTP", "", "", 0},
};

static void reads_every_shape(void **state) {
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        const struct shape *s = &shapes[i];
        struct hop hop = {0};
        hop_parse(span_of(s->line), &hop);
        g_autofree char *ip = ip_format(&hop.ip);
        assert_span(hop.from, s->from);
        assert_span(hop.reverse, s->reverse);
        if (s->ip)
            assert_string_equal(ip, s->ip);
        else
            assert_null(ip);
        assert_int_equal(hop.flags, s->flags | HOP_TIME);
        assert_span(hop.by, s->by);
        assert_span(hop.with, s->with);
        assert_span(hop.tls_version, s->version);
        assert_span(hop.tls_cipher, s->cipher);
        assert_int_equal(hop.time, 1763751600);
    }
}

static void reads_envelope_and_recipient(void **state) {
    (void)state;
    struct hop hop = {0};
    hop_parse(SPAN_LIT("from x ([192.0.2.1]) by y with esmtp (Exim 4.96) (envelope-from <>) id 1 "
                       "for <\"a ; b\"@ours.example>; x"),
              &hop);
    assert_true(hop.has_envelope_from);
    assert_span(hop.envelope_from, "");
    assert_span(hop.recipient, "\"a ; b\"@ours.example");
    assert_false(hop.flags & HOP_TIME);
}

static void stops_at_an_unclosed_comment(void **state) {
    (void)state;
    struct hop hop = {0};
    hop_parse(SPAN_LIT("from x (unclosed by mx.ours.example with ESMTPSA" DATE), &hop);
    assert_int_equal(hop.flags, HOP_UNCLOSED);
    assert_int_equal(hop.by.n, 0);
    GString *deep = g_string_new("from x ");
    for (guint i = 0; i < 17; i++)
        g_string_append_c(deep, '(');
    for (guint i = 0; i < 17; i++)
        g_string_append_c(deep, ')');
    g_string_append(deep, " by y");
    struct hop nested = {0};
    hop_parse(span_make(deep->str, deep->len), &nested);
    assert_int_equal(nested.flags, HOP_UNCLOSED);
    g_string_free(deep, TRUE);
}

/* --- the border ----------------------------------------------------------------------------- */

#define TOP "Return-Path: <u@a.example>\r\n"
#define INNER                                                                                      \
    "Received: from mx.ours.example (mx.ours.example [192.0.2.10]) by store.ours.example "         \
    "(Postfix) with ESMTP id 1; Fri, 21 Nov 2025 20:00:05 +0100\r\n"
#define LMTP                                                                                       \
    "Received: from mx.ours.example by imap.ours.example with LMTP id 1; Fri, 21 Nov 2025 "        \
    "20:00:04 +0100\r\n"
#define LMTP_LOOPBACK                                                                              \
    "Received: from mx.ours.example ([127.0.0.1]) by imap.ours.example with LMTP id 1; Fri, 21 "   \
    "Nov 2025 20:00:04 +0100\r\n"
#define EDGE                                                                                       \
    "Received: from mail.a.example (mail.a.example [198.51.100.7]) by mx.ours.example (Postfix) "  \
    "with ESMTPS id 2; Fri, 21 Nov 2025 20:00:00 +0100\r\n"
#define FORGED                                                                                     \
    "Received: from c.example (c.example [203.0.113.3]) by mx.ours.example (Postfix) with ESMTPSA" \
    " id 3; Fri, 21 Nov 2025 19:00:00 +0100\r\n"

struct read {
    struct message *message;
    struct hops *hops;
    struct border_session session;
};

static struct read read_with(const char *header, const char *const *entries) {
    g_autofree char *text = g_strconcat(header, "From: a@b.example\r\n\r\n", NULL);
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    OWNED(border) border = border_new();
    for (guint i = 0; entries[i]; i++)
        assert_true(border_add(border, entries[i], NULL));
    struct read r = {.message = message_new(octets, 0)};
    r.hops = hops_parse(r.message);
    hops_apply_border(r.hops, border);
    hops_session(r.hops, r.message, &r.session);
    return r;
}

static void clear(struct read *r) {
    hops_free(r->hops);
    message_free(r->message);
}

static void assert_border(const char *header, const char *const *entries, int border,
                          guint own_until) {
    struct read r = read_with(header, entries);
    assert_int_equal(r.hops->border, border);
    assert_int_equal(r.hops->own_until, own_until);
    for (guint i = 0; i < r.hops->n; i++)
        if (border >= 0 && (int)i > border)
            assert_false(r.hops->hop[i].flags & HOP_OURS);
    clear(&r);
}

#define ENTRIES(...)                                                                               \
    (const char *const[]) {                                                                        \
        __VA_ARGS__, NULL                                                                          \
    }

static void finds_the_border(void **state) {
    (void)state;
    assert_border(TOP EDGE FORGED, ENTRIES("mx.ours.example"), 0, 1);
    assert_border(TOP EDGE FORGED, ENTRIES("*.ours.example"), 0, 1);
    assert_border(TOP EDGE FORGED, ENTRIES("MX.Ours.EXAMPLE"), 0, 1);
    /* Through LMTP, declared or not. */
    assert_border(TOP LMTP_LOOPBACK EDGE FORGED, ENTRIES("mx.ours.example"), 1, 2);
    assert_border(TOP LMTP EDGE FORGED, ENTRIES("mx.ours.example", "imap.ours.example"), 1, 2);
    assert_border(TOP LMTP EDGE FORGED, ENTRIES("*.ours.example"), 1, 2);
    /* Over SMTP: by confirmed name, or by network. */
    assert_border(TOP INNER EDGE FORGED, ENTRIES("*.ours.example"), 1, 2);
    assert_border(TOP INNER EDGE FORGED, ENTRIES("store.ours.example", "mx.ours.example"), 1, 2);
    assert_border(TOP LMTP INNER EDGE FORGED, ENTRIES("*.ours.example"), 2, 3);
}

static void knows_no_border_rather_than_a_wrong_one(void **state) {
    (void)state;
    /* Nothing configured; another server of ours that nobody named; an incomplete list. */
    assert_border(TOP EDGE, ENTRIES("192.0.2.1"), -1, 0);
    assert_border(TOP
                  "Received: from x (x [203.0.113.3]) by mx2.ours.example with ESMTP; x\r\n" FORGED,
                  ENTRIES("mx.ours.example"), -1, 0);
    assert_border(TOP INNER "Received: from y (y [203.0.113.4]) by mx9.ours.example; x\r\n" FORGED,
                  ENTRIES("store.ours.example", "mx.ours.example", "192.0.2.0/24"), -1, 0);
    assert_border("Subject: none\r\n", ENTRIES("mx.ours.example"), -1, 0);
    assert_border(TOP "Received: from (x by mx.ours.example; x\r\n", ENTRIES("mx.ours.example"), 0,
                  1);
}

static void b57_forged_received_below(void **state) {
    (void)state;
    struct read r = read_with(TOP EDGE FORGED "Return-Path: <ceo@bank.example>\r\n",
                              ENTRIES("mx.ours.example"));
    assert_true(r.session.known);
    g_autofree char *ip = ip_format(&r.session.hop->ip);
    assert_string_equal(ip, "198.51.100.7");
    assert_span(r.session.helo, "mail.a.example");
    assert_true(r.session.has_mail_from);
    assert_span(r.session.mail_from, "u@a.example");
    assert_false(r.session.authenticated);
    assert_true(r.session.client_is_global);
    assert_true(r.session.has_time);
    assert_int_equal(r.session.time, 1763751600);
    clear(&r);
}

static void b57_two_return_paths_above(void **state) {
    (void)state;
    struct read r = read_with(TOP TOP EDGE, ENTRIES("mx.ours.example"));
    assert_false(r.session.has_mail_from);
    clear(&r);
    r = read_with(EDGE "Return-Path: <u@a.example>\r\n", ENTRIES("mx.ours.example"));
    assert_false(r.session.has_mail_from);
    clear(&r);
    r = read_with("Return-Path: u@a.example\r\n" EDGE, ENTRIES("mx.ours.example"));
    assert_false(r.session.has_mail_from);
    clear(&r);
    r = read_with("Return-Path: <>\r\n" EDGE, ENTRIES("mx.ours.example"));
    assert_true(r.session.has_mail_from);
    assert_int_equal(r.session.mail_from.n, 0);
    clear(&r);
}

static void helo_is_not_a_name_of_ours(void **state) {
    (void)state;
    static const char *const helos[] = {"mx.ours.example", "localhost", "[192.0.2.10]",
                                        "imap.ours.example"};
    for (size_t i = 0; i < G_N_ELEMENTS(helos); i++) {
        g_autofree char *header = g_strdup_printf(
            TOP "Received: from %s (unknown [203.0.113.66]) by mx.ours.example (Postfix) with "
                "ESMTP id 1; x\r\n" FORGED,
            helos[i]);
        assert_border(header, ENTRIES("*.ours.example", "192.0.2.0/24"), 0, 1);
        /* … nor is a name that the writing host did not confirm forwards. */
        g_autofree char *unchecked = g_strdup_printf(
            TOP "Received: from %s (mx.ours.example [203.0.113.66]) by mx.ours.example with ESMTP "
                "id 1; x\r\n" FORGED,
            helos[i]);
        assert_border(unchecked, ENTRIES("*.ours.example", "192.0.2.0/24"), 0, 1);
    }
}

static void quoted_recipient_moves_no_border(void **state) {
    (void)state;
    static const char *const recipients[] = {
        "<\"bob+> (Exim 4)\"@ours.example>", "<\"bob\\\"> (Exim 4)\"@ours.example>",
        "<bob\\> (Exim_4)@ours.example>", "<\"; x\"@ours.example>",
        "<\"> by mx.ours.example with LMTP <\"@ours.example>"};
    for (size_t i = 0; i < G_N_ELEMENTS(recipients); i++) {
        bool whole = strstr(recipients[i], "_4") == NULL;
        g_autofree char *header =
            g_strdup_printf("Received: from mx.ours.example (unknown [203.0.113.66]) by "
                            "mx.ours.example (Postfix) with ESMTPS id 1 for %s; x\r\n" FORGED,
                            recipients[i]);
        assert_border(header, ENTRIES("mx.ours.example"), whole ? 0 : -1, 0);
        struct read r = read_with(header, ENTRIES("mx.ours.example"));
        assert_int_equal(r.hops->hop[0].flags,
                         whole ? HOP_OURS | HOP_BORDER | HOP_TLS : HOP_UNCLOSED | HOP_TLS);
        clear(&r);
    }
}

static void odd_recipients_make_a_line_unreadable(void **state) {
    (void)state;
    static const char *const odd[] = {"<a@x> b", "<a@x>,<b@x>", "<a@x",        "<a@x>(c",
                                      "<<a@x>>", "<a @x>",      "<\"a@x>",     "a@x>",
                                      "a(c)@x",  "(c) a@x",     "<a@x> for b", "<a@x>\"b\""};
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autofree char *line =
            g_strconcat("from x ([192.0.2.1]) by mx.ours.example with ESMTP for ", odd[i], NULL);
        struct hop hop = {0};
        hop_parse(span_of(line), &hop);
        assert_true(hop.flags & HOP_UNCLOSED);
    }
    static const char *const sound[] = {"<a@x>",
                                        "a@x",
                                        "<\"a b\"@x>",
                                        "\"a;b\"@x",
                                        "<>",
                                        "<@y:a@x>",
                                        "<a@x> (version=TLS1_3 cipher=C bits=1/1)"};
    for (size_t i = 0; i < G_N_ELEMENTS(sound); i++) {
        g_autofree char *line =
            g_strconcat("from x ([192.0.2.1]) by mx.ours.example with ESMTP for ", sound[i], NULL);
        struct hop hop = {0};
        hop_parse(span_of(line), &hop);
        assert_false(hop.flags & HOP_UNCLOSED);
    }
}

/* Exim says who it is after `with`; its word for the client counts only if the line has the shape
 * that Exim writes. */
static void exim_is_believed_in_its_own_place(void **state) {
    (void)state;
    static const char *const lines[] = {
        "(unknown [203.0.113.66]) by mx.ours.example with ESMTP id 1 (Exim 4)",
        "(unknown [203.0.113.66]) by mx.ours.example with ESMTP (Exim 4) id 1",
        "([203.0.113.66]) by mx.ours.example with ESMTP id 1 (envelope-from <x@y>) (Exim 4)",
        "([203.0.113.66]) by mx.ours.example with ESMTP (envelope-from <x@y>) (Exim 4)",
        "([203.0.113.66]) by mx.ours.example with ESMTP for a@x (Exim 4)",
        "([203.0.113.66]) by mx.ours.example (Postfix) with ESMTP (Exim 4)",
        "(rdns.evil.example [203.0.113.66] helo=x) by mx.ours.example with ESMTP (Exim 4.96)"};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *header =
            g_strconcat("Received: from mx.ours.example ", lines[i], "; x\r\n" FORGED, NULL);
        assert_border(header, ENTRIES("mx.ours.example"), 0, 0);
    }
    /* The sender's local part is copied too. */
    assert_border("Received: from [203.0.113.66] (helo=mx.ours.example) by mx.ours.example with "
                  "esmtp (Exim 4.96) (envelope-from <\"x) with LMTP (\"@evil.example>) id 1; "
                  "x\r\n" FORGED,
                  ENTRIES("mx.ours.example"), 0, 0);
}

static void two_clauses_of_a_kind_are_nobodys_line(void **state) {
    (void)state;
    static const char *const lines[] = {
        "from x by mx.ours.example with LMTP (unknown [203.0.113.66]) by mx.ours.example (Postfix) "
        "with ESMTP id 4",
        "from unknown (HELO x) by mx.ours.example with LMTP (y) (203.0.113.66) by mx.ours.example "
        "with SMTP",
        "from x from y ([203.0.113.66]) by mx.ours.example with ESMTP",
        "from x (y [203.0.113.66]) by mx.ours.example with ESMTP with LMTP",
        "from x \"y\" ([203.0.113.66]) by mx.ours.example with ESMTP",
        /* … nor is one passed over because its client looks like one of ours. */
        "from x (y [127.0.0.1]) by mx.ours.example with LMTP by mx.ours.example"};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *header = g_strconcat("Received: ", lines[i], "; x\r\n" FORGED, NULL);
        assert_border(header, ENTRIES("mx.ours.example", "127.0.0.0/8"), -1, 0);
    }
}

static void lmtp_is_inner_only_from_nearby(void **state) {
    (void)state;
    static const struct {
        const char *line;
        int border;
    } cases[] = {
        {"from x ([127.0.0.1]) by imap.ours.example with LMTP", 1},
        {"from x ([IPv6:fd00::1]) by imap.ours.example with LMTPS", 1},
        {"from x ([203.0.113.66]) by mx.ours.example with LMTP", 0},
        {"from x ([203.0.113.66]) by imap.ours.example with LMTP", -1},
        {"from x (mx.ours.example [203.0.113.66]) by imap.ours.example with LMTPS", 1},
        {"from mx.ours.example (unknown [203.0.113.66]) by imap.ours.example with LMTP", -1},
        {"from x by mx.ours.example with LMTP", 1},
        {"from x by imap.ours.example with LMTP", -1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *header =
            g_strconcat("Received: ", cases[i].line, "; x\r\n" EDGE FORGED, NULL);
        assert_border(header, ENTRIES("mx.ours.example"), cases[i].border,
                      (guint)MAX(cases[i].border, 0));
    }
}

static void local_submission_is_a_border(void **state) {
    (void)state;
    assert_border(TOP "Received: by mx.ours.example (Postfix, from userid 33) id 1; x\r\n" FORGED,
                  ENTRIES("mx.ours.example"), 0, 1);
    assert_border(TOP
                  "Received: from www by mx.ours.example with local (Exim 4.96) id 1; x\r\n" FORGED,
                  ENTRIES("mx.ours.example"), 0, 1);
    struct read r = read_with("Received: by mx.ours.example (Postfix, from userid 33) id 1; x\r\n",
                              ENTRIES("mx.ours.example"));
    assert_false(r.session.known);
    clear(&r);
}

static void counts_delays_and_caps_hops(void **state) {
    (void)state;
    struct read r = read_with(INNER EDGE, ENTRIES("mx.ours.example"));
    assert_true(r.hops->hop[0].flags & HOP_DELAY);
    assert_int_equal(r.hops->hop[0].delay, 5);
    assert_false(r.hops->hop[1].flags & HOP_DELAY);
    assert_int_equal(hops_below(r.hops, 0), 0);
    assert_int_equal(hops_below(r.hops, 1), 1);
    assert_int_equal(hops_below(r.hops, 2), -1);
    clear(&r);
    GString *many = g_string_new(NULL);
    for (guint i = 0; i < 130; i++)
        g_string_append(many, FORGED);
    r = read_with(many->str, ENTRIES("mx.ours.example"));
    assert_int_equal(r.hops->n, 100);
    assert_int_equal(r.hops->total, 130);
    clear(&r);
    g_string_free(many, TRUE);
}

static void border_entries_are_checked(void **state) {
    (void)state;
    OWNED(border) border = border_new();
    assert_true(border_is_empty(border));
    static const char *const good[] = {"mx.example",    "*.mx.example", "store",      "192.0.2.1",
                                       "2001:db8::/32", "[192.0.2.9]",  "a_b.example"};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        assert_true(border_add(border, good[i], NULL));
    static const char *const bad[] = {"",      "mx.example.", "*",          "*.",    "mx.*.example",
                                      "a b",   ".x",          "a..b",       "1.2.3", "192.0.2.1/24",
                                      "1.2/8", "::1/129",     "192.0.2.300"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(border_add(border, bad[i], &error));
        assert_non_null(error);
    }
    assert_true(border_has_host(border, SPAN_LIT("a.mx.example")));
    assert_true(border_has_host(border, SPAN_LIT("a.b.MX.example")));
    static const char *const foreign[] = {
        "mx.example.",   ".mx.example", "xmx.example", "mx.example.evil.example", "",
        "a.mx.example.x"};
    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++)
        assert_false(border_has_host(border, span_of(foreign[i])));
    assert_true(border_has_host(border, SPAN_LIT("2001:db8:1::2")));
    assert_true(border_pattern_matches("p*-mail*-x", SPAN_LIT("p1-mailgate-mail-x")));
    assert_false(border_pattern_matches("p*-mail*-x", SPAN_LIT("p1-mailgate-mail-xy")));
}

static void global_addresses(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool global;
    } cases[] = {{"192.0.2.1", true},   {"10.1.2.3", false},   {"127.0.0.1", false},
                 {"::1", false},        {"::", false},         {"2001:db8::1", true},
                 {"fe80::1", false},    {"fd00::1", false},    {"::ffff:10.0.0.1", false},
                 {"100.64.0.1", false}, {"172.31.0.1", false}, {"172.32.0.1", true}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct ip ip;
        assert_true(ip_parse(span_of(cases[i].text), &ip));
        assert_int_equal(ip_is_global(&ip), cases[i].global);
    }
    struct ip none = {.size = 0};
    assert_false(ip_is_global(&none));
    assert_false(ip_parse(SPAN_LIT("192.0.2"), &none));
    assert_false(ip_parse(span_make("192.0.2.1\0x", 11), &none));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_shape),
        cmocka_unit_test(reads_envelope_and_recipient),
        cmocka_unit_test(stops_at_an_unclosed_comment),
        cmocka_unit_test(finds_the_border),
        cmocka_unit_test(knows_no_border_rather_than_a_wrong_one),
        cmocka_unit_test(b57_forged_received_below),
        cmocka_unit_test(b57_two_return_paths_above),
        cmocka_unit_test(helo_is_not_a_name_of_ours),
        cmocka_unit_test(quoted_recipient_moves_no_border),
        cmocka_unit_test(odd_recipients_make_a_line_unreadable),
        cmocka_unit_test(exim_is_believed_in_its_own_place),
        cmocka_unit_test(two_clauses_of_a_kind_are_nobodys_line),
        cmocka_unit_test(lmtp_is_inner_only_from_nearby),
        cmocka_unit_test(local_submission_is_a_border),
        cmocka_unit_test(counts_delays_and_caps_hops),
        cmocka_unit_test(border_entries_are_checked),
        cmocka_unit_test(global_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
