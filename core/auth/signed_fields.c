/* SPDX-License-Identifier: MIT
 *
 * A hash table from name to the bottom-most field, and from each field a link to the next one of
 * its name above it. */
#include "auth/signed_fields.h"

#include <stdlib.h>

enum { NONE_ABOVE = -1 };

struct signed_fields {
    const struct message *message;
    GHashTable *bottom; /* &field->name → struct field of that name nearest to the body */
    int *above;
};

/* Bit 5 is the case of an ASCII letter. */
static guint hash_name(gconstpointer pointer) {
    const struct span *name = pointer;
    guint hash = 5381;
    for (size_t i = 0; i < name->n; i++)
        hash = hash * 33 + ((unsigned char)name->p[i] | 0x20);
    return hash;
}

static gboolean same_name(gconstpointer a, gconstpointer b) {
    return span_eq_nocase(*(const struct span *)a, *(const struct span *)b);
}

struct signed_fields *signed_fields_new(const struct message *message) {
    struct signed_fields *fields = g_new0(struct signed_fields, 1);
    fields->message = message;
    fields->bottom = g_hash_table_new(hash_name, same_name);
    fields->above = g_new(int, message->n_fields);
    for (guint i = 0; i < message->n_fields; i++) {
        struct field *field = &message->fields[i];
        struct field *above = g_hash_table_lookup(fields->bottom, &field->name);
        fields->above[i] = above ? (int)(above - message->fields) : NONE_ABOVE;
        if (field->name.n)
            g_hash_table_replace(fields->bottom, &field->name, field);
    }
    return fields;
}

void signed_fields_free(struct signed_fields *fields) {
    if (!fields)
        return;
    g_hash_table_destroy(fields->bottom);
    g_free(fields->above);
    g_free(fields);
}

static int bottom_most(const struct signed_fields *fields, const struct span *name) {
    const struct field *field = g_hash_table_lookup(fields->bottom, name);
    return field ? (int)(field - fields->message->fields) : NONE_ABOVE;
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
        int bottom = bottoms[j] = bottom_most(fields, &names[j]);
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
