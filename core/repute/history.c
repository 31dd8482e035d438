/* SPDX-License-Identifier: MIT
 *
 * A habit is a value and how often it came; another value, or none, has to come as often before it
 * takes its place. */
#include "repute/history.h"

#include "base/limits.h"

#include <string.h>

enum { DAY = 86400 };
#define TIME_MAX (INT64_C(1) << 40) /* the year 36,812 */

/* "" is the habit of carrying none. */
struct habit {
    char *value, *next; /* NULL: nothing yet */
    guint count, next_count;
    int64_t since, last; /* receipt of the first and the last message with `value` */
    int64_t next_since;
};

struct entry {
    char *address;
    int64_t first, last;
    guint seen, proved;
    bool is_contact;
    struct habit habits[HABIT__MAX];
};

struct history {
    GPtrArray *entries; /* struct entry, owned */
};

static void entry_free(gpointer data) {
    struct entry *entry = data;
    for (guint i = 0; i < HABIT__MAX; i++) {
        g_free(entry->habits[i].value);
        g_free(entry->habits[i].next);
    }
    g_free(entry->address);
    g_free(entry);
}

struct history *history_new(void) {
    struct history *history = g_new0(struct history, 1);
    history->entries = g_ptr_array_new_with_free_func(entry_free);
    return history;
}

void history_free(struct history *history) {
    if (!history)
        return;
    g_ptr_array_unref(history->entries);
    g_free(history);
}

guint history_size(const struct history *history) {
    return history->entries->len;
}

static struct entry *find(const struct history *history, const char *address) {
    for (guint i = 0; i < history->entries->len; i++) {
        struct entry *entry = history->entries->pdata[i];
        if (g_ascii_strcasecmp(entry->address, address) == 0)
            return entry;
    }
    return NULL;
}

/* Differences of two times never overflow. */
static bool is_time(int64_t at) {
    return at >= 0 && at <= TIME_MAX;
}

/* --- what a habit is ------------------------------------------------------------------------ */

static bool is_constant(const struct habit *habit) {
    return habit->value && *habit->value && habit->count >= LIMIT_HISTORY_CONSTANT &&
           habit->last - habit->since >= (int64_t)LIMIT_HISTORY_DAYS * DAY;
}

bool history_find(const struct history *history, const char *address, struct history_past *past) {
    const struct entry *entry = find(history, address);
    *past = (struct history_past){0};
    if (!entry)
        return false;
    past->first = entry->first;
    past->seen = entry->seen;
    past->proved = entry->proved;
    for (guint i = 0; i < HABIT__MAX; i++) {
        const struct habit *habit = &entry->habits[i];
        if (!is_constant(habit))
            continue;
        past->habits[i] = habit->value;
        past->counts[i] = habit->count;
        past->since[i] = habit->since;
    }
    return true;
}

static void adopt(struct habit *habit, char *value, guint count, int64_t since, int64_t last) {
    g_free(habit->value);
    g_clear_pointer(&habit->next, g_free);
    habit->value = value;
    habit->count = count;
    habit->since = since;
    habit->last = last;
    habit->next_count = 0;
}

/* Mail is read newest first: what is older than the habit confirms it or says nothing. */
static void learn_habit(struct habit *habit, const char *value, int64_t at) {
    if (!habit->value) {
        adopt(habit, g_strdup(value), 1, at, at);
    } else if (strcmp(habit->value, value) == 0) {
        habit->count = MIN(habit->count + 1, G_MAXUINT16);
        habit->since = MIN(habit->since, at);
        habit->last = MAX(habit->last, at);
        if (at >= habit->last)
            g_clear_pointer(&habit->next, g_free);
    } else if (at >= habit->last) {
        if (g_strcmp0(habit->next, value) != 0) {
            g_free(habit->next);
            habit->next = g_strdup(value);
            habit->next_count = 0;
            habit->next_since = at;
        }
        habit->next_count++;
        if (!is_constant(habit) || habit->next_count >= LIMIT_HISTORY_CONSTANT)
            adopt(habit, g_steal_pointer(&habit->next), habit->next_count, habit->next_since, at);
    }
}

/* --- who has to go -------------------------------------------------------------------------- */

static bool is_steady(const struct entry *entry) {
    return entry->proved >= LIMIT_HISTORY_CONSTANT &&
           entry->last - entry->first >= (int64_t)LIMIT_HISTORY_DAYS * DAY;
}

static guint rank(const struct entry *entry) {
    return entry->is_contact ? 3 : is_steady(entry) ? 2 : entry->proved ? 1 : 0;
}

static bool goes_before(const struct entry *a, const struct entry *b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : a->last < b->last;
}

static const char *domain_of(const char *address) {
    const char *at = strrchr(address, '@');
    return at ? at : address;
}

/* The first to go, of one domain ("@example.org") or of all; -1 without any. */
static int first_to_go(const struct history *history, const char *domain, guint *n) {
    int first = -1;
    *n = 0;
    for (guint i = 0; i < history->entries->len; i++) {
        const struct entry *entry = history->entries->pdata[i];
        if (domain && g_ascii_strcasecmp(domain_of(entry->address), domain) != 0)
            continue;
        (*n)++;
        if (first < 0 || goes_before(entry, history->entries->pdata[first]))
            first = (int)i;
    }
    return first;
}

/* A newcomer takes the place of one that ranks no higher, or none. */
static bool make_room(struct history *history, const struct entry *newcomer, const char *domain,
                      guint most) {
    guint n;
    int first = first_to_go(history, domain, &n);
    if (n < most)
        return true;
    if (rank(history->entries->pdata[first]) > rank(newcomer))
        return false;
    g_ptr_array_remove_index_fast(history->entries, (guint)first);
    return true;
}

static struct entry *add(struct history *history, const struct history_lesson *lesson) {
    struct entry *entry = g_new0(struct entry, 1);
    entry->address = g_ascii_strdown(lesson->address, -1);
    entry->first = entry->last = lesson->received_at;
    entry->is_contact = lesson->is_contact;
    entry->proved = lesson->established;
    bool room = make_room(history, entry, domain_of(entry->address), LIMIT_HISTORY_DOMAIN) &&
                make_room(history, entry, NULL, LIMIT_HISTORY_ENTRIES);
    entry->proved = 0;
    if (room)
        g_ptr_array_add(history->entries, entry);
    else
        g_clear_pointer(&entry, entry_free);
    return entry;
}

void history_learn(struct history *history, const struct history_lesson *lesson) {
    if (!*lesson->address || strlen(lesson->address) > LIMIT_CONTACT_ADDRESS ||
        !is_time(lesson->received_at))
        return;
    struct entry *entry = find(history, lesson->address);
    if (!entry && !(entry = add(history, lesson)))
        return;
    entry->is_contact = lesson->is_contact;
    entry->first = MIN(entry->first, lesson->received_at);
    entry->last = MAX(entry->last, lesson->received_at);
    entry->seen = MIN(entry->seen + 1, G_MAXUINT16);
    if (!lesson->established)
        return;
    entry->proved = MIN(entry->proved + 1, G_MAXUINT16);
    for (guint i = 0; i < HABIT__MAX; i++) {
        const char *value = lesson->habits[i] ? lesson->habits[i] : "";
        if (lesson->shown[i] && strlen(value) <= LIMIT_DOMAIN)
            learn_habit(&entry->habits[i], value, lesson->received_at);
    }
}

void history_forget(struct history *history, int64_t before) {
    for (guint i = history->entries->len; i-- > 0;) {
        const struct entry *entry = history->entries->pdata[i];
        if (entry->last < before)
            g_ptr_array_remove_index_fast(history->entries, i);
    }
}

/* --- octets --------------------------------------------------------------------------------- */

/* version; address, first, last, seen, proved, contact, habits: value, next (each "" = none and
 * then not known), counts, times */
#define HABITS "a(bsbsuuxxx)"
#define ENTRY "(sxxuub" HABITS ")"
#define FORMAT "(ya" ENTRY ")"
enum { VERSION = 1 };

static GVariant *habits_variant(const struct entry *entry) {
    GVariantBuilder all;
    g_variant_builder_init(&all, G_VARIANT_TYPE(HABITS));
    for (guint i = 0; i < HABIT__MAX; i++) {
        const struct habit *h = &entry->habits[i];
        g_variant_builder_add(&all, "(bsbsuuxxx)", h->value != NULL, h->value ? h->value : "",
                              h->next != NULL, h->next ? h->next : "", h->count, h->next_count,
                              h->since, h->last, h->next_since);
    }
    return g_variant_builder_end(&all);
}

GBytes *history_encode(const struct history *history) {
    GVariantBuilder all;
    g_variant_builder_init(&all, G_VARIANT_TYPE("a" ENTRY));
    for (guint i = 0; i < history->entries->len; i++) {
        const struct entry *e = history->entries->pdata[i];
        g_variant_builder_add(&all, "(sxxuub@" HABITS ")", e->address, e->first, e->last, e->seen,
                              e->proved, e->is_contact, habits_variant(e));
    }
    g_autoptr(GVariant) value =
        g_variant_ref_sink(g_variant_new("(y@a" ENTRY ")", VERSION, g_variant_builder_end(&all)));
    return g_variant_get_data_as_bytes(value);
}

static bool read_habits(struct entry *entry, GVariantIter *iter) {
    bool good = g_variant_iter_n_children(iter) == HABIT__MAX;
    for (guint i = 0; good && i < HABIT__MAX; i++) {
        struct habit *h = &entry->habits[i];
        gboolean has_value, has_next;
        g_variant_iter_next(iter, "(bsbsuuxxx)", &has_value, &h->value, &has_next, &h->next,
                            &h->count, &h->next_count, &h->since, &h->last, &h->next_since);
        if (!has_value)
            g_clear_pointer(&h->value, g_free);
        if (!has_next)
            g_clear_pointer(&h->next, g_free);
        good = good && is_time(h->since) && is_time(h->last) && is_time(h->next_since);
    }
    return good;
}

static bool read_entries(struct history *history, GVariantIter *iter) {
    bool good = g_variant_iter_n_children(iter) <= LIMIT_HISTORY_ENTRIES;
    for (gsize n = good ? g_variant_iter_n_children(iter) : 0; n && good; n--) {
        struct entry *entry = g_new0(struct entry, 1);
        g_autoptr(GVariantIter) habits = NULL;
        gboolean is_contact;
        g_variant_iter_next(iter, ENTRY, &entry->address, &entry->first, &entry->last, &entry->seen,
                            &entry->proved, &is_contact, &habits);
        entry->is_contact = is_contact;
        g_ptr_array_add(history->entries, entry);
        good = *entry->address && is_time(entry->first) && is_time(entry->last) &&
               read_habits(entry, habits);
    }
    return good;
}

struct history *history_decode(GBytes *octets) {
    g_autoptr(GVariant) value =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(FORMAT), octets, FALSE));
    g_autoptr(GVariantIter) entries = NULL;
    guint8 version;
    if (!g_variant_is_normal_form(value))
        return NULL;
    g_variant_get(value, FORMAT, &version, &entries);
    OWNED(history) history = history_new();
    return version == VERSION && read_entries(history, entries) ? g_steal_pointer(&history) : NULL;
}
