/* SPDX-License-Identifier: MIT
 *
 * The explanation for people. Sentences about the verdict come from reasons.def; the table here
 * holds only what the command says around them. */
#include "fcgi/command_explain.h"

#include "fcgi/command_explain_brand.h"
#include "fcgi/command_explain_sign.h"
#include "trust/finding.h"

#include <string.h>

enum phrase {
    FROM,
    NOBODY,
    UNSETTLED,
    WHY,
    TROUBLE,
    NOTE,
    RESTS_ON,
    SERVER_SAYS,
    FORWARDER_SAYS,
    NOT_BELIEVED,
    NO_HEADER,
    SIGNATURE_HOLDS,
    SIGNATURE_BROKEN,
    SIGNATURE_UNCHECKED,
    SIGNATURE_SKIPPED,
    NO_SIGNATURES,
    NOT_CHECKED,
    PATH_CHECKED,
    PATH_UNNAMED,
    POLICY,
    NO_POLICY,
    POLICY_TROUBLE,
    CHECKED_AT,
    PHRASE__MAX
};

static const struct {
    const char *parameters;
    const char *text[LANGUAGE__MAX];
} phrases[PHRASE__MAX] = {
    [FROM] = {"author", {"Author shown: {author}", "表示される差出人: {author}"}},
    [NOBODY] = {"", {"Author shown: none", "表示される差出人: なし"}},
    [UNSETTLED] = {"", {"Not checked yet.", "まだ確認できていません。"}},
    [WHY] = {"text", {"Why: {text}", "理由: {text}"}},
    [TROUBLE] = {"domain",
                 {"Why: The records of {domain} could not be read just now.",
                  "理由: 現在、{domain} の情報を取得できません。"}},
    [NOTE] = {"text", {"Worth knowing: {text}", "参考: {text}"}},
    [RESTS_ON] = {"", {"What was looked at:", "確認したこと:"}},
    [SERVER_SAYS] = {"server results",
                     {"- Your mail server ({server}) wrote: {results}.",
                      "- ご利用のメールサーバー ({server}) の記録: {results}。"}},
    [FORWARDER_SAYS] = {"server results",
                        {"- The forwarder {server} wrote: {results}.",
                         "- 転送元 {server} の記録: {results}。"}},
    [NOT_BELIEVED] = {"server why",
                      {"- A header in the name of {server} was not believed: {why}.",
                       "- {server} を名乗るヘッダーは採用していません: {why}。"}},
    [NO_HEADER] = {"",
                   {"- No header of your mail server speaks of this sender.",
                    "- メールサーバーの記録に、この送信者についてのものはありません。"}},
    [SIGNATURE_HOLDS] = {"signer how",
                         {"- We checked the signature of {signer} ({how}): it holds.",
                          "- {signer} の署名 ({how}) を検査しました: 正しい署名です。"}},
    [SIGNATURE_BROKEN] = {"signer how",
                          {"- We checked the signature of {signer}: it does not hold ({how}).",
                           "- {signer} の署名を検査しました: 正しくありません ({how})。"}},
    [SIGNATURE_UNCHECKED] = {"signer how",
                             {"- The signature of {signer} could not be checked ({how}).",
                              "- {signer} の署名は確認できませんでした ({how})。"}},
    [SIGNATURE_SKIPPED] = {"signer how",
                           {"- We did not check the signature of {signer} ({how}).",
                            "- {signer} の署名は検査していません ({how})。"}},
    [NO_SIGNATURES] = {"",
                       {"- The message carries no signature of a domain.",
                        "- このメールにはドメインの署名がありません。"}},
    [NOT_CHECKED] = {"",
                     {"- We checked none of its signatures ourselves.",
                      "- こちらでは署名を検査していません。"}},
    [PATH_CHECKED] = {"domain how",
                      {"- We checked whether {domain} lists the server that handed it in: {how}.",
                       "- {domain} が送信元サーバーを登録しているかを検査しました: {how}。"}},
    [PATH_UNNAMED] =
        {"ip",
         {"- The server that handed it in ({ip}) named no domain that could be asked about it.",
          "- 送信元サーバー ({ip}) は、問い合わせのできるドメインを名乗っていません。"}},
    [POLICY] = {"domain policy",
                {"- The policy of {domain} for mail that fails its check: {policy}.",
                 "- 認証に失敗したメールへの {domain} の方針: {policy}。"}},
    [NO_POLICY] = {"domain",
                   {"- The domain {domain} publishes no policy for mail that fails its check.",
                    "- {domain} は、認証に失敗したメールへの方針を公開していません。"}},
    [POLICY_TROUBLE] = {"domain",
                        {"- The policy of {domain} could not be read.",
                         "- {domain} の方針を取得できませんでした。"}},
    [CHECKED_AT] = {"time", {"- Looked at on {time}.", "- 確認日時: {time}"}},
};

struct words {
    const char *code, *text[LANGUAGE__MAX];
};

/* Why a header was not believed: auth/authres's words. */
static const struct words header_whys[] = {
    {"unknown-id", {"that is no server of yours", "ご利用のサーバーの名前ではありません"}},
    {"no-id", {"it does not say who wrote it", "だれが書いたかの記載がありません"}},
    {"bad-id", {"its writer’s name is malformed", "書き手の名前が正しい形ではありません"}},
    {"version", {"it is in another format", "形式の版が異なります"}},
    {"below-border",
     {"it stands where anybody may have written it", "だれでも書き込める位置にあります"}},
    {"no-border",
     {"it is not known which lines your servers wrote",
      "どの行がご利用のサーバーの記録か不明です"}},
    {"imported",
     {"the message did not come in through your server", "受信サーバーを経ていないメールです"}},
    {"unusable", {"it cannot be read", "読み取れません"}},
    {"too-many", {"there are too many of them", "数が多すぎます"}},
};

/* Why a signature does not hold or was not checked: auth/dkim's words. A fine point of syntax keeps
 * its code, which is what a search finds. */
static const struct words signature_whys[] = {
    {"not-checked", {"there are too many", "署名が多すぎます"}},
    {"not-asked", {"its key was not asked for", "鍵を照会していません"}},
    {"body-partial", {"the text is not here yet", "本文をまだ取得していません"}},
    {"too-large", {"it is too large", "大きすぎます"}},
    {"syntax", {"it is malformed", "書式が正しくありません"}},
    {"unknown-algorithm", {"its algorithm is not known", "未知の方式です"}},
    {"obsolete-algorithm", {"its algorithm is obsolete", "廃止された方式です"}},
    {"h-without-from", {"it does not cover the author", "差出人の欄に及んでいません"}},
    {"expired", {"it had expired on arrival", "受信時に期限が切れていました"}},
    {"dns", {"DNS gave no answer", "DNS の応答がありません"}},
    {"dns-bogus", {"the DNS answer is not genuine", "DNS の応答が本物と確認できません"}},
    {"dns-budget", {"too many DNS questions", "DNS の照会が多すぎます"}},
    {"key-not-found", {"no such key is published", "鍵が公開されていません"}},
    {"key-duplicate", {"several keys under one name", "同じ名前の鍵が複数あります"}},
    {"key-revoked", {"the key was withdrawn", "鍵が取り消されています"}},
    {"key-syntax", {"the key is malformed", "鍵の書式が正しくありません"}},
    {"key-too-short", {"the key is too short", "鍵が短すぎます"}},
    {"key-too-long", {"the key is too long", "鍵が長すぎます"}},
    {"key-weak", {"the key is weak", "弱い鍵です"}},
    {"signature", {"signed fields or the key are others", "署名対象の項目か鍵が異なります"}},
    {"body-hash", {"the text was changed", "本文が変更されています"}},
};

/* Results of SPF, and policies of DMARC. */
static const struct words path_words[] = {
    {"pass", {"it does", "登録されています"}},
    {"fail", {"it does not", "登録されていません"}},
    {"softfail",
     {"it does not, and does not insist on its list", "登録されていません (厳密ではない指定)"}},
    {"neutral", {"it says neither yes nor no", "どちらとも示していません"}},
    {"none", {"it lists no servers", "サーバーを登録していません"}},
    {"temperror", {"its list could not be read", "登録内容を取得できません"}},
    {"permerror", {"its list is broken", "登録内容の書式が正しくありません"}},
};
static const struct words policy_words[] = {
    {"reject", {"refuse it", "受信拒否"}},
    {"quarantine", {"set it aside", "隔離"}},
    {"none", {"do nothing about it", "対応を求めない"}},
};

static const char *in_words(const struct words *words, guint n, const char *code,
                            enum reason_language language) {
    for (guint i = 0; i < n; i++)
        if (g_strcmp0(words[i].code, code) == 0)
            return words[i].text[language];
    return code ? code : "?";
}

/* One line, indented. */
static void say(GString *out, enum reason_language language, enum phrase phrase, const char *first,
                const char *second) {
    const char *values[] = {first, second};
    g_autofree char *line =
        reason_fill(phrases[phrase].text[language], phrases[phrase].parameters, values);
    g_string_append_printf(out, "  %s\n", line);
}

static void explain_author(GString *out, const struct verdict *verdict,
                           enum reason_language language) {
    if (!verdict->address) {
        say(out, language, NOBODY, NULL, NULL);
        return;
    }
    const char *name = verdict->display_name;
    g_autofree char *author =
        g_strdup_printf("%s%s<%s>", name ? name : "", name ? " " : "", verdict->address);
    say(out, language, FROM, author, NULL);
}

/* Nothing is said twice: a reason that the verdict's own sentence holds needs no line. */
static void explain_reasons(GString *out, const struct verdict *verdict,
                            enum reason_language language) {
    g_autofree char *sentence = verdict_text(verdict, language);
    for (guint i = 0; i < verdict->reasons.n; i++) {
        const struct reason *reason = &verdict->reasons.items[i];
        if (reason->code == REASON_TEMPORARY_TROUBLE) { /* nobody comes back to it here */
            say(out, language, TROUBLE, reason->values[0], NULL);
            continue;
        }
        g_autofree char *text = reason_text(reason, language);
        if (verdict->author != VERDICT_UNCHECKED && strstr(sentence, text))
            continue;
        bool aside = i > 0 && reason_kind(reason->code) == KIND_CAUTION;
        say(out, language, aside ? NOTE : WHY, text, NULL);
    }
}

/* --- the account's servers ------------------------------------------------------------------ */

static void append_result(GString *results, const struct evidence_result *result) {
    static const char *const subjects[] = {"header.d", "header.i", "header.from", "smtp.mailfrom"};
    g_string_append_printf(results, "%s%s=%s", results->len ? ", " : "", result->method,
                           result->word);
    for (guint i = 0; i < G_N_ELEMENTS(subjects); i++)
        for (guint j = 0; j < result->n_properties; j++)
            if (g_str_equal(result->properties[j].name, subjects[i])) {
                g_string_append_printf(results, " (%s)", result->properties[j].value);
                return;
            }
}

static void explain_header(GString *out, const struct evidence_authres *field,
                           const struct evidence *evidence, enum reason_language language) {
    const char *server = field->authserv_id ? field->authserv_id : evidence->statement.server;
    if (!field->believed) {
        say(out, language, NOT_BELIEVED, server ? server : "?",
            in_words(header_whys, G_N_ELEMENTS(header_whys), field->why, language));
        return;
    }
    GString *results = g_string_new(NULL);
    for (guint i = 0; i < field->n_results; i++)
        append_result(results, &field->results[i]);
    bool forwarded = g_strcmp0(field->why, "forwarder") == 0;
    say(out, language, forwarded ? FORWARDER_SAYS : SERVER_SAYS,
        forwarded ? evidence->forwarded.forwarder : server, results->str);
    g_string_free(results, TRUE);
}

static void explain_headers(GString *out, const struct evidence *evidence,
                            enum reason_language language) {
    for (guint i = 0; i < evidence->n_authres; i++)
        explain_header(out, &evidence->authres[i], evidence, language);
    if (!evidence->statement.present)
        say(out, language, NO_HEADER, NULL, NULL);
}

/* --- our own checks ------------------------------------------------------------------------- */

static enum phrase phrase_of(const struct evidence *evidence,
                             const struct evidence_signature *signature) {
    bool gone = signature->key_missing && finding_is_old(evidence); /* verdict rule 6 */
    if (signature->result == AUTH_NOT_EVALUATED)
        return SIGNATURE_SKIPPED;
    return signature->result == AUTH_TEMPERROR || gone ? SIGNATURE_UNCHECKED : SIGNATURE_BROKEN;
}

static void explain_signature(GString *out, const struct evidence *evidence,
                              const struct evidence_signature *signature,
                              enum reason_language language) {
    const char *signer = signature->domain ? signature->domain : "?";
    if (signature->result == AUTH_PASS) {
        g_autofree char *how =
            g_strdup_printf("%s, %u bit", signature->algorithm, signature->key_bits);
        say(out, language, SIGNATURE_HOLDS, signer, how);
    } else
        say(out, language, phrase_of(evidence, signature), signer,
            in_words(signature_whys, G_N_ELEMENTS(signature_whys), signature->reason, language));
}

static void explain_signatures(GString *out, const struct evidence *evidence,
                               enum reason_language language) {
    if (evidence->n_signatures == 0)
        say(out, language, NO_SIGNATURES, NULL, NULL);
    else if (!evidence->dkim_evaluated)
        say(out, language, NOT_CHECKED, NULL, NULL);
    for (guint i = 0; evidence->dkim_evaluated && i < evidence->n_signatures; i++)
        explain_signature(out, evidence, &evidence->signatures[i], language);
}

static void explain_path(GString *out, const struct evidence *evidence,
                         enum reason_language language) {
    const struct evidence_spf *spf = &evidence->spf;
    if (spf->result == AUTH_NOT_EVALUATED)
        return;
    if (!spf->domain) {
        say(out, language, PATH_UNNAMED, spf->client_ip, NULL);
        return;
    }
    const char *result = auth_result_name(spf->result);
    const char *words = in_words(path_words, G_N_ELEMENTS(path_words), result, language);
    g_autofree char *how = g_strdup_printf("%s (SPF %s, %s)", words, result, spf->client_ip);
    say(out, language, PATH_CHECKED, spf->domain, how);
}

static void explain_policy(GString *out, const struct evidence *evidence,
                           enum reason_language language) {
    const struct evidence_dmarc *dmarc = &evidence->dmarc;
    if (finding_has_record(evidence)) {
        const char *policy = dmarc_policy_name(dmarc->applied);
        g_autofree char *words = g_strdup_printf(
            "%s (%s)", in_words(policy_words, G_N_ELEMENTS(policy_words), policy, language),
            policy);
        say(out, language, POLICY, dmarc->record_domain, words);
    } else if (dmarc->result == AUTH_NONE)
        say(out, language, NO_POLICY, evidence->author.domain, NULL);
    else if (dmarc->result != AUTH_NOT_EVALUATED)
        say(out, language, POLICY_TROUBLE, evidence->author.domain, NULL);
}

/* For a reader; the exact form stands in the JSON. */
static char *time_in_words(int64_t epoch, enum reason_language language) {
    static const char *const formats[LANGUAGE__MAX] = {"%-d %B %Y, %H:%M UTC",
                                                       "%Y年%-m月%-d日 %H:%M (UTC)"};
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(epoch);
    return time ? g_date_time_format(time, formats[language]) : g_strdup("?");
}

/* A command ends here: nobody tries again later, as the verdict's own sentence says. */
static void explain_verdict(GString *out, const struct verdict *verdict,
                            enum reason_language language) {
    g_autofree char *text = verdict_text(verdict, language);
    if (verdict->author == VERDICT_UNCHECKED)
        say(out, language, UNSETTLED, NULL, NULL);
    else
        g_string_append_printf(out, "  %s\n", text);
}

void explain(GString *out, const struct evidence *evidence, const struct verdict *verdict,
             enum reason_language language) {
    g_autofree char *time = time_in_words(verdict->checked_at, language);
    explain_verdict(out, verdict, language);
    explain_author(out, verdict, language);
    explain_reasons(out, verdict, language);
    say(out, language, RESTS_ON, NULL, NULL);
    explain_headers(out, evidence, language);
    explain_signatures(out, evidence, language);
    explain_path(out, evidence, language);
    explain_policy(out, evidence, language);
    explain_sign(out, evidence, language);
    explain_brand(out, evidence, verdict, language);
    explain_lists(out, evidence, language);
    say(out, language, CHECKED_AT, time, NULL);
    g_string_append_c(out, '\n');
}
