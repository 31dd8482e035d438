/* SPDX-License-Identifier: MIT
 *
 * The inside of fcgi/events, for events*.c alone. One lock for all of it, held only over lists and
 * strings. */
#ifndef INKAN_FCGI_EVENTS_CHANNEL_H
#define INKAN_FCGI_EVENTS_CHANNEL_H

#include "fcgi/events.h"

#include <pthread.h>

/* One event, kept for who comes back: as it is sent, in each language. */
struct event {
    uint64_t number;
    char *text[2]; /* en, ja */
};

struct channel {
    struct events *events;
    char *account;
    char *inbox; /* id of the mailbox */
    GQueue kept; /* struct event, oldest first */
    uint64_t last;
    GPtrArray *streams; /* struct stream, borrowed */
    /* The watcher. */
    pthread_t thread;
    int wake_fd;   /* something about the streams has changed */
    bool finished; /* the thread is at its end */
    bool over;     /* nobody listens any more: it ends, and is joined by who comes next */
};

struct events {
    GMutex lock;
    char boot[17]; /* event ids of another process are not ours */
    unsigned char id_key[32];
    GHashTable *channels; /* account → struct channel with streams */
    GQueue ended;         /* struct channel to be joined */
    guint streams;
};

/* With the lock held: the event goes to all streams of the channel. `data` is JSON without line
 * breaks, in each language. */
void channel_tell(struct channel *channel, const char *name, const char *en, const char *ja);
/* A session of the channel that has not ended, referenced; NULL if there is none. Takes the lock.
 */
struct session *channel_session(struct channel *channel);

/* events_watch.c: the watcher's thread; its argument is the channel. */
void *events_watch(void *channel);

#endif
