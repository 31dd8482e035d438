/* SPDX-License-Identifier: MIT
 *
 * A JSON tree of our own making as compact text. Jansson's dump looks for loops at every object (a
 * printf and a hash table each), which costs more than verifying a small mail's signature; a tree
 * that nobody outside built has none. */
#ifndef INKAN_FCGI_JSON_WRITE_H
#define INKAN_FCGI_JSON_WRITE_H

#include <glib.h>
#include <jansson.h>

/* Appends `json` (objects in their order, UTF-8 as it is, RFC 8259 §7 escapes). Nesting is what the
 * caller built: a few levels. */
void json_write(GString *out, json_t *json);

#endif
