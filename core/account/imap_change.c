/* SPDX-License-Identifier: MIT
 *
 * The verbs that change messages: STORE, MOVE (RFC 6851) or COPY, UID EXPUNGE (RFC 4315). Where a
 * server has neither MOVE nor UIDPLUS nothing is expunged: a plain EXPUNGE would take what somebody
 * else marked. */
#include "account/imap_session.h"
#include "base/limits.h"

#include <libetpan/libetpan.h>

/* "NAME UIDS", to be continued. False without a selected mailbox, or with too many UIDs. */
static bool begin_uids(struct imap *imap, struct imap_command *command, const char *name,
                       const uint32_t *uids, guint n, GError **error) {
    if (!imap->mailbox || n == 0 || n > LIMIT_IMAP_FETCH) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT,
                    "Between 1 and %u messages of a selected mailbox are needed.",
                    (unsigned)LIMIT_IMAP_FETCH);
        return false;
    }
    if (!imap_catch_up(imap, uids, n, error))
        return false;
    imap_begin_command(imap, command);
    imap_command_add(command, "%s ", name);
    imap_command_uids(command, uids, n, 0);
    return true;
}

/* keyword = atom   (RFC 3501 §9 flag-keyword) */
static bool keyword_ok(const char *keyword, GError **error) {
    if (!imap_argument("The keyword", keyword, LIMIT_IMAP_NAME, error))
        return false;
    for (const char *p = keyword; *p; p++)
        if ((unsigned char)*p <= 0x20 || (unsigned char)*p > 0x7e || strchr("(){%*\"\\]", *p)) {
            g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT,
                        "The keyword holds a character that IMAP does not allow.");
            return false;
        }
    return true;
}

static void add_flags(struct imap_command *command, unsigned flags, const char *keyword) {
    static const struct {
        enum imap_flag flag;
        const char *name;
    } names[] = {{IMAP_FLAG_SEEN, "\\Seen"},
                 {IMAP_FLAG_ANSWERED, "\\Answered"},
                 {IMAP_FLAG_FLAGGED, "\\Flagged"},
                 {IMAP_FLAG_DELETED, "\\Deleted"},
                 {IMAP_FLAG_DRAFT, "\\Draft"}};
    const char *separator = "";
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (flags & names[i].flag) {
            imap_command_add(command, "%s%s", separator, names[i].name);
            separator = " ";
        }
    if (keyword)
        imap_command_add(command, "%s%s", separator, keyword);
}

bool imap_store(struct imap *imap, const uint32_t *uids, guint n, bool set, unsigned flags,
                const char *keyword, GError **error) {
    struct imap_command command;
    if (!imap_begin(imap, error) || (keyword && !keyword_ok(keyword, error)) ||
        !begin_uids(imap, &command, "UID STORE", uids, n, error))
        return false;
    imap_command_add(&command, " %cFLAGS.SILENT (", set ? '+' : '-');
    add_flags(&command, flags, keyword);
    imap_command_add(&command, ")");
    return imap_run(imap, &command, error);
}

/* uid-set, expanded in its order: at most `most` UIDs. */
static GArray *expand(const struct mailimap_set *set, guint most) {
    GArray *uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (clistiter *i = clist_begin(set->set_list); i; i = clist_next(i)) {
        const struct mailimap_set_item *item = clist_content(i);
        uint32_t lo = MIN(item->set_first, item->set_last),
                 hi = MAX(item->set_first, item->set_last);
        for (uint64_t uid = lo; uid <= hi && uids->len < most; uid++) {
            uint32_t one = (uint32_t)uid;
            g_array_append_val(uids, one);
        }
    }
    return uids;
}

static const struct mailimap_uidplus_resp_code_copy *find_copied(const struct imap *imap) {
    clist *list = imap->session->imap_response_info->rsp_extension_list;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_extension_data *data = clist_content(i);
        if (data->ext_extension->ext_id == MAILIMAP_EXTENSION_UIDPLUS &&
            data->ext_type == MAILIMAP_UIDPLUS_RESP_CODE_COPY)
            return data->ext_data;
    }
    return NULL;
}

/* COPYUID of the last answer (RFC 4315 §3): both sets name the messages in the same order. Sets of
 * different lengths are no answer. */
static void read_copied(const struct imap *imap, const uint32_t *uids, guint n,
                        struct imap_moved *moved) {
    const struct mailimap_uidplus_resp_code_copy *copied = find_copied(imap);
    if (!copied)
        return;
    g_autoptr(GArray) from = expand(copied->uid_source_set, LIMIT_IMAP_FETCH + 1);
    g_autoptr(GArray) to = expand(copied->uid_dest_set, LIMIT_IMAP_FETCH + 1);
    moved->told = from->len == to->len && from->len <= LIMIT_IMAP_FETCH;
    moved->uidvalidity = copied->uid_uidvalidity;
    for (guint i = 0; moved->told && i < n; i++)
        for (guint k = 0; k < from->len; k++)
            if (g_array_index(from, uint32_t, k) == uids[i])
                moved->uids[i] = g_array_index(to, uint32_t, k);
}

static bool copy_or_move(struct imap *imap, const char *name, const uint32_t *uids, guint n,
                         const char *mailbox, struct imap_moved *moved, GError **error) {
    struct imap_command command;
    if (!begin_uids(imap, &command, name, uids, n, error))
        return false;
    imap_command_add(&command, " ");
    imap_command_string(&command, mailbox);
    if (!imap_run(imap, &command, error))
        return false;
    if (moved)
        read_copied(imap, uids, n, moved);
    return true;
}

/* \Deleted, then UID EXPUNGE where there is one. */
static bool remove_messages(struct imap *imap, const uint32_t *uids, guint n, GError **error) {
    struct imap_command command;
    if (!begin_uids(imap, &command, "UID STORE", uids, n, error))
        return false;
    imap_command_add(&command, " +FLAGS.SILENT (\\Deleted)");
    if (!imap_run(imap, &command, error))
        return false;
    if (!(imap->capabilities & IMAP_CAN_UIDPLUS))
        return true;
    return begin_uids(imap, &command, "UID EXPUNGE", uids, n, error) &&
           imap_run(imap, &command, error);
}

bool imap_move(struct imap *imap, const uint32_t *uids, guint n, const char *mailbox,
               struct imap_moved *moved, GError **error) {
    if (!imap_begin(imap, error) ||
        !imap_argument("The mailbox name", mailbox, LIMIT_IMAP_NAME, error))
        return false;
    if (imap->capabilities & IMAP_CAN_MOVE)
        return copy_or_move(imap, "UID MOVE", uids, n, mailbox, moved, error);
    return copy_or_move(imap, "UID COPY", uids, n, mailbox, moved, error) &&
           remove_messages(imap, uids, n, error);
}

bool imap_delete(struct imap *imap, const uint32_t *uids, guint n, GError **error) {
    return imap_begin(imap, error) && remove_messages(imap, uids, n, error);
}

bool imap_tells_moves(const struct imap *imap) {
    return imap->capabilities & IMAP_CAN_UIDPLUS;
}
