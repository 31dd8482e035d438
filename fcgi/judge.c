/* SPDX-License-Identifier: MIT
 *
 * Between trust/ and the store. */
#include "fcgi/judge.h"

#include "auth/belief.h"
#include "auth/dkim_keys.h"
#include "auth/orgdomain.h"
#include "base/clock.h"
#include "base/log.h"
#include "fcgi/providers.h"
#include "fcgi/seal.h"
#include "fcgi/smime_files.h"
#include "trust/evaluate.h"

struct judge {
    struct store *store;
    struct resolver *resolver;
    struct dkim_keys *keys;
    struct public_suffixes *suffixes;
    struct smime_trust *smime;
    GHashTable *providers;
    char *own_providers; /* those of the configuration: part of the name of a stored verdict */
    enum verify_mode mode;
};

struct judge *judge_new(const struct config *config, struct store *store, struct resolver *resolver,
                        GError **error) {
    static const enum verify_mode modes[] = {[CONFIG_VERIFY_MISSING] = VERIFY_MISSING,
                                             [CONFIG_VERIFY_ALWAYS] = VERIFY_ALWAYS,
                                             [CONFIG_VERIFY_NEVER] = VERIFY_NEVER};
    struct public_suffixes *suffixes = orgdomain_suffixes_new(error);
    if (!suffixes)
        return NULL;
    struct smime_trust *smime = smime_files_read(config->smime_ca, config->smime_crls, error);
    if (!smime) {
        orgdomain_suffixes_free(suffixes);
        return NULL;
    }
    struct judge *judge = g_new0(struct judge, 1);
    *judge = (struct judge){.store = store,
                            .resolver = resolver,
                            .keys = dkim_keys_new(),
                            .suffixes = suffixes,
                            .smime = smime,
                            .providers = providers_new(),
                            .own_providers = g_strjoinv(",", config->providers),
                            .mode = modes[config->verify]};
    for (char **domain = config->providers; *domain; domain++)
        g_hash_table_add(judge->providers, g_strdup(*domain));
    return judge;
}

const struct public_suffixes *judge_suffixes(const struct judge *judge) {
    return judge->suffixes;
}

void judge_free(struct judge *judge) {
    dkim_keys_free(judge->keys);
    g_hash_table_unref(judge->providers);
    g_free(judge->own_providers);
    orgdomain_suffixes_free(judge->suffixes);
    smime_trust_free(judge->smime);
    g_free(judge);
}

/* account + octets + belief rules, providers, anchors + receipt facts (verdict.md: keys of what is
 * stored)
 */
static char *key_of(const struct judge *judge, const struct judge_case *about, const char *digest) {
    g_autofree char *all = g_strdup_printf(
        "verdict 1\n%s\n%s\n%s\n%s\n%s\n%d\n%d\n%" G_GINT64_FORMAT, about->account, digest,
        about->trust->fingerprint, judge->own_providers, smime_trust_fingerprint(judge->smime),
        (int)judge->mode, (int)about->role, about->received_at);
    return seal_digest(span_of(all));
}

/* A glance settles what stands whatever a look-up would say: a proof by believed headers, no author
 * at all to look up, and mail of one's own. */
static bool is_settled(const struct judge *judge, const struct verdict *verdict,
                       enum judge_depth depth) {
    if (depth == JUDGE_CHECK || judge->mode == VERIFY_NEVER || verdict->author == VERDICT_OWN)
        return verdict->complete;
    return judge->mode == VERIFY_MISSING && verdict->complete &&
           (verdict->author == VERDICT_VERIFIED || verdict->author == VERDICT_AMBIGUOUS);
}

struct record *judge_octets(struct judge *judge, const struct judge_case *about, GBytes *octets,
                            bool whole, enum judge_depth depth) {
    int64_t now = clock_now();
    const char *recipients[] = {about->address, NULL};
    OWNED(message) message = message_new(octets, whole ? 0 : MESSAGE_BODY_PARTIAL);
    struct evaluate_request request = {
        .message = message,
        .belief = about->trust->rules,
        .mode = judge->mode,
        .role = about->role,
        .resolver = depth == JUDGE_CHECK ? judge->resolver : NULL,
        .keys = judge->keys,
        .suffixes = judge->suffixes,
        .smime = judge->smime,
        .now = now,
        .received_known = about->received_at != 0,
        .received_at = about->received_at,
        .recipients = about->address ? recipients : NULL,
    };
    struct verdict_policy policy = {.rules = about->trust->rules, .providers = judge->providers};
    struct record *record = g_new0(struct record, 1);
    record->evidence = evaluate(&request);
    record->verdict = verdict_derive(record->evidence, &policy, now);
    record->facts.inputs = record_inputs(octets, about->trust->fingerprint, about->role,
                                         judge->mode, about->received_at);
    record->facts.complete = is_settled(judge, record->verdict, depth);
    return record;
}

struct record *judge_find(struct judge *judge, const struct judge_case *about, const char *digest) {
    if (!*digest)
        return NULL;
    g_autofree char *key = key_of(judge, about, digest);
    g_autoptr(GBytes) octets = judge->store->verdict_find(judge->store, key);
    return octets ? record_decode(octets, NULL) : NULL;
}

void judge_keep(struct judge *judge, const struct judge_case *about, const char *digest,
                const struct record *record) {
    g_autoptr(GError) error = NULL;
    if (!record->facts.complete)
        return;
    g_autofree char *key = key_of(judge, about, digest);
    g_autoptr(GBytes) octets = record_encode(record, &error);
    if (!octets || !judge->store->verdict_put(judge->store, key, octets, clock_now(), &error))
        log_write(LOG_WARNING, "fcgi/judge", "a verdict was not kept: %s",
                  error ? error->message : "?");
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
    g_clear_pointer(&verdict->identity, g_free);
    reason_list_clear(&verdict->reasons);
    reason_add(&verdict->reasons, REASON_PENDING, NULL);
}
