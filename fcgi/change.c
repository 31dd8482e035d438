/* SPDX-License-Identifier: MIT
 *
 * Changes at the mail server, and what is said of them. */
#include "fcgi/change.h"

#include "account/pool.h"
#include "base/limits.h"
#include "fcgi/folders.h"
#include "fcgi/imap_problem.h"
#include "fcgi/row.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <jansson.h>
#include <string.h>

/* One change under way. */
struct run {
    struct exchange *x;
    const struct change *change;
    const struct id *where;
    const uint32_t *uids;
    guint n;
    struct change_result *results;
    struct imap *imap;
};

static void fail_all(struct run *run, enum problem problem, unsigned retry_after) {
    for (guint i = 0; i < run->n; i++)
        run->results[i] = (struct change_result){problem, retry_after, NULL};
}

static void fail_with(struct run *run, const GError *error) {
    unsigned retry_after;
    enum problem problem = imap_problem(error, &retry_after);
    fail_all(run, problem, retry_after);
}

static void put(struct run *run, guint i, json_t *answer) {
    run->results[i] = answer ? (struct change_result){PROBLEM_NONE, 0, answer}
                             : (struct change_result){PROBLEM_NOT_FOUND, 0, NULL};
}

static char *format(const struct run *run, enum id_kind kind, const char *mailbox,
                    uint32_t uidvalidity, uint32_t uid) {
    const struct service *service = run->x->service;
    struct span key = span_make((const char *)service->id_key, sizeof service->id_key);
    g_autofree char *name = g_strdup(mailbox);
    struct id id = {kind, uidvalidity, uid, name};
    return id_format(key, run->x->session->account, &id);
}

static char *message_id(const struct run *run, uint32_t uid) {
    return format(run, ID_MESSAGE, run->where->mailbox, run->where->uidvalidity, uid);
}

/* UID → struct imap_message of those that are there. NULL: results are filled. */
static GHashTable *ask(struct run *run) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) now =
        imap_fetch(run->imap, IMAP_FETCH_FLAGS, run->uids, run->n, 0, &error);
    if (!now) {
        fail_with(run, error);
        return NULL;
    }
    GHashTable *found = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                              (GDestroyNotify)imap_message_free);
    while (now->len) {
        struct imap_message *message = g_ptr_array_steal_index_fast(now, now->len - 1);
        g_hash_table_insert(found, GUINT_TO_POINTER(message->uid), message);
    }
    return found;
}

/* ---- keywords ---- */

static bool store(struct run *run, bool set, GError **error) {
    const GPtrArray *keywords = run->change->keywords[set];
    unsigned flags = run->change->flags[set];
    if (flags && !imap_store(run->imap, run->uids, run->n, set, flags, NULL, error))
        return false;
    for (guint i = 0; i < keywords->len; i++)
        if (!imap_store(run->imap, run->uids, run->n, set, 0, keywords->pdata[i], error))
            return false;
    return true;
}

static void run_keywords(struct run *run) {
    g_autoptr(GError) error = NULL;
    if (!store(run, true, &error) || !store(run, false, &error)) {
        fail_with(run, error);
        return;
    }
    g_autoptr(GHashTable) now = ask(run);
    for (guint i = 0; now && i < run->n; i++) {
        const struct imap_message *message =
            g_hash_table_lookup(now, GUINT_TO_POINTER(run->uids[i]));
        g_autofree char *id = message_id(run, run->uids[i]);
        put(run, i,
            message ? json_pack("{s:s, s:o}", "id", id, "keywords",
                                row_keywords_json(message->flags, message->keywords))
                    : NULL);
    }
}

/* ---- moving ---- */

static json_t *in_mailbox(const struct run *run, const char *mailbox) {
    g_autofree char *id = format(run, ID_MAILBOX, mailbox, 0, 0);
    return json_pack("{s:b}", id, true);
}

/* `id` (may be NULL) is its id in `mailbox`. */
static json_t *moved_json(const struct run *run, const char *mailbox, const char *id,
                          bool may_undo) {
    json_t *undo = id && may_undo ? json_pack("{s:s, s:o}", "id", id, "mailboxIds",
                                              in_mailbox(run, run->where->mailbox))
                                  : json_null();
    return json_pack("{s:s?, s:o, s:o}", "id", id, "mailboxIds", in_mailbox(run, mailbox), "undo",
                     undo);
}

static void forget_rows(const struct run *run) {
    struct store *store = run->x->service->store;
    store->rows_delete(store, run->x->session->account, run->where->mailbox,
                       run->where->uidvalidity, run->uids, run->n, NULL);
}

/* A message that lies there already stays as it is. */
static void stay(struct run *run) {
    g_autoptr(GHashTable) now = ask(run);
    for (guint i = 0; now && i < run->n; i++) {
        g_autofree char *id = message_id(run, run->uids[i]);
        bool there = g_hash_table_contains(now, GUINT_TO_POINTER(run->uids[i]));
        put(run, i, there ? moved_json(run, run->where->mailbox, id, false) : NULL);
    }
}

/* Where the server does not tell what it moved, one asks before. */
static void move(struct run *run, const char *mailbox) {
    g_autoptr(GError) error = NULL;
    g_autofree uint32_t *to = g_new0(uint32_t, run->n);
    struct imap_moved moved = {.uids = to};
    bool tells = imap_tells_moves(run->imap);
    g_autoptr(GHashTable) there = tells ? NULL : ask(run);
    if (!tells && !there)
        return;
    if (!imap_move(run->imap, run->uids, run->n, mailbox, &moved, &error)) {
        fail_with(run, error);
        return;
    }
    forget_rows(run);
    for (guint i = 0; i < run->n; i++) {
        g_autofree char *id =
            to[i] ? format(run, ID_MESSAGE, mailbox, moved.uidvalidity, to[i]) : NULL;
        bool done = id || (there && g_hash_table_contains(there, GUINT_TO_POINTER(run->uids[i])));
        put(run, i, done ? moved_json(run, mailbox, id, true) : NULL);
    }
}

static void move_or_stay(struct run *run, const char *mailbox) {
    if (strcmp(mailbox, run->where->mailbox) == 0)
        stay(run);
    else
        move(run, mailbox);
}

static void destroy(struct run *run) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) there = ask(run);
    if (!there)
        return;
    if (!imap_delete(run->imap, run->uids, run->n, &error)) {
        fail_with(run, error);
        return;
    }
    bool gone = imap_tells_moves(run->imap); /* else it stays, marked \Deleted */
    if (gone)
        forget_rows(run);
    for (guint i = 0; i < run->n; i++) {
        g_autofree char *id = message_id(run, run->uids[i]);
        if (!g_hash_table_contains(there, GUINT_TO_POINTER(run->uids[i])))
            put(run, i, NULL);
        else if (gone)
            put(run, i, json_pack("{s:n, s:{}, s:n}", "id", "mailboxIds", "undo"));
        else
            put(run, i, moved_json(run, run->where->mailbox, id, false));
    }
}

static void move_to_role(struct run *run) {
    g_autoptr(GError) error = NULL;
    bool delete = run->change->kind == CHANGE_DELETE;
    g_autofree char *mailbox = folders_of_role(
        run->x->session, run->imap, delete ? IMAP_ROLE_TRASH : run->change->role, &error);
    if (!mailbox)
        fail_with(run, error);
    else if (delete &&strcmp(mailbox, run->where->mailbox) == 0)
        destroy(run);
    else
        move_or_stay(run, mailbox);
}

static void run_change(struct run *run) {
    switch (run->change->kind) {
    case CHANGE_NONE:
        break;
    case CHANGE_KEYWORDS:
        run_keywords(run);
        return;
    case CHANGE_MOVE:
        move_or_stay(run, run->change->mailbox);
        return;
    case CHANGE_TO_ROLE:
    case CHANGE_DELETE:
        move_to_role(run);
        return;
    case CHANGE_DESTROY:
        destroy(run);
        return;
    }
    g_assert_not_reached();
}

void change_run(struct exchange *x, const struct change *change, const struct id *where,
                const uint32_t *uids, guint n, struct change_result *results) {
    g_autoptr(GError) error = NULL;
    struct run run = {x, change, where, uids, n, results, NULL};
    run.imap = pool_checkout(x->session->pool, where->mailbox, LIMIT_POOL_WAIT_MS, &error);
    if (!run.imap)
        fail_with(&run, error);
    else if (imap_selected(run.imap)->uidvalidity != where->uidvalidity)
        fail_all(&run, PROBLEM_NOT_FOUND, 0);
    else
        run_change(&run);
    pool_checkin(x->session->pool, run.imap);
}
