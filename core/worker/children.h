/* SPDX-License-Identifier: MIT
 *
 * Sandboxed children for what is hostile and heavy. Each is an own process of inkan-worker without
 * network, files or more memory than it needs (child.c); it is given one job at a time over a
 * socket pair, and killed when it is late, has crashed, or has done LIMIT_CHILD_JOBS of them, so
 * that no message keeps influence over the next for long. Children are spawned, never forked. */
#ifndef INKAN_WORKER_CHILDREN_H
#define INKAN_WORKER_CHILDREN_H

#include "base/own.h"
#include "worker/protocol.h"

#include <glib.h>
#include <stdbool.h>

enum children_error {
    CHILDREN_ERROR_SPAWN,    /* the program could not be started */
    CHILDREN_ERROR_CRASHED,  /* the child died over this job, or broke the protocol */
    CHILDREN_ERROR_LATE,     /* not done in time; the child was killed */
    CHILDREN_ERROR_BUSY,     /* no child became free in time */
    CHILDREN_ERROR_FAILED,   /* the child lives and says that it could not do it */
    CHILDREN_ERROR_TOO_LARGE /* the request is over LIMIT_JOB_REQUEST */
};
#define CHILDREN_ERROR children_error_quark()
GQuark children_error_quark(void);

struct children;

/* `program` is the path of inkan-worker (NULL: beside the running executable). At most `n`
 * children, started when first needed. Nothing is started here, so nothing can fail. */
struct children *children_new(const char *program, guint n);
/* No job may be running. Kills and reaps the children. */
void children_free(struct children *children);

/* Gives `request` to a free child and waits for its answer, `milliseconds` for all. Thread-safe. A
 * child found dead before it took the job is replaced silently; one that dies over it costs this
 * job. NULL and *error: see above. The caller unrefs. */
GBytes *children_run(struct children *children, enum job job, GBytes *request, guint milliseconds,
                     GError **error);

struct children_counts {
    guint spawned, crashed, late, recycled, jobs;
};
/* What has happened so far (for /metrics and tests). */
struct children_counts children_counts(struct children *children);

DEFINE_OWNED(children, children_free)

#endif
