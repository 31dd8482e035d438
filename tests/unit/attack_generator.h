/* SPDX-License-Identifier: MIT
 *
 * Composes messages as an attacker would: what the receiver's own server wrote stands on top and is
 * honest, everything below the border is the attacker's. Receivers × HELO names × From shapes ×
 * forged Authentication-Results × forged Received lines × their order (attacks A1-A38, B39-B59).
 * Every combination has a number, so that a failing one can be composed again. Only example
 * domains; "ours" is the receiver, "bank.example" the domain that is impersonated. */
#ifndef INKAN_TESTS_ATTACK_GENERATOR_H
#define INKAN_TESTS_ATTACK_GENERATOR_H

#include "attack_receivers.h"

#include "auth/belief.h"

#include <string.h>

/* What the client calls itself; "%B" is the border host. */
static const char *const attack_helos[] = {
    "mail.evil.example", "%B",  "localhost",        "[" ATTACK_CLIENT "]",
    "mx.google.com",     "%B.", "smtp.bank.example"};

/* "%I" is the id, "%D" the impersonated domain, "%B" the border host. */
enum attack_kind {
    PLAIN,
    OUR_ID, /* RFC 8601 reads this id as ours: a server that strips has taken it out */
    FOLDED  /* starts with white space and so continues the server's last field: no server whose
               last field is a result lets that in, and nothing could tell it apart */
};
struct attack_forgery {
    enum attack_kind kind;
    const char *text;
};

#define AR "Authentication-Results: "
#define PASS "dkim=pass header.d=%D header.s=s1 header.b=abcdefgh; dmarc=pass header.from=%D"
static const struct attack_forgery attack_forgeries[] = {
    {PLAIN, ""},
    {FOLDED, " ; %I; " PASS "\r\n"},
    {FOLDED, "\t(unclosed\r\n"},
    {OUR_ID, AR "%I; " PASS "\r\n"},
    {OUR_ID, AR "%I; dmarc=pass header.from=%D\r\n"},
    {OUR_ID, AR "%I; " PASS "\r\n" AR "%I; spf=pass smtp.mailfrom=a@%D\r\n"},
    {OUR_ID, "AUTHENTICATION-RESULTS: %I; " PASS "\r\n"},
    {OUR_ID, "Authentication-Results : %I; " PASS "\r\n"},
    {OUR_ID, AR "\r\n\t%I;\r\n\t" PASS "\r\n"},
    {OUR_ID, AR "(ours) %I (x) 1 ; " PASS "\r\n"},
    {OUR_ID, AR "\"%I\"; " PASS "\r\n"},
    {OUR_ID, AR "%I/1; " PASS "\r\n" AR "%I 1; " PASS "\r\n"},
    {OUR_ID, AR "%I 2; " PASS "\r\n"},
    {OUR_ID, AR "%I; none\r\n" AR "%I; " PASS "\r\n"},
    {OUR_ID, AR "%I; dmarc/1=pass (p=REJECT dis=NONE) header.from=%D\r\n"},
    {OUR_ID, AR "%I; dmarc/2=pass header.from=%D\r\n"},
    {OUR_ID, AR "%I; dmarc=fail action=none dis=none header.from=%D\r\n"},
    {OUR_ID, AR "%I; dmarc=fail policy.dmarc=none header.from=%D\r\n"},
    {OUR_ID, AR "%I; auth=pass smtp.auth=ceo@%D\r\n"},
    {OUR_ID, AR "%I; dmarc=temperror header.from=%D\r\n"},
    {OUR_ID, AR "%I; dkim=pass header.d=%D (unclosed\r\n"},
    {OUR_ID, AR "%I; dmarc=pass reason=\"unclosed header.from=%D\r\n"},
    {OUR_ID, AR "%I (((((((((((((((((((deep))))))))))))))))))); " PASS "\r\n"},
    {OUR_ID, AR "%I; dmarc=fail header.from=%D; dmarc=pass header.from=%D\r\n"},
    {OUR_ID, AR "dmarc.icloud.com; dmarc=pass header.from=%D\r\n" AR
                "dkim-verifier.icloud.com; dkim=pass header.d=%D\r\n" AR
                "spf.icloud.com; spf=pass smtp.mailfrom=a@%D\r\n"},
    {OUR_ID, AR "bimi.icloud.com; bimi=pass header.d=%D\r\nX-DMARC-Info: pass=pass\r\n" AR
                "dmarc.icloud.com; dmarc=pass header.from=%D\r\n"},
    {OUR_ID, "Received-SPF: pass (%I: domain of %D) client-ip=192.0.2.1\r\n" AR "%I; " PASS "\r\n"},
    {PLAIN, AR "spf=pass smtp.mailfrom=%D; dkim=pass header.d=%D;dmarc=pass action=none "
               "header.from=%D;compauth=pass reason=100\r\n"},
    {PLAIN, AR "; " PASS "\r\n"},
    {PLAIN, AR "%I.; " PASS "\r\n"},
    {PLAIN, AR "%I.evil.example; " PASS "\r\n"},
    {PLAIN, AR "evil.%I; " PASS "\r\n"},
    {PLAIN, AR "evil%I; " PASS "\r\n"},
    {PLAIN, AR "evil.example (%I); " PASS "\r\n"},
    {PLAIN, AR "evil.example; x=pass reason=\"; %I; dmarc=pass header.from=%D\"\r\n"},
    {PLAIN, AR "evil.example %I; " PASS "\r\n"},
    {PLAIN, AR "evil.example;\r\n%I: x; " PASS "\r\n"},
    {PLAIN, AR "mx.ours.ex\xc3\xa4mple; " PASS "\r\n"},
    {PLAIN, AR "mx.ours.ex\xd0\xb0mple; " PASS "\r\n"},
    {PLAIN, AR "xn--mx.ours.example; " PASS "\r\n"},
    {PLAIN, AR "ours.example; " PASS "\r\n"},
    {PLAIN, AR "mx (x).ours.example; " PASS "\r\n"},
    {PLAIN, AR "\"mx.ours.example\\\"; " PASS "\r\n"},
    {PLAIN, AR "evil.example; dmarc=pass (unclosed\r\n"},
    {PLAIN, AR "evil.example; dmarc=pass reason=\"unclosed\r\n"},
    {PLAIN, AR "\"unclosed; dmarc=pass\r\n"},
    {PLAIN, AR "(unclosed %I; dmarc=pass\r\n"},
    {PLAIN, AR "evil.example\0; dmarc=pass header.from=%D\r\n"},
    {PLAIN, "ARC-Authentication-Results: i=1; %I; " PASS "\r\n"},
    {PLAIN, "X-Authentication-Results: %I; " PASS "\r\n"},
    {PLAIN, "X-Original-Authentication-Results: %I; " PASS "\r\n"},
    {PLAIN, "X-MS-Exchange-Authentication-Results: " PASS "\r\n"},
    {PLAIN, "X-Note: x\r\n Authentication-Results: %I; " PASS "\r\n"},
    {PLAIN, "Received-SPF: pass (%I) receiver=%I; client-ip=192.0.2.1; "
            "envelope-from=a@%D; identity=mailfrom\r\n"},
    {PLAIN, "Return-Path: <ceo@%D>\r\n"},
    {PLAIN, "Return-Path: <a@%D>\r\nReturn-Path: <>\r\nX-MS-Exchange-Organization-AuthAs: "
            "Internal\r\n"},
    {PLAIN, "DKIM-Signature: v=1; a=rsa-sha256; d=%D; s=s1; h=from; bh=AAAA; b=abcdefgh\r\n"},
    {PLAIN, "DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=s1; h=from; bh=AAAA; b=abcdefgh"
            "\r\nAutocrypt: addr=ceo@%D; keydata=AAAA\r\n"},
};
#undef PASS
#undef AR

/* Lines that name our own hosts without having been near them. */
static const char *const attack_received[] = {
    "",
    "Received: from smtp.%D (smtp.%D [192.0.2.1]) by %B (Postfix) with ESMTPSA id f1;\r\n"
    " Fri, 21 Nov 2025 19:59:00 +0100\r\n",
    "Received: from %B (%B [192.0.2.1]) by %B (Postfix) with ESMTP id f2;\r\n"
    " Fri, 21 Nov 2025 19:59:00 +0100\r\n",
    "Received: from %B by %B with LMTP id f3; Fri, 21 Nov 2025 19:59:00 +0100\r\n",
    "Received: by %B (Postfix, from userid 0) id f4; Fri, 21 Nov 2025 19:59:00 +0100\r\n",
    "Received: from localhost (localhost [127.0.0.1]) by %B with ESMTP id f5;\r\n"
    " Fri, 21 Nov 2025 19:59:00 +0100\r\n"
    "Received: from smtp.%D (smtp.%D [192.0.2.1]) by %B with ESMTPS id f6;\r\n"
    " Fri, 21 Nov 2025 19:58:00 +0100\r\n",
    "Received: from x by p1-mailgateway-smtp-1a (mailgateway 1) with SMTP id f7; "
    "Fri, 21 Nov 2025 19:59:00 GMT\r\n",
    "Received: by 2002:a05:6a10:1:0:0:0:0 with SMTP id f8; Fri, 21 Nov 2025 10:59:00 -0800\r\n",
    "Received: from A.prod.outlook.com (2603:10a6:1::2) by B.prod.outlook.com\r\n"
    " (2603:10a6:1::3) with mapi id 15.20.1; Fri, 21 Nov 2025 18:59:00 +0000\r\n",
    "RECEIVED : from smtp.%D ([192.0.2.1]) by %B with ESMTPA; x\r\n",
    "Received: from (unclosed by %B with ESMTP; x\r\n",
    "Received: by %B\r\n",
};

/* "%D" is the domain in the visible author address. */
static const char *const attack_froms[] = {
    "From: The Bank <ceo@%D>\r\n",
    "From: ceo@%D\r\n",
    "From: \"ceo@%D\" <x@evil.example>\r\n",
    "From: x@evil.example\r\nFrom: ceo@%D\r\n",
    "From: ceo@%D\r\nFrom: x@evil.example\r\n",
    "From: <x@evil.example>, <ceo@%D>\r\n",
    "From: <ceo@%D>, <cfo@%D>\r\n",
    "From : ceo@%D\r\n",
    " From: ceo@%D\r\nFrom: x@evil.example\r\n",
    "From:\r\nSender: ceo@%D\r\n",
    "Resent-From: ceo@%D\r\n",
    "From: Bank: ceo@%D;\r\n",
    "From: undisclosed: ;\r\n",
    "From: <@evil.example:ceo@%D>\r\n",
    "From: <x@evil.example>ceo@%D\r\n",
    "From: ceo@%D <x@evil.example>\r\n",
    "From: =?utf-8?B?PGNlb0BiYW5rLmV4YW1wbGU+?= <x@evil.example>\r\n",
    "From: =?utf-8?B?PGNlb0BiYW5rLmV4YW1wbGU+?=\r\n",
    "From: ceo@%D.\r\n",
    "From: \"ceo@%D\"@evil.example\r\n",
    "From: ceo@sub.%D\r\n",
    "From: ceo@%D (x@evil.example)\r\n",
    "Subject: no author\r\n",
};

/* What a receiver means that states a pass for the attacker's own domain. */
#define ATTACK_OWN_SIGNATURE                                                                       \
    "DKIM-Signature: v=1; a=rsa-sha256; d=" ATTACK_EVIL "; s=own; h=from:to:subject:date;\r\n"     \
    " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=b3duc2lnbmF0dXJl\r\n"

/* Where the attacker puts the pieces. */
enum attack_order { ATTACK_AR_FIRST, ATTACK_RECEIVED_FIRST, ATTACK_AR_TWICE, ATTACK_ORDERS };

struct attack {
    const struct attack_receiver *receiver;
    guint helo, forgery, received, order, from;
    GBytes *octets;  /* the whole message */
    GBytes *honest;  /* the same without anything forged, same HELO and From */
    gsize own_until; /* octets before this were written by the receiver's own servers */
};

static inline guint attack_combinations(void) {
    return G_N_ELEMENTS(attack_receivers) * G_N_ELEMENTS(attack_helos) *
           G_N_ELEMENTS(attack_forgeries) * G_N_ELEMENTS(attack_received) * ATTACK_ORDERS;
}

static inline void attack_append(GString *out, const char *text, gsize n, const char *helo,
                                 const struct attack_receiver *receiver) {
    for (gsize i = 0; i < n; i++) {
        if (text[i] != '%' || i + 1 >= n) {
            g_string_append_c(out, text[i]);
            continue;
        }
        switch (text[++i]) {
        case 'H':
            attack_append(out, helo, strlen(helo), "", receiver);
            break;
        case 'I':
            g_string_append(out, receiver->id);
            break;
        case 'B':
            g_string_append(out, receiver->host);
            break;
        default:
            g_string_append(out, ATTACK_GOOD);
        }
    }
}

/* A forgery with a NUL in it ends in CRLF all the same: measured to there. */
static inline gsize attack_length(const char *text) {
    gsize n = strlen(text);
    return n && text[n - 1] != '\n' ? n + 1 + strlen(text + n + 1) : n;
}

/* The order of `number`'s digits: order, received, forgery, helo, receiver, so that neighbours are
 * alike; From is chosen apart. Free with attack_clear. */
static inline void attack_compose(struct attack *attack, guint number, guint from) {
    guint rest = number;
    attack->order = rest % ATTACK_ORDERS, rest /= ATTACK_ORDERS;
    attack->received = rest % G_N_ELEMENTS(attack_received), rest /= G_N_ELEMENTS(attack_received);
    attack->forgery = rest % G_N_ELEMENTS(attack_forgeries), rest /= G_N_ELEMENTS(attack_forgeries);
    attack->helo = rest % G_N_ELEMENTS(attack_helos), rest /= G_N_ELEMENTS(attack_helos);
    attack->receiver = &attack_receivers[rest % G_N_ELEMENTS(attack_receivers)];
    attack->from = from % G_N_ELEMENTS(attack_froms);

    const struct attack_receiver *receiver = attack->receiver;
    const struct attack_forgery *forgery = &attack_forgeries[attack->forgery];
    bool harmless = (forgery->kind == OUR_ID && receiver->strips) ||
                    (forgery->kind == FOLDED && receiver->ends_in_results);
    const char *forged = harmless ? "" : forgery->text;
    const char *received = attack_received[attack->received];
    const char *author = attack_froms[attack->from];
    GString *out = g_string_new(NULL);
    const char *helo = attack_helos[attack->helo];
    attack_append(out, receiver->top, strlen(receiver->top), helo, receiver);
    attack->own_until = out->len;
    GString *honest = g_string_new_len(out->str, (gssize)out->len);
    if (attack->order != ATTACK_RECEIVED_FIRST)
        attack_append(out, forged, attack_length(forged), "", receiver);
    attack_append(out, received, strlen(received), "", receiver);
    if (attack->order != ATTACK_AR_FIRST)
        attack_append(out, forged, attack_length(forged), "", receiver);
    GString *const both[] = {out, honest};
    for (guint i = 0; i < 2; i++) {
        g_string_append(both[i], "X-Mailer: m\r\n");
        attack_append(both[i], author, strlen(author), "", receiver);
        g_string_append(both[i],
                        "To: me@ours.example\r\nSubject: Your account\r\n"
                        "Date: Fri, 21 Nov 2025 20:00:00 +0100\r\n"
                        "Message-ID: <1@evil.example>\r\n" ATTACK_OWN_SIGNATURE "\r\nHello.\r\n");
    }
    attack->octets = g_string_free_to_bytes(out);
    attack->honest = g_string_free_to_bytes(honest);
}

static inline void attack_clear(struct attack *attack) {
    g_clear_pointer(&attack->octets, g_bytes_unref);
    g_clear_pointer(&attack->honest, g_bytes_unref);
}

/* The rules of an account at that receiver. Aborts on rules that are refused: a slip in the table
 * above. The caller frees. */
static inline struct belief_rules *attack_rules(const struct attack_receiver *receiver) {
    struct belief_rules *rules = belief_rules_new();
    g_autoptr(GError) error = NULL;
    if (receiver->profile && !belief_set_profile(rules, receiver->profile, &error))
        g_error("%s", error->message);
    for (guint i = 0; receiver->border[i]; i++)
        if (!belief_add_border(rules, receiver->border[i], &error))
            g_error("%s", error->message);
    for (guint i = 0; receiver->ids[i]; i++)
        if (!belief_add_id(rules, receiver->ids[i], &error))
            g_error("%s", error->message);
    rules->strips = receiver->strips;
    rules->below = receiver->below;
    return rules;
}

#endif
