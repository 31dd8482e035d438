/* SPDX-License-Identifier: MIT
 *
 * Who wrote it? Read `rows` from the top: the first ground (trust/ground) that holds decides. It
 * answers with its subject (the domain that signed, the author domain, …), which the sentence
 * names, or with NULL. Numbers are the rules of the design's verdict page;
 * tests/unit/test_verdict.c and the files beside it hold a test for each row. */
#include "trust/verdict_table.h"

#include "trust/ground.h"
#include "trust/verdict_reason.h"

typedef const char *(*ground)(const struct findings *f);

/* --- the table ------------------------------------------------------------------------------ */

#define AUTHORS_WORD REASON__MAX
#define DKIM VIA_DKIM
#define SPF VIA_SPF
#define DMARC VIA_DMARC
#define SERVER SOURCE_SERVER
#define LOCAL SOURCE_LOCAL
#define MIXED SOURCE_MIXED
#define NONE SOURCE_NONE

/* clang-format off */
static const struct row {
    ground holds;
    enum verdict_author author;
    enum reason_code reason; /* 0: none; AUTHORS_WORD: what author_find answered is the code */
    enum reason_code limit;  /* 0: none */
    enum verdict_source source;
    uint32_t via;
} rows[] = {
    /* ground                           author                   reason                            limit                     source  via            rule */
    {ground_in_own_mailbox,            VERDICT_OWN,             REASON_WRITTEN_HERE,              0,                        NONE,   0},
    {ground_two_readings,              VERDICT_AMBIGUOUS,       AUTHORS_WORD,                     0,                        NONE,   0},          /* 2 */
    {ground_no_address,                VERDICT_NOT_ESTABLISHED, AUTHORS_WORD,                     0,                        NONE,   0},          /* 2 */

    {ground_signed_from_differs,       VERDICT_AMBIGUOUS,       REASON_SIGNED_FROM_DIFFERS,       0,                        LOCAL,  0},          /* 15 */
    {ground_signed_smime_with_headers, VERDICT_VERIFIED,        REASON_PERSON_CERTIFICATE,        0,                        LOCAL,  VIA_SMIME},  /* 15 */
    {ground_signed_smime,              VERDICT_VERIFIED,        REASON_PERSON_CERTIFICATE,        REASON_HEADERS_UNSIGNED,  LOCAL,  VIA_SMIME},  /* 15 */
    {ground_signed_openpgp_with_headers, VERDICT_VERIFIED,      REASON_PERSON_KEY,                0,                        LOCAL,  VIA_OPENPGP}, /* 15 */
    {ground_signed_openpgp,            VERDICT_VERIFIED,        REASON_PERSON_KEY,                REASON_HEADERS_UNSIGNED,  LOCAL,  VIA_OPENPGP}, /* 15 */

    {ground_server_passed_signature,   VERDICT_VERIFIED,        REASON_SERVER_CONFIRMED,          0,                        SERVER, DKIM | DMARC}, /* 8 */
    {ground_own_intact,                VERDICT_VERIFIED,        REASON_SIGNATURE_INTACT,          0,                        LOCAL,  DKIM},       /* 3 */
    {ground_own_intact_against_server, VERDICT_LIKELY,          REASON_SIGNATURE_INTACT,          REASON_SERVER_DISAGREES,  MIXED,  DKIM},       /* 13 */
    {ground_server_named_signature,    VERDICT_VERIFIED,        REASON_SERVER_CONFIRMED_SIGNATURE, 0,                       SERVER, DKIM},       /* 3 */

    {ground_submitted_by_author,       VERDICT_VERIFIED,        REASON_SUBMITTED_BY_AUTHOR,       0,                        SERVER, VIA_SUBMISSION}, /* 10 */
    {ground_submitted_in_own_domain,   VERDICT_LIKELY,          0,                                REASON_SUBMITTED_HERE,    SERVER, VIA_SUBMISSION}, /* 10 */
    {ground_submitted_for_other,       VERDICT_NOT_ESTABLISHED, REASON_SUBMITTED_FOR_OTHER,       0,                        SERVER, 0},          /* 10 */
    {ground_forwarder_passed,          VERDICT_LIKELY,          0,                                REASON_AS_SEEN_BY,        SERVER, DMARC},      /* 12 */

    {ground_failed_with_exception,     VERDICT_NOT_ESTABLISHED, REASON_SERVER_MADE_EXCEPTION,     0,                        SERVER, 0},          /* 8 */
    {ground_failed_but_changed,        VERDICT_NOT_ESTABLISHED, REASON_CHANGED_AFTER_SIGNING,     0,                        MIXED,  0},          /* 9 */
    {ground_failed_policy_pending,     VERDICT_UNCHECKED,       REASON_TEMPORARY_TROUBLE,         0,                        SERVER, 0},          /* 5 */
    {ground_failed_reject,             VERDICT_CONTRADICTED,    REASON_FAIL_POLICY_REJECT,        0,                        SERVER, 0},          /* 4, 8 */
    {ground_failed_quarantine,         VERDICT_NOT_ESTABLISHED, REASON_FAIL_POLICY_QUARANTINE,    0,                        SERVER, 0},          /* 4 */
    {ground_failed_none,               VERDICT_NOT_ESTABLISHED, REASON_FAIL_POLICY_NONE,          0,                        SERVER, 0},          /* 4 */
    {ground_failed_unknown,            VERDICT_NOT_ESTABLISHED, REASON_FAIL_POLICY_UNKNOWN,       0,                        SERVER, 0},          /* 4, 8 */
    {ground_disputed,                  VERDICT_NOT_ESTABLISHED, REASON_FAIL_INCONCLUSIVE,         0,                        SERVER, 0},          /* 4 */

    {ground_server_named_unmatched,    VERDICT_LIKELY,          REASON_SERVER_CONFIRMED_SIGNATURE, REASON_SIGNATURE_UNKNOWN, SERVER, DKIM},      /* 8 */
    {ground_server_passed_anyone,      VERDICT_NOT_ESTABLISHED, REASON_SPF_ANYONE,                0,                        MIXED,  0},          /* 4 */
    {ground_server_passed_by_spf,      VERDICT_LIKELY,          REASON_SERVER_CONFIRMED,          REASON_SPF_ONLY,          SERVER, SPF | DMARC}, /* 8, 16 */
    {ground_server_passed_partial,     VERDICT_NOT_ESTABLISHED, REASON_BODY_NOT_COVERED,          0,                        SERVER, 0},          /* 8 */
    {ground_server_passed_somehow,     VERDICT_LIKELY,          REASON_SERVER_CONFIRMED,          REASON_SIGNATURE_UNKNOWN, SERVER, DMARC},      /* 8 */
    {ground_spf_with_record,           VERDICT_LIKELY,          REASON_SENT_BY_LISTED_SERVER,     REASON_SPF_ONLY,          MIXED,  SPF | DMARC}, /* 16 */
    {ground_spf_without_record,        VERDICT_LIKELY,          REASON_SENT_BY_LISTED_SERVER,     REASON_NO_POLICY,         SERVER, SPF},        /* 3 */
    {ground_server_named_child,        VERDICT_LIKELY,          REASON_SERVER_CONFIRMED_SIGNATURE, REASON_NO_POLICY,        SERVER, DKIM},       /* 3 */
    {ground_own_child,                 VERDICT_LIKELY,          REASON_SIGNATURE_INTACT,          REASON_NO_POLICY,         LOCAL,  DKIM},       /* 3 */
    {ground_own_spf_with_record,       VERDICT_LIKELY,          REASON_SENT_BY_LISTED_SERVER,     REASON_SPF_ONLY,          LOCAL,  SPF | DMARC}, /* 16 */
    {ground_own_spf_without_record,    VERDICT_LIKELY,          REASON_SENT_BY_LISTED_SERVER,     REASON_NO_POLICY,         LOCAL,  SPF},        /* 3 */

    {ground_pending,                   VERDICT_UNCHECKED,       REASON_PENDING,                   0,                        NONE,   0},
    {ground_trouble,                   VERDICT_UNCHECKED,       REASON_TEMPORARY_TROUBLE,         0,                        NONE,   0},          /* 5 */
    {ground_lasting_trouble,           VERDICT_NOT_ESTABLISHED, REASON_COULD_NOT_CHECK,           0,                        NONE,   0},          /* 5 */

    {ground_own_partial,               VERDICT_NOT_ESTABLISHED, REASON_BODY_NOT_COVERED,          0,                        LOCAL,  0},          /* 8 */
    {ground_server_named_partial,      VERDICT_NOT_ESTABLISHED, REASON_BODY_NOT_COVERED,          0,                        SERVER, 0},          /* 8 */
    {ground_own_changed,               VERDICT_NOT_ESTABLISHED, REASON_CHANGED_AFTER_SIGNING,     0,                        LOCAL,  0},          /* 9 */
    {ground_own_testing,               VERDICT_NOT_ESTABLISHED, REASON_TESTING_KEY,               0,                        LOCAL,  0},
    {ground_own_gone,                  VERDICT_NOT_ESTABLISHED, REASON_KEY_GONE,                  0,                        LOCAL,  0},          /* 6 */
    {ground_own_failed_old,            VERDICT_NOT_ESTABLISHED, REASON_TOO_OLD_TO_TELL,           0,                        LOCAL,  0},          /* 6 */
    {ground_own_failed_reject,         VERDICT_CONTRADICTED,    REASON_FAIL_POLICY_REJECT,        0,                        LOCAL,  0},          /* 7 */
    {ground_own_failed_quarantine,     VERDICT_NOT_ESTABLISHED, REASON_FAIL_POLICY_QUARANTINE,    0,                        LOCAL,  0},          /* 7 */
    {ground_own_failed_none,           VERDICT_NOT_ESTABLISHED, REASON_FAIL_POLICY_NONE,          0,                        LOCAL,  0},          /* 7 */
    {ground_spf_anyone,                VERDICT_NOT_ESTABLISHED, REASON_SPF_ANYONE,                0,                        LOCAL,  0},          /* 4 */
    {ground_own_bad,                   VERDICT_NOT_ESTABLISHED, REASON_SIGNATURE_FAILED,          0,                        LOCAL,  0},
    {ground_server_named_bad,          VERDICT_NOT_ESTABLISHED, REASON_SIGNATURE_FAILED,          0,                        SERVER, 0},
    {ground_own_foreign,               VERDICT_NOT_ESTABLISHED, REASON_SIGNED_BY_OTHER,           0,                        LOCAL,  0},          /* 4 */
    {ground_server_named_foreign,      VERDICT_NOT_ESTABLISHED, REASON_SIGNED_BY_OTHER,           0,                        SERVER, 0},          /* 4 */
    {ground_no_session,                VERDICT_NOT_ESTABLISHED, REASON_SPF_NOT_CHECKED,           0,                        LOCAL,  0},          /* 7 */
    {ground_inconclusive,              VERDICT_NOT_ESTABLISHED, REASON_FAIL_INCONCLUSIVE,         0,                        MIXED,  0},          /* 7 */
    {ground_nobody_looked,             VERDICT_NOT_ESTABLISHED, REASON_NOT_CHECKED,               0,                        NONE,   0},
    {ground_always,                    VERDICT_NOT_ESTABLISHED, REASON_NO_SIGNATURE,              0,                        NONE,   0},
};
/* clang-format on */

/* --- limits: each takes a verified author down to likely ------------------------------------ */

static bool has_several_authors(const struct verdict *verdict, const struct findings *f) {
    (void)verdict;
    return f->evidence->author.state == AUTHOR_SEVERAL;
}

static bool has_open_fields(const struct verdict *verdict, const struct findings *f) {
    const struct evidence_signature *signature = verdict_reason_carrier(verdict, f);
    return signature && signature->fields_uncovered;
}

static const struct limit {
    bool (*holds)(const struct verdict *verdict, const struct findings *f);
    enum reason_code reason;
} limits[] = {
    {has_several_authors, REASON_SEVERAL_AUTHORS}, /* 2 */
    {has_open_fields, REASON_FIELDS_NOT_COVERED},  /* 8: second copies, fields outside h= */
};

/* --- reading the tables --------------------------------------------------------------------- */

static void apply_limits(struct verdict *verdict, const struct findings *f) {
    if (verdict->author != VERDICT_VERIFIED && verdict->author != VERDICT_LIKELY)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(limits); i++)
        if (limits[i].holds(verdict, f)) {
            const struct evidence_signature *signature = verdict_reason_carrier(verdict, f);
            verdict->author = VERDICT_LIKELY;
            verdict_reason_state(verdict, f, limits[i].reason,
                                 signature ? signature->domain : NULL);
        }
}

/* Who did sign it is worth saying wherever nothing is established. */
static void name_stranger(struct verdict *verdict, const struct findings *f) {
    const char *own = ground_own_foreign(f);
    const char *signer = own ? own : ground_server_named_foreign(f);
    if (verdict->author == VERDICT_NOT_ESTABLISHED && signer &&
        !reason_find(&verdict->reasons, REASON_SIGNED_BY_OTHER))
        verdict_reason_state(verdict, f, REASON_SIGNED_BY_OTHER, signer);
}

static bool is_own_failure(const struct row *row) {
    return row->holds == ground_own_failed_old || row->holds == ground_own_failed_reject ||
           row->holds == ground_own_failed_quarantine || row->holds == ground_own_failed_none;
}

/* A server's word that our own look-up of the record completed is no longer the server's alone, nor
 * is a sealer's that counts because we checked the seal, nor a failure of ours to which it told who
 * signed; and where no header was believed nothing is the server's. */
static enum verdict_source source_of(const struct row *row, const struct findings *f) {
    const struct evidence *e = f->evidence;
    bool gave_policy = ground_server_failed(f) && e->statement.policy == DMARC_POLICY_UNKNOWN;
    bool completed = finding_has_record(e) && (e->dmarc.from_server || gave_policy);
    bool unsealed = row->holds == ground_forwarder_passed && e->forwarded.sealed;
    if (row->source == SOURCE_SERVER && (completed || unsealed))
        return SOURCE_MIXED;
    if (row->source == SOURCE_MIXED && !e->statement.present)
        return SOURCE_LOCAL;
    if (is_own_failure(row) && e->dmarc.from_server)
        return SOURCE_MIXED;
    return row->source;
}

void verdict_table_decide(struct verdict *verdict, const struct findings *findings) {
    const struct row *row = rows;
    const char *subject;
    while (!(subject = row->holds(findings)))
        row++; /* the last row always holds */
    verdict->author = row->author;
    verdict->source = source_of(row, findings);
    verdict->via = row->via;
    if (row->reason == AUTHORS_WORD) {
        enum reason_code code = reason_code_find(findings->evidence->author.why);
        g_assert(code != REASON_NOT_EVALUATED);
        verdict_reason_state(verdict, findings, code, subject);
    } else if (row->reason)
        verdict_reason_state(verdict, findings, row->reason, subject);
    if (row->limit)
        verdict_reason_state(verdict, findings, row->limit, subject);
    apply_limits(verdict, findings);
    name_stranger(verdict, findings);
}
