/* SPDX-License-Identifier: MIT
 *
 * Authentication-Results values of FILE, one after another, read as auth/authres does, or beside it
 * by the least that any reader must do: one pass that keeps apart quotes, comments and the rest.
 *
 * usage: drive_authres floor|parse PASSES FILE      FILE: one field a line, folds as "\r\n" + white
 * Prints one line for each pass: seconds, seconds of CPU, and what was found. */
#include "auth/authres.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static G_NORETURN void give_up(const char *what) {
    fprintf(stderr, "drive_authres: %s\n", what);
    exit(2);
}

/* Results: semicolons outside of quotes and comments. */
static guint count_results(struct span value) {
    guint results = 0, depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == '\\' && (quoted || depth))
            i++;
        else if (quoted)
            quoted = c != '"';
        else if (c == '"' && !depth)
            quoted = true;
        else if (c == '(')
            depth++;
        else if (c == ')' && depth)
            depth--;
        else
            results += c == ';' && !depth;
    }
    return results;
}

/* Fields end in CRLF that no white space follows. */
static GArray *split(const char *text, gsize n) {
    GArray *values = g_array_new(FALSE, FALSE, sizeof(struct span));
    static const char name[] = "Authentication-Results:";
    for (const char *at = text, *end = text + n; at < end;) {
        const char *stop = at;
        do
            stop = (const char *)memchr(stop, '\n', (size_t)(end - stop)) + 1;
        while (stop < end && (*stop == ' ' || *stop == '\t'));
        struct span value =
            span_make(at + sizeof name - 1, (size_t)(stop - at) - sizeof name + 1 - 2);
        g_array_append_val(values, value);
        at = stop;
    }
    return values;
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    g_autofree char *text = NULL;
    gsize n;
    if (argc != 4 || !g_file_get_contents(argv[3], &text, &n, NULL))
        give_up("usage: drive_authres floor|parse PASSES FILE");
    bool parse = strcmp(argv[1], "parse") == 0;
    GArray *values = split(text, n);
    OWNED(authres) authres = authres_parse(SPAN_LIT("none"));
    for (long pass = strtol(argv[2], NULL, 10); pass > 0; pass--) {
        double start = seconds(CLOCK_MONOTONIC), start_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
        guint found = 0;
        for (guint i = 0; i < values->len; i++) {
            struct span value = g_array_index(values, struct span, i);
            if (parse)
                authres_parse_again(authres, value);
            found += parse ? authres->field[0].n_results : count_results(value);
        }
        printf("%.6f %.6f %u\n", seconds(CLOCK_MONOTONIC) - start,
               seconds(CLOCK_PROCESS_CPUTIME_ID) - start_cpu, found);
    }
    g_array_free(values, TRUE);
    return 0;
}
