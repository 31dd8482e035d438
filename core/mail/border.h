/* SPDX-License-Identifier: MIT
 *
 * Which hosts and networks are the account's own: what `border` names in the configuration, plus
 * what a receiver profile knows. Only a list of names and numbers; how Received lines are measured
 * against it stands in mail/received. */
#ifndef INKAN_MAIL_BORDER_H
#define INKAN_MAIL_BORDER_H

#include "base/ip.h"
#include "base/own.h"
#include "base/span.h"

struct border;

struct border *border_new(void);
void border_free(struct border *border);

/* What an operator writes: a host name ("mx.example.org"), a domain of hosts ("*.mx.example.org":
 * every host below, not the name itself), an address or a network ("192.0.2.0/24"). False and
 * *error naming what would be right for anything else. A host counts as ours only because it writes
 * a Received line of its own: a proxy that passes connections on without one must not be listed. */
bool border_add(struct border *border, const char *text, GError **error);

/* What a profile writes: a pattern in which each "*" stands for any run of octets. An `inner` host
 * is one that the outside cannot reach: whoever hands it mail is ours. */
void border_add_pattern(struct border *border, const char *pattern, bool inner);

/* Adds every entry of another border. */
void border_add_all(struct border *border, const struct border *other);

/* Is this the name of a host of ours (ASCII case aside, no trailing dot), or an address of ours
 * written as a name (Gmail's "by 2002:a05:…")? */
bool border_has_host(const struct border *border, struct span name);
bool border_has_inner_host(const struct border *border, struct span name);
bool border_has_ip(const struct border *border, const struct ip *ip);

bool border_is_empty(const struct border *border);

/* The entries as text, each on a line, in the order added: for fingerprints and for people. */
void border_describe(const struct border *border, GString *out);

/* Does `name` match `pattern`, where each "*" stands for any run of octets, ASCII case aside?
 * Linear in the name for each star. */
bool border_pattern_matches(const char *pattern, struct span name);

DEFINE_OWNED(border, border_free)

#endif
