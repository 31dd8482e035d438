/* SPDX-License-Identifier: MIT
 *
 * GET /metrics: what this process has done so far, in Prometheus' text format 0.0.4. Numbers alone:
 * no name, address or domain. Whom the web server lets see them is its configuration's word. */
#include "fcgi/brands.h"
#include "fcgi/events.h"
#include "fcgi/images.h"
#include "fcgi/outside.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "fcgi/verifier.h"
#include "net/resolver.h"
#include "worker/workers.h"

#include <inttypes.h>

static void metric(GString *out, const char *type, const char *name, const char *help,
                   uint64_t value) {
    g_string_append_printf(out, "# HELP inkan_%s %s\n# TYPE inkan_%s %s\ninkan_%s %" PRIu64 "\n",
                           name, help, name, type, name, value);
}

static void counter(GString *out, const char *name, const char *help, uint64_t value) {
    metric(out, "counter", name, help, value);
}

static void gauge(GString *out, const char *name, const char *help, uint64_t value) {
    metric(out, "gauge", name, help, value);
}

static void append_logos(GString *out, struct brands *brands) {
    struct brands_counts counts = brands_counts(brands);
    counter(out, "logo_fetches_total", "Files of brands asked for: logos, certificates, CRLs.",
            counts.asked);
    counter(out, "logo_checks_total", "Domains whose logo was checked.", counts.checks);
    gauge(out, "logo_checks_waiting", "Domains whose logo waits for its check.", counts.waiting);
}

static void append_images(GString *out, struct images *images) {
    struct images_counts counts = images_counts(images);
    counter(out, "image_requests_total", "Pictures elsewhere that readers asked for.",
            counts.asked);
    counter(out, "image_shown_total", "Of these: handed on.", counts.shown);
    counter(out, "image_unavailable_total", "Of these: not had, or no picture.",
            counts.unavailable);
    counter(out, "image_kept_total", "Of these: answered out of memory.", counts.kept);
    counter(out, "image_fetches_total", "Fetches of pictures that reached a socket.",
            counts.fetches);
    gauge(out, "image_octets", "Octets of pictures in memory.", counts.octets);
}

static void append_workers(GString *out, struct workers *workers) {
    struct workers_counts counts = workers_counts(workers);
    counter(out, "worker_jobs_total", "Jobs given to sandboxed children.", counts.jobs);
    counter(out, "worker_spawned_total", "Children started.", counts.spawned);
    counter(out, "worker_crashed_total", "Children that died at work.", counts.crashed);
    counter(out, "worker_late_total", "Children ended for taking too long.", counts.late);
}

static void append_events(GString *out, struct events *events) {
    guint streams, watchers;
    events_count(events, &streams, &watchers);
    gauge(out, "event_streams", "Streams of events that are open.", streams);
    gauge(out, "event_watchers", "Accounts whose inbox is watched for them.", watchers);
}

void api_metrics(struct exchange *x) {
    const struct service *service = x->service;
    g_autoptr(GPtrArray) sessions = sessions_live(service->sessions);
    GString *out = g_string_new(NULL);
    gauge(out, "sessions", "Sessions alive in this process.", sessions->len);
    gauge(out, "verifier_backlog", "Messages that wait for a verdict.",
          verifier_backlog(service->verifier));
    if (service->resolver)
        counter(out, "dns_questions_total", "DNS questions that went out.",
                resolver_questions_sent(service->resolver));
    if (service->outside)
        counter(out, "outside_fetches_total",
                "Fetches that reached a socket: brands, policies, unsubscribing.",
                https_sent(outside_https(service->outside)));
    if (service->brands)
        append_logos(out, service->brands);
    if (service->images)
        append_images(out, service->images);
    append_workers(out, service->workers);
    append_events(out, service->events);
    g_autoptr(GBytes) body = g_string_free_to_bytes(out);
    reply_bytes(x->reply, 200, "text/plain; version=0.0.4; charset=utf-8", body, REPLY_NO_STORE);
}
