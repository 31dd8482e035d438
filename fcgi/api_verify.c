/* SPDX-License-Identifier: MIT
 *
 * POST /verify: a raw message in, verdict and evidence out. Nobody knows how it came here, so it is
 * judged like mail from outside the account: no header of it is believed. Nothing is kept. */
#include "base/clock.h"
#include "fcgi/json_evidence.h"
#include "fcgi/json_summary.h"
#include "fcgi/json_verdict.h"
#include "fcgi/judge.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <jansson.h>

void api_verify_post(struct exchange *x) {
    if (!request_is_type(x->request, "message/rfc822")) {
        reply_problem(x->reply, x->request, PROBLEM_WRONG_TYPE, 0);
        return;
    }
    if (!g_bytes_get_size(x->request->body)) {
        reply_problem(x->reply, x->request, PROBLEM_BAD_REQUEST, 0);
        return;
    }
    struct judge_case about = {.account = x->session->account,
                               .trust = config_trust_of(x->service->config, x->session->host),
                               .role = MAILBOX_IMPORTED};
    g_autoptr(GBytes) octets = message_restore_crlf(x->request->body);
    OWNED(record) record = judge_octets(x->service->judge, &about, octets, true, JUDGE_CHECK);
    enum reason_language language = json_language(x->request->lang);
    reply_json(x->reply, 200,
               json_pack("{s:o, s:o}", "verdict", json_verdict(record->verdict, language),
                         "evidence", json_evidence(record->evidence, record->verdict)));
}
