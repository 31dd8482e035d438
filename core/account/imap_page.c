/* SPDX-License-Identifier: MIT
 *
 * Listing and fetching the selected mailbox. Sequence numbers are used only where no UID
 * is known yet: a server may not announce EXPUNGE during FETCH, but may during UID FETCH (RFC 3501
 * §7.4.1), so asking by UID is also what lets removed messages disappear. */
#include "account/imap_row.h"

#include "base/limits.h"

#include <libetpan/libetpan.h>

void imap_page_free(struct imap_page *page) {
    if (!page)
        return;
    g_clear_pointer(&page->messages, g_ptr_array_unref);
    g_free(page);
}

static bool need_selected(struct imap *imap, GError **error) {
    if (!imap_begin(imap, error))
        return false;
    if (imap->mailbox)
        return true;
    g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT, "No mailbox is selected.");
    return false;
}

/* Runs a FETCH. NO with this code still comes with the messages that are left (RFC 5530). */
static bool run_fetch(struct imap *imap, struct imap_command *command, GError **error) {
    g_autoptr(GError) failure = NULL;
    if (imap_run(imap, command, &failure))
        return true;
    if (imap_alive(imap) && imap_driver_code(imap->driver, "EXPUNGEISSUED"))
        return true;
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

/* ---- a page ---- */

/* Asks how many messages lie below `before`: every UID there comes back, so the map knows them
 * from then on. */
static bool ask_below(struct imap *imap, uint32_t before, uint32_t *last, GError **error) {
    struct imap_command command;
    imap_begin_command(imap, &command);
    imap_command_add(&command, "UID SEARCH UID 1:%u", before - 1);
    if (!imap_run(imap, &command, error))
        return false;
    struct imap_map *map = imap_driver_map(imap->driver);
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    clist *list = imap->session->imap_response_info->rsp_search_result;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i))
        if (*(uint32_t *)clist_content(i) < before)
            g_array_append_val(uids, *(uint32_t *)clist_content(i));
    g_array_sort(uids, imap_compare_uids);
    *last = MIN(uids->len, map->exists);
    for (uint32_t i = 0; i < *last; i++)
        imap_map_learn(map, i + 1, g_array_index(uids, uint32_t, i));
    return true;
}

/* FETCH of UID and FLAGS of the messages first..last, by UID if both ends are known. */
static GPtrArray *fetch_range(struct imap *imap, uint32_t first, uint32_t last, uint32_t before,
                              GError **error) {
    struct imap_map *map = imap_driver_map(imap->driver);
    uint32_t from = imap_map_uid(map, first), to = imap_map_uid(map, last);
    bool newest = last == map->exists;
    struct imap_command command;
    imap_begin_command(imap, &command);
    if (from && newest && before == 0)
        imap_command_add(&command, "UID FETCH %u:* (UID FLAGS)", from);
    else if (from && to)
        imap_command_add(&command, "UID FETCH %u:%u (UID FLAGS)", from, to);
    else
        imap_command_add(&command, "FETCH %u:%u (UID FLAGS)", first, last);
    if (!run_fetch(imap, &command, error))
        return NULL;
    struct imap_wanted wanted = {.from = from ? from : 1, .to = before ? before - 1 : G_MAXUINT32};
    return imap_rows(imap, &wanted, NULL);
}

/* Sequence number of the newest message of the page, 0 if there is none. */
static bool find_last(struct imap *imap, uint32_t before, uint32_t *last, GError **error) {
    struct imap_map *map = imap_driver_map(imap->driver);
    if (before == 0 && map->exists == 0 && !imap->fresh && !imap_noop(imap, error))
        return false;
    *last = map->exists;
    if (before == 0)
        return true;
    return imap_map_below(map, before, last) || before == 1 || ask_below(imap, before, last, error);
}

static void finish_page(struct imap *imap, struct imap_page *page, guint limit, bool newest) {
    struct imap_map *map = imap_driver_map(imap->driver);
    if (page->messages->len > limit)
        g_ptr_array_set_size(page->messages, (gint)limit);
    if (page->messages->len == 0)
        return;
    const struct imap_message *oldest = g_ptr_array_index(page->messages, page->messages->len - 1);
    uint32_t below = 0;
    page->more = !imap_map_below(map, oldest->uid, &below) || below > 0;
    /* EXISTS grew meanwhile, and nobody said what stands there. */
    if (newest && map->exists > 0 && imap_map_uid(map, map->exists) == 0)
        page->above = imap_map_greatest(map);
}

/* Again if all of it vanished while it was read, or the first mail came into an empty mailbox: each
 * time the map knows more. */
static GPtrArray *read_page(struct imap *imap, uint32_t before, guint limit, GError **error) {
    for (int attempt = 0; attempt < 3; attempt++) {
        uint32_t last = 0;
        if (!find_last(imap, before, &last, error))
            return NULL;
        if (last == 0)
            break;
        g_autoptr(GPtrArray) rows =
            fetch_range(imap, last > limit ? last - limit + 1 : 1, last, before, error);
        if (!rows || rows->len > 0)
            return g_steal_pointer(&rows);
    }
    return g_ptr_array_new_with_free_func((GDestroyNotify)imap_message_free);
}

struct imap_page *imap_page(struct imap *imap, uint32_t before, guint limit, GError **error) {
    if (!need_selected(imap, error))
        return NULL;
    limit = CLAMP(limit, 1, LIMIT_IMAP_FETCH);
    GPtrArray *rows = read_page(imap, before, limit, error);
    if (!rows)
        return NULL;
    struct imap_page *page = g_new0(struct imap_page, 1);
    page->messages = rows;
    finish_page(imap, page, limit, before == 0);
    return page;
}

/* ---- messages ---- */

GPtrArray *imap_fetch(struct imap *imap, enum imap_fetch what, const uint32_t *uids, guint n,
                      uint32_t above, GError **error) {
    if (!need_selected(imap, error))
        return NULL;
    if (n > LIMIT_IMAP_FETCH) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT, "Too many messages at once.");
        return NULL;
    }
    if (n == 0 && above == 0)
        return g_ptr_array_new_with_free_func((GDestroyNotify)imap_message_free);
    if (!imap_catch_up(imap, uids, n, error))
        return NULL;
    struct imap_command command;
    imap_begin_command(imap, &command);
    command.one = LIMIT_HEADER_SIZE;
    command.all = LIMIT_MESSAGE_SIZE;
    imap_command_add(&command, "UID FETCH ");
    imap_command_uids(&command, uids, n, above);
    imap_command_add(&command, what == IMAP_FETCH_ROW
                                   ? " (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER] "
                                     "BODY.PEEK[TEXT]<0.4096>)"
                                   : " (UID FLAGS)");
    if (!run_fetch(imap, &command, error))
        return NULL;
    struct imap_wanted wanted = {.uids = uids, .n = n, .above = above};
    return imap_rows(imap, &wanted, NULL);
}

GBytes *imap_fetch_octets(struct imap *imap, uint32_t uid, struct imap_message **message,
                          GError **error) {
    if (!need_selected(imap, error) || !imap_catch_up(imap, &uid, 1, error))
        return NULL;
    struct imap_command command;
    imap_begin_command(imap, &command);
    command.one = command.all = LIMIT_MESSAGE_SIZE;
    imap_command_add(&command, "UID FETCH %u (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])",
                     uid);
    if (!run_fetch(imap, &command, error))
        return NULL;
    GBytes *whole = NULL;
    struct imap_wanted wanted = {.uids = &uid, .n = 1};
    g_autoptr(GPtrArray) rows = imap_rows(imap, &wanted, &whole);
    const struct imap_message *row = rows->len > 0 ? g_ptr_array_index(rows, 0) : NULL;
    if (whole && message)
        *message = g_ptr_array_steal_index(rows, 0);
    else if (!whole && row && row->too_large)
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_TOO_LARGE, "The message is larger than %u MB.",
                    LIMIT_MESSAGE_SIZE >> 20);
    else if (!whole)
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_NOT_FOUND,
                    "The message is no longer in the mailbox.");
    return whole;
}
