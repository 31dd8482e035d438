/* SPDX-License-Identifier: MIT
 *
 * GET /brands/{domain}: what a domain would need for its logo to show, step by step: a checker for
 * senders. GET /logos/{sha256}.svg and .png: pictures that passed, from our own origin, named by
 * their hash; a picture runs nothing and loads nothing, whatever opens it (attacks E120). */
#include "base/limits.h"
#include "brand/bimi_record.h"
#include "fcgi/brands.h"
#include "fcgi/json_brand.h"
#include "fcgi/json_emit.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "mail/domain.h"

#include <string.h>

enum { HASH_DIGITS = 64, BUSY_SECONDS = 5 };

void api_brand_get(struct exchange *x) {
    const char *asked = request_query(x->request, "selector");
    g_autofree char *domain = domain_parse(span_of(x->captured[0]), 0, NULL);
    g_autofree char *selector = asked ? g_ascii_strdown(asked, -1) : NULL;
    if (!domain || !domain_parent(domain)) {
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
        return;
    }
    if (selector && !bimi_selector_is_valid(span_of(selector))) {
        reply_bad_parameter(x->reply, x->request, "selector");
        return;
    }
    if (!x->service->brands) {
        reply_problem(x->reply, x->request, PROBLEM_NOT_SUPPORTED, 0);
        return;
    }
    OWNED(brand_report) report = brands_explain(x->service->brands, domain, selector);
    if (!report) {
        reply_problem(x->reply, x->request, PROBLEM_BUSY, BUSY_SECONDS);
        return;
    }
    GString *out = g_string_new(NULL);
    json_brand_report(out, domain, report, x->request->lang);
    reply_json(x->reply, 200, json_emit_tree(out));
}

/* "HASH.svg" or "HASH.png": false for any other name. */
static bool read_name(const char *name, char hash[static HASH_DIGITS + 1], bool *png) {
    if (strspn(name, "0123456789abcdef") != HASH_DIGITS || strlen(name) != HASH_DIGITS + 4)
        return false;
    *png = strcmp(name + HASH_DIGITS, ".png") == 0;
    memcpy(hash, name, HASH_DIGITS);
    hash[HASH_DIGITS] = '\0';
    return *png || strcmp(name + HASH_DIGITS, ".svg") == 0;
}

void api_logo_get(struct exchange *x) {
    char hash[HASH_DIGITS + 1];
    bool png = false;
    unsigned scale = 1;
    if (!request_query_number(x->request, "scale", 1, 4, &scale)) {
        reply_bad_parameter(x->reply, x->request, "scale");
        return;
    }
    bool named = x->service->brands && read_name(x->captured[0], hash, &png);
    g_autoptr(GBytes) logo = named ? brands_logo(x->service->brands, hash, png ? scale : 0) : NULL;
    if (!logo) {
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
        return;
    }
    reply_bytes(x->reply, 200, png ? "image/png" : "image/svg+xml", logo, REPLY_IMMUTABLE);
    g_free(x->reply->csp);
    x->reply->csp = g_strdup("sandbox; default-src 'none'; style-src 'unsafe-inline'; "
                             "frame-ancestors 'none'");
    reply_disposition(x->reply, true, png ? "logo.png" : "logo.svg");
}
