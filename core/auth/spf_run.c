/* SPDX-License-Identifier: MIT
 *
 * auth/spf_run.h: what macro letters stand for (RFC 7208 §7.2, §7.3). */
#include "auth/spf_run.h"

#include "auth/spf_macro.h"
#include "auth/spf_ptr.h"

/* "i": dotted quad, or the 32 nibbles of an IPv6 address. */
static char *dotted(const struct ip *ip) {
    if (ip->size == 4)
        return ip_format(ip);
    GString *text = g_string_sized_new(64);
    for (guint i = 0; i < ip->size; i++)
        g_string_append_printf(text, "%s%X.%X", i ? "." : "", ip->octets[i] >> 4,
                               ip->octets[i] & 15u);
    return g_string_free(text, FALSE);
}

void spf_run_init(struct spf_run *run, struct lookups *lookups,
                  const struct spf_question *question) {
    *run = (struct spf_run){.lookups = lookups, .question = question, .local_is_ascii = true};
    for (const char *p = question->local; *p; p++)
        run->local_is_ascii = run->local_is_ascii && (guchar)*p < 0x80;
}

static void prepare(struct spf_run *run) {
    const struct spf_question *question = run->question;
    if (run->sender)
        return;
    run->sender = g_strconcat(question->local, "@", question->sender_domain, NULL);
    run->client = ip_format(&question->ip);
    run->dotted = dotted(&question->ip);
    run->now = g_strdup_printf("%" G_GINT64_FORMAT, question->now);
}

const char *spf_run_reverse(struct spf_run *run) {
    if (!run->reverse)
        run->reverse = spf_ptr_name(&run->question->ip);
    return run->reverse;
}

void spf_run_clear(struct spf_run *run) {
    g_free(run->sender);
    g_free(run->client);
    g_free(run->dotted);
    g_free(run->reverse);
    g_free(run->now);
}

enum spf_found spf_found(const struct dns_answer *answer, enum spf_reason *reason) {
    switch (answer->status) {
    case DNS_DATA:
        return SPF_FOUND;
    case DNS_NODATA:
    case DNS_NXDOMAIN:
        return SPF_FOUND_NOTHING;
    case DNS_BAD_NAME:
        return SPF_FOUND_OTHER;
    case DNS_BOGUS:
        *reason = SPF_REASON_BOGUS;
        return SPF_FOUND_ERROR;
    case DNS_OVER_BUDGET:
        *reason = SPF_REASON_OVER_BUDGET;
        return SPF_FOUND_ERROR;
    default:
        *reason = SPF_REASON_DNS;
        return SPF_FOUND_ERROR;
    }
}

enum dns_type spf_run_address_type(const struct spf_run *run) {
    return run->question->ip.size == 4 ? DNS_A : DNS_AAAA;
}

static void set(struct spf_values *values, char letter, const char *text) {
    values->of[letter - 'a'] = span_of(text);
}

/* "p" is looked up only where it occurs; the caller frees it. */
static char *client_name(struct spf_run *run, const char *domain, uint32_t letters) {
    char *name = letters & SPF_LETTER('p') ? spf_ptr_find(run, domain) : NULL;
    return name ? name : letters ? g_strdup("unknown") : NULL;
}

static void fill(struct spf_run *run, const char *domain, const char *name, uint32_t letters,
                 struct spf_values *values) {
    const struct spf_question *question = run->question;
    *values = (struct spf_values){.of = {SPAN_NULL}};
    if (!letters)
        return;
    run->of_this_sender |= (letters & (SPF_LETTER('s') | SPF_LETTER('l'))) != 0;
    prepare(run);
    set(values, 's', run->sender);
    set(values, 'l', question->local);
    set(values, 'o', question->sender_domain);
    set(values, 'd', domain);
    set(values, 'i', run->dotted);
    set(values, 'p', name);
    set(values, 'v', question->ip.size == 4 ? "in-addr" : "ip6");
    set(values, 'h', question->helo);
    set(values, 'c', run->client);
    set(values, 'r', "unknown");
    set(values, 't', run->now);
}

bool spf_run_expand(struct spf_run *run, const char *domain, struct span spec, uint32_t letters,
                    GString *name) {
    struct spf_values values;
    if (!run->local_is_ascii && (letters & (SPF_LETTER('s') | SPF_LETTER('l')))) {
        run->of_this_sender = true;
        return false;
    }
    g_autofree char *client = client_name(run, domain, letters);
    fill(run, domain, client, letters, &values);
    g_string_truncate(name, 0);
    spf_macro_expand_name(spec, &values, name);
    return true;
}

bool spf_run_explain(struct spf_run *run, const char *domain, struct span text, uint32_t letters,
                     GString *out) {
    struct spf_values values;
    g_autofree char *client = client_name(run, domain, letters);
    fill(run, domain, client, letters, &values);
    return spf_macro_expand_explanation(text, &values, out);
}
