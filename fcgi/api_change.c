/* SPDX-License-Identifier: MIT
 *
 * PATCH /messages/{id}, in the spirit of RFC 7396 with the names of RFC 8621 §4.1:
 * {"keywords": {"$seen": true, …}} sets or clears the keywords named, all others stay (the only way
 * by which Inkan ever marks a message as seen); {"mailboxIds": {ID: true}} moves it there. One of
 * the two at a time: half a success would have no answer. */
#include "account/pool.h"
#include "base/limits.h"
#include "fcgi/fetch.h"
#include "fcgi/imap_problem.h"
#include "fcgi/row.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <jansson.h>
#include <string.h>

struct change {
    unsigned flags;      /* system flags */
    GPtrArray *keywords; /* char *, owned */
};

static unsigned flag_of(const char *keyword) {
    static const struct {
        const char *keyword;
        unsigned flag;
    } flags[] = {{"$seen", IMAP_FLAG_SEEN},
                 {"$answered", IMAP_FLAG_ANSWERED},
                 {"$flagged", IMAP_FLAG_FLAGGED},
                 {"$draft", IMAP_FLAG_DRAFT}};
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        if (strcmp(keyword, flags[i].keyword) == 0)
            return flags[i].flag;
    return 0;
}

/* RFC 8621 §4.1.1: 1–255 octets of %x21-7e but ( ) { ] % * " \ */
static bool is_keyword(const char *text) {
    size_t n = strlen(text);
    if (n == 0 || n > 255)
        return false;
    for (const char *p = text; *p; p++)
        if (*p <= 0x20 || *p >= 0x7f || strchr("(){]%*\"\\", *p))
            return false;
    return true;
}

/* Sorts {"name": bool} into what is set and what is cleared. */
static bool changes_read(json_t *keywords, struct change changes[2]) {
    const char *name;
    json_t *value;
    if (!json_is_object(keywords) || json_object_size(keywords) == 0 ||
        json_object_size(keywords) > LIMIT_IMAP_KEYWORDS)
        return false;
    json_object_foreach(keywords, name, value) {
        if (!json_is_boolean(value) || !is_keyword(name))
            return false;
        struct change *change = &changes[json_is_true(value)];
        unsigned flag = flag_of(name);
        change->flags |= flag;
        if (!flag)
            g_ptr_array_add(change->keywords, g_strdup(name));
    }
    return true;
}

static bool apply(struct imap *imap, uint32_t uid, bool set, const struct change *change,
                  GError **error) {
    if (change->flags && !imap_store(imap, &uid, 1, set, change->flags, NULL, error))
        return false;
    for (guint i = 0; i < change->keywords->len; i++)
        if (!imap_store(imap, &uid, 1, set, 0, change->keywords->pdata[i], error))
            return false;
    return true;
}

/* What the server holds afterwards. */
static void answer(struct exchange *x, struct imap *imap, uint32_t uid) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) now = imap_fetch(imap, IMAP_FETCH_FLAGS, &uid, 1, 0, &error);
    if (!now) {
        imap_problem_reply(x, error);
        return;
    }
    if (now->len != 1) {
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
        return;
    }
    const struct imap_message *message = now->pdata[0];
    reply_json(x->reply, 200,
               json_pack("{s:s, s:o}", "id", x->captured[0], "keywords",
                         row_keywords_json(message->flags, message->keywords)));
}

static void patch(struct exchange *x, const struct change changes[2]) {
    g_autoptr(GError) error = NULL;
    struct id id = {0};
    struct imap *imap = NULL;
    if (fetch_id(x, ID_MESSAGE, x->captured[0], &id))
        imap = fetch_connection(x, &id);
    if (imap) {
        if (apply(imap, id.uid, true, &changes[1], &error) &&
            apply(imap, id.uid, false, &changes[0], &error))
            answer(x, imap, id.uid);
        else
            imap_problem_reply(x, error);
        pool_checkin(x->session->pool, imap);
    }
    id_clear(&id);
}

static void patch_keywords(struct exchange *x, json_t *keywords) {
    struct change changes[2] = {{0, g_ptr_array_new_with_free_func(g_free)},
                                {0, g_ptr_array_new_with_free_func(g_free)}};
    if (changes_read(keywords, changes))
        patch(x, changes);
    else
        reply_problem(x->reply, x->request, PROBLEM_BAD_JSON, 0);
    g_ptr_array_unref(changes[0].keywords);
    g_ptr_array_unref(changes[1].keywords);
}

/* The one mailbox of {ID: true}, in *to; false: x->reply is filled. */
static bool target_read(struct exchange *x, json_t *mailboxes, struct id *to) {
    void *only = json_object_iter(mailboxes);
    if (json_object_size(mailboxes) == 1 && json_is_true(json_object_iter_value(only)))
        return fetch_id(x, ID_MAILBOX, json_object_iter_key(only), to);
    reply_problem(x->reply, x->request, PROBLEM_UNPROCESSABLE, 0);
    return false;
}

/* The id under which it lies there now; null where the server does not tell (no UIDPLUS). */
static json_t *moved_id(struct exchange *x, struct imap *imap, const struct id *to, uint32_t uid) {
    struct imap_status status;
    if (!uid || !imap_status(imap, to->mailbox, &status, NULL))
        return json_null();
    struct id id = {ID_MESSAGE, status.uidvalidity, uid, to->mailbox};
    struct span key = span_make((const char *)x->service->id_key, sizeof x->service->id_key);
    g_autofree char *text = id_format(key, x->session->account, &id);
    return json_string(text);
}

static void move(struct exchange *x, const struct id *id, const struct id *to,
                 const char *mailbox_id) {
    g_autoptr(GError) error = NULL;
    struct store *store = x->service->store;
    uint32_t uid = 0;
    struct imap *imap = fetch_connection(x, id);
    if (!imap)
        return;
    if (imap_move(imap, &id->uid, 1, to->mailbox, &uid, &error)) {
        store->rows_delete(store, x->session->account, id->mailbox, id->uidvalidity, &id->uid, 1,
                           NULL);
        reply_json(x->reply, 200,
                   json_pack("{s:o, s:{s:b}}", "id", moved_id(x, imap, to, uid), "mailboxIds",
                             mailbox_id, true));
    } else {
        imap_problem_reply(x, error);
    }
    pool_checkin(x->session->pool, imap);
}

static void patch_mailbox(struct exchange *x, json_t *mailboxes) {
    struct id id = {0}, to = {0};
    if (fetch_id(x, ID_MESSAGE, x->captured[0], &id) && target_read(x, mailboxes, &to))
        move(x, &id, &to, json_object_iter_key(json_object_iter(mailboxes)));
    id_clear(&id);
    id_clear(&to);
}

void api_message_patch(struct exchange *x) {
    enum problem problem = PROBLEM_BAD_JSON;
    json_t *body = request_json(x->request, &problem);
    json_t *keywords = json_object_get(body, "keywords");
    json_t *mailboxes = json_object_get(body, "mailboxIds");
    if (!body)
        reply_problem(x->reply, x->request, problem, 0);
    else if (json_object_size(body) != 1 || (!keywords && !json_is_object(mailboxes)))
        reply_problem(x->reply, x->request, PROBLEM_UNPROCESSABLE, 0);
    else if (keywords)
        patch_keywords(x, keywords);
    else
        patch_mailbox(x, mailboxes);
    json_decref(body);
}
