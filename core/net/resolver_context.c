/* SPDX-License-Identifier: MIT
 *
 * The one place that knows which options libunbound needs and in which order: options, forwarder,
 * anchors, asynchronous mode, and only then local zones, because touching those makes the context
 * final and later options would be refused, quietly leaving it to ask the Internet by itself. */
#include "net/resolver_context.h"

#include "base/log.h"

#include <stdbool.h>
#include <unbound.h>

static const struct option {
    const char *name, *value;
} options[] = {
    /* The server may be on loopback: a test's, systemd-resolved, a local unbound. */
    {"do-not-query-localhost:", "no"},
    /* Reverse zones of private and documentation networks are asked like any other. */
    {"unblock-lan-zones:", "yes"},
    /* Our own deadline decides, so a lost packet must be repeated within it (376, 752, 1504 ms …).
     */
    {"outbound-msg-retry:", "4"},
    {"max-sent-count:", "16"},
    /* The doubling is of the server, not of the question, and at 120 s the server is written off,
     * so that every question fails, also those it would answer: forget it before that. */
    {"infra-host-ttl:", "10"},
    /* A library's default is 16 questions on their way; silent names would hold up all others. */
    {"outgoing-range:", "512"},
    {"num-queries-per-thread:", "512"},
    {"outgoing-num-tcp:", "32"},
    /* A failed validation is not kept longer than we keep any failure. */
    {"val-bogus-ttl:", "5"},
    /* Questions are those of the messages, nothing else. */
    {"trust-anchor-signaling:", "no"},
    {"qname-minimisation:", "no"},
    {"verbosity:", "0"},
};

/* What libunbound answers by itself even with unblock-lan-zones. Removed, not made transparent: a
 * transparent zone still answers from the records that it comes with. */
static const char *const local_zones[] = {
    "localhost.",
    "test.",
    "invalid.",
    "onion.",
    "home.arpa.",
    "127.in-addr.arpa.",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
};

static bool accepted(int code, const char *what, const char *value, GError **error) {
    if (code == UB_NOERROR)
        return true;
    g_set_error(error, g_quark_from_static_string("inkan-resolver"), code, "%s %s: %s", what, value,
                ub_strerror(code));
    return false;
}

static bool set_options(struct ub_ctx *ctx, GError **error) {
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (!accepted(ub_ctx_set_option(ctx, options[i].name, options[i].value), options[i].name,
                      options[i].value, error))
            return false;
    return true;
}

/* server = address [ "@" port ]. libunbound's own parser takes any port, even "70000x". */
static bool is_server(const char *server) {
    g_auto(GStrv) parts = g_strsplit(server, "@", 3);
    guint n = g_strv_length(parts);
    return (n == 1 || n == 2) && g_hostname_is_ip_address(parts[0]) &&
           (n == 1 || g_ascii_string_to_unsigned(parts[1], 10, 1, 65535, NULL, NULL));
}

static bool set_upstream(struct ub_ctx *ctx, const char *server, GError **error) {
    if (server)
        return accepted(is_server(server) ? ub_ctx_set_fwd(ctx, server) : UB_SYNTAX, "resolver",
                        server, error);
    if (ub_ctx_resolvconf(ctx, NULL) != UB_NOERROR)
        log_write(LOG_WARNING, "net/resolver",
                  "/etc/resolv.conf cannot be read; asking the root servers directly");
    return true;
}

static bool remove_local_zones(struct ub_ctx *ctx, GError **error) {
    for (size_t i = 0; i < G_N_ELEMENTS(local_zones); i++)
        if (!accepted(ub_ctx_zone_remove(ctx, local_zones[i]), "local zone", local_zones[i], error))
            return false;
    return true;
}

/* Touching any local zone, even one that is not there, makes the context final: only now are the
 * server's port and the anchors really read. */
static bool finalize(struct ub_ctx *ctx, const char *server, const char *anchor, GError **error) {
    g_autofree char *what =
        g_strdup_printf("resolver %s, trust anchor file %s", server ? server : "of the system",
                        anchor ? anchor : "-");
    return accepted(ub_ctx_zone_remove(ctx, "."), "settings of", what, error);
}

struct ub_ctx *resolver_context_new(const char *server, const char *anchor, GError **error) {
    struct ub_ctx *ctx = ub_ctx_create();
    if (!ctx)
        g_error("libunbound: no memory");
    ub_ctx_debugout(ctx, NULL); /* it would write to stderr as it likes */
    if (set_options(ctx, error) && set_upstream(ctx, server, error) &&
        (!anchor ||
         accepted(ub_ctx_add_ta_file(ctx, anchor), "trust anchor file", anchor, error)) &&
        accepted(ub_ctx_async(ctx, 1), "asynchronous", "mode", error) &&
        finalize(ctx, server, anchor, error) && (!server || remove_local_zones(ctx, error)))
        return ctx;
    ub_ctx_delete(ctx);
    return NULL;
}
