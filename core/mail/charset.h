/* SPDX-License-Identifier: MIT
 *
 * Octets of a named charset to UTF-8, through iconv behind a closed list of names: a message never
 * chooses an iconv module of its own. UTF-7 is refused (RFC 2152 text hides ASCII from every
 * scanner). Japanese is read as it is written: vendor rows of JIS, half-width katakana. */
#ifndef INKAN_MAIL_CHARSET_H
#define INKAN_MAIL_CHARSET_H

#include "base/span.h"

enum charset_result {
    CHARSET_UNKNOWN = 0, /* no such name in our list, or refused; nothing was appended */
    CHARSET_CLEAN,       /* every octet was text */
    CHARSET_DAMAGED      /* some octets became U+FFFD */
};

/* Appends the octets as UTF-8. `name` as in a MIME charset parameter, ASCII case ignored, a
 * language suffix (RFC 2231 §5) ignored; the empty name is unknown. Control characters pass
 * unchanged: the caller decides about them. */
enum charset_result charset_append(GString *to, struct span octets, struct span name);

/* A charset for octets that declare none: "utf-8" if they are valid UTF-8, "iso-2022-jp" if they
 * hold its escape sequences and nothing above 127, "shift_jis" or "euc-jp" if exactly one of the
 * two reads all of them; else NULL. */
const char *charset_guess(struct span octets);

/* How many octets of ISO-2022-JP begin here: from an escape sequence (RFC 1468, RFC 2237) to the
 * one that returns to ASCII, both included, or to the end of line or text. 0 if none begins here;
 * an escape to ASCII alone counts its own length. */
size_t charset_jis_run(struct span text);

#endif
