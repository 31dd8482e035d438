/* SPDX-License-Identifier: MIT
 *
 * GET /messages/{id}/attachments.zip: the attachments that the message's view lists, in one file.
 */
#include "account/imap.h"
#include "fcgi/fetch.h"
#include "fcgi/opened.h"
#include "fcgi/part_name.h"
#include "fcgi/zip.h"

/* False: they do not fit. */
static bool add_all(const struct opened *opened, struct zip *zip) {
    for (guint i = 0; i < opened->attachments->len; i++) {
        const struct mime_part *part = opened->attachments->pdata[i];
        g_autofree char *name = part_name_of(part);
        g_autoptr(GBytes) octets = mime_content(part, NULL);
        gsize n;
        const char *p = g_bytes_get_data(octets, &n);
        if (!zip_add(zip, name, span_make(p, n)))
            return false;
    }
    return true;
}

void api_attachments_get(struct exchange *x) {
    OWNED(fetched) fetched = fetch_recent(x, x->captured[0]);
    if (!fetched)
        return;
    OWNED(opened) opened = opened_new(fetched->octets);
    if (!opened->attachments->len) {
        reply_problem(x->reply, x->request, PROBLEM_NO_ATTACHMENTS, 0);
        return;
    }
    OWNED(zip) zip = zip_new(fetched->info->internaldate);
    if (!add_all(opened, zip)) {
        reply_problem(x->reply, x->request, PROBLEM_MESSAGE_TOO_LARGE, 0);
        return;
    }
    g_autofree char *name = part_name_subject(opened->message, ".zip");
    g_autoptr(GBytes) whole = zip_end(zip);
    reply_bytes(x->reply, 200, "application/zip", whole, REPLY_NO_STORE);
    reply_disposition(x->reply, true, name);
}
