/* SPDX-License-Identifier: MIT
 *
 * auth/sender_id: the PRA step by step (RFC 4407 §2), record selection and results (RFC 4406 §4).
 */
#include "auth/sender_id.h"
#include "spf_zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct sender_id *sender_id_of(const char *header) {
    g_autofree char *text = g_strconcat(header, "\r\nbody\r\n", NULL);
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    OWNED(message) message = message_new(octets, 0);
    OWNED(author) author = author_find(message);
    OWNED(sender_id) alone = sender_id_new(message, NULL);
    struct sender_id *sender_id = sender_id_new(message, author);
    assert_int_equal(g_strcmp0(alone->pra, sender_id->pra), 0);
    return sender_id;
}

static void the_pra_of_each_step(void **state) {
    (void)state;
    static const struct {
        const char *header, *pra;
    } cases[] = {
        {"From: a@f.example\r\n", "a@f.example"},
        {"From: A <a@f.example>\r\nSender: s@s.example\r\n", "s@s.example"},
        {"From: a@f.example\r\nSender: s@s.example\r\nResent-From: r@r.example\r\n", "r@r.example"},
        {"Resent-Sender: rs@r.example\r\nResent-From: r@r.example\r\nFrom: a@f.example\r\n",
         "rs@r.example"},
        {"Resent-From: r@r.example\r\nResent-Sender: rs@r.example\r\nFrom: a@f.example\r\n",
         "rs@r.example"},
        /* an older resending, told by the trace between: the newer Resent-From counts */
        {"Resent-From: r@r.example\r\nReceived: x\r\nResent-Sender: rs@r.example\r\n",
         "r@r.example"},
        {"Resent-From: r@r.example\r\nReturn-Path: <x@y>\r\nResent-Sender: rs@r.example\r\n",
         "r@r.example"},
        {"Resent-Sender: rs@r.example\r\nReceived: x\r\nResent-From: r@r.example\r\n",
         "rs@r.example"},
        /* empty fields are not there */
        {"Resent-Sender: \r\n\t\r\nSender:  \r\nFrom: a@f.example\r\n", "a@f.example"},
        {"Resent-From:\r\nReceived: x\r\nResent-Sender: rs@r.example\r\n", "rs@r.example"},
        {"Resent-Sender: 1@r.example\r\nResent-Sender: 2@r.example\r\nFrom: a@f.example\r\n",
         "1@r.example"},
        /* steps 3 to 6 */
        {"Sender: s@s.example\r\nSender: t@s.example\r\nFrom: a@f.example\r\n", NULL},
        {"From: a@f.example\r\nFrom: b@f.example\r\n", NULL},
        {"From: a@f.example\r\nFrom: b@f.example\r\nSender: s@s.example\r\n", "s@s.example"},
        {"Subject: none\r\n", NULL},
        {"From: a@f.example, b@f.example\r\n", NULL},
        {"From: a\r\n", NULL},
        {"From: group: a@f.example;\r\n", NULL},
        {"From: undisclosed:;\r\n", NULL},
        {"From: a@f.example\r\nSender: broken <\r\n", NULL},
        {"From: a@B\xc3\xbc"
         "cher.example\r\n",
         "a@xn--bcher-kva.example"},
        {"From: a@v2+v1.example\r\n", "a@v2+v1.example"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(sender_id) sender_id = sender_id_of(cases[i].header);
        if (g_strcmp0(sender_id->pra, cases[i].pra) != 0)
            fail_msg("%s gives %s", cases[i].header, sender_id->pra ? sender_id->pra : "none");
    }
}

static enum auth_result result_of(struct resolver *resolver, const char *header,
                                  const char *client) {
    OWNED(lookups) lookups = lookups_new(resolver);
    OWNED(sender_id) sender_id = sender_id_of(header);
    struct spf_session session = {.helo = SPAN_LIT("helo.example")};
    assert_true(ip_parse(span_of(client), &session.ip));
    OWNED(spf_check) spf = spf_new(&session);
    sender_id_names(sender_id, lookups);
    sender_id_verify(sender_id, lookups, spf, SPF_NOW);
    return sender_id->result.result;
}

static void records_of_the_scope_come_first(void **state) {
    (void)state;
    const struct zone_row rows[] = {
        {"both.example", DNS_TXT, "v=spf1 -all"},
        {"both.example", DNS_TXT, "spf2.0/pra ip4:192.0.2.1 -all"},
        {"old.example", DNS_TXT, "v=spf1 ip4:192.0.2.1 -all"},
        {"mfrom.example", DNS_TXT, "spf2.0/mfrom +all"},
        {"two.example", DNS_TXT, "spf2.0/pra +all"},
        {"two.example", DNS_TXT, "spf2.0/mfrom,pra +all"},
        {"macro.example", DNS_TXT, "spf2.0/pra exists:%{l}.%{o} include:both.example -all"},
        {NULL, DNS_A, NULL}};
    OWNED(resolver) resolver = zone_of(rows);
    static const struct {
        const char *header;
        enum auth_result result;
    } cases[] = {
        {"From: a@both.example\r\n", AUTH_PASS},    {"From: a@old.example\r\n", AUTH_PASS},
        {"From: a@mfrom.example\r\n", AUTH_NONE},   {"From: a@two.example\r\n", AUTH_PERMERROR},
        {"From: a@macro.example\r\n", AUTH_PASS},   {"Subject: x\r\n", AUTH_NONE},
        {"From: a@nowhere.example\r\n", AUTH_FAIL}, /* RFC 4406 §4.3 */
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_string_equal(auth_result_name(result_of(resolver, cases[i].header, "192.0.2.1")),
                            auth_result_name(cases[i].result));
    assert_int_equal(result_of(resolver, "From: a@old.example\r\n", "192.0.2.2"), AUTH_FAIL);
}

/* What MAIL FROM came to is taken over where it must be the same, and only there. */
static void a_result_is_shared_by_all_senders_of_a_domain(void **state) {
    (void)state;
    const struct zone_row rows[] = {{"same.example", DNS_TXT, "v=spf1 ip4:192.0.2.1 -all"},
                                    {"local.example", DNS_TXT, "v=spf1 exists:%{l}.%{d} -all"},
                                    {"a.local.example", DNS_A, "127.0.0.2"},
                                    {"word.example", DNS_TXT, "v=spf1 -exists:%{s}.%{d} +all"},
                                    {"both.example", DNS_TXT, "v=spf1 -all"},
                                    {"both.example", DNS_TXT, "spf2.0/pra +all"},
                                    {"in.example", DNS_TXT, "v=spf1 include:both.example ?all"},
                                    {"gap.example", DNS_TXT, "v=spf1 include:no.example ?all"},
                                    {NULL, DNS_A, NULL}};
    static const struct {
        const char *mail_from, *from;
        enum auth_result spf, sender_id;
        bool shared;
    } cases[] = {
        {"b@same.example", "From: a@same.example\r\n", AUTH_PASS, AUTH_PASS, true},
        {"b@local.example", "From: a@local.example\r\n", AUTH_FAIL, AUTH_PASS, false},
        {"\xc3\xa9@word.example", "From: a@word.example\r\n", AUTH_PASS, AUTH_PASS, false},
        {"b@both.example", "From: a@both.example\r\n", AUTH_FAIL, AUTH_PASS, false},
        {"b@in.example", "From: a@in.example\r\n", AUTH_NEUTRAL, AUTH_PASS, false},
        {"b@no.example", "From: a@no.example\r\n", AUTH_NONE, AUTH_FAIL, false},
        {"b@gap.example", "From: a@gap.example\r\n", AUTH_PERMERROR, AUTH_NEUTRAL, false},
        {"b@same.example", "From: a@both.example\r\n", AUTH_PASS, AUTH_PASS, true},
    };
    OWNED(resolver) resolver = zone_of(rows);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(lookups) lookups = lookups_new(resolver);
        OWNED(sender_id) sender_id = sender_id_of(cases[i].from);
        struct spf_session session = {.mail_from = span_of(cases[i].mail_from),
                                      .has_mail_from = true};
        assert_true(ip_parse(SPAN_LIT("192.0.2.1"), &session.ip));
        OWNED(spf_check) spf = spf_new(&session);
        spf_verify(spf, &spf->mail_from, lookups, SPF_NOW);
        sender_id_verify(sender_id, lookups, spf, SPF_NOW);
        const struct spf_result *result = &sender_id->result;
        if (spf->mail_from.result.result != cases[i].spf || result->result != cases[i].sender_id ||
            spf->mail_from.result.of_any_sender != cases[i].shared)
            fail_msg("%s: %s, %s%s", cases[i].mail_from,
                     auth_result_name(spf->mail_from.result.result),
                     auth_result_name(result->result),
                     spf->mail_from.result.of_any_sender ? ", shared" : "");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pra_of_each_step),
        cmocka_unit_test(records_of_the_scope_come_first),
        cmocka_unit_test(a_result_is_shared_by_all_senders_of_a_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
