/* SPDX-License-Identifier: MIT
 *
 * What becomes of a change, as an answer. */
#include "fcgi/acquaintance_change.h"

#include "fcgi/judge.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

bool acquaintance_change_run(struct exchange *x, acquaintance_change change, void *data,
                             enum problem unchanged) {
    enum acquaintances_outcome outcome = acquaintances_change(
        judge_acquaintances(x->service->judge), x->session->account, change, data);
    if (outcome == ACQUAINTANCES_NOT_KEPT)
        reply_store_unavailable(x->reply, x->request);
    else if (outcome == ACQUAINTANCES_UNCHANGED)
        reply_problem(x->reply, x->request, unchanged, 0);
    return outcome == ACQUAINTANCES_DONE;
}
