/* SPDX-License-Identifier: MIT
 *
 * A change out of JSON. */
#include "base/limits.h"
#include "fcgi/change.h"
#include "fcgi/service.h"
#include "fcgi/session.h"

#include <jansson.h>
#include <string.h>

void change_clear(struct change *change) {
    for (int set = 0; set < 2; set++)
        g_clear_pointer(&change->keywords[set], g_ptr_array_unref);
    g_clear_pointer(&change->mailbox, g_free);
}

static unsigned flag_of(const char *keyword) {
    static const struct {
        const char *keyword;
        unsigned flag;
    } flags[] = {{"$seen", IMAP_FLAG_SEEN},
                 {"$answered", IMAP_FLAG_ANSWERED},
                 {"$flagged", IMAP_FLAG_FLAGGED},
                 {"$draft", IMAP_FLAG_DRAFT}};
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        if (strcmp(keyword, flags[i].keyword) == 0)
            return flags[i].flag;
    return 0;
}

/* RFC 8621 §4.1.1: 1–255 octets of %x21-7e but ( ) { ] % * " \ */
static bool is_keyword(const char *text) {
    size_t n = strlen(text);
    if (n == 0 || n > 255)
        return false;
    for (const char *p = text; *p; p++)
        if (*p <= 0x20 || *p >= 0x7f || strchr("(){]%*\"\\", *p))
            return false;
    return true;
}

/* Sorts {"name": bool} into what is set and what is cleared. */
static bool read_keywords(json_t *keywords, struct change *change) {
    const char *name;
    json_t *value;
    if (!json_is_object(keywords) || json_object_size(keywords) == 0 ||
        json_object_size(keywords) > LIMIT_IMAP_KEYWORDS)
        return false;
    for (int set = 0; set < 2; set++)
        change->keywords[set] = g_ptr_array_new_with_free_func(g_free);
    json_object_foreach(keywords, name, value) {
        if (!json_is_boolean(value) || !is_keyword(name))
            return false;
        bool set = json_is_true(value);
        unsigned flag = flag_of(name);
        change->flags[set] |= flag;
        if (!flag)
            g_ptr_array_add(change->keywords[set], g_strdup(name));
    }
    return true;
}

/* The one mailbox of {ID: true}. */
static enum problem read_target(const struct exchange *x, json_t *mailboxes,
                                struct change *change) {
    struct span key = span_make((const char *)x->service->id_key, sizeof x->service->id_key);
    void *only = json_object_iter(mailboxes);
    struct id to = {0};
    if (json_object_size(mailboxes) != 1 || !json_is_true(json_object_iter_value(only)))
        return PROBLEM_UNPROCESSABLE;
    if (!id_parse(key, x->session->account, ID_MAILBOX, json_object_iter_key(only), &to))
        return PROBLEM_NOT_FOUND;
    change->mailbox = g_steal_pointer(&to.mailbox);
    id_clear(&to);
    return PROBLEM_NONE;
}

static enum problem read_role(json_t *name, struct change *change) {
    static const enum imap_role roles[] = {IMAP_ROLE_INBOX, IMAP_ROLE_ARCHIVE, IMAP_ROLE_JUNK,
                                           IMAP_ROLE_TRASH};
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++)
        if (g_strcmp0(json_string_value(name), imap_role_name(roles[i])) == 0) {
            change->role = roles[i];
            return PROBLEM_NONE;
        }
    return PROBLEM_UNPROCESSABLE;
}

bool change_read(const struct exchange *x, const struct json_t *body, struct change *change,
                 enum problem *problem) {
    json_t *keywords = json_object_get(body, "keywords");
    json_t *mailboxes = json_object_get(body, "mailboxIds");
    json_t *role = json_object_get(body, "moveToRole");
    *problem = PROBLEM_UNPROCESSABLE;
    if (!!keywords + !!mailboxes + !!role != 1 || (mailboxes && !json_is_object(mailboxes)))
        return false;
    change->kind = keywords ? CHANGE_KEYWORDS : mailboxes ? CHANGE_MOVE : CHANGE_TO_ROLE;
    if (keywords)
        *problem = read_keywords(keywords, change) ? PROBLEM_NONE : PROBLEM_BAD_JSON;
    else
        *problem = mailboxes ? read_target(x, mailboxes, change) : read_role(role, change);
    return *problem == PROBLEM_NONE;
}
