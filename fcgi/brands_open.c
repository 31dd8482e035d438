/* SPDX-License-Identifier: MIT */
#include "fcgi/brands_open.h"

#include "base/limits.h"
#include "fcgi/config.h"
#include "fcgi/judge.h"
#include "fcgi/outside.h"
#include "fcgi/service.h"

static struct mark_roots *open_roots(const struct config *config, GError **error) {
    OWNED(mark_roots) roots = mark_roots_new_shipped();
    g_autofree char *pem = NULL;
    gsize n;
    if (!config->brand_mark_roots)
        return g_steal_pointer(&roots);
    if (!g_file_get_contents(config->brand_mark_roots, &pem, &n, error))
        return NULL;
    if (mark_roots_add(roots, span_make(pem, n), MARK_ROOT_OPERATOR, error))
        return g_steal_pointer(&roots);
    g_prefix_error(error, "%s: [brand] mark-roots: ", config->file);
    return NULL;
}

struct brands *brands_open(const struct service *service, GError **error) {
    const struct config *config = service->config;
    if (config->brand.require == BRAND_REQUIRE_OFF || !service->resolver)
        return NULL;
    OWNED(mark_roots) roots = open_roots(config, error);
    if (!roots)
        return NULL;
    struct brands_parts parts = {.keep = &service->store->keep,
                                 .resolver = service->resolver,
                                 .suffixes = judge_suffixes(service->judge),
                                 .workers = service->workers,
                                 .policy = &config->brand,
                                 .roots = g_steal_pointer(&roots),
                                 .https = outside_https(service->outside)};
    return brands_new(&parts);
}
