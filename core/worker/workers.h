/* SPDX-License-Identifier: MIT
 *
 * Sandboxed children for what is hostile and heavy. Each is an own process of inkan-worker without
 * network, files or more memory than it needs (child.c); it is given one job at a time over a
 * socket pair, and killed when it is late, has crashed, or has done LIMIT_CHILD_JOBS of them, so
 * that no message keeps influence over the next for long. Children are spawned, never forked. */
#ifndef INKAN_WORKER_WORKERS_H
#define INKAN_WORKER_WORKERS_H

#include "base/own.h"
#include "worker/protocol.h"

#include <glib.h>
#include <stdbool.h>

enum workers_error {
    WORKERS_ERROR_SPAWN,    /* the program could not be started */
    WORKERS_ERROR_CRASHED,  /* the child died over this job, or broke the protocol */
    WORKERS_ERROR_LATE,     /* not done in time; the child was killed */
    WORKERS_ERROR_BUSY,     /* no child became free in time */
    WORKERS_ERROR_FAILED,   /* the child lives and says that it could not do it */
    WORKERS_ERROR_TOO_LARGE /* the request is over LIMIT_JOB_REQUEST */
};
#define WORKERS_ERROR workers_error_quark()
GQuark workers_error_quark(void);

struct workers;

/* `program` is the path of inkan-worker (NULL: beside the running executable). At most `n`
 * children, started when first needed. Nothing is started here, so nothing can fail. */
struct workers *workers_new(const char *program, guint n);
/* No job may be running. Kills and reaps the children. */
void workers_free(struct workers *workers);

/* Waits for a free child, gives it `request`, and waits for its answer, at most `milliseconds` for
 * either. Of several children one is never given JOB_SVG. Thread-safe. A child found dead before it
 * took the job is replaced silently; one that dies over it costs this job. NULL and *error: see
 * above. The caller unrefs. */
GBytes *workers_run(struct workers *workers, enum job job, GBytes *request, guint milliseconds,
                    GError **error);

struct workers_counts {
    guint spawned, crashed, late, recycled, jobs;
};
/* What has happened so far (for /metrics and tests). */
struct workers_counts workers_counts(struct workers *workers);

DEFINE_OWNED(workers, workers_free)

#endif
