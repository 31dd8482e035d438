/* SPDX-License-Identifier: MIT
 *
 * The promise to a reader: whatever a forger writes, signs, steals or claims, a forged address
 * never comes out `verified`, and `likely` only where the sending address is admitted by the
 * domain's own narrow SPF. Ways in × domains × From shapes × forged results × forged lines ×
 * signature tricks, more than 10,000 combinations, all verify modes. */
#include "attack_generator.h"
/* The generator's parts come first: the stage has an AR of its own. */
#include "attack_stage.h"
#include "attack_tricks.h"
#include "loudness.h"

#include "sign/smime_trust.h"

/* How it comes in: MAIL FROM, HELO, and what our own server wrote of it. */
static const struct way {
    const char *top;
    bool in_the_domains_name; /* MAIL FROM is of the impersonated domain */
} ways[] = {
    {SENT_AS("x@evil.example") EDGE, false},
    {SENT_AS("bounce@%D") EDGE, true},
    {SENT_AS("") EDGE, false},
    {SENT_AS("a@mail.%D") EDGE, false},
    {SENT_AS("x@evil.example") AR
     "mx.ours.example; spf=pass smtp.mailfrom=x@evil.example; dkim=pass "
     "header.d=evil.example header.s=own\r\n" EDGE,
     false},
};

static const struct target {
    const char *domain, *policy, *spf;
    bool admits_the_forger; /* by a narrow SPF record */
} targets[] = {
    {"bank.example", "v=DMARC1; p=reject", "v=spf1 ip4:192.0.2.1 -all", false},
    {"careful.example", "v=DMARC1; p=quarantine", "v=spf1 ip4:192.0.2.1 ~all", false},
    {"lax.example", "v=DMARC1; p=none", NULL, false},
    {"bare.example", NULL, "v=spf1 -all", false},
    {"anyone.example", "v=DMARC1; p=reject", "v=spf1 +all", false},
    {"wide.example", NULL, "v=spf1 ip4:200.0.0.0/6 -all", false},
    {"shared.example", "v=DMARC1; p=reject", "v=spf1 ip4:203.0.113.0/24 -all", true},
};

#define YEARS ((int64_t)20 * 365 * 24 * HOUR)

struct scene {
    struct stage stage;
    struct trick_people people;
    struct smime_trust *smime;
};

/* Valid for years around STAGE_NOW: what is signed bears the time of the test. */
static struct smime_person person_at_stage(const char *name, const char *address,
                                           const struct smime_person *issuer) {
    struct smime_person person = smime_person_new(name, address, issuer);
    ASN1_TIME_set(X509_getm_notBefore(person.x509), STAGE_NOW - YEARS);
    ASN1_TIME_set(X509_getm_notAfter(person.x509), STAGE_NOW + YEARS);
    g_assert(X509_sign(person.x509, issuer ? issuer->key : person.key, EVP_sha256()));
    return person;
}

static void publish_domains(struct scene *scene) {
    struct resolver *table = scene->stage.resolver;
    for (guint i = 0; i < G_N_ELEMENTS(targets); i++) {
        const struct target *target = &targets[i];
        g_autofree char *key = g_strconcat("s1._domainkey.", target->domain, NULL);
        g_autofree char *policy = g_strconcat("_dmarc.", target->domain, NULL);
        resolver_table_add(table, target->domain, DNS_A, "192.0.2.1");
        stage_publish(&scene->stage, key, "", &scene->people.owner);
        if (target->policy)
            resolver_table_add(table, policy, DNS_TXT, target->policy);
        if (target->spf)
            resolver_table_add(table, target->domain, DNS_TXT, target->spf);
        g_autofree char *longer =
            g_strconcat("own._domainkey.", target->domain, ".evil.example", NULL);
        g_autofree char *ending = g_strconcat("own._domainkey.not", target->domain, NULL);
        stage_publish(&scene->stage, longer, "", &scene->people.thief);
        stage_publish(&scene->stage, ending, "", &scene->people.thief);
    }
    resolver_table_add(table, "evil.example", DNS_A, "203.0.113.66");
    resolver_table_add(table, "evil.example", DNS_TXT, "v=spf1 ip4:203.0.113.66 -all");
    stage_publish(&scene->stage, "own._domainkey.evil.example", "", &scene->people.thief);
    stage_publish(&scene->stage, "own._domainkey.example", "", &scene->people.thief);
    stage_publish(&scene->stage, "s1._domainkey.sealer.example", "", &scene->people.sealer);
}

static int set_up(void **state) {
    struct scene *scene = g_new0(struct scene, 1);
    struct trick_people *people = &scene->people;
    people->owner = signer_ed25519();
    people->thief = signer_ed25519();
    people->sealer = signer_ed25519();
    people->root = person_at_stage("Root", NULL, NULL);
    people->thief_person = person_at_stage("The Bank", "x@evil.example", &people->root);
    people->faker = person_at_stage("The Bank", "ceo@bank.example", NULL);
    people->victim = person_at_stage("The Bank", "ceo@bank.example", &people->root);
    people->thief_cms = smime_person_sign(&people->thief_person, TRICK_SIGNED);
    people->faker_cms = smime_person_sign(&people->faker, TRICK_SIGNED);
    people->victim_cms = smime_person_sign(&people->victim, TRICK_SIGNED);
    g_autoptr(GBytes) anchors = smime_person_pem(&people->root);
    scene->smime = smime_trust_new(anchors, NULL);
    scene->stage = (struct stage){.signer = signer_ed25519(),
                                  .short_rsa = signer_ed25519(),
                                  .long_rsa = signer_ed25519(),
                                  .resolver = resolver_new_table(),
                                  .keys = dkim_keys_new(),
                                  .suffixes = orgdomain_suffixes_new(NULL),
                                  .rules = belief_rules_new(),
                                  .now = STAGE_NOW};
    publish_domains(scene);
    *state = scene;
    return belief_add_id(scene->stage.rules, "mx.ours.example", NULL) &&
                   belief_add_border(scene->stage.rules, "mx.ours.example", NULL) &&
                   belief_add_sealer(scene->stage.rules, "sealer.example", NULL)
               ? 0
               : 1;
}

static int tear_down(void **state) {
    struct scene *scene = *state;
    struct trick_people *people = &scene->people;
    struct signer *const signers[] = {&people->owner, &people->thief, &people->sealer};
    struct smime_person *const persons[] = {&people->root, &people->thief_person, &people->faker,
                                            &people->victim};
    GBytes *const made[] = {people->thief_cms, people->faker_cms, people->victim_cms};
    for (guint i = 0; i < G_N_ELEMENTS(signers); i++)
        signer_clear(signers[i]);
    for (guint i = 0; i < G_N_ELEMENTS(persons); i++)
        smime_person_clear(persons[i]);
    for (guint i = 0; i < G_N_ELEMENTS(made); i++)
        g_bytes_unref(made[i]);
    smime_trust_free(scene->smime);
    stage_clear(&scene->stage);
    g_free(scene);
    return 0;
}

/* --- one combination ------------------------------------------------------------------------- */

struct choice {
    const struct way *way;
    const struct target *target;
    const char *from, *received;
    const struct attack_forgery *forgery;
    const struct trick *trick;
};

enum {
    COMBINATIONS = G_N_ELEMENTS(ways) * G_N_ELEMENTS(targets) * G_N_ELEMENTS(attack_froms) *
                   G_N_ELEMENTS(attack_forgeries) * G_N_ELEMENTS(attack_received) *
                   G_N_ELEMENTS(attack_tricks)
};

static struct choice choose(guint number) {
    struct choice c;
    c.trick = &attack_tricks[number % G_N_ELEMENTS(attack_tricks)];
    number /= G_N_ELEMENTS(attack_tricks);
    c.from = attack_froms[number % G_N_ELEMENTS(attack_froms)];
    number /= G_N_ELEMENTS(attack_froms);
    c.target = &targets[number % G_N_ELEMENTS(targets)];
    number /= G_N_ELEMENTS(targets);
    c.way = &ways[number % G_N_ELEMENTS(ways)];
    number /= G_N_ELEMENTS(ways);
    c.forgery = &attack_forgeries[number % G_N_ELEMENTS(attack_forgeries)];
    number /= G_N_ELEMENTS(attack_forgeries);
    c.received = attack_received[number % G_N_ELEMENTS(attack_received)];
    return c;
}

/* "%D" is the domain; "%I" and "%B" are our own server. */
static void fill(GString *out, const char *text, gsize n, const char *domain) {
    for (gsize i = 0; i < n; i++) {
        if (text[i] != '%' || i + 1 >= n)
            g_string_append_c(out, text[i]);
        else
            g_string_append(out, text[++i] == 'D' ? domain : "mx.ours.example");
    }
}

static GBytes *compose(const struct scene *scene, const struct choice *c) {
    struct trick_mail mail = {.people = &scene->people,
                              .domain = c->target->domain,
                              .fields = g_string_new(NULL),
                              .header = g_string_new(NULL),
                              .body = g_string_new(TRICK_FORGED)};
    fill(mail.header, c->from, strlen(c->from), mail.domain);
    g_string_append(mail.header, TRICK_SURROUNDINGS);
    c->trick->play(&mail);
    GString *out = g_string_new(NULL);
    fill(out, c->way->top, strlen(c->way->top), mail.domain);
    fill(out, c->forgery->text, attack_length(c->forgery->text), mail.domain);
    fill(out, c->received, strlen(c->received), mail.domain);
    g_string_append_len(out, mail.fields->str, (gssize)mail.fields->len);
    g_string_append_printf(out, "%s\r\n%s", mail.header->str, mail.body->str);
    g_string_free(mail.fields, TRUE);
    g_string_free(mail.header, TRUE);
    g_string_free(mail.body, TRUE);
    return g_string_free_to_bytes(out);
}

static struct verdict *judge(const struct scene *scene, GBytes *octets, enum verify_mode mode) {
    OWNED(message) message = message_new(octets, 0);
    struct evaluate_request request = {.message = message,
                                       .belief = scene->stage.rules,
                                       .mode = mode,
                                       .resolver = scene->stage.resolver,
                                       .keys = scene->stage.keys,
                                       .suffixes = scene->stage.suffixes,
                                       .smime = scene->smime,
                                       .now = STAGE_NOW};
    OWNED(evidence) evidence = evaluate(&request);
    struct verdict_policy policy = {.rules = scene->stage.rules};
    return verdict_derive(evidence, &policy, STAGE_NOW);
}

static struct verdict *judge_choice(const struct scene *scene, const struct choice *c,
                                    enum verify_mode mode) {
    g_autoptr(GBytes) octets = compose(scene, c);
    return judge(scene, octets, mode);
}

/* --- the promise ----------------------------------------------------------------------------- */

static bool is_the_forgers_own(const struct verdict *verdict) {
    return verdict->domain && domain_is_equal_or_below(verdict->domain, "evil.example");
}

/* The highest that this combination may come to. */
static enum verdict_author highest(const struct choice *c, const struct verdict *verdict) {
    bool admitted = c->way->in_the_domains_name && c->target->admits_the_forger &&
                    verdict->domain && domain_is_equal_or_below(verdict->domain, c->target->domain);
    if (c->trick->kind == TRICK_REPLAYS || is_the_forgers_own(verdict))
        return VERDICT_VERIFIED;
    return admitted || c->trick->kind == TRICK_ADDS ? VERDICT_LIKELY : VERDICT_NOT_ESTABLISHED;
}

static bool is_within(enum verdict_author author, enum verdict_author highest) {
    return (author != VERDICT_VERIFIED || highest == VERDICT_VERIFIED) &&
           (author != VERDICT_LIKELY || highest != VERDICT_NOT_ESTABLISHED) &&
           author != VERDICT_OWN && author != VERDICT_NOT_EVALUATED;
}

/* The same trick without forged results and lines: they must not have helped it. */
static void assert_not_helped(const struct scene *scene, const struct choice *c,
                              const struct verdict *verdict, enum verify_mode mode) {
    struct choice bare = *c;
    bare.forgery = attack_forgeries;
    bare.received = "";
    OWNED(verdict) plain = judge_choice(scene, &bare, mode);
    const char *lost = danger_lost(plain, verdict);
    if (lost || badge_height(verdict->level) > badge_height(plain->level))
        fail_msg("%s, mode %d, with %s and %s: %s became %s%s%s", c->trick->name, mode,
                 c->forgery->text, c->received, verdict_level_name(plain->level),
                 verdict_level_name(verdict->level), lost ? ", without " : "", lost ? lost : "");
}

static void no_forged_address_is_verified(void **state) {
    const struct scene *scene = *state;
    /* A prime that is no factor of any part, so that every piece meets every other. */
    enum { STEP = 1709 };
    guint tried = 0, contradicted = 0, ambiguous = 0, likely = 0;
    for (guint number = 0; number < COMBINATIONS; number += STEP, tried++) {
        struct choice c = choose(number);
        enum verify_mode mode = (enum verify_mode)(tried / 2 % 3);
        OWNED(verdict) verdict = judge_choice(scene, &c, mode);
        if (!is_within(verdict->author, highest(&c, verdict))) {
            g_autoptr(GBytes) octets = compose(scene, &c);
            fail_msg("combination %u (%s, mode %d): %s for %s\n%s", number, c.trick->name, mode,
                     verdict_author_name(verdict->author), verdict->domain,
                     (const char *)g_bytes_get_data(octets, NULL));
        }
        assert_not_helped(scene, &c, verdict, mode);
        contradicted += verdict->author == VERDICT_CONTRADICTED;
        ambiguous += verdict->author == VERDICT_AMBIGUOUS;
        likely += verdict->author == VERDICT_LIKELY;
    }
    print_message("%u combinations: %u contradicted, %u ambiguous, %u likely\n", tried,
                  contradicted, ambiguous, likely);
    assert_true(tried >= 10000);
    /* Something was there to be caught, and something to be admitted. */
    assert_true(contradicted > 300 && ambiguous > 1000 && likely > 50);
}

/* Every trick against every domain in its plainest form, all modes: none is left to the step. */
static void every_trick_meets_every_domain(void **state) {
    const struct scene *scene = *state;
    for (guint i = 0; i < G_N_ELEMENTS(attack_tricks); i++)
        for (guint j = 0; j < G_N_ELEMENTS(targets); j++)
            for (guint k = 0; k < G_N_ELEMENTS(ways); k++)
                for (enum verify_mode mode = VERIFY_MISSING; mode <= VERIFY_NEVER; mode++) {
                    struct choice c = {&ways[k], &targets[j],      attack_froms[0],
                                       "",       attack_forgeries, &attack_tricks[i]};
                    OWNED(verdict) verdict = judge_choice(scene, &c, mode);
                    if (!is_within(verdict->author, highest(&c, verdict)))
                        fail_msg("%s, %s, way %u, mode %d: %s", c.trick->name, c.target->domain, k,
                                 mode, verdict_author_name(verdict->author));
                }
}

/* --- the stage is real ----------------------------------------------------------------------- */

static const struct trick *trick_find(const char *name) {
    guint i = 0;
    while (strcmp(attack_tricks[i].name, name) != 0)
        i++;
    return &attack_tricks[i];
}

static enum verdict_author author_of(const struct scene *scene, guint target, guint way,
                                     const char *trick) {
    struct choice c = {&ways[way], &targets[target], attack_froms[0],
                       "",         attack_forgeries, trick_find(trick)};
    OWNED(verdict) verdict = judge_choice(scene, &c, VERIFY_MISSING);
    return verdict->author;
}

/* With the very key, seal or certificate the same mails are believed: what fails above fails for
 * what is wrong with it. */
static void the_genuine_ones_are_believed(void **state) {
    const struct scene *scene = *state;
    for (guint i = 0; i < G_N_ELEMENTS(targets); i++)
        assert_int_equal(author_of(scene, i, 0, "replay"), VERDICT_VERIFIED);
    assert_int_equal(author_of(scene, 0, 0, "second subject"), VERDICT_LIKELY);
    assert_int_equal(author_of(scene, 0, 0, "nothing"), VERDICT_CONTRADICTED);
    assert_int_equal(author_of(scene, 6, 1, "nothing"), VERDICT_LIKELY);
    assert_int_equal(author_of(scene, 4, 1, "nothing"), VERDICT_NOT_ESTABLISHED);
    struct trick_mail mail = {.people = &scene->people,
                              .domain = "bank.example",
                              .fields = g_string_new(NULL),
                              .header = g_string_new(NULL),
                              .body = g_string_new(TRICK_GENUINE)};
    trick_use_genuine_header(&mail);
    trick_seal(&mail, &scene->people.sealer, "sealer.example", "s1");
    g_autofree char *sealed = g_strconcat(BY_EVIL, mail.header->str, "\r\n", TRICK_GENUINE, NULL);
    g_string_assign(mail.header, "From: The Bank <ceo@bank.example>\r\n" TRICK_SURROUNDINGS);
    trick_use_cms(&mail, scene->people.victim_cms, NULL);
    g_autofree char *signed_ = g_strconcat(BY_EVIL, mail.header->str, "\r\n", mail.body->str, NULL);
    g_autoptr(GBytes) with_seal = g_bytes_new(sealed, strlen(sealed));
    g_autoptr(GBytes) with_person = g_bytes_new(signed_, strlen(signed_));
    OWNED(verdict) forwarded = judge(scene, with_seal, VERIFY_MISSING);
    OWNED(verdict) person = judge(scene, with_person, VERIFY_MISSING);
    assert_string_equal(verdict_author_name(forwarded->author), "likely");
    assert_string_equal(verdict_level_name(person->level), "person");
    g_string_free(mail.fields, TRUE);
    g_string_free(mail.header, TRUE);
    g_string_free(mail.body, TRUE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_genuine_ones_are_believed),
        cmocka_unit_test(every_trick_meets_every_domain),
        cmocka_unit_test(no_forged_address_is_verified),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
