/* SPDX-License-Identifier: MIT
 *
 * Threads with a full-size stack: libetpan's parser recurses, so no thread that may call it gets a
 * small one (house: Processes and threads). */
#ifndef INKAN_FCGI_THREAD_H
#define INKAN_FCGI_THREAD_H

#include <pthread.h>

/* Starts `run(data)` on 8 MB of stack; no thread to be had ends the process. Join it with
 * pthread_join. */
pthread_t thread_start(void *(*run)(void *), void *data);

#endif
