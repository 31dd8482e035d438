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
    struct ip ip;
    assert_true(ip_parse(span_of(client), &ip));
    sender_id_names(sender_id, lookups);
    sender_id_verify(sender_id, lookups, &ip, "helo.example", SPF_NOW);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pra_of_each_step),
        cmocka_unit_test(records_of_the_scope_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
