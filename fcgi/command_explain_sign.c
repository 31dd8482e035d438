/* SPDX-License-Identifier: MIT */
#include "fcgi/command_explain_sign.h"

#include <string.h>

struct phrase {
    const char *parameters;
    const char *text[LANGUAGE__MAX];
};

static void say(GString *out, enum reason_language language, const struct phrase *phrase,
                const char *const values[REASON_PARAMETERS_MAX]) {
    g_autofree char *line = reason_fill(phrase->text[language], phrase->parameters, values);
    g_string_append_printf(out, "  %s\n", line);
}

/* --- personal signatures ---------------------------------------------------------------------- */

static const struct phrase
    certificate_holds = {"signer issuer",
                         {"- We checked the signature of {signer} (S/MIME, certificate of "
                          "{issuer}): it holds.",
                          "- {signer} の署名 (S/MIME、発行者 {issuer}) を検査しました: "
                          "正しい署名です。"}},
    certificate_held = {"signer issuer fault",
                        {"- We checked the signature of {signer} (S/MIME, certificate of "
                         "{issuer}): it held when the message arrived; {fault}.",
                         "- {signer} の署名 (S/MIME、発行者 {issuer}) を検査しました: "
                         "受信時には正しい署名でした。{fault}。"}},
    key_holds = {"signer",
                 {"- We checked the signature of {signer} (OpenPGP): it holds.",
                  "- {signer} の署名 (OpenPGP) を検査しました: 正しい署名です。"}},
    proves_nothing = {"signer kind fault",
                      {"- There is a personal signature of {signer} ({kind}), which does not "
                       "confirm this author: {fault}.",
                       "- {signer} の個人署名 ({kind}) がありますが、差出人の確認には使えません: "
                       "{fault}。"}},
    unnamed = {"kind fault",
               {"- There is a personal signature ({kind}), which does not confirm this author: "
                "{fault}.",
                "- 個人署名 ({kind}) がありますが、差出人の確認には使えません: {fault}。"}};

/* Words of sign/smime and sign/openpgp that mean one thing to a reader; the gravest first. */
static const struct {
    const char *codes;
    const char *text[LANGUAGE__MAX];
} faults[] = {
    {"content-changed signature-invalid signed-attributes micalg changed",
     {"what it covers was changed", "署名の対象が変更されています"}},
    {"malformed structure content-misplaced no-certificate too-large no-signer wrong-type too-many",
     {"it is damaged", "署名が壊れています"}},
    {"revoked key-revoked",
     {"the certificate or key was withdrawn", "証明書または鍵が取り消されています"}},
    {"untrusted self-signed chain-invalid not-a-ca name-constraints policy critical-extension "
     "weak-chain not-vouched",
     {"nobody known here vouches for it", "本人と認める発行者などを確認できません"}},
    {"no-key", {"its key is not known here", "鍵が登録されていません"}},
    {"expired not-yet-valid signed-outside-validity signature-expired signature-from-future "
     "key-expired key-from-future",
     {"certificate, key or signature were not valid at that time",
      "証明書・鍵・署名の有効期間外です"}},
    {"address-mismatch several-signers author-unclear address-differs",
     {"it is not the author’s address", "差出人のアドレスのものではありません"}},
    {"weak-digest weak-key weak-hash key-weak",
     {"it is too weak to prove anything", "方式が弱く、証明になりません"}},
    {"key-usage extended-key-usage signer-is-ca key-cannot-sign key-unusable",
     {"certificate or key are not meant for signing mail",
      "証明書または鍵がメールの署名用ではありません"}},
    {"no-address", {"its certificate names no address", "証明書にメールアドレスがありません"}},
    {"covers-attached-message",
     {"it belongs to an attached message", "添付されたメールに付いた署名です"}},
    {"covers-part part-only coverage-unclear",
     {"it covers only a part of what is shown", "表示されている内容の一部にしか及んでいません"}},
    {"unsupported-algorithm unsupported-version could-not-check not-checked",
     {"it could not be checked here", "ここでは検査できません"}},
    {"encrypted", {"the message is encrypted", "メールが暗号化されています"}},
};

static bool has_word(const char *words, const char *word) {
    size_t n = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += n)
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
            return true;
    return false;
}

static const char *fault_of(const char *const *errors, guint n, enum reason_language language) {
    static const char *const none[LANGUAGE__MAX] = {"it is of a kind that is not looked at",
                                                    "検査の対象ではない形式です"};
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++)
        for (guint j = 0; j < n; j++)
            if (has_word(faults[i].codes, errors[j]))
                return faults[i].text[language];
    return none[language];
}

static void say_fault(GString *out, enum reason_language language, const char *signer,
                      const char *kind, const char *fault) {
    if (signer)
        say(out, language, &proves_nothing, (const char *[]){signer, kind, fault});
    else
        say(out, language, &unnamed, (const char *[]){kind, fault, NULL});
}

/* What took away later what held at receipt (verdict rule 6); the gravest first. */
static const struct {
    const char *code;
    const char *text[LANGUAGE__MAX];
} changes[] = {
    {"revoked-since",
     {"the certificate has been withdrawn since", "その後、証明書が取り消されています"}},
    {"expired-since",
     {"the certificate has expired since", "その後、証明書の有効期限が切れています"}},
};

static const char *change_since(const struct evidence_smime *smime, enum reason_language language) {
    static const char *const other[LANGUAGE__MAX] = {"today it does not",
                                                     "現在は有効ではありません"};
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
        for (guint j = 0; j < smime->n_errors; j++)
            if (strcmp(smime->errors[j], changes[i].code) == 0)
                return changes[i].text[language];
    return other[language];
}

static const char *certificate_name(const struct evidence_certificate *signer) {
    return signer->n_addresses ? signer->addresses[0] : signer->subject;
}

static void explain_smime(GString *out, const struct evidence_smime *smime,
                          enum reason_language language) {
    const char *signer = smime->has_signer ? certificate_name(&smime->signer) : NULL;
    const char *issuer =
        smime->signer.issuer_name ? smime->signer.issuer_name : smime->signer.issuer;
    if (smime->status == SIGN_STATUS_NONE)
        return;
    const char *values[REASON_PARAMETERS_MAX] = {signer, issuer ? issuer : "?",
                                                 change_since(smime, language)};
    if (smime->status == SIGN_STATUS_VERIFIED)
        say(out, language, &certificate_holds, values);
    else if (smime->at_delivery == SIGN_STATUS_VERIFIED)
        say(out, language, &certificate_held, values);
    else
        say_fault(out, language, signer, "S/MIME",
                  fault_of((const char *const *)smime->errors, smime->n_errors, language));
}

static const char *key_name(const struct evidence_openpgp *openpgp) {
    if (openpgp->user_id)
        return openpgp->user_id;
    if (openpgp->n_user_ids)
        return openpgp->user_ids[0];
    return openpgp->fingerprint ? openpgp->fingerprint : openpgp->key_id;
}

static void explain_openpgp(GString *out, const struct evidence_openpgp *openpgp,
                            enum reason_language language) {
    if (openpgp->status == SIGN_STATUS_NONE)
        return;
    if (openpgp->status == SIGN_STATUS_VERIFIED)
        say(out, language, &key_holds, (const char *[]){key_name(openpgp), NULL, NULL});
    else
        say_fault(out, language, key_name(openpgp), "OpenPGP",
                  fault_of((const char *const *)openpgp->errors, openpgp->n_errors, language));
}

void explain_sign(GString *out, const struct evidence *evidence, enum reason_language language) {
    explain_smime(out, &evidence->smime, language);
    explain_openpgp(out, &evidence->openpgp, language);
}

/* --- lists ------------------------------------------------------------------------------------ */

static const struct phrase
    listed = {"list subject",
              {"- The list {list} names {subject}.",
               "- リスト {list} に {subject} が載っています。"}},
    listed_as = {"list subject meaning",
                 {"- The list {list} names {subject}: {meaning}.",
                  "- リスト {list} に {subject} が載っています: {meaning}。"}},
    unlisted = {"list subject",
                {"- The list {list} does not name {subject}.",
                 "- リスト {list} に {subject} は載っていません。"}},
    silent = {"list subject",
              {"- The list {list} gave no answer about {subject} that counts.",
               "- リスト {list} から {subject} についての有効な回答がありません。"}};

void explain_lists(GString *out, const struct evidence *evidence, enum reason_language language) {
    for (guint i = 0; i < evidence->n_reputation; i++) {
        const struct evidence_reputation *r = &evidence->reputation[i];
        const struct phrase *phrase = r->state == DNSBL_LISTED ? r->meaning ? &listed_as : &listed
                                      : r->state == DNSBL_UNLISTED ? &unlisted
                                                                   : &silent;
        say(out, language, phrase, (const char *[]){r->list, r->subject, r->meaning});
    }
}
