/* SPDX-License-Identifier: MIT
 *
 * DMARC records, discovery, alignment and public suffixes, line by line for test_dmarc_suites.py:
 *
 *   record HEX           other | invalid | unusable | parsed
 *   suffix DOMAIN        the registrable name, or "-"
 *   zone NAME HEX        adds a TXT record         error NAME   makes its look-up fail      reset
 * empties the zone check AUTHOR D       RESULT RECORD-DOMAIN ALIGNED, with one passing signature of
 * D ("-": none) */
#include "auth/dmarc.h"
#include "mail/domain.h"

#include <stdio.h>

static GString *octets(const char *hex) {
    GString *text = g_string_new(NULL);
    for (; hex[0] && hex[1]; hex += 2)
        g_string_append_c(text,
                          (char)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1])));
    return text;
}

static void say_record(const char *hex) {
    g_autoptr(GString) text = octets(hex);
    struct dmarc_record record;
    switch (dmarc_record_parse(span_make(text->str, text->len), &record)) {
    case DMARC_RECORD_PARSED:
        puts(record.unusable ? "unusable" : "parsed");
        return;
    case DMARC_RECORD_INVALID:
        puts("invalid");
        return;
    case DMARC_RECORD_OTHER:
        puts("other");
    }
}

static void say_check(struct resolver *table, const char *author, const char *signer) {
    OWNED(lookups) lookups = lookups_new(table);
    g_autofree char *from = domain_parse(span_of(author), DOMAIN_ALLOW_ROOT_DOT, NULL);
    g_autofree char *d = domain_parse(span_of(signer), DOMAIN_ALLOW_ROOT_DOT, NULL);
    struct dmarc_identifier identifier = {d, AUTH_PASS};
    struct dmarc_input input = {.author_domain = from, .dkim = &identifier, .n_dkim = d != NULL};
    if (!from) {
        puts("permerror - no");
        return;
    }
    OWNED(dmarc_result) result = dmarc_check(lookups, &input);
    printf("%s %s %s\n", auth_result_name(result->result),
           result->record_domain ? result->record_domain : "-",
           result->aligned_by_dkim ? "yes" : "no");
}

int main(void) {
    OWNED(resolver) table = resolver_new_table();
    OWNED(public_suffixes) suffixes = orgdomain_suffixes_new(NULL);
    char line[65536];
    while (fgets(line, sizeof line, stdin)) {
        g_auto(GStrv) words = g_strsplit(g_strchomp(line), " ", 3);
        const char *first = words[1] ? words[1] : "", *second = first[0] ? words[2] : "";
        if (strcmp(words[0], "record") == 0) {
            say_record(first);
        } else if (strcmp(words[0], "suffix") == 0) {
            const char *name = orgdomain_registrable(suffixes, first);
            puts(name ? name : "-");
        } else if (strcmp(words[0], "zone") == 0) {
            g_autoptr(GString) text = octets(second ? second : "");
            resolver_table_add_octets(table, first, DNS_TXT, span_make(text->str, text->len));
        } else if (strcmp(words[0], "error") == 0) {
            resolver_table_set(table, first, DNS_TXT, DNS_TEMPERROR, DNSSEC_NOT_EVALUATED);
        } else if (strcmp(words[0], "reset") == 0) {
            resolver_free(table);
            table = resolver_new_table();
        } else {
            say_check(table, first, second ? second : "-");
        }
        fflush(stdout);
    }
    return 0;
}
