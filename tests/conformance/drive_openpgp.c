/* SPDX-License-Identifier: MIT
 *
 * drive_openpgp TIME FILE: what importing the file's OpenPGP keys as of that time says, a line
 * each: fingerprint, and "valid" or the reason why its signatures do not count. */
#include "sign/openpgp_rnp.h"

#include <stdio.h>

int main(int argc, char **argv) {
    char *octets;
    gsize n;
    gint64 at;
    if (argc != 3 || !g_ascii_string_to_signed(argv[1], 10, 0, G_MAXUINT32, &at, NULL) ||
        !g_file_get_contents(argv[2], &octets, &n, NULL))
        return 2;
    g_autoptr(GBytes) file = g_bytes_new_take(octets, n);
    g_autoptr(GPtrArray) keys = openpgp_rnp_import(file, at);
    for (guint i = 0; i < keys->len; i++) {
        const struct openpgp_certificate *key = keys->pdata[i];
        const char *reason = openpgp_reason_name(key->reason);
        printf("%s %s\n", key->fingerprint, reason ? reason : "valid");
    }
    return 0;
}
