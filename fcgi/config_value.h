/* SPDX-License-Identifier: MIT
 *
 * Shapes of single values in inkan.conf. Each returns NULL, or a sentence that says what would be
 * right (a literal), and then leaves *out untouched. Surrounding white space is gone already. */
#ifndef INKAN_FCGI_CONFIG_VALUE_H
#define INKAN_FCGI_CONFIG_VALUE_H

#include <glib.h>
#include <stdbool.h>

/* "yes" or "no". */
const char *config_value_bool(const char *text, bool *out);
/* A decimal number lo–hi; the sentence names no bounds, the caller does. */
bool config_value_number(const char *text, unsigned lo, unsigned hi, unsigned *out);
/* Comma-separated, trimmed, no empty member; "" is the empty list. NULL-terminated, never NULL. */
const char *config_value_list(const char *text, char ***out);
/* A host name, an IPv4 literal, or an IPv6 literal without brackets. */
const char *config_value_host(const char *text, char **out);
/* ADDR@PORT, ADDR an IPv4 or IPv6 literal. */
const char *config_value_dns_server(const char *text, char **out);
/* scheme "://" host [":" port] in the form a browser sends (RFC 6454 §6.1): https, or http for
 * 127/8, [::1] and localhost alone. *secure tells which. */
const char *config_value_origin(const char *text, bool *secure);
/* An absolute path. */
const char *config_value_path(const char *text, char **out);
/* An absolute path of a file that can be read. */
const char *config_value_file(const char *text, char **out);

#endif
