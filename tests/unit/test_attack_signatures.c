/* SPDX-License-Identifier: MIT
 *
 * Attacks C68 to C92 as whole mails: what a signature, broken, stretched, replayed or added to, is
 * worth in the verdict. What auth/dkim itself answers to each is in test_dkim_attacks; DomainKeys
 * and rsa-sha1 (C84) are in test_evaluate_arc. Where the list and the design's verdict page
 * disagree, the page decides (C72 to C74: rule 8). */
#include "attack_stage.h"

static struct stage stage;
static const struct shape bank = {.domain = "bank.example"};

static int set_up(void **state) {
    (void)state;
    stage = stage_new();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    stage_clear(&stage);
    return 0;
}

static void check_mail(const struct stage_mail *mail, const char *author, const char *code) {
    struct stage_verdict judged = stage_judge_mail(&stage, mail);
    assert_author(judged, author, code);
    stage_verdict_clear(&judged);
}

static void check_shape(const struct shape *shape, const char *author, const char *code) {
    check_mail(&(struct stage_mail){.shape = shape}, author, code);
}

static void the_honest_mail_is_verified(void **state) {
    (void)state;
    check_shape(&bank, "verified", "signature-intact");
    check_mail(&(struct stage_mail){0}, "contradicted", "fail-policy-reject");
}

static void c68_names_that_must_not_be_asked(void **state) {
    (void)state;
    struct stage_verdict without = stage_judge_mail(&stage, &(struct stage_mail){0});
    static const char *const names[] = {"d=bank .example; s=s1", "d=bank.example,x; s=s1",
                                        "d=bank.example; s=s 1", "d=bank.example; s=s1,x",
                                        "d=bank.example; s=s1..x"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *field =
            g_strdup_printf("DKIM-Signature: v=1; a=rsa-sha256; %s; h=from; b=AQID; "
                            "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=\r\n",
                            names[i]);
        struct stage_verdict judged =
            stage_judge_mail(&stage, &(struct stage_mail){.inserted = field});
        assert_author(judged, "contradicted", "fail-policy-reject");
        assert_int_equal(judged.evidence->signatures[0].result, AUTH_PERMERROR);
        assert_int_equal(judged.questions, without.questions);
        stage_verdict_clear(&judged);
    }
    stage_verdict_clear(&without);
}

static void c69_broken_signatures_break_alone(void **state) {
    (void)state;
    static const char *const tags[] = {"v=1; a=rsa-sha256; h=to; ",
                                       "v=1; a=rsa-sha256; h=; ",
                                       "v=1; a=rsa-sha256; h=from; h=from; ",
                                       "v=2; h=from; ",
                                       "v=1; a=rsa-md5; h=from; ",
                                       "a=rsa-sha256; h=from; "};
    for (guint i = 0; i < G_N_ELEMENTS(tags); i++) {
        g_autofree char *field =
            g_strdup_printf("DKIM-Signature: %sd=bank.example; s=s1; b=AQID; "
                            "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=\r\n",
                            tags[i]);
        check_mail(&(struct stage_mail){.shape = &bank, .inserted = field}, "verified",
                   "signature-intact");
        check_mail(&(struct stage_mail){.inserted = field}, "contradicted", "fail-policy-reject");
    }
}

static void c70_fields_added_on_top(void **state) {
    (void)state;
    check_mail(&(struct stage_mail){.shape = &bank, .inserted = "From: x@evil.example\r\n"},
               "ambiguous", "two-from-fields");
    static const char *const added[] = {"Subject: pay now\r\n", "To: you@ours.example\r\n",
                                        "Date: Wed, 18 Nov 2026 11:00:00 +0000\r\n"};
    static const char header[] = BANK "Date: Tue, 17 Nov 2026 11:00:00 +0000\r\n";
    struct shape shape = {.domain = "bank.example", .headers = "From:To:Subject:Date"};
    for (guint i = 0; i < G_N_ELEMENTS(added); i++) {
        struct stage_verdict judged = stage_judge_mail(
            &stage, &(struct stage_mail){.shape = &shape, .header = header, .inserted = added[i]});
        assert_author(judged, "likely", "signature-intact");
        assert_true(stage_says(&judged, "fields-not-covered"));
        const char *fields = judged.evidence->signatures[0].fields_uncovered;
        assert_true(g_str_has_prefix(added[i], fields));
        stage_verdict_clear(&judged);
    }
}

static void c71_fields_that_are_not_signed(void **state) {
    (void)state;
    struct stage_verdict judged = stage_judge_mail(
        &stage, &(struct stage_mail){.shape = &bank, .inserted = "Reply-To: x@evil.example\r\n"});
    assert_author(judged, "verified", "signature-intact");
    assert_true(stage_says(&judged, "reply-elsewhere"));
    stage_verdict_clear(&judged);
    judged = stage_judge_mail(
        &stage, &(struct stage_mail){.shape = &bank, .inserted = "Content-Type: text/html\r\n"});
    assert_author(judged, "likely", "signature-intact");
    assert_string_equal(judged.evidence->signatures[0].fields_uncovered, "Content-Type");
    stage_verdict_clear(&judged);
}

static void c72_text_added_behind_the_limit(void **state) {
    (void)state;
    struct shape shape = {.domain = "bank.example",
                          .tags = "l=19; ",
                          .body_limit = "19",
                          .headers = "From:To:Subject:Content-Type"};
    check_mail(&(struct stage_mail){.shape = &shape, .appended = "<b>Pay here</b>\r\n"},
               "not-established", "body-not-covered");
    /* up to the end of the body it limits nothing */
    check_mail(&(struct stage_mail){.shape = &shape}, "verified", "signature-intact");
}

static void c73_limit_with_unsigned_content_type(void **state) {
    (void)state;
    struct shape shape = {.domain = "bank.example", .tags = "l=19; ", .body_limit = "19"};
    static const char type[] = "Content-Type: multipart/mixed; boundary=new\r\n";
    check_mail(&(struct stage_mail){.shape = &shape, .inserted = type}, "not-established",
               "body-not-covered");
    check_mail(&(struct stage_mail){.shape = &shape,
                                    .inserted = type,
                                    .appended = "--new\r\n\r\nPay here\r\n--new--\r\n"},
               "not-established", "body-not-covered");
}

static void c74_limit_of_nothing_and_too_much(void **state) {
    (void)state;
    struct shape nothing = {.domain = "bank.example", .tags = "l=0; ", .body_limit = "0"};
    check_shape(&nothing, "not-established", "body-not-covered");
    struct shape too_much = {.domain = "bank.example", .tags = "l=999; ", .body_limit = "999"};
    struct stage_verdict judged =
        stage_judge_mail(&stage, &(struct stage_mail){.shape = &too_much});
    assert_int_equal(judged.evidence->signatures[0].result, AUTH_PERMERROR);
    assert_int_equal(judged.verdict->author, VERDICT_NOT_ESTABLISHED);
    stage_verdict_clear(&judged);
}

static void c75_times_as_of_receipt(void **state) {
    (void)state;
    g_autofree char *expires = g_strdup_printf("x=%d; ", STAGE_NOW);
    struct shape expiring = {.domain = "bank.example", .tags = expires};
    struct shape turned = {.domain = "bank.example", .tags = "t=20; x=10; "};
    struct shape gone = {.domain = "bank.example", .selector = "rotated"};
    struct stage later = stage;
    later.now = STAGE_NOW + 100 * HOUR;
    struct stage_verdict judged =
        stage_judge_mail(&later, &(struct stage_mail){.shape = &expiring});
    assert_author(judged, "verified", "signature-intact"); /* it was received in time */
    stage_verdict_clear(&judged);
    judged = stage_judge_mail(&later, &(struct stage_mail){.shape = &gone});
    assert_author(judged, "not-established", "key-gone");
    stage_verdict_clear(&judged);
    judged = stage_judge_mail(&later, &(struct stage_mail){0});
    assert_author(judged, "not-established", "too-old-to-tell");
    stage_verdict_clear(&judged);
    check_shape(&turned, "contradicted", "fail-policy-reject");
}

static void c76_identity_and_domain(void **state) {
    (void)state;
    stage_publish(&stage, "strict._domainkey.bank.example", "t=s; ", &stage.signer);
    struct shape other = {.domain = "bank.example", .tags = "i=@evil.example; "};
    struct shape below = {.domain = "bank.example", .tags = "i=@pay.bank.example; "};
    struct shape strict = {
        .domain = "bank.example", .selector = "strict", .tags = "i=@pay.bank.example; "};
    check_shape(&other, "contradicted", "fail-policy-reject");
    check_shape(&below, "verified", "signature-intact");
    check_shape(&strict, "contradicted", "fail-policy-reject");
}

/* A replay is the bank's own words to somebody else, months ago: both is said. */
static void c77_replays_are_told_by_age_and_recipient(void **state) {
    (void)state;
    g_autofree char *signed_at = g_strdup_printf("t=%d; ", STAGE_NOW - 90 * 24 * HOUR);
    struct shape shape = {.domain = "bank.example", .tags = signed_at};
    struct stage_verdict judged = stage_judge_mail(
        &stage, &(struct stage_mail){.shape = &shape,
                                     .header = "From: no-reply@bank.example\r\n"
                                               "To: victim@list.evil.example\r\nSubject: x\r\n"});
    assert_author(judged, "verified", "signature-intact");
    assert_true(stage_says(&judged, "not-addressed-to-you"));
    assert_true(stage_says(&judged, "old-signature"));
    stage_verdict_clear(&judged);
}

/* Also D97, D98: whoever may have a domain's servers sign, the proof names the domain alone. */
static void c78_the_sentence_names_the_domain_not_the_person(void **state) {
    (void)state;
    struct stage_verdict judged = stage_judge_mail(&stage, &(struct stage_mail){.shape = &bank});
    g_autofree char *text = verdict_text(judged.verdict, LANGUAGE_EN);
    assert_string_equal(judged.verdict->identity, "bank.example");
    assert_non_null(strstr(text, "bank.example"));
    assert_null(strstr(text, "ceo"));
    assert_null(strstr(text, "The Bank"));
    stage_verdict_clear(&judged);
}

static void c79_public_suffixes_do_not_vouch(void **state) {
    (void)state;
    static const char *const suffixes[] = {"com", "co.uk", "github.io"};
    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        stage_domain(&stage, suffixes[i], "v=DMARC1; p=none; psd=n");
        g_autofree char *header = g_strdup_printf(
            "From: a@shop.%s\r\nTo: me@ours.example\r\nSubject: x\r\n", suffixes[i]);
        struct shape shape = {.domain = suffixes[i]};
        struct stage_verdict judged =
            stage_judge_mail(&stage, &(struct stage_mail){.shape = &shape, .header = header});
        assert_int_equal(judged.verdict->author, VERDICT_NOT_ESTABLISHED);
        stage_verdict_clear(&judged);
    }
}

static void c80_relatives_of_the_author_domain(void **state) {
    (void)state;
    static const struct {
        const char *from, *domain, *author, *code;
    } cases[] = {
        {"bank.example", "pay.bank.example", "verified", "signature-intact"},
        {"pay.bank.example", "bank.example", "verified", "signature-intact"},
        {"pay.bank.example", "www.bank.example", "verified", "signature-intact"},
        {"strict.example", "a.strict.example", "contradicted", "fail-policy-reject"},
        {"bare.example", "bare.example", "verified", "signature-intact"},
        {"a.bare.example", "bare.example", "verified", "signature-intact"},
        {"bare.example", "a.bare.example", "likely", "signature-intact"},
        {"a.bare.example", "b.bare.example", "not-established", "no-signature"},
        {"bare.example", "evil.example", "not-established", "signed-by-other"},
        {"bank.example", "evilbank.example", "contradicted", "fail-policy-reject"},
    };
    stage_domain(&stage, "evilbank.example", NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *header =
            g_strdup_printf("From: a@%s\r\nTo: me@ours.example\r\nSubject: x\r\n", cases[i].from);
        struct shape shape = {.domain = cases[i].domain};
        check_mail(&(struct stage_mail){.shape = &shape, .header = header}, cases[i].author,
                   cases[i].code);
    }
}

static void c81_key_records_that_hold_no_key(void **state) {
    (void)state;
    g_autofree char *good = signer_record(&stage.signer, "");
    g_autofree char *hash = signer_record(&stage.signer, "h=sha1; ");
    g_autofree char *service = signer_record(&stage.signer, "s=web; ");
    const char *const records[] = {"v=DKIM1; p=", hash, service, "v=DKIM1; k=rsa; p=AAAA",
                                   "v=DKIM2; p=AAAA"};
    for (guint i = 0; i < G_N_ELEMENTS(records); i++) {
        g_autofree char *selector = g_strdup_printf("c81-%u", i);
        g_autofree char *name = g_strconcat(selector, "._domainkey.bank.example", NULL);
        resolver_table_add(stage.resolver, name, DNS_TXT, records[i]);
        struct shape shape = {.domain = "bank.example", .selector = selector};
        check_shape(&shape, "contradicted", "fail-policy-reject");
    }
    resolver_table_add(stage.resolver, "two._domainkey.bank.example", DNS_TXT, good);
    resolver_table_add(stage.resolver, "two._domainkey.bank.example", DNS_TXT, "v=DKIM1; p=");
    struct shape two = {.domain = "bank.example", .selector = "two"};
    check_shape(&two, "contradicted", "fail-policy-reject");
}

static void c82_short_keys(void **state) {
    (void)state;
    stage_publish(&stage, "long._domainkey.bank.example", "", &stage.long_rsa);
    stage_publish(&stage, "short._domainkey.bank.example", "", &stage.short_rsa);
    struct shape at_least = {.domain = "bank.example", .selector = "long"};
    struct shape too_short = {.domain = "bank.example", .selector = "short"};
    struct stage_verdict judged = stage_judge_mail(
        &stage, &(struct stage_mail){.shape = &at_least, .signer = &stage.long_rsa});
    assert_author(judged, "verified", "signature-intact");
    assert_true(stage_says(&judged, "weak-key"));
    stage_verdict_clear(&judged);
    check_mail(&(struct stage_mail){.shape = &too_short, .signer = &stage.short_rsa},
               "contradicted", "fail-policy-reject");
}

static void c85_a_key_of_another_algorithm(void **state) {
    (void)state;
    stage_publish(&stage, "rsa._domainkey.bank.example", "", &stage.long_rsa);
    struct shape shape = {.domain = "bank.example", .selector = "rsa"}; /* signed by Ed25519 */
    check_shape(&shape, "contradicted", "fail-policy-reject");
}

/* What the server saw stands; that we see another body now is said and is never loud. */
static void c87_the_server_saw_it_whole(void **state) {
    (void)state;
    static const char top[] = AR "mx.ours.example; dkim=pass header.d=bank.example header.s=s1; "
                                 "dmarc=pass header.from=bank.example\r\n" BY_EVIL;
    struct stage always = stage;
    always.mode = VERIFY_ALWAYS;
    struct stage_verdict judged = stage_judge_mail(
        &always, &(struct stage_mail){.top = top, .shape = &bank, .appended = "gateway\r\n"});
    assert_author(judged, "verified", "server-confirmed");
    assert_true(stage_says(&judged, "own-check-differs"));
    assert_string_equal(verdict_level_name(judged.verdict->level), "domain");
    stage_verdict_clear(&judged);
    check_mail(&(struct stage_mail){.shape = &bank, .appended = "gateway\r\n"}, "not-established",
               "changed-after-signing");
}

/* Also C89: the crowd costs eight keys, and the aligned one is among them wherever it stands. */
static void c88_junk_before_the_aligned_one(void **state) {
    (void)state;
    g_autoptr(GString) junk = g_string_new(NULL);
    for (guint i = 0; i < 300; i++)
        g_string_append_printf(junk,
                               "DKIM-Signature: v=1; a=rsa-sha256; d=junk%u.example; s=s; h=from; "
                               "b=AQID; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=\r\n",
                               i % 199);
    /* within the fields that are read */
    g_string_truncate(junk, junk->len / 2);
    g_string_truncate(junk, (gsize)(strrchr(junk->str, '\n') - junk->str) + 1);
    struct stage_verdict judged =
        stage_judge_mail(&stage, &(struct stage_mail){.shape = &bank, .inserted = junk->str});
    assert_author(judged, "verified", "signature-intact");
    assert_true(judged.questions <= LIMIT_DKIM_SIGNATURES + LIMIT_QUESTIONS_DMARC + 4);
    guint skipped = 0;
    for (guint i = 0; i < judged.evidence->n_signatures; i++)
        skipped += g_strcmp0(judged.evidence->signatures[i].reason, "not-checked") == 0;
    assert_true(skipped > 0);
    stage_verdict_clear(&judged);
}

static void c90_dns_trouble_is_never_red(void **state) {
    (void)state;
    static const struct {
        enum dns_status status;
        enum dnssec_state dnssec;
    } cases[] = {{DNS_TEMPERROR, DNSSEC_NOT_EVALUATED}, {DNS_BOGUS, DNSSEC_BOGUS}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *selector = g_strdup_printf("c90-%u", i);
        g_autofree char *name = g_strconcat(selector, "._domainkey.bank.example", NULL);
        resolver_table_set(stage.resolver, name, DNS_TXT, cases[i].status, cases[i].dnssec);
        struct shape shape = {.domain = "bank.example", .selector = selector};
        struct stage_verdict judged =
            stage_judge_mail(&stage, &(struct stage_mail){.shape = &shape});
        assert_author(judged, "unchecked", "temporary-trouble");
        assert_false(judged.verdict->complete); /* shown, not stored: it is tried again */
        assert_int_equal(judged.evidence->signatures[0].dnssec, cases[i].dnssec);
        stage_verdict_clear(&judged);
    }
}

/* Evaluated anew where a key is asked for; that a stored verdict outlives its key is tested over
 * the service (test_api: the first complete verdict). */
static void c91_another_key_another_result(void **state) {
    (void)state;
    stage_publish(&stage, "c91._domainkey.bank.example", "", &stage.long_rsa);
    struct shape shape = {.domain = "bank.example", .selector = "c91"};
    check_mail(&(struct stage_mail){.shape = &shape, .signer = &stage.long_rsa}, "verified",
               "signature-intact");
    check_shape(&shape, "contradicted", "fail-policy-reject");
}

/* The same questions for every message, none of them on opening: reading a verdict asks nothing. */
static void c92_questions_do_not_depend_on_the_reader(void **state) {
    (void)state;
    struct stage_verdict judged = stage_judge_mail(&stage, &(struct stage_mail){.shape = &bank});
    uint64_t before = resolver_questions_sent(stage.resolver);
    struct verdict_policy policy = {.rules = stage.rules};
    OWNED(verdict) again = verdict_derive(judged.evidence, &policy, STAGE_NOW);
    assert_true(verdict_equal(judged.verdict, again));
    assert_int_equal(resolver_questions_sent(stage.resolver), before);
    stage_verdict_clear(&judged);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_honest_mail_is_verified),
        cmocka_unit_test(c68_names_that_must_not_be_asked),
        cmocka_unit_test(c69_broken_signatures_break_alone),
        cmocka_unit_test(c70_fields_added_on_top),
        cmocka_unit_test(c71_fields_that_are_not_signed),
        cmocka_unit_test(c72_text_added_behind_the_limit),
        cmocka_unit_test(c73_limit_with_unsigned_content_type),
        cmocka_unit_test(c74_limit_of_nothing_and_too_much),
        cmocka_unit_test(c75_times_as_of_receipt),
        cmocka_unit_test(c76_identity_and_domain),
        cmocka_unit_test(c77_replays_are_told_by_age_and_recipient),
        cmocka_unit_test(c78_the_sentence_names_the_domain_not_the_person),
        cmocka_unit_test(c79_public_suffixes_do_not_vouch),
        cmocka_unit_test(c80_relatives_of_the_author_domain),
        cmocka_unit_test(c81_key_records_that_hold_no_key),
        cmocka_unit_test(c82_short_keys),
        cmocka_unit_test(c85_a_key_of_another_algorithm),
        cmocka_unit_test(c87_the_server_saw_it_whole),
        cmocka_unit_test(c88_junk_before_the_aligned_one),
        cmocka_unit_test(c90_dns_trouble_is_never_red),
        cmocka_unit_test(c91_another_key_another_result),
        cmocka_unit_test(c92_questions_do_not_depend_on_the_reader),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
