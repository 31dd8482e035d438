/* SPDX-License-Identifier: MIT
 *
 * One account's watcher: waits on a connection of its own for news of the inbox, on the credentials
 * of whichever session listens. A server that cannot be reached is asked again after 1, 2, 4 …
 * seconds; what happened meanwhile is `reload`. */
#include "account/pool.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/events_channel.h"

#include <poll.h>
#include <sys/eventfd.h>

static bool is_over(struct channel *channel) {
    g_mutex_lock(&channel->events->lock);
    bool over = channel->over;
    g_mutex_unlock(&channel->events->lock);
    return over;
}

static void tell(struct channel *channel, const char *name, const char *data) {
    g_mutex_lock(&channel->events->lock);
    channel_tell(channel, name, data, data);
    g_mutex_unlock(&channel->events->lock);
}

static void tell_news(struct channel *channel, const struct imap_news *news) {
    g_autofree char *data = g_strdup_printf("{\"mailboxId\":\"%s\"}", channel->inbox);
    if (news->mail)
        tell(channel, "mail", data);
    if (news->flags)
        tell(channel, "flags", data);
    if (news->removed)
        tell(channel, "removed", data);
}

static void forget_wakes(struct channel *channel) {
    eventfd_t ignored;
    eventfd_read(channel->wake_fd, &ignored);
}

/* Until the connection fails, or nobody of this session listens any more. */
static void watch(struct channel *channel, struct session *session, struct imap *imap) {
    struct imap_news news;
    while (!is_over(channel) && !pool_is_closed(session->pool)) {
        bool good = imap_wait(imap, channel->wake_fd, &news, NULL);
        forget_wakes(channel);
        tell_news(channel, &news);
        if (!good)
            return;
    }
}

static void rest(struct channel *channel, unsigned failures) {
    int ms = MIN(1000 << MIN(failures, 10), LIMIT_WATCH_REST_MS);
    struct pollfd wake = {.fd = channel->wake_fd, .events = POLLIN};
    if (!is_over(channel))
        poll(&wake, 1, ms);
    forget_wakes(channel);
}

void *events_watch(void *data) {
    struct channel *channel = data;
    for (unsigned failures = 0; !is_over(channel);) {
        OWNED(session) session = channel_session(channel);
        OWNED(imap) imap = session ? pool_connect(session->pool, NULL) : NULL;
        if (!imap || !imap_select(imap, "INBOX", NULL)) {
            rest(channel, failures++);
            continue;
        }
        tell(channel, "reload", "{}"); /* what happened until now was not seen */
        failures = 0;
        watch(channel, session, imap);
    }
    g_mutex_lock(&channel->events->lock);
    channel->finished = true;
    g_mutex_unlock(&channel->events->lock);
    return NULL;
}
