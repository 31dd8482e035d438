/* SPDX-License-Identifier: MIT
 *
 * Opening, selecting, asking for news. What changes messages is in imap_change.c, listings in
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
    if (imap->mailbox && strcmp(imap->mailbox, mailbox) == 0) {
        imap->fresh = false; /* what its SELECT said may be long ago */
        return true;
    }
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
    imap->caught_up = info->sel_uidnext ? info->sel_uidnext - 1 : 0;
    return true;
}

bool imap_catch_up(struct imap *imap, const uint32_t *uids, guint n, GError **error) {
    uint32_t newest = 0;
    for (guint i = 0; i < n; i++)
        newest = MAX(newest, uids[i]);
    bool seen = newest <= imap->caught_up || imap->fresh ||
                newest <= imap_map_greatest(imap_driver_map(imap->driver));
    if (!seen && !imap_noop(imap, error))
        return false;
    imap->caught_up = MAX(imap->caught_up, newest);
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
