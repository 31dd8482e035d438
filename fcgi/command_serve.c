/* SPDX-License-Identifier: MIT
 *
 * Start and end of the service: everything is made before the first thread runs, in one order, and
 * freed in the other. Plain CGI is not spoken yet. */
#include "fcgi/command_serve.h"

#include "base/limits.h"
#include "base/log.h"
#include "fcgi/brands_open.h"
#include "fcgi/command.h"
#include "fcgi/config.h"
#include "fcgi/image_domains.h"
#include "fcgi/images.h"
#include "fcgi/events.h"
#include "fcgi/judge.h"
#include "fcgi/outside.h"
#include "fcgi/route.h"
#include "fcgi/recent.h"
#include "fcgi/seal.h"
#include "fcgi/serve.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "fcgi/sweep.h"
#include "fcgi/threads.h"
#include "fcgi/verifier.h"
#include "fcgi/vouchers.h"
#include "fcgi/wkd_keys.h"
#include "net/resolver.h"
#include "store/sqlite.h"
#include "worker/workers.h"

#include <jansson.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const char standard_config[] = "/etc/inkan/inkan.conf";

struct arguments {
    const char *config, *socket;
};

bool command_serve_is_wanted(void) {
    int listening = 0;
    socklen_t n = sizeof listening;
    return getsockopt(STDIN_FILENO, SOL_SOCKET, SO_ACCEPTCONN, &listening, &n) == 0 && listening;
}

static bool arguments_read(int argc, char **argv, struct arguments *out) {
    *out = (struct arguments){.config = standard_config};
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 < argc && strcmp(argv[i], "--config") == 0)
            out->config = argv[i + 1];
        else if (i + 1 < argc && strcmp(argv[i], "--socket") == 0)
            out->socket = argv[i + 1];
        else
            return false;
    }
    return true;
}

/* One request, from FastCGI to FastCGI. */
static struct serve_source *handle(void *context, struct FCGX_Request *fcgx) {
    struct service *service = context;
    enum problem problem;
    struct reply reply;
    reply_init(&reply);
    OWNED(request) request = request_read(fcgx, service->config->max_body, &problem);
    if (request)
        route_handle(service, request, &reply);
    else if (problem)
        reply_problem(&reply, NULL, problem, 0);
    struct serve_source *source = NULL;
    if (reply.status && reply_send(&reply, !request || request->method != HTTP_HEAD, fcgx))
        source = g_steal_pointer(&reply.source);
    reply_clear(&reply);
    return source;
}

/* A store that does not open costs memory of what was, not the mail; a newer one is an error. */
static struct store *open_store(const struct config *config, bool *lost, GError **error) {
    struct store *store = sqlite_store_new(config->store_path, error);
    if (store || !sqlite_store_may_do_without(*error))
        return store;
    *lost = true;
    log_write(LOG_WARNING, "fcgi/serve", "%s; sessions and verdicts end with this process",
              (*error)->message);
    g_clear_error(error);
    return sqlite_store_new(":memory:", error);
}

static struct resolver *open_resolver(const struct config *config, GError **error) {
    struct resolver_options options = {.server = config->dns_server,
                                       .trust_anchor = config->dns_trust_anchor,
                                       .probe = config->dnssec == CONFIG_DNSSEC_AUTO};
    return resolver_new(&options, error);
}

static struct outside *open_outside(const struct config *config, GError **error) {
    struct https_options options = {.ca_file = config->brand_https_ca};
    struct outside *outside = outside_new(&options, error);
    if (!outside)
        g_prefix_error(error, "%s: [brand] https-ca: ", config->file);
    return outside;
}

static void open_wkd(struct service *service) {
    if (service->config->openpgp_wkd != CONFIG_WKD_ARRIVAL || !service->outside)
        return;
    service->wkd =
        wkd_keys_new(&service->store->keep, service->resolver, outside_https(service->outside),
                     vouchers_verifier(service->vouchers));
    judge_use_wkd(service->judge, service->wkd);
}

static struct images *open_images(const struct service *service, GError **error) {
    struct images *images =
        images_new(service->config->brand_https_ca, service->resolver, service->store, error);
    if (!images)
        g_prefix_error(error, "%s: [brand] https-ca: ", service->config->file);
    return images;
}

/* False and *error: what was made until then is in *service, for close_service. */
static bool open_service(struct service *service, int cancel_fd, GError **error) {
    const struct config *config = service->config;
    unsigned char fresh[sizeof service->id_key];
    if (!(service->store = open_store(config, &service->store_lost, error)))
        return false;
    seal_random(fresh, sizeof fresh);
    service->store->secret(service->store, "id", fresh, service->id_key, sizeof fresh);
    if (config->verify != CONFIG_VERIFY_NEVER &&
        !(service->resolver = open_resolver(config, error)))
        return false;
    service->workers = workers_new(config->worker_program, config->workers);
    if (!(service->vouchers =
              vouchers_new(config, &service->store->keep, service->workers, error)) ||
        !(service->judge =
              judge_new(config, service->store, service->resolver, service->vouchers, error)) ||
        !(service->sessions = sessions_new(config, service->store, cancel_fd, error)))
        return false;
    service->recent = recent_new();
    service->threads = threads_new(service->store);
    if (service->resolver && !(service->outside = open_outside(config, error)))
        return false;
    if (service->resolver && service->config->remote_images &&
        !(service->images = open_images(service, error)))
        return false;
    service->image_domains = image_domains_new(&service->store->keep);
    service->brands = brands_open(service, error);
    if (error && *error)
        return false;
    open_wkd(service);
    struct span key = span_make((const char *)service->id_key, sizeof service->id_key);
    service->events = events_new(key);
    service->verifier = verifier_new(service->judge, service->brands, service->wkd, service->store,
                                     service->events, config->verifiers);
    return true;
}

static void close_service(struct service *service) {
    if (service->outside)
        outside_stop(service->outside);
    if (service->verifier)
        verifier_free(service->verifier);
    if (service->events)
        events_free(service->events);
    if (service->wkd)
        wkd_keys_free(service->wkd);
    if (service->brands)
        brands_free(service->brands);
    if (service->outside)
        outside_free(service->outside);
    if (service->images)
        images_free(service->images);
    if (service->image_domains)
        image_domains_free(service->image_domains);
    if (service->recent)
        recent_free(service->recent);
    if (service->threads)
        threads_free(service->threads);
    if (service->sessions)
        sessions_free(service->sessions);
    if (service->judge)
        judge_free(service->judge);
    if (service->vouchers)
        vouchers_free(service->vouchers);
    if (service->workers)
        workers_free(service->workers);
    if (service->resolver)
        resolver_free(service->resolver);
    if (service->store)
        store_free(service->store);
}

/* Connections, IMAP and FastCGI both, need descriptors; passwords must not end in a core file. */
static void set_limits(void) {
    struct rlimit limit = {0, 0};
    setrlimit(RLIMIT_CORE, &limit);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

struct stop {
    struct service *service;
    int cancel_fd;
};

/* Whoever waits for IMAP or DNS stops waiting. */
static void cancel(void *data) {
    struct stop *stop = data;
    eventfd_write(stop->cancel_fd, 1);
    if (stop->service->resolver)
        resolver_stop(stop->service->resolver);
    if (stop->service->outside)
        outside_stop(stop->service->outside);
    if (stop->service->images)
        images_stop(stop->service->images);
}

/* Descriptor 0, --socket or [server] socket; -1 and *error. */
static int open_socket(const struct config *config, const struct arguments *arguments,
                       GError **error) {
    if (!arguments->socket && command_serve_is_wanted())
        return STDIN_FILENO;
    return serve_listen(arguments->socket ? arguments->socket : config->socket, error);
}

static int serve_all(struct service *service, int listen_fd, int cancel_fd, GError **error) {
    struct stop stop = {service, cancel_fd};
    OWNED(serve) serve = serve_new(listen_fd, service->config->threads, handle, service, error);
    if (!serve) {
        close(listen_fd);
        return COMMAND_FAILED;
    }
    struct sweep *sweep = sweep_new(service->sessions);
    log_write(LOG_NOTICE, "fcgi/serve", "ready");
    bool whole = serve_run(serve, cancel, &stop);
    sweep_free(sweep);
    cancel(&stop); /* what the background still does */
    return whole ? COMMAND_DONE : COMMAND_FAILED;
}

static int run(const struct config *config, const struct arguments *arguments, GError **error) {
    struct service service = {.config = config};
    int cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), listen_fd = -1;
    int status = COMMAND_FAILED;
    serve_block_signals();
    if (open_service(&service, cancel_fd, error))
        listen_fd = open_socket(config, arguments, error);
    if (listen_fd >= 0)
        status = serve_all(&service, listen_fd, cancel_fd, error);
    if (listen_fd > STDIN_FILENO)
        unlink(arguments->socket ? arguments->socket : config->socket);
    close_service(&service);
    close(cancel_fd);
    return status;
}

int command_serve(int argc, char **argv) {
    struct arguments arguments;
    g_autoptr(GError) error = NULL;
    if (!arguments_read(argc, argv, &arguments))
        return command_usage("serve [--config FILE] [--socket PATH]");
    OWNED(config) config = config_read(arguments.config, &error);
    if (!config)
        return command_failed(error->message);
    log_set_level(config->log_level);
    set_limits();
    json_object_seed(0);
    int status = run(config, &arguments, &error);
    return error ? command_failed(error->message) : status;
}
