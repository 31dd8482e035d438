/* SPDX-License-Identifier: MIT
 *
 * A message through auth/arc with the Ed25519 key of RFC 8463. Beside crashes: a pass must have all
 * of its parts, a failure a reason, and nothing may ask or hash more than the limits say. */
#include "tests/unit/arc_signer.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct resolver *table;
static struct dkim_keys *keys;

static void set_up(void) {
    table = resolver_new_table();
    keys = dkim_keys_new();
    resolver_table_add(table, "brisbane._domainkey.football.example.com", DNS_TXT,
                       "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
}

static void check_whole(const struct arc_check *check) {
    g_assert(check->instance > 0 && check->instance <= LIMIT_ARC_SETS);
    g_assert(check->oldest_pass <= check->instance && check->oldest_pass != 1);
    g_assert(check->chain.n_fields == 3 * check->instance && check->sealer);
    for (guint i = 0; i < check->instance; i++) {
        const struct arc_set *set = &check->chain.sets[i];
        g_assert(set->results_field >= 0 && set->message_signature && set->seal);
        g_assert(!set->seal->reason);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!table)
        set_up();
    g_autoptr(GBytes) octets = g_bytes_new(data, size);
    struct arc_verified v = arc_verify_octets(octets, 0, table, keys, 1700000000);
    const struct arc_check *check = v.check;
    g_autofree char *reason = arc_reason(check);
    g_assert((check->result == AUTH_NONE) == (check->chain.n_fields == 0));
    g_assert((check->result == AUTH_FAIL) == (reason != NULL));
    if (check->result == AUTH_PASS)
        check_whole(check);
    g_assert(lookups_count(v.lookups) <= LIMIT_ARC_SETS + 1 + LIMIT_ARC_OLDER_KEYS);
    g_assert(dkim_hashes_passes(v.hashes) <= 4);
    arc_verified_clear(&v);
    return 0;
}
