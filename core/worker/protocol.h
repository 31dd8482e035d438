/* SPDX-License-Identifier: MIT
 *
 * What service and child say to each other: a fixed head, then octets. Both run on one machine, so
 * numbers are in its own order; both sides check every length before they allocate. */
#ifndef INKAN_WORKER_PROTOCOL_H
#define INKAN_WORKER_PROTOCOL_H

#include "base/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Zero is no job. JOB_HTML: worker/html_job.h; JOB_SVG: worker/svg_job.h; JOB_OPENPGP_…:
 * worker/openpgp_job.h; JOB_PDF: worker/pdf_job.h. */
enum job { JOB_NONE, JOB_HTML, JOB_SVG, JOB_OPENPGP_VERIFY, JOB_OPENPGP_IMPORT, JOB_PDF, JOB__MAX };

enum job_status { JOB_FAILED, JOB_DONE };

struct protocol_head {
    uint32_t kind; /* enum job towards the child, enum job_status back */
    uint32_t size; /* octets that follow */
};

/* How a transfer ended. */
enum protocol_end { PROTOCOL_OK, PROTOCOL_CLOSED, PROTOCOL_LATE };

/* Read or write exactly `n` octets of a socket. `deadline_ms` is of the monotonic clock; 0 waits
 * for ever and makes no other system call than read or write. */
enum protocol_end protocol_read(int fd, void *octets, gsize n, int64_t deadline_ms);
enum protocol_end protocol_write(int fd, const void *octets, gsize n, int64_t deadline_ms);

#endif
