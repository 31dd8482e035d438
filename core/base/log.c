/* SPDX-License-Identifier: MIT
 *
 * Log lines to stderr, one write(2) each. */
#include "base/log.h"

#include "base/clock.h"

#include <stdarg.h>
#include <unistd.h>

enum { LINE_MAX_OCTETS = 1000 };

static enum log_level threshold = LOG_NOTICE;

void log_set_level(enum log_level level) {
    threshold = level;
}

void log_write(enum log_level level, const char *room, const char *format, ...) {
    static const char *const words[] = {"error", "warning", "notice", "debug"};
    if (level > threshold)
        return;
    va_list ap;
    va_start(ap, format);
    g_autofree char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    g_autofree char *stamp = clock_rfc3339(clock_now());
    GString *line = g_string_new(NULL);
    g_string_printf(line, "%s %s %s: ", stamp, words[level], room);
    for (const unsigned char *p = (const unsigned char *)text; *p && line->len < LINE_MAX_OCTETS;
         p++) {
        if (*p < 0x20 || *p >= 0x7f)
            g_string_append_printf(line, "\\x%02x", *p);
        else
            g_string_append_c(line, (char)*p);
    }
    g_string_append_c(line, '\n');
    ssize_t put = write(STDERR_FILENO, line->str, line->len);
    (void)put; /* nowhere left to complain */
    g_string_free(line, TRUE);
}
