/* SPDX-License-Identifier: MIT
 *
 * verdict → JSON. */
#include "fcgi/json_verdict.h"

#include "fcgi/json_text.h"

json_t *json_reason(const struct reason *reason, enum reason_language language) {
    json_t *params = json_object();
    for (guint i = 0; i < REASON_PARAMETERS_MAX && reason->values[i]; i++) {
        struct span name = reason_parameter(reason->code, i);
        json_object_setn_new_nocheck(params, name.p, name.n, json_text(reason->values[i]));
    }
    json_t *json = json_object();
    json_put(json, "code", json_text(reason_code_name(reason->code)));
    json_put(json, "severity", json_text(reason_severity_name(reason->severity)));
    json_put(json, "params", params);
    if (language < LANGUAGE__MAX) {
        g_autofree char *text = reason_text(reason, language);
        json_put(json, "text", json_text(text));
    }
    return json;
}

static json_t *limits_of(const struct verdict *verdict) {
    json_t *limits = json_array();
    for (guint i = 0; i < verdict->reasons.n; i++) {
        enum reason_code code = verdict->reasons.items[i].code;
        if (reason_kind(code) == KIND_LIMIT)
            json_array_append_new(limits, json_text(reason_code_name(code)));
    }
    return limits;
}

static json_t *via_of(uint32_t via) {
    static const struct {
        enum verdict_via bit;
        const char *word;
    } words[] = {
        {VIA_DKIM, "dkim"}, {VIA_SPF, "spf"}, {VIA_DMARC, "dmarc"}, {VIA_SUBMISSION, "auth"}};
    json_t *json = json_array();
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (via & words[i].bit)
            json_array_append_new(json, json_text(words[i].word));
    return json;
}

static json_t *identity_of(const struct verdict *verdict) {
    if (!verdict->identity)
        return json_null();
    json_t *json = json_object();
    json_put(json, "kind", json_text(verdict_strength_name(verdict->strength)));
    json_put(json, "name", json_text(verdict->identity));
    json_put(json, "via", via_of(verdict->via));
    return json;
}

json_t *json_verdict(const struct verdict *verdict, enum reason_language language) {
    g_autofree char *text = verdict_text(verdict, language);
    json_t *json = json_object();
    json_put(json, "level", json_text(verdict_level_name(verdict->level)));
    json_put(json, "author", json_text(verdict_author_name(verdict->author)));
    json_put(json, "strength", json_text(verdict_strength_name(verdict->strength)));
    json_put(json, "limits", limits_of(verdict));
    json_put(json, "source", json_text(verdict_source_name(verdict->source)));
    json_put(json, "checkedAt", json_time(verdict->checked_at));
    json_put(json, "complete", json_boolean(verdict->complete));
    json_put(json, "address", json_text(verdict->address));
    json_put(json, "domain", json_text(verdict->domain));
    json_put(json, "organizationalDomain", json_text(verdict->organizational_domain));
    json_put(json, "displayName", json_text(verdict->display_name));
    json_put(json, "identity", identity_of(verdict));
    json_put(json, "text", json_text(text));
    json_t *reasons = json_array();
    for (guint i = 0; i < verdict->reasons.n; i++)
        json_array_append_new(reasons, json_reason(&verdict->reasons.items[i], language));
    json_put(json, "reasons", reasons);
    return json;
}
