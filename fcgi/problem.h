/* SPDX-License-Identifier: MIT
 *
 * Every error an HTTP client can meet: one line each in problem.def, with a stable code, the
 * status, a title, and a sentence for a person in English and Japanese. RFC 9457 documents are made
 * of these, the OpenAPI document lists them. Nothing of a message, a credential or a library's own
 * wording ever gets into one (attacks L230). */
#ifndef INKAN_FCGI_PROBLEM_H
#define INKAN_FCGI_PROBLEM_H

enum problem {
    PROBLEM_NONE = 0,
#define PROBLEM(name, status, code, title, en, ja) PROBLEM_##name,
#include "fcgi/problem.def"
#undef PROBLEM
    PROBLEM__MAX
};

int problem_status(enum problem problem);
/* Stable, lower-case with hyphens: what scripts compare. */
const char *problem_code(enum problem problem);
const char *problem_title(enum problem problem);
/* `lang` "ja" gives Japanese, anything else English. */
const char *problem_detail(enum problem problem, const char *lang);

#endif
