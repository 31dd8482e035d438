/* SPDX-License-Identifier: MIT
 *
 * S/MIME as evidence over the corpus of smime_corpus.py, in one thread: parts found, CMS, digest,
 * chain and address verified. No look-ups, no JSON. Its floor is drive_floor over the same corpus.
 *
 * usage: drive_smime CORPUS NOW PASSES FILE...
 * Prints one line for each pass: seconds, seconds of CPU, and the signatures that hold. */
#include "mail/author.h"
#include "sign/smime_trust.h"
#include "trust/evaluate_sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static G_NORETURN void give_up(const char *what) {
    fprintf(stderr, "drive_smime: %s\n", what);
    exit(2);
}

static GBytes *read_file(const char *path) {
    char *text = NULL;
    gsize n;
    if (!g_file_get_contents(path, &text, &n, NULL))
        give_up(path);
    return g_bytes_new_take(text, n);
}

static bool verify(const char *path, struct smime_trust *trust, int64_t now) {
    g_autoptr(GBytes) octets = read_file(path);
    OWNED(message) message = message_new(octets, 0);
    OWNED(author) author = author_find(message);
    OWNED(evidence) evidence = evidence_new();
    struct evaluate_request request = {
        .message = message, .mode = VERIFY_ALWAYS, .smime = trust, .now = now};
    evidence->received_at = evidence->checked_at = now;
    struct evaluate_tree tree = {.message = message};
    evaluate_sign(evidence, &request, author, &tree);
    evaluate_tree_clear(&tree);
    const struct evidence_smime *smime = &evidence->smime;
    return smime->digest == CHECK_PASS && smime->chain == CHECK_PASS &&
           smime->address == CHECK_PASS;
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc < 5)
        give_up("usage: drive_smime CORPUS NOW PASSES FILE...");
    g_autofree char *root = g_build_filename(argv[1], "root.pem", NULL);
    g_autoptr(GBytes) anchors = read_file(root);
    OWNED(smime_trust) trust = smime_trust_new(anchors, NULL);
    int64_t now = g_ascii_strtoll(argv[2], NULL, 10);
    for (long pass = strtol(argv[3], NULL, 10); pass > 0; pass--) {
        double start = seconds(CLOCK_MONOTONIC), start_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
        guint held = 0;
        for (int i = 4; i < argc; i++)
            held += verify(argv[i], trust, now);
        printf("%.6f %.6f %u\n", seconds(CLOCK_MONOTONIC) - start,
               seconds(CLOCK_PROCESS_CPUTIME_ID) - start_cpu, held);
    }
    return 0;
}
