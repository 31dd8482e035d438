/* SPDX-License-Identifier: MIT
 *
 * What a verdict costs that is there already: derived from evidence, or read from the store.
 * Evidence is that of the messages named, the zone of corpus.py in memory.
 *
 * usage: drive_verdict CORPUS STORE NOW FILE...      STORE is made anew
 * Prints microseconds of one derivation, of reading all records, and of reading and decoding them.
 */
#include "auth/dkim_keys.h"
#include "auth/orgdomain.h"
#include "base/clock.h"
#include "fcgi/known_names.h"
#include "fcgi/providers.h"
#include "store/sqlite.h"
#include "trust/evaluate.h"
#include "trust/record.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { REPEATS = 200 };

static G_NORETURN void give_up(const char *what) {
    fprintf(stderr, "drive_verdict: %s\n", what);
    exit(2);
}

static char *read_text(const char *path, gsize *n) {
    char *text = NULL;
    if (!g_file_get_contents(path, &text, n, NULL))
        give_up(path);
    return text;
}

/* The TXT records: `NAME. TTL IN TXT "..." "..."`. */
static void load_zone(struct resolver *table, const char *corpus) {
    g_autofree char *path = g_build_filename(corpus, "zone.txt", NULL);
    g_autofree char *text = read_text(path, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line && **line; line++) {
        g_auto(GStrv) pieces = g_strsplit(*line, "\"", -1);
        g_autofree char *name = g_strndup(*line, strcspn(*line, " ") - 1);
        g_autoptr(GString) record = g_string_new(NULL);
        for (char **piece = pieces; *piece && piece[1]; piece += 2)
            g_string_append(record, piece[1]);
        if (record->len)
            resolver_table_add(table, name, DNS_TXT, record->str);
    }
}

struct tools {
    struct resolver *table;
    struct dkim_keys *keys;
    struct public_suffixes *suffixes;
    struct verdict_policy policy;
    int64_t now;
};

static struct record *judge(const struct tools *tools, const char *path) {
    gsize n;
    char *text = read_text(path, &n);
    g_autoptr(GBytes) octets = g_bytes_new_take(text, n);
    OWNED(message) message = message_new(octets, 0);
    struct evaluate_request request = {.message = message,
                                       .mode = VERIFY_ALWAYS,
                                       .resolver = tools->table,
                                       .keys = tools->keys,
                                       .suffixes = tools->suffixes,
                                       .now = tools->now};
    struct record *record = g_new0(struct record, 1);
    record->facts.inputs = g_strdup(path);
    record->evidence = evaluate(&request);
    record->verdict = verdict_derive(record->evidence, &tools->policy, tools->now);
    return record;
}

static double micros(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double derive_all(const struct tools *tools, struct record **records, int n) {
    double start = micros();
    for (int repeat = 0; repeat < REPEATS; repeat++)
        for (int i = 0; i < n; i++) {
            OWNED(verdict)
            verdict G_GNUC_UNUSED =
                verdict_derive(records[i]->evidence, &tools->policy, tools->now);
        }
    return (micros() - start) / REPEATS / n;
}

static double read_all(struct store *store, char **keys, int n, bool decoded) {
    double start = micros();
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        g_autoptr(GHashTable) found =
            store->verdicts_find(store, (const char *const *)keys, (size_t)n);
        for (int i = 0; i < n; i++) {
            GBytes *octets = g_hash_table_lookup(found, keys[i]);
            OWNED(record) record = octets && decoded ? record_decode(octets, NULL) : NULL;
            if (!octets || (decoded && !record))
                give_up("a record is not what was stored");
        }
    }
    return (micros() - start) / REPEATS;
}

static void store_all(struct store *store, struct record **records, char **keys, int n) {
    for (int i = 0; i < n; i++) {
        g_autoptr(GBytes) octets = record_encode(records[i], NULL);
        if (!octets || !store->verdict_put(store, keys[i], octets, clock_now(), NULL))
            give_up("a record cannot be stored");
    }
}

int main(int argc, char **argv) {
    if (argc < 5)
        give_up("usage: drive_verdict CORPUS STORE NOW FILE...");
    OWNED(resolver) table = resolver_new_table();
    OWNED(dkim_keys) keys = dkim_keys_new();
    OWNED(public_suffixes) suffixes = orgdomain_suffixes_new(NULL);
    OWNED(known_names) names = known_names_new(NULL, NULL);
    g_autoptr(GHashTable) providers = providers_new();
    load_zone(table, argv[1]);
    struct tools tools = {table, keys, suffixes, {0}, g_ascii_strtoll(argv[3], NULL, 10)};
    tools.policy = (struct verdict_policy){
        .providers = providers, .known = names->lookalikes, .confusables = names->confusables};
    g_remove(argv[2]);
    OWNED(store) store = sqlite_store_new(argv[2], NULL);
    int n = argc - 4;
    struct record **records = g_new0(struct record *, n);
    for (int i = 0; i < n; i++)
        records[i] = judge(&tools, argv[4 + i]);
    store_all(store, records, argv + 4, n);
    double derived = derive_all(&tools, records, n);
    double read = read_all(store, argv + 4, n, false);
    printf("%.2f %.1f %.1f\n", derived, read, read_all(store, argv + 4, n, true));
    for (int i = 0; i < n; i++)
        record_free(records[i]);
    g_free(records);
    return 0;
}
