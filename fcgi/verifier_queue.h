/* SPDX-License-Identifier: MIT
 *
 * The verifier's queue: jobs by the time they are due, one a message, bounded. */
#ifndef INKAN_FCGI_VERIFIER_QUEUE_H
#define INKAN_FCGI_VERIFIER_QUEUE_H

#include "fcgi/verifier.h"

struct job {
    char *name;         /* account, mailbox, UIDVALIDITY, UID */
    struct place place; /* session referenced; mailbox is `mailbox` */
    char *mailbox;
    GBytes *whole;
    GBytes *provisional; /* record of the last attempt */
    int64_t due;         /* monotonic ms */
    uint64_t number;     /* first come, first served among those due */
    unsigned attempts;
    bool running;
};

struct queue;
struct queue *queue_new(void);
void queue_free(struct queue *queue);

/* Adds one unless there is one of that name, or the queue is full. */
void queue_add(struct queue *queue, const struct place *place, GBytes *whole);
/* Waits for a job that is due; NULL when the queue is closed. It is running until it goes to
 * queue_done or queue_retry. */
struct job *queue_next(struct queue *queue);
void queue_done(struct queue *queue, struct job *job);
/* Puts it back, due in `ms`; `provisional` (may be NULL) is shown meanwhile. Drops its octets. */
void queue_retry(struct queue *queue, struct job *job, int64_t ms, GBytes *provisional);
GBytes *queue_provisional(struct queue *queue, const struct place *place);
/* Until the job is gone or was attempted, at most `ms`. */
void queue_wait(struct queue *queue, const struct place *place, int64_t ms);
guint queue_length(struct queue *queue);
/* Wakes every waiter for good. */
void queue_close(struct queue *queue);

#endif
