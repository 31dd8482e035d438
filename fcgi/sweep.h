/* SPDX-License-Identifier: MIT
 *
 * Once a minute: sessions that expired, connections that sat idle too long, and what the store may
 * forget. */
#ifndef INKAN_FCGI_SWEEP_H
#define INKAN_FCGI_SWEEP_H

#include "base/own.h"

struct sessions;
struct sweep;

/* Starts the thread. */
struct sweep *sweep_new(struct sessions *sessions);
void sweep_free(struct sweep *sweep);

DEFINE_OWNED(sweep, sweep_free)

#endif
