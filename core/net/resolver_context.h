/* SPDX-License-Identifier: MIT
 *
 * libunbound as this house sets it up. Only files of the resolver include this header; libunbound's
 * types stay names here. */
#ifndef INKAN_NET_RESOLVER_CONTEXT_H
#define INKAN_NET_RESOLVER_CONTEXT_H

#include <glib.h>

struct ub_ctx;

/* A context in asynchronous mode, final: options no longer change. Validates if `anchor` (a file)
 * is given. `server` as in resolver_options. NULL and *error if the library refuses something. The
 * caller frees with ub_ctx_delete. */
struct ub_ctx *resolver_context_new(const char *server, const char *anchor, GError **error);

#endif
