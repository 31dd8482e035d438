/* SPDX-License-Identifier: MIT
 *
 * The job of cleaning HTML as octets (GVariant, checked for normal form on arrival), and the call
 * that a request handler makes. */
#ifndef INKAN_WORKER_HTML_JOB_H
#define INKAN_WORKER_HTML_JOB_H

#include "mail/image_url.h"
#include "mail/inert.h"
#include "worker/workers.h"

/* Cleans `html` (UTF-8) in a child: see mail/html.h for what is done. `images` holds struct
 * inert_image. NULL and *error when the child could not do it (WORKERS_ERROR): show the text
 * instead and say so. The caller frees. */
struct inert_document *html_job_run(struct workers *workers, const char *html,
                                    const GPtrArray *images, const struct inert_options *options,
                                    GError **error);

/* Both directions of both messages. unpack gives NULL for octets that are not in form. */
struct html_request {
    GVariant *holder; /* keeps `html` alive */
    const char *html;
    gsize length;
    GPtrArray *images; /* of struct inert_image */
    struct image_sheet sheet;
    struct inert_options options; /* images: NULL or &sheet */
};
GBytes *html_job_pack_request(const char *html, gsize length, const GPtrArray *images,
                              const struct inert_options *options);
struct html_request *html_job_unpack_request(GBytes *octets);
void html_request_free(struct html_request *request);
GBytes *html_job_pack_reply(const struct inert_document *document);
struct inert_document *html_job_unpack_reply(GBytes *octets);

DEFINE_OWNED(html_request, html_request_free)

#endif
