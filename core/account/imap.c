/* SPDX-License-Identifier: MIT
 *
 * The verbs that change something, and those about one mailbox as a whole. Listings are in
 * imap_page.c, mailboxes in imap_list.c, rows in imap_row.c. */
#include "account/imap.h"

#include "account/imap_session.h"
#include "base/clock.h"
#include "base/limits.h"

#include <libetpan/libetpan.h>

struct imap *imap_open(const struct imap_server *server, const struct imap_login *login,
                       const struct imap_options *options, GError **error) {
    int ms = options->command_ms > 0 ? options->command_ms : LIMIT_IMAP_COMMAND_MS;
    struct imap_stream *stream =
        imap_stream_open(server, clock_monotonic_ms() + ms, options->cancel_fd, error);
    OWNED(imap) imap = stream ? imap_session_new(stream, error) : NULL;
    if (!imap || !imap_session_login(imap, login, error))
        return NULL;
    imap->command_ms = ms;
    return g_steal_pointer(&imap);
}

bool imap_alive(const struct imap *imap) {
    return imap_driver_failure(imap->driver) == NULL;
}

bool imap_quiet(struct imap *imap) {
    return imap_alive(imap) && imap_driver_quiet(imap->driver);
}

void imap_set_command_ms(struct imap *imap, int command_ms) {
    imap->command_ms = command_ms;
}

uint64_t imap_commands(const struct imap *imap) {
    return imap->commands;
}

/* ---- selecting ---- */

/* HIGHESTMODSEQ lies in libetpan's list of extension data. */
static uint64_t find_modseq(const struct imap *imap) {
    clist *list = imap->session->imap_response_info->rsp_extension_list;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_extension_data *data = clist_content(i);
        if (data->ext_extension->ext_id != MAILIMAP_EXTENSION_CONDSTORE ||
            data->ext_type != MAILIMAP_CONDSTORE_TYPE_RESP_TEXT_CODE)
            continue;
        const struct mailimap_condstore_resptextcode *code = data->ext_data;
        if (code->cs_type == MAILIMAP_CONDSTORE_RESPTEXTCODE_HIGHESTMODSEQ)
            return code->cs_data.cs_modseq_value;
    }
    return 0;
}

static bool select_command(struct imap *imap, const char *mailbox, GError **error) {
    struct mailimap *session = imap->session;
    if (session->imap_selection_info)
        mailimap_selection_info_free(session->imap_selection_info);
    session->imap_selection_info = mailimap_selection_info_new();
    struct imap_command command;
    imap_begin_command(imap, &command);
    imap_command_add(&command, "SELECT ");
    imap_command_string(&command, mailbox);
    if (!imap_run(imap, &command, error))
        return imap_set_mailbox_error(imap, error);
    if (session->imap_selection_info->sel_uidvalidity == 0)
        return imap_die(imap, error, "the mailbox has no UIDVALIDITY");
    return true;
}

bool imap_select(struct imap *imap, const char *mailbox, GError **error) {
    if (!imap_begin(imap, error) ||
        !imap_argument("The mailbox name", mailbox, LIMIT_IMAP_NAME, error))
        return false;
    if (imap->mailbox && strcmp(imap->mailbox, mailbox) == 0)
        return true;
    imap_deselect(imap);
    if (!select_command(imap, mailbox, error)) {
        imap_map_reset(imap_driver_map(imap->driver));
        return false;
    }
    const struct mailimap_selection_info *info = imap->session->imap_selection_info;
    imap->mailbox = g_strdup(mailbox);
    imap->selected.mailbox = imap->mailbox;
    imap->selected.uidvalidity = info->sel_uidvalidity;
    imap->selected.highestmodseq = find_modseq(imap);
    imap->selected.read_only = info->sel_perm == MAILIMAP_MAILBOX_READONLY;
    imap->fresh = true;
    return true;
}

const struct imap_selected *imap_selected(struct imap *imap) {
    if (!imap->mailbox)
        return NULL;
    imap->selected.exists = imap_driver_map(imap->driver)->exists;
    imap->selected.uidnext = imap->session->imap_selection_info->sel_uidnext;
    return &imap->selected;
}

bool imap_noop(struct imap *imap, GError **error) {
    struct imap_command command;
    if (!imap_begin(imap, error))
        return false;
    imap_begin_command(imap, &command);
    imap_command_add(&command, "NOOP");
    return imap_run(imap, &command, error);
}

/* ---- changing messages ---- */

/* "NAME UIDS", to be continued. False without a selected mailbox, or with too many UIDs. */
static bool begin_uids(struct imap *imap, struct imap_command *command, const char *name,
                       const uint32_t *uids, guint n, GError **error) {
    if (!imap->mailbox || n == 0 || n > LIMIT_IMAP_FETCH) {
        g_set_error(error, IMAP_ERROR, IMAP_ERROR_ARGUMENT,
                    "Between 1 and %u messages of a selected mailbox are needed.",
                    (unsigned)LIMIT_IMAP_FETCH);
        return false;
    }
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

/* COPYUID of the last answer: where one message went. */
static uint32_t find_copied_uid(const struct imap *imap) {
    clist *list = imap->session->imap_response_info->rsp_extension_list;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_extension_data *data = clist_content(i);
        if (data->ext_extension->ext_id != MAILIMAP_EXTENSION_UIDPLUS ||
            data->ext_type != MAILIMAP_UIDPLUS_RESP_CODE_COPY)
            continue;
        const struct mailimap_uidplus_resp_code_copy *copy = data->ext_data;
        clistiter *first = clist_begin(copy->uid_dest_set->set_list);
        const struct mailimap_set_item *item = first ? clist_content(first) : NULL;
        return item && item->set_first == item->set_last ? item->set_first : 0;
    }
    return 0;
}

static bool copy_or_move(struct imap *imap, const char *name, const uint32_t *uids, guint n,
                         const char *mailbox, uint32_t *moved_uid, GError **error) {
    struct imap_command command;
    if (!begin_uids(imap, &command, name, uids, n, error))
        return false;
    imap_command_add(&command, " ");
    imap_command_string(&command, mailbox);
    if (!imap_run(imap, &command, error))
        return false;
    if (moved_uid)
        *moved_uid = n == 1 ? find_copied_uid(imap) : 0;
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
               uint32_t *moved_uid, GError **error) {
    if (!imap_begin(imap, error) ||
        !imap_argument("The mailbox name", mailbox, LIMIT_IMAP_NAME, error))
        return false;
    if (imap->capabilities & IMAP_CAN_MOVE)
        return copy_or_move(imap, "UID MOVE", uids, n, mailbox, moved_uid, error);
    return copy_or_move(imap, "UID COPY", uids, n, mailbox, moved_uid, error) &&
           remove_messages(imap, uids, n, error);
}

bool imap_delete(struct imap *imap, const uint32_t *uids, guint n, GError **error) {
    return imap_begin(imap, error) && remove_messages(imap, uids, n, error);
}
