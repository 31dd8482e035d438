/* SPDX-License-Identifier: MIT
 *
 * verdict → JSON. */
#include "fcgi/json_verdict.h"

#include "fcgi/json_emit.h"

void json_reason_emit(GString *out, const struct reason *reason, enum reason_language language) {
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_text(out, JSON_KEY("code"), reason_code_name(reason->code));
    json_emit_text(out, JSON_KEY("severity"), reason_severity_name(reason->severity));
    json_emit_open(out, JSON_KEY("params"), '{');
    for (guint i = 0; i < REASON_PARAMETERS_MAX && reason->values[i]; i++) {
        json_emit_name(out, reason_parameter(reason->code, i));
        json_emit_text(out, JSON_NAMED, reason->values[i]);
    }
    json_emit_close(out, '}');
    if (language < LANGUAGE__MAX) {
        g_autofree char *text = reason_text(reason, language);
        json_emit_text(out, JSON_KEY("text"), text);
    }
    json_emit_close(out, '}');
}

static void emit_limits(GString *out, const struct verdict *verdict) {
    json_emit_open(out, JSON_KEY("limits"), '[');
    for (guint i = 0; i < verdict->reasons.n; i++) {
        enum reason_code code = verdict->reasons.items[i].code;
        if (reason_kind(code) == KIND_LIMIT)
            json_emit_text(out, JSON_ITEM, reason_code_name(code));
    }
    json_emit_close(out, ']');
}

static void emit_via(GString *out, uint32_t via) {
    static const struct {
        enum verdict_via bit;
        const char *word;
    } words[] = {{VIA_DKIM, "dkim"},       {VIA_SPF, "spf"},     {VIA_DMARC, "dmarc"},
                 {VIA_SUBMISSION, "auth"}, {VIA_SMIME, "smime"}, {VIA_OPENPGP, "openpgp"}};
    json_emit_open(out, JSON_KEY("via"), '[');
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (via & words[i].bit)
            json_emit_text(out, JSON_ITEM, words[i].word);
    json_emit_close(out, ']');
}

static void emit_identity(GString *out, const struct verdict *verdict) {
    if (!verdict->identity) {
        json_emit_null(out, JSON_KEY("identity"));
        return;
    }
    json_emit_open(out, JSON_KEY("identity"), '{');
    json_emit_text(out, JSON_KEY("kind"), verdict_strength_name(verdict->strength));
    json_emit_text(out, JSON_KEY("name"), verdict->identity);
    emit_via(out, verdict->via);
    json_emit_close(out, '}');
}

void json_verdict_emit(GString *out, struct span key, const struct verdict *verdict,
                       enum reason_language language) {
    g_autofree char *text = verdict_text(verdict, language);
    json_emit_open(out, key, '{');
    json_emit_text(out, JSON_KEY("level"), verdict_level_name(verdict->level));
    json_emit_text(out, JSON_KEY("author"), verdict_author_name(verdict->author));
    json_emit_text(out, JSON_KEY("strength"), verdict_strength_name(verdict->strength));
    emit_limits(out, verdict);
    json_emit_text(out, JSON_KEY("source"), verdict_source_name(verdict->source));
    json_emit_time(out, JSON_KEY("checkedAt"), verdict->checked_at);
    json_emit_boolean(out, JSON_KEY("complete"), verdict->complete);
    json_emit_text(out, JSON_KEY("address"), verdict->address);
    json_emit_text(out, JSON_KEY("domain"), verdict->domain);
    json_emit_text(out, JSON_KEY("organizationalDomain"), verdict->organizational_domain);
    json_emit_text(out, JSON_KEY("displayName"), verdict->display_name);
    emit_identity(out, verdict);
    json_emit_text(out, JSON_KEY("text"), text);
    json_emit_open(out, JSON_KEY("reasons"), '[');
    for (guint i = 0; i < verdict->reasons.n; i++)
        json_reason_emit(out, &verdict->reasons.items[i], language);
    json_emit_close(out, ']');
    json_emit_close(out, '}');
}

json_t *json_verdict(const struct verdict *verdict, enum reason_language language) {
    GString *out = g_string_new(NULL);
    json_verdict_emit(out, JSON_ITEM, verdict, language);
    return json_emit_tree(out);
}
