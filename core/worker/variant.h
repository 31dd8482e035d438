/* SPDX-License-Identifier: MIT
 *
 * What jobs say as GVariants, to octets and back. */
#ifndef INKAN_WORKER_VARIANT_H
#define INKAN_WORKER_VARIANT_H

#include <glib.h>

/* NULL unless the octets are a value of that type in normal form: no overlong offsets, no
 * unterminated strings, no surprises. The caller unrefs. */
GVariant *variant_read(const char *type, GBytes *octets);
/* Takes a floating value. The caller unrefs. */
GBytes *variant_write(GVariant *value);

#endif
