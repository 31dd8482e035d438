/* SPDX-License-Identifier: MIT */
#include "sign/smime_revocation.h"

#include "base/limits.h"
#include "sign/smime_certificate.h"
#include "sign/smime_ocsp.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define BIT(error) (UINT64_C(1) << (error))

/* One bit for every certificate of a path, the signer's first. */
G_STATIC_ASSERT(LIMIT_SMIME_CHAIN + 2 < 32);

struct finding {
    STACK_OF(X509_CRL) * lists;
    int64_t received_at;
    bool revoked, since;
    uint32_t unknown; /* whom nothing has told of yet */
};

static void judge(struct finding *found, int64_t revoked_at, bool stolen) {
    bool later = revoked_at > found->received_at && !stolen;
    found->since = found->since || later;
    found->revoked = found->revoked || !later;
}

/* --- lists ------------------------------------------------------------------------------------ */

/* Stolen keys sign letters of any date. */
static bool is_stolen(const X509_REVOKED *entry) {
    int reason = CRL_REASON_NONE;
    ASN1_ENUMERATED *value = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    if (value)
        reason = (int)ASN1_ENUMERATED_get(value);
    ASN1_ENUMERATED_free(value);
    return reason == CRL_REASON_KEY_COMPROMISE || reason == CRL_REASON_CA_COMPROMISE;
}

/* A list that is out of date has been put away by the time its entry is found; of all that name the
 * certificate, forged ones too, the worst counts: one of them was sound. */
static void judge_entries(struct finding *found, X509 *x509) {
    bool any = false;
    for (int i = 0; i < sk_X509_CRL_num(found->lists); i++) {
        X509_REVOKED *entry = NULL;
        int64_t date = INT64_MIN;
        if (X509_CRL_get0_by_cert(sk_X509_CRL_value(found->lists, i), &entry, x509) != 1)
            continue;
        smime_time_read(X509_REVOKED_get0_revocationDate(entry), &date);
        judge(found, date, is_stolen(entry));
        any = true;
    }
    if (!any)
        judge(found, INT64_MIN, false);
}

/* A list that is missing or out of date leaves the others to be asked, and may still name what was
 * revoked; one that is broken or forged ends the question (its entries would be anybody's), for
 * those further up too. */
static int on_step(int ok, X509_STORE_CTX *context) {
    struct finding *found = X509_STORE_CTX_get_app_data(context);
    int code = X509_STORE_CTX_get_error(context);
    int depth = X509_STORE_CTX_get_error_depth(context);
    if (ok || smime_chain_is_about_time(code))
        return 1;
    if (code == X509_V_ERR_CERT_REVOKED) {
        judge_entries(found, X509_STORE_CTX_get_current_cert(context));
        return 1;
    }
    bool goes_on = code == X509_V_ERR_UNABLE_TO_GET_CRL || code == X509_V_ERR_CRL_HAS_EXPIRED ||
                   code == X509_V_ERR_CRL_NOT_YET_VALID;
    for (int i = MAX(depth, 0); i <= LIMIT_SMIME_CHAIN + 2; i++)
        if (i == depth || !goes_on)
            found->unknown |= UINT32_C(1) << i;
    return goes_on;
}

static bool is_same(STACK_OF(X509) * one, STACK_OF(X509) * other) {
    bool same = one && other && sk_X509_num(one) == sk_X509_num(other);
    for (int i = 0; same && i < sk_X509_num(one); i++)
        same = X509_cmp(sk_X509_value(one, i), sk_X509_value(other, i)) == 0;
    return same;
}

/* What the lists that are current at `at` tell of that path. */
static void ask_lists(const struct smime_revocation *question, STACK_OF(X509) * path, int64_t at,
                      struct finding *found) {
    uint32_t before = found->unknown;
    X509_STORE_CTX *context =
        smime_chain_context(question->anchors, question->leaf, question->pool,
                            X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL, at);
    found->unknown = 0;
    X509_STORE_CTX_set0_crls(context, question->lists);
    X509_STORE_CTX_set_app_data(context, found);
    X509_STORE_CTX_set_verify_cb(context, on_step);
    X509_verify_cert(context);
    found->unknown =
        is_same(path, X509_STORE_CTX_get0_chain(context)) ? found->unknown & before : before;
    X509_STORE_CTX_free(context);
    ERR_clear_error();
}

/* --- responses -------------------------------------------------------------------------------- */

static void ask_responses(const struct smime_revocation *question, STACK_OF(X509) * path,
                          struct finding *found) {
    struct smime_ocsp_time time = {question->received_at, question->now};
    for (int i = 0; i + 1 < sk_X509_num(path); i++)
        for (guint j = 0; j < question->responses->len; j++) {
            struct smime_ocsp_answer answer =
                smime_ocsp_ask(question->responses->pdata[j], sk_X509_value(path, i),
                               sk_X509_value(path, i + 1), &time);
            if (answer.status != SMIME_OCSP_SILENT)
                found->unknown &= ~(UINT32_C(1) << i);
            if (answer.status == SMIME_OCSP_REVOKED)
                judge(found, answer.revoked_at, answer.stolen);
        }
}

enum signature_check smime_revocation_check(const struct smime_revocation *question,
                                            uint64_t *errors) {
    struct finding found = {
        .lists = question->lists, .received_at = question->received_at, .unknown = UINT32_MAX};
    int code;
    STACK_OF(X509) *path = NULL;
    if (question->lists || question->responses->len)
        path = smime_chain_path(question->anchors, question->leaf, question->pool,
                                question->received_at, &code);
    if (path) {
        found.unknown = (UINT32_C(1) << (sk_X509_num(path) - 1)) - 1;
        /* A list of that day or one of today: either tells that it was good. */
        if (question->lists)
            ask_lists(question, path, question->received_at, &found);
        if (question->lists && question->now != question->received_at)
            ask_lists(question, path, question->now, &found);
        ask_responses(question, path, &found);
        sk_X509_pop_free(path, X509_free);
    }
    if (found.revoked)
        *errors |= BIT(SMIME_REVOKED);
    else if (found.since)
        *errors |= BIT(SMIME_REVOKED_SINCE);
    else if (found.unknown)
        *errors |= BIT(SMIME_REVOCATION_UNKNOWN);
    if (found.revoked)
        return CHECK_FAIL;
    return found.unknown ? CHECK_UNKNOWN : CHECK_PASS;
}
