/* SPDX-License-Identifier: MIT
 *
 * What the tests of auth/dkim share: keys, a zone that publishes them, and one verification as of
 * NOW. */
#ifndef INKAN_TESTS_DKIM_SCENE_H
#define INKAN_TESTS_DKIM_SCENE_H

#include "dkim_signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { NOW = 1700000000 };

static struct signer rsa1024, rsa2048, ed25519;
static struct resolver *table;
static struct dkim_keys *keys;

static inline void publish(const char *name, const struct signer *signer, const char *tags) {
    g_autofree char *record = signer_record(signer, tags);
    resolver_table_add(table, name, DNS_TXT, record);
}

static inline int set_up(void **state) {
    (void)state;
    rsa1024 = signer_rsa(1024);
    rsa2048 = signer_rsa(2048);
    ed25519 = signer_ed25519();
    table = resolver_new_table();
    keys = dkim_keys_new();
    publish("s1._domainkey.example.org", &ed25519, "");
    publish("rsa._domainkey.example.org", &rsa2048, "");
    return 0;
}

static inline int tear_down(void **state) {
    (void)state;
    signer_clear(&rsa1024);
    signer_clear(&rsa2048);
    signer_clear(&ed25519);
    dkim_keys_free(keys);
    resolver_free(table);
    return 0;
}

static inline struct verified verify(GBytes *octets, int64_t received_at) {
    return verify_octets(octets, "example.org", table, keys, received_at);
}

static inline struct verified verify_string(GString *text) {
    g_autoptr(GBytes) octets = g_string_free_to_bytes(text);
    return verify(octets, NOW);
}

#define HEADER "From: a@example.org\r\nSubject: hello\r\n"

#define assert_reason(v, i, result_, reason_)                                                      \
    do {                                                                                           \
        assert_int_equal((v).check->results[i].result, result_);                                   \
        assert_string_equal(dkim_reason_name((v).check->results[i].reason), reason_);              \
    } while (0)

static inline void assert_pass(struct verified *v, guint i) {
    assert_int_equal(v->check->results[i].result, AUTH_PASS);
    assert_int_equal(v->check->results[i].reason, DKIM_REASON_NONE);
}

/* `reason`: of the permerror that a message signed in that way gets; NULL: a pass. */
static inline void assert_signed(const struct signer *signer, const struct shape *shape,
                                 const char *reason) {
    g_autoptr(GBytes) octets = sign_message(signer, shape, HEADER, "x");
    struct verified v = verify(octets, NOW);
    if (reason)
        assert_reason(v, 0, AUTH_PERMERROR, reason);
    else
        assert_pass(&v, 0);
    verified_clear(&v);
}

#endif
