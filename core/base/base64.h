/* SPDX-License-Identifier: MIT
 *
 * The digits of base64 (RFC 4648 §4), for those who read it by rules of their own: what may stand
 * between digits, and how much padding is right, is theirs to say. */
#ifndef INKAN_BASE_BASE64_H
#define INKAN_BASE_BASE64_H

#include "base/span.h"

#include <stdint.h>

/* The value of a digit + 1, or 0 for any other octet; "=" is none. */
unsigned base64_sextet(char digit);

/* Groups of four digits, three octets each, from *at on as long as nothing else comes and `room`
 * lasts. *at moves behind them; returns how many octets they are. What is left is read digit by
 * digit. */
size_t base64_groups(struct span s, size_t *at, unsigned char *out, size_t room);

#endif
