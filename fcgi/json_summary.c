/* SPDX-License-Identifier: MIT
 *
 * Writes, decides nothing. */
#include "fcgi/json_summary.h"

#include "fcgi/json_text.h"

#include <jansson.h>

enum reason_language json_language(const char *lang) {
    enum reason_language language = LANGUAGE_EN;
    reason_language_parse(lang, &language);
    return language;
}

struct json_t *json_summary(const struct record *record, enum reason_language language) {
    const struct verdict *verdict = record ? record->verdict : NULL;
    g_autofree char *text = verdict ? verdict_text(verdict, language)
                                    : g_strdup(reason_template(REASON_PENDING, language));
    const char *level = verdict_level_name(verdict ? verdict->level : LEVEL_UNCHECKED);
    const char *author = verdict_author_name(verdict ? verdict->author : VERDICT_UNCHECKED);
    return json_pack("{s:s, s:s, s:o, s:o, s:n}", "level", level, "author", author, "domain",
                     json_text(verdict ? verdict->domain : NULL), "text", json_text(text), "logo");
}
