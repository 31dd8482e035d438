/* SPDX-License-Identifier: MIT
 *
 * DNS names between their three spellings: ours (octets with dots between labels), the escaped text
 * of RFC 1035 §5.1 that a library parses, and the wire form of RFC 1035 §3.1. ASCII letters are
 * made lower case (RFC 4343). No IDNA here: names arrive as A-labels, or as whatever an SPF macro
 * made. */
#ifndef INKAN_NET_DNS_NAME_H
#define INKAN_NET_DNS_NAME_H

#include "base/limits.h"
#include "base/span.h"
#include "net/resolver.h"

/* Room for a name with every octet written as \DDD. */
#define DNS_NAME_ESCAPED (4 * LIMIT_DOMAIN + 1)

/* A question as everything in this room keys it. */
struct dns_question {
    guint hash;
    enum dns_type type;
    char name[LIMIT_DOMAIN + 1];
};

/* False for what DNS cannot carry: nothing, an empty label, a label over LIMIT_LABEL, a name over
 * LIMIT_DOMAIN octets. One dot at the end is dropped. */
bool dns_question_init(struct dns_question *question, const char *name, enum dns_type type);

/* True if dns_question_init takes the name. */
bool dns_name_fits(const char *name);

/* For GHashTable, over struct dns_question. */
guint dns_question_hash(gconstpointer question);
gboolean dns_question_equal(gconstpointer a, gconstpointer b);

/* Letters, digits, "-", "_" and the dots as they are, every other octet as \DDD. */
void dns_name_escape(const char *name, char escaped[static DNS_NAME_ESCAPED]);

/* Appends an uncompressed wire name (whole span, no more, no less), lower case, without the root
 * dot; the root is ".". False, and `text` unchanged, if it is malformed or has a label that our
 * spelling cannot show (NUL or a dot inside). */
bool dns_name_append(GString *text, struct span wire);

#endif
