/* SPDX-License-Identifier: MIT
 *
 * Reply: y: enum pdf_active. */
#include "worker/pdf_job.h"

#include "worker/variant.h"

G_STATIC_ASSERT(LIMIT_PDF_SIZE <= LIMIT_JOB_REQUEST);

GBytes *pdf_job_pack_reply(enum pdf_active active) {
    return variant_write(g_variant_new_byte((guchar)active));
}

enum pdf_active pdf_job_unpack_reply(GBytes *octets) {
    g_autoptr(GVariant) value = g_bytes_get_size(octets) == 1 ? variant_read("y", octets) : NULL;
    guchar active = value ? g_variant_get_byte(value) : PDF_ACTIVE_UNKNOWN;
    return active < PDF_ACTIVE__MAX ? (enum pdf_active)active : PDF_ACTIVE_UNKNOWN;
}

enum pdf_active pdf_job_run(struct workers *workers, GBytes *octets, GError **error) {
    if (g_bytes_get_size(octets) > LIMIT_PDF_SIZE)
        return PDF_ACTIVE_TOO_LARGE;
    g_autoptr(GBytes) reply = workers_run(workers, JOB_PDF, octets, LIMIT_JOB_MS, error);
    if (!reply)
        return PDF_ACTIVE_UNKNOWN;
    enum pdf_active active = pdf_job_unpack_reply(reply);
    if (active == PDF_ACTIVE_UNKNOWN)
        g_set_error_literal(error, WORKERS_ERROR, WORKERS_ERROR_CRASHED,
                            "the worker's answer is not in form");
    return active;
}
