/* SPDX-License-Identifier: MIT
 *
 * trust/record: what goes in comes out, and nothing else does. */
#include "trust/record.h"

#include "base/limits.h"
#include "evidence_maker.h"
#include "fcgi/json_evidence.h"
#include "fcgi/json_verdict.h"

#include <gio/gio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct verdict_policy nothing_configured;

static const char **one_text(const char *text) {
    const char **list = g_new0(const char *, 1);
    list[0] = text;
    return list;
}

static void fill_smime(struct evidence_smime *smime) {
    *smime = (struct evidence_smime){
        .evaluated = true,
        .pending = true,
        .encrypted = true,
        .status = SIGN_STATUS_FAILED,
        .at_delivery = SIGN_STATUS_SIGNED,
        .errors = one_text("expired"),
        .n_errors = 1,
        .notes = one_text("revocation-unknown"),
        .n_notes = 1,
        .verified_at = NOW,
        .signed_at = NOW - 9,
        .has_signer = true,
        .signer = {"CN=A", "CN=I", "I", one_text("a@" AUTHOR), 1, NOW - 7, NOW + 7, "01", "ff"},
        .digest_algorithm = "sha256",
        .key_algorithm = "rsa",
        .key_bits = 2048,
        .digest = CHECK_PASS,
        .chain = CHECK_FAIL,
        .time = CHECK_UNKNOWN,
        .usage = CHECK_NONE,
        .revocation = CHECK_PASS,
        .address = CHECK_FAIL,
        .coverage = CHECK_PASS,
        .strength = CHECK_FAIL,
        .covers = {SCOPE_PART, "1", HEADERS_DIFFER, "f@x", "subject", "date"},
        .others = g_new0(struct evidence_other_signature, 1),
        .n_others = 1,
    };
    smime->others[0] = (struct evidence_other_signature){SIGN_STATUS_SIGNED, SCOPE_INNER, "1.1",
                                                         "m@x", "address-mismatch"};
}

/* Every field of evidence holds something, so that one left out of the record is seen. */
static struct evidence *full_evidence(void) {
    struct evidence *e = make_evidence();
    e->mode = VERIFY_ALWAYS;
    e->receipt = RECEIPT_BORDER;
    e->received_at = NOW - 100;
    e->author.notes = AUTHOR_NAME_IS_ADDRESS | AUTHOR_IDN;
    e->author.address_in_name = "ceo@other.example";
    e->author.reply_domain = "reply.example";
    e->author.organizer = "boss@bank.example";
    e->author.is_list = e->author.is_invitation = true;
    e->author.list_id = "friends.list.example";
    e->history =
        (struct evidence_history){true, true, NOW - 99, 7, 5, {AUTHOR, "aa", "bb"}, {3, 4, 5}};
    e->author.recipients_known = e->author.addressed_to_account = true;
    e->session = (struct evidence_session){true, "192.0.2.1", "helo.example", "", true, "alice"};
    e->authres = g_new0(struct evidence_authres, 2);
    e->n_authres = 2;
    e->authres[0] = (struct evidence_authres){"mx.example", true, "believed",
                                              g_new0(struct evidence_result, 1), 1};
    struct evidence_property *properties = g_new(struct evidence_property, 2);
    properties[0] = (struct evidence_property){"header.d", AUTHOR};
    properties[1] = (struct evidence_property){"x-bits", "2048"};
    e->authres[0].results[0] =
        (struct evidence_result){"dkim", "pass", AUTH_PASS, "why", "comment", properties, 1, 1};
    e->authres[1].why = "unknown-id";
    struct evidence_signature *s = add_signature(e, AUTHOR, AUTH_PASS);
    g_free(s->signed_headers);
    *s = (struct evidence_signature){AUTH_FAIL,
                                     "body-hash",
                                     AUTHOR,
                                     "s1",
                                     "@" AUTHOR,
                                     "rsa-sha256",
                                     1024,
                                     true,
                                     7,
                                     NOW - 50,
                                     g_new0(const char *, 3),
                                     AUTH_PASS,
                                     DNSSEC_SECURE,
                                     DMARC_BARE_ALIGNED,
                                     DMARC_ALIGNED_STRICT,
                                     DMARC_ALIGNED_RELAXED,
                                     true,
                                     true,
                                     true,
                                     true,
                                     true,
                                     "Subject"};
    s->signed_headers[0] = "from";
    s->signed_headers[1] = "to";
    struct evidence_statement *statement = say_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    statement->disposition = DMARC_POLICY_QUARANTINE;
    struct evidence_stated_dkim *dkim = say_dkim(statement, AUTHOR, AUTH_PASS);
    dkim->signature = 0;
    dkim->walked = DMARC_UNALIGNED;
    say_spf(statement, AUTHOR, AUTH_SOFTFAIL);
    statement->spf_aligned = DMARC_ALIGNED_RELAXED;
    statement->spf_walked = DMARC_ALIGNED_STRICT;
    e->forwarded = (struct evidence_statement){.present = true,
                                               .server = "f.example",
                                               .forwarder = "Forwarder",
                                               .sealed = true,
                                               .dmarc = AUTH_FAIL};
    e->spf = (struct evidence_spf){.result = AUTH_NEUTRAL,
                                   .reason = "default",
                                   .domain = AUTHOR,
                                   .client_ip = "192.0.2.1",
                                   .mechanism = "ip4",
                                   .explanation = "text",
                                   .dnssec = DNSSEC_SECURE,
                                   .bare = DMARC_BARE_LIKELY,
                                   .aligned = DMARC_UNALIGNED,
                                   .walked = DMARC_ALIGNED_RELAXED,
                                   .anyone = true};
    e->spf_helo = (struct evidence_spf){.result = AUTH_PERMERROR, .domain = "helo.example"};
    e->sender_id =
        (struct evidence_sender_id){true, AUTH_SOFTFAIL, "why", "pra@pra.example", DNSSEC_INSECURE};
    find_dmarc(e, AUTH_PASS, DMARC_POLICY_REJECT);
    e->dmarc.applied = DMARC_POLICY_QUARANTINE;
    e->dmarc.from_server = e->dmarc.by_dkim = e->dmarc.by_spf = e->dmarc.testing = true;
    e->dmarc.walk_complete = e->dmarc.policy_known = true;
    e->dmarc.reason = "reason";
    e->dmarc.dnssec = DNSSEC_BOGUS;
    e->domainkeys = (struct evidence_domainkeys){
        true, AUTH_PERMERROR, "key-revoked", AUTHOR, "dk", "all", true, DNSSEC_INSECURE};
    e->arc = (struct evidence_arc){true, AUTH_FAIL,     3,     "f.example", 2,    true,
                                   true, DNSSEC_SECURE, "gap", true,        true, 2};
    e->n_dkim2 = 4;
    fill_smime(&e->smime);
    e->hops = g_new0(struct evidence_hop, 1);
    e->n_hops = 1;
    e->hops[0] = (struct evidence_hop){"from.example", "by.example", "192.0.2.2", true, "TLSv1.3",
                                       "AES",          true,         true,        -3};
    e->link_in_own_name = (struct evidence_link){AUTHOR, "click.example"};
    e->link_in_other_name = (struct evidence_link){"bank.test", "evil.example"};
    e->reputation_evaluated = true;
    e->reputation = g_new0(struct evidence_reputation, 1);
    e->n_reputation = 1;
    e->reputation[0] = (struct evidence_reputation){"bl.example", "192.0.2.2", DNSBL_BLOCK,
                                                    DNSBL_LISTED, "sent spam"};
    return e;
}

static struct record *make_record(struct evidence *evidence) {
    struct record *record = g_new0(struct record, 1);
    record->facts.inputs = g_strdup("00ff");
    record->facts.policy_revision = 7;
    record->evidence = evidence;
    record->verdict = verdict_derive(evidence, &nothing_configured, NOW);
    record->facts.complete = record->verdict->complete;
    return record;
}

static char *evidence_as_json(const struct record *record) {
    json_t *json = json_evidence(record->evidence, record->verdict);
    char *text = json_dumps(json, JSON_SORT_KEYS);
    json_decref(json);
    return text;
}

static void what_goes_in_comes_out(void **state) {
    (void)state;
    OWNED(record) record = make_record(full_evidence());
    record->first = (struct record_first){99, VERDICT_LIKELY, LEVEL_LIKELY};
    g_autoptr(GBytes) octets = record_encode(record, NULL);
    g_autoptr(GError) error = NULL;
    OWNED(record) again = record_decode(octets, &error);
    assert_null(error);
    assert_int_equal(again->first.checked_at, 99);
    assert_int_equal(again->first.author, VERDICT_LIKELY);
    assert_int_equal(again->first.level, LEVEL_LIKELY);
    assert_string_equal(again->facts.inputs, "00ff");
    assert_int_equal(again->facts.policy_revision, 7);
    assert_int_equal(again->facts.complete, record->facts.complete);
    assert_true(verdict_equal(record->verdict, again->verdict));
    g_autoptr(GBytes) twice = record_encode(again, NULL);
    assert_true(g_bytes_equal(octets, twice));
    g_autofree char *before = evidence_as_json(record), *after = evidence_as_json(again);
    assert_string_equal(before, after);
}

/* The same octets would come out of two evidences that differ in a field the walk forgets. */
static void every_field_is_walked(void **state) {
    (void)state;
    OWNED(record) full = make_record(full_evidence());
    g_autoptr(GBytes) octets = record_encode(full, NULL);
    OWNED(record) again = record_decode(octets, NULL);
    const struct evidence *a = full->evidence, *b = again->evidence;
    assert_int_equal(a->mode, b->mode);
    assert_int_equal(a->role, b->role);
    assert_int_equal(a->receipt, b->receipt);
    assert_int_equal(a->received_at, b->received_at);
    assert_int_equal(a->author.notes, b->author.notes);
    assert_true(b->author.is_list && b->author.is_invitation && b->author.recipients_known &&
                b->author.addressed_to_account);
    assert_string_equal(b->author.reply_domain, "reply.example");
    assert_string_equal(b->author.organizer, "boss@bank.example");
    assert_string_equal(b->author.registrable, AUTHOR);
    assert_true(b->session.known && b->session.submitted);
    assert_string_equal(b->session.mail_from, ""); /* the null path is not "not known" */
    assert_string_equal(b->session.helo, "helo.example");
    assert_string_equal(b->session.client_ip, "192.0.2.1");
    assert_string_equal(b->session.submitted_by, "alice");
    assert_null(b->authres[1].authserv_id);
    const struct evidence_signature *s = &b->signatures[0];
    assert_int_equal(s->signed_at, NOW - 50);
    assert_int_equal(s->bare, DMARC_BARE_ALIGNED);
    assert_int_equal(s->aligned, DMARC_ALIGNED_STRICT);
    assert_int_equal(s->walked, DMARC_ALIGNED_RELAXED);
    assert_true(s->could_align && s->body_missing && s->key_missing && s->body_uncovered &&
                s->content_type_unsigned);
    assert_string_equal(s->fields_uncovered, "Subject");
    const struct evidence_statement *statement = &b->statement;
    assert_true(statement->present && statement->dkim_said && statement->failure_counts);
    assert_int_equal(statement->dkim[0].signature, 0);
    assert_int_equal(statement->dkim[0].bare, DMARC_BARE_ALIGNED);
    assert_int_equal(statement->dkim[0].walked, DMARC_UNALIGNED);
    assert_int_equal(statement->spf, AUTH_SOFTFAIL);
    assert_int_equal(statement->spf_bare, DMARC_BARE_LIKELY);
    assert_int_equal(statement->spf_aligned, DMARC_ALIGNED_RELAXED);
    assert_int_equal(statement->spf_walked, DMARC_ALIGNED_STRICT);
    assert_int_equal(statement->policy, DMARC_POLICY_REJECT);
    assert_int_equal(statement->disposition, DMARC_POLICY_QUARANTINE);
    assert_string_equal(b->forwarded.forwarder, "Forwarder");
    assert_true(b->forwarded.sealed);
    assert_int_equal(b->sender_id.dnssec, DNSSEC_INSECURE);
    assert_int_equal(b->dmarc.dnssec, DNSSEC_BOGUS);
    assert_int_equal(b->spf.result, AUTH_NEUTRAL);
    assert_int_equal(b->spf.walked, DMARC_ALIGNED_RELAXED);
    assert_true(b->spf.anyone);
    assert_true(b->dmarc.from_server && b->dmarc.by_dkim && b->dmarc.by_spf && b->dmarc.testing);
    assert_true(b->dmarc.walk_complete && b->dmarc.policy_known);
    assert_true(b->domainkeys.evaluated && b->domainkeys.testing);
    assert_int_equal(b->domainkeys.result, AUTH_PERMERROR);
    assert_int_equal(b->domainkeys.dnssec, DNSSEC_INSECURE);
    assert_string_equal(b->domainkeys.reason, "key-revoked");
    assert_string_equal(b->domainkeys.domain, AUTHOR);
    assert_string_equal(b->domainkeys.selector, "dk");
    assert_string_equal(b->domainkeys.policy, "all");
    assert_true(b->arc.evaluated && b->arc.trusted && b->arc.unsettled);
    assert_int_equal(b->arc.result, AUTH_FAIL);
    assert_int_equal(b->arc.instance, 3);
    assert_int_equal(b->arc.oldest_pass, 2);
    assert_int_equal(b->arc.dnssec, DNSSEC_SECURE);
    assert_string_equal(b->arc.sealer, "f.example");
    assert_string_equal(b->arc.reason, "gap");
    assert_true(b->arc.temporary && b->arc.covers_shown);
    assert_int_equal(b->arc.proved_from, 2);
    assert_int_equal(b->n_dkim2, 4);
    assert_int_equal(b->hops[0].delay, -3);
    assert_true(b->hops[0].ours && b->hops[0].timed && b->hops[0].tls);
}

static void empty_evidence_survives(void **state) {
    (void)state;
    OWNED(record) record = make_record(make_evidence());
    g_autoptr(GBytes) octets = record_encode(record, NULL);
    OWNED(record) again = record_decode(octets, NULL);
    assert_non_null(again);
    assert_false(again->evidence->dkim_evaluated);
    assert_int_equal(again->evidence->dmarc.result, AUTH_NOT_EVALUATED);
    assert_true(verdict_equal(record->verdict, again->verdict));
}

static void a_verdict_is_derived_again_from_the_record(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    add_signature(e, AUTHOR, AUTH_PASS);
    OWNED(record) record = make_record(e);
    g_autoptr(GBytes) octets = record_encode(record, NULL);
    OWNED(record) again = record_decode(octets, NULL);
    OWNED(verdict) derived = verdict_derive(again->evidence, &nothing_configured, NOW + 9);
    assert_true(verdict_equal(record->verdict, derived));
}

/* The verdict outlives evidence that is too large, whoever made it so. */
static void a_verdict_is_kept_without_lists_that_are_too_long(void **state) {
    (void)state;
    struct evidence *e = full_evidence();
    g_autofree char *name = g_strnfill(LIMIT_RECORD_SIZE, 'x');
    e->hops[0].from = name;
    OWNED(record) record = make_record(e);
    g_autoptr(GBytes) octets = record_encode(record, NULL);
    assert_non_null(octets);
    OWNED(record) again = record_decode(octets, NULL);
    assert_non_null(again);
    assert_true(verdict_equal(record->verdict, again->verdict));
    assert_int_equal(again->evidence->n_hops, 0);
    assert_int_equal(again->evidence->n_signatures, 0);
    assert_int_equal(record->evidence->n_hops, 1);
    e->author.display_name = name;
    g_autoptr(GError) error = NULL;
    assert_null(record_encode(record, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE));
}

static void refuse(GBytes *octets) {
    g_autoptr(GError) error = NULL;
    OWNED(record) record = record_decode(octets, &error);
    assert_null(record);
    assert_non_null(error);
}

static void other_octets_are_refused(void **state) {
    (void)state;
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
    refuse(nothing);
    g_autoptr(GBytes) text = g_bytes_new_static("inkan-record\0junk and more junk", 31);
    refuse(text);
    g_autoptr(GVariant) future = g_variant_ref_sink(
        g_variant_new("(suatas)", "inkan-record", RECORD_VERSION + 1u, NULL, NULL));
    g_autoptr(GBytes) version = g_variant_get_data_as_bytes(future);
    refuse(version);
    g_autoptr(GVariant) hollow = g_variant_ref_sink(
        g_variant_new("(suatas)", "inkan-record", (guint32)RECORD_VERSION, NULL, NULL));
    g_autoptr(GBytes) lanes = g_variant_get_data_as_bytes(hollow);
    refuse(lanes);
}

/* A record whose number at some place is another one either is refused or reads as enums in range:
 * derivation and JSON of it must not fall over. */
static void changed_numbers_do_no_harm(void **state) {
    (void)state;
    OWNED(record) record = make_record(full_evidence());
    g_autoptr(GBytes) octets = record_encode(record, NULL);
    gsize n;
    const guint8 *good = g_bytes_get_data(octets, &n);
    guint refused = 0, read = 0;
    for (gsize at = 0; at < n; at++)
        for (guint8 flip = 1; flip; flip = (guint8)(flip << 1)) {
            g_autofree guint8 *bad = g_memdup2(good, n);
            bad[at] ^= flip;
            g_autoptr(GBytes) changed = g_bytes_new(bad, n);
            OWNED(record) other = record_decode(changed, NULL);
            if (!other) {
                refused++;
                continue;
            }
            read++;
            OWNED(verdict) verdict = verdict_derive(other->evidence, &nothing_configured, NOW);
            json_t *json = json_evidence(other->evidence, verdict);
            json_decref(json);
        }
    assert_true(refused > 1000 && read > 1000);
}

static void a_record_has_a_size(void **state) {
    (void)state;
    struct evidence *e = make_evidence();
    OWNED(record) record = make_record(e);
    g_autofree char *long_text = g_strnfill(LIMIT_RECORD_SIZE + 1, 'x');
    e->dmarc.reason = evidence_text(e, long_text);
    g_autoptr(GError) error = NULL;
    assert_null(record_encode(record, &error));
    assert_non_null(error);
    g_autoptr(GBytes) octets = g_bytes_new(long_text, LIMIT_RECORD_SIZE + 1);
    refuse(octets);
}

static void text_of_evidence_is_clean(void **state) {
    (void)state;
    OWNED(evidence) e = evidence_new();
    assert_string_equal(evidence_span(e, span_make("a\0b\x7f\r\nc\xff\xc2\x85\xe5\x8d\xb0", 13)),
                        "a\xef\xbf\xbd"
                        "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                        "c\xef\xbf\xbd"
                        "\xef\xbf\xbd\xe5\x8d\xb0");
    assert_null(evidence_text(e, NULL));
    assert_string_equal(evidence_text(e, ""), "");
}

static void inputs_are_everything_that_decides(void **state) {
    (void)state;
    const char *octets = "the digest of some octets", *other = "the digest of others";
    char *all[] = {
        [0] = record_inputs(octets, "rules", MAILBOX_RECEIVED, VERIFY_MISSING, NOW),
        [1] = record_inputs(other, "rules", MAILBOX_RECEIVED, VERIFY_MISSING, NOW),
        [2] = record_inputs(octets, "others", MAILBOX_RECEIVED, VERIFY_MISSING, NOW),
        [3] = record_inputs(octets, "rules", MAILBOX_IMPORTED, VERIFY_MISSING, NOW),
        [4] = record_inputs(octets, "rules", MAILBOX_RECEIVED, VERIFY_ALWAYS, NOW),
        [5] = record_inputs(octets, "rules", MAILBOX_RECEIVED, VERIFY_MISSING, NOW + 1),
        [6] = record_inputs(octets, NULL, MAILBOX_RECEIVED, VERIFY_MISSING, NOW),
    };
    assert_int_equal(strlen(all[0]), 64);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        for (size_t j = i + 1; j < G_N_ELEMENTS(all); j++)
            assert_string_not_equal(all[i], all[j]);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(all[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(every_field_is_walked),
        cmocka_unit_test(empty_evidence_survives),
        cmocka_unit_test(a_verdict_is_derived_again_from_the_record),
        cmocka_unit_test(a_verdict_is_kept_without_lists_that_are_too_long),
        cmocka_unit_test(other_octets_are_refused),
        cmocka_unit_test(changed_numbers_do_no_harm),
        cmocka_unit_test(a_record_has_a_size),
        cmocka_unit_test(text_of_evidence_is_clean),
        cmocka_unit_test(inputs_are_everything_that_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
