/* SPDX-License-Identifier: MIT
 *
 * One step of auth/dkim at a time, for the suites that test single steps. Octets come on stdin.
 *
 *   drive_dkim canon body|header simple|relaxed    canonical octets on stdout
 *   drive_dkim key                                 "valid BITS" or the reason
 *   drive_dkim signature                           "valid" or the reason; stdin is the field
 *   drive_dkim verify ZONE NOW                     stdin is the message; a line for each signature:
 *                                                  RESULT REASON DOMAIN SELECTOR HEADER-HASH
 * BODY-HASH
 *
 * ZONE is a file of lines NAME TAB hex octets of a joined TXT record (or "!": a temporary error).
 */
#include "auth/dkim.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static GBytes *read_stdin(void) {
    GByteArray *octets = g_byte_array_new();
    unsigned char block[65536];
    for (ssize_t n; (n = read(STDIN_FILENO, block, sizeof block)) > 0;)
        g_byte_array_append(octets, block, (guint)n);
    return g_byte_array_free_to_bytes(octets);
}

static struct span span_of_bytes(GBytes *octets) {
    gsize n;
    const char *p = g_bytes_get_data(octets, &n);
    return span_make(p ? p : "", n);
}

static void print_span(void *unused, struct span octets) {
    (void)unused;
    fwrite(octets.p, 1, octets.n, stdout);
}

static int canon(GBytes *octets, const char *what, const char *how) {
    enum dkim_canon kind = strcmp(how, "relaxed") == 0 ? DKIM_RELAXED : DKIM_SIMPLE;
    if (strcmp(what, "body") == 0) {
        dkim_canon_body(span_of_bytes(octets), kind, print_span, NULL);
        return 0;
    }
    OWNED(message) message = message_new(octets, 0);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < message->n_fields; i++)
        dkim_canon_field(out, &message->fields[i], kind);
    print_span(NULL, span_make(out->str, out->len));
    g_string_free(out, TRUE);
    return 0;
}

static int key(GBytes *octets) {
    enum dkim_reason reason;
    OWNED(dkim_key) parsed = dkim_key_parse(span_of_bytes(octets), &reason);
    if (parsed)
        printf("valid %u\n", dkim_key_bits(parsed));
    else
        printf("%s\n", dkim_reason_name(reason));
    return 0;
}

static int signature(GBytes *octets) {
    OWNED(message) message = message_new(octets, 0);
    OWNED(dkim_signature) parsed = dkim_signature_parse(message, 0);
    printf("%s\n", parsed->reason ? dkim_reason_name(parsed->reason) : "valid");
    return 0;
}

static void load_zone(struct resolver *table, const char *path) {
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        exit(2);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line && **line; line++) {
        char *hex = strchr(*line, '\t');
        *hex++ = '\0';
        if (*hex == '!') {
            resolver_table_set(table, *line, DNS_TXT, DNS_TEMPERROR, DNSSEC_INSECURE);
            continue;
        }
        GString *record = g_string_new(NULL);
        for (; hex[0] && hex[1]; hex += 2)
            g_string_append_c(
                record, (char)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1])));
        resolver_table_add_octets(table, *line, DNS_TXT, span_make(record->str, record->len));
        g_string_free(record, TRUE);
    }
}

static int verify(GBytes *octets, const char *zone, const char *now) {
    static const char *const states[] = {"unknown", "pass", "fail"};
    OWNED(resolver) table = resolver_new_table();
    load_zone(table, zone);
    OWNED(lookups) lookups = lookups_new(table);
    OWNED(dkim_keys) keys = dkim_keys_new();
    g_autoptr(GBytes) crlf = message_restore_crlf(octets);
    OWNED(message) message = message_new(crlf, 0);
    OWNED(dkim_hashes) hashes = dkim_hashes_new(message);
    OWNED(dkim_check) check = dkim_new(hashes);
    dkim_names(check, NULL, lookups);
    dkim_verify(check, lookups, keys, g_ascii_strtoll(now, NULL, 10));
    for (guint i = 0; i < check->n; i++) {
        const struct dkim_result *r = &check->results[i];
        const char *result = auth_result_name(r->result), *reason = dkim_reason_name(r->reason);
        printf("%s %s %s %s %s %s\n", result ? result : "-", reason ? reason : "-",
               r->signature->domain ? r->signature->domain : "-",
               r->signature->selector ? r->signature->selector : "-", states[r->header_hash],
               states[r->body_hash]);
    }
    return 0;
}

int main(int argc, char **argv) {
    g_autoptr(GBytes) octets = read_stdin();
    if (argc == 4 && strcmp(argv[1], "canon") == 0)
        return canon(octets, argv[2], argv[3]);
    if (argc == 2 && strcmp(argv[1], "key") == 0)
        return key(octets);
    if (argc == 2 && strcmp(argv[1], "signature") == 0)
        return signature(octets);
    if (argc == 4 && strcmp(argv[1], "verify") == 0)
        return verify(octets, argv[2], argv[3]);
    fputs("usage: drive_dkim canon|key|signature|verify …\n", stderr);
    return 2;
}
