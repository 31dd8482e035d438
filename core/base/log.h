/* SPDX-License-Identifier: MIT
 *
 * One line a fact, to stderr: time, level, room, words. Message text, addresses and credentials are
 * never logged; octets from outside are escaped so that nobody can forge a line (attacks L230). */
#ifndef INKAN_BASE_LOG_H
#define INKAN_BASE_LOG_H

#include <glib.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_DEBUG };

/* Lines above this level are dropped; the default is LOG_NOTICE. Call before threads start. */
void log_set_level(enum log_level level);

/* `room` is a literal such as "net/resolver". Thread-safe; one write(2) a line, cut at 1,000
 * octets. */
void log_write(enum log_level level, const char *room, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
