/* SPDX-License-Identifier: MIT
 *
 * auth/profile.h: the table. What each row says was read off messages that the provider delivered;
 * where it lets a forger choose between two readings, the row says less. */
#include "auth/profile.h"

#include "mail/border.h"

#define LIST(...)                                                                                  \
    (const char *const[]) {                                                                        \
        __VA_ARGS__, NULL                                                                          \
    }
#define ALIASES(...)                                                                               \
    (const struct profile_alias[]) {                                                               \
        __VA_ARGS__, {                                                                             \
            NULL, NULL                                                                             \
        }                                                                                          \
    }

static const struct profile profiles[] = {
    {
        .name = "generic",
        .title = "a server of one's own",
        .flags = PROFILE_P_COMMENT, /* OpenDMARC and rspamd write it so */
    },
    {
        /* Delivered-To, Received: by 2002:a05:… (an inner host: 6to4 form of 10.0.0.0/8), ARC set,
         * Return-Path, Received: from client by mx.google.com, Received-SPF, one
         * Authentication-Results, then what the client sent. */
        .name = "google",
        .title = "Gmail and Google Workspace",
        .flags = PROFILE_BELOW | PROFILE_P_COMMENT,
        .ids = LIST("mx.google.com"),
        .hosts = LIST("mx.google.com"),
        .networks = LIST("2002:a00::/24"),
        .imap_hosts = LIST("imap.gmail.com", "imap.googlemail.com"),
    },
    {
        /* Inner hops, then Authentication-Results without id, Received-SPF, then Received: from
         * client by *.mail.protection.outlook.com. Another tenant's mail comes from public
         * addresses of the same company: only Exchange Online's inner networks are ours. */
        .name = "microsoft",
        .title = "Outlook.com and Microsoft 365",
        .flags = PROFILE_NO_ID | PROFILE_ACTION | PROFILE_P_COMMENT | PROFILE_INTERNAL,
        .hosts = LIST("*.prod.outlook.com", "*.protection.outlook.com", "*.outlook.office365.com",
                      "*.outlook.office.com"),
        .networks = LIST("2603:1096::/32", "2603:10a6::/32", "2603:10b6::/32", "2603:10c6::/32",
                         "2603:10d6::/32", "fe80::/10"),
        .imap_hosts = LIST("outlook.office365.com", "imap-mail.outlook.com", "outlook.office.com",
                           "*.outlook.office365.com"),
    },
    {
        /* Received by the mail gateway (inner), Received: from client by the border host, X-ICL-*,
         * one field for each method with these ids in this order, Received-SPF. */
        .name = "icloud",
        .title = "iCloud Mail",
        .flags = PROFILE_BELOW,
        .ids = LIST("bimi.icloud.com", "arc.icloud.com", "dmarc.icloud.com",
                    "+dkim-verifier.icloud.com", "spf.icloud.com"),
        .hosts = LIST("*.me.com", "*.icloud.com", "*.apple.com", "p*-icloudmta-smtpin-*"),
        .inner_hosts = LIST("p*-mailgateway-smtp*"),
        .between = LIST("X-ICL-*", "X-ARC-Info", "X-DMARC-Info", "X-DMARC-Policy", "X-BIMI-Info",
                        "X-BIMI-Policy"),
        .imap_hosts = LIST("imap.mail.me.com", "*.imap.mail.me.com"),
    },
    {
        /* Received: from an inner address by atlas…, Return-Path, X-Originating-Ip, Received-SPF,
         * one Authentication-Results, X-Apparently-To, X-YMailISG, Received: from client by 10.….
         * That last line has no name of its own, so the border is the first: no client for SPF.
         * Yahoo! Japan is another company's. */
        .name = "yahoo",
        .title = "Yahoo Mail and AOL",
        .flags = PROFILE_BELOW | PROFILE_P_COMMENT | PROFILE_ARC_OVERRIDE,
        .ids = LIST("*.yahoo.com"),
        .hosts = LIST("atlas*.yahoo.com"),
        .between = LIST("Return-Path", "X-Originating-Ip"),
        .imap_hosts = LIST("imap.mail.yahoo.com", "imap.aol.com"),
    },
    {
        /* Delivery and the filter on the mx host itself (127.0.0.1), one or more
         * Authentication-Results, Received-SPF, Received: from client by the mx host. Of the inner
         * network only the mx hosts are listed: its submission proxies write no line of their own.
         */
        .name = "fastmail",
        .title = "Fastmail",
        .flags = PROFILE_P_COMMENT,
        .ids = LIST("*.messagingengine.com"),
        .hosts = LIST("*mx*.messagingengine.com", "mailmx.*.internal", "mx*.internal",
                      "*compute*.internal"),
        .networks = LIST("10.202.2.200/29", "127.0.0.1/32"),
        .imap_hosts = LIST("imap.fastmail.com"),
        .aliases = ALIASES({"senderid", "sender-id"}, {"smtp.remote-ip", "policy.iprev"}),
    },
    {
        /* Delivery by LMTP, perhaps from a postback host, Received: from client by the mxfront,
         * X-Yandex-Front, X-Yandex-TimeMark, at most one Authentication-Results, X-Yandex-Spam.
         * Unsigned mail without SPF gets none: X-Yandex-Spam ends the block on every message. */
        .name = "yandex",
        .title = "Yandex Mail",
        .flags = PROFILE_BELOW,
        .ids = LIST("*.yandex.net"),
        .hosts = LIST("mxfront*.mail.yandex.net", "*.qloud-c.yandex.net", "*.yp-c.yandex.net"),
        .inner_hosts = LIST("postback*.mail.yandex.net"),
        .between = LIST("Return-Path", "X-Yandex-Front", "X-Yandex-TimeMark", "X-Yandex-Fwd"),
        .imap_hosts = LIST("imap.yandex.com", "imap.yandex.ru"),
        .aliases = ALIASES({"smtp.mail", "smtp.mailfrom"}),
    },
    {
        /* Received-SPF, one Authentication-Results, ARC set, Return-Path, Received: from client by
         * mx.zohomail.… A dkim= result names no domain: it is nobody's. */
        .name = "zoho",
        .title = "Zoho Mail",
        .flags = PROFILE_P_COMMENT,
        .ids = LIST("mx.zohomail.com", "mx.zohomail.eu", "mx.zohomail.in", "mx.zohomail.jp",
                    "mx.zohomail.com.au"),
        .hosts = LIST("mx.zohomail.com", "mx.zohomail.eu", "mx.zohomail.in", "mx.zohomail.jp",
                      "mx.zohomail.com.au"),
        .imap_hosts = LIST("imap.zoho.com", "imappro.zoho.com", "imap.zoho.eu", "imappro.zoho.eu",
                           "imap.zoho.in", "imappro.zoho.in", "imap.zoho.jp", "imappro.zoho.jp",
                           "imap.zoho.com.au", "imappro.zoho.com.au"),
    },
    {
        /* Most messages have the field below From and To, some above: where a sender can write one
         * too, and nothing tells which is which. Only a field above the border line counts. */
        .name = "mailru",
        .title = "Mail.ru",
        .ids = LIST("mxs.mail.ru"),
        .hosts = LIST("mx*.mail.ru"),
        .imap_hosts = LIST("imap.mail.ru"),
    },
    {
        /* Return-Path, one Authentication-Results for each signature, Received: from client by
         * mx-ha.…: DKIM and nothing else. */
        .name = "gmx",
        .title = "GMX and WEB.DE",
        .ids = LIST("gmx.net", "web.de"),
        .hosts = LIST("mx-ha.gmx.net", "mx-ha.web.de"),
        .imap_hosts = LIST("imap.gmx.net", "imap.gmx.com", "imap.web.de"),
    },
    {
        /* Return-Path, one Authentication-Results for each method and two for each signature (two
         * filters), Received: from client by mailin…. IMAP is a program on the reader's machine. */
        .name = "proton",
        .title = "Proton Mail, through its bridge",
        .flags = PROFILE_P_COMMENT,
        .ids = LIST("mail.protonmail.ch"),
        .hosts = LIST("mailin*.protonmail.ch"),
    },
    {
        /* Received: from client by inbound-smtp.…, two verdicts, Received-SPF, one
         * Authentication-Results, X-SES-RECEIPT, X-SES-DKIM-SIGNATURE. spf= carries the client,
         * MAIL FROM and HELO behind ";": they are no methods, and the result names nobody. */
        .name = "ses",
        .title = "Amazon SES, receiving",
        .flags = PROFILE_BELOW,
        .ids = LIST("amazonses.com"),
        .hosts = LIST("inbound-smtp.*.amazonaws.com"),
        .between = LIST("X-SES-Spam-Verdict", "X-SES-Virus-Verdict"),
    },
    {
        .name = "exim",
        .title = "Exim on a server of one's own",
    },
    {
        .name = "rspamd",
        .title = "rspamd on a server of one's own",
        .flags = PROFILE_P_COMMENT, /* dmarc=fail header.from=… (policy=reject) */
    },
    {
        .name = "opendmarc",
        .title = "OpenDKIM and OpenDMARC on a server of one's own",
        .flags = PROFILE_P_COMMENT | PROFILE_JOB_ID, /* AuthservIDWithJobID */
    },
    {
        .name = "stalwart",
        .title = "Stalwart on a server of one's own",
    },
    {
        .name = "arena",
        .title = "NTT PC Arena",
        .aliases = ALIASES({"smtp.mfrom", "smtp.mailfrom"}),
    },
};

const struct profile *profile_find(const char *name) {
    for (guint i = 0; i < G_N_ELEMENTS(profiles); i++)
        if (g_ascii_strcasecmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}

const struct profile *profile_for_imap_host(const char *host) {
    for (guint i = 0; i < G_N_ELEMENTS(profiles); i++)
        for (const char *const *known = profiles[i].imap_hosts; known && *known; known++)
            if (border_pattern_matches(*known, span_of(host)))
                return &profiles[i];
    return profile_generic();
}

const struct profile *profile_generic(void) {
    return &profiles[0];
}

const struct profile *profile_at(guint index) {
    return index < G_N_ELEMENTS(profiles) ? &profiles[index] : NULL;
}
