/* SPDX-License-Identifier: MIT */
#include "worker/child_jobs.h"

#include "mail/html.h"
#include "worker/html_job.h"

static GBytes *run_html(GBytes *octets) {
    OWNED(html_request) request = html_job_unpack_request(octets);
    if (!request)
        return NULL;
    OWNED(inert_document)
    document =
        html_clean(span_make(request->html, request->length), request->images, &request->options);
    return html_job_pack_reply(document);
}

GBytes *child_jobs_run(enum job job, GBytes *request) {
    switch (job) {
    case JOB_HTML:
        return run_html(request);
    case JOB_SVG:
    case JOB_NONE:
    case JOB__MAX:
        break;
    }
    return NULL;
}
