/* SPDX-License-Identifier: MIT
 *
 * A message through auth/domainkeys with a key of 512 bits that was made for this file. Beside
 * crashes: both canonical forms of all fields and the body must be those of the slow reference. */
#include "auth/domainkeys.h"
#include "auth/domainkeys_canon.h"
#include "tests/unit/domainkeys_signer.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct resolver *table;

static void set_up(void) {
    table = resolver_new_table();
    resolver_table_add(table, "s1._domainkey.example.com", DNS_TXT,
                       "k=rsa; "
                       "p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL5wuYLZNjnHZ1TXEjEM3fhJWhFHUgBRgudG1+"
                       "9vvbeIu+35Hyu1RckrcQXb5D6S5JODV+dmycDANRcCCwO3wGsCAwEAAQ==");
    resolver_table_add(table, "_domainkey.example.com", DNS_TXT, "o=-; t=y");
}

static void check_canon(const struct message *message, enum domainkeys_canon canon) {
    guint n;
    g_autofree guint *order = domainkeys_select(message, 0, NULL, 0, &n);
    GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < n; i++) {
        const struct field *field = &message->fields[order[i]];
        g_autofree char *line =
            g_strndup(field->raw.p, (size_t)(field->value.p + field->value.n - field->raw.p));
        g_ptr_array_add(fields, g_strconcat(line, "\r\n", NULL));
    }
    g_ptr_array_add(fields, NULL);
    g_autofree char *body = span_dup(message->body);
    GString *reference =
        domainkeys_reference((const char *const *)fields->pdata, body, canon == DOMAINKEYS_NOFWS);
    unsigned char wanted[DOMAINKEYS_SHA1_SIZE], got[DOMAINKEYS_SHA1_SIZE];
    EVP_Digest(reference->str, reference->len, wanted, NULL, EVP_sha1(), NULL);
    domainkeys_hash(message, order, n, canon, got);
    g_assert(memcmp(wanted, got, sizeof got) == 0);
    g_string_free(reference, TRUE);
    g_ptr_array_unref(fields);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!table)
        set_up();
    g_autoptr(GBytes) octets = g_bytes_new(data, size);
    OWNED(message) message = message_new(octets, 0);
    OWNED(lookups) lookups = lookups_new(table);
    OWNED(domainkeys_check) check = domainkeys_new(message);
    domainkeys_names(check, lookups);
    domainkeys_verify(check, lookups, NULL);
    g_assert((check->result == AUTH_NONE) == (check->state == NULL));
    g_assert(check->result == AUTH_PASS || check->result == AUTH_NONE || check->reason);
    g_assert(check->result != AUTH_PASS || (check->domain && check->selector && !check->reason));
    g_assert(lookups_count(lookups) <= 2);
    if (!memchr(data, '\0', size)) { /* the reference knows strings only */
        check_canon(message, DOMAINKEYS_SIMPLE);
        check_canon(message, DOMAINKEYS_NOFWS);
    }
    return 0;
}
