/* SPDX-License-Identifier: MIT
 *
 * [reputation] of inkan.conf and the options of `inkan verify` of the same names: which lists of
 * addresses and domains are asked (repute/dnsbl). */
#ifndef INKAN_FCGI_CONFIG_REPUTATION_H
#define INKAN_FCGI_CONFIG_REPUTATION_H

#include <glib.h>
#include <stdbool.h>

struct dnsbl_lists;

/* Adds what `key` ("block-lists", "allow-lists", "domain-lists": zones separated by commas;
 * "meanings": lines separated by semicolons) says. False and *error, what would be right. */
bool config_reputation_add(struct dnsbl_lists *lists, const char *key, const char *text,
                           GError **error);

#endif
