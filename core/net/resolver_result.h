/* SPDX-License-Identifier: MIT
 *
 * From libunbound's result to our answer. Only files of the resolver include this header. */
#ifndef INKAN_NET_RESOLVER_RESULT_H
#define INKAN_NET_RESOLVER_RESULT_H

#include "net/dns_answer.h"

struct ub_result;

/* `error` and `result` as the callback got them; `result` (may be NULL) is freed. `validates`: a
 * trust anchor is set, so that "not secure" means insecure and not just unknown. Count 1. */
const struct dns_answer *resolver_result_answer(int error, struct ub_result *result,
                                                bool validates);

#endif
