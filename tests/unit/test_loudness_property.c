/* SPDX-License-Identifier: MIT
 *
 * The promise of the whole badge, not of the author alone: with From and belief rules fixed, no
 * field or text that anybody can add without a key raises the badge, and none quiets a danger, for
 * an account that remembers nothing and for one whose reader knows senders, a list, a forwarder and
 * a brand. Honest and dangerous mails × who signed × ways in × what is added × verify modes. */
#include "attack_generator.h"
/* The generator's parts come first: the stage has an AR of its own. */
#include "attack_stage.h"
#include "loudness.h"
#include "repute/confusable.h"
#include "repute/contact_names.h"
#include "repute/lookalike.h"

/* Who it says it is, and what is wrong with that. */
static const char *const authors[] = {
    "From: The Bank <ceo@bank.example>\r\n",
    "From: The Bank <ceo@careful.example>\r\n",
    "From: Ann <ann@lax.example>\r\n", /* the reader says that he knows her */
    "From: ann@bare.example\r\n",
    "From: Carol Example <carol@lax.example>\r\n",  /* a correspondent's name */
    "From: Carol Example <carol@corp.example>\r\n", /* the correspondent's address */
    "From: Accounts <carol@c0rp.example>\r\n",      /* her domain in other letters */
    "From: PayPal Service <service@lax.example>\r\n",
    "From: PayPal <carol@corp.example>\r\n",
    "From: Ann \xe2\x80\xae nnA <ann@lax.example>\r\n",
    "From: \"ceo@bank.example\" <x@evil.example>\r\n",
    "From: <ceo@bank.example>, <x@evil.example>\r\n",
};

static const char *const ways[] = {
    BY_EVIL,
    BY_BANK,
    SENT_AS("x@evil.example") AR "mx.ours.example; dkim=none; spf=pass "
                                 "smtp.mailfrom=x@evil.example\r\n" EDGE,
};

#define REST "To: me@ours.example\r\nSubject: Hello\r\nDate: Wed, 18 Nov 2026 11:05:00 +0000\r\n"
#define LISTED "List-Id: Developers <dev.lists.example>\r\n"

/* What was signed before the attacker had it; the author's own key, a list's, the attacker's. */
enum sealing {
    UNSIGNED,
    SIGNED,        /* by the author's domain */
    CHANGED,       /* … with text behind it */
    LIST_SIGNED,   /* the same, signed again by the list over List-Id */
    LIST_UNSIGNED, /* … over everything but List-Id, which is not there */
    STRANGER,      /* by the attacker's own domain */
    SEALINGS
};

/* What anybody can add. */
static const char *const added[] = {
    LISTED,
    "List-Id: <dev.lists.example>\r\nList-Post: <mailto:dev@lists.example>\r\nPrecedence: list\r\n",
    LISTED "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=lists.example; s=s1; "
           "h=from:list-id; bh=AAAA; b=AAAA\r\n",
    "List-Unsubscribe: <https://lists.example/u>\r\nList-Unsubscribe-Post: "
    "List-Unsubscribe=One-Click\r\n",
    "Reply-To: Carol Example <carol@corp.example>\r\n",
    "Sender: ceo@bank.example\r\n",
    "Resent-From: carol@corp.example\r\nResent-To: me@ours.example\r\n",
    "In-Reply-To: <1@ours.example>\r\nReferences: <1@ours.example>\r\n",
    "Auto-Submitted: auto-generated\r\n",
    "Content-Type: text/calendar; method=REQUEST\r\n",
    "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\r\n",
    "BIMI-Selector: v=BIMI1; s=default\r\n",
    "X-MS-Exchange-Organization-AuthAs: Internal\r\n",
    "To: me@ours.example\r\n",
    "Date: Thu, 01 Jan 2015 00:00:00 +0000\r\n",
    "Subject: Hello\r\n",
    "ARC-Authentication-Results: i=1; alumni.example; dmarc=pass header.from=bank.example\r\n",
    "ARC-Seal: i=1; a=ed25519-sha256; cv=none; d=alumni.example; s=s1; b=AAAA\r\n"
    "ARC-Message-Signature: i=1; a=ed25519-sha256; d=alumni.example; s=s1; h=from; bh=AAAA; "
    "b=AAAA\r\n"
    "ARC-Authentication-Results: i=1; alumni.example; dmarc=pass header.from=bank.example\r\n",
    "DKIM-Signature: v=1; a=ed25519-sha256; d=careful.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n",
    "DKIM-Signature: v=1; a=ed25519-sha256; d=lax.example; s=gone; h=from; bh=AAAA; b=AAAA\r\n",
    "DKIM-Signature: v=1; a=ed25519-sha256; d=bank.example; s=s1; l=0; h=from; bh=AAAA; b=AAAA\r\n",
};
static const char *const appended[] = {"", "More.\r\n", "-----BEGIN PGP SIGNED MESSAGE-----\r\n"};

struct scene {
    struct stage stage;
    struct signer thief;
    struct confusables *confusables;
    struct contacts *contacts;
    struct contact_names *names;
    struct lookalikes *correspondents, *known;
    struct verdict_policy policies[2];
};

static int set_up(void **state) {
    struct scene *scene = g_new0(struct scene, 1);
    static const char *const domains[] = {"corp.example", "c0rp.example", "lists.example",
                                          "alumni.example"};
    scene->stage = stage_new();
    scene->thief = signer_ed25519();
    for (guint i = 0; i < G_N_ELEMENTS(domains); i++)
        stage_domain(&scene->stage, domains[i], NULL);
    stage_publish(&scene->stage, "own._domainkey.evil.example", "", &scene->thief);
    scene->confusables = confusables_new();
    scene->contacts = contacts_new();
    contacts_add(scene->contacts, "carol@corp.example", "Carol Example", CONTACT_WRITTEN,
                 STAGE_NOW);
    contacts_say(scene->contacts, KNOWN_SENDER, "ann@lax.example", NULL, STAGE_NOW);
    contacts_say(scene->contacts, KNOWN_LIST, "dev.lists.example", "lists.example", STAGE_NOW);
    contacts_say(scene->contacts, KNOWN_FORWARDER, "alumni.example", NULL, STAGE_NOW);
    scene->names = contact_names_new(scene->contacts, scene->confusables);
    scene->correspondents = lookalikes_new(scene->confusables);
    lookalikes_add_domain(scene->correspondents, "corp.example", false);
    scene->known = lookalikes_new(scene->confusables);
    lookalikes_add_name(scene->known, "PayPal", "paypal.com");
    scene->policies[0] = (struct verdict_policy){.rules = scene->stage.rules};
    scene->policies[1] = (struct verdict_policy){.rules = scene->stage.rules,
                                                 .known = scene->known,
                                                 .confusables = scene->confusables,
                                                 .contacts = scene->contacts,
                                                 .correspondents = scene->correspondents,
                                                 .contact_names = scene->names};
    *state = scene;
    return 0;
}

static int tear_down(void **state) {
    struct scene *scene = *state;
    lookalikes_free(scene->known);
    lookalikes_free(scene->correspondents);
    contact_names_free(scene->names);
    contacts_free(scene->contacts);
    confusables_free(scene->confusables);
    signer_clear(&scene->thief);
    stage_clear(&scene->stage);
    g_free(scene);
    return 0;
}

/* --- one mail -------------------------------------------------------------------------------- */

/* Of the last mailbox, which is the author's where there is one. */
static char *domain_of(const char *from) {
    const char *at = strrchr(from, '@') + 1;
    return g_strndup(at, strcspn(at, ">\r"));
}

static void sign(const struct signer *signer, GString *header, const char *body, const char *domain,
                 const char *selector, const char *fields) {
    struct shape shape = {.domain = domain, .selector = selector, .headers = fields};
    g_autofree char *field = sign_field(signer, &shape, header->str, body, strlen(body));
    g_string_prepend(header, field);
}

/* The mail as the attacker gets hold of it or makes it: header and body. */
static GString *seal(const struct scene *scene, const char *from, enum sealing sealing,
                     const char **body) {
    GString *header = g_string_new(from);
    g_autofree char *domain = domain_of(from);
    bool relayed = sealing == CHANGED || sealing == LIST_SIGNED || sealing == LIST_UNSIGNED;
    g_string_append(header, REST);
    *body = TEXT;
    if (sealing == SIGNED || relayed)
        sign(&scene->stage.signer, header, TEXT, domain, "s1", "From:To:Subject:Date");
    if (relayed)
        *body = TEXT "-- \r\ndev list\r\n";
    if (sealing == LIST_SIGNED)
        g_string_prepend(header, LISTED);
    if (sealing == LIST_SIGNED || sealing == LIST_UNSIGNED)
        sign(&scene->stage.signer, header, *body, "lists.example", "s1",
             sealing == LIST_SIGNED ? "From:Subject:List-Id" : "From:Subject");
    if (sealing == STRANGER)
        sign(&scene->thief, header, TEXT, "evil.example", "own", "From:To:Subject:Date");
    return header;
}

static struct evidence *judge(const struct scene *scene, const char *top, const char *more,
                              gsize n_more, const GString *header, const char *body,
                              const char *tail) {
    static const char *const me[] = {"me@ours.example", NULL};
    GString *out = g_string_new(top);
    for (gsize i = 0; i < n_more; i++)
        if (more[i] != '%' || i + 1 == n_more)
            g_string_append_c(out, more[i]);
        else
            g_string_append(out, more[++i] == 'D' ? ATTACK_GOOD : "mx.ours.example");
    g_string_append_printf(out, "%s\r\n%s%s", header->str, body, tail);
    g_autoptr(GBytes) octets = g_string_free_to_bytes(out);
    OWNED(message) message = message_new(octets, 0);
    struct evaluate_request request = {.message = message,
                                       .belief = scene->stage.rules,
                                       .mode = scene->stage.mode,
                                       .resolver = scene->stage.resolver,
                                       .keys = scene->stage.keys,
                                       .suffixes = scene->stage.suffixes,
                                       .now = STAGE_NOW,
                                       .recipients = me};
    return evaluate(&request);
}

struct tally {
    guint tried, dangers, proved, softened;
};

static void compare(const struct scene *scene, const struct evidence *before,
                    const struct evidence *after, struct tally *tally, const char *what) {
    for (guint i = 0; i < G_N_ELEMENTS(scene->policies); i++) {
        OWNED(verdict) plain = verdict_derive(before, &scene->policies[i], STAGE_NOW);
        OWNED(verdict) got = verdict_derive(after, &scene->policies[i], STAGE_NOW);
        const char *lost = danger_lost(plain, got);
        if (lost || badge_height(got->level) > badge_height(plain->level))
            fail_msg("%s: %s became %s%s%s", what, verdict_level_name(plain->level),
                     verdict_level_name(got->level), lost ? ", without " : "", lost ? lost : "");
        tally->tried++;
        tally->dangers += plain->level == LEVEL_CAUTION || plain->level == LEVEL_FORGED;
        tally->proved += plain->author == VERDICT_VERIFIED;
        tally->softened += reason_find(&plain->reasons, REASON_WAY_KNOWN_TO_YOU) != NULL;
    }
}

/* The n-th thing to add: a field of this file or a forgery of the generator. */
static const char *addition(guint n, gsize *length) {
    const char *text =
        n < G_N_ELEMENTS(added)
            ? added[n]
            : attack_forgeries[(n - G_N_ELEMENTS(added)) % G_N_ELEMENTS(attack_forgeries)].text;
    *length = attack_length(text);
    return text;
}

enum { ADDITIONS = G_N_ELEMENTS(added) + G_N_ELEMENTS(attack_forgeries) };

static void add_everything(struct scene *scene, guint author, guint way, enum sealing sealing,
                           struct tally *tally) {
    const char *body;
    GString *header = seal(scene, authors[author], sealing, &body);
    OWNED(evidence) before = judge(scene, ways[way], "", 0, header, body, "");
    for (guint n = 0; n < ADDITIONS; n++) {
        gsize length;
        const char *more = addition(n, &length);
        const char *tail = appended[n % G_N_ELEMENTS(appended)];
        OWNED(evidence) after = judge(scene, ways[way], more, length, header, body, tail);
        g_autofree char *what =
            g_strdup_printf("author %u, way %u, sealing %d, mode %d, addition %u (%s)", author, way,
                            (int)sealing, (int)scene->stage.mode, n, more);
        compare(scene, before, after, tally, what);
    }
    g_string_free(header, TRUE);
}

static void nothing_added_raises_a_badge_or_quiets_a_danger(void **state) {
    struct scene *scene = *state;
    struct tally tally = {0};
    for (guint author = 0; author < G_N_ELEMENTS(authors); author++)
        for (guint way = 0; way < G_N_ELEMENTS(ways); way++)
            for (int sealing = 0; sealing < SEALINGS; sealing++) {
                scene->stage.mode = (enum verify_mode)((author + way + (guint)sealing) % 3);
                add_everything(scene, author, way, (enum sealing)sealing, &tally);
            }
    print_message("%u compared: %u loud, %u proved, %u by a known way\n", tally.tried,
                  tally.dangers, tally.proved, tally.softened);
    assert_true(tally.tried >= 10000);
    /* There was something to be quieted, to be raised, and to be explained. */
    assert_true(tally.dangers > 5000 && tally.proved > 1000 && tally.softened > 500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_added_raises_a_badge_or_quiets_a_danger),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
