/* SPDX-License-Identifier: MIT
 *
 * PATCH /messages/{id} {"keywords": {"$seen": true, …}}: the keywords named are set or cleared, all
 * others stay (a patch in the spirit of RFC 7396, with the keywords of RFC 8621 §4.1.1). The only
 * way by which Inkan ever marks a message as seen. Moving comes later. */
#include "account/pool.h"
#include "base/limits.h"
#include "fcgi/fetch.h"
#include "fcgi/imap_problem.h"
#include "fcgi/row.h"
#include "fcgi/session.h"

#include <jansson.h>
#include <string.h>

struct change {
    unsigned flags;      /* system flags */
    GPtrArray *keywords; /* borrowed atoms */
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
            g_ptr_array_add(change->keywords, (gpointer)(guintptr)name);
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

void api_message_patch(struct exchange *x) {
    enum problem problem = PROBLEM_BAD_JSON;
    json_t *body = request_json(x->request, &problem);
    struct change changes[2] = {{0, g_ptr_array_new()}, {0, g_ptr_array_new()}};
    if (!body)
        reply_problem(x->reply, x->request, problem, 0);
    else if (json_object_size(body) != 1 || !json_object_get(body, "keywords"))
        reply_problem(x->reply, x->request, PROBLEM_UNPROCESSABLE, 0);
    else if (!changes_read(json_object_get(body, "keywords"), changes))
        reply_problem(x->reply, x->request, PROBLEM_BAD_JSON, 0);
    else
        patch(x, changes);
    g_ptr_array_unref(changes[0].keywords);
    g_ptr_array_unref(changes[1].keywords);
    json_decref(body);
}
