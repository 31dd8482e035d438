/* SPDX-License-Identifier: MIT */
#include "fcgi/brand_entry.h"

#include "base/limits.h"

/* version, checked, recheck, result, reason, kind, by local part, expires, nine texts ("" = none)
 */
#define ENTRY_FORMAT "(yxxyyybxas)"
enum { ENTRY_VERSION = 1, TEXTS = 9 };

/* The texts in the order of the format. */
static void texts_of(struct brand_entry *entry, char **texts[static TEXTS]) {
    char **all[TEXTS] = {&entry->detail,        &entry->domain,       &entry->selector,
                         &entry->location,      &entry->authority,    &entry->mark_type,
                         &entry->certified_for, &entry->certified_by, &entry->sha256};
    for (int i = 0; i < TEXTS; i++)
        texts[i] = all[i];
}

void brand_entry_free(struct brand_entry *entry) {
    char **texts[TEXTS];
    texts_of(entry, texts);
    for (int i = 0; i < TEXTS; i++)
        g_free(*texts[i]);
    g_free(entry);
}

static int64_t next_check(enum bimi_result result) {
    if (result == BIMI_PASS)
        return LIMIT_BRAND_CHECK;
    return result == BIMI_TEMPERROR ? LIMIT_BRAND_RETRY
           : result == BIMI_FAIL    ? LIMIT_BRAND_NEGATIVE
                                    : LIMIT_BRAND_CHECK_NONE;
}

/* A certificate says these with any octets; evidence and JSON want one line of UTF-8. */
static char *printable(const char *text) {
    return text ? g_utf8_make_valid(text, -1) : NULL;
}

struct brand_entry *brand_entry_new(const struct brand_report *report, int64_t now) {
    const struct markcert *markcert = report->markcert;
    struct brand_entry *entry = g_new0(struct brand_entry, 1);
    *entry = (struct brand_entry){.checked_at = now,
                                  .recheck_at = now + next_check(report->result),
                                  .result = report->result,
                                  .reason = report->reason,
                                  .kind = report->kind,
                                  .by_local_part = report->by_local_part,
                                  .detail = printable(report->detail),
                                  .domain = g_strdup(report->domain),
                                  .selector = g_strdup(report->selector),
                                  .location = g_strdup(report->location),
                                  .authority = g_strdup(report->authority)};
    if (report->result == BIMI_PASS)
        entry->sha256 = g_strdup(report->sha256);
    if (markcert && markcert->valid) {
        entry->mark_type = g_strdup(markcert_mark_name(markcert->mark));
        entry->certified_for = printable(markcert->organization);
        entry->certified_by = printable(markcert->issuer);
        entry->expires = markcert->expires;
    }
    return entry;
}

GBytes *brand_entry_encode(const struct brand_entry *entry) {
    struct brand_entry walked = *entry; /* only read */
    char **texts[TEXTS];
    GVariantBuilder list;
    texts_of(&walked, texts);
    g_variant_builder_init(&list, G_VARIANT_TYPE("as"));
    for (int i = 0; i < TEXTS; i++)
        g_variant_builder_add(&list, "s", *texts[i] ? *texts[i] : "");
    g_autoptr(GVariant) value = g_variant_ref_sink(
        g_variant_new(ENTRY_FORMAT, ENTRY_VERSION, entry->checked_at, entry->recheck_at,
                      (guint8)entry->result, (guint8)entry->reason, (guint8)entry->kind,
                      (gboolean)entry->by_local_part, entry->expires, &list));
    return g_variant_get_data_as_bytes(value);
}

struct brand_entry *brand_entry_decode(GBytes *value) {
    g_autoptr(GVariant) variant =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(ENTRY_FORMAT), value, FALSE));
    g_autoptr(GVariantIter) list = NULL;
    guint8 version, result, reason, kind;
    gboolean by_local_part;
    char **texts[TEXTS];
    const char *text;
    if (!g_variant_is_normal_form(variant))
        return NULL;
    struct brand_entry read = {0};
    g_variant_get(variant, ENTRY_FORMAT, &version, &read.checked_at, &read.recheck_at, &result,
                  &reason, &kind, &by_local_part, &read.expires, &list);
    if (version != ENTRY_VERSION || result >= BIMI_RESULT__MAX || reason >= BIMI_REASON__MAX ||
        kind >= BRAND_KIND__MAX || g_variant_iter_n_children(list) != TEXTS)
        return NULL;
    read.result = (enum bimi_result)result;
    read.reason = (enum bimi_reason)reason;
    read.kind = (enum brand_kind)kind;
    read.by_local_part = by_local_part;
    texts_of(&read, texts);
    for (int i = 0; g_variant_iter_next(list, "&s", &text); i++)
        *texts[i] = *text ? g_strdup(text) : NULL;
    return g_memdup2(&read, sizeof read);
}

static void refuse(struct evidence_bimi *bimi, enum bimi_result result, enum bimi_reason reason) {
    bimi->result = result;
    bimi->reason = reason;
    bimi->sha256 = NULL;
}

void brand_entry_apply(const struct brand_entry *entry, const struct brand_policy *policy,
                       int64_t now, struct evidence *evidence) {
    struct evidence_bimi *bimi = &evidence->bimi;
    bimi->result = entry->result;
    bimi->reason = entry->reason;
    bimi->kind = entry->kind;
    bimi->expires = entry->expires;
    bimi->checked_at = entry->checked_at;
    bimi->detail = evidence_text(evidence, entry->detail);
    bimi->domain = evidence_text(evidence, entry->domain);
    bimi->selector = evidence_text(evidence, entry->selector);
    bimi->location = evidence_text(evidence, entry->location);
    bimi->authority = evidence_text(evidence, entry->authority);
    bimi->mark_type = evidence_text(evidence, entry->mark_type);
    bimi->certified_for = evidence_text(evidence, entry->certified_for);
    bimi->certified_by = evidence_text(evidence, entry->certified_by);
    bimi->sha256 = evidence_text(evidence, entry->sha256);
    if (bimi->result != BIMI_PASS)
        return;
    if (entry->expires && now >= entry->expires)
        refuse(bimi, BIMI_FAIL, BIMI_REASON_EVIDENCE);
    else if (!brand_policy_allows(policy, evidence->author.domain, bimi->kind))
        refuse(bimi, BIMI_SKIPPED, BIMI_REASON_OPERATOR);
}
