/* SPDX-License-Identifier: MIT
 *
 * verdict → JSON. */
#include "fcgi/json_verdict.h"

#include "fcgi/json_emit.h"

void json_reason_emit(GString *out, const struct reason *reason, enum reason_language language) {
    json_emit_open(out, NULL, '{');
    json_emit_text(out, "code", reason_code_name(reason->code));
    json_emit_text(out, "severity", reason_severity_name(reason->severity));
    json_emit_open(out, "params", '{');
    for (guint i = 0; i < REASON_PARAMETERS_MAX && reason->values[i]; i++)
        json_emit_text_at(out, reason_parameter(reason->code, i), reason->values[i]);
    json_emit_close(out, '}');
    if (language < LANGUAGE__MAX) {
        g_autofree char *text = reason_text(reason, language);
        json_emit_text(out, "text", text);
    }
    json_emit_close(out, '}');
}

static void emit_limits(GString *out, const struct verdict *verdict) {
    json_emit_open(out, "limits", '[');
    for (guint i = 0; i < verdict->reasons.n; i++) {
        enum reason_code code = verdict->reasons.items[i].code;
        if (reason_kind(code) == KIND_LIMIT)
            json_emit_text(out, NULL, reason_code_name(code));
    }
    json_emit_close(out, ']');
}

static void emit_via(GString *out, uint32_t via) {
    static const struct {
        enum verdict_via bit;
        const char *word;
    } words[] = {{VIA_DKIM, "dkim"},       {VIA_SPF, "spf"},     {VIA_DMARC, "dmarc"},
                 {VIA_SUBMISSION, "auth"}, {VIA_SMIME, "smime"}, {VIA_OPENPGP, "openpgp"}};
    json_emit_open(out, "via", '[');
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (via & words[i].bit)
            json_emit_text(out, NULL, words[i].word);
    json_emit_close(out, ']');
}

static void emit_identity(GString *out, const struct verdict *verdict) {
    if (!verdict->identity) {
        json_emit_null(out, "identity");
        return;
    }
    json_emit_open(out, "identity", '{');
    json_emit_text(out, "kind", verdict_strength_name(verdict->strength));
    json_emit_text(out, "name", verdict->identity);
    emit_via(out, verdict->via);
    json_emit_close(out, '}');
}

void json_verdict_emit(GString *out, const char *key, const struct verdict *verdict,
                       enum reason_language language) {
    g_autofree char *text = verdict_text(verdict, language);
    json_emit_open(out, key, '{');
    json_emit_text(out, "level", verdict_level_name(verdict->level));
    json_emit_text(out, "author", verdict_author_name(verdict->author));
    json_emit_text(out, "strength", verdict_strength_name(verdict->strength));
    emit_limits(out, verdict);
    json_emit_text(out, "source", verdict_source_name(verdict->source));
    json_emit_time(out, "checkedAt", verdict->checked_at);
    json_emit_boolean(out, "complete", verdict->complete);
    json_emit_text(out, "address", verdict->address);
    json_emit_text(out, "domain", verdict->domain);
    json_emit_text(out, "organizationalDomain", verdict->organizational_domain);
    json_emit_text(out, "displayName", verdict->display_name);
    emit_identity(out, verdict);
    json_emit_text(out, "text", text);
    json_emit_open(out, "reasons", '[');
    for (guint i = 0; i < verdict->reasons.n; i++)
        json_reason_emit(out, &verdict->reasons.items[i], language);
    json_emit_close(out, ']');
    json_emit_close(out, '}');
}

json_t *json_verdict(const struct verdict *verdict, enum reason_language language) {
    GString *out = g_string_new(NULL);
    json_verdict_emit(out, NULL, verdict, language);
    return json_emit_tree(out);
}
