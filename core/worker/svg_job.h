/* SPDX-License-Identifier: MIT
 *
 * The job of checking and drawing a brand's picture as octets (GVariant, checked for normal form on
 * arrival), and the call that others make. */
#ifndef INKAN_WORKER_SVG_JOB_H
#define INKAN_WORKER_SVG_JOB_H

#include "brand/svg.h"
#include "worker/workers.h"

/* Checks `octets` (uncompressed) in a child, and if the document is valid draws it, `side`, 2, 3
 * and 4 times `side` pixels large (LIMIT_SVG_SIDE at most); side 0 draws nothing. A document over
 * LIMIT_SVG_READ is refused without a child. NULL and *error when the child could not do it
 * (WORKERS_ERROR: crashed, late after LIMIT_SVG_MS, busy): that picture is not shown, and nothing
 * is known of it. Thread-safe; the caller frees. */
struct svg_report *svg_job_run(struct workers *workers, GBytes *octets, guint side, GError **error);

/* Both directions of both messages. unpack gives NULL or false for octets that are not in form. */
struct svg_request {
    GBytes *svg;
    guint side;
};
GBytes *svg_job_pack_request(GBytes *svg, guint side);
bool svg_job_unpack_request(GBytes *octets, struct svg_request *request);
void svg_request_clear(struct svg_request *request);
GBytes *svg_job_pack_reply(const struct svg_report *report);
struct svg_report *svg_job_unpack_reply(GBytes *octets);

#endif
