/* SPDX-License-Identifier: MIT
 *
 * libunbound as this house sets it up, and its results as ours. This header and its two users are
 * the only places that see libunbound's types. */
#ifndef INKAN_NET_UNBOUND_CONTEXT_H
#define INKAN_NET_UNBOUND_CONTEXT_H

#include "net/dns_answer.h"

#include <unbound.h>

/* A context in asynchronous mode, final: options no longer change. Validates if `anchor` (a file)
 * is given. `server` as in resolver_options. NULL and *error if the library refuses something. */
struct ub_ctx *unbound_context_new(const char *server, const char *anchor, GError **error);

/* Frees the result. `validates`: a trust anchor is set, so that "not secure" means insecure and not
 * just unknown. */
const struct dns_answer *unbound_answer(int error, struct ub_result *result, bool validates);

#endif
