/* SPDX-License-Identifier: MIT
 *
 * auth/dkim_canon: the examples of RFC 6376 §3.4.5, edge cases, and agreement with a canonicaliser
 * that goes octet by octet. */
#include "dkim_signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void append(void *user, struct span octets) {
    g_string_append_len(user, octets.p, (gssize)octets.n);
}

static GString *canonical_body(struct span body, enum dkim_canon canon) {
    GString *out = g_string_new(NULL);
    dkim_canon_body(body, canon, append, out);
    return out;
}

#define assert_body(canon, body, wanted)                                                           \
    do {                                                                                           \
        GString *out_ = canonical_body(SPAN_LIT(body), canon);                                     \
        assert_int_equal(out_->len, sizeof(wanted) - 1);                                           \
        assert_memory_equal(out_->str, wanted, sizeof(wanted) - 1);                                \
        g_string_free(out_, TRUE);                                                                 \
    } while (0)

#define assert_header(canon, header, wanted)                                                       \
    do {                                                                                           \
        g_autoptr(GBytes) octets_ = g_bytes_new_static(header, sizeof(header) - 1);                \
        OWNED(message) message_ = message_new(octets_, 0);                                         \
        GString *out_ = g_string_new(NULL);                                                        \
        for (guint i_ = 0; i_ < message_->n_fields; i_++)                                          \
            dkim_canon_field(out_, &message_->fields[i_], canon);                                  \
        assert_string_equal(out_->str, wanted);                                                    \
        g_string_free(out_, TRUE);                                                                 \
    } while (0)

static void rfc6376_example(void **state) {
    (void)state;
    assert_header(DKIM_RELAXED, "A: X\r\nB : Y\t\r\n\tZ  \r\n", "a:X\r\nb:Y Z\r\n");
    assert_body(DKIM_RELAXED, " C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n");
    assert_header(DKIM_SIMPLE, "A: X\r\nB : Y\t\r\n\tZ  \r\n", "A: X\r\nB : Y\t\r\n\tZ  \r\n");
    assert_body(DKIM_SIMPLE, " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n");
    /* example 3: simple header, relaxed body is the combination of the above */
}

static void empty_bodies(void **state) {
    (void)state;
    assert_body(DKIM_SIMPLE, "", "\r\n");
    assert_body(DKIM_RELAXED, "", "");
    assert_body(DKIM_SIMPLE, "\r\n\r\n", "\r\n");
    assert_body(DKIM_RELAXED, "\r\n\r\n", "");
    assert_body(DKIM_RELAXED, " \t\r\n \r\n", "");
    assert_body(DKIM_RELAXED, " \t", "");
    assert_body(DKIM_SIMPLE, " ", " \r\n");
}

static void ends_without_line_end(void **state) {
    (void)state;
    assert_body(DKIM_SIMPLE, "a", "a\r\n");
    assert_body(DKIM_RELAXED, "a \t", "a\r\n");
    assert_body(DKIM_RELAXED, "a\r\n\r\n \t", "a\r\n");
    assert_body(DKIM_SIMPLE, "a\r\n\r\n ", "a\r\n\r\n \r\n");
}

/* A line ends in CRLF; CR or LF alone are octets of a line (attacks B66, C86). */
static void bare_cr_and_lf_are_octets(void **state) {
    (void)state;
    assert_body(DKIM_RELAXED, "a \nb \rc\r\n", "a \nb \rc\r\n");
    assert_body(DKIM_RELAXED, "a\n\n", "a\n\n\r\n");
    assert_body(DKIM_SIMPLE, "a\r\n\r", "a\r\n\r\r\n");
    assert_body(DKIM_RELAXED, "a\r\r\n\r\n", "a\r\r\n");
    assert_body(DKIM_RELAXED, "a \r\r\n", "a \r\r\n");
    assert_body(DKIM_RELAXED, "\n", "\n\r\n");
}

static void white_space_at_block_borders(void **state) {
    (void)state;
    static const char tail_of_text[] =
        "\r\nyyy yyyyyyy yyy yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy "
        "yyyyyyyyyyyyyyyy";
    /* runs placed at each offset around the 16 and four times 16 octets that are looked at together
     */
    for (size_t at = 0; at < 160; at++)
        for (size_t run = 1; run < 20; run++)
            for (int tail = 0; tail < 3; tail++) {
                GString *body = g_string_new(NULL);
                for (size_t i = 0; i < at; i++)
                    g_string_append_c(body, 'x');
                for (size_t i = 0; i < run; i++)
                    g_string_append_c(body, (i + at) % 3 ? ' ' : '\t');
                g_string_append(body, tail == 0 ? "\r\n" : tail == 1 ? "y\r\n" : tail_of_text);
                GString *wanted = reference_body(body->str, body->len, true);
                GString *got = canonical_body(span_make(body->str, body->len), DKIM_RELAXED);
                assert_string_equal(got->str, wanted->str);
                g_string_free(body, TRUE);
                g_string_free(wanted, TRUE);
                g_string_free(got, TRUE);
            }
}

/* Stretches without white space, as in base64, are passed in larger steps: runs around the places
 * where steps begin and end. */
static void white_space_far_apart(void **state) {
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(44);
    static const char *const runs[] = {" ", "  ", "\t", " \t", " \r\n", "\t\r\n", "\r\n", " y "};
    for (int round = 0; round < 3000; round++) {
        GString *body = g_string_new(NULL);
        for (int n = g_rand_int_range(random, 1, 6); n > 0; n--) {
            int length = g_rand_int_range(random, 0, 5000);
            if (round % 2) /* near the lengths of a block, of those before a step, of a step */
                length = (int[]){16, 64, 256, 4096, 4352}[length % 5] + length % 35 - 17;
            for (; length > 0; length--)
                g_string_append_c(body, 'x');
            g_string_append(body, runs[g_rand_int_range(random, 0, G_N_ELEMENTS(runs))]);
        }
        GString *wanted = reference_body(body->str, body->len, true);
        GString *got = canonical_body(span_make(body->str, body->len), DKIM_RELAXED);
        assert_string_equal(got->str, wanted->str);
        g_string_free(body, TRUE);
        g_string_free(wanted, TRUE);
        g_string_free(got, TRUE);
    }
}

/* Bodies that are mostly what canonicalisation looks at. */
static GString *random_body(GRand *random) {
    static const char *const pieces[] = {
        " ", "\t",   "\r\n", "\r", "\n",
        "a", "word", "\0",   "  ", "a line of more than sixteen octets"};
    GString *body = g_string_new(NULL);
    for (int n = g_rand_int_range(random, 0, 40); n > 0; n--) {
        const char *piece = pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))];
        g_string_append_len(body, piece, piece[0] ? (gssize)strlen(piece) : 1);
    }
    return body;
}

static void agrees_with_the_reference(void **state) {
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(42);
    for (int round = 0; round < 100000; round++) {
        GString *body = random_body(random);
        for (int canon = DKIM_SIMPLE; canon <= DKIM_RELAXED; canon++) {
            GString *wanted = reference_body(body->str, body->len, canon == DKIM_RELAXED);
            GString *got = canonical_body(span_make(body->str, body->len), (enum dkim_canon)canon);
            assert_int_equal(got->len, wanted->len);
            assert_memory_equal(got->str, wanted->str, wanted->len);
            g_string_free(wanted, TRUE);
            g_string_free(got, TRUE);
        }
        g_string_free(body, TRUE);
    }
}

static void hashes_all_limits_in_one_pass(void **state) {
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(43);
    for (int round = 0; round < 3000; round++) {
        GString *body = random_body(random);
        while (round % 10 == 0 && body->len < 20000) /* beyond what is gathered */
            g_string_append_printf(body, "%*d %*d\r\n", g_rand_int_range(random, 1, 3000), 1,
                                   g_rand_int_range(random, 1, 100), 2);
        GString *canonical = reference_body(body->str, body->len, true);
        struct dkim_body_digest wanted[5] = {{.limit = 0}};
        for (int i = 1; i < 4; i++)
            wanted[i].limit = wanted[i - 1].limit + (uint64_t)g_rand_int_range(random, 0, 60);
        wanted[4].limit = UINT64_MAX;
        uint64_t length = dkim_body_hash(span_make(body->str, body->len), DKIM_RELAXED, wanted, 5);
        assert_int_equal(length, canonical->len);
        for (int i = 0; i < 5; i++) {
            unsigned char digest[32];
            EVP_Digest(canonical->str, MIN(wanted[i].limit, canonical->len), digest, NULL,
                       EVP_sha256(), NULL);
            assert_memory_equal(digest, wanted[i].digest, 32);
        }
        g_string_free(body, TRUE);
        g_string_free(canonical, TRUE);
    }
}

static void header_edges(void **state) {
    (void)state;
    assert_header(DKIM_RELAXED, "Subject:\r\n", "subject:\r\n");
    assert_header(DKIM_RELAXED, "Subject: \t \r\n", "subject:\r\n");
    assert_header(DKIM_RELAXED, "Subject:\r\n a\r\n", "subject:a\r\n");
    assert_header(DKIM_RELAXED, "Subject:a\r\n \r\n", "subject:a\r\n");
    assert_header(DKIM_RELAXED, "SUBJECT \t:\xc3\x9c  b\r\n", "subject:\xc3\x9c b\r\n");
    assert_header(DKIM_RELAXED, "A:b:c\r\n", "a:b:c\r\n");
    assert_header(DKIM_RELAXED, "A: x", "a:x\r\n"); /* a message that ends there */
    assert_header(DKIM_SIMPLE, "A: x", "A: x\r\n");
    assert_header(DKIM_RELAXED, "A: x\n", "a:x\n"); /* not made a line end of ours */
    assert_header(DKIM_RELAXED, "A: x\n y\r\n", "a:x\n y\r\n");
}

static void own_field_loses_b(void **state) {
    (void)state;
    static const char text[] = "DKIM-Signature: a=1; bh=b=x;\r\n\tb = AB\r\n\t CD ; c=2 \r\n";
    g_autoptr(GBytes) octets = g_bytes_new_static(text, sizeof text - 1);
    OWNED(message) message = message_new(octets, 0);
    const char *start = strstr(message->fields[0].value.p, " AB");
    struct span cut = span_make(start, (size_t)(strstr(start, "; c=2") - start));
    GString *out = g_string_new(NULL);
    dkim_canon_own_field(out, &message->fields[0], cut, DKIM_RELAXED);
    assert_string_equal(out->str, "dkim-signature:a=1; bh=b=x; b =; c=2");
    g_string_truncate(out, 0);
    dkim_canon_own_field(out, &message->fields[0], cut, DKIM_SIMPLE);
    assert_string_equal(out->str, "DKIM-Signature: a=1; bh=b=x;\r\n\tb =; c=2 ");
    g_string_free(out, TRUE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc6376_example),
        cmocka_unit_test(empty_bodies),
        cmocka_unit_test(ends_without_line_end),
        cmocka_unit_test(bare_cr_and_lf_are_octets),
        cmocka_unit_test(white_space_at_block_borders),
        cmocka_unit_test(white_space_far_apart),
        cmocka_unit_test(agrees_with_the_reference),
        cmocka_unit_test(hashes_all_limits_in_one_pass),
        cmocka_unit_test(header_edges),
        cmocka_unit_test(own_field_loses_b),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
