/* SPDX-License-Identifier: MIT
 *
 * GET /images/{sheet}/{mac}/{source}: a picture of a message that lies elsewhere, for the frame of
 * the document that names it: signed, without a session, as nothing but octets that a browser can
 * only draw. /image-domains: for which verified domains an account is not asked again. */
#include "base/clock.h"
#include "fcgi/image_domains.h"
#include "fcgi/images.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "mail/domain.h"

#include <jansson.h>

/* The frame's origin is opaque, so every picture it draws is of another origin to a browser: this
 * one may be embedded anywhere, by whoever holds its URL. */
void api_image_get(struct exchange *x) {
    const struct image_wish wish = {x->captured[0], x->captured[1], x->captured[2]};
    g_autoptr(GBytes) octets = NULL;
    const char *type = NULL;
    enum image_outcome outcome =
        x->service->images ? images_get(x->service->images, &wish, clock_now(), &octets, &type)
                           : IMAGE_NONE;
    if (outcome != IMAGE_SHOWN) {
        reply_problem(x->reply, x->request,
                      outcome == IMAGE_NONE ? PROBLEM_NOT_FOUND : PROBLEM_IMAGE_UNAVAILABLE, 0);
        return;
    }
    reply_bytes(x->reply, 200, type, octets, REPLY_IMMUTABLE);
    x->reply->embedded = true;
    g_free(x->reply->csp);
    x->reply->csp = g_strdup("sandbox; default-src 'none'; frame-ancestors 'none'");
    reply_disposition(x->reply, true, NULL);
}

static json_t *domains_json(struct exchange *x) {
    g_auto(GStrv) list = image_domains_list(x->service->image_domains, x->session->account);
    json_t *domains = json_array();
    for (char **domain = list; *domain; domain++)
        json_array_append_new(domains, json_string(*domain));
    return json_pack("{s:o}", "domains", domains);
}

void api_image_domains_list(struct exchange *x) {
    reply_json(x->reply, 200, domains_json(x));
}

void api_image_domains_add(struct exchange *x) {
    static const enum problem problems[] = {[IMAGE_DOMAINS_FULL] = PROBLEM_UNPROCESSABLE,
                                            [IMAGE_DOMAINS_NOT_KEPT] = PROBLEM_STORE_UNAVAILABLE};
    enum problem problem = PROBLEM_BAD_JSON;
    json_t *body = request_json(x->request, &problem);
    const char *named = json_string_value(json_object_get(body, "domain"));
    g_autofree char *domain = named ? domain_parse(span_of(named), 0, NULL) : NULL;
    if (domain && domain_parent(domain)) {
        enum image_domains_outcome outcome =
            image_domains_add(x->service->image_domains, x->session->account, domain);
        problem = problems[outcome];
    } else if (body) {
        problem = named ? PROBLEM_UNPROCESSABLE : PROBLEM_BAD_JSON;
    }
    json_decref(body);
    if (problem)
        reply_problem(x->reply, x->request, problem, 0);
    else
        reply_json(x->reply, 201, domains_json(x));
}

void api_image_domain_delete(struct exchange *x) {
    g_autofree char *domain = domain_parse(span_of(x->captured[0]), 0, NULL);
    if (domain && image_domains_remove(x->service->image_domains, x->session->account, domain))
        reply_empty(x->reply, 204);
    else
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
}
