/* SPDX-License-Identifier: MIT
 *
 * Every message points to at most one other; whoever ends such a way gives the conversation its
 * name. All ways are walked once after messages were added, each step once: linear. */
#include "fcgi/forest.h"

G_STATIC_ASSERT(sizeof(gpointer) == sizeof(uint64_t)); /* ids are keys of hash tables */

enum { NOWHERE = -1 };

struct node {
    uint32_t uid;
    struct {
        guint at, n; /* in `named` */
    } follows;
    uint64_t own;
    uint64_t thread;
    int next;   /* index of the one that it follows, or NOWHERE */
    guint walk; /* in which walk it was passed; 0: not yet */
};

struct forest {
    GArray *nodes;      /* struct node, as they were added */
    GArray *named;      /* uint64_t */
    GHashTable *by_uid; /* → index + 1 */
    GHashTable *by_id;  /* own → index + 1 of the lowest UID */
    bool stale;         /* `thread` of the nodes is not what it would be */
};

struct forest *forest_new(void) {
    struct forest *forest = g_new0(struct forest, 1);
    forest->nodes = g_array_new(FALSE, FALSE, sizeof(struct node));
    forest->named = g_array_sized_new(FALSE, FALSE, sizeof(uint64_t), 64); /* never a NULL */
    forest->by_uid = g_hash_table_new(NULL, NULL);
    forest->by_id = g_hash_table_new(NULL, NULL);
    return forest;
}

void forest_free(struct forest *forest) {
    g_array_unref(forest->nodes);
    g_array_unref(forest->named);
    g_hash_table_unref(forest->by_uid);
    g_hash_table_unref(forest->by_id);
    g_free(forest);
}

static struct node *node_at(const struct forest *forest, int index) {
    return &g_array_index(forest->nodes, struct node, (guint)index);
}

static int find_id(const struct forest *forest, uint64_t id) {
    return GPOINTER_TO_INT(g_hash_table_lookup(forest->by_id, (gpointer)(gsize)id)) - 1;
}

bool forest_add(struct forest *forest, uint32_t uid, const struct references *references) {
    if (g_hash_table_contains(forest->by_uid, GUINT_TO_POINTER(uid)))
        return true;
    if (forest->nodes->len >= LIMIT_FOREST)
        return false;
    struct node node = {
        .uid = uid, .own = references->own, .follows = {forest->named->len, references->n}};
    g_array_append_vals(forest->named, references->named, references->n);
    g_array_append_val(forest->nodes, node);
    gpointer place = GUINT_TO_POINTER(forest->nodes->len); /* index + 1 */
    g_hash_table_insert(forest->by_uid, GUINT_TO_POINTER(uid), place);
    int other = node.own ? find_id(forest, node.own) : NOWHERE;
    if (node.own && (other == NOWHERE || node_at(forest, other)->uid > uid))
        g_hash_table_insert(forest->by_id, (gpointer)(gsize)node.own, place);
    forest->stale = true;
    return true;
}

/* The newest of those named that is here and is not `self`. */
static int find_followed(const struct forest *forest, const uint64_t *named, guint n, int self) {
    for (guint i = n; i > 0; i--) {
        int found = find_id(forest, named[i - 1]);
        if (found != NOWHERE && found != self)
            return found;
    }
    return NOWHERE;
}

static const uint64_t *named_by(const struct forest *forest, const struct node *node) {
    return (const uint64_t *)(const void *)forest->named->data + node->follows.at;
}

/* Nothing that it follows is here: the oldest message it names holds its siblings together. */
static uint64_t first_id(const uint64_t *named, guint n, uint64_t own) {
    return n ? named[0] : own;
}

/* The name of a ring of messages each of which says that it follows the next: that of the first to
 * come. */
static uint64_t ring_id(const struct forest *forest, int start) {
    const struct node *first = node_at(forest, start);
    for (int i = first->next; i != start; i = node_at(forest, i)->next)
        if (node_at(forest, i)->uid < first->uid)
            first = node_at(forest, i);
    return first->own;
}

static void walk_from(const struct forest *forest, int start, guint walk) {
    int at = start;
    guint steps = 0;
    uint64_t thread = 0;
    for (; at != NOWHERE && !node_at(forest, at)->walk; steps++) {
        struct node *node = node_at(forest, at);
        node->walk = walk;
        node->next = find_followed(forest, named_by(forest, node), node->follows.n, at);
        thread = first_id(named_by(forest, node), node->follows.n, node->own);
        at = node->next;
    }
    if (at != NOWHERE)
        thread =
            node_at(forest, at)->walk == walk ? ring_id(forest, at) : node_at(forest, at)->thread;
    for (at = start; steps > 0; steps--, at = node_at(forest, at)->next)
        node_at(forest, at)->thread = thread;
}

static void walk_all(struct forest *forest) {
    for (guint i = 0; forest->stale && i < forest->nodes->len; i++)
        node_at(forest, (int)i)->walk = 0;
    for (guint i = 0; forest->stale && i < forest->nodes->len; i++)
        if (!node_at(forest, (int)i)->walk)
            walk_from(forest, (int)i, i + 1);
    forest->stale = false;
}

uint64_t forest_thread(struct forest *forest, const struct references *references) {
    walk_all(forest);
    int found = find_followed(forest, references->named, references->n, NOWHERE);
    return found == NOWHERE ? first_id(references->named, references->n, references->own)
                            : node_at(forest, found)->thread;
}

static int newest_first(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x < y) - (x > y);
}

GArray *forest_members(struct forest *forest, uint64_t thread, guint most) {
    GArray *uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    walk_all(forest);
    for (guint i = 0; thread && i < forest->nodes->len; i++) {
        const struct node *node = node_at(forest, (int)i);
        if (node->thread == thread)
            g_array_append_val(uids, node->uid);
    }
    g_array_sort(uids, newest_first);
    if (uids->len > most)
        g_array_set_size(uids, most);
    return uids;
}

bool forest_find(const struct forest *forest, uint32_t uid, struct references *references) {
    int found = GPOINTER_TO_INT(g_hash_table_lookup(forest->by_uid, GUINT_TO_POINTER(uid))) - 1;
    if (found == NOWHERE)
        return false;
    const struct node *node = node_at(forest, found);
    *references = (struct references){.own = node->own, .n = node->follows.n};
    for (guint i = 0; i < node->follows.n; i++)
        references->named[i] = named_by(forest, node)[i];
    return true;
}
