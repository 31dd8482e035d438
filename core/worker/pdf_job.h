/* SPDX-License-Identifier: MIT
 *
 * The job of looking for programs in a PDF, and the call that a request handler makes. The request
 * is the document itself. */
#ifndef INKAN_WORKER_PDF_JOB_H
#define INKAN_WORKER_PDF_JOB_H

#include "mail/pdf_active.h"
#include "worker/workers.h"

/* Asks a child; a document over LIMIT_PDF_SIZE is PDF_ACTIVE_TOO_LARGE without one.
 * PDF_ACTIVE_UNKNOWN and *error when the child could not do it (WORKERS_ERROR: crashed, late,
 * busy): nothing is known of the document, so it is not shown. Thread-safe. */
enum pdf_active pdf_job_run(struct workers *workers, GBytes *octets, GError **error);

/* The answer, both ways. PDF_ACTIVE_UNKNOWN for octets that are not in form. */
GBytes *pdf_job_pack_reply(enum pdf_active active);
enum pdf_active pdf_job_unpack_reply(GBytes *octets);

#endif
