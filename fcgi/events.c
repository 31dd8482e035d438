/* SPDX-License-Identifier: MIT
 *
 * Channels and streams. A stream's pending text grows under the lock and is taken by the front. */
#include "fcgi/events.h"

#include "account/pool.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/events_channel.h"
#include "fcgi/id.h"
#include "fcgi/json_summary.h"
#include "fcgi/seal.h"
#include "fcgi/thread.h"

#include <jansson.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { RETRY_MS = 3000 };

struct stream {
    struct serve_source source; /* first: the pointers are the same */
    struct channel *channel;
    struct session *session;
    bool japanese;
    GString *pending;
    int64_t spoken; /* clock_monotonic_ms of the last octet */
};

/* ---- events ---- */

static void event_free(gpointer data) {
    struct event *event = data;
    g_free(event->text[0]);
    g_free(event->text[1]);
    g_free(event);
}

static char *event_text(const struct channel *channel, uint64_t number, const char *name,
                        const char *data) {
    return g_strdup_printf("id: %s-%" G_GUINT64_FORMAT "\nevent: %s\ndata: %s\n\n",
                           channel->events->boot, number, name, data);
}

void channel_tell(struct channel *channel, const char *name, const char *en, const char *ja) {
    struct event *event = g_new0(struct event, 1);
    event->number = ++channel->last;
    event->text[0] = event_text(channel, event->number, name, en);
    event->text[1] = event_text(channel, event->number, name, ja);
    for (guint i = 0; i < channel->streams->len; i++) {
        struct stream *stream = channel->streams->pdata[i];
        if (stream->pending->len <= LIMIT_STREAM_OCTETS) /* beyond, the front cuts it off */
            g_string_append(stream->pending, event->text[stream->japanese]);
    }
    g_queue_push_tail(&channel->kept, event);
    if (g_queue_get_length(&channel->kept) > LIMIT_EVENTS_KEPT)
        event_free(g_queue_pop_head(&channel->kept));
}

/* What came after `last_id`, or `reload`. A channel lives as long as its streams: a client whose
 * stream was the only one starts anew. */
static void say_again(struct stream *stream, const char *last_id) {
    const struct channel *channel = stream->channel;
    size_t n = strlen(channel->events->boot);
    guint64 seen;
    const struct event *oldest = channel->kept.head ? channel->kept.head->data : NULL;
    bool known = strncmp(last_id, channel->events->boot, n) == 0 && last_id[n] == '-' &&
                 g_ascii_string_to_unsigned(last_id + n + 1, 10, 0, channel->last, &seen, NULL) &&
                 (seen == channel->last || (oldest && seen + 1 >= oldest->number));
    if (!known) {
        g_autofree char *text = event_text(channel, channel->last, "reload", "{}");
        g_string_append(stream->pending, text);
        return;
    }
    for (GList *i = channel->kept.head; i; i = i->next) {
        const struct event *event = i->data;
        if (event->number > seen)
            g_string_append(stream->pending, event->text[stream->japanese]);
    }
}

/* ---- channels ---- */

static void channel_free(struct channel *channel) {
    g_queue_clear_full(&channel->kept, event_free);
    g_ptr_array_unref(channel->streams);
    close(channel->wake_fd);
    g_free(channel->account);
    g_free(channel->inbox);
    g_free(channel);
}

static struct channel *channel_new(struct events *events, const char *account) {
    struct channel *channel = g_new0(struct channel, 1);
    char inbox[] = "INBOX";
    struct id id = {.kind = ID_MAILBOX, .mailbox = inbox};
    channel->events = events;
    channel->account = g_strdup(account);
    channel->inbox =
        id_format(span_make((const char *)events->id_key, sizeof events->id_key), account, &id);
    channel->streams = g_ptr_array_new();
    channel->last = (uint64_t)clock_now() << 16; /* ids of an earlier channel are less */
    channel->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    g_hash_table_insert(events->channels, channel->account, channel);
    channel->thread = thread_start(events_watch, channel);
    return channel;
}

struct session *channel_session(struct channel *channel) {
    struct session *found = NULL;
    g_mutex_lock(&channel->events->lock);
    for (guint i = 0; !found && i < channel->streams->len; i++) {
        const struct stream *stream = channel->streams->pdata[i];
        if (!pool_is_closed(stream->session->pool))
            found = session_ref(stream->session);
    }
    g_mutex_unlock(&channel->events->lock);
    return found;
}

/* With the lock held: takes out the channels whose watcher has come to its end; `all`: those too
 * that still talk to a server. */
static GSList *take_ended(struct events *events, bool all) {
    GSList *taken = NULL;
    for (GList *i = events->ended.head, *next; i; i = next) {
        struct channel *channel = i->data;
        next = i->next;
        if (!all && !channel->finished)
            continue;
        taken = g_slist_prepend(taken, channel);
        g_queue_delete_link(&events->ended, i);
    }
    return taken;
}

static void join_and_free(gpointer data) {
    struct channel *channel = data;
    pthread_join(channel->thread, NULL);
    channel_free(channel);
}

/* ---- streams ---- */

static bool stream_is_over(const struct stream *stream) {
    return pool_is_closed(stream->session->pool) || stream->session->expires <= clock_now();
}

static bool stream_take(struct serve_source *source, int64_t now, GString *out) {
    struct stream *stream = (struct stream *)(void *)source;
    g_mutex_lock(&stream->channel->events->lock);
    g_string_append_len(out, stream->pending->str, (gssize)stream->pending->len);
    g_string_truncate(stream->pending, 0);
    g_mutex_unlock(&stream->channel->events->lock);
    bool over = stream_is_over(stream);
    if (over)
        g_string_append(out, "event: end\ndata: {\"code\":\"not-signed-in\"}\n\n");
    else if (!out->len && now - stream->spoken >= LIMIT_STREAM_BEAT_MS)
        g_string_append(out, ":\n\n");
    if (out->len)
        stream->spoken = now;
    return !over;
}

static void stream_free(struct serve_source *source) {
    struct stream *stream = (struct stream *)(void *)source;
    struct channel *channel = stream->channel;
    struct events *events = channel->events;
    g_mutex_lock(&events->lock);
    g_ptr_array_remove(channel->streams, stream);
    events->streams--;
    if (!channel->streams->len) {
        channel->over = true;
        g_hash_table_remove(events->channels, channel->account);
        g_queue_push_tail(&events->ended, channel);
    }
    if (channel->over || pool_is_closed(stream->session->pool))
        eventfd_write(channel->wake_fd, 1);
    g_mutex_unlock(&events->lock);
    session_unref(stream->session);
    g_string_free(stream->pending, TRUE);
    g_free(stream);
}

/* With the lock held. */
static struct stream *stream_new(struct events *events, struct session *session, bool japanese,
                                 const char *last_id) {
    struct channel *channel = g_hash_table_lookup(events->channels, session->account);
    struct stream *stream = g_new0(struct stream, 1);
    *stream = (struct stream){.source = {stream_take, stream_free},
                              .session = session_ref(session),
                              .japanese = japanese,
                              .pending = g_string_new(NULL)};
    g_string_printf(stream->pending, "retry: %d\n\n", RETRY_MS);
    stream->channel = channel ? channel : channel_new(events, session->account);
    if (last_id)
        say_again(stream, last_id);
    g_ptr_array_add(stream->channel->streams, stream);
    events->streams++;
    return stream;
}

struct serve_source *events_open(struct events *events, struct session *session, const char *lang,
                                 const char *last_id, enum problem *problem) {
    g_mutex_lock(&events->lock);
    GSList *ended = take_ended(events, false);
    guint watchers = g_hash_table_size(events->channels) + g_queue_get_length(&events->ended);
    const struct channel *channel = g_hash_table_lookup(events->channels, session->account);
    *problem = channel && channel->streams->len >= LIMIT_STREAMS_ACCOUNT ? PROBLEM_TOO_MANY_STREAMS
               : MAX(events->streams, watchers) >= LIMIT_STREAMS         ? PROBLEM_BUSY
                                                                         : PROBLEM_NONE;
    struct stream *stream =
        *problem ? NULL : stream_new(events, session, g_strcmp0(lang, "ja") == 0, last_id);
    g_mutex_unlock(&events->lock);
    g_slist_free_full(ended, join_and_free);
    return stream ? &stream->source : NULL;
}

/* ---- what is told ---- */

static char *verdict_json(const struct events *events, const struct place *place,
                          const struct record *record, enum reason_language language) {
    struct span key = span_make((const char *)events->id_key, sizeof events->id_key);
    g_autofree char *name = g_strdup(place->mailbox);
    struct id mailbox = {ID_MAILBOX, 0, 0, name};
    struct id message = {ID_MESSAGE, place->uidvalidity, place->uid, name};
    g_autofree char *mailbox_id = id_format(key, place->session->account, &mailbox);
    g_autofree char *message_id = id_format(key, place->session->account, &message);
    json_t *data = json_pack("{s:s, s:s, s:o}", "mailboxId", mailbox_id, "id", message_id,
                             "verdict", json_summary(record, language));
    char *text = json_dumps(data, JSON_COMPACT);
    json_decref(data);
    return text;
}

void events_tell_verdict(struct events *events, const struct place *place,
                         const struct record *record) {
    g_mutex_lock(&events->lock);
    bool heard = g_hash_table_contains(events->channels, place->session->account);
    g_mutex_unlock(&events->lock);
    if (!heard)
        return;
    g_autofree char *en = verdict_json(events, place, record, json_language("en"));
    g_autofree char *ja = verdict_json(events, place, record, json_language("ja"));
    g_mutex_lock(&events->lock);
    struct channel *channel = g_hash_table_lookup(events->channels, place->session->account);
    if (channel && en && ja)
        channel_tell(channel, "verdict", en, ja);
    g_mutex_unlock(&events->lock);
}

void events_count(struct events *events, guint *streams, guint *watchers) {
    g_mutex_lock(&events->lock);
    *streams = events->streams;
    *watchers = g_hash_table_size(events->channels);
    g_mutex_unlock(&events->lock);
}

/* ---- life ---- */

struct events *events_new(struct span id_key) {
    struct events *events = g_new0(struct events, 1);
    unsigned char boot[8];
    g_assert(id_key.n == sizeof events->id_key);
    memcpy(events->id_key, id_key.p, id_key.n);
    seal_random(boot, sizeof boot);
    for (size_t i = 0; i < sizeof boot; i++)
        g_snprintf(events->boot + 2 * i, 3, "%02x", boot[i]);
    g_mutex_init(&events->lock);
    events->channels = g_hash_table_new(g_str_hash, g_str_equal);
    g_queue_init(&events->ended);
    return events;
}

void events_free(struct events *events) {
    g_assert(events->streams == 0);
    g_slist_free_full(take_ended(events, true), join_and_free);
    g_hash_table_unref(events->channels);
    g_mutex_clear(&events->lock);
    g_free(events);
}
