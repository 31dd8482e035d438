/* SPDX-License-Identifier: MIT
 *
 * Who an invitation says it is from: ORGANIZER of an iCalendar object (RFC 5545 §3.8.4.3). Nothing
 * else of it is read: no time, no rule, no text. */
#ifndef INKAN_MAIL_CALENDAR_H
#define INKAN_MAIL_CALENDAR_H

#include "base/span.h"

/* The first ORGANIZER that is a mailto: address other than `author` (local@domain, ASCII case does
 * not matter; NULL: nobody), as local@domain with a domain of A-labels; NULL if there is none. An
 * answer to an invitation names the one who invited, so with METHOD REPLY, COUNTER or REFRESH (RFC
 * 5546 §1.4) there is none. At most LIMIT_CALENDAR octets are read; linear. The caller frees. */
char *calendar_organizer(struct span text, const char *author);

#endif
