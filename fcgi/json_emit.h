/* SPDX-License-Identifier: MIT
 *
 * JSON as text, written in one go: verdict and evidence have some hundred values a message, and a
 * tree of them costs more than checking a small mail's signature. Every call appends one value,
 * with its comma and its key; compact, in the order of the calls (RFC 8259). */
#ifndef INKAN_FCGI_JSON_EMIT_H
#define INKAN_FCGI_JSON_EMIT_H

#include "base/span.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* The key is ours, a word that needs no escape; none (SPAN_NULL) inside a list and at the top.
 * `bracket` is '{' or '[', closed by '}' or ']': what is opened must be closed, and nothing else
 * appended in between. */
void json_emit_open_at(GString *out, struct span key, char bracket);
void json_emit_close(GString *out, char bracket);

/* Valid UTF-8, or null for NULL. */
void json_emit_text_at(GString *out, struct span key, const char *text);
/* A text whose name comes from elsewhere: valid UTF-8, which is escaped as values are. */
void json_emit_named(GString *out, const char *name, const char *text);
/* Any octets: what is no UTF-8 and control characters become U+FFFD. */
void json_emit_outside_at(GString *out, struct span key, const char *octets);
/* RFC 3339 in UTC. */
void json_emit_time_at(GString *out, struct span key, int64_t epoch);
void json_emit_integer_at(GString *out, struct span key, int64_t value);
void json_emit_boolean_at(GString *out, struct span key, bool value);
void json_emit_null_at(GString *out, struct span key);

/* The same with a key as text, nearly always a literal: its length is then known to the compiler.
 */
static inline void json_emit_open(GString *out, const char *key, char bracket) {
    json_emit_open_at(out, span_of(key), bracket);
}
static inline void json_emit_text(GString *out, const char *key, const char *text) {
    json_emit_text_at(out, span_of(key), text);
}
static inline void json_emit_outside(GString *out, const char *key, const char *octets) {
    json_emit_outside_at(out, span_of(key), octets);
}
static inline void json_emit_time(GString *out, const char *key, int64_t epoch) {
    json_emit_time_at(out, span_of(key), epoch);
}
static inline void json_emit_integer(GString *out, const char *key, int64_t value) {
    json_emit_integer_at(out, span_of(key), value);
}
static inline void json_emit_boolean(GString *out, const char *key, bool value) {
    json_emit_boolean_at(out, span_of(key), value);
}
static inline void json_emit_null(GString *out, const char *key) {
    json_emit_null_at(out, span_of(key));
}

/* The text as a tree, for documents that are made of trees; frees `text`. A new reference. */
json_t *json_emit_tree(GString *text);

#endif
