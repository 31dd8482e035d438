/* SPDX-License-Identifier: MIT
 *
 * Reasons: stable codes with parameters, and the sentences that say them in English and Japanese.
 * reasons.def is the only table; this file turns it into enums and reads it. Parameters are text
 * from outside: they are made display text when a sentence is rendered, never before. */
#ifndef INKAN_TRUST_REASONS_H
#define INKAN_TRUST_REASONS_H

#include "base/span.h"

#define REASON_PARAMETERS_MAX 3

enum reason_code {
    REASON_NOT_EVALUATED = 0,
#define REASON(id, code, kind, severity, parameters, en, ja) REASON_##id,
#include "trust/reasons.def"
    REASON__MAX
};

enum reason_kind {
    KIND_PROOF = 1, /* what the author rests on, or why there is nothing to rest on */
    KIND_LIMIT,     /* a stated limit: why it is not more */
    KIND_CAUTION    /* a fact worth a glance whatever the author is */
};

enum reason_severity { SEVERITY_INFO = 1, SEVERITY_DANGER };

enum reason_language { LANGUAGE_EN = 0, LANGUAGE_JA, LANGUAGE__MAX };

/* One reason. Values of its parameters in the order of the table; unused ones are
 * NULL. Strings are owned. */
struct reason {
    enum reason_code code;
    enum reason_severity severity; /* the table's, unless something explains the fact away */
    char *values[REASON_PARAMETERS_MAX];
};

struct reason_list {
    struct reason *items;
    guint n;
};

/* Appends a reason that is not there yet, with the table's severity. The values of its parameters
 * are copied, at most LIMIT_REASON_TEXT octets each; NULL (the array, or one of them) becomes "".
 * The returned reason is borrowed until the next call and may be given another severity. */
struct reason *reason_add(struct reason_list *list, enum reason_code code,
                          const char *const values[REASON_PARAMETERS_MAX]);
const struct reason *reason_find(const struct reason_list *list, enum reason_code code);
void reason_list_clear(struct reason_list *list);

/* The stable word ("changed-after-signing"); never NULL for a code of the table. */
const char *reason_code_name(enum reason_code code);
/* The code of a word, or REASON_NOT_EVALUATED. */
enum reason_code reason_code_find(const char *name);
enum reason_kind reason_kind(enum reason_code code);
enum reason_severity reason_severity(enum reason_code code);
/* "info", "danger". */
const char *reason_severity_name(enum reason_severity severity);
/* Names of the parameters, separated by spaces: as in the table, and one by one (an empty span past
 * the last). */
const char *reason_parameters(enum reason_code code);
struct span reason_parameter(enum reason_code code, guint index);

/* The sentence with its parameters inserted as display text. The caller frees; UTF-8, one line. */
char *reason_text(const struct reason *reason, enum reason_language language);
/* The table's sentence with its {placeholders}, for the OpenAPI document and tests. */
const char *reason_template(enum reason_code code, enum reason_language language);

/* Fills each {name} of `template` with the value at the same place as the name in `parameters`
 * (separated by spaces); values become display text first. A {name} that is no parameter stays as
 * it is. The caller frees. */
char *reason_fill(const char *template, const char *parameters, const char *const *values);

/* "en" or "ja" from a tag such as "ja-JP" or "en_GB"; false for any other language. */
bool reason_language_parse(const char *tag, enum reason_language *language);

#endif
