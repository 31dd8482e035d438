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

/* What stands before a value, put together by the compiler: the comma after the value before, which
 * is left out where none is due, and its key, a literal that needs no escape; in a list and at the
 * top there is no key, and behind json_emit_name nothing at all. */
#define JSON_KEY(name) SPAN_LIT(",\"" name "\":")
#define JSON_ITEM SPAN_LIT(",")
#define JSON_NAMED SPAN_LIT("")

/* `bracket` is '{' or '[', closed by '}' or ']': what is opened must be closed, and nothing else
 * appended in between. */
void json_emit_open(GString *out, struct span before, char bracket);
void json_emit_close(GString *out, char bracket);

/* Valid UTF-8, or null for NULL. */
void json_emit_text(GString *out, struct span before, const char *text);
/* Any octets: what is no UTF-8 and control characters become U+FFFD. */
void json_emit_outside(GString *out, struct span before, const char *octets);
/* RFC 3339 in UTC. */
void json_emit_time(GString *out, struct span before, int64_t epoch);
void json_emit_integer(GString *out, struct span before, int64_t value);
void json_emit_boolean(GString *out, struct span before, bool value);
void json_emit_null(GString *out, struct span before);

/* A name that is no literal: valid UTF-8 without NUL, which is escaped as values are. Its value
 * follows, JSON_NAMED. */
void json_emit_name(GString *out, struct span name);

/* The text as a tree, for documents that are made of trees; frees `text`. A new reference. */
json_t *json_emit_tree(GString *text);

#endif
