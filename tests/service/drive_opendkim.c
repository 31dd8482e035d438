/* SPDX-License-Identifier: MIT
 *
 * libopendkim as signer and judge for test_interop.py. Reads lines "VERB<TAB>WORD...<TAB>PATH",
 * answers one line each:
 *
 *   sign ALGORITHM HEADER-CANON BODY-CANON l=|- SELECTOR KEYFILE PATH    "signed"; PATH in place
 *   check PATH                                                           "pass", or why not
 *
 * usage: drive_opendkim ZONE DOMAIN      ZONE is a file of lines NAME TAB text of a TXT record */
#include <sys/types.h>

#include <glib.h>
#include <opendkim/dkim.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job {
    DKIM_LIB *library;
    const char *domain;
};

static GHashTable *zone; /* the library's callback takes no closure */

static DKIM_CBSTAT find_key(DKIM *dkim, DKIM_SIGINFO *signature, unsigned char *out, size_t cap) {
    (void)dkim;
    g_autofree char *name = g_strdup_printf("%s._domainkey.%s", dkim_sig_getselector(signature),
                                            dkim_sig_getdomain(signature));
    const char *text = g_hash_table_lookup(zone, name);
    if (!text)
        return DKIM_CBSTAT_NOTFOUND;
    return g_strlcpy((char *)out, text, cap) < cap ? DKIM_CBSTAT_CONTINUE : DKIM_CBSTAT_ERROR;
}

static void load_zone(const char *path) {
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        exit(2);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    zone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (char **line = lines; *line && **line; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, "\t", 2);
        g_hash_table_insert(zone, g_strdup(cells[0]), g_strdup(cells[1]));
    }
}

/* Feeds the whole message. False if the library refused a part of it. */
static bool feed(DKIM *dkim, char *text, size_t n) {
    static const unsigned char crlf[] = "\r\n";
    char *gap = g_strstr_len(text, (gssize)n, "\r\n\r\n");
    size_t head = gap ? (size_t)(gap + 4 - text) : n;
    /* the library wants to see where an empty body begins, too */
    if (dkim_chunk(dkim, (unsigned char *)text, head) != DKIM_STAT_OK)
        return false;
    if (!gap && dkim_chunk(dkim, (unsigned char *)(uintptr_t)crlf, 2) != DKIM_STAT_OK)
        return false;
    return n == head || dkim_chunk(dkim, (unsigned char *)text + head, n - head) == DKIM_STAT_OK;
}

static int canon_of(const char *name) {
    return strcmp(name, "simple") == 0 ? DKIM_CANON_SIMPLE : DKIM_CANON_RELAXED;
}

/* Puts the signature of `text` before it, into the file. */
static bool put_signature(DKIM *dkim, const char *path, const char *text, size_t n) {
    unsigned char *value = NULL;
    size_t n_value;
    if (dkim_getsighdr_d(dkim, strlen("DKIM-Signature: "), &value, &n_value) != DKIM_STAT_OK)
        return false;
    g_auto(GStrv) lines = g_strsplit((const char *)value, "\n", -1);
    for (char **line = lines; *line; line++)
        g_strchomp(*line);
    g_autofree char *folded = g_strjoinv("\r\n", lines);
    GString *out = g_string_new("DKIM-Signature: ");
    g_string_append_printf(out, "%s\r\n", folded);
    g_string_append_len(out, text, (gssize)n);
    bool done = g_file_set_contents(path, out->str, (gssize)out->len, NULL);
    g_string_free(out, TRUE);
    return done;
}

static void sign(const struct job *job, char **word) {
    g_autofree char *text = NULL, *key = NULL;
    gsize n;
    if (!g_file_get_contents(word[5], &key, NULL, NULL) ||
        !g_file_get_contents(word[6], &text, &n, NULL)) {
        puts("cannot read");
        return;
    }
    int algorithm =
        strcmp(word[0], "rsa-sha256") == 0 ? DKIM_SIGN_RSASHA256 : DKIM_SIGN_ED25519SHA256;
    unsigned flags = strcmp(word[3], "l=") == 0 ? DKIM_LIBFLAGS_SIGNLEN : DKIM_LIBFLAGS_NONE;
    dkim_options(job->library, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof flags);
    DKIM_STAT status;
    DKIM *dkim = dkim_sign(job->library, (const unsigned char *)"sign", NULL, (unsigned char *)key,
                           (unsigned char *)word[4], (const unsigned char *)job->domain,
                           canon_of(word[1]), canon_of(word[2]), algorithm,
                           strcmp(word[3], "l=") == 0 ? (ssize_t)n : -1, &status);
    bool done = dkim && feed(dkim, text, n) && dkim_chunk(dkim, NULL, 0) == DKIM_STAT_OK &&
                dkim_eom(dkim, NULL) == DKIM_STAT_OK && put_signature(dkim, word[6], text, n);
    const char *why = done ? "signed" : dkim ? dkim_geterror(dkim) : dkim_getresultstr(status);
    puts(why && *why ? why : "failed");
    if (dkim)
        dkim_free(dkim);
}

static const char *judge(DKIM *dkim) {
    DKIM_SIGINFO **signatures;
    int n;
    bool testing;
    DKIM_STAT status = dkim_eom(dkim, &testing);
    if (dkim_getsiglist(dkim, &signatures, &n) != DKIM_STAT_OK || n != 1)
        return dkim_getresultstr(status);
    dkim_sig_process(dkim, signatures[0]);
    DKIM_SIGERROR error = dkim_sig_geterror(signatures[0]);
    bool passed = (dkim_sig_getflags(signatures[0]) & DKIM_SIGFLAG_PASSED) &&
                  dkim_sig_getbh(signatures[0]) == DKIM_SIGBH_MATCH && error == DKIM_SIGERROR_OK &&
                  status == DKIM_STAT_OK;
    return passed ? "pass" : dkim_sig_geterrorstr(error);
}

static void check(const struct job *job, char **word) {
    g_autofree char *text = NULL;
    gsize n;
    DKIM_STAT status;
    DKIM *dkim = dkim_verify(job->library, (const unsigned char *)"check", NULL, &status);
    if (!dkim || !g_file_get_contents(word[0], &text, &n, NULL)) {
        puts("cannot read");
    } else {
        bool taken = feed(dkim, text, n) && dkim_chunk(dkim, NULL, 0) == DKIM_STAT_OK;
        puts(taken ? judge(dkim) : "refused");
    }
    if (dkim)
        dkim_free(dkim);
}

static void answer(const struct job *job, char **words) {
    guint n = g_strv_length(words);
    if (n == 8 && strcmp(words[0], "sign") == 0)
        sign(job, words + 1);
    else if (n == 2 && strcmp(words[0], "check") == 0)
        check(job, words + 1);
    else
        puts("usage");
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    load_zone(argv[1]);
    struct job job = {.library = dkim_init(NULL, NULL), .domain = argv[2]};
    dkim_set_key_lookup(job.library, find_key);
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        g_auto(GStrv) words = g_strsplit(g_strchomp(line), "\t", -1);
        answer(&job, words);
        fflush(stdout);
    }
    dkim_close(job.library);
    g_hash_table_destroy(zone);
    return 0;
}
