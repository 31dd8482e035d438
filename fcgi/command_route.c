/* SPDX-License-Identifier: MIT
 *
 * `inkan route ADDRESS`: can mail to ADDRESS be intercepted on the way? Remembers nothing, so a
 * policy that somebody suppresses right now is not known from before: the service knows more. */
#include "base/clock.h"
#include "fcgi/command.h"
#include "fcgi/json_way.h"

#include <unistd.h>

struct options {
    gboolean json, offline;
    char *resolver, *trust_anchor, *https_ca;
};

static void options_clear(struct options *options) {
    g_free(options->resolver);
    g_free(options->trust_anchor);
    g_free(options->https_ca);
}

static void write_host(GString *out, const struct recipient_route *route,
                       const struct route_host *host) {
    const char *dane = dane_state_name(host->dane);
    g_string_append_printf(out, "  %-4s %s: DNSSEC %s, DANE %s", host->authenticated ? "yes" : "no",
                           host->name, dnssec_state_name(host->dnssec), dane ? dane : "unknown");
    if (route->sts)
        g_string_append_printf(out, ", %s the MTA-STS policy", host->sts ? "within" : "outside");
    g_string_append(out, host->has_address ? "\n" : ", no address\n");
}

static GString *write_lines(const struct recipient_route *route) {
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "%s: %s\n%s\n\n", route->domain, route_summary_name(route->summary),
                           way_text(route->summary, LANGUAGE_EN));
    g_string_append_printf(out, "Mail exchangers (DNSSEC %s)%s\n", dnssec_state_name(route->dnssec),
                           route->null_mx    ? ": none, by its own word"
                           : route->implicit ? ": the domain itself"
                                             : "; must each prove who it is?");
    for (guint i = 0; i < route->n_hosts; i++)
        write_host(out, route, &route->hosts[i]);
    if (route->sts)
        g_string_append_printf(out, "MTA-STS: %s\n", mta_sts_mode_name(route->sts->mode));
    else
        g_string_append_printf(out, "MTA-STS: none that counts%s%s\n", route->sts_why ? ": " : "",
                               route->sts_why ? route->sts_why : "");
    g_string_append_printf(out, "TLS-RPT: %s\n", route->tls_rpt ? "reports are asked for" : "none");
    return out;
}

static int answer(const char *address, const struct recipient_route *route, bool json) {
    g_autoptr(GString) out = json ? json_way(address, route, LANGUAGE_EN) : write_lines(route);
    if (json)
        g_string_append_c(out, '\n');
    if (fputs(out->str, stdout) < 0 || fflush(stdout) != 0)
        return command_failed("stdout could not be written");
    return COMMAND_DONE;
}

static int run(const struct options *options, const char *address) {
    g_autoptr(GError) error = NULL;
    g_autofree char *domain = way_domain(address);
    if (!domain)
        return command_usage("route: %s is neither an address nor a domain", address);
    struct resolver_options asking = {.server = options->resolver,
                                      .trust_anchor = options->trust_anchor};
    OWNED(resolver) resolver = resolver_new(&asking, &error);
    if (!resolver)
        return command_usage("--resolver: %s", error->message);
    struct https_options fetching = {.ca_file = options->https_ca};
    OWNED(https) https = options->offline ? NULL : https_new(&fetching, &error);
    if (error)
        return command_usage("--https-ca: %s", error->message);
    OWNED(lookups) lookups = lookups_new(resolver);
    OWNED(recipient_route)
    route = recipient_route_find(lookups, https, NULL, domain, clock_now());
    return answer(address, route, options->json || !isatty(STDOUT_FILENO));
}

int command_route(int argc, char **argv) {
    struct options options = {0};
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &options.json,
         "one JSON object (default when not a terminal)", NULL},
        {"offline", 0, 0, G_OPTION_ARG_NONE, &options.offline, "no network but the resolver", NULL},
        {"resolver", 0, 0, G_OPTION_ARG_STRING, &options.resolver, "every DNS question goes there",
         "ADDR@PORT"},
        {"trust-anchor", 0, 0, G_OPTION_ARG_FILENAME, &options.trust_anchor, "DNSSEC trust anchors",
         "FILE"},
        {"https-ca", 0, 0, G_OPTION_ARG_FILENAME, &options.https_ca,
         "authorities for the policy's server, in place of the system's", "FILE"},
        {NULL},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new("ADDRESS");
    g_option_context_add_main_entries(context, entries, NULL);
    int status = COMMAND_USAGE;
    if (!g_option_context_parse(context, &argc, &argv, &error))
        command_usage("route: %s", error->message);
    else if (argc != 2)
        command_usage("route takes one ADDRESS or DOMAIN");
    else
        status = run(&options, argv[1]);
    options_clear(&options);
    return status;
}
