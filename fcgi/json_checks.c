/* SPDX-License-Identifier: MIT */
#include "fcgi/json_checks.h"

#include "fcgi/json_text.h"

#include <jansson.h>

static json_t *check_json(int64_t at, enum verdict_author author, enum verdict_level level) {
    return json_pack("{s:o, s:o, s:o}", "checkedAt", json_time(at), "author",
                     json_text(verdict_author_name(author)), "level",
                     json_text(verdict_level_name(level)));
}

struct json_t *json_checks(const struct record *record, const struct judge_later *later) {
    const struct record_first *first = &record->first;
    json_t *said = first->checked_at ? check_json(first->checked_at, first->author, first->level)
                                     : json_null();
    return json_pack(
        "{s:o, s:o, s:I, s:o}", "first", said, "inputs", json_text(record->facts.inputs),
        "policyRevision", (json_int_t)record->facts.policy_revision, "later",
        later ? check_json(later->checked_at, later->author, later->level) : json_null());
}
