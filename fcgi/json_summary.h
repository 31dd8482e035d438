/* SPDX-License-Identifier: MIT
 *
 * The verdict as a list row shows it: badge, author axis, domain, one sentence, logo. */
#ifndef INKAN_FCGI_JSON_SUMMARY_H
#define INKAN_FCGI_JSON_SUMMARY_H

#include "trust/record.h"

struct json_t;

/* {"level", "author", "domain", "text", "logo", "logoPending"}; a NULL record is one nobody has
 * looked at yet. */
struct json_t *json_summary(const struct record *record, enum reason_language language);
/* Of a request's lang word. */
enum reason_language json_language(const char *lang);

#endif
