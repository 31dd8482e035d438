/* SPDX-License-Identifier: MIT
 *
 * A message through auth/dkim with the keys of the RFCs' examples. Beside crashes: the canonical
 * body must be that of the slow reference, indexes must be in range, and a pass must have all of
 * its parts. */
#include "tests/unit/dkim_signer.h"

#include "auth/tag_list.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct resolver *table;
static struct dkim_keys *keys;

static void set_up(void) {
    table = resolver_new_table();
    keys = dkim_keys_new();
    resolver_table_add(table, "brisbane._domainkey.example.com", DNS_TXT,
                       "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/"
                       "DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2Uz"
                       "J1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ"
                       "2QIDAQAB");
    resolver_table_add(table, "brisbane._domainkey.football.example.com", DNS_TXT,
                       "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
}

static void append(void *user, struct span octets) {
    g_string_append_len(user, octets.p, (gssize)octets.n);
}

static void check_body(struct span body, enum dkim_canon canon) {
    GString *got = g_string_new(NULL);
    dkim_canon_body(body, canon, append, got);
    GString *wanted = reference_body(body.p, body.n, canon == DKIM_RELAXED);
    g_assert(got->len == wanted->len && memcmp(got->str, wanted->str, got->len) == 0);
    g_string_free(got, TRUE);
    g_string_free(wanted, TRUE);
}

static void check_result(const struct message *message, const struct dkim_result *r) {
    for (guint i = 0; i < r->n_covered; i++)
        g_assert(r->covered[i] < message->n_fields && r->covered[i] != r->signature->field);
    for (guint i = 0; i < r->n_unsigned_copies; i++)
        g_assert(r->unsigned_copies[i] < message->n_fields &&
                 !dkim_covers(r, r->unsigned_copies[i]));
    g_assert(r->result != AUTH_PASS ||
             (r->reason == DKIM_REASON_NONE && r->signature->reason == DKIM_REASON_NONE &&
              r->header_hash == DKIM_HASH_PASS && r->body_hash == DKIM_HASH_PASS));
    g_assert(r->result == AUTH_PASS || r->reason != DKIM_REASON_NONE);
    g_assert(!r->signature->identity || g_utf8_validate(r->signature->identity, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!table)
        set_up();
    g_autoptr(GBytes) octets = g_bytes_new(data, size);
    struct verified v = verify_octets(octets, "example.com", table, keys, 1700000000);
    for (guint i = 0; i < v.check->n; i++)
        check_result(v.message, &v.check->results[i]);
    check_body(v.message->body, DKIM_SIMPLE);
    check_body(v.message->body, DKIM_RELAXED);
    verified_clear(&v);
    return 0;
}
