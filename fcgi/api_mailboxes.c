/* SPDX-License-Identifier: MIT
 *
 * GET /mailboxes: names, roles and counts as in RFC 8621 §2. */
#include "account/pool.h"
#include "base/limits.h"
#include "fcgi/folders.h"
#include "fcgi/id.h"
#include "fcgi/imap_problem.h"
#include "fcgi/json_text.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <jansson.h>

static json_t *count_json(const struct imap_mailbox *mailbox, uint32_t count) {
    return mailbox->counted ? json_integer(count) : json_null();
}

static json_t *mailbox_json(const struct exchange *x, const struct imap_mailbox *mailbox) {
    struct id where = {.kind = ID_MAILBOX, .mailbox = mailbox->id};
    struct span key = span_make((const char *)x->service->id_key, sizeof x->service->id_key);
    g_autofree char *id = id_format(key, x->session->account, &where);
    const char *role = imap_role_name(mailbox->role);
    char delimiter[2] = {mailbox->delimiter, '\0'};
    return json_pack("{s:s, s:o, s:o, s:o, s:b, s:b, s:o, s:o}", "id", id, "name",
                     json_text(mailbox->name), "role", json_text(*role ? role : NULL), "delimiter",
                     json_text(mailbox->delimiter ? delimiter : NULL), "selectable",
                     mailbox->selectable, "personal", mailbox->personal, "totalEmails",
                     count_json(mailbox, mailbox->messages), "unreadEmails",
                     count_json(mailbox, mailbox->unseen));
}

void api_mailboxes_list(struct exchange *x) {
    g_autoptr(GError) error = NULL;
    struct imap *imap = pool_checkout(x->session->pool, NULL, LIMIT_POOL_WAIT_MS, &error);
    g_autoptr(GPtrArray) all = imap ? folders_list_counted(x->session, imap, &error) : NULL;
    pool_checkin(x->session->pool, imap);
    if (!all) {
        imap_problem_reply(x, error);
        return;
    }
    json_t *list = json_array();
    for (guint i = 0; i < all->len; i++)
        json_array_append_new(list, mailbox_json(x, all->pdata[i]));
    reply_json(x->reply, 200, json_pack("{s:o}", "mailboxes", list));
    reply_etag(x->reply, x->request, x->session->account);
}
