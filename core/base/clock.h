/* SPDX-License-Identifier: MIT
 *
 * Time: seconds since the epoch for what is written down, monotonic milliseconds for deadlines. The
 * rooms mail/ auth/ sign/ brand/ trust/ never call clock_now: `now` is handed to them. */
#ifndef INKAN_BASE_CLOCK_H
#define INKAN_BASE_CLOCK_H

#include "base/span.h"

#include <stdint.h>

/* Seconds since the epoch, UTC. */
int64_t clock_now(void);

/* Milliseconds of a clock that never jumps; only differences mean something. */
int64_t clock_monotonic_ms(void);

/* "2026-11-21T18:00:00Z" (RFC 3339). The caller frees with g_free; a time outside the years 0-9999
 * gives NULL. */
char *clock_rfc3339(int64_t epoch);
/* The same into a buffer of the caller's; false and nothing written for such a time. */
enum { CLOCK_RFC3339 = sizeof "2026-01-01T00:00:00Z" };
bool clock_write_rfc3339(int64_t epoch, char text[static CLOCK_RFC3339]);

/* Reads decimal seconds since the epoch, or RFC 3339 with any offset. False and *epoch untouched
 * for anything else, incl. trailing octets. */
bool clock_parse(const char *text, int64_t *epoch);

/* Reads an RFC 5322 §3.3 date-time with the obsolete forms of §4.3 (two-digit years, zone names,
 * comments, missing seconds or day name). Unknown zone names read as UTC ("-0000"). False for
 * anything else. */
bool clock_parse_mail(struct span text, int64_t *epoch);

#endif
