/* SPDX-License-Identifier: MIT
 *
 * Drives account/imap and account/pool from outside: each line on stdin is a verb and its arguments
 * (TAB between them, C escapes within), each answer one line of JSON on stdout:
 *   {"ok": …} or {"error": "time-out", "text": "…"}
 * Started with: HOST PORT CA-FILE. */
#include "account/pool.h"
#include "base/clock.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct drive {
    struct imap_server *server;
    struct imap *imap;
    int cancel_fd;
    int command_ms;
    char **words;
    guint n;
};

static const char *word(const struct drive *d, guint i) {
    return i < d->n ? d->words[i] : "";
}

static uint32_t number(const struct drive *d, guint i) {
    return (uint32_t)strtoul(word(d, i), NULL, 10);
}

/* The words from `from` on, as UIDs. */
static GArray *uids(const struct drive *d, guint from) {
    GArray *list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (guint i = from; i < d->n; i++) {
        uint32_t uid = number(d, i);
        g_array_append_val(list, uid);
    }
    return list;
}

/* Octets as text, each one a code point up to U+00FF. */
static json_t *octets(GBytes *bytes) {
    if (!bytes)
        return json_null();
    gsize n = 0;
    const guchar *p = g_bytes_get_data(bytes, &n);
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < n; i++)
        g_string_append_unichar(text, p[i]);
    return json_stringn(text->str, text->len);
}

static json_t *messages(GPtrArray *rows) {
    json_t *list = json_array();
    for (guint i = 0; i < rows->len; i++) {
        const struct imap_message *m = g_ptr_array_index(rows, i);
        json_t *keywords = json_array();
        for (char **k = m->keywords; *k; k++)
            json_array_append_new(keywords, json_string(*k));
        json_array_append_new(
            list, json_pack("{sI si so sI sI so so sb}", "uid", (json_int_t)m->uid, "flags",
                            (int)m->flags, "keywords", keywords, "internaldate",
                            (json_int_t)m->internaldate, "size", (json_int_t)m->size, "header",
                            octets(m->header), "text", octets(m->text), "too_large", m->too_large));
    }
    return list;
}

static json_t *do_open(struct drive *d, GError **error) {
    const char *secret = word(d, 2);
    bool bearer = strcmp(word(d, 3), "bearer") == 0;
    struct imap_login login = {word(d, 1), bearer ? NULL : secret, bearer ? secret : NULL};
    struct imap_options options = {.command_ms = d->command_ms, .cancel_fd = d->cancel_fd};
    g_clear_pointer(&d->imap, imap_close);
    d->imap = imap_open(d->server, &login, &options, error);
    return d->imap ? json_true() : NULL;
}

static json_t *do_list(struct drive *d, GError **error) {
    g_autoptr(GPtrArray) list = imap_list(d->imap, error);
    json_t *out = list ? json_array() : NULL;
    for (guint i = 0; list && i < list->len; i++) {
        const struct imap_mailbox *m = g_ptr_array_index(list, i);
        char delimiter[2] = {m->delimiter, 0};
        g_autofree char *id = g_strescape(m->id, NULL);
        json_array_append_new(out,
                              json_pack("{ss ss ss ss sb sb}", "id", id, "name", m->name, "role",
                                        imap_role_name(m->role), "delimiter", delimiter,
                                        "selectable", m->selectable, "personal", m->personal));
    }
    return out;
}

static json_t *do_status(struct drive *d, GError **error) {
    struct imap_status s;
    if (!imap_status(d->imap, word(d, 1), &s, error))
        return NULL;
    return json_pack("{si si si si}", "messages", (int)s.messages, "unseen", (int)s.unseen,
                     "uidnext", (int)s.uidnext, "uidvalidity", (int)s.uidvalidity);
}

static json_t *do_selected(struct drive *d, GError **error) {
    (void)error;
    const struct imap_selected *s = imap_selected(d->imap);
    if (!s)
        return json_null();
    return json_pack("{ss si si sI sI sb}", "mailbox", s->mailbox, "exists", (int)s->exists,
                     "uidnext", (int)s->uidnext, "uidvalidity", (json_int_t)s->uidvalidity,
                     "highestmodseq", (json_int_t)s->highestmodseq, "read_only", s->read_only);
}

static json_t *do_select(struct drive *d, GError **error) {
    return imap_select(d->imap, word(d, 1), error) ? do_selected(d, error) : NULL;
}

static json_t *do_page(struct drive *d, GError **error) {
    OWNED(imap_page) page = imap_page(d->imap, number(d, 1), number(d, 2), error);
    if (!page)
        return NULL;
    return json_pack("{so si sb}", "messages", messages(page->messages), "above", (int)page->above,
                     "more", page->more);
}

static json_t *do_fetch(struct drive *d, GError **error) {
    g_autoptr(GArray) list = uids(d, 3);
    enum imap_fetch what = strcmp(word(d, 1), "row") == 0 ? IMAP_FETCH_ROW : IMAP_FETCH_FLAGS;
    g_autoptr(GPtrArray) rows =
        imap_fetch(d->imap, what, (uint32_t *)(void *)list->data, list->len, number(d, 2), error);
    return rows ? messages(rows) : NULL;
}

/* With a file name: the octets go there. */
static json_t *do_octets(struct drive *d, GError **error) {
    OWNED(imap_message) m = NULL;
    g_autoptr(GBytes) whole = imap_fetch_octets(d->imap, number(d, 1), &m, error);
    if (!whole)
        return NULL;
    gsize n = 0;
    const char *p = g_bytes_get_data(whole, &n);
    if (d->n < 3)
        return json_pack("{so sI}", "octets", octets(whole), "size", (json_int_t)m->size);
    if (!g_file_set_contents(word(d, 2), p, (gssize)n, error))
        return NULL;
    return json_pack("{sI sI}", "length", (json_int_t)n, "size", (json_int_t)m->size);
}

static json_t *do_search(struct drive *d, GError **error) {
    g_autofree char *text = g_strdup(word(d, 1));
    const struct imap_search_term term = {number(d, 3), text};
    const struct imap_search search = {
        .terms = &term, .n = 1, .before = number(d, 2), .after = number(d, 4)};
    g_autoptr(GArray) found = imap_search(d->imap, &search, error);
    json_t *out = found ? json_array() : NULL;
    for (guint i = 0; found && i < found->len; i++)
        json_array_append_new(out, json_integer(g_array_index(found, uint32_t, i)));
    return out;
}

static json_t *do_store(struct drive *d, GError **error) {
    g_autoptr(GArray) list = uids(d, 4);
    const char *keyword = *word(d, 3) ? word(d, 3) : NULL;
    bool ok = imap_store(d->imap, (uint32_t *)(void *)list->data, list->len, *word(d, 1) == '+',
                         number(d, 2), keyword, error);
    return ok ? json_true() : NULL;
}

static json_t *do_move(struct drive *d, GError **error) {
    g_autoptr(GArray) list = uids(d, 2);
    g_autofree uint32_t *to = g_new0(uint32_t, list->len + 1);
    struct imap_moved moved = {.uids = to};
    if (!imap_move(d->imap, (uint32_t *)(void *)list->data, list->len, word(d, 1), &moved, error))
        return NULL;
    if (list->len == 1)
        return json_integer(to[0]);
    json_t *all = json_array();
    for (guint i = 0; i < list->len; i++)
        json_array_append_new(all, json_integer(to[i]));
    return json_pack("{sb sI so}", "told", moved.told, "uidvalidity", (json_int_t)moved.uidvalidity,
                     "uids", all);
}

static json_t *do_delete(struct drive *d, GError **error) {
    g_autoptr(GArray) list = uids(d, 1);
    return imap_delete(d->imap, (uint32_t *)(void *)list->data, list->len, error) ? json_true()
                                                                                  : NULL;
}

static json_t *do_noop(struct drive *d, GError **error) {
    return imap_noop(d->imap, error) ? json_true() : NULL;
}

/* wait MS: news within so many milliseconds, by somebody who wakes it then. */
static void *wake_later(void *data) {
    const int *args = data;
    g_usleep((gulong)args[0] * 1000);
    eventfd_write(args[1], 1);
    return NULL;
}

static json_t *do_wait(struct drive *d, GError **error) {
    struct imap_news news;
    int args[2] = {(int)number(d, 1), eventfd(0, EFD_CLOEXEC)};
    GThread *waker = g_thread_new("wake", wake_later, args);
    bool ok = imap_wait(d->imap, args[1], &news, error);
    g_thread_join(waker);
    close(args[1]);
    return ok ? json_pack("{sb sb sb}", "mail", news.mail, "removed", news.removed, "flags",
                          news.flags)
              : NULL;
}

static json_t *do_commands(struct drive *d, GError **error) {
    (void)error;
    return json_integer((json_int_t)imap_commands(d->imap));
}

static json_t *do_alive(struct drive *d, GError **error) {
    (void)error;
    return json_boolean(imap_alive(d->imap));
}

static json_t *do_deadline(struct drive *d, GError **error) {
    (void)error;
    d->command_ms = (int)number(d, 1);
    if (d->imap)
        imap_set_command_ms(d->imap, d->command_ms);
    return json_true();
}

static void *cancel_later(void *data) {
    struct drive *d = data;
    g_usleep(200 * 1000);
    (void)eventfd_write(d->cancel_fd, 1);
    return NULL;
}

static json_t *do_cancel(struct drive *d, GError **error) {
    (void)error;
    g_thread_unref(g_thread_new("cancel", cancel_later, d));
    return json_true();
}

/* ---- pool ---- */

struct crowd {
    struct pool *pool;
    const char *mailbox;
    int rounds;
    int wait_ms;
    gint good;
    gint errors[IMAP_ERROR_ARGUMENT + 1];
};

static void *crowd_run(void *data) {
    struct crowd *crowd = data;
    for (int i = 0; i < crowd->rounds; i++) {
        g_autoptr(GError) error = NULL;
        struct imap *imap = pool_checkout(crowd->pool, crowd->mailbox, crowd->wait_ms, &error);
        OWNED(imap_page) page = imap ? imap_page(imap, 0, 20, &error) : NULL;
        pool_checkin(crowd->pool, imap);
        if (page)
            g_atomic_int_inc(&crowd->good);
        else
            g_atomic_int_inc(&crowd->errors[error->code]);
    }
    return NULL;
}

/* crowd USER PASSWORD MAILBOX THREADS ROUNDS WAIT-MS GATE */
static json_t *do_crowd(struct drive *d, GError **error) {
    (void)error;
    struct imap_login login = {word(d, 1), word(d, 2), NULL};
    OWNED(pool_gate) gate = pool_gate_new(number(d, 7));
    struct imap_options options = {.command_ms = d->command_ms, .cancel_fd = d->cancel_fd};
    OWNED(pool) pool = pool_new(d->server, gate, &login, &options);
    struct crowd crowd = {.pool = pool,
                          .mailbox = word(d, 3),
                          .rounds = (int)number(d, 5),
                          .wait_ms = (int)number(d, 6)};
    GThread *threads[64];
    guint n = MIN(number(d, 4), G_N_ELEMENTS(threads));
    int64_t start = clock_monotonic_ms();
    for (guint i = 0; i < n; i++)
        threads[i] = g_thread_new("crowd", crowd_run, &crowd);
    for (guint i = 0; i < n; i++)
        g_thread_join(threads[i]);
    json_t *errors = json_object();
    for (int i = 1; i <= IMAP_ERROR_ARGUMENT; i++)
        if (crowd.errors[i])
            json_object_set_new(errors, imap_error_name(i), json_integer(crowd.errors[i]));
    return json_pack("{si so si sI sI}", "good", crowd.good, "errors", errors, "opened",
                     (int)pool_opened(pool), "commands", (json_int_t)pool_commands(pool), "ms",
                     (json_int_t)(clock_monotonic_ms() - start));
}

/* ---- */

static const struct {
    const char *name;
    json_t *(*run)(struct drive *d, GError **error);
    bool needs_connection;
} verbs[] = {
    {"open", do_open, false},    {"list", do_list, true},          {"status", do_status, true},
    {"select", do_select, true}, {"selected", do_selected, true},  {"page", do_page, true},
    {"fetch", do_fetch, true},   {"octets", do_octets, true},      {"search", do_search, true},
    {"store", do_store, true},   {"move", do_move, true},          {"delete", do_delete, true},
    {"noop", do_noop, true},     {"wait", do_wait, true},          {"commands", do_commands, true},
    {"alive", do_alive, true},   {"deadline", do_deadline, false}, {"cancel", do_cancel, false},
    {"crowd", do_crowd, false}};

static json_t *run(struct drive *d) {
    g_autoptr(GError) error = NULL;
    json_t *result = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strcmp(word(d, 0), verbs[i].name) == 0 && (d->imap || !verbs[i].needs_connection)) {
            result = verbs[i].run(d, &error);
            g_assert((result == NULL) == (error != NULL));
            if (result)
                return json_pack("{so}", "ok", result);
            return json_pack("{ss ss}", "error",
                             error->domain == IMAP_ERROR ? imap_error_name(error->code) : "?",
                             "text", error->message);
        }
    return json_pack("{ss ss}", "error", "no-such-verb", "text", word(d, 0));
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    if (argc != 4)
        return 2;
    g_autoptr(GError) error = NULL;
    struct drive d = {.cancel_fd = eventfd(0, EFD_CLOEXEC)};
    d.server = imap_server_new(argv[1], (uint16_t)strtoul(argv[2], NULL, 10),
                               *argv[3] ? argv[3] : NULL, &error);
    if (!d.server) {
        printf("{\"error\": \"%s\"}\n", imap_error_name(error->code));
        return 1;
    }
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    while ((n = getline(&line, &size, stdin)) > 0) {
        line[n - 1] = '\0';
        d.words = g_strsplit(line, "\t", -1);
        d.n = g_strv_length(d.words);
        for (guint i = 0; i < d.n; i++) {
            char *plain = g_strcompress(d.words[i]);
            g_free(d.words[i]);
            d.words[i] = plain;
        }
        json_t *answer = run(&d);
        json_dumpf(answer, stdout, JSON_COMPACT);
        putchar('\n');
        fflush(stdout);
        json_decref(answer);
        g_strfreev(d.words);
    }
    free(line);
    g_clear_pointer(&d.imap, imap_close);
    imap_server_free(d.server);
    close(d.cancel_fd);
    return 0;
}
