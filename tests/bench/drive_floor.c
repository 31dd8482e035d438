/* SPDX-License-Identifier: MIT
 *
 * What no DKIM verifier can be faster than, and what a plain one adds to it, over the corpus of
 * corpus.py, in one thread:
 *
 *   floor   every file read, every octet hashed once with SHA-256, one public-key operation for
 *           each signature that needs one, with keys, digests and signatures ready in memory
 *   canon   the same, but what is hashed is the header as it stands and the relaxed canonical body
 *   read    the files read, no more
 *
 * usage: drive_floor floor|canon|read CORPUS PASSES FILE...
 * Prints one line for each pass: seconds, seconds of CPU, and the operations that held. */
#include "base/clock.h"
#include "base/span.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct public_key {
    EVP_PKEY *key;
    EVP_PKEY_CTX *rsa; /* NULL: Ed25519 */
};

struct operation {
    struct public_key *key;
    unsigned char digest[32];
    unsigned char *signature;
    gsize n_signature;
    struct operation *next;
};

struct mail {
    const char *path;
    struct operation *operations;
};

static G_NORETURN void give_up(const char *what) {
    fprintf(stderr, "drive_floor: %s\n", what);
    exit(2);
}

static char **read_rows(const char *corpus, const char *name) {
    g_autofree char *path = g_build_filename(corpus, name, NULL), *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        give_up(path);
    return g_strsplit(g_strchomp(text), "\n", -1);
}

static GHashTable *load_keys(const char *corpus) {
    GHashTable *keys = g_hash_table_new(g_str_hash, g_str_equal);
    char **rows = read_rows(corpus, "keys.tsv");
    for (char **row = rows; *row; row++) {
        char **cells = g_strsplit(*row, "\t", 3);
        gsize n;
        g_autofree unsigned char *der = g_base64_decode(cells[2], &n);
        const unsigned char *at = der;
        struct public_key *key = g_new0(struct public_key, 1);
        key->key = d2i_PUBKEY(NULL, &at, (long)n);
        if (!key->key)
            give_up(cells[0]);
        if (strcmp(cells[1], "rsa") == 0) {
            key->rsa = EVP_PKEY_CTX_new(key->key, NULL);
            if (EVP_PKEY_verify_init(key->rsa) != 1 ||
                EVP_PKEY_CTX_set_rsa_padding(key->rsa, RSA_PKCS1_PADDING) != 1 ||
                EVP_PKEY_CTX_set_signature_md(key->rsa, EVP_sha256()) != 1)
                give_up(cells[0]);
        }
        g_hash_table_insert(keys, cells[0], key);
    }
    return keys;
}

/* Operations by number of the mail. */
static GHashTable *load_operations(const char *corpus, GHashTable *keys) {
    GHashTable *operations = g_hash_table_new(g_int_hash, g_int_equal);
    char **rows = read_rows(corpus, "operations.tsv");
    for (char **row = rows; *row && **row; row++) {
        char **cells = g_strsplit(*row, "\t", 4);
        struct operation *operation = g_new0(struct operation, 1);
        int *number = g_new(int, 1);
        *number = (int)strtol(cells[0], NULL, 10);
        operation->key = g_hash_table_lookup(keys, cells[1]);
        for (int i = 0; i < 32; i++)
            operation->digest[i] = (unsigned char)(g_ascii_xdigit_value(cells[2][2 * i]) << 4 |
                                                   g_ascii_xdigit_value(cells[2][2 * i + 1]));
        operation->signature = g_base64_decode(cells[3], &operation->n_signature);
        operation->next = g_hash_table_lookup(operations, number);
        g_hash_table_insert(operations, number, operation);
    }
    return operations;
}

/* The whole file in *buffer, which grows as needed. */
static struct span read_file(const char *path, GByteArray *buffer) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    if (size < 0 || lseek(fd, 0, SEEK_SET) < 0)
        give_up(path);
    if (buffer->len < (guint)size)
        g_byte_array_set_size(buffer, (guint)size);
    for (off_t at = 0; at < size;) {
        ssize_t n = read(fd, buffer->data + at, (size_t)(size - at));
        if (n <= 0)
            give_up(path);
        at += n;
    }
    close(fd);
    return span_make((const char *)buffer->data, (size_t)size);
}

/* One line without its end: copied whole where it holds no white space. */
static size_t relax_line(const char *at, size_t n, unsigned char *out) {
    if (!memchr(at, ' ', n) && !memchr(at, '\t', n)) {
        memcpy(out, at, n);
        return n;
    }
    size_t put = 0;
    for (size_t i = 0; i < n; i++) {
        bool white = at[i] == ' ' || at[i] == '\t';
        if (!white || (at[i + 1] != ' ' && at[i + 1] != '\t'))
            out[put++] = white ? ' ' : (unsigned char)at[i];
    }
    return put;
}

/* Relaxed body of RFC 6376 §3.4.4, a line at a time into `out`; returns its length. */
static size_t relax(struct span body, unsigned char *out) {
    const char *at = body.p, *end = body.p + body.n;
    size_t n = 0, empty = 0;
    while (at < end) {
        const char *lf = memchr(at, '\n', (size_t)(end - at));
        const char *next = lf ? lf + 1 : end, *stop = lf ? lf : end;
        while (stop > at && (stop[-1] == ' ' || stop[-1] == '\t' || stop[-1] == '\r'))
            stop--;
        empty += stop == at;
        if (stop > at) {
            for (; empty; empty--, n += 2)
                memcpy(out + n, "\r\n", 2);
            n += relax_line(at, (size_t)(stop - at), out + n);
            memcpy(out + n, "\r\n", 2);
            n += 2;
        }
        at = next;
    }
    return n;
}

static void hash_mail(EVP_MD_CTX *context, const EVP_MD *sha256, struct span octets,
                      GByteArray *canonical) {
    unsigned char digest[32];
    EVP_DigestInit_ex2(context, sha256, NULL);
    const char *gap = canonical ? memmem(octets.p, octets.n, "\r\n\r\n", 4) : NULL;
    size_t head = gap ? (size_t)(gap + 4 - octets.p) : octets.n;
    EVP_DigestUpdate(context, octets.p, head);
    if (gap) {
        struct span body = span_from(octets, head);
        if (canonical->len < body.n + 2)
            g_byte_array_set_size(canonical, (guint)body.n + 2);
        EVP_DigestUpdate(context, canonical->data, relax(body, canonical->data));
    }
    EVP_DigestFinal_ex(context, digest, NULL);
}

static bool operate(EVP_MD_CTX *context, const struct operation *o) {
    if (o->key->rsa)
        return EVP_PKEY_verify(o->key->rsa, o->signature, o->n_signature, o->digest, 32) == 1;
    EVP_MD_CTX_reset(context);
    return EVP_DigestVerifyInit(context, NULL, NULL, NULL, o->key->key) == 1 &&
           EVP_DigestVerify(context, o->signature, o->n_signature, o->digest, 32) == 1;
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run_pass(const char *mode, const struct mail *mails, int n) {
    static GByteArray *file, *body;
    if (!file)
        file = g_byte_array_new(), body = g_byte_array_new();
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_MD_CTX *hash = EVP_MD_CTX_new(), *ed25519 = EVP_MD_CTX_new();
    double start = seconds(CLOCK_MONOTONIC), start_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    long held = 0;
    for (int i = 0; i < n; i++) {
        struct span octets = read_file(mails[i].path, file);
        if (strcmp(mode, "read") == 0)
            continue;
        hash_mail(hash, sha256, octets, strcmp(mode, "canon") == 0 ? body : NULL);
        for (const struct operation *o = mails[i].operations; o; o = o->next)
            held += operate(ed25519, o);
    }
    printf("%.6f %.6f %ld\n", seconds(CLOCK_MONOTONIC) - start,
           seconds(CLOCK_PROCESS_CPUTIME_ID) - start_cpu, held);
    EVP_MD_CTX_free(hash);
    EVP_MD_CTX_free(ed25519);
    EVP_MD_free(sha256);
}

int main(int argc, char **argv) {
    if (argc < 5)
        give_up("usage: drive_floor floor|canon|read CORPUS PASSES FILE...");
    GHashTable *operations = load_operations(argv[2], load_keys(argv[2]));
    int n = argc - 4;
    struct mail *mails = g_new0(struct mail, n);
    for (int i = 0; i < n; i++) {
        mails[i].path = argv[4 + i];
        int number = (int)strtol(strrchr(mails[i].path, '/') + 1, NULL, 10);
        mails[i].operations = g_hash_table_lookup(operations, &number);
    }
    for (long pass = strtol(argv[3], NULL, 10); pass > 0; pass--)
        run_pass(argv[1], mails, n);
    return 0;
}
