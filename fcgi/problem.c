/* SPDX-License-Identifier: MIT
 *
 * The table of problem.def. */
#include "fcgi/problem.h"

#include <glib.h>
#include <string.h>

struct row {
    int status;
    const char *code, *title, *en, *ja;
};

static const struct row rows[] = {
    [PROBLEM_NONE] = {500, "internal", "Something went wrong here", "", ""},
#define PROBLEM(name, status, code, title, en, ja) [PROBLEM_##name] = {status, code, title, en, ja},
#include "fcgi/problem.def"
#undef PROBLEM
};

static const struct row *row_of(enum problem problem) {
    g_assert(problem < PROBLEM__MAX);
    return &rows[problem];
}

int problem_status(enum problem problem) {
    return row_of(problem)->status;
}

const char *problem_code(enum problem problem) {
    return row_of(problem)->code;
}

const char *problem_title(enum problem problem) {
    return row_of(problem)->title;
}

const char *problem_detail(enum problem problem, const char *lang) {
    return strcmp(lang, "ja") == 0 ? row_of(problem)->ja : row_of(problem)->en;
}
