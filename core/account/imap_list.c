/* SPDX-License-Identifier: MIT
 *
 * Mailboxes: LIST and CREATE with special uses (RFC 6154), namespaces (RFC 2342), STATUS. */
#include "account/imap_cursor.h"
#include "account/imap_name.h"
#include "account/imap_session.h"
#include "base/limits.h"

#include <libetpan/libetpan.h>

static const struct {
    enum imap_role role;
    const char *name;
    const char *attribute;
} roles[] = {
    {IMAP_ROLE_INBOX, "inbox", NULL},          {IMAP_ROLE_ALL, "all", "All"},
    {IMAP_ROLE_ARCHIVE, "archive", "Archive"}, {IMAP_ROLE_DRAFTS, "drafts", "Drafts"},
    {IMAP_ROLE_FLAGGED, "flagged", "Flagged"}, {IMAP_ROLE_IMPORTANT, "important", "Important"},
    {IMAP_ROLE_JUNK, "junk", "Junk"},          {IMAP_ROLE_SENT, "sent", "Sent"},
    {IMAP_ROLE_TRASH, "trash", "Trash"}};

const char *imap_role_name(enum imap_role role) {
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++)
        if (roles[i].role == role)
            return roles[i].name;
    return "";
}

static void mailbox_free(void *data) {
    struct imap_mailbox *mailbox = data;
    g_free(mailbox->id);
    g_free(mailbox->name);
    g_free(mailbox);
}

/* ---- namespaces ---- */

static void add_prefixes(struct imap *imap, const struct mailimap_namespace_item *item, char kind) {
    clist *list = item ? item->ns_data_list : NULL;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_namespace_info *info = clist_content(i);
        g_autofree char *prefix = imap_text(imap, info->ns_prefix);
        if (prefix)
            g_ptr_array_add(imap->prefixes, g_strdup_printf("%c%s", kind, prefix));
    }
}

/* Asks once a connection. */
static bool learn_namespaces(struct imap *imap, GError **error) {
    if (imap->prefixes)
        return true;
    imap->prefixes = g_ptr_array_new_with_free_func(g_free);
    if (!(imap->capabilities & IMAP_CAN_NAMESPACE))
        return true;
    struct imap_command command;
    imap_begin_command(imap, &command);
    imap_command_add(&command, "NAMESPACE");
    if (!imap_run(imap, &command, error))
        return false;
    clist *list = imap->session->imap_response_info->rsp_extension_list;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_extension_data *data = clist_content(i);
        if (data->ext_extension->ext_id != MAILIMAP_EXTENSION_NAMESPACE)
            continue;
        const struct mailimap_namespace_data *namespaces = data->ext_data;
        add_prefixes(imap, namespaces->ns_personal, 'p');
        add_prefixes(imap, namespaces->ns_other, 'o');
        add_prefixes(imap, namespaces->ns_shared, 'o');
    }
    return true;
}

/* The longest prefix decides; a mailbox that is under none is nobody's own, unless the server has
 * no namespaces. INBOX is always personal (RFC 2342 §3). */
static bool is_personal(const struct imap *imap, const char *id) {
    if (imap->prefixes->len == 0 || g_ascii_strcasecmp(id, "INBOX") == 0)
        return true;
    size_t longest = 0;
    bool personal = false;
    for (guint i = 0; i < imap->prefixes->len; i++) {
        const char *prefix = g_ptr_array_index(imap->prefixes, i);
        size_t n = strlen(prefix + 1);
        if (n + 1 > longest && g_str_has_prefix(id, prefix + 1)) {
            longest = n + 1;
            personal = prefix[0] == 'p';
        }
    }
    return personal;
}

/* ---- CREATE ---- */

/* The first prefix of the personal namespace, "" if there is none. */
static const char *personal_prefix(const struct imap *imap) {
    for (guint i = 0; i < imap->prefixes->len; i++) {
        const char *prefix = g_ptr_array_index(imap->prefixes, i);
        if (prefix[0] == 'p')
            return prefix + 1;
    }
    return "";
}

static const char *role_attribute(enum imap_role role) {
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++)
        if (roles[i].role == role)
            return roles[i].attribute;
    return NULL;
}

char *imap_create(struct imap *imap, enum imap_role role, GError **error) {
    const char *attribute = role_attribute(role);
    g_assert(role == IMAP_ROLE_ARCHIVE || role == IMAP_ROLE_JUNK || role == IMAP_ROLE_TRASH);
    if (!imap_begin(imap, error) || !learn_namespaces(imap, error))
        return NULL;
    g_autofree char *id = g_strconcat(personal_prefix(imap), attribute, NULL);
    if (!imap_argument("The mailbox name", id, LIMIT_IMAP_NAME, error))
        return NULL;
    struct imap_command command;
    imap_begin_command(imap, &command);
    imap_command_add(&command, "CREATE ");
    imap_command_string(&command, id);
    if (imap->capabilities & IMAP_CAN_CREATE_USE)
        imap_command_add(&command, " (USE (\\%s))", attribute);
    return imap_run(imap, &command, error) ? g_steal_pointer(&id) : NULL;
}

/* ---- LIST ---- */

static enum imap_role find_role(const struct mailimap_mbx_list_flags *flags, const char *id) {
    if (g_ascii_strcasecmp(id, "INBOX") == 0)
        return IMAP_ROLE_INBOX;
    clist *list = flags ? flags->mbf_oflags : NULL;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_mbx_list_oflag *flag = clist_content(i);
        for (size_t k = 1; k < G_N_ELEMENTS(roles); k++)
            if (flag->of_type == MAILIMAP_MBX_LIST_OFLAG_FLAG_EXT &&
                g_ascii_strcasecmp(flag->of_flag_ext, roles[k].attribute) == 0)
                return roles[k].role;
    }
    return IMAP_ROLE_NONE;
}

/* NULL for a name that could not be sent back. */
static struct imap_mailbox *mailbox_new(const struct imap *imap,
                                        const struct mailimap_mailbox_list *entry) {
    g_autofree char *id = imap_text(imap, entry->mb_name);
    if (!id || !*id || strlen(id) > LIMIT_IMAP_NAME)
        return NULL;
    struct imap_mailbox *mailbox = g_new0(struct imap_mailbox, 1);
    mailbox->name = imap_name_decode(id);
    mailbox->delimiter = entry->mb_delimiter;
    mailbox->role = find_role(entry->mb_flag, id);
    mailbox->personal = is_personal(imap, id);
    mailbox->selectable = !entry->mb_flag ||
                          entry->mb_flag->mbf_type != MAILIMAP_MBX_LIST_FLAGS_SFLAG ||
                          entry->mb_flag->mbf_sflag != MAILIMAP_MBX_LIST_SFLAG_NOSELECT;
    mailbox->id = g_steal_pointer(&id);
    return mailbox;
}

static const char *list_return(const struct imap *imap, bool counts) {
    unsigned use = IMAP_CAN_LIST_EXTENDED | IMAP_CAN_SPECIAL_USE;
    if ((imap->capabilities & use) != use)
        return counts ? " RETURN (STATUS (MESSAGES UNSEEN))" : "";
    return counts ? " RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN))" : " RETURN (SPECIAL-USE)";
}

static GPtrArray *list(struct imap *imap, bool counts, GError **error) {
    if (!imap_begin(imap, error) || !learn_namespaces(imap, error))
        return NULL;
    struct imap_command command;
    imap_begin_command(imap, &command);
    imap_command_add(&command, "LIST \"\" \"*\"%s", list_return(imap, counts));
    if (!imap_run(imap, &command, error))
        return NULL;
    GPtrArray *mailboxes = g_ptr_array_new_with_free_func(mailbox_free);
    clist *found = imap->session->imap_response_info->rsp_mailbox_list;
    for (clistiter *i = found ? clist_begin(found) : NULL;
         i && mailboxes->len < LIMIT_IMAP_MAILBOXES; i = clist_next(i)) {
        struct imap_mailbox *mailbox = mailbox_new(imap, clist_content(i));
        if (mailbox)
            g_ptr_array_insert(mailboxes, mailbox->role == IMAP_ROLE_INBOX ? 0 : -1, mailbox);
    }
    return mailboxes;
}

GPtrArray *imap_list(struct imap *imap, GError **error) {
    return list(imap, false, error);
}

/* ---- STATUS ---- */

static void read_status(clist *list, struct imap_status *status) {
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_status_info *info = clist_content(i);
        if (info->st_att == MAILIMAP_STATUS_ATT_MESSAGES)
            status->messages = info->st_value;
        else if (info->st_att == MAILIMAP_STATUS_ATT_UNSEEN)
            status->unseen = info->st_value;
        else if (info->st_att == MAILIMAP_STATUS_ATT_UIDNEXT)
            status->uidnext = info->st_value;
        else if (info->st_att == MAILIMAP_STATUS_ATT_UIDVALIDITY)
            status->uidvalidity = info->st_value;
    }
}

bool imap_status(struct imap *imap, const char *mailbox, struct imap_status *status,
                 GError **error) {
    if (!imap_begin(imap, error) ||
        !imap_argument("The mailbox name", mailbox, LIMIT_IMAP_NAME, error))
        return false;
    struct imap_command command;
    imap_begin_command(imap, &command);
    imap_command_add(&command, "STATUS ");
    imap_command_string(&command, mailbox);
    imap_command_add(&command, " (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)");
    if (!imap_run(imap, &command, error))
        return imap_set_mailbox_error(imap, error);
    const struct mailimap_mailbox_data_status *answer =
        imap->session->imap_response_info->rsp_status;
    if (!answer)
        return imap_die(imap, error, "STATUS without an answer");
    *status = (struct imap_status){0};
    read_status(answer->st_info_list, status);
    return true;
}

/* ---- counts ---- */

/* quoted, without its quotes and what they escape; or an atom. */
static char *take_name(const struct imap *imap, struct imap_cursor *in) {
    struct span text;
    g_autoptr(GString) plain = g_string_new(NULL);
    if (imap_cursor_quoted(in, &text)) {
        for (size_t i = 1; i + 1 < text.n; i++) {
            i += text.p[i] == '\\';
            g_string_append_c(plain, text.p[i]);
        }
    } else if (imap_cursor_atom(in, &text)) {
        g_string_append_len(plain, text.p, (gssize)text.n);
    } else {
        return NULL;
    }
    return imap_text(imap, plain->str);
}

/* "* STATUS" SP mailbox SP "(" name SP number *(SP name SP number) ")": as the screen wrote it. */
static void read_counts(const struct imap *imap, GHashTable *by_id, const char *line) {
    struct imap_cursor in = {span_from(span_of(line), strlen("* STATUS "))};
    g_autofree char *name = take_name(imap, &in);
    struct imap_mailbox *mailbox = name ? g_hash_table_lookup(by_id, name) : NULL;
    if (!mailbox || !imap_cursor_octet(&in, ' ') || !imap_cursor_octet(&in, '('))
        return;
    do {
        struct span what;
        uint64_t number;
        if (!imap_cursor_atom(&in, &what) || !imap_cursor_octet(&in, ' ') ||
            !imap_cursor_number(&in, G_MAXUINT32, &number))
            return;
        if (span_eq(what, SPAN_LIT("MESSAGES")))
            mailbox->messages = (uint32_t)number;
        else if (span_eq(what, SPAN_LIT("UNSEEN")))
            mailbox->unseen = (uint32_t)number;
    } while (imap_cursor_octet(&in, ' '));
    mailbox->counted = true;
}

static GPtrArray *list_with_status(struct imap *imap, GError **error) {
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    imap_driver_collect(imap->driver, lines);
    GPtrArray *all = list(imap, true, error);
    imap_driver_collect(imap->driver, NULL);
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; all && i < all->len; i++) {
        struct imap_mailbox *mailbox = all->pdata[i];
        g_hash_table_insert(by_id, mailbox->id, mailbox);
    }
    for (guint i = 0; all && i < lines->len; i++)
        read_counts(imap, by_id, lines->pdata[i]);
    return all;
}

/* A server may count the selected mailbox as this connection saw it last (RFC 3501 §6.3.10: STATUS
 * is meant for others). */
GPtrArray *imap_list_counted(struct imap *imap, GError **error) {
    if (imap->mailbox && !imap->fresh && !imap_noop(imap, error))
        return NULL;
    if (imap->capabilities & IMAP_CAN_LIST_STATUS)
        return list_with_status(imap, error);
    g_autoptr(GPtrArray) all = list(imap, false, error);
    guint asked = 0;
    for (guint i = 0; all && i < all->len && asked < LIMIT_COUNTED_MAILBOXES; i++) {
        struct imap_mailbox *mailbox = all->pdata[i];
        struct imap_status status = {0};
        if (!mailbox->selectable)
            continue;
        asked++;
        mailbox->counted = imap_status(imap, mailbox->id, &status, NULL);
        if (!mailbox->counted && !imap_alive(imap)) {
            imap_begin(imap, error);
            return NULL;
        }
        mailbox->messages = status.messages;
        mailbox->unseen = status.unseen;
    }
    return g_steal_pointer(&all);
}
