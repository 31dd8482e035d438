/* SPDX-License-Identifier: MIT
 *
 * Inside auth/authres: the grammar of RFC 8601 §2.2 and the memory its results live in. One field
 * at a time goes in; pointers between the structs are set once all are in. */
#ifndef INKAN_AUTH_AUTHRES_PARSE_H
#define INKAN_AUTH_AUTHRES_PARSE_H

#include "auth/authres.h"

/* Three arrays that only grow, and text that had to be decoded. Nothing is allocated for a value
 * that can be pointed at in the message, and nothing at all before there is a field. Zeroed is
 * empty. */
struct authres_text;
struct authres_memory {
    struct authres_field *field;
    guint n_fields, fields_size;
    struct authres_result *result;
    guint n_results, results_size;
    struct authres_property *property;
    guint n_properties, properties_size;
    struct authres_text *text; /* the block that is being filled, and behind it the older ones */
};

/* Forgets everything, keeping what it has for the next field. */
void authres_memory_reset(struct authres_memory *memory);
/* Frees all of that. */
void authres_memory_clear(struct authres_memory *memory);
/* `n` octets of text that live as long as the memory. */
char *authres_memory_text(struct authres_memory *memory, size_t n);
/* Sets the pointers from fields to results to properties. */
void authres_memory_settle(struct authres_memory *memory);
/* One zeroed entry at the end of an array; the pointer holds until the next call. */
struct authres_field *authres_memory_field(struct authres_memory *memory);
struct authres_result *authres_memory_result(struct authres_memory *memory);
struct authres_property *authres_memory_property(struct authres_memory *memory);

/* Appends one field, parsed, to the memory and returns it; the caller fills in what position and
 * rules say. Linear time; the value's octets must outlive the memory. */
struct authres_field *authres_field_parse(struct authres_memory *memory, struct span value);

/* Which method and result these words are (RFC 8601 §2.7 and the registry); sets `known` and
 * `result`. */
void authres_result_register(struct authres_result *result);

#endif
