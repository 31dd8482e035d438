/* SPDX-License-Identifier: MIT
 *
 * pthread_create with an explicit stack, whatever the resource limits say. */
#include "fcgi/thread.h"

#include <glib.h>

enum { STACK = 8 << 20 };

pthread_t thread_start(void *(*run)(void *), void *data) {
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    if (pthread_create(&thread, &attributes, run, data) != 0)
        g_error("no thread to be had");
    pthread_attr_destroy(&attributes);
    return thread;
}
