/* SPDX-License-Identifier: MIT
 *
 * What makes a certificate a mark certificate: draft-fetch-validation-vmc-wchuang §4 and §5, and
 * the Mark Certificate Requirements (MCR) §7.1. The subject's common name is never read as a
 * domain. */
#include "brand/markcert_parts.h"

#include "base/limits.h"
#include "mail/display.h"

#include <openssl/ct.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static const char brand_purpose[] = "1.3.6.1.5.5.7.3.31"; /* id-kp-BrandIndicatorfor… */
static const char mark_policy[] = "1.3.6.1.4.1.53087.1.1";
static const char mark_type[] = "1.3.6.1.4.1.53087.1.13";

static bool is_oid(const ASN1_OBJECT *object, const char *oid) {
    char text[80];
    int n = OBJ_obj2txt(text, sizeof text, object, 1);
    return n > 0 && (size_t)n < sizeof text && g_str_equal(text, oid);
}

/* --- purpose: draft §4.4, MCR §7.1.2: this one and no other, on the issuers too ------------- */

static enum markcert_reason judge_purpose(X509 *certificate) {
    EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
    enum markcert_reason reason = MARKCERT_WRONG_PURPOSE;
    if (!usage)
        reason = MARKCERT_NO_PURPOSE;
    else if (sk_ASN1_OBJECT_num(usage) == 1 &&
             is_oid(sk_ASN1_OBJECT_value(usage, 0), brand_purpose))
        reason = MARKCERT_NO_REASON;
    EXTENDED_KEY_USAGE_free(usage);
    return reason;
}

static void check_purpose(const struct markcert_chain *chain, struct markcert *markcert) {
    int n = sk_X509_num(chain->path);
    enum markcert_reason reason = judge_purpose(sk_X509_value(chain->path, 0));
    for (int i = 1; i < n && !reason; i++) {
        X509 *issuer = sk_X509_value(chain->path, i);
        /* a root, trusted or not, has none (MCR §7.1.2) */
        bool is_root = i == n - 1 && (X509_get_extension_flags(issuer) & EXFLAG_SS);
        if (!is_root && judge_purpose(issuer))
            reason = MARKCERT_CA_PURPOSE;
    }
    markcert_set(markcert, MARKCERT_PURPOSE, reason ? MARKCERT_FAIL : MARKCERT_PASS, reason);
}

/* --- policy: MCR §7.1.6 --------------------------------------------------------------------- */

static void check_policy(const struct markcert_chain *chain, struct markcert *markcert) {
    CERTIFICATEPOLICIES *policies =
        X509_get_ext_d2i(sk_X509_value(chain->path, 0), NID_certificate_policies, NULL, NULL);
    bool found = false;
    for (int i = 0; i < sk_POLICYINFO_num(policies); i++)
        found = found || is_oid(sk_POLICYINFO_value(policies, i)->policyid, mark_policy);
    CERTIFICATEPOLICIES_free(policies);
    if (found)
        markcert_set(markcert, MARKCERT_POLICY, MARKCERT_PASS, MARKCERT_NO_REASON);
    else
        markcert_set_absent(markcert, chain, MARKCERT_POLICY, MARKCERT_NO_POLICY);
}

/* --- names: draft §5.2 ------------------------------------------------------------------------ */

static char *escape(struct span name) {
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < name.n && out->len < 4 * LIMIT_DOMAIN; i++)
        if (g_ascii_isgraph(name.p[i]) && name.p[i] != '\\')
            g_string_append_c(out, name.p[i]);
        else
            g_string_append_printf(out, "\\x%02x", (unsigned char)name.p[i]);
    return g_string_free(out, FALSE);
}

/* domain-set and selector-set of the draft at once: each name is compared whole, octet by octet, so
 * that a wildcard, a NUL, a U-label or a root dot equals nothing. */
struct wanted {
    char *names[4]; /* domain, its selector's; organizational domain, its selector's */
    size_t n;
};

static struct wanted wanted_names(const struct markcert_question *question) {
    struct wanted wanted = {{NULL}, 0};
    const char *const domains[] = {question->domain, question->organizational};
    const char *selector = question->selector ? question->selector : "default";
    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++)
        if (domains[i]) {
            wanted.names[wanted.n++] = g_strdup(domains[i]);
            wanted.names[wanted.n++] = g_strdup_printf("%s._bimi.%s", selector, domains[i]);
        }
    return wanted;
}

static bool is_wanted(const struct wanted *wanted, struct span name) {
    for (size_t i = 0; i < wanted->n; i++)
        if (span_eq_nocase(name, span_of(wanted->names[i])))
            return true;
    return false;
}

/* "LABEL._bimi.DOMAIN" of a wanted domain. */
static bool is_other_selector(const struct wanted *wanted, struct span name) {
    struct span rest = span_from(name, span_find(name, '.') + 1);
    const struct span bimi = SPAN_LIT("_bimi.");
    for (size_t i = 0; i < wanted->n; i++)
        if (span_starts_nocase(rest, bimi) &&
            span_eq_nocase(span_from(rest, bimi.n), span_of(wanted->names[i])))
            return true;
    return false;
}

static enum markcert_reason judge_names(const GENERAL_NAMES *names, const struct wanted *wanted,
                                        GPtrArray *told) {
    enum markcert_reason reason = MARKCERT_NO_NAME;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *general = sk_GENERAL_NAME_value(names, i);
        if (general->type != GEN_DNS)
            continue;
        struct span name = span_make((const char *)ASN1_STRING_get0_data(general->d.dNSName),
                                     (size_t)ASN1_STRING_length(general->d.dNSName));
        if (told->len < LIMIT_MARKCERT_NAMES)
            g_ptr_array_add(told, escape(name));
        if (reason == MARKCERT_NO_REASON || is_wanted(wanted, name))
            reason = MARKCERT_NO_REASON;
        else if (reason == MARKCERT_OTHER_SELECTOR || is_other_selector(wanted, name))
            reason = MARKCERT_OTHER_SELECTOR;
        else
            reason = MARKCERT_OTHER_NAME;
    }
    return reason;
}

static void check_names(const struct markcert_question *question, X509 *certificate,
                        struct markcert *markcert) {
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    struct wanted wanted = wanted_names(question);
    GPtrArray *told = g_ptr_array_new();
    enum markcert_reason reason = judge_names(names, &wanted, told);
    markcert_set(markcert, MARKCERT_NAMES, reason ? MARKCERT_FAIL : MARKCERT_PASS, reason);
    g_ptr_array_add(told, NULL);
    markcert->names = (char **)g_ptr_array_free(told, FALSE);
    for (size_t i = 0; i < wanted.n; i++)
        g_free(wanted.names[i]);
    GENERAL_NAMES_free(names);
}

/* --- subject and issuer ----------------------------------------------------------------------- */

static char *entry_utf8(const X509_NAME_ENTRY *entry) {
    unsigned char *utf8 = NULL;
    int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    char *text = n < 0 ? NULL : span_dup(span_make((const char *)utf8, (size_t)n));
    bool whole = text && strlen(text) == (size_t)n; /* a NUL would cut it */
    OPENSSL_free(utf8);
    if (whole)
        return text;
    g_free(text);
    return NULL;
}

char *markcert_name_text(const X509 *certificate, bool issuer, int attribute) {
    const X509_NAME *name =
        issuer ? X509_get_issuer_name(certificate) : X509_get_subject_name(certificate);
    int at = X509_NAME_get_index_by_NID(name, attribute, -1);
    if (at < 0)
        return NULL;
    g_autofree char *text = entry_utf8(X509_NAME_get_entry(name, at));
    return text && *text ? display_text(span_of(text), NULL) : NULL;
}

static char *issuer_text(const X509 *certificate) {
    g_autofree char *organization = markcert_name_text(certificate, true, NID_organizationName);
    g_autofree char *common = markcert_name_text(certificate, true, NID_commonName);
    if (organization && common)
        return g_strdup_printf("%s, %s", organization, common);
    return g_strdup(organization ? organization : common);
}

/* subject:markType, MCR §7.1.4.2.2: exactly one, spelled exactly so. */
static void check_mark_type(const X509 *certificate, struct markcert *markcert) {
    const X509_NAME *subject = X509_get_subject_name(certificate);
    guint found = 0;
    for (int i = 0; i < X509_NAME_entry_count(subject); i++) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, i);
        if (!is_oid(X509_NAME_ENTRY_get_object(entry), mark_type))
            continue;
        g_autofree char *text = entry_utf8(entry);
        found++;
        for (enum markcert_mark mark = MARKCERT_REGISTERED_MARK;
             text && mark <= MARKCERT_MODIFIED_REGISTERED_MARK; mark++)
            if (g_str_equal(text, markcert_mark_name(mark)))
                markcert->mark = mark;
    }
    if (found != 1)
        markcert->mark = MARKCERT_MARK_UNKNOWN;
    if (markcert->mark)
        markcert->type = markcert->mark <= MARKCERT_GOVERNMENT_MARK ? MARKCERT_VMC : MARKCERT_CMC;
    markcert_set(markcert, MARKCERT_MARK_TYPE, markcert->mark ? MARKCERT_PASS : MARKCERT_FAIL,
                 markcert->mark ? MARKCERT_NO_REASON
                 : found        ? MARKCERT_UNKNOWN_MARK_TYPE
                                : MARKCERT_NO_MARK_TYPE);
}

/* --- transparency: draft §4.6, RFC 6962 §3.3 -------------------------------------------------- */

static void check_transparency(const struct markcert_chain *chain, struct markcert *markcert) {
    int presence;
    STACK_OF(SCT) *list =
        X509_get_ext_d2i(sk_X509_value(chain->path, 0), NID_ct_precert_scts, &presence, NULL);
    for (int i = 0; i < sk_SCT_num(list); i++) /* of a version to come nothing is known */
        markcert->scts += SCT_get_version(sk_SCT_value(list, i)) == SCT_VERSION_V1;
    SCT_LIST_free(list);
    if (markcert->scts)
        markcert_set(markcert, MARKCERT_TRANSPARENCY, MARKCERT_NOT_VERIFIED,
                     MARKCERT_SCT_NO_LOG_KEY);
    else if (list || presence != -1)
        markcert_set(markcert, MARKCERT_TRANSPARENCY, MARKCERT_FAIL, MARKCERT_SCT_SYNTAX);
    else
        markcert_set_absent(markcert, chain, MARKCERT_TRANSPARENCY, MARKCERT_NO_SCT);
}

void markcert_profile_check(const struct markcert_question *question,
                            const struct markcert_chain *chain, struct markcert *markcert) {
    X509 *certificate = sk_X509_value(chain->path, 0);
    markcert->organization = markcert_name_text(certificate, false, NID_organizationName);
    markcert->issuer = issuer_text(certificate);
    check_purpose(chain, markcert);
    check_policy(chain, markcert);
    check_names(question, certificate, markcert);
    check_mark_type(certificate, markcert);
    check_transparency(chain, markcert);
    ERR_clear_error();
}
