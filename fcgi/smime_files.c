/* SPDX-License-Identifier: MIT */
#include "fcgi/smime_files.h"

#define SYSTEM_ANCHORS "/etc/ssl/certs/ca-certificates.crt"

static GBytes *read_file(const char *file, GError **error) {
    char *text;
    gsize n;
    return g_file_get_contents(file, &text, &n, error) ? g_bytes_new_take(text, n) : NULL;
}

static bool is_named(const char *file) {
    return file && *file;
}

/* Into *octets, where a file is named. */
static bool read_named(const char *file, GBytes **octets, GError **error) {
    if (is_named(file))
        *octets = read_file(file, error);
    return !is_named(file) || *octets;
}

struct smime_trust *smime_files_read(const char *anchors, const char *lists, const char *responses,
                                     GError **error) {
    g_autoptr(GBytes) certificates = NULL;
    g_autoptr(GBytes) revoked = NULL;
    g_autoptr(GBytes) ocsp = NULL;
    if (!read_named(anchors, &certificates, error) || !read_named(lists, &revoked, error) ||
        !read_named(responses, &ocsp, error))
        return NULL;
    bool any = certificates || revoked || ocsp;
    if (!certificates)
        certificates = read_file(SYSTEM_ANCHORS, NULL);
    struct smime_trust *trust = smime_trust_new(certificates, revoked);
    if (ocsp)
        smime_trust_give_responses(trust, ocsp);
    if (!any || smime_trust_check(trust, error))
        return trust;
    g_autofree char *files =
        g_strjoin(", ", is_named(anchors) ? anchors : SYSTEM_ANCHORS,
                  is_named(lists) ? lists : responses, is_named(lists) ? responses : NULL, NULL);
    g_prefix_error(error, "%s: ", files);
    smime_trust_free(trust);
    return NULL;
}
