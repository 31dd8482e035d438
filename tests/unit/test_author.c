/* SPDX-License-Identifier: MIT
 *
 * Who claims to have written this: one test a way of making two readers disagree about it. The
 * domain evil.example is the sender's own, good.example is whom he wants to be taken for. */
#include "mail/author.h"

#include "base/limits.h"
#include "mail/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct author *find(const char *header, size_t n) {
    g_autoptr(GString) octets = g_string_new_len(header, (gssize)n);
    g_string_append(octets, "\r\nSubject: x\r\n\r\nbody\r\n");
    g_autoptr(GBytes) bytes = g_bytes_new(octets->str, octets->len);
    OWNED(message) message = message_new(bytes, 0);
    return author_find(message);
}

#define FIND(header) find("" header, sizeof(header) - 1)

static void check_state(const struct author *author, enum author_state state, const char *why) {
    assert_string_equal(author_state_name(author->state), author_state_name(state));
    if (why)
        assert_string_equal(author->why ? author->why : "(null)", why);
    else
        assert_null(author->why);
}

static void check_one(const struct author *author, const char *address, uint32_t notes) {
    check_state(author, AUTHOR_ONE, NULL);
    assert_string_equal(author->address, address);
    assert_string_equal(author->domain, strrchr(address, '@') + 1);
    assert_int_equal(author->notes, notes);
}

#define AMBIGUOUS(header, word)                                                                    \
    do {                                                                                           \
        OWNED(author) author_ = FIND(header);                                                      \
        check_state(author_, AUTHOR_AMBIGUOUS, word);                                              \
        assert_null(author_->address);                                                             \
        assert_null(author_->domain);                                                              \
        assert_null(author_->local);                                                               \
        assert_null(author_->display_name);                                                        \
    } while (0)

#define NONE(header, word)                                                                         \
    do {                                                                                           \
        OWNED(author) author_ = FIND(header);                                                      \
        check_state(author_, AUTHOR_NONE, word);                                                   \
        assert_null(author_->address);                                                             \
        assert_null(author_->domain);                                                              \
    } while (0)

#define ONE(header, wanted, wanted_notes)                                                          \
    do {                                                                                           \
        OWNED(author) author_ = FIND(header);                                                      \
        check_one(author_, wanted, wanted_notes);                                                  \
    } while (0)

static void ordinary_forms_have_one_author(void **state) {
    (void)state;
    OWNED(author) a = FIND("From: \"Good, Jane\" <Jane.Good@Good.EXAMPLE>");
    check_one(a, "Jane.Good@good.example", 0);
    assert_string_equal(a->local, "Jane.Good");
    assert_string_equal(a->display_name, "Good, Jane");
    assert_int_equal(a->n_fields, 1);
    assert_int_equal(a->total, 1);
    ONE("From: jane@good.example", "jane@good.example", 0);
    ONE("From:jane@good.example (Jane Good)", "jane@good.example", 0);
    ONE("From:\r\n Jane\r\n <jane@good.example>", "jane@good.example", 0);
    ONE("From: Joe Q. Public <joe@good.example>", "joe@good.example", 0);
    ONE("From: jane@good.example <jane@good.example>", "jane@good.example", 0);
    ONE("From: \"jane@good.example\" <jane@good.example>", "jane@good.example", 0);
    ONE("From: =?utf-8?B?5bGx55Sw?= <jane@good.example>", "jane@good.example", 0);
    ONE("From: 山田 <jane@good.example>", "jane@good.example", 0);
}

static void a01_two_from_fields(void **state) {
    (void)state;
    OWNED(author) a = FIND("From: a@evil.example\r\nFrom: ceo@good.example");
    check_state(a, AUTHOR_AMBIGUOUS, "two-from-fields");
    assert_int_equal(a->n_fields, 2);
    assert_int_equal(a->n_mailboxes, 2);
    assert_string_equal(a->mailboxes[0].shown, "a@evil.example");
    assert_string_equal(a->mailboxes[1].shown, "ceo@good.example");
    AMBIGUOUS("From: ceo@good.example\r\nFrom: a@evil.example", "two-from-fields");
    AMBIGUOUS("From: ceo@good.example\r\nX: y\r\nFROM: ceo@good.example", "two-from-fields");
    AMBIGUOUS("From:\r\nFrom: ceo@good.example", "two-from-fields");
}

static void a02_first_line_with_leading_space(void **state) {
    (void)state;
    AMBIGUOUS(" From: a@evil.example\r\nFrom: ceo@good.example", "two-from-fields");
    AMBIGUOUS(" From: a@evil.example", "malformed-from-field");
    AMBIGUOUS("\tFrom: a@evil.example", "malformed-from-field");
}

static void a03_space_before_the_colon(void **state) {
    (void)state;
    AMBIGUOUS("From : a@evil.example\r\nFrom: ceo@good.example", "two-from-fields");
    AMBIGUOUS("From: ceo@good.example\r\nFrom\t: a@evil.example", "two-from-fields");
    ONE("From : a@evil.example", "a@evil.example", AUTHOR_OBSOLETE_NAME);
}

static void a04_name_folded_before_the_colon(void **state) {
    (void)state;
    AMBIGUOUS("From\r\n : a@evil.example\r\nFrom: ceo@good.example", "two-from-fields");
    AMBIGUOUS("From\r\n : a@evil.example", "malformed-from-field");
    AMBIGUOUS("Fr\r\n om: a@evil.example", "malformed-from-field");
}

static void a05_stray_octets_in_the_name(void **state) {
    (void)state;
    AMBIGUOUS("From\xff: a@evil.example\r\nFrom: ceo@good.example", "two-from-fields");
    AMBIGUOUS("From\xff: a@evil.example", "malformed-from-field");
    AMBIGUOUS("\x80"
              "From: a@evil.example\r\nFrom: ceo@good.example",
              "two-from-fields");
    AMBIGUOUS("Fr\0om: a@evil.example\r\nFrom: ceo@good.example", "two-from-fields");
    AMBIGUOUS("From\xc2\xa0: a@evil.example", "malformed-from-field");
    ONE("FrOM: a@evil.example", "a@evil.example", 0);
    /* Every octet at every place of the name gives one verdict: a From that is odd, or no From. */
    for (int at = 0; at <= 4; at++)
        for (int c = 0; c < 256; c++) {
            char name[] = "From?: a@evil.example\r\nFrom: ceo@good.example";
            memmove(name + at + 1, name + at, (size_t)(4 - at));
            name[at] = (char)c;
            bool odd = c < 33 || c > 126;
            if (c == '\n' || c == ':' || (at == 0 && c == '\r'))
                continue;
            OWNED(author) a = find(name, sizeof name - 1);
            if (odd)
                check_state(a, AUTHOR_AMBIGUOUS, "two-from-fields");
            else
                check_one(a, "ceo@good.example", 0);
        }
}

static void a06_sender_is_no_author(void **state) {
    (void)state;
    OWNED(author) a = FIND("Sender: ceo@good.example");
    check_state(a, AUTHOR_NONE, "no-from");
    assert_string_equal(a->sender, "ceo@good.example");
    assert_int_equal(a->notes, AUTHOR_SENDER);
    NONE("From:\r\nSender: ceo@good.example", "no-address");
    AMBIGUOUS("From: <a@evil\r\nSender: ceo@good.example", "broken-syntax");
    ONE("From: a@good.example\r\nSender: A@Good.example", "a@good.example", 0);
    ONE("From: a@good.example\r\nSender: b@good.example", "a@good.example", AUTHOR_SENDER);
}

static void a07_resent_from_is_no_author(void **state) {
    (void)state;
    OWNED(author) a = FIND("Resent-From: <ceo@good.example>");
    check_state(a, AUTHOR_NONE, "no-from");
    assert_string_equal(a->resent, "ceo@good.example");
    assert_int_equal(a->notes, AUTHOR_RESENT);
    OWNED(author) both = FIND("Resent-From: a@x.example\r\nResent-Sender: b@x.example");
    assert_string_equal(both->resent, "b@x.example");
}

static void a08_several_mailboxes(void **state) {
    (void)state;
    AMBIGUOUS("From: <a@evil.example>, <ceo@good.example>", "several-domains");
    AMBIGUOUS("From: a@good.example, b@sub.good.example", "several-domains");
    OWNED(author) same = FIND("From: A <a@good.example>, B <b@Good.example>");
    check_state(same, AUTHOR_SEVERAL, "several-authors");
    assert_string_equal(same->address, "a@good.example");
    assert_string_equal(same->display_name, "A");
    assert_int_equal(same->total, 2);
    g_autoptr(GString) many = g_string_new("From: a@good.example");
    for (int i = 1; i < LIMIT_MAILBOXES; i++)
        g_string_append(many, ", a@good.example");
    OWNED(author) most = find(many->str, many->len);
    check_state(most, AUTHOR_SEVERAL, "several-authors");
    g_string_append(many, ", ceo@evil.example");
    OWNED(author) more = find(many->str, many->len);
    check_state(more, AUTHOR_AMBIGUOUS, "too-large");
    assert_int_equal(more->n_mailboxes, LIMIT_MAILBOXES);
    assert_int_equal(more->total, LIMIT_MAILBOXES + 1);
}

static void a09_badly_formed_lists(void **state) {
    (void)state;
    AMBIGUOUS("From: a@evil.example,ceo@good.example,", "several-domains");
    AMBIGUOUS("From: ,,<a@evil.example,,<ceo@good.example", "broken-syntax");
    AMBIGUOUS("From: a@evil.example;ceo@good.example", "broken-syntax");
    AMBIGUOUS("From: <a@evil.example><ceo@good.example>", "broken-syntax");
    AMBIGUOUS("From: a@evil.example ceo@good.example", "broken-syntax");
    AMBIGUOUS("From: \"a@evil.example", "broken-syntax");
    ONE("From: , ,a@evil.example,", "a@evil.example", AUTHOR_EMPTY_ELEMENTS);
}

static void a10_encoded_word_as_address(void **state) {
    (void)state;
    /* "<ceo@good>" */
    AMBIGUOUS("From: =?utf-8?B?PGNlb0Bnb29kPg==?=,<a@evil.example>", "encoded-address");
    AMBIGUOUS("From: =?utf-8?B?Y2VvQGdvb2QuZXhhbXBsZQ==?=", "encoded-address");
    AMBIGUOUS("From: =?utf-8?Q?ceo@good.example?=", "encoded-address");
    AMBIGUOUS("From: <=?utf-8?B?Y2Vv?=@good.example>", "encoded-address");
    AMBIGUOUS("From: ceo@=?utf-8?Q?good?=.example", "encoded-address");
    AMBIGUOUS("From: <=?utf-8?Q?ceo=40good.example=2C?=a@evil.example>", "encoded-address");
    AMBIGUOUS("From: =?utf-8?Q?<ceo@good.example>,?= <a@evil.example>", "broken-syntax");
    ONE("From: =?utf-8?Q?John Doe?= <a@evil.example>", "a@evil.example", 0);
    NONE("From: =?utf-8?B?5bGx55Sw?=", "no-address");
    ONE("From: =?utf-8?Q?Doe,_John?= <a@evil.example>", "a@evil.example", 0);
    ONE("From: =?utf-8?Q?(omit)?= =?utf-8?q?(omit)?= <a@evil.example>", "a@evil.example", 0);
    AMBIGUOUS("From: =?utf-8?Q?(?= <a@evil.example> =?utf-8?Q?)?= <ceo@good.example>",
              "broken-syntax");
}

static void a11_encoded_word_hiding_nul(void **state) {
    (void)state;
    /* "ceo@good.example\0" in front of the real domain, and alone */
    AMBIGUOUS("From: =?utf-8?B?Y2VvQGdvb2QuZXhhbXBsZQA=?=@evil.example", "encoded-address");
    AMBIGUOUS("From: =?utf-8?Q?ceo=40good.example=00?=@evil.example", "encoded-address");
    AMBIGUOUS("From: =?utf-8?Q?ceo=00?=", "encoded-address");
    OWNED(author) name = FIND("From: =?utf-8?Q?ceo=40good.example=00?= <a@evil.example>");
    check_one(name, "a@evil.example", AUTHOR_NAME_IS_ADDRESS);
    assert_string_equal(name->display_name, "ceo@good.example\xef\xbf\xbd");
    assert_string_equal(name->address_in_name, "ceo@good.example");
}

static void a12_route_is_never_the_author(void **state) {
    (void)state;
    ONE("From: <@good.example,@x.example:a@evil.example>", "a@evil.example", AUTHOR_ROUTE);
    ONE("From: <@good.example:a@evil.example>", "a@evil.example", AUTHOR_ROUTE);
    AMBIGUOUS("From: <ceo@good.example:a@evil.example>", "broken-syntax");
    NONE("From: <@good.example>", "unusable-address");
}

static void a13_quoted_pair_outside_quotes(void **state) {
    (void)state;
    AMBIGUOUS("From: <ceo@good.example>\\,<a@evil.example>", "broken-syntax");
    AMBIGUOUS("From: ceo\\@good.example@evil.example", "broken-syntax");
    AMBIGUOUS("From: \\ceo@good.example", "broken-syntax");
}

static void a14_comma_before_angle(void **state) {
    (void)state;
    AMBIGUOUS("From: ceo@good.example,<a@evil.example>", "several-domains");
    AMBIGUOUS("From: ceo@good.example <a@evil.example>", "broken-syntax");
    AMBIGUOUS("From: ceo@, <a@evil.example>", "several-domains");
    AMBIGUOUS("From: @good.example, <a@evil.example>", "several-domains");
    AMBIGUOUS("From: \"ceo@good.example\", <a@evil.example>", "broken-syntax");
    OWNED(author) words = FIND("From: Doe, John <a@evil.example>");
    check_one(words, "a@evil.example", AUTHOR_BARE_NAMES);
    assert_string_equal(words->display_name, "John");
}

static void a15_text_after_angle(void **state) {
    (void)state;
    AMBIGUOUS("From: <a@evil.example>ceo@good.example", "broken-syntax");
    AMBIGUOUS("From: <a@evil.example> \"x\"", "broken-syntax");
    ONE("From: <a@evil.example> (comment)", "a@evil.example", 0);
    OWNED(author) shown = FIND("From: <a@evil.example>ceo@good.example");
    assert_string_equal(shown->mailboxes[0].shown, "<a@evil.example>ceo@good.example");
}

static void a16_groups(void **state) {
    (void)state;
    AMBIGUOUS("From: <a@evil.example>:<ceo@good.example>", "broken-syntax");
    AMBIGUOUS("From: name: ceo@good.example;", "group-in-from");
    AMBIGUOUS("From: name: ceo@good.example", "broken-syntax");
    AMBIGUOUS("From: name:;, ceo@good.example", "group-in-from");
    AMBIGUOUS("From: a: b: ceo@good.example;;", "broken-syntax");
    AMBIGUOUS("From: name: ceo@good.example;, a@evil.example", "group-in-from");
    NONE("From: undisclosed-sender:;", "empty-group");
    NONE("From: \"two words\" : (nobody) ;", "empty-group");
    NONE("From: <>", "no-address");
    AMBIGUOUS("From: <>, <ceo@good.example>", "several-domains");
}

static void a17_display_name_is_an_address(void **state) {
    (void)state;
    ONE("From: \"ceo@good.example\" <a@evil.example>", "a@evil.example", AUTHOR_NAME_IS_ADDRESS);
    ONE("From: =?utf-8?Q?ceo=40good=2Eexample?= <a@evil.example>", "a@evil.example",
        AUTHOR_NAME_IS_ADDRESS);
    ONE("From: \"ceo\uff20good\uff0eexample\" <a@evil.example>", "a@evil.example",
        AUTHOR_NAME_IS_ADDRESS);
    ONE("From: \"ceo@go\u200bod.example\" <a@evil.example>", "a@evil.example",
        AUTHOR_NAME_IS_ADDRESS | AUTHOR_INVISIBLE);
    ONE("From: a@evil.example (ceo@good.example)", "a@evil.example", AUTHOR_NAME_IS_ADDRESS);
    ONE("From: \"x@sub.good.example\" <a@good.example>", "a@good.example", 0);
    ONE("From: \"me @ work\" <a@evil.example>", "a@evil.example", 0);
}

static void a18_white_space_in_the_name(void **state) {
    (void)state;
    OWNED(author)
    a = FIND("From: \"ceo@good.example                          .\" <a@evil.example>");
    check_one(a, "a@evil.example", AUTHOR_NAME_IS_ADDRESS);
    assert_string_equal(a->display_name, "ceo@good.example .");
    OWNED(author) wide = FIND("From: \"ceo\u3000\u00a0\u2003\u3000x\" <a@evil.example>");
    assert_string_equal(wide->display_name, "ceo x");
    AMBIGUOUS("From: ceo@good.example              . <a@evil.example>", "broken-syntax");
}

static void a19_long_names_and_local_parts(void **state) {
    (void)state;
    g_autoptr(GString) name = g_string_new("From: \"");
    for (int i = 0; i < 10000; i++)
        g_string_append_c(name, 'x');
    g_string_append(name, "\" <a@evil.example>");
    OWNED(author) a = find(name->str, name->len);
    check_one(a, "a@evil.example", 0);
    assert_int_equal(strlen(a->display_name), 10000);
    g_autofree char *local = g_strnfill(LIMIT_LOCAL_PART, 'x');
    g_autofree char *fits = g_strconcat("From: ", local, "@evil.example", NULL);
    OWNED(author) usable = find(fits, strlen(fits));
    assert_int_equal(usable->state, AUTHOR_ONE);
    g_autofree char *over = g_strconcat("From: x", local, "@evil.example", NULL);
    OWNED(author) unusable = find(over, strlen(over));
    check_state(unusable, AUTHOR_NONE, "unusable-address");
    assert_string_equal(unusable->mailboxes[0].shown, over + strlen("From: "));
}

static void a20_bidi_controls(void **state) {
    (void)state;
    OWNED(author) a = FIND("From: \"\u202emoc.dog\u202c \u2067x\u2069\" <a@evil.example>");
    check_one(a, "a@evil.example", AUTHOR_BIDI);
    assert_string_equal(a->display_name, "moc.dog x");
    AMBIGUOUS("From: \u202eelpmaxe.doog@oec <a@evil.example>", "broken-syntax");
    AMBIGUOUS("From: ceo\u202e@evil.example", "control-characters");
    NONE("From: ceo@\u202e.evil.example", "unusable-domain");
}

static void a21_invisible_characters(void **state) {
    (void)state;
    OWNED(author) a = FIND("From: \"Pay\u200b\u00ad\u3164\u2800pal\" <a@evil.example>");
    check_one(a, "a@evil.example", AUTHOR_INVISIBLE);
    assert_string_equal(a->display_name, "Paypal");
    AMBIGUOUS("From: ce\u200bo@evil.example", "control-characters");
    AMBIGUOUS("From: ce\u00a0o@evil.example", "control-characters");
    AMBIGUOUS("From: ceo\u3164@evil.example", "control-characters");
    NONE("From: ceo@ev\u00adil.example", "unusable-domain");
}

static void a22_unicode_domains_become_a_labels(void **state) {
    (void)state;
    ONE("From: ceo@b\u00fccher.example", "ceo@xn--bcher-kva.example", AUTHOR_IDN);
    ONE("From: ceo@xn--bcher-kva.example", "ceo@xn--bcher-kva.example", AUTHOR_IDN);
    ONE("From: ceo@\u0430pple.example", "ceo@xn--pple-43d.example", AUTHOR_IDN);
    OWNED(author) same = FIND("From: a@b\u00fccher.example, b@xn--bcher-kva.example");
    check_state(same, AUTHOR_SEVERAL, "several-authors");
}

static void a23_fake_a_labels_fold_to_nothing(void **state) {
    (void)state;
    ONE("From: ceo@xn--99999999999.example", "ceo@xn--99999999999.example", AUTHOR_IDN);
    NONE("From: ceo@xn--good-.example", "unusable-domain");
}

static void a24_lookalike_syntax(void **state) {
    (void)state;
    NONE("From: ceo\uff20good.example", "no-address");
    NONE("From: ceo@good\u3002example", "unusable-domain");
    NONE("From: ceo@good\uff0eexample", "unusable-domain");
    NONE("From: ceo@good\uff61example.", "unusable-domain");
    NONE("From: ceo@\uff47ood.example", "unusable-domain");
    AMBIGUOUS("From: ceo\uff20good.example@evil.example", "lookalike-syntax");
    AMBIGUOUS("From: <ceo\uff20good\u3002example@evil.example>", "lookalike-syntax");
}

static void a25_local_parts_of_utf8(void **state) {
    (void)state;
    ONE("From: <用户@evil.example>", "用户@evil.example", 0);
    AMBIGUOUS("From: <\xff@evil.example>", "shift-state");
    NONE("From: <✓ceo@evil.example>", "unusable-address");
}

static void a28_marks_in_the_name(void **state) {
    (void)state;
    OWNED(author) a = FIND("From: \"Good Bank \u2714\ufe0f \U0001f512 \u329e\" <a@evil.example>");
    check_one(a, "a@evil.example", AUTHOR_MARKS);
    assert_string_equal(a->display_name, "Good Bank");
}

static void a29_control_characters(void **state) {
    (void)state;
    AMBIGUOUS("From: ceo@good.example\0@evil.example", "control-characters");
    AMBIGUOUS("From: \"ceo\0\" <a@evil.example>", "control-characters");
    AMBIGUOUS("From: a@evil.example\0", "control-characters");
    AMBIGUOUS("From: ceo@good.example\r, a@evil.example", "control-characters");
    AMBIGUOUS("From: a@evil.example\r", "control-characters");
    AMBIGUOUS("From: ceo\x1b[2J@evil.example", "control-characters");
    AMBIGUOUS("From: \x0b"
              "a@evil.example",
              "control-characters");
    AMBIGUOUS("From: \x7f <a@evil.example>", "control-characters");
    AMBIGUOUS("From: \"a\x01\"@evil.example", "control-characters");
    AMBIGUOUS("From: \"a\tb\"@evil.example", "control-characters");
    AMBIGUOUS("From: ceo@good.example\r\nX: y\rFrom: a@evil.example", "malformed-from-field");
    AMBIGUOUS("X: y\rfrom : a@evil.example", "malformed-from-field");
    ONE("From: ceo@good.example\r\nX: y\rFromage: z", "ceo@good.example", 0);
    OWNED(author) name = FIND("From: \"ceo\x1b[31m\x0c\" <a@evil.example>");
    check_one(name, "a@evil.example", 0);
    assert_string_equal(name->display_name, "ceo\ufffd[31m\ufffd");
}

static void a30_line_ends_in_encoded_words(void **state) {
    (void)state;
    OWNED(author) a = FIND("From: =?utf-8?Q?ceo=0D=0ABcc=3A_x?= <a@evil.example>");
    check_one(a, "a@evil.example", 0);
    assert_string_equal(a->display_name, "ceo\ufffd\ufffdBcc: x");
}

static void a31_encoded_words_are_decoded_once(void **state) {
    (void)state;
    /* The text of the outer word is an encoded word again. */
    OWNED(author) a = FIND("From: =?utf-8?Q?=3D=3Futf-8=3FQ=3Fceo=3F=3D?= <a@evil.example>");
    check_one(a, "a@evil.example", 0);
    assert_string_equal(a->display_name, "=?utf-8?Q?ceo?=");
    OWNED(author) utf7 = FIND("From: =?utf-7?Q?+ADw-ceo?= <a@evil.example>");
    assert_string_equal(utf7->display_name, "\ufffd");
    OWNED(author) overlong = FIND("From: =?utf-8?Q?ceo=C0=80?= <a@evil.example>");
    assert_string_equal(overlong->display_name, "ceo\ufffd\ufffd");
    OWNED(author)
    empty = FIND("From: =?utf-8?Q?"
                 "?= <a@evil.example>");
    assert_null(empty->display_name);
}

static void a32_domains_nobody_can_vouch_for(void **state) {
    (void)state;
    NONE("From: ceo@[127.0.0.1]", "unusable-domain");
    NONE("From: ceo@127.0.0.1", "unusable-domain");
    NONE("From: root@localhost", "unusable-domain");
    NONE("From: ceo@good.example.", "unusable-domain");
    NONE("From: ceo@good..example", "unusable-domain");
    NONE("From: ceo@.good.example", "unusable-domain");
    NONE("From: ceo@-good.example", "unusable-domain");
    AMBIGUOUS("From: ceo@good.example@evil.example", "broken-syntax");
    AMBIGUOUS("From: <ceo@good.example@evil.example>", "broken-syntax");
    ONE("From: \"ceo@good.example\"@evil.example", "\"ceo@good.example\"@evil.example", 0);
    AMBIGUOUS("From: ceo@good.example[evil.example]", "broken-syntax");
    AMBIGUOUS("From: ceo@[good.example", "broken-syntax");
}

static void a33_no_address(void **state) {
    (void)state;
    NONE("X: y", "no-from");
    NONE("From:", "no-address");
    NONE("From: ,", "no-address");
    NONE("From: (ceo@good.example)", "no-address");
    OWNED(author) name = FIND("From: \"The Boss\"");
    check_state(name, AUTHOR_NONE, "no-address");
    assert_string_equal(name->display_name, "The Boss");
    NONE("From: ceo", "no-address");
    NONE("From: <ceo>", "no-address");
    AMBIGUOUS("From: \"ceo@good.example\"", "broken-syntax");
}

static void a36_only_from_decides(void **state) {
    (void)state;
    ONE("Subject: a\r\nFrom: a@evil.example\r\nSubject: b\r\nDate: x\r\nDate: y", "a@evil.example",
        0);
    ONE("X-From: ceo@good.example\r\nFrom: a@evil.example\r\nFrom-: ceo@good.example",
        "a@evil.example", 0);
}

static void a37_beyond_the_limits(void **state) {
    (void)state;
    g_autoptr(GString) header = g_string_new("From: ceo@good.example\r\n");
    for (int i = 0; i < LIMIT_FIELDS; i++)
        g_string_append(header, "A: 1\r\n");
    g_string_append(header, "From: a@evil.example");
    OWNED(author) fields = find(header->str, header->len);
    check_state(fields, AUTHOR_AMBIGUOUS, "too-large");
    g_autofree char *name = g_strnfill(LIMIT_ADDRESS_VALUE, 'x');
    g_autofree char *value = g_strconcat("From: ", name, " <ceo@good.example>", NULL);
    OWNED(author) octets = find(value, strlen(value));
    check_state(octets, AUTHOR_AMBIGUOUS, "too-large");
}

/* One reading only, so no more than a note (verdict rule 2). */
static void empty_atoms_are_a_note(void **state) {
    (void)state;
    ONE("From: a..b.@carrier.example", "a..b.@carrier.example", AUTHOR_EMPTY_ATOMS);
    ONE("From: <.a@carrier.example>", ".a@carrier.example", AUTHOR_EMPTY_ATOMS);
    ONE("From: \"a..b.\"@carrier.example", "a..b.@carrier.example", 0);
}

static void encoded_words_inside_quotes_are_a_note(void **state) {
    (void)state;
    OWNED(author) a = FIND("From: \"=?utf-8?Q?J=C3=BCrg?=\" <a@evil.example>");
    check_one(a, "a@evil.example", AUTHOR_QUOTED_WORD);
    assert_string_equal(a->display_name, "Jürg");
}

static void raw_iso_2022_jp_is_a_note_if_both_readings_agree(void **state) {
    (void)state;
    OWNED(author) a = FIND("From: \x1b$B;3ED\x1b(B <a@evil.example>");
    check_one(a, "a@evil.example", AUTHOR_RAW_TEXT);
    assert_string_equal(a->display_name, "山田");
    ONE("From: \"\x1b$B;3ED\x1b(B\" <a@evil.example>", "a@evil.example", AUTHOR_RAW_TEXT);
    ONE("From: a@evil.example (\x1b$B;3ED\x1b(B)", "a@evil.example", AUTHOR_RAW_TEXT);
    /* The octets of the kanji spell an address to a reader without shifts. */
    AMBIGUOUS("From: \x1b$B<ceo@good.example>,\x1b(B <a@evil.example>", "shift-state");
    AMBIGUOUS("From: \x1b$Bceo@good.example\x1b(B", "shift-state");
    AMBIGUOUS("From: \x1b$B<a@evil.example>", "shift-state");
    AMBIGUOUS("From: a@good.example, b@good.example, \"\x1b$B;3\x1b(B\"", "shift-state");
}

static void raw_8bit_is_a_note_if_both_readings_agree(void **state) {
    (void)state;
    OWNED(author) sjis = FIND("From: \x8e\x52\x93\x63 <a@evil.example>");
    check_one(sjis, "a@evil.example", AUTHOR_RAW_TEXT);
    assert_string_equal(sjis->display_name, "山田");
    OWNED(author) euc = FIND("From: \xbb\xb3\xc5\xc4 <a@evil.example>");
    check_one(euc, "a@evil.example", AUTHOR_RAW_TEXT);
    assert_string_equal(euc->display_name, "山田");
    /* U+8868, whose second octet is a backslash, before the closing quote. */
    ONE("From: \"\x95\x5c\" <a@evil.example>", "a@evil.example", AUTHOR_RAW_TEXT);
    AMBIGUOUS("From: \"\x95\x5c\" <a@evil.example>, \" <ceo@good.example>", "broken-syntax");
    OWNED(author) latin = FIND("From: J\xfcrg <a@evil.example>");
    check_one(latin, "a@evil.example", AUTHOR_RAW_TEXT);
    assert_string_equal(latin->display_name, "J\ufffdrg");
}

/* Format characters in a local part print nothing: no two addresses may look alike (hostile
 * review). */
static void a21_format_characters_in_the_local_part(void **state) {
    (void)state;
    static const char *const values[] = {("\xef\xbb\xbf"
                                          "ceo@good.example"),
                                         ("c\xd8\x80"
                                          "eo@good.example"),
                                         "ceo\xe2\x81\xa0@good.example"};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *text = g_strdup_printf("From: <%s>\r\n\r\n", values[i]);
        g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
        OWNED(message) message = message_new(octets, 0);
        OWNED(author) author = author_find(message);
        assert_true(author->state == AUTHOR_NONE || author->state == AUTHOR_AMBIGUOUS);
        assert_null(author->address);
    }
}

/* The ideographic full stop survives the normal form, and reads as a dot. */
static void a24_full_width_address_as_name(void **state) {
    (void)state;
    static const char text[] =
        "From: =?utf-8?q?a=EF=BC=A0bank=E3=80=82example?= <eve@evil.example>\r\n\r\n";
    g_autoptr(GBytes) octets = g_bytes_new_static(text, sizeof text - 1);
    OWNED(message) message = message_new(octets, 0);
    OWNED(author) author = author_find(message);
    assert_true(author->notes & AUTHOR_NAME_IS_ADDRESS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_forms_have_one_author),
        cmocka_unit_test(a01_two_from_fields),
        cmocka_unit_test(a02_first_line_with_leading_space),
        cmocka_unit_test(a03_space_before_the_colon),
        cmocka_unit_test(a04_name_folded_before_the_colon),
        cmocka_unit_test(a05_stray_octets_in_the_name),
        cmocka_unit_test(a06_sender_is_no_author),
        cmocka_unit_test(a07_resent_from_is_no_author),
        cmocka_unit_test(a08_several_mailboxes),
        cmocka_unit_test(a09_badly_formed_lists),
        cmocka_unit_test(a10_encoded_word_as_address),
        cmocka_unit_test(a11_encoded_word_hiding_nul),
        cmocka_unit_test(a12_route_is_never_the_author),
        cmocka_unit_test(a13_quoted_pair_outside_quotes),
        cmocka_unit_test(a14_comma_before_angle),
        cmocka_unit_test(a15_text_after_angle),
        cmocka_unit_test(a16_groups),
        cmocka_unit_test(a17_display_name_is_an_address),
        cmocka_unit_test(a18_white_space_in_the_name),
        cmocka_unit_test(a19_long_names_and_local_parts),
        cmocka_unit_test(a20_bidi_controls),
        cmocka_unit_test(a21_invisible_characters),
        cmocka_unit_test(a22_unicode_domains_become_a_labels),
        cmocka_unit_test(a23_fake_a_labels_fold_to_nothing),
        cmocka_unit_test(a24_lookalike_syntax),
        cmocka_unit_test(a25_local_parts_of_utf8),
        cmocka_unit_test(a28_marks_in_the_name),
        cmocka_unit_test(a29_control_characters),
        cmocka_unit_test(a30_line_ends_in_encoded_words),
        cmocka_unit_test(a31_encoded_words_are_decoded_once),
        cmocka_unit_test(a32_domains_nobody_can_vouch_for),
        cmocka_unit_test(a33_no_address),
        cmocka_unit_test(a36_only_from_decides),
        cmocka_unit_test(a37_beyond_the_limits),
        cmocka_unit_test(empty_atoms_are_a_note),
        cmocka_unit_test(encoded_words_inside_quotes_are_a_note),
        cmocka_unit_test(raw_iso_2022_jp_is_a_note_if_both_readings_agree),
        cmocka_unit_test(raw_8bit_is_a_note_if_both_readings_agree),
        cmocka_unit_test(a21_format_characters_in_the_local_part),
        cmocka_unit_test(a24_full_width_address_as_name),
    };
    return cmocka_run_group_tests_name("author", tests, NULL, NULL);
}
