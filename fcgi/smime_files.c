/* SPDX-License-Identifier: MIT */
#include "fcgi/smime_files.h"

#define SYSTEM_ANCHORS "/etc/ssl/certs/ca-certificates.crt"

static GBytes *read_file(const char *file, GError **error) {
    char *text;
    gsize n;
    return g_file_get_contents(file, &text, &n, error) ? g_bytes_new_take(text, n) : NULL;
}

struct smime_trust *smime_files_read(const char *anchors, const char *lists, GError **error) {
    bool named = anchors && *anchors, listed = lists && *lists;
    g_autoptr(GBytes) certificates =
        read_file(named ? anchors : SYSTEM_ANCHORS, named ? error : NULL);
    g_autoptr(GBytes) revoked = listed ? read_file(lists, error) : NULL;
    if ((named && !certificates) || (listed && !revoked))
        return NULL;
    struct smime_trust *trust = smime_trust_new(certificates, revoked);
    if ((!named && !listed) || smime_trust_check(trust, error))
        return trust;
    g_prefix_error(error, "%s: ", named ? anchors : lists);
    smime_trust_free(trust);
    return NULL;
}
