/* SPDX-License-Identifier: MIT
 *
 * Session tokens and what they lock. A token is 256 random bits and is known to the client alone;
 * the store keeps its SHA-256, and the credentials sealed with AES-256-GCM (NIST SP 800-38D) under
 * a key that HKDF-SHA256 (RFC 5869) makes of the token and a salt. Whoever holds the store without
 * a token opens nothing; whoever moves a sealed blob to another row opens nothing either. */
#ifndef INKAN_FCGI_SEAL_H
#define INKAN_FCGI_SEAL_H

#include "base/span.h"

#include <glib.h>
#include <stdbool.h>

enum {
    SEAL_TOKEN_TEXT = 43, /* 32 octets in base64url without padding (RFC 4648 §5) */
    SEAL_HASH_TEXT = 64   /* SHA-256 in lower-case hex */
};

/* A new token, NUL-terminated, SEAL_TOKEN_TEXT characters; the caller wipes and frees it. */
char *seal_token_new(void);

/* The name under which the store knows a token; NULL for what cannot be one of ours. The caller
 * frees it. */
char *seal_token_hash(const char *token);

/* salt | nonce | ciphertext | tag. `bound_to` is authenticated with it, not stored. */
GBytes *seal_close(const char *token, struct span plain, const char *bound_to);

/* The plain octets (the caller wipes them with seal_wipe), or NULL where token, bound_to or a
 * single bit differs. */
GBytes *seal_open(const char *token, GBytes *sealed, const char *bound_to);

/* Overwrites octets that were secret, in a way the compiler keeps. */
void seal_wipe(void *octets, size_t n);
/* The same for text that a library handed out as const, up to its NUL; NULL is let pass. */
void seal_wipe_text(const char *secret);
/* seal_wipe, then unref. `secret` must be the only reference. */
void seal_wipe_bytes(GBytes *secret);

/* HMAC-SHA256 (RFC 2104) into `mac[32]`, for ids that must not be made by anybody else. */
void seal_mac(struct span key, struct span octets, unsigned char mac[32]);
/* Lower-case hex SHA-256 of octets; the caller frees it. */
char *seal_digest(struct span octets);
/* Fills with random octets; aborts if the system has none to give. */
void seal_random(void *octets, size_t n);

#endif
