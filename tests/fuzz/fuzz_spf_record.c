/* SPDX-License-Identifier: MIT
 *
 * SPF records: what is accepted lies within the text, and its domain-specs pass the macro grammar.
 */
#include "auth/spf_macro.h"
#include "auth/spf_record.h"
#include "base/limits.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_spec(struct span text, struct span spec) {
    if (!spec.p)
        return;
    g_assert(spec.p >= text.p && spec.p + spec.n <= text.p + text.n);
    g_assert(spf_macro_is_domain(spec, NULL));
}

static void check(struct span text, const struct spf_record *record) {
    g_assert(record->n <= LIMIT_SPF_RECORD / 2);
    check_spec(text, record->redirect);
    check_spec(text, record->exp);
    for (guint i = 0; i < record->n; i++) {
        const struct spf_directive *directive = &record->directives[i];
        g_assert(directive->mechanism > SPF_NOTHING && directive->mechanism < SPF_MECHANISM__MAX);
        g_assert(directive->prefix4 <= 32 && directive->prefix6 <= 128);
        g_assert(directive->text.n > 0 && span_find(directive->text, ' ') == directive->text.n);
        check_spec(text, directive->domain);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span text = span_make((const char *)data, size), terms;
    if (spf_record_select(&text, 1, SPF_SCOPE_PRA, &terms) != SPF_SELECTED_ONE)
        terms = text;
    struct spf_record record;
    if (spf_record_parse(terms, &record))
        check(terms, &record);
    spf_record_clear(&record);
    return 0;
}
