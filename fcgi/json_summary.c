/* SPDX-License-Identifier: MIT
 *
 * Writes, decides nothing. */
#include "fcgi/json_summary.h"

#include "fcgi/json_brand.h"
#include "fcgi/json_emit.h"
#include "fcgi/json_text.h"
#include "trust/brand.h"

#include <jansson.h>

enum reason_language json_language(const char *lang) {
    enum reason_language language = LANGUAGE_EN;
    reason_language_parse(lang, &language);
    return language;
}

static json_t *logo_of(const struct record *record) {
    if (!record || !brand_is_shown(record->evidence, record->verdict))
        return json_null();
    GString *out = g_string_new(NULL);
    json_brand_logo(out, JSON_ITEM, record->evidence, record->verdict);
    return json_emit_tree(out);
}

struct json_t *json_summary(const struct record *record, enum reason_language language) {
    static const struct verdict unchecked = {.author = VERDICT_UNCHECKED, .level = LEVEL_UNCHECKED};
    const struct verdict *verdict = record ? record->verdict : &unchecked;
    g_autofree char *text = verdict_text(verdict, language);
    bool pending = record && record->evidence->bimi.pending;
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:b}", "level", verdict_level_name(verdict->level),
                     "author", verdict_author_name(verdict->author), "domain",
                     json_text(verdict->domain), "text", json_text(text), "logo", logo_of(record),
                     "logoPending", pending);
}
