/* SPDX-License-Identifier: MIT
 *
 * The words of brand/markcert, for JSON, the command and the page's reasons. */
#include "brand/markcert.h"

#include <string.h>

struct words {
    const char *code, *english, *japanese;
};

static const struct words checks[MARKCERT_CHECK__MAX] = {
#define MARKCERT_CHECK(name, code, en, ja) [MARKCERT_##name] = {code, en, ja},
#include "brand/markcert_words.def"
};

static const struct words reasons[MARKCERT_REASON__MAX] = {
#define MARKCERT_REASON(name, code, en, ja) [MARKCERT_##name] = {code, en, ja},
#include "brand/markcert_words.def"
};

static const char *sentence(const struct words *words, const char *lang) {
    return strcmp(lang, "ja") == 0 ? words->japanese : words->english;
}

const char *markcert_reason_name(enum markcert_reason reason) {
    return reason < MARKCERT_REASON__MAX ? reasons[reason].code : NULL;
}

const char *markcert_check_name(enum markcert_check_id check) {
    return check < MARKCERT_CHECK__MAX ? checks[check].code : NULL;
}

const char *markcert_check_text(enum markcert_check_id id, const struct markcert_check *check,
                                const char *lang) {
    static const struct words unknown = {NULL, "Not checked", "未確認です"};
    if (check->state == MARKCERT_PASS)
        return sentence(&checks[id], lang);
    return sentence(check->reason ? &reasons[check->reason] : &unknown, lang);
}

const char *markcert_state_name(enum markcert_state state) {
    static const char *const names[] = {[MARKCERT_NOT_EVALUATED] = "not-evaluated",
                                        [MARKCERT_PASS] = "pass",
                                        [MARKCERT_FAIL] = "fail",
                                        [MARKCERT_NOT_VERIFIED] = "not-verified",
                                        [MARKCERT_ABSENT] = "absent"};
    return state < G_N_ELEMENTS(names) ? names[state] : NULL;
}

const char *markcert_type_name(enum markcert_type type) {
    return type == MARKCERT_VMC ? "vmc" : type == MARKCERT_CMC ? "cmc" : NULL;
}

const char *markcert_mark_name(enum markcert_mark mark) {
    static const char *const names[] = {[MARKCERT_REGISTERED_MARK] = "Registered Mark",
                                        [MARKCERT_GOVERNMENT_MARK] = "Government Mark",
                                        [MARKCERT_PRIOR_USE_MARK] = "Prior Use Mark",
                                        [MARKCERT_MODIFIED_REGISTERED_MARK] =
                                            "Modified Registered Mark"};
    return mark < G_N_ELEMENTS(names) ? names[mark] : NULL;
}
