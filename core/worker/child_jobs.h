/* SPDX-License-Identifier: MIT
 *
 * The jobs a child can do. */
#ifndef INKAN_WORKER_CHILD_JOBS_H
#define INKAN_WORKER_CHILD_JOBS_H

#include "worker/protocol.h"

/* Before the walls: what libraries read from files once in a process is read now. */
void child_jobs_prepare(void);

/* The answer to a request, or NULL if it is not in form. The caller unrefs. */
GBytes *child_jobs_run(enum job job, GBytes *request);

#endif
