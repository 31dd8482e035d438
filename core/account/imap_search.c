/* SPDX-License-Identifier: MIT
 *
 * UID SEARCH (RFC 3501 §6.4.4). What people typed goes as strings, never as keys. */
#include "account/imap_session.h"
#include "base/limits.h"

#include <libetpan/libetpan.h>

static bool check_term(const struct imap_search_term *term, GError **error) {
    if (term->key >= IMAP_SEARCH_ATTACHMENT)
        return true;
    if (!imap_argument("The text to search for", term->text, LIMIT_SEARCH_TEXT, error))
        return false;
    if (g_utf8_validate(term->text, -1, NULL))
        return true;
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT,
                "The text to search for is not valid UTF-8.");
    return false;
}

static bool check(const struct imap *imap, const struct imap_search *search, GError **error) {
    if (!imap->mailbox || search->n > LIMIT_SEARCH_TERMS) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT,
                    "A selected mailbox and at most %d terms are needed.", LIMIT_SEARCH_TERMS);
        return false;
    }
    for (guint i = 0; i < search->n; i++)
        if (!check_term(&search->terms[i], error))
            return false;
    return true;
}

/* IMAP cannot ask for attachments: these are the types of messages that may have some. */
static const char has_attachment[] = " OR HEADER Content-Type \"multipart/mixed\""
                                     " OR HEADER Content-Type \"multipart/signed\""
                                     " HEADER Content-Type \"application/\"";

static void add_term(struct imap_command *command, const struct imap_search_term *term) {
    static const char *const keys[] = {" TEXT ", " FROM ", " TO ", " SUBJECT "};
    switch (term->key) {
    case IMAP_SEARCH_TEXT:
    case IMAP_SEARCH_FROM:
    case IMAP_SEARCH_TO:
    case IMAP_SEARCH_SUBJECT:
        imap_command_add(command, "%s", keys[term->key]);
        imap_command_string(command, term->text);
        break;
    case IMAP_SEARCH_THREAD:
        imap_command_add(command, " OR HEADER Message-ID ");
        imap_command_string(command, term->text);
        imap_command_add(command, " OR HEADER References ");
        imap_command_string(command, term->text);
        imap_command_add(command, " HEADER In-Reply-To ");
        imap_command_string(command, term->text);
        break;
    case IMAP_SEARCH_ATTACHMENT:
        imap_command_add(command, "%s", has_attachment);
        break;
    case IMAP_SEARCH_UNSEEN:
        imap_command_add(command, " UNSEEN");
        break;
    case IMAP_SEARCH_FLAGGED:
        imap_command_add(command, " FLAGGED");
        break;
    }
}

/* "UID n:m" always stands there, so that there is a key if there are no terms. */
static bool run(struct imap *imap, const struct imap_search *search, GError **error) {
    bool ascii = true;
    for (guint i = 0; i < search->n; i++)
        ascii &= !search->terms[i].text || g_str_is_ascii(search->terms[i].text);
    struct imap_command command;
    imap_begin_command(imap, &command);
    /* Without need no CHARSET: some servers refuse any. */
    imap_command_add(&command, "UID SEARCH%s UID %u:", ascii ? "" : " CHARSET UTF-8",
                     search->after < G_MAXUINT32 ? search->after + 1 : search->after);
    if (search->before)
        imap_command_add(&command, "%u", search->before - 1);
    else
        imap_command_add(&command, "*");
    for (guint i = 0; i < search->n; i++)
        add_term(&command, &search->terms[i]);
    return imap_run(imap, &command, error);
}

/* A server tells of what came after a connection's last command with the answer to the next one,
 * which may not have looked at it yet (RFC 3501 §7.4.1). */
static bool run_again_for_news(struct imap *imap, const struct imap_search *search,
                               GError **error) {
    uint32_t known = imap_driver_map(imap->driver)->exists;
    if (!run(imap, search, error))
        return false;
    return imap_driver_map(imap->driver)->exists <= known || run(imap, search, error);
}

/* "n:*" holds the last message even if its UID is less than n. */
static bool is_within(const struct imap_search *search, uint32_t uid) {
    return uid > search->after && (search->before == 0 || uid < search->before);
}

GArray *imap_search(struct imap *imap, const struct imap_search *search, GError **error) {
    if (!imap_begin(imap, error) || !check(imap, search, error))
        return NULL;
    bool empty = search->before && search->before - 1 <= search->after;
    if (!empty && !run_again_for_news(imap, search, error))
        return NULL;
    GArray *uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    clist *list = empty ? NULL : imap->session->imap_response_info->rsp_search_result;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        uint32_t uid = *(uint32_t *)clist_content(i);
        if (is_within(search, uid))
            g_array_append_val(uids, uid);
    }
    g_array_sort(uids, imap_compare_uids);
    if (uids->len > LIMIT_IMAP_SEARCH)
        g_array_remove_range(uids, 0, uids->len - LIMIT_IMAP_SEARCH);
    return uids;
}
