/* SPDX-License-Identifier: MIT
 *
 * GET /messages/{id}/verdict: verdict and evidence without the bodies; ?refresh=1 checks again and
 * waits for it. What the lists show stays the first complete verdict. */
#include "fcgi/fetch.h"
#include "fcgi/json_checks.h"
#include "fcgi/json_evidence.h"
#include "fcgi/json_summary.h"
#include "fcgi/json_verdict.h"
#include "fcgi/session.h"

#include <jansson.h>

void api_verdict_get(struct exchange *x) {
    bool again = false;
    if (!request_query_flag(x->request, "refresh", &again)) {
        reply_bad_parameter(x->reply, x->request, "refresh");
        return;
    }
    OWNED(fetched) fetched = fetch_message(x, x->captured[0]);
    if (!fetched)
        return;
    OWNED(record) record = again ? fetch_record_again(x, fetched) : fetch_record(x, fetched);
    enum reason_language language = json_language(x->request->lang);
    struct judge_later later;
    bool checked_again = fetch_later(x, fetched, &later);
    reply_json(x->reply, 200,
               json_pack("{s:s, s:o, s:o, s:o}", "id", x->captured[0], "verdict",
                         json_verdict(record->verdict, language), "evidence",
                         json_evidence(record->evidence, record->verdict), "checks",
                         json_checks(record, checked_again ? &later : NULL)));
    reply_etag(x->reply, x->request, x->session->account);
}
