/* SPDX-License-Identifier: MIT
 *
 * The user's own say: this sender, list, forwarder or key is known to me, and undo. What can be
 * said is read from the evidence of a message, never from the request: a list is tied to the domain
 * whose signature carried it. */
#include "base/clock.h"
#include "fcgi/acquaintance.h"
#include "fcgi/acquaintance_change.h"
#include "fcgi/fetch.h"
#include "fcgi/json_known.h"
#include "fcgi/judge.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "trust/memory.h"

#include <jansson.h>

struct say {
    enum known_kind kind;
    const char *subject; /* of two keys: which; NULL: the first */
    const char *by;
    int64_t at;
};

static void answer(struct exchange *x, const struct evidence *evidence) {
    struct acquaintances *all = judge_acquaintances(x->service->judge);
    OWNED(acquaintance) account = acquaintances_take(all, x->session->account);
    if (account->unread) {
        reply_store_unavailable(x->reply, x->request);
        return;
    }
    reply_json(x->reply, 200,
               json_pack("{s:o}", "known",
                         evidence ? json_known_offers(evidence, account->contacts)
                                  : json_known_list(account->contacts)));
}

void api_known_list(struct exchange *x) {
    answer(x, NULL);
}

static bool say(struct contacts *contacts, void *data) {
    const struct say *what = data;
    return contacts_say(contacts, what->kind, what->subject, what->by, what->at);
}

/* The offer of the message that is meant. */
static bool choose(const struct evidence *evidence, struct say *what) {
    struct memory_offer offers[MEMORY_OFFERS_MAX];
    guint n = memory_offers(evidence, offers);
    for (guint i = 0; i < n; i++) {
        if (offers[i].kind != what->kind ||
            (what->subject && g_ascii_strcasecmp(what->subject, offers[i].subject) != 0))
            continue;
        what->subject = offers[i].subject;
        what->by = offers[i].by;
        return true;
    }
    return false;
}

static void say_of(struct exchange *x, struct say *what) {
    OWNED(fetched) fetched = fetch_recent(x, x->captured[0]);
    if (!fetched)
        return;
    OWNED(record) record = fetch_record(x, fetched);
    if (!choose(record->evidence, what))
        reply_problem(x->reply, x->request, PROBLEM_NOTHING_TO_KNOW, 0);
    else if (acquaintance_change_run(x, say, what, PROBLEM_UNPROCESSABLE))
        answer(x, record->evidence);
}

void api_known_say(struct exchange *x) {
    enum problem problem = PROBLEM_BAD_JSON;
    json_t *body = request_json(x->request, &problem), *subject = json_object_get(body, "subject");
    struct say what = {
        .kind = known_kind_find(json_string_value(json_object_get(body, "kind"))),
        .subject = json_string_value(subject),
        .at = clock_now(),
    };
    if (!body || !what.kind || (subject && !what.subject))
        reply_problem(x->reply, x->request, problem, 0);
    else
        say_of(x, &what);
    json_decref(body);
}

static bool unsay(struct contacts *contacts, void *data) {
    const struct say *what = data;
    return contacts_unsay(contacts, what->kind, what->subject);
}

void api_known_delete(struct exchange *x) {
    struct say what = {.kind = known_kind_find(x->captured[0]), .subject = x->captured[1]};
    if (!what.kind)
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
    else if (acquaintance_change_run(x, unsay, &what, PROBLEM_NOT_FOUND))
        reply_empty(x->reply, 204);
}
