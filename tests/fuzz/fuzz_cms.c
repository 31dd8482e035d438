/* SPDX-License-Identifier: MIT
 *
 * A CMS structure through sign/smime, with two authorities, the second of which tells of revocation
 * too; both vouch for people of one domain. The first octet says whether it is detached. Beside
 * crashes: what holds in every way was signed by one of them, and nothing is decoded that its
 * outline calls too large. */
#include "sign/cms_outline.h"
#include "sign/smime.h"

#include "fuzz_people.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char root[] = "-----BEGIN CERTIFICATE-----\n"
                           "MIIBYzCCAQqgAwIBAgIBEzAKBggqhkjOPQQDAjAoMRIwEAYDVQQKDAlGdXp6IFJv\n"
                           "b3QxEjAQBgNVBAMMCUZ1enogUm9vdDAgFw0yNjEwMTkxMTA2NDBaGA8yMTI2MTAy\n"
                           "NTExMDY0MFowKDESMBAGA1UECgwJRnV6eiBSb290MRIwEAYDVQQDDAlGdXp6IFJv\n"
                           "b3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATerz6Ym8JkF6C/4NJj/kCeLSPJ\n"
                           "ZmbrXr6NR1pM79ydy8EZGgU68wP1A0XOBuJJasxVUvqryBjVnt1WVbgGAKduoyMw\n"
                           "ITAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAKBggqhkjOPQQDAgNH\n"
                           "ADBEAiBOACEoczmVZ2WZvndmRo2LjJE2oh66yXxucBqmHPF9hQIgTq8P9mpzlLCH\n"
                           "8WhUlOVFAvXEuJXAlgxMozJYVRguuJU=\n"
                           "-----END CERTIFICATE-----\n";

static struct smime_trust *trust;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size)
        return 0;
    if (!trust) {
        g_autofree char *both = g_strconcat(root, fuzz_root, NULL);
        g_autoptr(GBytes) anchors = g_bytes_new(both, strlen(both));
        trust = smime_trust_new(anchors, NULL);
        g_assert(smime_trust_check(trust, NULL));
    }
    struct smime_input input = {.cms = span_make((const char *)data + 1, size - 1),
                                .detached = data[0] & 1,
                                .octets = SPAN_LIT("Content-Type: text/plain\r\n\r\nhello\r\n"),
                                .micalg = data[0] & 2 ? "sha-256" : NULL,
                                .author = "alice@corp.test",
                                .received_at = FUZZ_NOW,
                                .now = FUZZ_NOW};
    struct cms_outline outline;
    bool bounded = cms_outline_read(input.cms, &outline);
    OWNED(smime_result) result = smime_verify(trust, &input);
    g_assert(bounded || result->kind == SMIME_NOTHING);
    g_assert(!(bounded && outline.too_large) || !result->n_signers);
    for (guint i = 0; i < result->n_signers; i++) {
        const struct smime_signer *signer = &result->signers[i];
        g_assert(signer->has_certificate || signer->chain == CHECK_NOT_EVALUATED);
        if (signer->digest == CHECK_PASS && signer->chain == CHECK_PASS)
            g_assert(g_str_has_suffix(signer->certificate.addresses[0], "@corp.test"));
        if (signer->chain != CHECK_PASS) /* of whom nobody knows there is nothing to ask */
            g_assert(signer->revocation == CHECK_NOT_EVALUATED ||
                     signer->revocation == CHECK_UNKNOWN);
    }
    return 0;
}
