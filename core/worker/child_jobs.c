/* SPDX-License-Identifier: MIT */
#include "worker/child_jobs.h"

#include "brand/svg_check.h"
#include "brand/svg_draw.h"
#include "mail/html.h"
#include "mail/pdf_active.h"
#include "sign/openpgp_rnp.h"
#include "worker/html_job.h"
#include "worker/openpgp_job.h"
#include "worker/pdf_job.h"
#include "worker/svg_job.h"

#include <stdio.h>

static GBytes *run_html(GBytes *octets) {
    OWNED(html_request) request = html_job_unpack_request(octets);
    if (!request)
        return NULL;
    OWNED(inert_document)
    document =
        html_clean(span_make(request->html, request->length), request->images, &request->options);
    return html_job_pack_reply(document);
}

static GBytes *run_svg(GBytes *octets) {
    struct svg_request request;
    if (!svg_job_unpack_request(octets, &request))
        return NULL;
    gsize n;
    const char *start = g_bytes_get_data(request.svg, &n);
    OWNED(svg_report) report = svg_check(span_make(start, n));
    if (request.side)
        svg_draw(span_make(start, n), request.side, report);
    svg_request_clear(&request);
    return svg_job_pack_reply(report);
}

static GBytes *run_openpgp_verify(GBytes *octets) {
    OWNED(openpgp_job_question) request = openpgp_job_unpack_question(octets);
    if (!request)
        return NULL;
    OWNED(openpgp_answer) answer = openpgp_rnp_verify(&request->question);
    return openpgp_job_pack_answer(answer);
}

static GBytes *run_openpgp_import(GBytes *octets) {
    int64_t at;
    g_autoptr(GBytes) keys = openpgp_job_unpack_import(octets, &at);
    if (!keys)
        return NULL;
    g_autoptr(GPtrArray) found = openpgp_rnp_import(keys, at);
    return openpgp_job_pack_certificates(found);
}

static GBytes *run_pdf(GBytes *octets) {
    gsize n;
    const char *start = g_bytes_get_data(octets, &n);
    return pdf_job_pack_reply(pdf_active(span_make(start, n)));
}

static ssize_t throw_away(void *cookie, const char *text, size_t n) {
    (void)cookie, (void)text;
    return (ssize_t)n;
}

/* librnp cannot be kept from writing to stderr what is wrong with a signature. That is /dev/null
 * here, and a stream that leads nowhere needs no system call to get there. */
static void silence(void) {
    FILE *nowhere = fopencookie(NULL, "w", (cookie_io_functions_t){.write = throw_away});
    if (nowhere)
        stderr = nowhere;
}

/* librsvg asks for the reader's languages, and GLib opens locale.alias to answer. librnp opens
 * /dev/urandom. */
void child_jobs_prepare(void) {
    g_get_language_names();
    openpgp_rnp_prepare();
    silence();
}

GBytes *child_jobs_run(enum job job, GBytes *request) {
    switch (job) {
    case JOB_HTML:
        return run_html(request);
    case JOB_OPENPGP_VERIFY:
        return run_openpgp_verify(request);
    case JOB_OPENPGP_IMPORT:
        return run_openpgp_import(request);
    case JOB_PDF:
        return run_pdf(request);
    case JOB_SVG:
        return run_svg(request);
    case JOB_NONE:
    case JOB__MAX:
        break;
    }
    return NULL;
}
