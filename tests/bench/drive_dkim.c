/* SPDX-License-Identifier: MIT
 *
 * auth/dkim alone over the corpus of corpus.py, in one thread, with the zone in memory: what the
 * room costs without look-ups, the other rooms and JSON. The program to profile.
 *
 * usage: drive_dkim CORPUS NOW PASSES FILE...
 * Prints one line for each pass: seconds, seconds of CPU, and the signatures that passed. */
#include "auth/dkim.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static G_NORETURN void give_up(const char *what) {
    fprintf(stderr, "drive_dkim: %s\n", what);
    exit(2);
}

/* Lines `NAME. TTL IN TXT "..." "..."`. */
static void load_zone(struct resolver *table, const char *corpus) {
    g_autofree char *path = g_build_filename(corpus, "zone.txt", NULL), *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        give_up(path);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line && **line; line++) {
        g_auto(GStrv) pieces = g_strsplit(*line, "\"", -1);
        g_autofree char *name = g_strndup(*line, strcspn(*line, " ") - 1);
        GString *record = g_string_new(NULL);
        for (char **piece = pieces; *piece && piece[1]; piece += 2)
            g_string_append(record, piece[1]);
        resolver_table_add(table, name, DNS_TXT, record->str);
        g_string_free(record, TRUE);
    }
}

static guint verify(const char *path, struct resolver *table, struct dkim_keys *keys, int64_t now) {
    g_autofree char *text = NULL;
    gsize n;
    guint passed = 0;
    if (!g_file_get_contents(path, &text, &n, NULL))
        give_up(path);
    g_autoptr(GBytes) octets = g_bytes_new_take(g_steal_pointer(&text), n);
    OWNED(message) message = message_new(octets, 0);
    OWNED(lookups) lookups = lookups_new(table);
    OWNED(dkim_hashes) hashes = dkim_hashes_new(message);
    OWNED(dkim_check) check = dkim_new(hashes);
    dkim_names(check, NULL, lookups);
    dkim_verify(check, lookups, keys, now);
    for (guint i = 0; i < check->n; i++)
        passed += check->results[i].result == AUTH_PASS;
    return passed;
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc < 5)
        give_up("usage: drive_dkim CORPUS NOW PASSES FILE...");
    OWNED(resolver) table = resolver_new_table();
    OWNED(dkim_keys) keys = dkim_keys_new();
    load_zone(table, argv[1]);
    int64_t now = g_ascii_strtoll(argv[2], NULL, 10);
    for (long pass = strtol(argv[3], NULL, 10); pass > 0; pass--) {
        double start = seconds(CLOCK_MONOTONIC), start_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
        guint passed = 0;
        for (int i = 4; i < argc; i++)
            passed += verify(argv[i], table, keys, now);
        printf("%.6f %.6f %u\n", seconds(CLOCK_MONOTONIC) - start,
               seconds(CLOCK_PROCESS_CPUTIME_ID) - start_cpu, passed);
    }
    return 0;
}
