/* SPDX-License-Identifier: MIT
 *
 * auth/spf_match.h: one function a mechanism. */
#include "auth/spf_match.h"

#include "auth/spf_macro.h"
#include "auth/spf_ptr.h"
#include "base/limits.h"

/* The first `prefix` bits are the same. */
static bool same_network(const uint8_t *a, const uint8_t *b, guint prefix) {
    guint whole = prefix / 8, rest = prefix % 8;
    return memcmp(a, b, whole) == 0 && (rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0);
}

static guint prefix_of(const struct spf_run *run, const struct spf_directive *directive) {
    return run->question->ip.size == 4 ? directive->prefix4 : directive->prefix6;
}

static bool is_wide(const struct spf_run *run, guint prefix) {
    return prefix < (run->question->ip.size == 4 ? LIMIT_SPF_WIDEST_4 : LIMIT_SPF_WIDEST_6);
}

static void fail_with(struct spf_match *match, enum auth_result error, enum spf_reason reason) {
    match->found = SPF_FOUND_ERROR;
    match->error = error;
    match->reason = reason;
}

/* Takes an answer for what it says about itself; true if it holds data. */
static bool take(struct spf_match *match, const struct dns_answer *answer) {
    enum spf_reason reason = SPF_REASON_NOT_EVALUATED;
    switch (spf_found(answer, &reason)) {
    case SPF_FOUND:
        match->found = SPF_FOUND_OTHER;
        return true;
    case SPF_FOUND_NOTHING:
        match->voided = true;
        return false;
    case SPF_FOUND_ERROR:
        fail_with(match, AUTH_TEMPERROR, reason);
        match->dnssec = dnssec_state_weaker(match->dnssec, answer->dnssec);
        return false;
    default:
        return false;
    }
}

static void matched(struct spf_match *match, const struct dns_answer *answer, bool anyone) {
    match->found = SPF_FOUND;
    match->anyone = anyone;
    match->dnssec = dnssec_state_weaker(match->dnssec, answer->dnssec);
}

/* Addresses of one host, of the client's family only (§5). */
static void match_host(struct spf_run *run, const char *name, const struct spf_directive *directive,
                       struct spf_match *match) {
    const struct dns_answer *answer = lookups_answer(run->lookups, name, spf_run_address_type(run));
    guint prefix = prefix_of(run, directive);
    if (!take(match, answer))
        return;
    for (guint i = 0; i < answer->n && match->found != SPF_FOUND; i++)
        if (same_network(run->question->ip.octets, (const uint8_t *)answer->records[i].p, prefix))
            matched(match, answer, is_wide(run, prefix));
}

/* "PREFERENCE NAME". */
static const char *mx_name(struct span record) {
    return record.p + MIN(span_find(record, ' ') + 1, record.n);
}

/* A match ends the search, and so does an error: which of them comes first must not depend on how
 * the answer was turned on its way here. */
static int by_preference(const void *a, const void *b) {
    const struct span *one = a, *other = b;
    guint64 x = g_ascii_strtoull(one->p, NULL, 10), y = g_ascii_strtoull(other->p, NULL, 10);
    return x == y ? g_ascii_strcasecmp(mx_name(*one), mx_name(*other)) : x < y ? -1 : 1;
}

/* §5.4, §4.6.4: more than 10 names are a permerror, whichever of them would match. */
static void match_mx(struct spf_run *run, const char *name, const struct spf_directive *directive,
                     struct spf_match *match) {
    const struct dns_answer *answer = lookups_answer(run->lookups, name, DNS_MX);
    if (!take(match, answer))
        return;
    if (answer->n > LIMIT_SPF_MX) {
        fail_with(match, AUTH_PERMERROR, SPF_REASON_MX);
        return;
    }
    match->dnssec = answer->dnssec;
    struct span hosts[LIMIT_SPF_MX];
    memcpy(hosts, answer->records, answer->n * sizeof *hosts);
    qsort(hosts, answer->n, sizeof *hosts, by_preference);
    for (guint i = 0; i < answer->n; i++)
        lookups_ask(run->lookups, mx_name(hosts[i]), spf_run_address_type(run));
    for (guint i = 0; i < answer->n; i++) {
        match_host(run, mx_name(hosts[i]), directive, match);
        if (match->found == SPF_FOUND || match->found == SPF_FOUND_ERROR)
            return;
    }
}

/* §5.7: the name is of the policy's making; where neither address nor name of the client goes into
 * it, it lets in anyone. */
static void match_exists(struct spf_run *run, const char *name,
                         const struct spf_directive *directive, struct spf_match *match) {
    const struct dns_answer *answer = lookups_answer(run->lookups, name, DNS_A);
    if (take(match, answer))
        matched(match, answer, !(directive->letters & (SPF_LETTER('i') | SPF_LETTER('p'))));
}

/* §5.6. An IPv4 client is never in an IPv6 network, mapped or not. */
static void match_network(const struct spf_run *run, const struct spf_directive *directive,
                          struct spf_match *match) {
    const struct ip *ip = &run->question->ip;
    guint prefix = prefix_of(run, directive);
    if (ip->size != directive->network.size ||
        !same_network(ip->octets, directive->network.octets, prefix))
        return;
    match->found = SPF_FOUND;
    match->anyone = is_wide(run, prefix);
}

static void match_ptr(struct spf_run *run, const char *name, struct spf_match *match) {
    match->found = spf_ptr_match(run, name, &match->dnssec, &match->reason);
    match->error = AUTH_TEMPERROR;
    match->voided = match->found == SPF_FOUND_NOTHING;
}

void spf_match(struct spf_run *run, const char *name, const struct spf_directive *directive,
               struct spf_match *match) {
    *match = (struct spf_match){.found = SPF_FOUND_OTHER, .dnssec = DNSSEC_SECURE};
    switch (directive->mechanism) {
    case SPF_A:
        match_host(run, name, directive, match);
        break;
    case SPF_MX:
        match_mx(run, name, directive, match);
        break;
    case SPF_PTR:
        match_ptr(run, name, match);
        break;
    case SPF_EXISTS:
        match_exists(run, name, directive, match);
        break;
    case SPF_IP4:
    case SPF_IP6:
        match_network(run, directive, match);
        break;
    default:
        g_assert_not_reached();
    }
}

void spf_match_ask(struct spf_run *run, const char *name, const struct spf_directive *directive) {
    switch (directive->mechanism) {
    case SPF_INCLUDE:
        lookups_ask(run->lookups, name, DNS_TXT);
        break;
    case SPF_A:
        lookups_ask(run->lookups, name, spf_run_address_type(run));
        break;
    case SPF_MX:
        lookups_ask(run->lookups, name, DNS_MX);
        break;
    case SPF_PTR:
        lookups_ask(run->lookups, spf_run_reverse(run), DNS_PTR);
        break;
    case SPF_EXISTS:
        lookups_ask(run->lookups, name, DNS_A);
        break;
    default:
        break;
    }
}
