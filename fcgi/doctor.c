/* SPDX-License-Identifier: MIT */
#include "fcgi/doctor.h"

#include <stdarg.h>

static void line_free(gpointer data) {
    struct doctor_line *line = data;
    g_free(line->text);
    g_free(line->advice);
    g_free(line);
}

struct doctor *doctor_new(void) {
    struct doctor *doctor = g_new0(struct doctor, 1);
    doctor->lines = g_ptr_array_new_with_free_func(line_free);
    return doctor;
}

void doctor_free(struct doctor *doctor) {
    g_ptr_array_unref(doctor->lines);
    g_clear_pointer(&doctor->ids, g_ptr_array_unref);
    g_free(doctor->proposed_id);
    g_free(doctor->proposed_border);
    g_free(doctor);
}

const char *doctor_state_name(enum doctor_state state) {
    static const char *const names[] = {
        [DOCTOR_OK] = "ok", [DOCTOR_WARN] = "warn", [DOCTOR_FAIL] = "fail"};
    g_assert(state >= DOCTOR_OK && state <= DOCTOR_FAIL);
    return names[state];
}

void doctor_say(struct doctor *doctor, enum doctor_state state, const char *check,
                const char *advice, const char *format, ...) {
    struct doctor_line *line = g_new0(struct doctor_line, 1);
    va_list ap;
    va_start(ap, format);
    *line = (struct doctor_line){.state = state,
                                 .check = check,
                                 .text = g_strdup_vprintf(format, ap),
                                 .advice = g_strdup(advice)};
    va_end(ap);
    g_ptr_array_add(doctor->lines, line);
}

bool doctor_failed(const struct doctor *doctor) {
    for (guint i = 0; i < doctor->lines->len; i++) {
        const struct doctor_line *line = doctor->lines->pdata[i];
        if (line->state == DOCTOR_FAIL)
            return true;
    }
    return false;
}
