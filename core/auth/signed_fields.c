/* SPDX-License-Identifier: MIT
 *
 * A hash table from name to the bottom-most field, and from each field a link to the next one of
 * its name above it. The table has twice as many slots as there are fields; a name stands in the
 * first free one from its hash on. */
#include "auth/signed_fields.h"

#include <stdlib.h>

enum { NONE_ABOVE = -1 };

struct signed_fields {
    const struct message *message;
    guint mask;  /* slots - 1; a power of two of them */
    int *bottom; /* [slots] index of the field of some name nearest to the body, or NONE_ABOVE */
    int *above;  /* [n_fields] */
};

/* Eight octets a step. Bit 5 is the case of an ASCII letter. */
static guint hash_name(struct span name) {
    uint64_t hash = name.n, word;
    for (size_t i = 0; i < name.n; i += sizeof word) {
        word = 0;
        memcpy(&word, name.p + i, MIN(name.n - i, sizeof word));
        hash = (hash ^ (word | UINT64_C(0x2020202020202020))) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return (guint)hash;
}

/* The slot that has the name, or the free one where it belongs. */
static int *slot_of(const struct signed_fields *fields, struct span name) {
    guint at = hash_name(name) & fields->mask;
    while (fields->bottom[at] != NONE_ABOVE &&
           !span_eq_nocase(fields->message->fields[fields->bottom[at]].name, name))
        at = (at + 1) & fields->mask;
    return &fields->bottom[at];
}

struct signed_fields *signed_fields_new(const struct message *message) {
    struct signed_fields *fields = g_new(struct signed_fields, 1);
    guint slots = 16;
    while (slots < 2 * message->n_fields)
        slots *= 2;
    fields->message = message;
    fields->mask = slots - 1;
    fields->bottom = g_new(int, slots + message->n_fields);
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
    if (!fields)
        return;
    g_free(fields->bottom);
    g_free(fields);
}

static int bottom_most(const struct signed_fields *fields, struct span name) {
    return name.n ? *slot_of(fields, name) : NONE_ABOVE;
}

static int ascending(const void *a, const void *b) {
    guint x = *(const guint *)a, y = *(const guint *)b;
    return (x > y) - (x < y);
}

void signed_fields_select(const struct signed_fields *fields, const struct span *names,
                          guint n_names, guint own, struct field_selection *selection) {
    guint n_fields = fields->message->n_fields;
    /* next[bottom-most field of a name]: the lowest one that no mention has taken */
    int *next = g_new(int, n_fields), *bottoms = g_new(int, n_names);
    for (guint i = 0; i < n_fields; i++)
        next[i] = i == own ? fields->above[i] : (int)i;
    *selection = (struct field_selection){.order = g_new(guint, MIN(n_names, n_fields)),
                                          .copies = g_new(guint, n_fields)};
    for (guint j = 0; j < n_names; j++) {
        int bottom = bottoms[j] = bottom_most(fields, names[j]);
        if (bottom == NONE_ABOVE || next[bottom] == NONE_ABOVE)
            continue;
        int taken = next[bottom], above = fields->above[taken];
        next[bottom] = above == (int)own ? fields->above[above] : above;
        selection->order[selection->n++] = (guint)taken;
    }
    for (guint j = 0; j < n_names; j++) {
        int bottom = bottoms[j];
        if (bottom == NONE_ABOVE)
            continue;
        for (int i = next[bottom]; i != NONE_ABOVE; i = fields->above[i])
            if (i != (int)own)
                selection->copies[selection->n_copies++] = (guint)i;
        next[bottom] = NONE_ABOVE; /* each name once */
    }
    qsort(selection->copies, selection->n_copies, sizeof(guint), ascending);
    g_free(bottoms);
    g_free(next);
}

void field_selection_clear(struct field_selection *selection) {
    g_free(selection->order);
    g_free(selection->copies);
    *selection = (struct field_selection){0};
}
