/* SPDX-License-Identifier: MIT
 *
 * All that an IMAP server may say: stream from memory, lexer, screen, driver, libetpan's parser,
 * and what account/imap makes of it. The first octet says whether to sign in and which verbs to
 * call; the rest is everything the server ever sends. */
#include "account/imap_session.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint32_t wanted[] = {1, 2, 10, 11, 12};

static void check_messages(GPtrArray *rows) {
    for (guint i = 0; rows && i < rows->len; i++) {
        const struct imap_message *row = g_ptr_array_index(rows, i);
        const struct imap_message *before = i ? g_ptr_array_index(rows, i - 1) : NULL;
        g_assert(row->uid > 0 && (!before || before->uid > row->uid));
        g_assert(g_strv_length(row->keywords) <= LIMIT_IMAP_KEYWORDS);
        for (char **k = row->keywords; *k; k++)
            g_assert(g_str_is_ascii(*k));
    }
}

static void call_list(struct imap *imap, GError **error) {
    g_autoptr(GPtrArray) list = imap_list_counted(imap, error);
    for (guint i = 0; list && i < list->len; i++) {
        const struct imap_mailbox *mailbox = g_ptr_array_index(list, i);
        g_assert(g_utf8_validate(mailbox->name, -1, NULL));
        g_assert(imap_argument("", mailbox->id, LIMIT_IMAP_NAME, NULL));
        g_assert(imap_role_name(mailbox->role));
    }
}

static void call_page(struct imap *imap, uint32_t before, GError **error) {
    OWNED(imap_page) page = imap_page(imap, before, 3, error);
    if (!page)
        return;
    check_messages(page->messages);
    g_assert(page->messages->len <= 3);
    for (guint i = 0; before && i < page->messages->len; i++)
        g_assert(((struct imap_message *)g_ptr_array_index(page->messages, i))->uid < before);
}

static void call_fetch(struct imap *imap, uint32_t above, GError **error) {
    g_autoptr(GPtrArray) rows =
        imap_fetch(imap, IMAP_FETCH_ROW, wanted, G_N_ELEMENTS(wanted), above, error);
    check_messages(rows);
}

static void call_octets(struct imap *imap, GError **error) {
    OWNED(imap_message) message = NULL;
    g_autoptr(GBytes) whole = imap_fetch_octets(imap, 12, &message, error);
    g_assert(!whole || (message && message->uid == 12));
}

static void call_search(struct imap *imap, const char *text, GError **error) {
    char *words = g_strdup(text);
    const struct imap_search_term terms[] = {{IMAP_SEARCH_TEXT, words},
                                             {IMAP_SEARCH_THREAD, words}};
    const struct imap_search search = {.terms = terms, .n = G_N_ELEMENTS(terms)};
    g_autoptr(GArray) found = imap_search(imap, &search, error);
    g_free(words);
    g_assert(!found || found->len <= LIMIT_IMAP_SEARCH);
}

static void call(struct imap *imap, unsigned verb) {
    g_autoptr(GError) error = NULL;
    struct imap_status status;
    uint32_t to[G_N_ELEMENTS(wanted)] = {0};
    struct imap_news news;
    struct imap_moved moved = {.uids = to};
    bool failed = false;
    switch (verb % 14) {
    case 0:
        call_list(imap, &error);
        break;
    case 1:
        failed = !imap_status(imap, "x", &status, &error);
        break;
    case 2:
        failed = !imap_select(imap, "INBOX", &error);
        break;
    case 3:
        call_page(imap, 0, &error);
        break;
    case 4:
        call_page(imap, 12, &error);
        break;
    case 5:
        call_fetch(imap, 0, &error);
        break;
    case 6:
        call_fetch(imap, 11, &error);
        break;
    case 7:
        call_octets(imap, &error);
        break;
    case 8:
        call_search(imap, "plain", &error);
        break;
    case 9:
        call_search(imap, "é", &error);
        break;
    case 10:
        failed = !imap_move(imap, wanted, G_N_ELEMENTS(wanted), "X", &moved, &error);
        break;
    case 11:
        g_free(imap_create(imap, IMAP_ROLE_TRASH, &error));
        break;
    case 12:
        failed = imap_selected(imap) && !imap_wait(imap, -1, &news, &error);
        break;
    default:
        failed = !imap_noop(imap, &error);
    }
    g_assert(!failed || error);
    if (!error)
        return;
    g_assert(error->domain == IMAP_ERROR && g_utf8_validate(error->message, -1, NULL));
    /* What the screen lets through, libetpan takes. */
    g_assert(!g_str_has_suffix(error->message, "a response that cannot be parsed."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    const struct imap_login login = {"alice", "secret", data[0] & 2 ? "token" : NULL};
    struct imap_stream *stream =
        imap_stream_from_octets(span_make((const char *)data + 2, size - 2));
    g_autoptr(GError) error = NULL;
    OWNED(imap) imap = imap_session_new(stream, &error);
    if (!imap || ((data[0] & 1) && !imap_session_login(imap, &login, &error))) {
        g_assert(error);
        return 0;
    }
    if (data[0] & 4)
        call(imap, 2);
    for (unsigned i = 0; i < 12 && imap_alive(imap); i++)
        call(imap, data[1] + i);
    (void)imap_selected(imap);
    return 0;
}
