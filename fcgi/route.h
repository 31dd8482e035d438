/* SPDX-License-Identifier: MIT
 *
 * The site map: one static table in route.c, one line a resource. An api_*.c file declares its
 * handlers at the end of this header and adds its lines to that table; nothing else needs to know
 * it. Session, CSRF and method rules are applied here, before a handler runs, so that no handler
 * can forget them. */
#ifndef INKAN_FCGI_ROUTE_H
#define INKAN_FCGI_ROUTE_H

#include "fcgi/reply.h"
#include "fcgi/request.h"

struct service; /* fcgi/service.h: what all handlers share */
struct session; /* fcgi/session.h */

/* One request on its way through a handler. All pointers are borrowed for the call. */
struct exchange {
    struct service *service;
    const struct request *request;
    struct session *session; /* NULL only on routes that need none */
    /* The "{}" segments of the pattern, in order; part of request->segments. */
    const char *captured[4];
    struct reply *reply;
};

/* Fills x->reply; never sends. Returning without touching it is answered "internal". */
typedef void (*route_handler)(struct exchange *x);

enum route_access {
    ROUTE_SESSION = 0, /* a valid session; with the cookie also the CSRF rules of session.h */
    ROUTE_PUBLIC       /* anybody; a picture's URL brings its own permission */
};

/* Finds the route, applies its rules, runs its handler. The reply is always filled afterwards. */
void route_handle(struct service *service, const struct request *request, struct reply *reply);

/* Handlers, by file. */
void api_session_create(struct exchange *x); /* api_session.c */
void api_session_get(struct exchange *x);
void api_session_delete(struct exchange *x);
void api_about_get(struct exchange *x);      /* api_about.c */
void api_mailboxes_list(struct exchange *x); /* api_mailboxes.c */
void api_messages_list(struct exchange *x);  /* api_messages.c */
void api_message_get(struct exchange *x);    /* api_message.c */
void api_message_body(struct exchange *x);   /* api_parts.c */
void api_part_get(struct exchange *x);
void api_attached_message(struct exchange *x);
void api_attached_body(struct exchange *x);
void api_part_preview(struct exchange *x);
void api_message_raw(struct exchange *x);
void api_verdict_get(struct exchange *x);   /* api_verdict.c */
void api_verify_post(struct exchange *x);   /* api_verify.c */
void api_message_patch(struct exchange *x); /* api_change.c */
void api_message_delete(struct exchange *x);
void api_messages_batch(struct exchange *x);  /* api_batch.c */
void api_attachments_get(struct exchange *x); /* api_attachments.c */
void api_events(struct exchange *x);          /* api_events.c */
void api_keys_list(struct exchange *x);       /* api_keys.c */
void api_keys_import(struct exchange *x);
void api_key_delete(struct exchange *x);
void api_correspondents_list(struct exchange *x); /* api_correspondents.c */
void api_correspondents_import(struct exchange *x);
void api_correspondent_delete(struct exchange *x);
void api_known_list(struct exchange *x); /* api_known.c */
void api_known_say(struct exchange *x);
void api_known_delete(struct exchange *x);
void api_brand_get(struct exchange *x); /* api_brands.c */
void api_logo_get(struct exchange *x);
void api_image_get(struct exchange *x); /* api_images.c */
void api_image_domains_list(struct exchange *x);
void api_image_domains_add(struct exchange *x);
void api_image_domain_delete(struct exchange *x);
void api_unsubscribe_post(struct exchange *x); /* api_unsubscribe.c */
void api_recipient_route(struct exchange *x);  /* api_recipients.c */
void api_health(struct exchange *x);           /* api_health.c */
void api_openapi(struct exchange *x);
void api_metrics(struct exchange *x); /* api_metrics.c */

#endif
