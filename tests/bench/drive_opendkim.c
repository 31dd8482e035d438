/* SPDX-License-Identifier: MIT
 *
 * libopendkim over the corpus of corpus.py, in one thread, keys from memory: every DKIM signature
 * of every mail. No ARC, SPF or DMARC, no JSON.
 *
 * usage: drive_opendkim CORPUS PASSES FILE...
 * Prints one line for each pass: seconds, seconds of CPU, and the signatures that passed. */
#include <sys/types.h>

#include <glib.h>
#include <opendkim/dkim.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static GHashTable *zone; /* the library's callback takes no closure */

static G_NORETURN void give_up(const char *what) {
    fprintf(stderr, "drive_opendkim: %s\n", what);
    exit(2);
}

/* Lines `NAME. TTL IN TXT "..." "..."`. */
static void load_zone(const char *corpus) {
    g_autofree char *path = g_build_filename(corpus, "zone.txt", NULL), *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        give_up(path);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    zone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (char **line = lines; *line && **line; line++) {
        g_auto(GStrv) pieces = g_strsplit(*line, "\"", -1);
        GString *record = g_string_new(NULL);
        for (char **piece = pieces; *piece && piece[1]; piece += 2)
            g_string_append(record, piece[1]);
        g_hash_table_insert(zone, g_strndup(*line, strcspn(*line, " ") - 1),
                            g_string_free(record, FALSE));
    }
}

static DKIM_CBSTAT find_key(DKIM *dkim, DKIM_SIGINFO *signature, unsigned char *out, size_t cap) {
    (void)dkim;
    char name[600];
    g_snprintf(name, sizeof name, "%s._domainkey.%s", dkim_sig_getselector(signature),
               dkim_sig_getdomain(signature));
    const char *text = g_hash_table_lookup(zone, name);
    if (!text)
        return DKIM_CBSTAT_NOTFOUND;
    g_strlcpy((char *)out, text, cap);
    return DKIM_CBSTAT_CONTINUE;
}

/* Every signature, not only the first that passes. */
static guint passed(DKIM *dkim) {
    DKIM_SIGINFO **signatures;
    int n;
    guint count = 0;
    if (dkim_getsiglist(dkim, &signatures, &n) != DKIM_STAT_OK)
        return 0;
    for (int i = 0; i < n; i++) {
        dkim_sig_process(dkim, signatures[i]);
        count +=
            DKIM_SIG_CHECK(signatures[i]) && dkim_sig_geterror(signatures[i]) == DKIM_SIGERROR_OK;
    }
    return count;
}

static guint verify(DKIM_LIB *library, const char *path) {
    g_autofree char *text = NULL;
    gsize n;
    DKIM_STAT status;
    if (!g_file_get_contents(path, &text, &n, NULL))
        give_up(path);
    DKIM *dkim = dkim_verify(library, (const unsigned char *)"bench", NULL, &status);
    bool ignored;
    dkim_chunk(dkim, (unsigned char *)text, n);
    dkim_chunk(dkim, NULL, 0);
    dkim_eom(dkim, &ignored);
    guint count = passed(dkim);
    dkim_free(dkim);
    return count;
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc < 4)
        give_up("usage: drive_opendkim CORPUS PASSES FILE...");
    load_zone(argv[1]);
    DKIM_LIB *library = dkim_init(NULL, NULL);
    dkim_set_key_lookup(library, find_key);
    for (long pass = strtol(argv[2], NULL, 10); pass > 0; pass--) {
        double start = seconds(CLOCK_MONOTONIC), start_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
        guint count = 0;
        for (int i = 3; i < argc; i++)
            count += verify(library, argv[i]);
        printf("%.6f %.6f %u\n", seconds(CLOCK_MONOTONIC) - start,
               seconds(CLOCK_PROCESS_CPUTIME_ID) - start_cpu, count);
    }
    dkim_close(library);
    return 0;
}
