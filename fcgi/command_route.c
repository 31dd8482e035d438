/* SPDX-License-Identifier: MIT
 *
 * `inkan route ADDRESS`: can mail to ADDRESS be intercepted on the way? Remembers nothing, so a
 * policy that somebody suppresses right now is not known from before: the service knows more.
 * Status 1: DNS did not even tell the mail servers, so that nothing was found out. */
#include "base/clock.h"
#include "fcgi/command.h"
#include "fcgi/json_way.h"

#include <unistd.h>

struct options {
    gboolean json, explain, offline;
    char *resolver, *trust_anchor, *https_ca, *lang;
    enum reason_language language; /* of `lang` */
};

static void options_clear(struct options *options) {
    g_free(options->resolver);
    g_free(options->trust_anchor);
    g_free(options->https_ca);
    g_free(options->lang);
}

/* --- in words -------------------------------------------------------------------------------- */

enum phrase {
    HOSTS,
    NO_HOSTS,
    ITSELF,
    MUST_PROVE,
    NEED_NOT,
    NO_ADDRESS,
    BY_DANE,
    NO_DANE,
    DANE_BROKEN,
    DANE_UNKNOWN,
    STS_POLICY,
    STS_NONE,
    STS_WHY,
    REPORTS,
    NO_REPORTS,
    PHRASES
};

static const char *const phrases[PHRASES][LANGUAGE__MAX] = {
    [HOSTS] = {"Its mail servers (DNSSEC {what}):\n", "受信サーバー (DNSSEC {what}):\n"},
    [NO_HOSTS] = {"Its mail servers could not be looked up.\n",
                  "受信サーバーを調べられませんでした。\n"},
    [ITSELF] = {"It names no mail server, so mail goes to the host of that name (DNSSEC {what}):\n",
                "受信サーバーの指定がなく、同じ名前のホストに届きます (DNSSEC {what}):\n"},
    [MUST_PROVE] = {"must prove who it is", "身元の証明を求められます"},
    [NEED_NOT] = {"need not prove who it is", "身元の証明を求められません"},
    [NO_ADDRESS] = {"has no address", "アドレスがありません"},
    [BY_DANE] = {"DANE: yes", "DANE: あり"},
    [NO_DANE] = {"DANE: none", "DANE: なし"},
    [DANE_BROKEN] = {"DANE: its records are of no use", "DANE: 使える情報がありません"},
    [DANE_UNKNOWN] = {"DANE: could not be found out", "DANE: 確認できません"},
    [STS_POLICY] = {"MTA-STS: a policy is published ({what}).\n", "MTA-STS: 方針あり ({what})。\n"},
    [STS_NONE] = {"MTA-STS: none.\n", "MTA-STS: なし。\n"},
    [STS_WHY] = {"MTA-STS: none that counts ({what}).\n",
                 "MTA-STS: 有効なものはありません ({what})。\n"},
    [REPORTS] = {"TLS-RPT: reports about failures are asked for.\n",
                 "TLS-RPT: 失敗の報告を受け付けています。\n"},
    [NO_REPORTS] = {"TLS-RPT: none.\n", "TLS-RPT: なし。\n"},
};

static void say(GString *out, enum phrase phrase, enum reason_language language, const char *what) {
    g_autofree char *line =
        reason_fill(phrases[phrase][language], "what", (const char *[REASON_PARAMETERS_MAX]){what});
    g_string_append(out, line);
}

static enum phrase dane_phrase(enum dane_state dane) {
    static const enum phrase of[] = {[DANE_NOT_EVALUATED] = DANE_UNKNOWN,
                                     [DANE_NONE] = NO_DANE,
                                     [DANE_USABLE] = BY_DANE,
                                     [DANE_UNUSABLE] = DANE_BROKEN,
                                     [DANE_UNAVAILABLE] = DANE_UNKNOWN};
    return of[dane];
}

static void write_host(GString *out, const struct route_host *host, enum reason_language l) {
    enum phrase what = !host->has_address    ? NO_ADDRESS
                       : host->authenticated ? MUST_PROVE
                                             : NEED_NOT;
    g_string_append_printf(out, "  %s: %s (DNSSEC %s; %s)\n", host->name, phrases[what][l],
                           dnssec_state_name(host->dnssec), phrases[dane_phrase(host->dane)][l]);
}

static void write_hosts(GString *out, const struct recipient_route *route, enum reason_language l) {
    const char *dnssec = dnssec_state_name(route->dnssec);
    if (route->n_hosts)
        say(out, route->implicit ? ITSELF : HOSTS, l, dnssec);
    else if (route->summary == ROUTE_COULD_NOT_CHECK)
        say(out, NO_HOSTS, l, NULL);
    for (guint i = 0; i < route->n_hosts; i++)
        write_host(out, &route->hosts[i], l);
}

static void write_policy(GString *out, const struct recipient_route *route,
                         enum reason_language l) {
    if (route->sts)
        say(out, STS_POLICY, l, mta_sts_mode_name(route->sts->mode));
    else if (route->sts_why)
        say(out, STS_WHY, l, route->sts_why);
    else
        say(out, STS_NONE, l, NULL);
    say(out, route->tls_rpt ? REPORTS : NO_REPORTS, l, NULL);
}

static GString *write_lines(const struct recipient_route *route, enum reason_language language) {
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "%s: %s\n", route->domain, way_text(route->summary, language));
    write_hosts(out, route, language);
    if (route->n_hosts) /* nothing else was asked */
        write_policy(out, route, language);
    return out;
}

/* Where not even the mail servers could be looked up, nothing was found out: a failure. */
static int answer(const char *address, const struct recipient_route *route,
                  const struct options *options, bool json) {
    g_autoptr(GString) out =
        json ? json_way(address, route, options->language) : write_lines(route, options->language);
    if (json)
        g_string_append_c(out, '\n');
    if (fputs(out->str, stdout) < 0 || fflush(stdout) != 0)
        return command_failed("stdout could not be written");
    return route->summary == ROUTE_COULD_NOT_CHECK && !route->n_hosts ? COMMAND_FAILED
                                                                      : COMMAND_DONE;
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
    bool json = options->json || (!options->explain && !isatty(STDOUT_FILENO));
    return answer(address, route, options, json);
}

/* Says what is wrong with the command line, or runs. */
static int read_words(struct options *options, int argc, char **argv) {
    if (options->lang && !reason_language_parse(options->lang, &options->language))
        return command_usage("--lang is en or ja, not %s", options->lang);
    if (options->json && options->explain)
        return command_usage("--json and --explain exclude each other");
    if (argc != 2)
        return command_usage("route takes one ADDRESS or DOMAIN");
    return run(options, argv[1]);
}

int command_route(int argc, char **argv) {
    struct options options = {0};
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &options.json,
         "one JSON object (default when not a terminal)", NULL},
        {"explain", 0, 0, G_OPTION_ARG_NONE, &options.explain,
         "words for people (default on a terminal)", NULL},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &options.lang, "language of sentences", "en|ja"},
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
    else
        status = read_words(&options, argc, argv);
    options_clear(&options);
    return status;
}
