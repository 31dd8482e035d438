/* SPDX-License-Identifier: MIT */
#include "fcgi/command_explain_brand.h"

#include "trust/brand.h"

static const struct phrase {
    const char *parameters;
    const char *text[LANGUAGE__MAX];
} verified = {"domain name issuer",
              {"- The logo of {domain} is a mark certified for {name} (VMC of {issuer}).",
               "- {domain} のロゴは {name} の商標として認証されています (VMC、発行者 {issuer})。"}},
  common = {"domain name issuer",
            {"- The logo of {domain} was certified for {name} as one in use, not as a registered "
             "mark (CMC of {issuer}).",
             "- {domain} のロゴは {name} "
             "が使用しているものとして認証されていますが、登録商標としての認証ではありません "
             "(CMC、発行者 {issuer})。"}},
  own_word =
      {"domain",
       {"- The logo of {domain} is the domain’s own word; it is shown only where an "
        "operator allows it.",
        "- {domain} のロゴはドメインの自己申告で、運用者が許可している所でだけ表示されます。"}},
  hidden = {
      "domain why",
      {"- The logo of {domain} is not shown: {why}.", "- {domain} のロゴは表示しません: {why}。"}};

static void say(GString *out, enum reason_language language, const struct phrase *phrase,
                const char *const values[REASON_PARAMETERS_MAX]) {
    g_autofree char *line = reason_fill(phrase->text[language], phrase->parameters, values);
    g_string_append_printf(out, "  %s\n", line);
}

static void say_shown(GString *out, const struct evidence_bimi *bimi,
                      enum reason_language language) {
    const char *name = bimi->certified_for ? bimi->certified_for : "?";
    const char *issuer = bimi->certified_by ? bimi->certified_by : "?";
    const char *const values[REASON_PARAMETERS_MAX] = {bimi->domain, name, issuer};
    say(out, language,
        bimi->kind == BRAND_VMC   ? &verified
        : bimi->kind == BRAND_CMC ? &common
                                  : &own_word,
        values);
}

/* A certificate's fault goes by its code, which is what a search finds. */
static void say_hidden(GString *out, const struct evidence *evidence,
                       enum reason_language language) {
    const struct evidence_bimi *bimi = &evidence->bimi;
    const char *text = bimi_reason_text(bimi->reason, language == LANGUAGE_JA ? "ja" : "en");
    bool coded = bimi->reason == BIMI_REASON_EVIDENCE && bimi->detail;
    g_autofree char *why = coded ? g_strdup_printf("%s (%s)", text, bimi->detail) : g_strdup(text);
    const char *const values[REASON_PARAMETERS_MAX] = {
        bimi->domain ? bimi->domain : evidence->author.domain, why};
    say(out, language, &hidden, values);
}

void explain_brand(GString *out, const struct evidence *evidence, const struct verdict *verdict,
                   enum reason_language language) {
    const struct evidence_bimi *bimi = &evidence->bimi;
    bool not_allowed = bimi->reason == BIMI_REASON_OPERATOR && bimi->kind == BRAND_SELF;
    if (brand_is_shown(evidence, verdict) || not_allowed)
        say_shown(out, bimi, language);
    else if (bimi->result == BIMI_FAIL || bimi->result == BIMI_TEMPERROR ||
             bimi->result == BIMI_DECLINED)
        say_hidden(out, evidence, language);
}
