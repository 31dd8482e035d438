/* SPDX-License-Identifier: MIT
 *
 * A resolver of fixed answers, for unit tests: no thread, no socket, no cache, so that every
 * distinct question of a message counts. Follows CNAMEs like the real one. */
#include "net/resolver_backend.h"

#include <arpa/inet.h>

#define CNAME_HOPS 11 /* as many as libunbound follows */

struct row {
    struct dns_question question;
    enum dns_status status;
    enum dnssec_state dnssec;
    GPtrArray *records; /* GBytes */
};

struct table {
    struct resolver base;
    GHashTable *rows;  /* question -> row */
    GHashTable *names; /* every name that exists, those above others included */
};

static void free_row(gpointer data) {
    struct row *row = data;
    g_ptr_array_unref(row->records);
    g_free(row);
}

static void table_free(struct resolver *resolver) {
    struct table *table = (struct table *)resolver;
    g_hash_table_unref(table->rows);
    g_hash_table_unref(table->names);
    g_free(table);
}

static const struct dns_answer *answer_of(const struct row *row) {
    struct span records[LIMIT_DNS_RECORDS];
    guint n = MIN(row->records->len, LIMIT_DNS_RECORDS);
    for (guint i = 0; i < n; i++) {
        gsize size;
        const char *p = g_bytes_get_data(row->records->pdata[i], &size);
        records[i] = span_make(p, size);
    }
    return dns_answer_new(DNS_DATA, row->dnssec, 0, "table", records, n);
}

static const struct dns_answer *find(struct table *table, const struct dns_question *question,
                                     int hops) {
    struct row *row = g_hash_table_lookup(table->rows, question);
    if (row && row->status == DNS_DATA && row->records->len)
        return answer_of(row);
    if (row && row->status != DNS_DATA)
        return dns_answer_new(row->status, row->status == DNS_BOGUS ? DNSSEC_BOGUS : row->dnssec, 0,
                              "table", NULL, 0);

    struct dns_question alias, target;
    g_assert(dns_question_init(&alias, question->name, DNS_CNAME));
    row = g_hash_table_lookup(table->rows, &alias);
    if (row && row->records->len && question->type != DNS_CNAME) {
        const char *name = g_bytes_get_data(row->records->pdata[0], NULL);
        if (hops == 0 || !dns_question_init(&target, name, question->type))
            return dns_answer_new_failure(DNS_TEMPERROR, "CNAME chain");
        return find(table, &target, hops - 1);
    }
    enum dns_status status =
        g_hash_table_contains(table->names, question->name) ? DNS_NODATA : DNS_NXDOMAIN;
    return dns_answer_new(status, DNSSEC_NOT_EVALUATED, 0, "table", NULL, 0);
}

static const struct dns_answer *table_ask(struct resolver *resolver,
                                          const struct dns_question *question,
                                          struct resolver_pending **pending) {
    *pending = NULL;
    __atomic_fetch_add(&resolver->sent, 1, __ATOMIC_RELAXED);
    return find((struct table *)resolver, question, CNAME_HOPS);
}

struct resolver *resolver_new_table(void) {
    struct table *table = g_new0(struct table, 1);
    table->base.ask = table_ask;
    table->base.free = table_free;
    table->rows = g_hash_table_new_full(dns_question_hash, dns_question_equal, NULL, free_row);
    table->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return &table->base;
}

static struct row *row_for(struct table *table, const char *name, enum dns_type type) {
    struct dns_question question;
    g_assert(dns_question_init(&question, name, type));
    struct row *row = g_hash_table_lookup(table->rows, &question);
    if (row)
        return row;
    row = g_new0(struct row, 1);
    row->question = question;
    row->status = DNS_DATA;
    row->records = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_hash_table_insert(table->rows, &row->question, row);
    return row;
}

static void exists(struct table *table, const char *name) {
    while (name) {
        g_hash_table_add(table->names, g_ascii_strdown(name, -1));
        name = strchr(name, '.');
        if (name)
            name++;
    }
}

void resolver_table_add_octets(struct resolver *resolver, const char *name, enum dns_type type,
                               struct span record) {
    struct table *table = (struct table *)resolver;
    struct row *row = row_for(table, name, type);
    /* span_dup puts a NUL behind, which find() relies on for CNAMEs. */
    g_ptr_array_add(row->records, g_bytes_new_take(span_dup(record), record.n));
    exists(table, row->question.name);
}

void resolver_table_add(struct resolver *resolver, const char *name, enum dns_type type,
                        const char *record) {
    unsigned char address[16];
    if (type != DNS_A && type != DNS_AAAA) {
        resolver_table_add_octets(resolver, name, type, span_of(record));
        return;
    }
    g_assert(inet_pton(type == DNS_A ? AF_INET : AF_INET6, record, address) == 1);
    resolver_table_add_octets(resolver, name, type,
                              span_make((const char *)address, type == DNS_A ? 4 : 16));
}

void resolver_table_set(struct resolver *resolver, const char *name, enum dns_type type,
                        enum dns_status status, enum dnssec_state dnssec) {
    struct table *table = (struct table *)resolver;
    struct row *row = row_for(table, name, type);
    row->status = status;
    row->dnssec = dnssec;
    if (status == DNS_NODATA)
        exists(table, row->question.name);
}
