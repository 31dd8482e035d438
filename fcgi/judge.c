/* SPDX-License-Identifier: MIT
 *
 * Between trust/ and the store. */
#include "fcgi/judge.h"

#include "auth/belief.h"
#include "auth/dkim_keys.h"
#include "auth/orgdomain.h"
#include "base/clock.h"
#include "base/log.h"
#include "fcgi/acquaintance.h"
#include "fcgi/judge_state.h"
#include "fcgi/known_names.h"
#include "fcgi/providers.h"
#include "fcgi/seal.h"
#include "fcgi/smime_files.h"
#include "fcgi/vouchers.h"
#include "fcgi/wkd_keys.h"
#include "repute/dnsbl.h"
#include "repute/lookalike.h"
#include "trust/evaluate_sign.h"
#include "trust/memory.h"

struct judge *judge_new(const struct config *config, struct store *store, struct resolver *resolver,
                        struct vouchers *vouchers, GError **error) {
    static const enum verify_mode modes[] = {[CONFIG_VERIFY_MISSING] = VERIFY_MISSING,
                                             [CONFIG_VERIFY_ALWAYS] = VERIFY_ALWAYS,
                                             [CONFIG_VERIFY_NEVER] = VERIFY_NEVER};
    OWNED(public_suffixes) suffixes = orgdomain_suffixes_new(error);
    OWNED(known_names) names = suffixes ? known_names_new(config->known_names, error) : NULL;
    struct smime_trust *smime =
        names ? smime_files_read(config->smime_ca, config->smime_crls, config->smime_ocsp, error)
              : NULL;
    if (!smime)
        return NULL;
    struct judge *judge = g_new0(struct judge, 1);
    *judge = (struct judge){.store = store,
                            .resolver = resolver,
                            .vouchers = vouchers,
                            .keys = dkim_keys_new(),
                            .suffixes = g_steal_pointer(&suffixes),
                            .smime = smime,
                            .names = g_steal_pointer(&names),
                            .providers = providers_new(),
                            .reputation = config->reputation,
                            .lists = dnsbl_lists_fingerprint(config->reputation),
                            .mode = modes[config->verify]};
    for (char **domain = config->providers; *domain; domain++)
        g_hash_table_add(judge->providers, g_strdup(*domain));
    g_autofree char *providers = g_strjoinv(",", config->providers);
    judge->policy = g_strdup_printf("%d\n%s\n%s", VERDICT_RULES, providers, judge->names->digest);
    struct acquaintances_parts parts = {store,           judge->names->confusables,
                                        judge->suffixes, judge->providers,
                                        judge->policy,   config->store_days};
    judge->acquaintances = acquaintances_new(&parts);
    return judge;
}

struct acquaintances *judge_acquaintances(const struct judge *judge) {
    return judge->acquaintances;
}

void judge_use_wkd(struct judge *judge, struct wkd_keys *keys) {
    judge->wkd = keys;
}

const struct public_suffixes *judge_suffixes(const struct judge *judge) {
    return judge->suffixes;
}

void judge_free(struct judge *judge) {
    acquaintances_free(judge->acquaintances);
    dkim_keys_free(judge->keys);
    known_names_free(judge->names);
    g_hash_table_unref(judge->providers);
    g_free(judge->lists);
    g_free(judge->policy);
    orgdomain_suffixes_free(judge->suffixes);
    smime_trust_free(judge->smime);
    g_free(judge);
}

/* A glance settles what stands whatever a look-up would say: a proof by believed headers, no author
 * at all to look up, and mail of one's own. */
bool judge_is_settled(const struct judge *judge, const struct verdict *verdict,
                      enum judge_depth depth) {
    if (depth != JUDGE_GLANCE || judge->mode == VERIFY_NEVER || verdict->author == VERDICT_OWN)
        return verdict->complete;
    return judge->mode == VERIFY_MISSING && verdict->complete &&
           (verdict->author == VERDICT_VERIFIED || verdict->author == VERDICT_AMBIGUOUS);
}

void derivation_init(struct derivation *d, const struct judge *judge,
                     const struct judge_case *about) {
    d->own = known_names_own(judge->names, about->trust->rules, about->address, judge->suffixes,
                             judge->providers);
    d->acquaintance = acquaintances_take(judge->acquaintances, about->account);
    d->policy = (struct verdict_policy){.rules = about->trust->rules,
                                        .providers = judge->providers,
                                        .known = judge->names->lookalikes,
                                        .own = d->own,
                                        .confusables = judge->names->confusables,
                                        .contacts = d->acquaintance->contacts,
                                        .correspondents = d->acquaintance->correspondents,
                                        .contact_names = d->acquaintance->names};
}

void derivation_clear(struct derivation *d) {
    lookalikes_free(d->own);
    acquaintance_unref(d->acquaintance);
}

/* The evidence of the first verdict with today's keys asked about its OpenPGP signatures: what DNS
 * said then must not be lost for a key that was imported today (verdict rule 6). */
static struct evidence *kept_evidence(const struct judge *judge, const struct judge_case *about,
                                      const struct evaluate_request *request) {
    gsize n;
    const char *p = g_bytes_get_data(request->message->octets, &n);
    if (!evaluate_openpgp_possible(request->message))
        return NULL;
    g_autofree char *digest = seal_digest(span_make(p, n));
    OWNED(record) record = judge_first(judge, about, digest);
    if (!record || !judge_depends_on_keys(record))
        return NULL;
    evaluate_openpgp_again(record->evidence, request);
    return g_steal_pointer(&record->evidence);
}

/* What was known of the sender before: fresh evidence alone asks. */
static void recall(const struct judge *judge, const struct judge_case *about,
                   const struct acquaintance *acquaintance, struct evidence *evidence) {
    OWNED(history) history = NULL;
    struct history_past past;
    if (!evidence->author.address || about->role != MAILBOX_RECEIVED)
        return;
    acquaintances_recall(judge->acquaintances, about->account, evidence->author.address, &history,
                         &past);
    memory_recall(evidence, &past, acquaintance->indexed);
}

/* The keys that the author's domain published, if they were looked up; NULL: none. */
static struct openpgp_keyring *published_keys(const struct judge *judge,
                                              const struct message *message) {
    if (!judge->wkd || !evaluate_openpgp_possible(message))
        return NULL;
    OWNED(author) author = author_find(message);
    return author->state == AUTHOR_ONE ? wkd_keys_find(judge->wkd, author->address) : NULL;
}

/* The account's vouchers, then the domain's word; returns how many. */
static guint list_vouchers(const struct vouchers_account *keys,
                           const struct openpgp_keyring *published, struct openpgp_voucher *list) {
    guint n = keys->n;
    memcpy(list, keys->list, n * sizeof *list);
    if (published)
        list[n++] = (struct openpgp_voucher){published, WKD_KEYS_WORD};
    return n;
}

struct record *judge_octets(struct judge *judge, const struct judge_case *about, GBytes *octets,
                            bool whole, enum judge_depth depth) {
    int64_t now = clock_now();
    const char *recipients[] = {about->address, NULL};
    OWNED(message) message = message_new(octets, whole ? 0 : MESSAGE_BODY_PARTIAL);
    OWNED(vouchers_account) keys = vouchers_take(judge->vouchers, about->account);
    struct openpgp_keyring *published = published_keys(judge, message);
    struct openpgp_voucher vouchers[G_N_ELEMENTS(keys->list) + 1];
    guint n_vouchers = list_vouchers(keys, published, vouchers);
    struct evaluate_request request = {
        .message = message,
        .belief = about->trust->rules,
        .mode = judge->mode,
        .role = about->role,
        .resolver = depth != JUDGE_GLANCE ? judge->resolver : NULL,
        .keys = judge->keys,
        .openpgp = depth != JUDGE_GLANCE ? vouchers_verifier(judge->vouchers) : NULL,
        .vouchers = vouchers,
        .n_vouchers = n_vouchers,
        .suffixes = judge->suffixes,
        .smime = judge->smime,
        .now = now,
        .received_known = about->received_at != 0,
        .received_at = about->received_at,
        .reputation = judge->reputation,
        .recipients = about->address ? recipients : NULL,
    };
    struct derivation derivation;
    derivation_init(&derivation, judge, about);
    gsize n;
    const char *p = g_bytes_get_data(octets, &n);
    g_autofree char *digest = seal_digest(span_make(p, n));
    struct record *record = g_new0(struct record, 1);
    if (depth == JUDGE_CHECK)
        record->evidence = kept_evidence(judge, about, &request);
    if (!record->evidence) {
        record->evidence = evaluate(&request);
        recall(judge, about, derivation.acquaintance, record->evidence);
    }
    record->verdict = verdict_derive(record->evidence, &derivation.policy, now);
    record->facts.inputs = record_inputs(digest, about->trust->fingerprint, about->role,
                                         judge->mode, about->received_at);
    record->facts.policy_revision = derivation.acquaintance->revision;
    record->facts.complete = judge_is_settled(judge, record->verdict, depth);
    if (published)
        openpgp_keyring_free(published);
    derivation_clear(&derivation);
    return record;
}

void judge_set_pending(struct record *record) {
    struct verdict *verdict = record->verdict;
    verdict->author = VERDICT_UNCHECKED;
    verdict->strength = STRENGTH_NONE;
    verdict->level = LEVEL_UNCHECKED;
    verdict->source = SOURCE_NONE;
    verdict->via = 0;
    verdict->complete = false;
    record->facts.complete = false;
    verdict->identity = NULL;
    reason_list_clear(&verdict->reasons);
    reason_add(&verdict->reasons, REASON_PENDING, NULL);
}

void judge_add_logo(struct judge *judge, const struct judge_case *about, struct brands *brands,
                    enum brands_mode mode, struct record *record) {
    if (!brands || record->verdict->author != VERDICT_VERIFIED)
        return;
    struct derivation derivation;
    derivation_init(&derivation, judge, about);
    brands_apply(brands, record, &derivation.policy, mode);
    derivation_clear(&derivation);
}
