/* SPDX-License-Identifier: MIT
 *
 * Reads libetpan's lists of message attributes. */
#include "account/imap_row.h"

#include "base/limits.h"

#include <libetpan/libetpan.h>
#include <time.h>

void imap_message_free(struct imap_message *message) {
    if (!message)
        return;
    g_strfreev(message->keywords);
    g_clear_pointer(&message->header, g_bytes_unref);
    g_clear_pointer(&message->text, g_bytes_unref);
    g_free(message);
}

static struct imap_message *message_new(uint32_t uid) {
    struct imap_message *message = g_new0(struct imap_message, 1);
    message->uid = uid;
    message->keywords = g_new0(char *, 1);
    return message;
}

/* ---- attributes ---- */

static unsigned flag_bit(int type) {
    switch (type) {
    case MAILIMAP_FLAG_SEEN:
        return IMAP_FLAG_SEEN;
    case MAILIMAP_FLAG_ANSWERED:
        return IMAP_FLAG_ANSWERED;
    case MAILIMAP_FLAG_FLAGGED:
        return IMAP_FLAG_FLAGGED;
    case MAILIMAP_FLAG_DELETED:
        return IMAP_FLAG_DELETED;
    case MAILIMAP_FLAG_DRAFT:
        return IMAP_FLAG_DRAFT;
    default:
        return 0;
    }
}

static void read_flags(struct imap_message *message, const struct mailimap_msg_att_dynamic *att) {
    g_autoptr(GPtrArray) keywords = g_ptr_array_new();
    message->flags = 0;
    for (clistiter *i = att->att_list ? clist_begin(att->att_list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_flag_fetch *fetch = clist_content(i);
        if (fetch->fl_type != MAILIMAP_FLAG_FETCH_OTHER)
            continue;
        const struct mailimap_flag *flag = fetch->fl_flag;
        message->flags |= flag_bit(flag->fl_type);
        if (flag->fl_type == MAILIMAP_FLAG_KEYWORD && keywords->len < LIMIT_IMAP_KEYWORDS)
            g_ptr_array_add(keywords, g_strdup(flag->fl_data.fl_keyword));
    }
    g_ptr_array_add(keywords, NULL);
    g_strfreev(message->keywords);
    message->keywords = (char **)g_ptr_array_steal(keywords, NULL);
}

/* 0 for a date that is none. The zone is ±hhmm. */
static int64_t read_date(const struct mailimap_date_time *date) {
    if (!date || date->dt_year < 1970 || date->dt_month < 1 || date->dt_month > 12 ||
        date->dt_day < 1 || date->dt_day > 31 || date->dt_hour > 23 || date->dt_min > 59 ||
        date->dt_sec > 60)
        return 0;
    struct tm tm = {.tm_year = date->dt_year - 1900,
                    .tm_mon = date->dt_month - 1,
                    .tm_mday = date->dt_day,
                    .tm_hour = date->dt_hour,
                    .tm_min = date->dt_min,
                    .tm_sec = date->dt_sec};
    int zone = date->dt_zone / 100 * 3600 + date->dt_zone % 100 * 60;
    return (int64_t)timegm(&tm) - zone;
}

/* Where the octets of a section belong: header, text, or whole. */
static GBytes **section_place(struct imap_message *message,
                              const struct mailimap_section_spec *spec, GBytes **whole) {
    if (!spec)
        return whole;
    if (spec->sec_type != MAILIMAP_SECTION_SPEC_SECTION_MSGTEXT)
        return NULL;
    int type = spec->sec_data.sec_msgtext->sec_type;
    return type == MAILIMAP_SECTION_MSGTEXT_HEADER ? &message->header
           : type == MAILIMAP_SECTION_MSGTEXT_TEXT ? &message->text
                                                   : NULL;
}

static void read_section(const struct imap *imap, struct imap_message *message,
                         const struct mailimap_msg_att_body_section *section, GBytes **whole) {
    g_autoptr(GBytes) octets = NULL;
    if (!imap_octets(imap, section->sec_body_part, section->sec_length, &octets))
        message->too_large = true;
    const struct mailimap_section_spec *spec =
        section->sec_section ? section->sec_section->sec_spec : NULL;
    GBytes **place = section_place(message, spec, whole);
    if (!place || !octets)
        return;
    g_clear_pointer(place, g_bytes_unref);
    *place = g_steal_pointer(&octets);
}

static void read_static(const struct imap *imap, struct imap_message *message,
                        const struct mailimap_msg_att_static *att, GBytes **whole) {
    if (att->att_type == MAILIMAP_MSG_ATT_INTERNALDATE)
        message->internaldate = read_date(att->att_data.att_internal_date);
    else if (att->att_type == MAILIMAP_MSG_ATT_RFC822_SIZE)
        message->size = att->att_data.att_rfc822_size;
    else if (att->att_type == MAILIMAP_MSG_ATT_BODY_SECTION && att->att_data.att_body_section)
        read_section(imap, message, att->att_data.att_body_section, whole);
}

/* ---- rows ---- */

static uint32_t find_uid(const struct mailimap_msg_att *att) {
    for (clistiter *i = clist_begin(att->att_list); i; i = clist_next(i)) {
        const struct mailimap_msg_att_item *item = clist_content(i);
        if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC &&
            item->att_data.att_static->att_type == MAILIMAP_MSG_ATT_UID)
            return item->att_data.att_static->att_data.att_uid;
    }
    return 0;
}

static bool is_wanted(const struct imap_wanted *wanted, GHashTable *uids, uint32_t uid) {
    return (wanted->from && uid >= wanted->from && uid <= wanted->to) ||
           (wanted->above && uid > wanted->above) ||
           g_hash_table_contains(uids, GUINT_TO_POINTER(uid));
}

static int compare_newest(const void *a, const void *b) {
    uint32_t x = (*(struct imap_message *const *)a)->uid;
    uint32_t y = (*(struct imap_message *const *)b)->uid;
    return (x < y) - (x > y);
}

static void read_att(const struct imap *imap, struct imap_message *message,
                     const struct mailimap_msg_att *att, GBytes **whole) {
    for (clistiter *i = clist_begin(att->att_list); i; i = clist_next(i)) {
        const struct mailimap_msg_att_item *item = clist_content(i);
        if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
            read_flags(message, item->att_data.att_dyn);
        else if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC)
            read_static(imap, message, item->att_data.att_static, whole);
    }
}

GPtrArray *imap_rows(struct imap *imap, const struct imap_wanted *wanted, GBytes **whole) {
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)imap_message_free);
    g_autoptr(GHashTable) by_uid = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) uids = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < wanted->n; i++)
        g_hash_table_add(uids, GUINT_TO_POINTER(wanted->uids[i]));
    clist *list = imap->session->imap_response_info->rsp_fetch_list;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_msg_att *att = clist_content(i);
        uint32_t uid = find_uid(att);
        if (uid == 0 || !is_wanted(wanted, uids, uid))
            continue;
        struct imap_message *row = g_hash_table_lookup(by_uid, GUINT_TO_POINTER(uid));
        if (!row) {
            row = message_new(uid);
            g_hash_table_insert(by_uid, GUINT_TO_POINTER(uid), row);
            g_ptr_array_add(rows, row);
        }
        read_att(imap, row, att, whole);
    }
    g_ptr_array_sort(rows, compare_newest);
    return rows;
}
