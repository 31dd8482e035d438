/* SPDX-License-Identifier: MIT
 *
 * PATCH /messages/{id}: one change to one message. DELETE /messages/{id}: into the trash, or for
 * good. */
#include "fcgi/change.h"
#include "fcgi/fetch.h"

#include <jansson.h>

static void answer(struct exchange *x, const struct change *change) {
    struct change_result result = {0};
    struct id id = {0};
    if (fetch_id(x, ID_MESSAGE, x->captured[0], &id)) {
        change_run(x, change, &id, &id.uid, 1, &result);
        if (result.problem)
            reply_problem(x->reply, x->request, result.problem, result.retry_after);
        else
            reply_json(x->reply, 200, result.answer);
    }
    id_clear(&id);
}

void api_message_patch(struct exchange *x) {
    enum problem problem = PROBLEM_BAD_JSON;
    struct change change = {0};
    json_t *body = request_json(x->request, &problem);
    if (body && json_object_size(body) != 1)
        reply_problem(x->reply, x->request, PROBLEM_UNPROCESSABLE, 0);
    else if (!body || !change_read(x, body, &change, &problem))
        reply_problem(x->reply, x->request, problem, 0);
    else
        answer(x, &change);
    change_clear(&change);
    json_decref(body);
}

void api_message_delete(struct exchange *x) {
    bool permanent = false;
    if (!request_query_flag(x->request, "permanent", &permanent)) {
        reply_bad_parameter(x->reply, x->request, "permanent");
        return;
    }
    struct change change = {.kind = permanent ? CHANGE_DESTROY : CHANGE_DELETE};
    answer(x, &change);
}
