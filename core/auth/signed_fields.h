/* SPDX-License-Identifier: MIT
 *
 * Which header fields an h= tag means (RFC 6376 §5.4.2), for DKIM-Signature and
 * ARC-Message-Signature: the fields of one name are taken from the bottom of the header upwards,
 * one for each time the name stands in h=; names that find no field any more stand for nothing. */
#ifndef INKAN_AUTH_SIGNED_FIELDS_H
#define INKAN_AUTH_SIGNED_FIELDS_H

#include "base/own.h"
#include "mail/message.h"

/* The fields of one message by name: exact octets, ASCII case and white space before the colon
 * aside. Made once, used by all signatures. */
struct signed_fields;

/* `message` is borrowed and must outlive it. */
struct signed_fields *signed_fields_new(const struct message *message);
void signed_fields_free(struct signed_fields *fields);

/* Field indexes that one h= leads to. One block of memory. */
struct field_selection {
    guint *order; /* in order of h=: what is hashed */
    guint n;
    guint *covered; /* the same, ascending */
    guint n_covered;
    guint *copies; /* fields of a name in h= that no mention took, ascending */
    guint n_copies;
};

/* Selects for names[n_names]; `own` is the signature's own field, which no h= ever means. The
 * caller clears. Linear in n_names and the number of fields. */
void signed_fields_select(struct signed_fields *fields, const struct span *names, guint n_names,
                          guint own, struct field_selection *selection);
void field_selection_clear(struct field_selection *selection);

DEFINE_OWNED(signed_fields, signed_fields_free)

#endif
