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
