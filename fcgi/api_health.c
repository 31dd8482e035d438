/* SPDX-License-Identifier: MIT
 *
 * /health and /openapi.json: for machines, without a session, saying nothing about anybody. */
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/openapi.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "store/store.h"

#include <jansson.h>

/* "degraded" still reads mail: only what is remembered suffers. 503, for whoever looks at the
 * status alone; which part it is stands in the answer. */
void api_health(struct exchange *x) {
    struct store *store = x->service->store;
    bool writable = !x->service->store_lost && store->writable(store, clock_now());
    g_autofree char *later = g_strdup_printf("%d", LIMIT_STORE_RETRY);
    reply_json(x->reply, writable ? 200 : 503,
               json_pack("{s:s, s:s, s:{s:b}}", "status", writable ? "ok" : "degraded", "version",
                         INKAN_VERSION, "store", "writable", writable));
    if (!writable)
        reply_header(x->reply, "Retry-After", later);
}

void api_openapi(struct exchange *x) {
    struct span text = openapi_document();
    g_autoptr(GBytes) body = g_bytes_new_static(text.p, text.n);
    reply_bytes(x->reply, 200, "application/json", body, REPLY_PUBLIC_SHORT);
    reply_etag(x->reply, x->request, "openapi");
}
