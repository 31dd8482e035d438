/* SPDX-License-Identifier: MIT
 *
 * Makes RSA keys as `openssl genrsa` and `openssl req` of Debian made them from 2006 to 2008
 * (CVE-2008-0166), when the process id was all that went into the random numbers:
 *   drive_debian_keys BITS VARIANT FIRST LAST   a line a key: "PID fingerprint listed|missing"
 * VARIANT is a machine (le32, le64, be32) and what became of ~/.rnd: it was read (rnd), or was not
 * there, in OpenSSL 0.9.8c (old) and 0.9.8g (new), as in "le64-rnd". What is not asked for again
 * here, the octets added to the pool, never came in: only how many they were, and the pool's own
 * counters. Which draws a prime takes is that library's choice, step by step (BN_generate_prime of
 * 0.9.8): a number, the next one up that no small prime divides or stands below by one, and bases
 * for Miller and Rabin. Checked against keys that were published with their process ids. */
#include "auth/dkim_debian.h"

#include <openssl/bn.h>
#include <openssl/evp.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    POOL = 1023,   /* octets of the pool */
    HASH = 20,     /* of SHA-1 */
    PRIMES = 2048, /* small primes that a candidate is tried with, 2 among them */
    SPAN = 8192,   /* odd numbers looked at above a draw; the next candidate is hundreds away */
    RND_FILE = 1024,
    DEVICE = 32, /* octets asked of /dev/urandom */
    MAX_BITS = 4096,
};

struct machine {
    const char *name;
    size_t word; /* octets of a C long */
    bool big_endian;
    size_t stat; /* octets of a struct stat */
};

static const struct machine machines[] = {
    {"le32", 4, false, 88}, {"le64", 8, false, 144}, {"be32", 4, true, 88}};

struct pool {
    const struct machine *machine;
    uint32_t pid;
    unsigned char octets[POOL];
    size_t at, filled;
    unsigned char digest[HASH];
    uint64_t draws, additions;
    bool polled, stirred;
};

struct text { /* what is hashed next */
    unsigned char octets[128];
    size_t n;
};

static void put(struct text *text, const void *octets, size_t n) {
    memcpy(text->octets + text->n, octets, n);
    text->n += n;
}

static void put_number(struct text *text, uint64_t value, size_t size, bool big_endian) {
    for (size_t i = 0; i < size; i++) {
        size_t shift = 8 * (big_endian ? size - 1 - i : i);
        text->octets[text->n++] = (unsigned char)(value >> shift);
    }
}

static void put_counts(struct text *text, const struct pool *pool, uint64_t draws,
                       uint64_t additions) {
    put_number(text, draws, pool->machine->word, pool->machine->big_endian);
    put_number(text, additions, pool->machine->word, pool->machine->big_endian);
}

static void put_pool(struct text *text, const struct pool *pool, size_t from, size_t n,
                     size_t size) {
    for (size_t i = 0; i < n; i++)
        text->octets[text->n++] = pool->octets[(from + i) % size];
}

static void hash(const struct text *text, unsigned char *digest) {
    g_assert_true(EVP_Digest(text->octets, text->n, digest, NULL, EVP_sha1(), NULL) == 1);
}

/* `n` octets whose values do not matter. */
static void add(struct pool *pool, size_t n) {
    unsigned char digest[HASH];
    memcpy(digest, pool->digest, HASH);
    size_t at = pool->at;
    uint64_t additions = pool->additions;
    pool->at += n;
    if (pool->at >= POOL) {
        pool->at %= POOL;
        pool->filled = POOL;
    } else if (pool->at > pool->filled) {
        pool->filled = pool->at;
    }
    pool->additions += (n + HASH - 1) / HASH;
    for (size_t done = 0; done < n; done += HASH) {
        size_t step = MIN((size_t)HASH, n - done);
        struct text text = {.n = 0};
        put(&text, digest, HASH);
        put_pool(&text, pool, at, step, POOL);
        put_counts(&text, pool, pool->draws, additions++);
        hash(&text, digest);
        for (size_t i = 0; i < step; i++, at = (at + 1) % POOL)
            pool->octets[at] ^= digest[i];
    }
    for (size_t i = 0; i < HASH; i++)
        pool->digest[i] ^= digest[i];
}

/* The device, then process, user and time, a long each. */
static void poll(struct pool *pool) {
    add(pool, DEVICE);
    for (int i = 0; i < 3; i++)
        add(pool, pool->machine->word);
    pool->polled = true;
}

static void draw(struct pool *pool, unsigned char *octets, size_t n) {
    if (!pool->polled)
        poll(pool);
    for (size_t done = 0; !pool->stirred && done < POOL; done += HASH)
        add(pool, HASH);
    pool->stirred = true;
    unsigned char digest[HASH];
    memcpy(digest, pool->digest, HASH);
    size_t at = pool->at, size = pool->filled;
    uint64_t draws = pool->draws++, additions = pool->additions;
    pool->at += (n + HASH / 2 - 1) / (HASH / 2) * (HASH / 2);
    if (pool->at > size)
        pool->at %= size;
    for (size_t done = 0; done < n; done += HASH / 2) {
        struct text text = {.n = 0};
        if (done == 0 && pool->pid)
            put_number(&text, pool->pid, 4, pool->machine->big_endian);
        put(&text, digest, HASH);
        put_counts(&text, pool, draws, additions);
        put_pool(&text, pool, at, HASH / 2, size);
        hash(&text, digest);
        for (size_t i = 0; i < HASH / 2; i++, at = (at + 1) % size)
            pool->octets[at] ^= digest[i];
        memcpy(octets + done, digest + HASH / 2, MIN((size_t)HASH / 2, n - done));
    }
    struct text text = {.n = 0};
    put_counts(&text, pool, draws, additions);
    put(&text, digest, HASH);
    put(&text, pool->digest, HASH);
    hash(&text, pool->digest);
}

/* `bits` a multiple of 8. A candidate has its two highest bits and its lowest set. */
static void draw_number(struct pool *pool, BIGNUM *number, size_t bits, bool candidate) {
    unsigned char octets[MAX_BITS / 16];
    add(pool, pool->machine->word); /* the time */
    draw(pool, octets, bits / 8);
    if (candidate) {
        octets[0] |= 0xc0;
        octets[bits / 8 - 1] |= 1;
    }
    BN_bin2bn(octets, (int)(bits / 8), number);
}

static const unsigned *small_primes(void) {
    static unsigned primes[PRIMES];
    unsigned n = 0;
    for (unsigned number = 2; !primes[PRIMES - 1]; number++) {
        unsigned i = 0;
        while (i < n && number % primes[i])
            i++;
        if (i == n)
            primes[n++] = number;
    }
    return primes;
}

/* From a draw to the next number above it that is neither a multiple of a small prime nor one more
 * than a multiple. */
static void step_up(BIGNUM *number, const unsigned *primes) {
    bool taken[SPAN] = {false};
    for (unsigned i = 1; i < PRIMES; i++) {
        unsigned p = primes[i], rest = (unsigned)BN_mod_word(number, p);
        for (unsigned above = 0; above < 2; above++) {
            unsigned first = (p - rest + above) % p;
            first += first % 2 ? p : 0;
            for (unsigned at = first / 2; at < SPAN; at += p)
                taken[at] = true;
        }
    }
    unsigned at = 0;
    while (at < SPAN && taken[at])
        at++;
    g_assert_cmpuint(at, <, SPAN);
    BN_add_word(number, at * 2UL);
}

/* Bases tried until a number counts as prime: few enough for one composite number in 2^80 to pass.
 */
static int bases_for(size_t bits) {
    return bits >= 850 ? 3 : bits >= 650 ? 4 : bits >= 550 ? 5 : bits >= 450 ? 6 : 7;
}

/* A composite number fails by its first base, whichever that is, but for cases nobody will see. */
static void find_prime(struct pool *pool, BIGNUM *prime, size_t bits, const unsigned *primes,
                       BN_CTX *context) {
    BIGNUM *base = BN_new(), *below = BN_new();
    bool found = false;
    while (!found) {
        draw_number(pool, prime, bits, true);
        step_up(prime, primes);
        BN_copy(below, prime);
        BN_sub_word(below, 1);
        found = BN_check_prime(prime, context, NULL) == 1;
        for (int i = found ? bases_for(bits) : 1; i > 0; i--)
            do
                draw_number(pool, base, bits, false);
            while (BN_cmp(base, below) >= 0);
    }
    BN_free(base);
    BN_free(below);
}

/* `modulus`: BITS / 8 octets. */
static void make_key(struct pool *pool, size_t bits, unsigned char *modulus) {
    static const unsigned *primes;
    if (!primes)
        primes = small_primes();
    BN_CTX *context = BN_CTX_new();
    BIGNUM *p = BN_new(), *q = BN_new();
    do
        find_prime(pool, p, bits / 2, primes, context);
    while (BN_mod_word(p, 65537) == 1);
    do
        find_prime(pool, q, bits / 2, primes, context);
    while (BN_mod_word(q, 65537) == 1 || BN_cmp(p, q) == 0);
    BN_mul(p, p, q, context);
    BN_bn2binpad(p, modulus, (int)(bits / 8));
    BN_free(p);
    BN_free(q);
    BN_CTX_free(context);
}

/* What happened to the pool before the first draw. */
static bool prepare(struct pool *pool, const char *rnd) {
    if (g_strcmp0(rnd, "rnd") == 0) {
        add(pool, pool->machine->stat);
        add(pool, RND_FILE);
    } else if (g_strcmp0(rnd, "old") == 0) {
        add(pool, pool->machine->stat);
        poll(pool);
    } else if (g_strcmp0(rnd, "new") == 0) {
        poll(pool);
    } else {
        return false;
    }
    return true;
}

static bool print_keys(size_t bits, const char *variant, uint32_t first, uint32_t last) {
    g_auto(GStrv) words = g_strsplit(variant, "-", 2);
    const struct machine *machine = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(machines); i++)
        if (g_strcmp0(words[0], machines[i].name) == 0)
            machine = &machines[i];
    for (uint32_t pid = first; pid <= last; pid++) {
        struct pool pool = {.machine = machine, .pid = pid};
        if (!machine || !prepare(&pool, words[1]))
            return false;
        unsigned char modulus[MAX_BITS / 8];
        make_key(&pool, bits, modulus);
        struct span span = span_make((const char *)modulus, bits / 8);
        printf("%u %012" PRIx64 " %s\n", pid, dkim_debian_fingerprint(span),
               dkim_debian_lists(span) ? "listed" : "missing");
        fflush(stdout);
    }
    return true;
}

int main(int argc, char **argv) {
    unsigned long bits = argc == 5 ? strtoul(argv[1], NULL, 10) : 0;
    if (bits >= 512 && bits <= MAX_BITS && bits % 16 == 0 &&
        print_keys(bits, argv[2], (uint32_t)strtoul(argv[3], NULL, 10),
                   (uint32_t)strtoul(argv[4], NULL, 10)))
        return 0;
    fprintf(stderr, "usage: drive_debian_keys BITS MACHINE-RND FIRST LAST\n");
    return 2;
}
