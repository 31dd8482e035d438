/* SPDX-License-Identifier: MIT
 *
 * POST /messages/batch: one change to several messages, mailbox by mailbox, so that it costs the
 * mail server as much as one message in each of them does. Each message has its own result. */
#include "base/limits.h"
#include "fcgi/change.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <jansson.h>
#include <string.h>

/* The messages asked for, in the order asked. */
struct batch {
    guint n;
    struct id *ids;                /* mailbox NULL: an id that names nothing */
    bool *done;                    /* has its result */
    struct change_result *results; /* NOT_FOUND until then */
};

static void batch_clear(struct batch *batch) {
    for (guint i = 0; i < batch->n; i++) {
        id_clear(&batch->ids[i]);
        json_decref(batch->results[i].answer);
    }
    g_free(batch->ids);
    g_free(batch->done);
    g_free(batch->results);
}

/* False unless it is an array of 1–LIMIT_BATCH strings. */
static bool batch_read(const struct exchange *x, json_t *asked, struct batch *batch) {
    struct span key = span_make((const char *)x->service->id_key, sizeof x->service->id_key);
    size_t n = json_array_size(asked);
    if (n == 0 || n > LIMIT_BATCH)
        return false;
    batch->ids = g_new0(struct id, n);
    batch->done = g_new0(bool, n);
    batch->results = g_new0(struct change_result, n);
    for (batch->n = 0; batch->n < n; batch->n++) {
        const char *text = json_string_value(json_array_get(asked, batch->n));
        if (!text)
            return false;
        batch->results[batch->n].problem = PROBLEM_NOT_FOUND;
        batch->done[batch->n] =
            !id_parse(key, x->session->account, ID_MESSAGE, text, &batch->ids[batch->n]);
    }
    return true;
}

static bool lie_together(const struct id *a, const struct id *b) {
    return a->uidvalidity == b->uidvalidity && strcmp(a->mailbox, b->mailbox) == 0;
}

/* All that lie where ids[first] lies. */
static void run_mailbox(struct exchange *x, const struct change *change, struct batch *batch,
                        guint first) {
    struct change_result results[LIMIT_BATCH] = {0};
    uint32_t uids[LIMIT_BATCH] = {0};
    guint at[LIMIT_BATCH] = {0}, n = 0;
    for (guint i = first; i < batch->n; i++)
        if (!batch->done[i] && lie_together(&batch->ids[first], &batch->ids[i])) {
            at[n] = i;
            uids[n++] = batch->ids[i].uid;
        }
    change_run(x, change, &batch->ids[first], uids, n, results);
    for (guint k = 0; k < n; k++) {
        batch->done[at[k]] = true;
        batch->results[at[k]] = results[k];
    }
}

static guint count_mailboxes(const struct batch *batch) {
    guint mailboxes = 0;
    for (guint i = 0; i < batch->n; i++) {
        bool seen = batch->done[i];
        for (guint k = 0; !seen && k < i; k++)
            seen = !batch->done[k] && lie_together(&batch->ids[k], &batch->ids[i]);
        mailboxes += !seen;
    }
    return mailboxes;
}

static json_t *result_json(json_t *asked, const struct change_result *result, const char *lang) {
    if (result->problem)
        return json_pack("{s:O, s:b, s:s, s:s}", "for", asked, "ok", false, "code",
                         problem_code(result->problem), "detail",
                         problem_detail(result->problem, lang));
    return json_pack("{s:O, s:b, s:O}", "for", asked, "ok", true, "message", result->answer);
}

static void answer(struct exchange *x, const struct change *change, json_t *asked,
                   struct batch *batch) {
    if (count_mailboxes(batch) > LIMIT_BATCH_MAILBOXES) {
        reply_problem(x->reply, x->request, PROBLEM_UNPROCESSABLE, 0);
        return;
    }
    for (guint i = 0; i < batch->n; i++)
        if (!batch->done[i])
            run_mailbox(x, change, batch, i);
    json_t *results = json_array();
    for (guint i = 0; i < batch->n; i++)
        json_array_append_new(
            results, result_json(json_array_get(asked, i), &batch->results[i], x->request->lang));
    reply_json(x->reply, 200, json_pack("{s:o}", "results", results));
}

/* {"delete": "trash" | "permanent"}, or what a single message takes. */
static bool read_change(const struct exchange *x, json_t *body, struct change *change,
                        enum problem *problem) {
    json_t *delete = json_object_get(body, "delete");
    const char *how = json_string_value(delete);
    if (!delete)
        return change_read(x, body, change, problem);
    change->kind = g_strcmp0(how, "trash") == 0       ? CHANGE_DELETE
                   : g_strcmp0(how, "permanent") == 0 ? CHANGE_DESTROY
                                                      : CHANGE_NONE;
    *problem = PROBLEM_UNPROCESSABLE;
    return change->kind != CHANGE_NONE;
}

void api_messages_batch(struct exchange *x) {
    enum problem problem = PROBLEM_BAD_JSON;
    struct change change = {0};
    struct batch batch = {0};
    json_t *body = request_json(x->request, &problem);
    json_t *asked = json_object_get(body, "ids");
    if (body && json_object_size(body) != 2)
        reply_problem(x->reply, x->request, PROBLEM_UNPROCESSABLE, 0);
    else if (body && !batch_read(x, asked, &batch))
        reply_problem(x->reply, x->request, PROBLEM_BAD_JSON, 0);
    else if (!body || !read_change(x, body, &change, &problem))
        reply_problem(x->reply, x->request, problem, 0);
    else
        answer(x, &change, asked, &batch);
    batch_clear(&batch);
    change_clear(&change);
    json_decref(body);
}
