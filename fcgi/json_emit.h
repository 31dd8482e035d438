/* SPDX-License-Identifier: MIT
 *
 * JSON as text, written in one go: verdict and evidence have some hundred values a message, and a
 * tree of them costs more than checking a small mail's signature. Every call appends one value,
 * with its comma and its key; compact, in the order of the calls (RFC 8259). */
#ifndef INKAN_FCGI_JSON_EMIT_H
#define INKAN_FCGI_JSON_EMIT_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* `key` is ours, or NULL inside a list and at the top. `bracket` is '{' or '[', closed by '}' or
 * ']': what is opened must be closed, and nothing else appended in between. */
void json_emit_open(GString *out, const char *key, char bracket);
void json_emit_close(GString *out, char bracket);

/* Valid UTF-8, or null for NULL. */
void json_emit_text(GString *out, const char *key, const char *text);
/* Any octets: what is no UTF-8 and control characters become U+FFFD. */
void json_emit_outside(GString *out, const char *key, const char *octets);
/* RFC 3339 in UTC. */
void json_emit_time(GString *out, const char *key, int64_t epoch);
void json_emit_integer(GString *out, const char *key, int64_t value);
void json_emit_boolean(GString *out, const char *key, bool value);
void json_emit_null(GString *out, const char *key);

/* The text as a tree, for documents that are made of trees; frees `text`. A new reference. */
json_t *json_emit_tree(GString *text);

#endif
