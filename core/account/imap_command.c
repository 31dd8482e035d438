/* SPDX-License-Identifier: MIT
 *
 * Writes IMAP commands. */
#include "account/imap_command.h"

#include "account/imap_error.h"
#include "base/limits.h"

#include <stdlib.h>

/* Room for a sign-in with the longest secret in base64, so that the string is never moved and no
 * copy of a secret stays behind. */
enum { COMMAND_ROOM = 2 * (LIMIT_IMAP_SECRET + LIMIT_IMAP_NAME) };

void imap_command_init(struct imap_command *command, bool literal_plus) {
    *command = (struct imap_command){.octets = g_string_sized_new(COMMAND_ROOM),
                                     .pauses = g_array_new(FALSE, FALSE, sizeof(gsize)),
                                     .literal_plus = literal_plus};
}

void imap_command_clear(struct imap_command *command) {
    explicit_bzero(command->octets->str, command->octets->allocated_len);
    g_string_free(command->octets, TRUE);
    g_array_unref(command->pauses);
    *command = (struct imap_command){0};
}

void imap_command_add(struct imap_command *command, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_string_append_vprintf(command->octets, format, arguments);
    va_end(arguments);
}

/* quoted = DQUOTE *QUOTED-CHAR DQUOTE: CHARs only, and servers dislike long ones. */
static bool quotable(const char *string) {
    size_t n = 0;
    for (; string[n]; n++)
        if ((unsigned char)string[n] < 0x20 || (unsigned char)string[n] > 0x7e)
            return false;
    return n <= LIMIT_IMAP_NAME;
}

void imap_command_string(struct imap_command *command, const char *string) {
    if (!quotable(string)) {
        imap_command_add(command, "{%zu%s}\r\n", strlen(string), command->literal_plus ? "+" : "");
        gsize at = command->octets->len;
        if (!command->literal_plus)
            g_array_append_val(command->pauses, at);
        g_string_append(command->octets, string);
        return;
    }
    g_string_append_c(command->octets, '"');
    for (; *string; string++) {
        if (*string == '"' || *string == '\\')
            g_string_append_c(command->octets, '\\');
        g_string_append_c(command->octets, *string);
    }
    g_string_append_c(command->octets, '"');
}

int imap_compare_uids(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void imap_command_uids(struct imap_command *command, const uint32_t *uids, guint n,
                       uint32_t above) {
    g_autofree uint32_t *sorted = g_memdup2(uids, n * sizeof(*uids));
    if (n > 0)
        qsort(sorted, n, sizeof(*sorted), imap_compare_uids);
    const char *comma = "";
    for (guint i = 0; i < n;) {
        guint last = i;
        while (last + 1 < n && sorted[last + 1] - sorted[last] <= 1)
            last++;
        if (sorted[last] == sorted[i])
            imap_command_add(command, "%s%u", comma, sorted[i]);
        else
            imap_command_add(command, "%s%u:%u", comma, sorted[i], sorted[last]);
        comma = ",";
        i = last + 1;
    }
    if (above)
        imap_command_add(command, "%s%u:*", comma, above < G_MAXUINT32 ? above + 1 : above);
}

bool imap_argument(const char *what, const char *text, size_t max, GError **error) {
    if (!text || !*text)
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT, "%s is missing.", what);
    else if (strlen(text) > max)
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT, "%s is too long.", what);
    else if (strpbrk(text, "\r\n"))
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT, "%s holds a line break.", what);
    else
        return true;
    return false;
}
