/* SPDX-License-Identifier: MIT
 *
 * What honest servers write on top of an attacker's message, for the attack generator: servers of
 * one's own, and every receiver profile in the shape that provider uses (auth/profile.c). Their own
 * words and example domains; "-silent": the receiver wrote no Authentication-Results. */
#ifndef INKAN_TESTS_ATTACK_RECEIVERS_H
#define INKAN_TESTS_ATTACK_RECEIVERS_H

#include <glib.h>
#include <stdbool.h>

#define ATTACK_GOOD "bank.example"
#define ATTACK_EVIL "evil.example"
#define ATTACK_CLIENT "203.0.113.66"

/* What an honest server wrote about the attacker's mail, or about mail of the bank. "%H" is where
 * the client's HELO goes. */
struct attack_receiver {
    const char *name, *profile; /* profile NULL: generic */
    const char *id;             /* the authserv-id a forger would use */
    const char *host;           /* the border host a forger would use */
    const char *const *border;  /* configured, NULL-terminated */
    const char *const *ids;
    bool strips, below;
    const char *top; /* complete lines */
    bool ends_in_results;
};

#define ATTACK_BORDER_LINE                                                                         \
    "Received: from %H (mail.evil.example [" ATTACK_CLIENT "])\r\n"                                \
    "\tby mx.ours.example (Postfix) with ESMTPS id 4a\r\n"                                         \
    "\tfor <me@ours.example>; Fri, 21 Nov 2025 20:00:00 +0100\r\n"
#define ATTACK_OWN_AR                                                                              \
    "Authentication-Results: mx.ours.example;\r\n"                                                 \
    "\tdkim=none;\r\n\tspf=pass smtp.mailfrom=x@evil.example;\r\n"                                 \
    "\tdmarc=fail policy.dmarc=reject header.from=" ATTACK_GOOD "\r\n"

/* The client's own recipient, sender and HELO, as each server copies them. */
#define ATTACK_QUOTED_RECIPIENT                                                                    \
    "Received: from %H (unknown [" ATTACK_CLIENT "])\r\n"                                          \
    "\tby mx.ours.example (Postfix) with ESMTPS id 4a\r\n"                                         \
    "\tfor <\"bob+> (Exim 4)\"@ours.example>; Fri, 21 Nov 2025 20:00:00 +0100\r\n"
#define ATTACK_QUOTED_SENDER                                                                       \
    "Received: from [" ATTACK_CLIENT "] (helo=%H)\r\n"                                             \
    "\tby mx.ours.example with esmtp (Exim 4.96)\r\n"                                              \
    "\t(envelope-from <\"x) with LMTP (\"@evil.example>) id 1\r\n"                                 \
    "\tfor \"me; by (Exim 4) with LMTP\"@ours.example; Fri, 21 Nov 2025 20:00:00 +0100\r\n"
#define ATTACK_HELO_CLAUSES                                                                        \
    "Received: from unknown (HELO %H) by mx.ours.example with LMTP (y) (" ATTACK_CLIENT ")\r\n"    \
    "\tby mx.ours.example with SMTP; Fri, 21 Nov 2025 20:00:00 +0100\r\n"

#define ATTACK_YANDEX_TOP                                                                          \
    "Received: from postback8b.mail.yandex.net (postback8b.mail.yandex.net [2a02:6b8::8])\r\n"     \
    "\tby mail-notsolitesrv-production-main-2.sas.yp-c.yandex.net (notsolitesrv/Yandex)\r\n"       \
    "\twith LMTPS id g1\r\n\tfor <me@ours.example>; Fri, 21 Nov 2025 22:00:02 +0300\r\n"           \
    "Received: from mail-nwsmtp-mxfront-production-main-1.sas.yp-c.yandex.net\r\n"                 \
    " (mail-nwsmtp-mxfront-production-main-1.sas.yp-c.yandex.net [IPv6:2a02:6b8::1])\r\n"          \
    "\tby postback8b.mail.yandex.net (Yandex) with ESMTPS id C7\r\n"                               \
    "\tfor <me@ours.example>; Fri, 21 Nov 2025 22:00:01 +0300 (MSK)\r\n"                           \
    "Received: from %H (mail.evil.example [" ATTACK_CLIENT "])\r\n"                                \
    "\tby mail-nwsmtp-mxfront-production-main-1.sas.yp-c.yandex.net (mxfront/Yandex)\r\n"          \
    "\twith ESMTPS id o1;\r\n\tFri, 21 Nov 2025 22:00:00 +0300\r\n"
#define ATTACK_SES_TOP                                                                             \
    "Return-Path: <x@evil.example>\r\n"                                                            \
    "Received: from %H (mail.evil.example [" ATTACK_CLIENT "])\r\n"                                \
    " by inbound-smtp.eu-west-1.amazonaws.com with SMTP id 8i\r\n for me@ours.example;\r\n"        \
    " Fri, 21 Nov 2025 19:00:00 +0000 (UTC)\r\n"                                                   \
    "X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\n"

static const char *const attack_mx[] = {"mx.ours.example", NULL};
static const char *const attack_mx_store[] = {"mx.ours.example", "*.store.ours.example",
                                              "192.0.2.0/24", NULL};
static const char *const attack_mx_id[] = {"mx.ours.example", NULL};
static const char *const attack_any_id[] = {"*.ours.example", NULL};
static const char *const attack_no_list[] = {NULL};

static const struct attack_receiver attack_receivers[] = {
    {"above", NULL, "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false, false,
     "Return-Path: <x@evil.example>\r\n" ATTACK_OWN_AR ATTACK_BORDER_LINE},
    {"silent", NULL, "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false, false,
     "Return-Path: <x@evil.example>\r\n" ATTACK_BORDER_LINE},
    {"lmtp", NULL, "mx.ours.example", "mx.ours.example", attack_mx, attack_any_id, false, false,
     "Return-Path: <x@evil.example>\r\n"
     "Received: from mx.ours.example ([127.0.0.1])\r\n\tby imap.ours.example with LMTP id q1\r\n"
     "\tfor <me@ours.example>; Fri, 21 Nov 2025 20:00:01 +0100\r\n" ATTACK_OWN_AR
         ATTACK_BORDER_LINE},
    {"two-hops", NULL, "mx.ours.example", "mx.ours.example", attack_mx_store, attack_mx_id, false,
     false,
     "Received: from mx.ours.example (mx.ours.example [192.0.2.10])\r\n"
     "\tby a1.store.ours.example (Postfix) with ESMTPS id q2; Fri, 21 Nov 2025 20:00:02 "
     "+0100\r\n" ATTACK_OWN_AR ATTACK_BORDER_LINE},
    {"below", NULL, "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false, true,
     "Return-Path: <x@evil.example>\r\n" ATTACK_BORDER_LINE
     "Received-SPF: pass (mx.ours.example) client-ip=" ATTACK_CLIENT "\r\n" ATTACK_OWN_AR,
     true},
    {"quoted-recipient", NULL, "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false,
     false, "Return-Path: <x@evil.example>\r\n" ATTACK_OWN_AR ATTACK_QUOTED_RECIPIENT},
    {"quoted-sender", NULL, "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false,
     false, "Return-Path: <x@evil.example>\r\n" ATTACK_OWN_AR ATTACK_QUOTED_SENDER},
    {"helo-clauses", NULL, "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false,
     false, "Return-Path: <x@evil.example>\r\n" ATTACK_HELO_CLAUSES},
    {"strips", NULL, "mx.ours.example", "mx.ours.example", attack_no_list, attack_mx_id, true,
     false, "Return-Path: <x@evil.example>\r\n" ATTACK_OWN_AR ATTACK_BORDER_LINE},
    {"no-border", NULL, "mx.ours.example", "mx.ours.example", attack_no_list, attack_mx_id, false,
     false, "Return-Path: <x@evil.example>\r\n" ATTACK_BORDER_LINE},
    {"pickup", NULL, "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false, false,
     "Received: by mx.ours.example (Postfix, from userid 33)\r\n\tid 4c; Fri, 21 Nov 2025 20:00:00 "
     "+0100\r\n"},
    {"other-mx", NULL, "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false, false,
     "Return-Path: <x@evil.example>\r\n"
     "Received: from %H (mail.evil.example [" ATTACK_CLIENT "])\r\n\tby mx2.ours.example (Postfix) "
     "with ESMTP id 4b; Fri, 21 Nov 2025 20:00:00 +0100\r\n"},
    {"unconfigured", NULL, "mx.ours.example", "mx.ours.example", attack_no_list, attack_no_list,
     false, false, ATTACK_OWN_AR ATTACK_BORDER_LINE},
    {"google", "google", "mx.google.com", "mx.google.com", attack_no_list, attack_no_list, false,
     false,
     "Delivered-To: me@ours.example\r\n"
     "Received: by 2002:a05:6a10:1234:0:0:0:0 with SMTP id x1csp2;\r\n"
     "        Fri, 21 Nov 2025 11:00:01 -0800 (PST)\r\n"
     "ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass header.from=" ATTACK_GOOD "\r\n"
     "Return-Path: <x@evil.example>\r\n"
     "Received: from %H (mail.evil.example. [" ATTACK_CLIENT "])\r\n"
     "        by mx.google.com with ESMTPS id a1-2.3.2025\r\n"
     "        for <me@ours.example>\r\n"
     "        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\r\n"
     "        Fri, 21 Nov 2025 11:00:00 -0800 (PST)\r\n"
     "Received-SPF: pass (google.com: domain of x@evil.example designates " ATTACK_CLIENT
     " as permitted sender) client-ip=" ATTACK_CLIENT ";\r\n"
     "Authentication-Results: mx.google.com;\r\n"
     "       spf=pass (google.com: domain of x@evil.example designates " ATTACK_CLIENT
     " as permitted sender) smtp.mailfrom=x@evil.example;\r\n"
     "       dmarc=fail (p=REJECT sp=REJECT dis=QUARANTINE) header.from=" ATTACK_GOOD "\r\n",
     true},
    {"microsoft", "microsoft", "mx.microsoft.com", "ab1.mail.protection.outlook.com",
     attack_no_list, attack_no_list, false, false,
     "Received: from AB1PR01MB1.eurprd01.prod.outlook.com (2603:10a6:1:2::3) by\r\n"
     " AB2PR01MB2.eurprd01.prod.outlook.com with HTTPS; Fri, 21 Nov 2025 19:00:02 +0000\r\n"
     "Received: from AB1EUR01FT1.eop-eur01.prod.protection.outlook.com\r\n"
     " (2603:10a6:1:cafe::1) by AB1PR01CA1.outlook.office365.com (2603:10a6:1::1)\r\n"
     " with Microsoft SMTP Server (version=TLS1_3,\r\n cipher=TLS_AES_256_GCM_SHA384) id "
     "15.20.1.1 via Frontend\r\n Transport; Fri, 21 Nov 2025 19:00:01 +0000\r\n"
     "Authentication-Results: spf=pass (sender IP is " ATTACK_CLIENT ")\r\n"
     " smtp.mailfrom=evil.example; ours.example; dkim=none (message not signed)\r\n"
     " header.d=none;ours.example; dmarc=fail action=oreject\r\n header.from=" ATTACK_GOOD
     ";compauth=fail reason=000\r\n"
     "Received-SPF: Pass (protection.outlook.com: domain of evil.example designates\r\n"
     " " ATTACK_CLIENT " as permitted sender) receiver=protection.outlook.com;\r\n"
     "Received: from %H (" ATTACK_CLIENT ") by\r\n"
     " AB1EUR01FT1.mail.protection.outlook.com (10.1.2.3) with Microsoft SMTP Server\r\n"
     " (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.1.2 via\r\n"
     " Frontend Transport; Fri, 21 Nov 2025 19:00:00 +0000\r\n"},
    {"icloud", "icloud", "dmarc.icloud.com", "ab1p00im-qukt01.me.com", attack_no_list,
     attack_no_list, false, false,
     "Return-path: <x@evil.example>\r\n"
     "Received: from ab1p00im-qukt01.me.com by p1-mailgateway-smtp-1a (mailgateway 1B1)\r\n"
     "\twith SMTP id 1-2-3; Fri, 21 Nov 2025 19:00:01 GMT\r\n"
     "X-Apple-Action: MOVE_TO_FOLDER/INBOX\r\n"
     "Received: from %H (mail.evil.example [" ATTACK_CLIENT "])\r\n"
     "\tby ab1p00im-qukt01.me.com (Postfix) with ESMTPS id 1C\r\n"
     "\tfor <me@ours.example>; Fri, 21 Nov 2025 19:00:00 +0000 (UTC)\r\n"
     "X-ICL-SCORE: 3.3\r\n"
     "Authentication-Results: bimi.icloud.com; bimi=skipped reason=\"insufficient dmarc\"\r\n"
     "X-ARC-Info: policy=fail; arc=none\r\n"
     "Authentication-Results: arc.icloud.com; arc=none\r\n"
     "Authentication-Results: dmarc.icloud.com; dmarc=fail header.from=" ATTACK_GOOD "\r\n"
     "X-DMARC-Info: pass=fail; dmarc-policy=reject; s=u0; d=u0\r\n"
     "Authentication-Results: dkim-verifier.icloud.com; dkim=none\r\n"
     "Authentication-Results: spf.icloud.com; spf=pass (spf.icloud.com: domain of\r\n"
     " x@evil.example designates " ATTACK_CLIENT
     " as permitted sender) smtp.mailfrom=x@evil.example\r\n"
     "Received-SPF: pass (spf.icloud.com) receiver=spf.icloud.com\r\n",
     true},
    {"yahoo", "yahoo", "atlas105.free.mail.bf1.yahoo.com", "atlas105.free.mail.bf1.yahoo.com",
     attack_no_list, attack_no_list, false, false,
     "Received: from 10.197.37.234\r\n by atlas105.free.mail.bf1.yahoo.com with HTTPS; Fri, 21 Nov "
     "2025 19:00:01 +0000\r\n"
     "Return-Path: <x@evil.example>\r\nX-Originating-Ip: [" ATTACK_CLIENT "]\r\n"
     "Received-SPF: pass (domain of evil.example designates " ATTACK_CLIENT
     " as permitted sender)\r\n"
     "Authentication-Results: atlas105.free.mail.bf1.yahoo.com;\r\n dkim=unknown;\r\n"
     " spf=pass smtp.mailfrom=evil.example arc_overridden_status=NOT_OVERRIDDEN;\r\n"
     " dmarc=fail(p=REJECT) header.from=" ATTACK_GOOD ";\r\n"
     "X-Apparently-To: me@ours.example; Fri, 21 Nov 2025 19:00:01 +0000\r\n"
     "X-YMailISG: AbCd.x\r\n Ef_g\r\n"
     "Received: from " ATTACK_CLIENT " (EHLO %H)\r\n by 10.197.37.234 with SMTPs\r\n"
     " (version=TLS1_2 cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);\r\n"
     " Fri, 21 Nov 2025 19:00:00 +0000\r\n"},
    {"yahoo-silent", "yahoo", "atlas105.free.mail.bf1.yahoo.com",
     "atlas105.free.mail.bf1.yahoo.com", attack_no_list, attack_no_list, false, false,
     "Received: from 10.197.37.234\r\n by atlas105.free.mail.bf1.yahoo.com with HTTPS; Fri, 21 Nov "
     "2025 19:00:01 +0000\r\nReturn-Path: <x@evil.example>\r\n"
     "Received: from " ATTACK_CLIENT " (EHLO %H)\r\n by 10.197.37.234 with SMTPs;\r\n"
     " Fri, 21 Nov 2025 19:00:00 +0000\r\n"},
    {"fastmail", "fastmail", "mx6.messagingengine.com", "phl-mx-06.messagingengine.com",
     attack_no_list, attack_no_list, false, false,
     "Return-Path: <x@evil.example>\r\n"
     "Received: from phl-compute-02.internal (phl-compute-02.internal [10.202.2.42])\r\n"
     "\t by sloti1d1t06 (Cyrus 3.11.0) with LMTPA;\r\n\t Fri, 21 Nov 2025 14:00:03 -0500\r\n"
     "X-Cyrus-Session-Id: sloti1d1t06-1-2-3\r\n"
     "Received: from phl-mx-06 ([10.202.2.205])\r\n  by phl-compute-02.internal (LMTPProxy); Fri, "
     "21 Nov 2025 14:00:03 -0500\r\n"
     "Received: from phl-mx-06.messagingengine.com (localhost [127.0.0.1])\r\n"
     "\tby mailmx.phl.internal (Postfix) with ESMTP id A1\r\n"
     "\tfor <me@ours.example>; Fri, 21 Nov 2025 14:00:02 -0500 (EST)\r\n"
     "Received: from mailmx.phl.internal (localhost [127.0.0.1])\r\n"
     "    by phl-mx-06.messagingengine.com (Authentication Milter) with ESMTP\r\n    id A2.B2;\r\n"
     "    Fri, 21 Nov 2025 14:00:02 -0500\r\n"
     "ARC-Authentication-Results: i=1; phl-mx-06.messagingengine.com;\r\n    dmarc=pass "
     "header.from=" ATTACK_GOOD "\r\n"
     "Authentication-Results: phl-mx-06.messagingengine.com;\r\n    x-csa=none;\r\n"
     "    x-ptr=fail smtp.helo=%H policy.ptr=mail.evil.example\r\n"
     "Authentication-Results: phl-mx-06.messagingengine.com;\r\n    dkim=none (no signatures "
     "found);\r\n    dmarc=fail policy.published-domain-policy=reject\r\n"
     "      policy.applied-disposition=quarantine policy.evaluated-disposition=reject\r\n"
     "      (p=reject,d=quarantine,d.eval=reject) policy.policy-from=p\r\n"
     "      header.from=" ATTACK_GOOD ";\r\n"
     "    iprev=pass smtp.remote-ip=" ATTACK_CLIENT " (mail.evil.example);\r\n"
     "    spf=pass smtp.mailfrom=x@evil.example\r\n      smtp.helo=mail.evil.example\r\n"
     "Received-SPF: pass (evil.example: " ATTACK_CLIENT " is authorized) receiver=phl-mx-06."
     "messagingengine.com; identity=mailfrom; client-ip=" ATTACK_CLIENT "\r\n"
     "Received: from %H (mail.evil.example [" ATTACK_CLIENT "])\r\n"
     "\tby phl-mx-06.messagingengine.com (Postfix) with ESMTPS id A3\r\n"
     "\tfor <me@ours.example>; Fri, 21 Nov 2025 14:00:01 -0500 (EST)\r\n"},
    {"fastmail-inside", "fastmail", "mx6.messagingengine.com", "phl-mx-06.messagingengine.com",
     attack_no_list, attack_no_list, false, false,
     "Received: from frontend2 ([10.202.2.161])\r\n  by compute2.internal (MEProxy); Fri, 21 Nov "
     "2025 14:00:00 -0500\r\n"},
    {"yandex", "yandex", "mail-nwsmtp-mxfront-production-main-1.sas.yp-c.yandex.net",
     "mail-nwsmtp-mxfront-production-main-1.sas.yp-c.yandex.net", attack_no_list, attack_no_list,
     false, false,
     ATTACK_YANDEX_TOP
     "X-Yandex-Fwd: 1\r\n"
     "Authentication-Results: mail-nwsmtp-mxfront-production-main-1.sas.yp-c.yandex.net; spf=pass "
     "(mail-nwsmtp-mxfront-production-main-1.sas.yp-c.yandex.net: domain of evil.example "
     "designates " ATTACK_CLIENT " as permitted sender, rule=[ip4:203.0.113.0/24]) "
     "smtp.mail=x@evil.example; dkim=pass header.i=@evil.example\r\n"
     "X-Yandex-Spam: 4\r\n"},
    {"yandex-silent", "yandex", "mail-nwsmtp-mxfront-production-main-1.sas.yp-c.yandex.net",
     "mail-nwsmtp-mxfront-production-main-1.sas.yp-c.yandex.net", attack_no_list, attack_no_list,
     false, false, ATTACK_YANDEX_TOP "X-Yandex-Fwd: 1\r\nX-Yandex-Spam: 4\r\n"},
    {"zoho", "zoho", "mx.zohomail.eu", "mx.zohomail.eu", attack_no_list, attack_no_list, false,
     false,
     "Delivered-To: me@ours.example\r\n"
     "Received-SPF: pass (zohomail.eu: domain of evil.example designates " ATTACK_CLIENT
     " as permitted sender) client-ip=" ATTACK_CLIENT "; helo=%H;\r\n"
     "Authentication-Results: mx.zohomail.eu;\r\n\tdkim=pass;\r\n\tspf=pass (zohomail.eu: domain "
     "of "
     "evil.example designates " ATTACK_CLIENT
     " as permitted sender)  smtp.mailfrom=x@evil.example;\r\n"
     "\tdmarc=fail(p=reject dis=quarantine)  header.from=" ATTACK_GOOD "\r\n"
     "Return-Path: <x@evil.example>\r\n"
     "Received: from %H (mail.evil.example [" ATTACK_CLIENT "]) by mx.zohomail.eu\r\n"
     "\twith SMTPS id 17; Fri, 21 Nov 2025 20:00:00 +0100 (CET)\r\n"},
    {"mailru", "mailru", "mxs.mail.ru", "mx289.i.mail.ru", attack_no_list, attack_no_list, false,
     false,
     "Return-path: <x@evil.example>\r\n"
     "Authentication-Results: mxs.mail.ru; spf=pass (mx289.i.mail.ru: domain of evil.example "
     "designates " ATTACK_CLIENT " as permitted sender) smtp.mailfrom=x@evil.example "
     "smtp.helo=mail.evil.example;\r\n\t dmarc=fail header.from=ceo@" ATTACK_GOOD "\r\n"
     "Received: from [" ATTACK_CLIENT "] (port=25 helo=%H)\r\n\tby mx289.i.mail.ru with esmtp "
     "(envelope-from <x@evil.example>)\r\n\tid 1a-1; Fri, 21 Nov 2025 22:00:00 +0300\r\n"},
    {"mailru-silent", "mailru", "mxs.mail.ru", "mx289.i.mail.ru", attack_no_list, attack_no_list,
     false, false,
     "Return-path: <x@evil.example>\r\n"
     "Received: from [" ATTACK_CLIENT "] (port=25 helo=%H)\r\n\tby mx289.i.mail.ru with esmtp "
     "(envelope-from <x@evil.example>)\r\n\tid 1a-1; Fri, 21 Nov 2025 22:00:00 +0300\r\n"},
    {"gmx", "gmx", "gmx.net", "mx-ha.gmx.net", attack_no_list, attack_no_list, false, false,
     "Return-Path: <x@evil.example>\r\n"
     "Authentication-Results:  gmx.net; dkim=pass header.i=@evil.example\r\n"
     "Authentication-Results:  gmx.net; dkim=none\r\n"
     "Received: from %H ([" ATTACK_CLIENT "]) by mx-ha.gmx.net\r\n"
     " (mxgmx103 [212.227.17.5]) with ESMTPS (Nemesis) id 1A for <me@ours.example>;\r\n"
     " Fri, 21 Nov 2025 20:00:00 +0100\r\n"},
    {"proton", "proton", "mail.protonmail.ch", "mailin043.protonmail.ch", attack_no_list,
     attack_no_list, false, false,
     "Return-Path: <x@evil.example>\r\nDelivered-To: me@ours.example\r\n"
     "Authentication-Results: mail.protonmail.ch; dkim=fail (Bad 0 bit\r\n rsa-sha256 signature.) "
     "header.d=evil.example header.a=rsa-sha256\r\n"
     "Authentication-Results: mail.protonmail.ch; dmarc=fail (p=reject dis=quarantine)\r\n"
     " header.from=" ATTACK_GOOD "\r\n"
     "Authentication-Results: mail.protonmail.ch; spf=pass smtp.mailfrom=evil.example\r\n"
     "Authentication-Results: mail.protonmail.ch; arc=none smtp.remote-ip=" ATTACK_CLIENT "\r\n"
     "Authentication-Results: mail.protonmail.ch; dkim=fail reason=\"key not found in DNS\"\r\n"
     " (0-bit key) header.d=evil.example header.i=@evil.example header.b=\"XFVjBFda\"\r\n"
     "Received: from %H (mail.evil.example [" ATTACK_CLIENT "]) (using TLSv1.3 with cipher\r\n"
     " TLS_AES_256_GCM_SHA384 (256/256 bits)) by mailin043.protonmail.ch (Postfix)\r\n"
     " with ESMTPS id 4b for <me@ours.example>; Fri, 21 Nov 2025 19:00:00 +0000 (UTC)\r\n"},
    {"ses", "ses", "amazonses.com", "inbound-smtp.eu-west-1.amazonaws.com", attack_no_list,
     attack_no_list, false, false,
     ATTACK_SES_TOP
     "Received-SPF: pass (spfCheck: domain of evil.example designates " ATTACK_CLIENT
     " as permitted sender) client-ip=" ATTACK_CLIENT
     "; envelope-from=x@evil.example; helo=mail.evil.example;\r\n"
     "Authentication-Results: amazonses.com;\r\n spf=pass (spfCheck: domain of evil.example "
     "designates " ATTACK_CLIENT " as permitted sender) client-ip=" ATTACK_CLIENT
     "; envelope-from=x@evil.example; helo=mail.evil.example;\r\n dkim=none header.i=unknown;\r\n"
     " dmarc=fail header.from=" ATTACK_GOOD ";\r\n"
     "X-SES-RECEIPT: AEFB\r\nX-SES-DKIM-SIGNATURE: a=rsa-sha256; b=AAAA; d=amazonses.com\r\n"},
    {"ses-silent", "ses", "amazonses.com", "inbound-smtp.eu-west-1.amazonaws.com", attack_no_list,
     attack_no_list, false, false, ATTACK_SES_TOP "X-SES-RECEIPT: AEFB\r\n"},
    {"exim", "exim", "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false, false,
     "Return-path: <x@evil.example>\r\n"
     "Authentication-Results: mx.ours.example; iprev=pass (mail.evil.example) "
     "smtp.remote-ip=" ATTACK_CLIENT ";\r\n\tspf=pass smtp.mailfrom=evil.example;\r\n"
     "\tdkim=tmperror (pubkey unavailable) header.d=evil.example;\r\n\tarc=none;\r\n"
     "\tdmarc=fail header.from=" ATTACK_GOOD "\r\n"
     "Received: from mail.evil.example ([" ATTACK_CLIENT "] helo=%H)\r\n\tby mx.ours.example with "
     "esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n\t(Exim 4.98)\r\n\t(envelope-from "
     "<x@evil.example>)\r\n\tid 1a-1; Fri, 21 Nov 2025 20:00:00 +0100\r\n"},
    {"rspamd", "rspamd", "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false,
     false,
     "Return-Path: <x@evil.example>\r\n"
     "Authentication-Results: mx.ours.example;\r\n\tdkim=none;\r\n\tdmarc=fail reason=\"SPF not "
     "aligned (strict), No valid DKIM\" header.from=" ATTACK_GOOD " (policy=reject);\r\n"
     "\tarc=reject (signature check failed: fail, {[1] = sig:evil.example:reject});\r\n"
     "\tspf=pass (mx.ours.example: domain of x@evil.example designates " ATTACK_CLIENT
     " as permitted sender) smtp.mailfrom=x@evil.example\r\n" ATTACK_BORDER_LINE},
    {"opendmarc", "opendmarc", "mx.ours.example/4b", "mx.ours.example", attack_mx, attack_mx_id,
     false, false,
     "Return-Path: <x@evil.example>\r\n"
     "Authentication-Results: mx.ours.example/4a; dmarc=fail (p=reject dis=quarantine) "
     "header.from=" ATTACK_GOOD "\r\n"
     "Authentication-Results: mx.ours.example/4a; spf=pass smtp.mailfrom=x@evil.example\r\n"
     "Authentication-Results: mx.ours.example;\r\n\tdkim=fail reason=\"signature verification "
     "failed\" (2048-bit key; unprotected) header.d=evil.example header.i=@evil.example "
     "header.b=\"gfT/i2HB\";\r\n\tdkim-atps=neutral\r\n" ATTACK_BORDER_LINE},
    {"stalwart", "stalwart", "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false,
     false,
     "Return-Path: <>\r\n"
     "Authentication-Results: mx.ours.example;\r\n\tdkim=none;\r\n\tspf=pass smtp.mailfrom=<> "
     "smtp.helo=mail.evil.example;\r\n\tiprev=pass policy.iprev=" ATTACK_CLIENT ";\r\n"
     "\tdmarc=fail header.from=" ATTACK_GOOD " policy.dmarc=reject\r\n" ATTACK_BORDER_LINE},
    {"arena", "arena", "mx.ours.example", "mx.ours.example", attack_mx, attack_mx_id, false, false,
     "Return-Path: <x@evil.example>\r\n"
     "Authentication-Results: mx.ours.example; sender-id=pass header.from=x@evil.example; spf=pass "
     "smtp.mfrom=x@evil.example\r\n"
     "Authentication-Results: mx.ours.example; dkim=pass (2048-bit key)header.i=@evil.example ; "
     "x-dkim-adsp=none\r\n" ATTACK_BORDER_LINE},
};

#endif
