/* SPDX-License-Identifier: MIT
 *
 * Start and end of the service: everything is made before the first thread runs, in one order, and
 * freed in the other. Plain CGI is not spoken yet. */
#include "fcgi/command_serve.h"

#include "base/limits.h"
#include "base/log.h"
#include "fcgi/command.h"
#include "fcgi/config.h"
#include "fcgi/judge.h"
#include "fcgi/route.h"
#include "fcgi/seal.h"
#include "fcgi/serve.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "fcgi/sweep.h"
#include "fcgi/verifier.h"
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
static void handle(void *context, struct FCGX_Request *fcgx) {
    struct service *service = context;
    enum problem problem;
    struct reply reply;
    reply_init(&reply);
    OWNED(request) request = request_read(fcgx, service->config->max_body, &problem);
    if (request)
        route_handle(service, request, &reply);
    else if (problem)
        reply_problem(&reply, NULL, problem, 0);
    if (reply.status)
        reply_send(&reply, !request || request->method != HTTP_HEAD, fcgx);
    reply_clear(&reply);
}

/* A store that does not open costs memory of what was, not the mail; a newer one is an error. */
static struct store *open_store(const struct config *config, GError **error) {
    struct store *store = sqlite_store_new(config->store_path, error);
    if (store || !sqlite_store_may_do_without(*error))
        return store;
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

/* False and *error: what was made until then is in *service, for close_service. */
static bool open_service(struct service *service, int cancel_fd, GError **error) {
    const struct config *config = service->config;
    unsigned char fresh[sizeof service->id_key];
    if (!(service->store = open_store(config, error)))
        return false;
    seal_random(fresh, sizeof fresh);
    service->store->secret(service->store, "id", fresh, service->id_key, sizeof fresh);
    if (config->verify != CONFIG_VERIFY_NEVER &&
        !(service->resolver = open_resolver(config, error)))
        return false;
    if (!(service->judge = judge_new(config, service->store, service->resolver, error)) ||
        !(service->sessions = sessions_new(config, service->store, cancel_fd, error)))
        return false;
    service->workers = workers_new(config->worker_program, config->workers);
    service->verifier = verifier_new(service->judge, service->store, config->verifiers);
    return true;
}

static void close_service(struct service *service) {
    if (service->verifier)
        verifier_free(service->verifier);
    if (service->workers)
        workers_free(service->workers);
    if (service->sessions)
        sessions_free(service->sessions);
    if (service->judge)
        judge_free(service->judge);
    if (service->resolver)
        resolver_free(service->resolver);
    if (service->store)
        store_free(service->store);
}

/* Connections, IMAP and FastCGI both, need descriptors. */
static void raise_descriptors(void) {
    struct rlimit limit;
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
}

static int run(const struct config *config, int listen_fd, GError **error) {
    struct service service = {.config = config};
    int cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), status = COMMAND_FAILED;
    OWNED(serve) serve = serve_new(listen_fd, config->threads, handle, &service, error);
    if (serve && open_service(&service, cancel_fd, error)) {
        OWNED(sweep) sweep = sweep_new(service.sessions);
        log_write(LOG_NOTICE, "fcgi/serve", "ready");
        struct stop stop = {&service, cancel_fd};
        status = serve_run(serve, cancel, &stop) ? COMMAND_DONE : COMMAND_FAILED;
        cancel(&stop); /* what the background still does */
    }
    if (serve)
        serve_free(g_steal_pointer(&serve)); /* no worker may run when what they share goes */
    close_service(&service);
    close(cancel_fd);
    return status;
}

static int fail(const GError *error) {
    log_write(LOG_ERROR, "fcgi/serve", "%s", error ? error->message : "cannot start");
    return COMMAND_FAILED;
}

int command_serve(int argc, char **argv) {
    struct arguments arguments;
    g_autoptr(GError) error = NULL;
    if (!arguments_read(argc, argv, &arguments))
        return command_usage("serve [--config FILE] [--socket PATH]");
    OWNED(config) config = config_read(arguments.config, &error);
    if (!config)
        return fail(error);
    log_set_level(config->log_level);
    raise_descriptors();
    json_object_seed(0);
    const char *path = arguments.socket ? arguments.socket : config->socket;
    bool given = !arguments.socket && command_serve_is_wanted();
    int listen_fd = given ? STDIN_FILENO : serve_listen(path, &error);
    if (listen_fd < 0)
        return fail(error);
    int status = run(config, listen_fd, &error);
    if (error)
        fail(error);
    if (!given)
        unlink(path);
    return status;
}
