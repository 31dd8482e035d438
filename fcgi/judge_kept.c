/* SPDX-License-Identifier: MIT
 *
 * Verdicts in the store. The first complete one on the same octets, rules and receipt facts stays;
 * beside it lie later checks and, for other belief rules, the header. */
#include "fcgi/judge_state.h"

#include "base/clock.h"
#include "base/log.h"
#include "fcgi/kept_header.h"
#include "fcgi/seal.h"
#include "fcgi/vouchers.h"
#include "sign/smime_trust.h"
#include "trust/evaluate_again.h"
#include "trust/memory.h"

/* account + octets + belief rules, anchors + receipt facts: what a stored verdict is kept under.
 * The number goes up with the rules of trust/. */
static char *key_of(const struct judge *judge, const struct judge_case *about, const char *digest) {
    g_autofree char *all =
        g_strdup_printf("verdict 4\n%s\n%s\n%s\n%s\n%s\n%d\n%d\n%" G_GINT64_FORMAT, about->account,
                        digest, about->trust->fingerprint, smime_trust_fingerprint(judge->smime),
                        judge->lists, (int)judge->mode, (int)about->role, about->received_at);
    return seal_digest(span_of(all));
}

/* What is kept of the same octets under any belief rules; look-ups never asked for (VERIFY_NEVER)
 * are another matter. */
static char *header_key_of(const struct judge *judge, const struct judge_case *about,
                           const char *digest) {
    g_autofree char *all =
        g_strdup_printf("header 1\n%s\n%s\n%s\n%s\n%d\n%d\n%" G_GINT64_FORMAT, about->account,
                        digest, smime_trust_fingerprint(judge->smime), judge->lists,
                        judge->mode == VERIFY_NEVER, (int)about->role, about->received_at);
    return seal_digest(span_of(all));
}

static char *key_with(const char *key, const struct vouchers_account *keys) {
    g_autofree char *all = g_strconcat(key, "\n", keys->digest, NULL);
    return seal_digest(span_of(all));
}

static char *key_by_keys(const struct judge *judge, const struct judge_case *about,
                         const char *key) {
    OWNED(vouchers_account) keys = vouchers_take(judge->vouchers, about->account);
    return key_with(key, keys);
}

static struct record *read_kept(const struct judge *judge, const char *key) {
    g_autoptr(GBytes) octets = judge->store->verdict_find(judge->store, key);
    return octets ? record_decode(octets, NULL) : NULL;
}

bool judge_depends_on_keys(const struct record *record) {
    return record->evidence->openpgp.signature != CHECK_NOT_EVALUATED;
}

struct record *judge_first(const struct judge *judge, const struct judge_case *about,
                           const char *digest) {
    g_autofree char *key = key_of(judge, about, digest);
    return read_kept(judge, key);
}

/* The badge follows today's contacts and lists; what was said first is history (verdict rule 6). */
static void derive_again(struct judge *judge, const struct judge_case *about,
                         struct record *record) {
    struct derivation derivation;
    derivation_init(&derivation, judge, about);
    verdict_free(record->verdict);
    record->verdict =
        verdict_derive(record->evidence, &derivation.policy, record->evidence->checked_at);
    record->facts.policy_revision = derivation.acquaintance->revision;
    derivation_clear(&derivation);
}

static struct record *as_of_today(struct judge *judge, const struct judge_case *about,
                                  struct record *record) {
    OWNED(acquaintance) now = acquaintances_take(judge->acquaintances, about->account);
    if (record && record->facts.policy_revision != now->revision)
        derive_again(judge, about, record);
    return record;
}

/* --- under other belief rules --------------------------------------------------------------- */

static void put(const struct judge *judge, const char *key, GBytes *octets) {
    g_autoptr(GError) error = NULL;
    if (!judge->store->verdict_put(judge->store, key, octets, clock_now(), &error))
        log_write(LOG_WARNING, "fcgi/judge", "a verdict was not kept: %s", error->message);
}

/* Under its own name, and where it depends on keys under theirs too. */
static void put_record(const struct judge *judge, const char *key, const char *by_keys,
                       const struct record *record) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) octets = record_encode(record, &error);
    if (!octets) {
        log_write(LOG_WARNING, "fcgi/judge", "a verdict was not kept: %s", error->message);
        return;
    }
    put(judge, key, octets);
    if (judge_depends_on_keys(record))
        put(judge, by_keys, octets);
}

static struct kept_header *find_header(const struct judge *judge, const struct judge_case *about,
                                       const char *digest) {
    g_autofree char *key = header_key_of(judge, about, digest);
    g_autoptr(GBytes) octets = judge->store->verdict_find(judge->store, key);
    return octets ? kept_header_decode(octets) : NULL;
}

/* The first record of those octets, under whatever rules it was made; of one that depends on keys,
 * only what was said with today's. */
static struct record *read_first(const struct judge *judge, const struct kept_header *header,
                                 const struct vouchers_account *keys) {
    OWNED(record) record = read_kept(judge, header->record);
    if (!record || !judge_depends_on_keys(record))
        return g_steal_pointer(&record);
    g_autofree char *by_keys = key_with(header->record, keys);
    return read_kept(judge, by_keys);
}

static bool believe_again(struct judge *judge, const struct judge_case *about,
                          const struct kept_header *header, struct record *record) {
    const char *recipients[] = {about->address, NULL};
    OWNED(message) message = message_new(header->header, MESSAGE_BODY_PARTIAL);
    struct evaluate_request request = {.message = message,
                                       .belief = about->trust->rules,
                                       .mode = judge->mode,
                                       .role = about->role,
                                       .suffixes = judge->suffixes,
                                       .smime = judge->smime,
                                       .now = record->evidence->checked_at,
                                       .received_known = about->received_at != 0,
                                       .received_at = about->received_at,
                                       .reputation = judge->reputation,
                                       .recipients = about->address ? recipients : NULL};
    bool glance;
    if (!evaluate_again(record->evidence, &request, &glance))
        return false;
    derive_again(judge, about, record);
    return judge_is_settled(judge, record->verdict, glance ? JUDGE_GLANCE : JUDGE_CHECK);
}

/* Judged under other belief rules: by what is kept, if that suffices, and kept in its turn. NULL:
 * the message has to be fetched. */
static struct record *rejudge(struct judge *judge, const struct judge_asked *asked,
                              const struct vouchers_account *keys, const char *key,
                              const char *by_keys) {
    const struct judge_case *about = &asked->about;
    OWNED(kept_header) header = find_header(judge, about, asked->digest);
    OWNED(record) record = header ? read_first(judge, header, keys) : NULL;
    if (!record || !believe_again(judge, about, header, record))
        return NULL;
    g_free(record->facts.inputs);
    record->facts.inputs = record_inputs(asked->digest, about->trust->fingerprint, about->role,
                                         judge->mode, about->received_at);
    put_record(judge, key, by_keys, record);
    return g_steal_pointer(&record);
}

/* --- finding -------------------------------------------------------------------------------- */

static struct record *decode_found(GHashTable *found, const char *key) {
    GBytes *octets = g_hash_table_lookup(found, key);
    return octets ? record_decode(octets, NULL) : NULL;
}

static struct record *find_one(struct judge *judge, const struct judge_asked *asked,
                               const struct vouchers_account *keys, GHashTable *found,
                               const char *key, const char *by_keys) {
    OWNED(record) record = decode_found(found, key);
    if (!record)
        return rejudge(judge, asked, keys, key, by_keys);
    if (judge_depends_on_keys(record)) {
        record_free(record);
        record = decode_found(found, by_keys);
    }
    return as_of_today(judge, &asked->about, g_steal_pointer(&record));
}

/* Two names of each are asked for: only its record tells whether it depends on keys. */
void judge_find_all(struct judge *judge, struct judge_asked *asked, guint n) {
    if (!n)
        return;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    OWNED(vouchers_account) keys = vouchers_take(judge->vouchers, asked->about.account);
    for (guint i = 0; i < n; i++) {
        char *key = key_of(judge, &asked[i].about, asked[i].digest);
        g_ptr_array_add(names, key);
        g_ptr_array_add(names, key_with(key, keys));
    }
    g_autoptr(GHashTable) found = judge->store->verdicts_find(
        judge->store, (const char *const *)(void *)names->pdata, names->len);
    for (guint i = 0; i < n; i++) {
        const char *key = names->pdata[2 * (size_t)i], *by_keys = names->pdata[2 * (size_t)i + 1];
        asked[i].record =
            *asked[i].digest ? find_one(judge, &asked[i], keys, found, key, by_keys) : NULL;
    }
}

struct record *judge_find(struct judge *judge, const struct judge_case *about, const char *digest) {
    struct judge_asked asked = {.about = *about, .digest = digest};
    judge_find_all(judge, &asked, 1);
    return asked.record;
}

/* --- keeping -------------------------------------------------------------------------------- */

/* Once a message: its first complete verdict teaches. */
static void learn(const struct judge *judge, const struct judge_case *about,
                  const struct record *record) {
    struct history_lesson lesson;
    struct derivation derivation;
    derivation_init(&derivation, judge, about);
    if (memory_lesson(record->evidence, record->verdict, &derivation.policy, &lesson))
        acquaintances_learn(judge->acquaintances, about->account, &lesson);
    derivation_clear(&derivation);
}

/* A message that was judged under other rules, and now had to be fetched for these, is no news. */
static void keep_with_first(const struct judge *judge, const char *key, const char *by_keys,
                            const struct kept_header *header, const struct record *record) {
    OWNED(record) first = header ? read_kept(judge, header->record) : NULL;
    struct record with = *record;
    if (first && !with.first.checked_at)
        with.first = first->first;
    put_record(judge, key, by_keys, &with);
}

void judge_keep(struct judge *judge, const struct judge_case *about, GBytes *octets,
                const char *digest, const struct record *record) {
    if (!record->facts.complete)
        return;
    g_autofree char *key = key_of(judge, about, digest);
    g_autofree char *by_keys = key_by_keys(judge, about, key);
    OWNED(kept_header) header = find_header(judge, about, digest);
    g_autoptr(GBytes) known = judge->store->verdict_find(judge->store, key);
    if (!header && !known)
        learn(judge, about, record);
    keep_with_first(judge, key, by_keys, header, record);
    g_autoptr(GBytes) kept = header ? NULL : kept_header_encode(octets, key);
    if (kept) {
        g_autofree char *header_key = header_key_of(judge, about, digest);
        put(judge, header_key, kept);
    }
}

/* --- later checks --------------------------------------------------------------------------- */

/* version, checked at, author, level */
#define LATER_FORMAT "(yxyy)"
enum { LATER_VERSION = 1 };

static char *later_name(const struct judge *judge, const struct judge_case *about,
                        const char *digest) {
    g_autofree char *key = key_of(judge, about, digest);
    return g_strconcat("later ", key, NULL);
}

void judge_keep_later(struct judge *judge, const struct judge_case *about, const char *digest,
                      const struct record *record) {
    const struct verdict *verdict = record->verdict;
    g_autofree char *name = later_name(judge, about, digest);
    g_autoptr(GVariant) value =
        g_variant_ref_sink(g_variant_new(LATER_FORMAT, LATER_VERSION, verdict->checked_at,
                                         (guchar)verdict->author, (guchar)verdict->level));
    g_autoptr(GBytes) octets = g_variant_get_data_as_bytes(value);
    acquaintances_put(judge->acquaintances, about->account, name, octets);
}

bool judge_find_later(struct judge *judge, const struct judge_case *about, const char *digest,
                      struct judge_later *later) {
    g_autofree char *name = later_name(judge, about, digest);
    g_autoptr(GBytes) octets = acquaintances_get(judge->acquaintances, about->account, name);
    guint8 version, author, level;
    if (!octets)
        return false;
    g_autoptr(GVariant) value =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(LATER_FORMAT), octets, FALSE));
    g_variant_get(value, LATER_FORMAT, &version, &later->checked_at, &author, &level);
    later->author = (enum verdict_author)author;
    later->level = (enum verdict_level)level;
    return g_variant_is_normal_form(value) && version == LATER_VERSION &&
           author < VERDICT_AUTHOR__MAX && level < LEVEL__MAX;
}
