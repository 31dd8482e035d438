/* SPDX-License-Identifier: MIT
 *
 * trust/memory and its cautions: what a message teaches, what is told of a sender's past, what the
 * user's word explains; and that none of it ever makes a proved author of an unproved one. */
#include "trust/memory.h"

#include "base/limits.h"
#include "evidence_maker.h"
#include "repute/confusable.h"
#include "repute/contact_names.h"
#include "repute/lookalike.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define ALICE "alice@" AUTHOR
#define DAY 86400

/* An account's memory, as verdicts are derived under it. */
struct account {
    struct confusables *confusables;
    struct contacts *contacts;
    struct contact_names *names;
    struct lookalikes *correspondents;
    struct history *history;
    struct verdict_policy policy;
};

static void account_init(struct account *a) {
    a->confusables = confusables_new();
    a->contacts = contacts_new();
    a->history = history_new();
    a->correspondents = lookalikes_new(a->confusables);
    contacts_add(a->contacts, "carol@corp.example", "Carol Example", CONTACT_WRITTEN, NOW);
    lookalikes_add_domain(a->correspondents, "corp.example", false);
    a->names = contact_names_new(a->contacts, a->confusables);
    a->policy = (struct verdict_policy){.contacts = a->contacts,
                                        .contact_names = a->names,
                                        .correspondents = a->correspondents,
                                        .confusables = a->confusables};
}

static void account_clear(struct account *a) {
    contact_names_free(a->names);
    lookalikes_free(a->correspondents);
    history_free(a->history);
    contacts_free(a->contacts);
    confusables_free(a->confusables);
}

static struct evidence *from(const char *address, const char *name) {
    struct evidence *e = make_evidence();
    e->author.address = evidence_text(e, address);
    e->author.domain = e->author.registrable = strrchr(e->author.address, '@') + 1;
    e->author.display_name = name;
    return e;
}

static void sign_with(struct evidence *e, const char *domain) {
    struct evidence_signature *s = add_signature(e, domain, AUTH_PASS);
    s->bare = DMARC_BARE_ALIGNED;
    s->could_align = true;
}

static void recall(const struct account *a, struct evidence *e) {
    struct history_past past;
    history_find(a->history, e->author.address, &past);
    memory_recall(e, &past, true);
}

/* What the service does with one message: recall, judge, learn. The caller frees. */
static struct verdict *receive(struct account *a, struct evidence *e, int day) {
    struct history_lesson lesson;
    e->received_at = e->checked_at = NOW + (int64_t)day * DAY;
    recall(a, e);
    struct verdict *verdict = verdict_derive(e, &a->policy, e->checked_at);
    if (memory_lesson(e, verdict, &a->policy, &lesson))
        history_learn(a->history, &lesson);
    return verdict;
}

static void receive_signed(struct account *a, int first, int last) {
    for (int day = first; day <= last; day++) {
        OWNED(evidence) e = from(ALICE, "Alice");
        sign_with(e, AUTHOR);
        OWNED(verdict) verdict = receive(a, e, day);
        assert_int_equal(verdict->author, VERDICT_VERIFIED);
        assert_null(reason_find(&verdict->reasons, REASON_SIGNATURE_MISSING));
    }
}

static enum reason_severity told(const struct verdict *verdict, enum reason_code code) {
    const struct reason *reason = reason_find(&verdict->reasons, code);
    return reason ? reason->severity : 0;
}

/* --- first contact -------------------------------------------------------------------------- */

static void test_first_message(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    for (int day = 1; day <= 2; day++) {
        OWNED(evidence) e = from(ALICE, "Alice");
        sign_with(e, AUTHOR);
        OWNED(verdict) verdict = receive(&a, e, day);
        assert_int_equal(told(verdict, REASON_FIRST_MESSAGE), day == 1 ? SEVERITY_INFO : 0);
        assert_int_equal(verdict->level, LEVEL_DOMAIN); /* no alarm */
    }
    OWNED(evidence) carol = from("carol@corp.example", "Carol");
    OWNED(verdict) known = receive(&a, carol, 3);
    assert_int_equal(told(known, REASON_FIRST_MESSAGE), 0);
    OWNED(evidence) unread = from("new@bank.example", "New");
    struct history_past nothing = {0};
    memory_recall(unread, &nothing, false); /* the mailbox was not read yet */
    OWNED(verdict) silent = verdict_derive(unread, &a.policy, NOW);
    assert_int_equal(told(silent, REASON_FIRST_MESSAGE), 0);
    account_clear(&a);
}

/* Verdict rule 6: mail that was old when it was checked is told nothing of a later past. */
static void test_old_mail_is_told_nothing(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    receive_signed(&a, 1, 5);
    OWNED(evidence) e = from(ALICE, "Alice");
    e->dkim_evaluated = true;
    e->checked_at = NOW + 9 * DAY;
    e->received_at = NOW + 5 * DAY;
    recall(&a, e);
    assert_false(e->history.evaluated);
    OWNED(evidence) before = from(ALICE, "Alice"); /* fresh, and older than the habit */
    before->received_at = before->checked_at = NOW;
    recall(&a, before);
    assert_true(before->history.evaluated);
    assert_null(before->history.habits[HABIT_DOMAIN]);
    account_clear(&a);
}

/* --- habits --------------------------------------------------------------------------------- */

static void test_signature_missing_and_changed(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    receive_signed(&a, 1, 4);
    OWNED(evidence) bare = from(ALICE, "Alice");
    bare->dkim_evaluated = true;
    OWNED(verdict) missing = receive(&a, bare, 5);
    assert_int_equal(told(missing, REASON_SIGNATURE_MISSING), SEVERITY_INFO);
    g_autofree char *text =
        reason_text(reason_find(&missing->reasons, REASON_SIGNATURE_MISSING), LANGUAGE_EN);
    assert_string_equal(text,
                        "4 earlier messages from alice@bank.example were signed by bank.example; "
                        "this one is not.");
    OWNED(evidence) other = from(ALICE, "Alice");
    sign_with(other, "mail.bank.example");
    OWNED(verdict) changed = receive(&a, other, 6);
    assert_int_equal(told(changed, REASON_SIGNER_CHANGED), SEVERITY_INFO);
    assert_int_equal(changed->author, VERDICT_VERIFIED);
    OWNED(evidence) unasked = from(ALICE, "Alice"); /* nobody looked for signatures */
    OWNED(verdict) silent = receive(&a, unasked, 7);
    assert_int_equal(told(silent, REASON_SIGNATURE_MISSING), 0);
    account_clear(&a);
}

/* An attacker writes in Alice's name, day after day: what is known of her stays as it is, and every
 * one of the forgeries is told apart, the last like the first. */
static void test_forgeries_do_not_train(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    receive_signed(&a, 1, 4);
    for (int day = 5; day < 60; day++) {
        OWNED(evidence) e = from(ALICE, "Alice");
        struct evidence_signature *s = add_signature(e, "evil.example", AUTH_PASS);
        s->bare = DMARC_BARE_UNALIGNED;
        OWNED(verdict) verdict = receive(&a, e, day);
        assert_int_equal(verdict->author, VERDICT_NOT_ESTABLISHED);
        assert_int_equal(told(verdict, REASON_SIGNATURE_MISSING), SEVERITY_INFO);
    }
    struct history_past past;
    history_find(a.history, ALICE, &past);
    assert_string_equal(past.habits[HABIT_DOMAIN], AUTHOR);
    assert_int_equal(past.counts[HABIT_DOMAIN], 4);
    account_clear(&a);
}

static void test_what_does_not_teach(void **state) {
    (void)state;
    struct account a;
    struct history_lesson lesson;
    account_init(&a);
    OWNED(evidence) e = from(ALICE, "Alice");
    OWNED(verdict) verdict = verdict_derive(e, &a.policy, NOW);
    const enum verdict_author no[] = {VERDICT_AMBIGUOUS, VERDICT_CONTRADICTED, VERDICT_UNCHECKED,
                                      VERDICT_OWN};
    for (guint i = 0; i < G_N_ELEMENTS(no); i++) {
        verdict->complete = true;
        verdict->author = no[i];
        assert_false(memory_lesson(e, verdict, &a.policy, &lesson));
    }
    verdict->author = VERDICT_NOT_ESTABLISHED;
    verdict->level = LEVEL_UNVERIFIED;
    assert_true(memory_lesson(e, verdict, &a.policy, &lesson));
    assert_false(lesson.established);
    assert_false(lesson.shown[HABIT_DOMAIN] || lesson.shown[HABIT_SMIME]);
    verdict->level = LEVEL_CAUTION;
    assert_false(memory_lesson(e, verdict, &a.policy, &lesson));
    verdict->level = LEVEL_UNVERIFIED;
    verdict->complete = false; /* temporary trouble */
    assert_false(memory_lesson(e, verdict, &a.policy, &lesson));
    account_clear(&a);
}

/* --- personal signatures -------------------------------------------------------------------- */

static void certify(struct evidence *e, const char *fingerprint) {
    sign_with(e, AUTHOR);
    e->smime.evaluated = e->openpgp.evaluated = true;
    if (!fingerprint)
        return;
    e->smime.status =
        SIGN_STATUS_SIGNED; /* under an authority that nobody knows: just as good here */
    e->smime.has_signer = true;
    e->smime.signer.fingerprint = fingerprint;
    e->smime.digest = e->smime.address = e->smime.coverage = CHECK_PASS;
    e->smime.chain = CHECK_FAIL;
}

static struct verdict *receive_certified(struct account *a, int day, const char *fingerprint) {
    OWNED(evidence) e = from(ALICE, "Alice");
    certify(e, fingerprint);
    return receive(a, e, day);
}

static void test_personal_signature(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    for (int day = 1; day <= 3; day++) {
        OWNED(verdict) usual = receive_certified(&a, day, "aa");
        assert_int_equal(told(usual, REASON_PERSON_KEY_CHANGED), 0);
    }
    OWNED(verdict) other = receive_certified(&a, 4, "bb");
    assert_int_equal(told(other, REASON_PERSON_KEY_CHANGED), SEVERITY_INFO);
    OWNED(verdict) none = receive_certified(&a, 5, NULL);
    assert_int_equal(told(none, REASON_PERSON_KEY_MISSING), SEVERITY_INFO);
    OWNED(verdict) usual = receive_certified(&a, 6, "aa");
    assert_int_equal(told(usual, REASON_PERSON_KEY_CHANGED), 0);
    contacts_say(a.contacts, KNOWN_KEY, "bb", NULL, NOW);
    OWNED(verdict) said = receive_certified(&a, 7, "bb");
    assert_int_equal(told(said, REASON_PERSON_KEY_CHANGED), 0);
    assert_int_equal(told(said, REASON_KEY_KNOWN_TO_YOU), SEVERITY_INFO);
    assert_int_equal(told(said, REASON_PERSON_UNKNOWN), 0);
    assert_int_equal(said->strength, STRENGTH_DOMAIN); /* a known key proves nobody */
    account_clear(&a);
}

/* A key that came with mail of nobody's teaches nothing (attacks G153, as far as first use goes).
 */
static void test_keys_of_unproved_mail_do_not_train(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    for (int day = 1; day < 9; day++) {
        OWNED(evidence) e = from(ALICE, "Alice");
        certify(e, "ee");
        e->signatures[0].result = AUTH_FAIL;
        OWNED(verdict) verdict = receive(&a, e, day);
        assert_int_not_equal(verdict->author, VERDICT_VERIFIED);
    }
    struct history_past past;
    history_find(a.history, ALICE, &past);
    assert_null(past.habits[HABIT_SMIME]);
    account_clear(&a);
}

/* --- people --------------------------------------------------------------------------------- */

/* Attack A27. */
static void test_name_of_a_correspondent(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    OWNED(evidence) stranger = from("ceo@elsewhere.example", "EXAMPLE, Carol");
    OWNED(verdict) loud = receive(&a, stranger, 1);
    assert_int_equal(told(loud, REASON_NAME_OF_CONTACT), SEVERITY_DANGER);
    assert_int_equal(loud->level, LEVEL_CAUTION);
    OWNED(evidence) listed = from("chief@elsewhere.example", "Carol Example");
    listed->author.is_list = true; /* whoever writes the name can write a List-Id too */
    listed->author.list_id = "friends.elsewhere.example";
    OWNED(verdict) as_loud = receive(&a, listed, 1);
    assert_int_equal(told(as_loud, REASON_NAME_OF_CONTACT), SEVERITY_DANGER);
    assert_int_equal(as_loud->level, LEVEL_CAUTION);
    OWNED(evidence) namesake = from("carol@elsewhere.example", "Carol Example");
    sign_with(namesake, "elsewhere.example");
    OWNED(verdict) quiet = receive(&a, namesake, 2);
    assert_int_equal(told(quiet, REASON_NAME_OF_CONTACT), SEVERITY_INFO);
    assert_int_equal(quiet->level, LEVEL_DOMAIN);
    OWNED(evidence) herself = from("Carol@corp.example", "Carol Example");
    OWNED(verdict) silent = receive(&a, herself, 3);
    assert_int_equal(told(silent, REASON_NAME_OF_CONTACT), 0);
    account_clear(&a);
}

/* Attack A25: letters of another alphabet in the local part, the domain proved. */
static void test_a25_address_that_passes_for_a_correspondents(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    contacts_add(a.contacts, "\xd1\x81\xd0\xbe\xd1\x80\xd0\xb0@mail.example", "", CONTACT_WRITTEN,
                 NOW);
    contact_names_free(a.names);
    a.policy.contact_names = a.names = contact_names_new(a.contacts, a.confusables);
    static const struct {
        const char *address, *domain;
        bool loud;
    } cases[] = {
        {"\xd1\x81\xd0\xb0rol@corp.example", "corp.example", true}, /* two Cyrillic letters */
        {"copa@mail.example", "mail.example", true},   /* … in that of the correspondent */
        {"caro1@corp.example", "corp.example", false}, /* ASCII: another person */
        {"\xd1\x81\xd0\xb0rol@other.example", "other.example", false},
        {"\xe7\x94\xb0\xe4\xb8\xad@corp.example", "corp.example", false},
        {"\xd1\x81\xd0\xbe\xd1\x80\xd0\xb0@mail.example", "mail.example", false}, /* known itself */
        {"Carol@corp.example", "corp.example", false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWNED(evidence) e = from(cases[i].address, "Somebody");
        sign_with(e, cases[i].domain);
        OWNED(verdict) verdict = receive(&a, e, (int)i + 1);
        assert_int_equal(told(verdict, REASON_LOOKALIKE_CONTACT),
                         cases[i].loud ? SEVERITY_DANGER : 0);
        assert_int_equal(verdict->author, VERDICT_VERIFIED); /* it is who it says, and not them */
        if (cases[i].loud)
            assert_int_equal(verdict->level, LEVEL_CAUTION);
    }
    account_clear(&a);
}

/* Attack A26, for the user's own correspondents. */
static void test_lookalike_of_a_correspondent(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    OWNED(evidence) like = from("carol@c0rp.example", "Accounts");
    sign_with(like, "c0rp.example");
    OWNED(verdict) loud = receive(&a, like, 1);
    assert_int_equal(told(loud, REASON_LOOKALIKE_DOMAIN), SEVERITY_DANGER);
    contacts_add(a.contacts, "carol@c0rp.example", "", CONTACT_WRITTEN, NOW); /* no first contact */
    OWNED(verdict) quiet = verdict_derive(like, &a.policy, NOW);
    assert_int_equal(told(quiet, REASON_LOOKALIKE_DOMAIN), SEVERITY_INFO);
    account_clear(&a);
}

/* --- the user's word ------------------------------------------------------------------------ */

static void cover(struct evidence_signature *s, const char *field) {
    g_free(s->signed_headers);
    s->signed_headers = g_new0(const char *, 3);
    s->signed_headers[0] = "from";
    s->signed_headers[1] = field;
}

static struct evidence *through_a_list(const char *list, const char *signer) {
    struct evidence *e = from(ALICE, "Alice");
    struct evidence_signature *s = add_signature(e, AUTHOR, AUTH_FAIL);
    s->header_hash = AUTH_PASS;
    s = add_signature(e, signer, AUTH_PASS);
    s->bare = DMARC_BARE_UNALIGNED;
    cover(s, "list-id");
    e->author.is_list = true;
    e->author.list_id = list;
    return e;
}

/* Attack D106: only the list that the user knows, and only with the signature that tied it. */
static void test_a_known_list_explains(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    OWNED(evidence) post = through_a_list("dev.lists.example", "lists.example");
    struct memory_offer offers[MEMORY_OFFERS_MAX];
    assert_int_equal(memory_offers(post, offers), 2);
    assert_int_equal(offers[1].kind, KNOWN_LIST);
    assert_string_equal(offers[1].by, "lists.example");
    OWNED(verdict) before = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(before, REASON_BODY_CHANGED), SEVERITY_DANGER);
    contacts_say(a.contacts, offers[1].kind, offers[1].subject, offers[1].by, NOW);
    OWNED(verdict) after = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(after, REASON_BODY_CHANGED), SEVERITY_INFO);
    assert_int_equal(after->author, VERDICT_NOT_ESTABLISHED);
    assert_int_equal(after->level, LEVEL_UNVERIFIED);
    assert_int_equal(told(after, REASON_WAY_KNOWN_TO_YOU), SEVERITY_INFO);
    assert_int_equal(told(after, REASON_KNOWN_TO_YOU), 0);
    OWNED(evidence) forged = through_a_list("dev.lists.example", "evil.example");
    assert_int_equal(memory_offers(forged, offers), 1); /* nothing ties it to that list */
    OWNED(verdict) loud = verdict_derive(forged, &a.policy, NOW);
    assert_int_equal(told(loud, REASON_BODY_CHANGED), SEVERITY_DANGER);
    contacts_unsay(a.contacts, KNOWN_LIST, "dev.lists.example");
    OWNED(verdict) again = verdict_derive(post, &a.policy, NOW);
    assert_true(verdict_equal(before, again));
    account_clear(&a);
}

/* RFC 6376 §3.5: h= says what was signed. Whoever has any mail that the list's domain signed could
 * write the List-Id of a known list above it. */
static void test_a_list_id_that_nobody_signed(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    contacts_say(a.contacts, KNOWN_LIST, "dev.lists.example", "lists.example", NOW);
    struct memory_offer offers[MEMORY_OFFERS_MAX];
    OWNED(evidence) post = through_a_list("dev.lists.example", "lists.example");
    struct evidence_signature *s = &post->signatures[1];
    OWNED(verdict) quiet = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(quiet, REASON_BODY_CHANGED), SEVERITY_INFO);
    cover(s, "subject");
    assert_int_equal(memory_offers(post, offers), 1);
    OWNED(verdict) loud = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(loud, REASON_BODY_CHANGED), SEVERITY_DANGER);
    assert_int_equal(told(loud, REASON_WAY_KNOWN_TO_YOU), 0);

    say_dkim(&post->statement, "lists.example", AUTH_PASS)->signature = 1; /* nor by a server */
    OWNED(verdict) stated = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(stated, REASON_BODY_CHANGED), SEVERITY_DANGER);
    cover(s, "list-id");
    s->result = AUTH_NOT_EVALUATED;
    OWNED(verdict) covered = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(covered, REASON_BODY_CHANGED), SEVERITY_INFO);

    add_signature(post, "lists.example", AUTH_FAIL); /* one covers it, the other one holds */
    cover(&post->signatures[2], "list-id");
    cover(&post->signatures[1], "subject");
    OWNED(verdict) neither = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(neither, REASON_BODY_CHANGED), SEVERITY_DANGER);
    account_clear(&a);
}

/* Rule 8: l= leaves text open, or what the body is read as. */
static void test_a_list_signature_that_covers_a_part(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    contacts_say(a.contacts, KNOWN_LIST, "dev.lists.example", "lists.example", NOW);
    OWNED(evidence) post = through_a_list("dev.lists.example", "lists.example");
    post->signatures[1].body_length_limit = 9;
    post->signatures[1].content_type_unsigned = true;
    OWNED(verdict) retyped = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(retyped, REASON_BODY_CHANGED), SEVERITY_DANGER);
    post->signatures[1].content_type_unsigned = false;
    OWNED(verdict) whole = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(whole, REASON_BODY_CHANGED), SEVERITY_INFO);
    post->signatures[1].body_uncovered = true;
    OWNED(verdict) part = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(part, REASON_BODY_CHANGED), SEVERITY_DANGER);
    account_clear(&a);
}

static void test_a_known_forwarder_explains(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    OWNED(evidence) e = through_a_list(NULL, "other.example");
    contacts_say(a.contacts, KNOWN_FORWARDER, "alumni.example", NULL, NOW);
    e->arc =
        (struct evidence_arc){.evaluated = true, .result = AUTH_FAIL, .sealer = "alumni.example"};
    OWNED(verdict) broken = verdict_derive(e, &a.policy, NOW);
    assert_int_equal(told(broken, REASON_BODY_CHANGED), SEVERITY_DANGER);
    e->arc.result = AUTH_PASS;
    OWNED(verdict) sealed = verdict_derive(e, &a.policy, NOW);
    assert_int_equal(told(sealed, REASON_BODY_CHANGED), SEVERITY_INFO);
    assert_int_equal(sealed->author, VERDICT_NOT_ESTABLISHED);
    account_clear(&a);
}

/* Attack A27 by way of a list or forwarder: a list that the user knows may put an address of its
 * own beside the name, a forwarder leaves From as it was. */
static void test_names_of_correspondents_on_the_way(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    OWNED(evidence) post = through_a_list("dev.lists.example", "lists.example");
    post->author.address = "dev@posts.example";
    post->author.domain = post->author.registrable = "posts.example";
    post->author.display_name = "Carol Example";
    post->arc =
        (struct evidence_arc){.evaluated = true, .result = AUTH_PASS, .sealer = "alumni.example"};
    contacts_say(a.contacts, KNOWN_FORWARDER, "alumni.example", NULL, NOW);
    OWNED(verdict) forwarded = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(forwarded, REASON_NAME_OF_CONTACT), SEVERITY_DANGER);
    contacts_say(a.contacts, KNOWN_LIST, "dev.lists.example", "lists.example", NOW);
    OWNED(verdict) listed = verdict_derive(post, &a.policy, NOW);
    assert_int_equal(told(listed, REASON_NAME_OF_CONTACT), SEVERITY_INFO);
    account_clear(&a);
}

/* Attack A27 in the name of a brand, from an address that the user writes to. */
static void test_a_known_address_excuses_no_name(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    OWNED(lookalikes) brands = lookalikes_new(a.confusables);
    lookalikes_add_name(brands, "PayPal", "paypal.com");
    a.policy.known = brands;
    OWNED(evidence) e = from("carol@corp.example", "PayPal");
    OWNED(verdict) verdict = verdict_derive(e, &a.policy, NOW);
    assert_int_equal(told(verdict, REASON_NAME_OF_KNOWN), SEVERITY_DANGER);
    account_clear(&a);
}

/* Anybody can write the address of somebody known: under mail that nothing proves, nothing is said
 * of the acquaintance. */
static void test_a_known_sender_soothes_only_where_proved(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    contacts_say(a.contacts, KNOWN_SENDER, ALICE, NULL, NOW);
    OWNED(evidence) real = from(ALICE, "Alice");
    sign_with(real, AUTHOR);
    OWNED(verdict) proved = verdict_derive(real, &a.policy, NOW);
    assert_int_equal(told(proved, REASON_KNOWN_TO_YOU), SEVERITY_INFO);
    static const struct {
        enum auth_result dmarc;
        enum dmarc_policy policy;
    } forgeries[] = {{AUTH_NONE, DMARC_POLICY_UNKNOWN},
                     {AUTH_FAIL, DMARC_POLICY_NONE},
                     {AUTH_FAIL, DMARC_POLICY_QUARANTINE},
                     {AUTH_FAIL, DMARC_POLICY_REJECT},
                     {AUTH_TEMPERROR, DMARC_POLICY_UNKNOWN}};
    for (guint i = 0; i < G_N_ELEMENTS(forgeries); i++) {
        OWNED(evidence) e = from(ALICE, "PayPal");
        e->dkim_evaluated = true;
        find_dmarc(e, forgeries[i].dmarc, forgeries[i].policy);
        OWNED(verdict) forged = verdict_derive(e, &a.policy, NOW);
        assert_false(forged->author == VERDICT_VERIFIED || forged->author == VERDICT_LIKELY);
        assert_int_equal(told(forged, REASON_KNOWN_TO_YOU), 0);
    }
    account_clear(&a);
}

/* A known key that signed one part, or for another address, says nothing about this author: whoever
 * has a message of hers can send it on inside of his own. */
static void test_a_known_key_on_a_part_says_nothing(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    contacts_say(a.contacts, KNOWN_KEY, "aa", NULL, NOW);
    for (int i = 0; i < 3; i++) {
        OWNED(evidence) e = from(ALICE, "Alice");
        certify(e, "aa");
        e->openpgp.status = SIGN_STATUS_SIGNED;
        e->openpgp.fingerprint = "aa";
        e->openpgp.signature = e->openpgp.address = e->openpgp.coverage = CHECK_PASS;
        e->openpgp.key = CHECK_UNKNOWN;
        if (i == 1)
            e->smime.coverage = e->openpgp.coverage = CHECK_FAIL;
        if (i == 2)
            e->smime.address = e->openpgp.address = CHECK_FAIL;
        OWNED(verdict) verdict = verdict_derive(e, &a.policy, NOW);
        assert_int_equal(told(verdict, REASON_KEY_KNOWN_TO_YOU), i == 0 ? SEVERITY_INFO : 0);
        assert_int_equal(told(verdict, REASON_PERSON_UNKNOWN), i == 0 ? 0 : SEVERITY_INFO);
    }
    account_clear(&a);
}

/* Two habits, of certificate and of key, and mail that breaks both: told once, of the first. */
static void test_two_personal_habits_broken_at_once(void **state) {
    (void)state;
    struct account a;
    account_init(&a);
    for (int i = 0; i < 2; i++) {
        OWNED(evidence) e = from(ALICE, "Alice");
        certify(e, i ? NULL : "cc");
        struct history_past past = {.first = NOW - 9 * DAY,
                                    .seen = 9,
                                    .proved = 9,
                                    .habits = {AUTHOR, "aa", "bb"},
                                    .counts = {9, 5, 4}};
        if (i == 0) {
            e->openpgp.status = SIGN_STATUS_SIGNED;
            e->openpgp.fingerprint = "dd";
            e->openpgp.signature = CHECK_PASS;
        }
        memory_recall(e, &past, true);
        OWNED(verdict) verdict = verdict_derive(e, &a.policy, NOW);
        const struct reason *reason = reason_find(&verdict->reasons, i ? REASON_PERSON_KEY_MISSING
                                                                       : REASON_PERSON_KEY_CHANGED);
        assert_non_null(reason);
        assert_string_equal(reason->values[0], "5");
    }
    account_clear(&a);
}

/* Whatever is said and remembered: the author axis, its strength and its source stay, in every
 * combination of what a message can show. */
static void test_memory_never_proves_an_author(void **state) {
    (void)state;
    static const struct verdict_policy nothing;
    struct account a;
    guint tried = 0, quieter = 0;
    account_init(&a);
    const struct {
        enum known_kind kind;
        const char *subject, *by;
    } all[] = {{KNOWN_SENDER, ALICE, NULL},
               {KNOWN_LIST, "dev.lists.example", "lists.example"},
               {KNOWN_FORWARDER, "alumni.example", NULL},
               {KNOWN_KEY, "aa", NULL}};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        contacts_say(a.contacts, all[i].kind, all[i].subject, all[i].by, NOW);
    contacts_add(a.contacts, ALICE, "Alice", CONTACT_IMPORTED, NOW);
    const enum auth_result results[] = {AUTH_NONE, AUTH_PASS, AUTH_FAIL, AUTH_TEMPERROR};
    const enum dmarc_policy policies[] = {DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE,
                                          DMARC_POLICY_REJECT};
    for (guint n = 0; n < 4 * 4 * 3 * 2 * 2 * 2; n++) {
        OWNED(evidence)
        e = n / 96 % 2 ? through_a_list("dev.lists.example", "lists.example")
                       : from(ALICE, "Alice");
        sign_with(e, AUTHOR);
        e->signatures[e->n_signatures - 1].result = results[n % 4];
        say_dmarc(e, results[n / 4 % 4], policies[n / 16 % 3]);
        if (n / 48 % 2)
            e->arc = (struct evidence_arc){true, AUTH_PASS, 1, "alumni.example"};
        if (n / 192 % 2)
            e->author.state = AUTHOR_ONE, e->smime.evaluated = true, e->smime.has_signer = true,
            e->smime.digest = CHECK_PASS, e->smime.signer.fingerprint = "aa";
        struct history_past past = {.first = NOW - 9 * DAY,
                                    .seen = 9,
                                    .proved = 9,
                                    .habits = {AUTHOR, "aa"},
                                    .counts = {9, 9}};
        OWNED(verdict) plain = verdict_derive(e, &nothing, NOW);
        memory_recall(e, &past, true);
        OWNED(verdict) known = verdict_derive(e, &a.policy, NOW);
        assert_int_equal(known->author, plain->author);
        assert_int_equal(known->strength, plain->strength);
        assert_int_equal(known->source, plain->source);
        assert_int_equal(known->via, plain->via);
        assert_int_equal(known->complete, plain->complete);
        quieter += known->level != plain->level;
        assert_true(known->level == plain->level || plain->level == LEVEL_CAUTION);
        tried++;
    }
    assert_int_equal(tried, 384);
    assert_true(quieter > 0);
    account_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_message),
        cmocka_unit_test(test_old_mail_is_told_nothing),
        cmocka_unit_test(test_signature_missing_and_changed),
        cmocka_unit_test(test_forgeries_do_not_train),
        cmocka_unit_test(test_what_does_not_teach),
        cmocka_unit_test(test_personal_signature),
        cmocka_unit_test(test_keys_of_unproved_mail_do_not_train),
        cmocka_unit_test(test_name_of_a_correspondent),
        cmocka_unit_test(test_a25_address_that_passes_for_a_correspondents),
        cmocka_unit_test(test_lookalike_of_a_correspondent),
        cmocka_unit_test(test_a_known_list_explains),
        cmocka_unit_test(test_a_list_id_that_nobody_signed),
        cmocka_unit_test(test_a_list_signature_that_covers_a_part),
        cmocka_unit_test(test_a_known_forwarder_explains),
        cmocka_unit_test(test_names_of_correspondents_on_the_way),
        cmocka_unit_test(test_a_known_address_excuses_no_name),
        cmocka_unit_test(test_a_known_sender_soothes_only_where_proved),
        cmocka_unit_test(test_a_known_key_on_a_part_says_nothing),
        cmocka_unit_test(test_two_personal_habits_broken_at_once),
        cmocka_unit_test(test_memory_never_proves_an_author),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
