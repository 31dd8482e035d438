/* SPDX-License-Identifier: MIT */
#include "fcgi/json_brand.h"

#include "fcgi/brand_words.h"
#include "fcgi/json_emit.h"
#include "trust/brand.h"

static void emit_outside(GString *out, struct span key, const char *octets) {
    if (octets)
        json_emit_outside(out, key, octets);
    else
        json_emit_null(out, key);
}

static void emit_step(GString *out, const struct brand_step *step, const char *lang) {
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_text(out, JSON_KEY("step"), step->name);
    if (step->state == BRAND_STEP_UNKNOWN)
        json_emit_null(out, JSON_KEY("ok"));
    else
        json_emit_boolean(out, JSON_KEY("ok"), step->state == BRAND_STEP_OK);
    json_emit_text(out, JSON_KEY("code"), step->code);
    json_emit_text(out, JSON_KEY("title"), brand_words_title(step->name, lang));
    emit_outside(out, JSON_KEY("text"), brand_step_text(step, lang));
    json_emit_close(out, '}');
}

/* What is known of revocation, in one word. */
static const char *revocation_word(const struct markcert *markcert) {
    const struct markcert_check *check = &markcert->checks[MARKCERT_REVOCATION];
    if (check->state == MARKCERT_PASS)
        return "good";
    bool revoked = check->reason == MARKCERT_REVOKED || check->reason == MARKCERT_CA_REVOKED;
    return check->state == MARKCERT_FAIL && revoked ? "revoked" : "unknown";
}

static void emit_time(GString *out, struct span key, int64_t epoch) {
    if (epoch)
        json_emit_time(out, key, epoch);
    else
        json_emit_null(out, key);
}

static void emit_checks(GString *out, const struct markcert *markcert) {
    json_emit_open(out, JSON_KEY("checks"), '{');
    for (int i = 0; i < MARKCERT_CHECK__MAX; i++) {
        const struct markcert_check *check = &markcert->checks[i];
        json_emit_name(out, span_of(markcert_check_name((enum markcert_check_id)i)));
        json_emit_open(out, JSON_NAMED, '{');
        json_emit_text(out, JSON_KEY("result"), markcert_state_name(check->state));
        json_emit_text(out, JSON_KEY("reason"), markcert_reason_name(check->reason));
        json_emit_close(out, '}');
    }
    json_emit_close(out, '}');
}

void json_brand_certificate(GString *out, struct span key, const struct markcert *markcert) {
    json_emit_open(out, key, '{');
    json_emit_boolean(out, JSON_KEY("valid"), markcert->valid);
    json_emit_text(out, JSON_KEY("type"), markcert_type_name(markcert->type));
    json_emit_text(out, JSON_KEY("markType"), markcert_mark_name(markcert->mark));
    json_emit_text(out, JSON_KEY("reason"), markcert_reason_name(markcert->reason));
    json_emit_open(out, JSON_KEY("names"), '[');
    for (char **name = markcert->names; name && *name; name++)
        emit_outside(out, JSON_ITEM, *name);
    json_emit_close(out, ']');
    if (markcert->svg_sha256) {
        json_emit_open(out, JSON_KEY("logo"), '{');
        json_emit_text(out, JSON_KEY("sha256"), markcert->svg_sha256);
        json_emit_close(out, '}');
    } else {
        json_emit_null(out, JSON_KEY("logo"));
    }
    json_emit_text(out, JSON_KEY("revocation"), revocation_word(markcert));
    emit_outside(out, JSON_KEY("organization"), markcert->organization);
    emit_outside(out, JSON_KEY("issuer"), markcert->issuer);
    emit_outside(out, JSON_KEY("root"), markcert->root);
    emit_time(out, JSON_KEY("notBefore"), markcert->not_before);
    emit_time(out, JSON_KEY("notAfter"), markcert->not_after);
    json_emit_integer(out, JSON_KEY("scts"), markcert->scts);
    json_emit_text(out, JSON_KEY("sha256"), markcert->sha256);
    emit_checks(out, markcert);
    json_emit_close(out, '}');
}

static void emit_finding(GString *out, const struct svg_finding *finding, const char *lang) {
    g_autofree char *text = svg_finding_text(finding, lang);
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_integer(out, JSON_KEY("line"), finding->line);
    json_emit_text(out, JSON_KEY("rule"), svg_rule_code(finding->rule));
    emit_outside(out, JSON_KEY("element"), finding->element);
    json_emit_text(out, JSON_KEY("severity"),
                   svg_rule_is_warning(finding->rule) ? "warning" : "error");
    emit_outside(out, JSON_KEY("text"), text);
    json_emit_close(out, '}');
}

void json_brand_picture(GString *out, struct span key, const struct svg_report *picture,
                        const char *lang) {
    json_emit_open(out, key, '{');
    json_emit_boolean(out, JSON_KEY("valid"), picture->valid);
    json_emit_open(out, JSON_KEY("findings"), '[');
    for (guint i = 0; i < picture->findings->len; i++)
        emit_finding(out, picture->findings->pdata[i], lang);
    json_emit_close(out, ']');
    json_emit_close(out, '}');
}

/* The step that decided, in the reader's language; a code, which is in none, as it stands. */
static const char *detail_in(const struct brand_report *report, const char *lang) {
    for (guint i = 0; i < report->steps->len; i++) {
        const struct brand_step *step = report->steps->pdata[i];
        if (g_strcmp0(step->english, report->detail) == 0)
            return brand_step_text(step, lang);
    }
    return report->detail;
}

void json_brand_report(GString *out, const char *domain, const struct brand_report *report,
                       const char *lang) {
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_text(out, JSON_KEY("result"), bimi_result_name(report->result));
    json_emit_text(out, JSON_KEY("reason"), bimi_reason_name(report->reason));
    json_emit_text(out, JSON_KEY("text"), bimi_reason_text(report->reason, lang));
    emit_outside(out, JSON_KEY("detail"), detail_in(report, lang));
    json_emit_text(out, JSON_KEY("domain"), report->domain ? report->domain : domain);
    json_emit_text(out, JSON_KEY("organizationalDomain"), report->organizational_domain);
    json_emit_text(out, JSON_KEY("selector"), report->selector);
    json_emit_text(out, JSON_KEY("location"), report->location);
    json_emit_text(out, JSON_KEY("authority"), report->authority);
    json_emit_text(out, JSON_KEY("type"), brand_kind_name(report->kind));
    json_emit_text(out, JSON_KEY("avatarPreference"),
                   report->avatar == BIMI_AVATAR_PERSONAL ? "personal" : "brand");
    if (report->sha256 && report->result == BIMI_PASS) {
        json_emit_open(out, JSON_KEY("logo"), '{');
        json_emit_text(out, JSON_KEY("sha256"), report->sha256);
        json_emit_close(out, '}');
    } else {
        json_emit_null(out, JSON_KEY("logo"));
    }
    if (report->markcert)
        json_brand_certificate(out, JSON_KEY("certificate"), report->markcert);
    else
        json_emit_null(out, JSON_KEY("certificate"));
    if (report->picture)
        json_brand_picture(out, JSON_KEY("picture"), report->picture, lang);
    else
        json_emit_null(out, JSON_KEY("picture"));
    json_emit_open(out, JSON_KEY("steps"), '[');
    for (guint i = 0; i < report->steps->len; i++)
        emit_step(out, report->steps->pdata[i], lang);
    json_emit_close(out, ']');
    json_emit_close(out, '}');
}

/* --- beside a verdict ----------------------------------------------------------------------- */

void json_brand_logo(GString *out, struct span key, const struct evidence *evidence,
                     const struct verdict *verdict) {
    const struct evidence_bimi *bimi = &evidence->bimi;
    if (!brand_is_shown(evidence, verdict)) {
        json_emit_null(out, key);
        return;
    }
    g_autofree char *url = g_strdup_printf("/api/v1/logos/%s.png", bimi->sha256);
    json_emit_open(out, key, '{');
    json_emit_text(out, JSON_KEY("sha256"), bimi->sha256);
    json_emit_text(out, JSON_KEY("url"), url);
    json_emit_text(out, JSON_KEY("type"), brand_kind_name(bimi->kind));
    json_emit_text(out, JSON_KEY("markType"), bimi->mark_type);
    json_emit_text(out, JSON_KEY("certifiedFor"), bimi->certified_for);
    json_emit_text(out, JSON_KEY("certifiedBy"), bimi->certified_by);
    emit_time(out, JSON_KEY("notAfter"), bimi->expires);
    json_emit_close(out, '}');
}

void json_brand_evidence(GString *out, const struct evidence *evidence,
                         const struct verdict *verdict) {
    const struct evidence_bimi *bimi = &evidence->bimi;
    if (bimi->result == BIMI_NOT_EVALUATED)
        return;
    json_emit_open(out, JSON_KEY("bimi"), '{');
    json_emit_text(out, JSON_KEY("result"), bimi_result_name(bimi->result));
    json_emit_text(out, JSON_KEY("selector"), bimi->selector);
    json_emit_text(out, JSON_KEY("domain"), bimi->domain);
    json_emit_text(out, JSON_KEY("location"), bimi->location);
    json_emit_text(out, JSON_KEY("authority"), bimi->authority);
    json_emit_text(out, JSON_KEY("type"), brand_kind_name(bimi->kind));
    json_emit_text(out, JSON_KEY("markType"), bimi->mark_type);
    json_brand_logo(out, JSON_KEY("logo"), evidence, verdict);
    json_emit_text(out, JSON_KEY("reason"), bimi_reason_name(bimi->reason));
    json_emit_text(out, JSON_KEY("detail"), bimi->detail);
    emit_time(out, JSON_KEY("checkedAt"), bimi->checked_at);
    json_emit_close(out, '}');
}
