/* SPDX-License-Identifier: MIT
 *
 * Lets test_markcert.py ask brand/markcert:
 *   drive_markcert ROOTS public|operator NOW DOMAIN [--organizational D] [--selector S]
 * [--required]
 *                  [--crl FILE FETCHED]...   < PEM
 * "key<TAB>value" lines: valid, reason, one line a check, then the facts. ROOTS "shipped" are ours.
 */
#include "brand/markcert.h"

#include <stdio.h>
#include <stdlib.h>

static void line(const char *key, const char *value) {
    if (value)
        printf("%s\t%s\n", key, value);
}

static GBytes *read_stdin(void) {
    GByteArray *all = g_byte_array_new();
    guint8 buffer[65536];
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, stdin)) > 0;)
        g_byte_array_append(all, buffer, (guint)n);
    return g_byte_array_free_to_bytes(all);
}

static struct span span_bytes(GBytes *bytes) {
    gsize n;
    const char *p = g_bytes_get_data(bytes, &n);
    return span_make(p ? p : "", n);
}

static GBytes *read_file(const char *path) {
    char *data;
    gsize n;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &data, &n, &error))
        g_error("%s", error->message);
    return g_bytes_new_take(data, n);
}

static struct mark_roots *read_roots(const char *path, const char *kind) {
    if (g_str_equal(path, "shipped"))
        return mark_roots_new_shipped();
    struct mark_roots *roots = mark_roots_new();
    g_autoptr(GBytes) pem = read_file(path);
    g_autoptr(GError) error = NULL;
    if (!mark_roots_add(roots, span_bytes(pem),
                        g_str_equal(kind, "public") ? MARK_ROOT_PUBLIC : MARK_ROOT_OPERATOR,
                        &error)) {
        line("refused", error->message);
        exit(0);
    }
    return roots;
}

static void print_answer(const struct markcert *answer) {
    line("valid", answer->valid ? "yes" : "no");
    line("reason", markcert_reason_name(answer->reason));
    for (enum markcert_check_id check = 0; check < MARKCERT_CHECK__MAX; check++) {
        const char *why = markcert_reason_name(answer->checks[check].reason);
        printf("%s\t%s%s%s\n", markcert_check_name(check),
               markcert_state_name(answer->checks[check].state), why ? " " : "", why ? why : "");
    }
    line("type", markcert_type_name(answer->type));
    line("mark", markcert_mark_name(answer->mark));
    line("organization", answer->organization);
    line("issuer", answer->issuer);
    line("root", answer->root);
    line("sha256", answer->sha256);
    line("svg-sha256", answer->svg_sha256);
    line("hash", answer->hash_name);
    printf("scts\t%u\nnot-before\t%" G_GINT64_FORMAT "\nnot-after\t%" G_GINT64_FORMAT
           "\nexpires\t%" G_GINT64_FORMAT "\ncrl-next-update\t%" G_GINT64_FORMAT "\n",
           answer->scts, answer->not_before, answer->not_after, answer->expires,
           answer->crl_next_update);
    for (char **name = answer->names; name && *name; name++)
        line("name", *name);
    for (char **url = answer->crl_urls; url && *url; url++)
        line("crl", *url);
}

int main(int argc, char **argv) {
    if (argc < 5)
        return 2;
    OWNED(mark_roots) roots = read_roots(argv[1], argv[2]);
    struct markcert_crl crls[16];
    GBytes *octets[16];
    struct markcert_question question = {
        .roots = roots, .now = g_ascii_strtoll(argv[3], NULL, 10), .domain = argv[4], .crls = crls};
    for (int i = 5; i < argc; i++)
        if (g_str_equal(argv[i], "--required"))
            question.revocation_required = true;
        else if (g_str_equal(argv[i], "--organizational") && i + 1 < argc)
            question.organizational = argv[++i];
        else if (g_str_equal(argv[i], "--selector") && i + 1 < argc)
            question.selector = argv[++i];
        else if (g_str_equal(argv[i], "--crl") && i + 2 < argc &&
                 question.n_crls < G_N_ELEMENTS(crls)) {
            octets[question.n_crls] = read_file(argv[i + 1]);
            crls[question.n_crls] = (struct markcert_crl){span_bytes(octets[question.n_crls]),
                                                          g_ascii_strtoll(argv[i + 2], NULL, 10)};
            question.n_crls++;
            i += 2;
        } else
            return 2;
    g_autoptr(GBytes) pem = read_stdin();
    question.pem = span_bytes(pem);
    OWNED(markcert) answer = markcert_check(&question);
    print_answer(answer);
    for (guint i = 0; i < question.n_crls; i++)
        g_bytes_unref(octets[i]);
    return 0;
}
