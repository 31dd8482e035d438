/* SPDX-License-Identifier: MIT
 *
 * A hash table from name to the bottom-most field, and from each field a link to the next one of
 * its name above it. The table has twice as many slots as there are fields; a name stands in the
 * first free one from its hash on. */
#include "auth/signed_fields.h"

enum { NONE_ABOVE = -1 };

struct signed_fields {
    const struct message *message;
    guint mask;   /* slots - 1; a power of two of them */
    int *above;   /* [n_fields], behind the slots */
    int bottom[]; /* [slots] index of the field of some name nearest to the body, or NONE_ABOVE */
};

/* Eight octets a step, the last ones together with some before them. Bit 5 is the case of an ASCII
 * letter. */
static guint hash_name(struct span name) {
    uint64_t hash = name.n, word = 0;
    for (size_t i = 0; i + sizeof word < name.n; i += sizeof word) {
        memcpy(&word, name.p + i, sizeof word);
        hash = (hash ^ (word | UINT64_C(0x2020202020202020))) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    if (name.n >= sizeof word)
        memcpy(&word, name.p + name.n - sizeof word, sizeof word);
    for (size_t i = 0; i < name.n && name.n < sizeof word; i++)
        word = word << 8 | (unsigned char)name.p[i];
    hash = (hash ^ (word | UINT64_C(0x2020202020202020))) * UINT64_C(0x9e3779b97f4a7c15);
    return (guint)(hash ^ hash >> 32);
}

/* The slot that has the name, or the free one where it belongs. */
static int *slot_of(struct signed_fields *fields, struct span name) {
    guint at = hash_name(name) & fields->mask;
    while (fields->bottom[at] != NONE_ABOVE &&
           !span_eq_nocase(fields->message->fields[fields->bottom[at]].name, name))
        at = (at + 1) & fields->mask;
    return &fields->bottom[at];
}

struct signed_fields *signed_fields_new(const struct message *message) {
    guint slots = 16;
    while (slots < 2 * message->n_fields)
        slots *= 2;
    struct signed_fields *fields =
        g_malloc(sizeof *fields + (slots + (gsize)message->n_fields) * sizeof(int));
    fields->message = message;
    fields->mask = slots - 1;
    fields->above = fields->bottom + slots;
    for (guint i = 0; i < slots; i++)
        fields->bottom[i] = NONE_ABOVE;
    for (guint i = 0; i < message->n_fields; i++) {
        struct span name = message->fields[i].name;
        int *slot = name.n ? slot_of(fields, name) : NULL;
        fields->above[i] = slot ? *slot : NONE_ABOVE;
        if (slot)
            *slot = (int)i;
    }
    return fields;
}

void signed_fields_free(struct signed_fields *fields) {
    g_free(fields);
}

/* What becomes of a field. */
enum { LEFT_ALONE = 0, TAKEN, COPY };

/* Gathers the fields of each sort, ascending. */
static void gather(const int *sorts, guint n_fields, struct field_selection *selection) {
    for (guint i = 0; i < n_fields; i++)
        if (sorts[i] == TAKEN)
            selection->covered[selection->n_covered++] = i;
        else if (sorts[i] == COPY)
            selection->copies[selection->n_copies++] = i;
}

void signed_fields_select(struct signed_fields *fields, const struct span *names, guint n_names,
                          guint own, struct field_selection *selection) {
    gsize n_fields = fields->message->n_fields, most = MIN(n_names, n_fields);
    guint *block = g_new(guint, 2 * most + 3 * n_fields + n_names);
    *selection = (struct field_selection){
        .order = block, .covered = block + most, .copies = block + 2 * most};
    /* next[bottom-most field of a name]: the lowest one that no mention has taken */
    int *next = (int *)(selection->copies + n_fields), *sorts = next + n_fields,
        *bottoms = sorts + n_fields;
    for (guint i = 0; i < n_fields; i++) {
        next[i] = i == own ? fields->above[i] : (int)i;
        sorts[i] = LEFT_ALONE;
    }
    for (guint j = 0; j < n_names; j++) {
        int bottom = bottoms[j] = names[j].n ? *slot_of(fields, names[j]) : NONE_ABOVE;
        if (bottom == NONE_ABOVE || next[bottom] == NONE_ABOVE)
            continue;
        int taken = next[bottom], above = fields->above[taken];
        next[bottom] = above == (int)own ? fields->above[above] : above;
        selection->order[selection->n++] = (guint)taken;
        sorts[taken] = TAKEN;
    }
    for (guint j = 0; j < n_names; j++) {
        int bottom = bottoms[j];
        if (bottom == NONE_ABOVE)
            continue;
        for (int i = next[bottom]; i != NONE_ABOVE; i = fields->above[i])
            if (i != (int)own)
                sorts[i] = COPY;
        next[bottom] = NONE_ABOVE; /* each name once */
    }
    gather(sorts, (guint)n_fields, selection);
}

void field_selection_clear(struct field_selection *selection) {
    g_free(selection->order);
    *selection = (struct field_selection){0};
}
