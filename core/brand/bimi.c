/* SPDX-License-Identifier: MIT
 *
 * Discovery: <selector>._bimi.<author domain>, then <selector>._bimi.<organizational domain>; then,
 * where the record found asks for it with lps=, once more under the local part. */
#include "brand/bimi.h"

#include <string.h>

/* --- who may have an indicator at all ------------------------------------------------------- */

/* RFC 9989 §4.7: t=y is one level weaker. pct is historic: less than all mail is not enforcing. */
static bool is_enforcing(enum bimi_policy_word word, const struct bimi_policy *policy) {
    if (policy->pct < 100)
        return false;
    return word == BIMI_POLICY_REJECT || (word == BIMI_POLICY_QUARANTINE && !policy->testing);
}

enum bimi_reason bimi_check_policy(const struct bimi_policy *author,
                                   const struct bimi_policy *organizational,
                                   bool author_is_organizational) {
    const struct bimi_policy *org = author_is_organizational ? author : organizational;
    if (!author->present && !org->present)
        return BIMI_REASON_NO_POLICY;
    if (author->present && !is_enforcing(author->p, author))
        return BIMI_REASON_AUTHOR_POLICY;
    if (org->present && !is_enforcing(org->p, org))
        return BIMI_REASON_ORGANIZATION_POLICY;
    if (org->present && org->sp != BIMI_POLICY_ABSENT && !is_enforcing(org->sp, org))
        return BIMI_REASON_SUBDOMAIN_POLICY;
    return BIMI_REASON_NONE;
}

/* --- one name ------------------------------------------------------------------------------- */

static char *name_of(const char *selector, const char *domain) {
    return g_strdup_printf("%s._bimi.%s", selector, domain);
}

static bool has_fallback(const struct bimi_query *query) {
    return query->organizational_domain &&
           strcmp(query->organizational_domain, query->author_domain) != 0;
}

static const char *selector_of(const struct bimi_query *query) {
    return query->selector ? query->selector : BIMI_DEFAULT_SELECTOR;
}

/* What one name has, in the words of a discovery. */
struct found {
    enum bimi_result result;
    enum bimi_reason reason;
    const char *word;
};

static struct found judge(enum bimi_record_status status, guint n) {
    if (n == 0)
        return (struct found){BIMI_NONE, BIMI_REASON_NO_RECORD, "no record"};
    if (n > 1)
        return (struct found){BIMI_NONE, BIMI_REASON_SEVERAL_RECORDS, "several records"};
    switch (status) {
    case BIMI_RECORD_PARSED:
        return (struct found){BIMI_PASS, BIMI_REASON_NONE, "record"};
    case BIMI_RECORD_DECLINED:
        return (struct found){BIMI_DECLINED, BIMI_REASON_DECLINED, "declined"};
    case BIMI_RECORD_BAD_URL:
        return (struct found){BIMI_FAIL, BIMI_REASON_BAD_URL, "bad record"};
    default:
        return (struct found){BIMI_FAIL, BIMI_REASON_BAD_RECORD, "bad record"};
    }
}

/* "If the TXT record returned does not start with a 'v=BIMI1' it is discarded"; of what is left
 * exactly one must remain. *record is to be cleared in any case. */
static struct found read_answer(const struct dns_answer *answer, struct bimi_record *record) {
    enum bimi_record_status last = BIMI_RECORD_OTHER;
    guint n = 0;
    *record = (struct bimi_record){0};
    if (answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN ||
        answer->status == DNS_BAD_NAME)
        return judge(last, 0);
    if (answer->status != DNS_DATA)
        return (struct found){BIMI_TEMPERROR, BIMI_REASON_DNS, "dns error"};
    for (guint i = 0; i < answer->n && n < 2; i++) {
        struct bimi_record one;
        enum bimi_record_status status = bimi_record_parse(answer->records[i], &one);
        if (status == BIMI_RECORD_OTHER || n++) {
            bimi_record_clear(&one);
            continue;
        }
        last = status;
        *record = one;
    }
    if (n > 1)
        bimi_record_clear(record);
    return judge(last, n);
}

/* Asks one name and notes it. A record that replaces another one clears it. */
static enum bimi_result look(struct lookups *lookups, const char *selector, const char *domain,
                             struct bimi_discovery *discovery) {
    struct bimi_record record;
    char *name = name_of(selector, domain);
    const struct dns_answer *answer = lookups_answer(lookups, name, DNS_TXT);
    struct found found = read_answer(answer, &record);
    discovery->names[discovery->n_names] = name;
    discovery->found[discovery->n_names++] = found.word;
    bimi_record_clear(&discovery->record);
    discovery->record = record;
    discovery->result = found.result;
    discovery->reason = found.reason;
    discovery->dnssec = discovery->n_names == 1
                            ? answer->dnssec
                            : dnssec_state_weaker(discovery->dnssec, answer->dnssec);
    g_free(discovery->domain);
    g_free(discovery->selector);
    discovery->domain = found.result == BIMI_NONE ? NULL : g_strdup(domain);
    discovery->selector = g_strdup(selector);
    return found.result;
}

/* --- discovery ------------------------------------------------------------------------------ */

void bimi_ask(struct lookups *lookups, const struct bimi_query *query) {
    g_autofree char *author = name_of(selector_of(query), query->author_domain);
    lookups_ask(lookups, author, DNS_TXT);
    if (has_fallback(query)) {
        g_autofree char *organization = name_of(selector_of(query), query->organizational_domain);
        lookups_ask(lookups, organization, DNS_TXT);
    }
}

/* "lps=": the record found stays in force unless the one under the local part is usable. */
static void look_under_local_part(struct lookups *lookups, const struct bimi_query *query,
                                  struct bimi_discovery *discovery) {
    g_autofree char *selector = bimi_normalize_local_part(query->local_part);
    bool speaks = discovery->result == BIMI_PASS || discovery->result == BIMI_DECLINED;
    discovery->by_local_part = speaks && discovery->record.has_lps;
    if (!speaks || !bimi_record_wants_local_part(&discovery->record, selector))
        return;
    struct bimi_discovery kept = *discovery;
    g_autofree char *domain = g_strdup(kept.domain);
    discovery->domain = discovery->selector = NULL;
    discovery->record = (struct bimi_record){0};
    enum bimi_result result = look(lookups, selector, domain, discovery);
    if (result == BIMI_NONE) {
        bimi_record_clear(&discovery->record);
        g_free(discovery->domain);
        g_free(discovery->selector);
        discovery->result = kept.result;
        discovery->reason = kept.reason;
        discovery->domain = kept.domain;
        discovery->selector = kept.selector;
        discovery->record = kept.record;
    } else {
        bimi_record_clear(&kept.record);
        g_free(kept.domain);
        g_free(kept.selector);
    }
}

void bimi_discover(struct lookups *lookups, const struct bimi_query *query,
                   struct bimi_discovery *discovery) {
    const char *selector = selector_of(query);
    *discovery = (struct bimi_discovery){0};
    /* Only an empty set goes on to the organizational domain; several records are as good as none
     * and end it here. */
    if (look(lookups, selector, query->author_domain, discovery) == BIMI_NONE &&
        discovery->reason == BIMI_REASON_NO_RECORD && has_fallback(query))
        look(lookups, selector, query->organizational_domain, discovery);
    look_under_local_part(lookups, query, discovery);
}

void bimi_discovery_clear(struct bimi_discovery *discovery) {
    bimi_record_clear(&discovery->record);
    g_free(discovery->domain);
    g_free(discovery->selector);
    for (guint i = 0; i < discovery->n_names; i++)
        g_free(discovery->names[i]);
    *discovery = (struct bimi_discovery){0};
}

/* --- words ---------------------------------------------------------------------------------- */

const char *bimi_result_name(enum bimi_result result) {
    static const char *const names[BIMI_RESULT__MAX] = {
        [BIMI_NONE] = "none",           [BIMI_PASS] = "pass",         [BIMI_FAIL] = "fail",
        [BIMI_TEMPERROR] = "temperror", [BIMI_DECLINED] = "declined", [BIMI_SKIPPED] = "skipped",
    };
    return names[result];
}

struct words {
    const char *name, *english, *japanese;
};

static const struct words words[BIMI_REASON__MAX] = {
    [BIMI_REASON_AUTHOR] = {"author", "the message has not exactly one author",
                            "メールの差出人がひとりに定まりません"},
    [BIMI_REASON_DMARC] = {"dmarc", "the author domain is not verified under DMARC",
                           "差出人のドメインが DMARC で確認できていません"},
    [BIMI_REASON_DKIM] = {"dkim", "no aligned DKIM signature passed",
                          "差出人のドメインの DKIM 署名で確認できたものがありません"},
    [BIMI_REASON_BODY_LENGTH] = {"body-length",
                                 "the aligned signature does not cover the whole body (l=)",
                                 "差出人のドメインの署名が本文の全体に及んでいません（l=）"},
    [BIMI_REASON_NO_POLICY] = {"no-policy", "there is no DMARC record",
                               "DMARC レコードがありません"},
    [BIMI_REASON_AUTHOR_POLICY] =
        {"author-policy",
         "the DMARC policy of the domain is not enforcing (quarantine or reject for all mail)",
         "ドメインの DMARC ポリシーが、すべてのメールに対する quarantine または reject "
         "になっていません"},
    [BIMI_REASON_ORGANIZATION_POLICY] = {"organization-policy",
                                         "the DMARC policy of the organizational domain is not "
                                         "enforcing (quarantine or reject for all mail)",
                                         "組織ドメインの DMARC ポリシーが、すべてのメールに対する "
                                         "quarantine または reject になっていません"},
    [BIMI_REASON_SUBDOMAIN_POLICY] =
        {"subdomain-policy", "the DMARC policy for subdomains (sp) is not enforcing",
         "サブドメインに対する DMARC ポリシー（sp）が quarantine または reject になっていません"},
    [BIMI_REASON_OPERATOR] = {"operator", "the operator of this service does not allow this logo",
                              "このサービスの運用者が、このロゴの表示を許可していません"},
    [BIMI_REASON_NOT_FETCHED] = {"not-fetched",
                                 "nothing is fetched here, so the logo was not looked at",
                                 "ここでは何も取得しないため、ロゴは調べていません"},
    [BIMI_REASON_NO_RECORD] = {"no-record", "there is no BIMI record", "BIMI レコードがありません"},
    [BIMI_REASON_SEVERAL_RECORDS] =
        {"several-records", "there are several BIMI records under one name, so none counts",
         "ひとつの名前に BIMI レコードが複数あるため、どれも使えません"},
    [BIMI_REASON_BAD_RECORD] = {"bad-record", "the BIMI record cannot be read",
                                "BIMI レコードを読み取れません"},
    [BIMI_REASON_BAD_URL] = {"bad-url", "the BIMI record names a URL that is not plain https",
                             "BIMI レコードの URL が通常の https ではありません"},
    [BIMI_REASON_FETCH] = {"fetch", "the logo or its certificate cannot be had",
                           "ロゴまたはその証明書を取得できません"},
    [BIMI_REASON_INDICATOR] = {"indicator", "the logo is not a valid SVG Tiny PS",
                               "ロゴが正しい SVG Tiny PS ではありません"},
    [BIMI_REASON_EVIDENCE] = {"evidence", "the mark certificate does not hold",
                              "マーク証明書が有効ではありません"},
    [BIMI_REASON_MISMATCH] = {"mismatch", "the logo published is not the one that was certified",
                              "公開されているロゴが、認証されたロゴと異なります"},
    [BIMI_REASON_DNS] = {"dns", "DNS gave no usable answer",
                         "DNS から使える回答が得られませんでした"},
    [BIMI_REASON_NETWORK] = {"network", "the server of the logo gave no answer",
                             "ロゴのサーバーから回答がありませんでした"},
    [BIMI_REASON_CHILD] = {"worker", "the logo could not be looked at just now",
                           "ロゴを今は調べられませんでした"},
    [BIMI_REASON_DECLINED] = {"declined", "the domain says that it wants no logo",
                              "ドメインがロゴの表示を望んでいません"},
};

const char *bimi_reason_name(enum bimi_reason reason) {
    return words[reason].name;
}

const char *bimi_reason_text(enum bimi_reason reason, const char *lang) {
    return strcmp(lang, "ja") == 0 ? words[reason].japanese : words[reason].english;
}
