/* SPDX-License-Identifier: MIT
 *
 * RFC 4870 §3.4.2.1 and §3.4.2.2. A line ends in CRLF. simple takes lines as they stand; nofws
 * takes all SP, HTAB, CR and LF out of them first. Either way lines that are empty then, at the end
 * of the message, do not count, and that may reach up to the line between header and body. */
#include "auth/domainkeys_canon.h"

#include <openssl/evp.h>

/* --- which fields ---------------------------------------------------------------------------- */

/* The fields of one name that no mention in h= has taken yet, and the mentions still to come. */
struct bucket {
    GArray *fields; /* guint, ascending */
    guint mentions;
};

static void bucket_free(gpointer pointer) {
    struct bucket *bucket = pointer;
    g_array_unref(bucket->fields);
    g_free(bucket);
}

static GHashTable *count_mentions(const struct span *names, guint n_names) {
    GHashTable *buckets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, bucket_free);
    for (guint i = 0; i < n_names; i++) {
        char *name = span_dup_lower(names[i]);
        struct bucket *bucket = g_hash_table_lookup(buckets, name);
        if (!bucket) {
            bucket = g_new0(struct bucket, 1);
            bucket->fields = g_array_new(FALSE, FALSE, sizeof(guint));
            g_hash_table_insert(buckets, g_strdup(name), bucket);
        }
        bucket->mentions++;
        g_free(name);
    }
    return buckets;
}

static struct bucket *bucket_of(GHashTable *buckets, struct span name) {
    g_autofree char *lower = span_dup_lower(name);
    return g_hash_table_lookup(buckets, lower);
}

/* Field indexes in reverse: from the last mention to the first. */
static void take(struct bucket *bucket, GArray *reversed) {
    guint take_n = --bucket->mentions ? MIN(1, bucket->fields->len) : bucket->fields->len;
    for (; take_n; take_n--) {
        guint last = bucket->fields->len - 1;
        g_array_append_val(reversed, g_array_index(bucket->fields, guint, last));
        g_array_set_size(bucket->fields, last);
    }
}

static GArray *select_named(const struct message *message, guint own, const struct span *names,
                            guint n_names) {
    g_autoptr(GHashTable) buckets = count_mentions(names, n_names);
    for (guint i = own + 1; i < message->n_fields; i++) {
        struct bucket *bucket = bucket_of(buckets, message->fields[i].name);
        if (bucket)
            g_array_append_val(bucket->fields, i);
    }
    GArray *order = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = n_names; i > 0; i--)
        take(bucket_of(buckets, names[i - 1]), order);
    for (guint i = 0, j = order->len; i + 1 < j; i++) {
        guint *a = &g_array_index(order, guint, i), *b = &g_array_index(order, guint, --j);
        guint kept = *a;
        *a = *b;
        *b = kept;
    }
    return order;
}

guint *domainkeys_select(const struct message *message, guint own, const struct span *names,
                         guint n_names, guint *n) {
    GArray *order;
    if (n_names) {
        order = select_named(message, own, names, n_names);
    } else {
        order = g_array_new(FALSE, FALSE, sizeof(guint));
        for (guint i = own + 1; i < message->n_fields; i++)
            g_array_append_val(order, i);
    }
    *n = order->len;
    return (guint *)(gpointer)g_array_free(order, FALSE);
}

/* --- octets ---------------------------------------------------------------------------------- */

enum { GATHER = 4096 };

struct hasher {
    EVP_MD_CTX *context;
    enum domainkeys_canon canon;
    size_t line_ends; /* seen, and not hashed until something stands behind them */
    size_t n;
    char gathered[GATHER];
};

/* SHA-1 over memory cannot fail but for want of memory. */
static void must(int ok) {
    g_assert(ok == 1);
}

static void put(struct hasher *hasher, char c) {
    if (hasher->n == GATHER) {
        must(EVP_DigestUpdate(hasher->context, hasher->gathered, hasher->n));
        hasher->n = 0;
    }
    hasher->gathered[hasher->n++] = c;
}

static void put_line_ends(struct hasher *hasher) {
    for (; hasher->line_ends; hasher->line_ends--) {
        put(hasher, '\r');
        put(hasher, '\n');
    }
}

static bool is_folding(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void put_octet(struct hasher *hasher, char c) {
    if (hasher->canon == DOMAINKEYS_NOFWS && is_folding(c))
        return;
    put_line_ends(hasher);
    put(hasher, c);
}

static void put_field(struct hasher *hasher, const struct field *field) {
    const char *end = field->value.p + field->value.n;
    for (const char *at = field->raw.p; at < end; at++)
        put_octet(hasher, *at);
    hasher->line_ends++;
}

static void put_body(struct hasher *hasher, struct span body) {
    for (size_t i = 0; i < body.n; i++) {
        if (body.p[i] == '\r' && i + 1 < body.n && body.p[i + 1] == '\n') {
            hasher->line_ends++;
            i++;
        } else {
            put_octet(hasher, body.p[i]);
        }
    }
}

void domainkeys_hash(const struct message *message, const guint *fields, guint n,
                     enum domainkeys_canon canon, unsigned char digest[DOMAINKEYS_SHA1_SIZE]) {
    struct hasher hasher; /* not cleared: `gathered` is written before it is read */
    hasher.context = EVP_MD_CTX_new();
    hasher.canon = canon;
    hasher.line_ends = hasher.n = 0;
    must(hasher.context && EVP_DigestInit_ex2(hasher.context, EVP_sha1(), NULL));
    for (guint i = 0; i < n; i++)
        put_field(&hasher, &message->fields[fields[i]]);
    hasher.line_ends++; /* between header and body */
    put_body(&hasher, message->body);
    hasher.line_ends = 1; /* of the last line that is not empty */
    put_line_ends(&hasher);
    must(EVP_DigestUpdate(hasher.context, hasher.gathered, hasher.n));
    must(EVP_DigestFinal_ex(hasher.context, digest, NULL));
    EVP_MD_CTX_free(hasher.context);
}
