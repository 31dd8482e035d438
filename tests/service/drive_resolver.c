/* SPDX-License-Identifier: MIT
 *
 * The resolver, driven line by line from tests/service/test_resolver.py.
 *
 *   drive_resolver SERVER ANCHOR ANSWER_MS [probe]        ANCHOR "-": none
 *
 *   ask TYPE NAME        starts a question            answer TYPE NAME   waits and prints one line:
 *   new                  a fresh lookups                                 STATUS DNSSEC HEX,HEX… WHY
 *   sent                 prints how many went out     drop               frees lookups with
 * questions open burst THREADS N NAME every thread asks n0.NAME … and prints how often each status
 * came stop TYPE NAME       one thread waits for the answer, this one stops the resolver under it
 */
#include "net/resolver.h"

#include "base/limits.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const statuses[] = {"not-asked", "data",  "nodata",      "nxdomain",
                                       "temperror", "bogus", "over-budget", "bad-name"};

static enum dns_type type_of(const char *word) {
    static const struct {
        const char *name;
        enum dns_type type;
    } types[] = {{"A", DNS_A},     {"CNAME", DNS_CNAME}, {"PTR", DNS_PTR},  {"MX", DNS_MX},
                 {"TXT", DNS_TXT}, {"AAAA", DNS_AAAA},   {"TLSA", DNS_TLSA}};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(word, types[i].name) == 0)
            return types[i].type;
    g_error("type %s", word);
}

static void print(const struct dns_answer *answer) {
    printf("%s %s ", statuses[answer->status], dnssec_state_name(answer->dnssec));
    for (guint i = 0; i < answer->n; i++) {
        for (size_t k = 0; k < answer->records[i].n; k++)
            printf("%02x", (guchar)answer->records[i].p[k]);
        putchar(i + 1 < answer->n ? ',' : ' ');
    }
    if (answer->n == 0)
        printf("- ");
    printf("%s\n", answer->why);
}

struct worker {
    struct resolver *resolver;
    const char *name;
    enum dns_type type;
    guint questions;
    guint counts[G_N_ELEMENTS(statuses)];
};

static void *burst(void *data) {
    struct worker *worker = data;
    OWNED(lookups) lookups = NULL;
    for (guint i = 0; i < worker->questions; i++) {
        if (i % LIMIT_QUESTIONS == 0) {
            lookups_free(lookups);
            lookups = lookups_new(worker->resolver);
            for (guint k = i; k < MIN(i + LIMIT_QUESTIONS, worker->questions); k++) {
                g_autofree char *name = g_strdup_printf("n%u.%s", k, worker->name);
                lookups_ask(lookups, name, DNS_TXT);
            }
        }
        g_autofree char *name = g_strdup_printf("n%u.%s", i, worker->name);
        worker->counts[lookups_answer(lookups, name, DNS_TXT)->status]++;
    }
    return NULL;
}

static void run_burst(struct resolver *resolver, guint threads, guint questions, const char *name) {
    g_autofree struct worker *workers = g_new0(struct worker, threads);
    g_autofree pthread_t *ids = g_new0(pthread_t, threads);
    guint counts[G_N_ELEMENTS(statuses)] = {0};
    for (guint i = 0; i < threads; i++) {
        workers[i] = (struct worker){.resolver = resolver, .name = name, .questions = questions};
        g_assert(pthread_create(&ids[i], NULL, burst, &workers[i]) == 0);
    }
    for (guint i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        for (guint s = 0; s < G_N_ELEMENTS(statuses); s++)
            counts[s] += workers[i].counts[s];
    }
    for (guint s = 0; s < G_N_ELEMENTS(statuses); s++)
        if (counts[s])
            printf("%s=%u ", statuses[s], counts[s]);
    printf("sent=%u\n", (guint)resolver_questions_sent(resolver));
}

static void *wait_for(void *data) {
    struct worker *worker = data;
    OWNED(lookups) lookups = lookups_new(worker->resolver);
    print(lookups_answer(lookups, worker->name, worker->type));
    return NULL;
}

static void run_stop(struct resolver *resolver, enum dns_type type, const char *name) {
    struct worker worker = {.resolver = resolver, .name = name, .type = type};
    uint64_t before = resolver_questions_sent(resolver);
    pthread_t id;
    g_assert(pthread_create(&id, NULL, wait_for, &worker) == 0);
    while (resolver_questions_sent(resolver) == before)
        g_usleep(1000);
    resolver_stop(resolver);
    pthread_join(id, NULL);
    wait_for(&worker); /* a question after the end */
}

static void obey(struct resolver *resolver, struct lookups **lookups, char **words, guint n) {
    if (n == 3 && strcmp(words[0], "ask") == 0)
        lookups_ask(*lookups, words[2], type_of(words[1]));
    else if (n == 3 && strcmp(words[0], "answer") == 0)
        print(lookups_answer(*lookups, words[2], type_of(words[1])));
    else if (n == 4 && strcmp(words[0], "burst") == 0)
        run_burst(resolver, (guint)strtoul(words[1], NULL, 10), (guint)strtoul(words[2], NULL, 10),
                  words[3]);
    else if (n == 3 && strcmp(words[0], "stop") == 0)
        run_stop(resolver, type_of(words[1]), words[2]);
    else if (n == 1 && strcmp(words[0], "sent") == 0)
        printf("%u\n", (guint)resolver_questions_sent(resolver));
    else if (n == 1 && (strcmp(words[0], "new") == 0 || strcmp(words[0], "drop") == 0)) {
        lookups_free(*lookups);
        *lookups = lookups_new(resolver);
    } else
        g_error("what is %s?", words[0]);
}

int main(int argc, char **argv) {
    g_assert(argc >= 4);
    struct resolver_options options = {
        .server = argv[1],
        .trust_anchor = strcmp(argv[2], "-") == 0 ? NULL : argv[2],
        .answer_ms = (int)strtoul(argv[3], NULL, 10),
        .probe = argc > 4,
    };
    g_autoptr(GError) error = NULL;
    OWNED(resolver) resolver = resolver_new(&options, &error);
    if (!resolver) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    OWNED(lookups) lookups = lookups_new(resolver); /* freed before the resolver */
    char line[1024];
    while (fgets(line, sizeof line, stdin)) {
        /* A name may hold spaces: it is the last word, and the rest of the line. */
        g_auto(GStrv) words = g_strsplit(g_strchomp(line), " ", line[0] == 'b' ? 4 : 3);
        obey(resolver, &lookups, words, g_strv_length(words));
        fflush(stdout);
    }
    return 0;
}
