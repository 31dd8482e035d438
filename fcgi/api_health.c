/* SPDX-License-Identifier: MIT
 *
 * /health and /openapi.json: for machines, without a session, saying nothing about anybody. */
#include "fcgi/openapi.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "store/store.h"

#include <jansson.h>

/* "degraded" still reads mail: only what is remembered suffers. */
void api_health(struct exchange *x) {
    bool writable = x->service->store->writable(x->service->store);
    reply_json(x->reply, 200,
               json_pack("{s:s, s:s, s:{s:b}}", "status", writable ? "ok" : "degraded", "version",
                         INKAN_VERSION, "store", "writable", writable));
}

void api_openapi(struct exchange *x) {
    struct span text = openapi_document();
    g_autoptr(GBytes) body = g_bytes_new_static(text.p, text.n);
    reply_bytes(x->reply, 200, "application/json", body, REPLY_PUBLIC_SHORT);
    reply_etag(x->reply, x->request, "openapi");
}
