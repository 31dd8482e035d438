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

static void answer(struct exchange *x, int status) {
    g_auto(GStrv) list = image_domains_list(x->service->image_domains, x->session->account);
    if (!list) {
        reply_store_unavailable(x->reply, x->request);
        return;
    }
    json_t *domains = json_array();
    for (char **domain = list; *domain; domain++)
        json_array_append_new(domains, json_string(*domain));
    reply_json(x->reply, status, json_pack("{s:o}", "domains", domains));
}

static void refuse(struct exchange *x, enum image_domains_outcome outcome) {
    static const enum problem problems[] = {
        [IMAGE_DOMAINS_FULL] = PROBLEM_UNPROCESSABLE, [IMAGE_DOMAINS_NONE] = PROBLEM_NOT_FOUND};
    if (outcome == IMAGE_DOMAINS_NOT_KEPT)
        reply_store_unavailable(x->reply, x->request);
    else
        reply_problem(x->reply, x->request, problems[outcome], 0);
}

void api_image_domains_list(struct exchange *x) {
    answer(x, 200);
}

static void add(struct exchange *x, const char *domain) {
    enum image_domains_outcome outcome =
        image_domains_add(x->service->image_domains, x->session->account, domain);
    if (outcome == IMAGE_DOMAINS_DONE)
        answer(x, 201);
    else
        refuse(x, outcome);
}

void api_image_domains_add(struct exchange *x) {
    enum problem problem = PROBLEM_BAD_JSON;
    json_t *body = request_json(x->request, &problem);
    const char *named = json_string_value(json_object_get(body, "domain"));
    g_autofree char *domain = named ? domain_parse(span_of(named), 0, NULL) : NULL;
    if (domain && domain_parent(domain))
        add(x, domain);
    else
        reply_problem(x->reply, x->request, named ? PROBLEM_UNPROCESSABLE : problem, 0);
    json_decref(body);
}

void api_image_domain_delete(struct exchange *x) {
    g_autofree char *domain = domain_parse(span_of(x->captured[0]), 0, NULL);
    enum image_domains_outcome outcome =
        domain ? image_domains_remove(x->service->image_domains, x->session->account, domain)
               : IMAGE_DOMAINS_NONE;
    if (outcome == IMAGE_DOMAINS_DONE)
        reply_empty(x->reply, 204);
    else
        refuse(x, outcome);
}
