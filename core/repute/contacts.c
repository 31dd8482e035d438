/* SPDX-License-Identifier: MIT
 *
 * Two tables: contacts by address, the user's say by kind and subject. */
#include "repute/contacts.h"

#include "base/limits.h"

#include <string.h>

struct contacts {
    GPtrArray *all;         /* struct contact, owned */
    GHashTable *by_address; /* address → struct contact */
    GPtrArray *said;        /* struct known, owned */
};

static void contact_free(gpointer data) {
    struct contact *contact = data;
    g_free(contact->address);
    g_free(contact->name);
    g_free(contact);
}

static void known_free(gpointer data) {
    struct known *known = data;
    g_free(known->subject);
    g_free(known->by);
    g_free(known);
}

struct contacts *contacts_new(void) {
    struct contacts *contacts = g_new0(struct contacts, 1);
    contacts->all = g_ptr_array_new_with_free_func(contact_free);
    contacts->by_address = g_hash_table_new(g_str_hash, g_str_equal);
    contacts->said = g_ptr_array_new_with_free_func(known_free);
    return contacts;
}

void contacts_free(struct contacts *contacts) {
    if (!contacts)
        return;
    g_hash_table_unref(contacts->by_address);
    g_ptr_array_unref(contacts->all);
    g_ptr_array_unref(contacts->said);
    g_free(contacts);
}

struct contacts *contacts_copy(const struct contacts *contacts) {
    struct contacts *copy = contacts_new();
    for (guint i = 0; i < contacts->all->len; i++) {
        const struct contact *one = contacts->all->pdata[i];
        contacts_add(copy, one->address, one->name, one->sources, one->last);
    }
    for (guint i = 0; i < contacts->said->len; i++) {
        const struct known *one = contacts->said->pdata[i];
        contacts_say(copy, one->kind, one->subject, one->by, one->since);
    }
    return copy;
}

/* --- contacts ------------------------------------------------------------------------------- */

static bool is_usable(const char *address) {
    size_t n = strlen(address);
    const char *at = strrchr(address, '@');
    return n <= LIMIT_CONTACT_ADDRESS && at && at > address && at[1] &&
           g_utf8_validate(address, (gssize)n, NULL);
}

static void set_name(struct contact *contact, const char *name) {
    const char *end;
    g_free(contact->name);
    size_t n = strnlen(name, LIMIT_CONTACT_NAME);
    g_utf8_validate(name, (gssize)n, &end);
    contact->name = g_strndup(name, (gsize)(end - name));
}

/* Whom the user wrote to longest ago; an address book and the user's own addresses stay longer. */
static bool goes_before(const struct contact *a, const struct contact *b) {
    bool a_stays = a->sources & (CONTACT_IMPORTED | CONTACT_OWN);
    bool b_stays = b->sources & (CONTACT_IMPORTED | CONTACT_OWN);
    return a_stays != b_stays ? b_stays : a->last < b->last;
}

static void drop_one(struct contacts *contacts) {
    guint oldest = 0;
    for (guint i = 1; i < contacts->all->len; i++)
        if (goes_before(contacts->all->pdata[i], contacts->all->pdata[oldest]))
            oldest = i;
    const struct contact *contact = contacts->all->pdata[oldest];
    g_hash_table_remove(contacts->by_address, contact->address);
    g_ptr_array_remove_index_fast(contacts->all, oldest);
}

bool contacts_add(struct contacts *contacts, const char *address, const char *name,
                  enum contact_source source, int64_t at) {
    if (!is_usable(address))
        return false;
    g_autofree char *lower = g_ascii_strdown(address, -1);
    struct contact *contact = g_hash_table_lookup(contacts->by_address, lower);
    if (!contact) {
        if (contacts->all->len >= LIMIT_CONTACTS)
            drop_one(contacts);
        contact = g_new0(struct contact, 1);
        contact->address = g_steal_pointer(&lower);
        contact->name = g_strdup("");
        g_ptr_array_add(contacts->all, contact);
        g_hash_table_insert(contacts->by_address, contact->address, contact);
    }
    contact->sources |= source;
    contact->last = MAX(contact->last, at);
    if (name && *name && (!*contact->name || (source & CONTACT_IMPORTED)))
        set_name(contact, name);
    return true;
}

bool contacts_remove(struct contacts *contacts, const char *address) {
    g_autofree char *lower = g_ascii_strdown(address, -1);
    struct contact *contact = g_hash_table_lookup(contacts->by_address, lower);
    if (!contact)
        return false;
    g_hash_table_remove(contacts->by_address, lower);
    g_ptr_array_remove_fast(contacts->all, contact);
    return true;
}

const struct contact *contacts_find(const struct contacts *contacts, const char *address) {
    g_autofree char *lower = g_ascii_strdown(address, -1);
    return g_hash_table_lookup(contacts->by_address, lower);
}

guint contacts_size(const struct contacts *contacts) {
    return contacts->all->len;
}

const struct contact *contacts_at(const struct contacts *contacts, guint i) {
    return contacts->all->pdata[i];
}

/* --- the user's own say --------------------------------------------------------------------- */

static const char *const kind_names[KNOWN__MAX] = {[KNOWN_SENDER] = "sender",
                                                   [KNOWN_LIST] = "list",
                                                   [KNOWN_FORWARDER] = "forwarder",
                                                   [KNOWN_KEY] = "key"};

const char *known_kind_name(enum known_kind kind) {
    g_assert(kind < KNOWN__MAX);
    return kind_names[kind];
}

enum known_kind known_kind_find(const char *name) {
    for (enum known_kind kind = KNOWN_SENDER; kind < KNOWN__MAX; kind++)
        if (g_strcmp0(name, kind_names[kind]) == 0)
            return kind;
    return KNOWN_NOTHING;
}

static struct known *find_said(const struct contacts *contacts, enum known_kind kind,
                               const char *subject) {
    for (guint i = 0; i < contacts->said->len; i++) {
        struct known *known = contacts->said->pdata[i];
        if (known->kind == kind && g_ascii_strcasecmp(known->subject, subject) == 0)
            return known;
    }
    return NULL;
}

bool contacts_say(struct contacts *contacts, enum known_kind kind, const char *subject,
                  const char *by, int64_t at) {
    size_t n = strlen(subject);
    if (!n || n > LIMIT_KNOWN_SUBJECT || !g_utf8_validate(subject, (gssize)n, NULL))
        return false;
    struct known *known = find_said(contacts, kind, subject);
    if (!known) {
        if (contacts->said->len >= LIMIT_KNOWN)
            return false;
        known = g_new0(struct known, 1);
        *known = (struct known){kind, g_ascii_strdown(subject, -1), NULL, at};
        g_ptr_array_add(contacts->said, known);
    }
    g_free(known->by);
    known->by = g_strdup(by ? by : "");
    return true;
}

bool contacts_unsay(struct contacts *contacts, enum known_kind kind, const char *subject) {
    struct known *known = find_said(contacts, kind, subject);
    return known && g_ptr_array_remove(contacts->said, known);
}

const struct known *contacts_said(const struct contacts *contacts, enum known_kind kind,
                                  const char *subject) {
    return find_said(contacts, kind, subject);
}

guint contacts_n_said(const struct contacts *contacts) {
    return contacts->said->len;
}

const struct known *contacts_said_at(const struct contacts *contacts, guint i) {
    return contacts->said->pdata[i];
}

bool contacts_knows(const struct contacts *contacts, const char *address) {
    return contacts_find(contacts, address) || find_said(contacts, KNOWN_SENDER, address);
}

/* --- octets --------------------------------------------------------------------------------- */

/* version; address, name, sources, last; kind, subject, by, since */
#define FORMAT "(ya(ssux)a(yssx))"
enum { VERSION = 1 };

GBytes *contacts_encode(const struct contacts *contacts) {
    GVariantBuilder all, said;
    g_variant_builder_init(&all, G_VARIANT_TYPE("a(ssux)"));
    g_variant_builder_init(&said, G_VARIANT_TYPE("a(yssx)"));
    for (guint i = 0; i < contacts->all->len; i++) {
        const struct contact *one = contacts->all->pdata[i];
        g_variant_builder_add(&all, "(ssux)", one->address, one->name, one->sources, one->last);
    }
    for (guint i = 0; i < contacts->said->len; i++) {
        const struct known *one = contacts->said->pdata[i];
        g_variant_builder_add(&said, "(yssx)", (guchar)one->kind, one->subject, one->by,
                              one->since);
    }
    g_autoptr(GVariant) value = g_variant_ref_sink(g_variant_new(
        "(y@a(ssux)@a(yssx))", VERSION, g_variant_builder_end(&all), g_variant_builder_end(&said)));
    return g_variant_get_data_as_bytes(value);
}

static bool read_all(struct contacts *contacts, GVariantIter *iter) {
    const char *address, *name;
    guint32 sources;
    gint64 last;
    bool good = g_variant_iter_n_children(iter) <= LIMIT_CONTACTS;
    while (good && g_variant_iter_next(iter, "(&s&sux)", &address, &name, &sources, &last))
        good = sources < CONTACT_OWN << 1 && contacts_add(contacts, address, name, sources, last);
    return good;
}

static bool read_said(struct contacts *contacts, GVariantIter *iter) {
    const char *subject, *by;
    guint8 kind;
    gint64 since;
    bool good = g_variant_iter_n_children(iter) <= LIMIT_KNOWN;
    while (good && g_variant_iter_next(iter, "(y&s&sx)", &kind, &subject, &by, &since))
        good = kind > KNOWN_NOTHING && kind < KNOWN__MAX &&
               contacts_say(contacts, kind, subject, by, since);
    return good;
}

struct contacts *contacts_decode(GBytes *octets) {
    g_autoptr(GVariant) value =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(FORMAT), octets, FALSE));
    g_autoptr(GVariantIter) all = NULL, said = NULL;
    guint8 version;
    if (!g_variant_is_normal_form(value))
        return NULL;
    g_variant_get(value, FORMAT, &version, &all, &said);
    OWNED(contacts) contacts = contacts_new();
    bool good = version == VERSION && read_all(contacts, all) && read_said(contacts, said);
    return good ? g_steal_pointer(&contacts) : NULL;
}
