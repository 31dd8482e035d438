/* SPDX-License-Identifier: MIT
 *
 * fcgi/config: strict reading, defaults, and conf/inkan.conf as shipped. */
#include "fcgi/config.h"

#include "auth/belief.h"
#include "auth/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define ORIGIN "[web]\norigin = https://mail.example.org\n"

static struct config *parse(const char *text, GError **error) {
    return config_parse("test.conf", text, strlen(text), error);
}

static void has_defaults_for_all_but_the_origin(void **state) {
    (void)state;
    OWNED(config) c = parse(ORIGIN, NULL);
    assert_non_null(c);
    assert_string_equal(c->socket, "/run/inkan/inkan.sock");
    assert_int_equal(c->threads, 8);
    assert_string_equal(c->imap_host, "localhost");
    assert_int_equal(c->imap_port, 993);
    assert_null(c->imap_ca_file);
    assert_int_equal(c->verify, CONFIG_VERIFY_MISSING);
    assert_int_equal(c->session_seconds, 12 * 3600);
    assert_int_equal(c->max_body, 32u << 20);
    assert_int_equal(c->log_level, LOG_NOTICE);
    assert_true(c->secure_cookie);
    assert_true(config_has_origin(c, "https://mail.example.org"));
    assert_false(config_has_origin(c, "https://mail.example.org:8443"));
    assert_false(config_has_origin(c, NULL));
    assert_int_equal(config_trust_of(c, "x")->rules->ids->len, 0);
}

struct wrong {
    const char *text, *words;
};

static void says_what_would_be_right(void **state) {
    (void)state;
    static const struct wrong cases[] = {
        {"", "test.conf: [web] origin: this key must be there"},
        {ORIGIN "[webb]\n", "[webb]: there is no such section"},
        {ORIGIN "[server]\nthread = 4\n",
         "[server] thread: there is no such key; the section has: socket, threads"},
        {ORIGIN "[server]\nthreads = 1\n", "[server] threads: write a number from 2 to 256"},
        {ORIGIN "[server]\nthreads = 8x\n", "[server] threads: write a number"},
        {ORIGIN "[server]\nthreads = -8\n", "[server] threads: write a number"},
        {ORIGIN "[server]\nsocket = inkan.sock\n", "[server] socket: write an absolute path"},
        {ORIGIN "[server]\nthreads = 8\nthreads = 8\n", "[server] threads: it is there twice"},
        {ORIGIN "[server]\n[imap]\n[server]\n", "[server] section: it is there twice"},
        {ORIGIN "[imap]\nhost = imaps://x\n", "[imap] host: write a host name"},
        {ORIGIN "[imap]\nhost = a b\n", "[imap] host: write a host name"},
        {ORIGIN "[imap]\nca-file = /nowhere/x\n",
         "[imap] ca-file: write the absolute path of a file that can be read"},
        {ORIGIN "[dns]\nserver = localhost@53\n", "[dns] server: write ADDRESS@PORT"},
        {ORIGIN "[dns]\nserver = 127.0.0.1\n", "[dns] server: write ADDRESS@PORT"},
        {ORIGIN "[dns]\ndnssec = off\n", "[dns] dnssec: write one of: auto, on"},
        {ORIGIN "[log]\nlevel = loud\n",
         "[log] level: write one of: error, warning, notice, debug"},
        {ORIGIN "[trust]\nverify = maybe\n",
         "[trust] verify: write one of: missing, always, never"},
        {ORIGIN "[trust]\nstrips = true\n", "[trust] strips: write yes or no"},
        {ORIGIN "[trust]\nprofile = nosuch\n", "[trust] profile:"},
        {ORIGIN "[trust]\nproviders = freemail\n", "[trust] providers: write domain names"},
        {ORIGIN "[trust]\nproviders = a b.example\n", "[trust] providers: write domain names"},
        {ORIGIN "[trust imap.example.net]\nproviders = freemail.example\n",
         "[trust imap.example.net] providers: there is no such key"},
        {ORIGIN "[trust imap.example.net]\nverify = never\n",
         "[trust imap.example.net] verify: there is no such key"},
        {ORIGIN "[trust imap.example.net]\nstrips = maybe\n",
         "[trust imap.example.net] strips: write yes or no"},
        {ORIGIN "key-before-section\n", "test.conf: "},
        {"[web]\norigin = http://mail.example.org\n", "[web] origin: write https://HOST"},
        {"[web]\norigin = https://mail.example.org/\n", "[web] origin: write https://HOST"},
        {"[web]\norigin = https://Mail.example.org\n", "[web] origin: write https://HOST"},
        {"[web]\norigin = https://mail.example.org:443\n", "[web] origin: leave out the port"},
        {"[web]\norigin = http://127.0.0.1.evil.example\n", "[web] origin: write https://HOST"},
        {"[web]\norigin = https://a.example, http://localhost:8080\n",
         "[web] origin: write https origins or http origins"},
        {"[web]\norigin = https://a.example,,https://b.example\n", "[web] origin: write a list"},
        {"[web]\norigin =\n", "[web] origin: write the origin"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        OWNED(config) c = parse(cases[i].text, &error);
        if (c)
            fail_msg("taken: %s", cases[i].text);
        if (!strstr(error->message, cases[i].words))
            fail_msg("%s: %s", cases[i].text, error->message);
    }
}

static void loopback_may_do_without_tls(void **state) {
    (void)state;
    static const char *const good[] = {"http://127.0.0.1:8080", "http://127.1.2.3",
                                       "http://localhost:1", "http://[::1]:8080"};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *text = g_strdup_printf("[web]\norigin = %s\n", good[i]);
        OWNED(config) c = parse(text, NULL);
        assert_non_null(c);
        assert_false(c->secure_cookie);
        assert_true(config_has_origin(c, good[i]));
    }
}

static void host_section_takes_the_place_of_defaults(void **state) {
    (void)state;
    OWNED(config)
    c = parse(ORIGIN "[trust]\nauthserv-ids = mx.example.org, *.example.net\nstrips = yes\n"
                     "[trust IMAP.Example.com]\nauthserv-ids = other.example\n",
              NULL);
    assert_non_null(c);
    const struct config_trust *standard = config_trust_of(c, "elsewhere");
    const struct config_trust *host = config_trust_of(c, "imap.example.COM");
    assert_true(belief_has_id(standard->rules, SPAN_LIT("mx.example.org")));
    assert_true(belief_has_id(standard->rules, SPAN_LIT("a.example.net")));
    assert_false(belief_has_id(host->rules, SPAN_LIT("mx.example.org")));
    assert_true(belief_has_id(host->rules, SPAN_LIT("other.example")));
    assert_true(host->rules->strips);
    assert_string_not_equal(standard->fingerprint, host->fingerprint);
}

static void an_operator_adds_providers(void **state) {
    (void)state;
    OWNED(config)
    c = parse(ORIGIN "[trust]\nproviders = FreeMail.example, m\u00fcller.example\n", NULL);
    assert_non_null(c);
    assert_string_equal(c->providers[0], "freemail.example");
    assert_string_equal(c->providers[1], "xn--mller-kva.example");
    assert_null(c->providers[2]);
    OWNED(config) none = parse(ORIGIN, NULL);
    assert_null(none->providers[0]);
}

static void a_known_provider_needs_no_word(void **state) {
    (void)state;
    OWNED(config) c = parse(ORIGIN "[imap]\nhost = imap.gmail.com\n", NULL);
    assert_non_null(c);
    assert_string_equal(config_trust_of(c, "imap.gmail.com")->rules->profile->name, "google");
    OWNED(config)
    told = parse(ORIGIN "[imap]\nhost = imap.gmail.com\n[trust]\nprofile = generic\n", NULL);
    assert_string_equal(config_trust_of(told, "imap.gmail.com")->rules->profile->name, "generic");
}

/* Every key of the table stands in the shipped file, with its default, and the file is valid. */
static void shipped_file_is_whole(void **state) {
    (void)state;
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents("conf/inkan.conf", &text, NULL, NULL));
    OWNED(config) c = config_read("conf/inkan.conf", NULL);
    assert_non_null(c);
    const char *section, *name, *standard;
    size_t n = 0;
    for (; config_key_at(n, &section, &name, &standard); n++) {
        g_autofree char *head = g_strdup_printf("\n[%s]\n", section);
        const char *from = strstr(text, head);
        assert_non_null(from);
        const char *end = strstr(from + 1, "\n[");
        g_autofree char *part = end ? g_strndup(from, (gsize)(end - from)) : g_strdup(from);
        g_autofree char *line =
            standard ? g_strdup_printf("\n#%s =%s%s\n", name, *standard ? " " : "", standard)
                     : g_strdup_printf("\n%s = ", name);
        if (!strstr(part, line))
            fail_msg("conf/inkan.conf lacks [%s] %s with its default", section, name);
    }
    assert_true(n > 15);
    /* … and with every comment taken away it is valid, too: no key that does not exist. */
    g_autoptr(GString) all = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **l = lines; *l; l++)
        g_string_append_printf(all, "%s\n",
                               (*l)[0] == '#' && (*l)[1] != ' ' && (*l)[1] ? *l + 1 : *l);
    g_autoptr(GError) error = NULL;
    OWNED(config) full = parse(all->str, &error);
    if (!full)
        fail_msg("%s", error->message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_defaults_for_all_but_the_origin),
        cmocka_unit_test(says_what_would_be_right),
        cmocka_unit_test(loopback_may_do_without_tls),
        cmocka_unit_test(host_section_takes_the_place_of_defaults),
        cmocka_unit_test(an_operator_adds_providers),
        cmocka_unit_test(a_known_provider_needs_no_word),
        cmocka_unit_test(shipped_file_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
