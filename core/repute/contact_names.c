/* SPDX-License-Identifier: MIT */
#include "repute/contact_names.h"

#include "base/limits.h"
#include "repute/confusable.h"

#include <string.h>

enum { WORDS_MAX = 8, CHARACTERS_MIN = 3 };

struct contact_names {
    const struct confusables *confusables;
    GHashTable *by_fold;    /* fold of a name → GPtrArray of const struct contact * */
    GHashTable *by_address; /* fold of an address → the same */
};

static int by_text(gconstpointer a, gconstpointer b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *word_end(const char *p) {
    while (*p && (g_unichar_isalnum(g_utf8_get_char(p)) || g_unichar_ismark(g_utf8_get_char(p))))
        p += g_utf8_skip[(guchar)*p];
    return p;
}

/* Words in order of their folds, so that their order in the name does not matter. NULL: no full
 * name. */
static char *fold_name(const struct confusables *confusables, const char *name) {
    g_autofree char *valid = g_utf8_make_valid(name, (gssize)strnlen(name, LIMIT_LOOKALIKE_TEXT));
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    for (const char *p = valid; *p;) {
        const char *end = word_end(p);
        if (end > p && words->len < WORDS_MAX) {
            g_autofree char *word = g_strndup(p, (gsize)(end - p));
            g_ptr_array_add(words, confusable_fold(confusables, word));
        }
        p = *end ? end + g_utf8_skip[(guchar)*end] : end;
    }
    bool spaced = g_ascii_isalnum(*valid) || g_utf8_strlen(valid, -1) < CHARACTERS_MIN;
    if (!words->len || (words->len < 2 && spaced) || strchr(valid, '@'))
        return NULL;
    g_ptr_array_sort(words, by_text);
    g_ptr_array_add(words, NULL);
    return g_strjoinv(" ", (char **)words->pdata);
}

/* The fold of the local part, then the domain as it is: that of another domain is the business of
 * repute/lookalike. NULL: no address. */
static char *fold_address(const struct confusables *confusables, const char *address) {
    const char *at = strrchr(address, '@');
    if (!at)
        return NULL;
    g_autofree char *local = g_strndup(address, (gsize)(at - address));
    g_autofree char *fold = confusable_fold(confusables, local);
    g_autofree char *domain = g_ascii_strdown(at, -1);
    return g_strconcat(fold, domain, NULL);
}

/* Takes the fold. */
static void add(GHashTable *by_fold, char *fold, const struct contact *contact) {
    if (!fold)
        return;
    GPtrArray *same = g_hash_table_lookup(by_fold, fold);
    if (same) {
        g_free(fold);
    } else {
        same = g_ptr_array_new();
        g_hash_table_insert(by_fold, fold, same);
    }
    g_ptr_array_add(same, (gpointer)(guintptr)contact);
}

struct contact_names *contact_names_new(const struct contacts *contacts,
                                        const struct confusables *confusables) {
    struct contact_names *names = g_new0(struct contact_names, 1);
    names->confusables = confusables;
    names->by_fold =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    names->by_address =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < contacts_size(contacts); i++) {
        const struct contact *contact = contacts_at(contacts, i);
        add(names->by_fold, fold_name(confusables, contact->name), contact);
        add(names->by_address, fold_address(confusables, contact->address), contact);
    }
    return names;
}

void contact_names_free(struct contact_names *names) {
    if (!names)
        return;
    g_hash_table_unref(names->by_fold);
    g_hash_table_unref(names->by_address);
    g_free(names);
}

const struct contact *contact_names_find(const struct contact_names *names,
                                         const char *display_name, const char *address) {
    g_autofree char *fold = fold_name(names->confusables, display_name);
    const GPtrArray *same = fold ? g_hash_table_lookup(names->by_fold, fold) : NULL;
    for (guint i = 0; same && i < same->len; i++) {
        const struct contact *contact = same->pdata[i];
        if (g_ascii_strcasecmp(contact->address, address) == 0)
            return NULL;
    }
    return same ? same->pdata[0] : NULL;
}

const struct contact *contact_names_find_address(const struct contact_names *names,
                                                 const char *address) {
    g_autofree char *fold = fold_address(names->confusables, address);
    const GPtrArray *same = fold ? g_hash_table_lookup(names->by_address, fold) : NULL;
    const struct contact *found = NULL;
    for (guint i = 0; same && i < same->len; i++) {
        const struct contact *contact = same->pdata[i];
        if (g_ascii_strcasecmp(contact->address, address) == 0)
            return NULL;
        if (!g_str_is_ascii(address) || !g_str_is_ascii(contact->address))
            found = contact;
    }
    return found;
}
