/* SPDX-License-Identifier: MIT
 *
 * fcgi/known_names: the built-in list, an operator's file, an account's own domains; and what the
 * verdict makes of them (attacks A22, A26). */
#include "auth/belief.h"
#include "auth/orgdomain.h"
#include "fcgi/known_names.h"
#include "fcgi/providers.h"
#include "repute/lookalike.h"
#include "tests/unit/evidence_maker.h"
#include "trust/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>

static bool resembles(const struct lookalikes *list, const char *domain, const char *known) {
    OWNED(public_suffixes) suffixes = orgdomain_suffixes_new(NULL);
    const char *registrable = orgdomain_registrable(suffixes, domain);
    enum lookalike_trick trick;
    return g_strcmp0(lookalikes_find_domain(list, domain, registrable, &trick), known) == 0;
}

static void the_built_in_list_is_sound(void **state) {
    (void)state;
    OWNED(known_names) names = known_names_new(NULL, NULL);
    assert_string_equal(names->digest, "");
    assert_true(resembles(names->lookalikes, "paypa1.com", "paypal.com"));
    assert_true(resembles(names->lookalikes, "rnicrosoft.com", "microsoft.com"));
    assert_string_equal(lookalikes_find_name(names->lookalikes, "三井住友銀行", "example.org"),
                        "三井住友銀行");
    assert_string_equal(lookalikes_find_name(names->lookalikes, "Google", "gmail.com"), "Google");
}

/* Mailbox providers, and what companies really send from: none may resemble another. */
static void honest_senders_resemble_nobody(void **state) {
    (void)state;
    OWNED(known_names) names = known_names_new(NULL, NULL);
    g_autoptr(GHashTable) providers = providers_new();
    GHashTableIter iterator;
    gpointer domain;
    guint seen = 0;
    g_hash_table_iter_init(&iterator, providers);
    for (; g_hash_table_iter_next(&iterator, &domain, NULL); seen++)
        if (!resembles(names->lookalikes, domain, NULL))
            fail_msg("%s", (const char *)domain);
    static const char *const senders[] = {"email.apple.com",
                                          "facebookmail.com",
                                          "amazonses.com",
                                          "microsoftonline.com",
                                          "accounts.google.com",
                                          "mail.rakuten-card.co.jp",
                                          "paypal.co.uk",
                                          "mailer.netflix.com",
                                          "dhl.de",
                                          "spotifymail.com",
                                          "chess.com",
                                          "upwork.com",
                                          "meetup.com",
                                          "applebees.com",
                                          "zoominfo.com",
                                          "stripes.com",
                                          "metacritic.com",
                                          "visa.example",
                                          "wisepay.example",
                                          "steamboat.example",
                                          "office.example",
                                          "visa-service.example",
                                          "live-music.example",
                                          "mybooking.example",
                                          "chase.example",
                                          "apple-orchard.example",
                                          "meta.example",
                                          "ups-shop.example"};
    for (size_t i = 0; i < G_N_ELEMENTS(senders); i++)
        if (!resembles(names->lookalikes, senders[i], NULL))
            fail_msg("%s", senders[i]);
    assert_true(seen > 50);
}

static guint add(struct known_names *names, const char *text) {
    return known_names_add(names, span_of(text));
}

static void an_operator_adds_names(void **state) {
    (void)state;
    OWNED(known_names) names = known_names_new(NULL, NULL);
    assert_int_equal(
        add(names, "# comment\n\n  Kawase Bank, KB Direct : kawase-bank.example kb.example\r\n"
                   ": without-a-name.example\n"),
        0);
    assert_true(resembles(names->lookalikes, "kawase-bank-login.example", "kawase-bank.example"));
    assert_true(resembles(names->lookalikes, "w1thout-a-name.example", "without-a-name.example"));
    assert_string_equal(lookalikes_find_name(names->lookalikes, "KB Direct", "example.org"),
                        "KB Direct");
    assert_null(lookalikes_find_name(names->lookalikes, "KB Direct", "mail.kb.example"));
    assert_int_equal(add(names, "Name\n"), 1);
    assert_int_equal(add(names, "\nName:\n"), 2);
    assert_int_equal(add(names, "Name: nodots\n"), 1);
    assert_int_equal(add(names, "Name: Upper.example\n"), 1);
    assert_int_equal(add(names, "Name: *.example\n"), 1);
    assert_int_equal(add(names, "Name: ~\n"), 1);
    assert_int_equal(add(names, "Orchard: ~orchard.example\n"), 0);
    assert_true(resembles(names->lookalikes, "orchard-shop.example", NULL));
    assert_true(resembles(names->lookalikes, "0rchard.example", "orchard.example"));
    assert_int_equal(add(names, "Name: a.example\nName: \xff.example\n"), 2);
}

static void a_file_is_read_or_named(void **state) {
    (void)state;
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "inkan-known-names-XXXXXX", NULL);
    int fd = g_mkstemp(path);
    assert_true(fd >= 0);
    g_close(fd, NULL);
    g_autoptr(GError) error = NULL;
    assert_true(g_file_set_contents(path, "A Bank: a-bank.example\n", -1, NULL));
    OWNED(known_names) names = known_names_new(path, &error);
    assert_non_null(names);
    assert_int_equal(strlen(names->digest), 64);
    assert_true(g_file_set_contents(path, "A Bank: a-bank.example\nnonsense\n", -1, NULL));
    assert_null(known_names_new(path, &error));
    assert_non_null(strstr(error->message, "line 2"));
    g_clear_error(&error);
    g_remove(path);
    assert_null(known_names_new(path, &error));
    assert_non_null(error);
}

static void an_accounts_own_domains(void **state) {
    (void)state;
    OWNED(known_names) names = known_names_new(NULL, NULL);
    OWNED(public_suffixes) suffixes = orgdomain_suffixes_new(NULL);
    OWNED(belief_rules) rules = belief_rules_new();
    g_autoptr(GHashTable) providers = providers_new();
    assert_non_null(suffixes);
    assert_true(belief_add_own_domain(rules, "mx.orchard-farm.co.uk", NULL));
    OWNED(lookalikes)
    own = known_names_own(names, rules, "hana@mail.studio-ito.com", suffixes, providers);
    assert_true(resembles(own, "0rchard-farm.com", "orchard-farm.co.uk"));
    assert_true(resembles(own, "studio-1to.com", "studio-ito.com"));
    assert_true(lookalikes_knows(own, "studio-ito.com"));
    OWNED(lookalikes) provided = known_names_own(names, rules, "x@gmail.com", suffixes, providers);
    assert_true(resembles(provided, "gmai1.com", NULL));
}

/* --- the verdict ------------------------------------------------------------------------------ */

struct staged {
    struct known_names *names;
    struct lookalikes *own;
    struct verdict_policy policy;
};

static int set_stage(void **state) {
    struct staged *staged = g_new0(struct staged, 1);
    staged->names = known_names_new(NULL, NULL);
    staged->own = lookalikes_new(staged->names->confusables);
    lookalikes_add_domain(staged->own, "orchard-farm.example", false);
    staged->policy = (struct verdict_policy){.known = staged->names->lookalikes,
                                             .own = staged->own,
                                             .confusables = staged->names->confusables};
    *state = staged;
    return 0;
}

static int clear_stage(void **state) {
    struct staged *staged = *state;
    lookalikes_free(staged->own);
    known_names_free(staged->names);
    g_free(staged);
    return 0;
}

/* The verdict on mail of `name` <x@domain>, of which an aligned signature holds or nothing is
 * known. */
static struct verdict *judge(const struct staged *staged, const char *name, const char *domain,
                             bool proved) {
    struct evidence *e = make_evidence();
    e->author.address = "x@author.example";
    e->author.domain = e->author.registrable = domain;
    e->author.display_name = name;
    if (proved)
        add_signature(e, domain, AUTH_PASS)->bare = DMARC_BARE_ALIGNED;
    struct verdict *verdict = verdict_derive(e, &staged->policy, NOW);
    assert_int_equal(verdict->author, proved ? VERDICT_VERIFIED : VERDICT_NOT_ESTABLISHED);
    evidence_free(e);
    return verdict;
}

/* Anybody can prove a domain of his own: a likeness is loud whether it is proved or not. */
static void a26_a_lookalike_is_loud_even_when_proved(void **state) {
    for (int proved = 0; proved < 2; proved++) {
        OWNED(verdict) v = judge(*state, "Hana", "paypa1.com", proved);
        const struct reason *reason = reason_find(&v->reasons, REASON_LOOKALIKE_DOMAIN);
        assert_non_null(reason);
        assert_int_equal(reason->severity, SEVERITY_DANGER);
        assert_string_equal(reason->values[0], "paypa1.com");
        assert_string_equal(reason->values[1], "paypal.com");
        assert_int_equal(v->level, LEVEL_CAUTION);
    }
}

static void a26_a_lookalike_of_the_readers_own_domain(void **state) {
    OWNED(verdict) v = judge(*state, "Hana", "orchard-farrn.example", true);
    assert_string_equal(reason_find(&v->reasons, REASON_LOOKALIKE_DOMAIN)->values[1],
                        "orchard-farm.example");
    assert_int_equal(v->level, LEVEL_CAUTION);
    OWNED(verdict) own = judge(*state, "PayPal", "orchard-farm.example", false);
    assert_int_equal(own->level, LEVEL_UNVERIFIED);
}

static void a_namesake_under_another_suffix_is_information_once_proved(void **state) {
    OWNED(verdict) proved = judge(*state, "Hana", "dropbox.example", true);
    assert_int_equal(reason_find(&proved->reasons, REASON_LOOKALIKE_DOMAIN)->severity,
                     SEVERITY_INFO);
    assert_int_equal(proved->level, LEVEL_DOMAIN);
    OWNED(verdict) unproved = judge(*state, "Hana", "dropbox.example", false);
    assert_int_equal(unproved->level, LEVEL_CAUTION);
}

static void a_known_name_is_loud_until_proved(void **state) {
    OWNED(verdict) unproved = judge(*state, "PayPal Service", "author.example", false);
    const struct reason *reason = reason_find(&unproved->reasons, REASON_NAME_OF_KNOWN);
    assert_non_null(reason);
    assert_string_equal(reason->values[0], "PayPal");
    assert_int_equal(unproved->level, LEVEL_CAUTION);
    struct evidence *listed = make_evidence(); /* whoever writes the name can write a List-Id too */
    listed->author.display_name = "PayPal Service";
    listed->author.is_list = true;
    listed->author.list_id = "news.bank.example";
    OWNED(verdict) as_loud = verdict_derive(listed, &((struct staged *)*state)->policy, NOW);
    assert_non_null(reason_find(&as_loud->reasons, REASON_NAME_OF_KNOWN));
    assert_int_equal(as_loud->level, LEVEL_CAUTION);
    evidence_free(listed);
    OWNED(verdict) proved = judge(*state, "PayPal Service", "author.example", true);
    assert_null(reason_find(&proved->reasons, REASON_NAME_OF_KNOWN));
    assert_int_equal(proved->level, LEVEL_DOMAIN);
    OWNED(verdict) real = judge(*state, "PayPal Service", "paypal.com", false);
    assert_int_equal(real->level, LEVEL_UNVERIFIED);
}

static void a22_mixed_alphabets_are_loud(void **state) {
    OWNED(verdict) name = judge(*state, "M\u0430ria", "author.example", true);
    assert_non_null(reason_find(&name->reasons, REASON_MIXED_SCRIPTS));
    assert_int_equal(name->level, LEVEL_CAUTION);
    OWNED(verdict) domain = judge(*state, "Maria", "xn--mria-53d.example", true);
    assert_non_null(reason_find(&domain->reasons, REASON_MIXED_SCRIPTS));
    OWNED(verdict) honest = judge(*state, "\u041c\u0430\u0440\u0438\u044f", "author.example", true);
    assert_int_equal(honest->level, LEVEL_DOMAIN);
}

/* Without lists (a policy of zeros) nothing is compared. */
static void nothing_known_resembles_nothing(void **state) {
    (void)state;
    struct staged none = {0};
    OWNED(verdict) v = judge(&none, "P\u0430ypal", "paypa1.com", true);
    assert_int_equal(v->level, LEVEL_DOMAIN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_list_is_sound),
        cmocka_unit_test(honest_senders_resemble_nobody),
        cmocka_unit_test(an_operator_adds_names),
        cmocka_unit_test(a_file_is_read_or_named),
        cmocka_unit_test(an_accounts_own_domains),
        cmocka_unit_test(a26_a_lookalike_is_loud_even_when_proved),
        cmocka_unit_test(a26_a_lookalike_of_the_readers_own_domain),
        cmocka_unit_test(a_namesake_under_another_suffix_is_information_once_proved),
        cmocka_unit_test(a_known_name_is_loud_until_proved),
        cmocka_unit_test(a22_mixed_alphabets_are_loud),
        cmocka_unit_test(nothing_known_resembles_nothing),
    };
    return cmocka_run_group_tests(tests, set_stage, clear_stage);
}
