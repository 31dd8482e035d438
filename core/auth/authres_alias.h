/* SPDX-License-Identifier: MIT
 *
 * Inside auth/authres: words of a receiver's own, read as the registered ones its profile says they
 * stand for. In fields of that receiver alone: anywhere else they stay what they are, unregistered,
 * and nothing rests on them (RFC 8601 §4.1). */
#ifndef INKAN_AUTH_AUTHRES_ALIAS_H
#define INKAN_AUTH_AUTHRES_ALIAS_H

#include "auth/authres.h"

/* Renames methods and properties of the field. Where the registered property stands beside the
 * receiver's own, the registered one counts and the other is left alone. */
void authres_alias_apply(struct authres_field *field, const struct profile *profile);

#endif
