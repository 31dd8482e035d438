/* SPDX-License-Identifier: MIT
 *
 * Reading the command line of `inkan verify`. Values are octets: a MAIL FROM need not be UTF-8. */
#include "fcgi/verify_options.h"

#include "auth/profile.h"
#include "base/clock.h"
#include "base/ip.h"
#include "fcgi/config_reputation.h"

#include <gio/gio.h>
#include <stdio.h>
#include <unistd.h>

enum { JOBS_MAX = 256 };

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool refuse(GError **error, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    g_autofree char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, text);
    return false;
}

/* --- one function a kind of value ----------------------------------------------------------- */

static bool set_text(char **target, const char *value) {
    g_free(*target);
    *target = g_strdup(value);
    return true;
}

static bool set_resolver(struct verify_options *o, const char *value, GError **error) {
    (void)error; /* resolver_new checks what it means */
    return set_text(&o->resolver, value);
}

static bool is_readable(const char *value, GError **error) {
    return access(value, R_OK) == 0 ||
           refuse(error, "\"%s\" cannot be read: %s", value, g_strerror(errno));
}

static bool set_trust_anchor(struct verify_options *o, const char *value, GError **error) {
    return is_readable(value, error) && set_text(&o->trust_anchor, value);
}

static bool set_mark_roots(struct verify_options *o, const char *value, GError **error) {
    return is_readable(value, error) && set_text(&o->mark_roots, value);
}

static bool set_https_ca(struct verify_options *o, const char *value, GError **error) {
    return is_readable(value, error) && set_text(&o->https_ca, value);
}

static bool set_smime_ca(struct verify_options *o, const char *value, GError **error) {
    return is_readable(value, error) && set_text(&o->smime_ca, value);
}

static bool set_smime_crls(struct verify_options *o, const char *value, GError **error) {
    return is_readable(value, error) && set_text(&o->smime_crls, value);
}

static bool set_smime_ocsp(struct verify_options *o, const char *value, GError **error) {
    return is_readable(value, error) && set_text(&o->smime_ocsp, value);
}

static bool add_openpgp_keys(struct verify_options *o, const char *value, GError **error) {
    if (!is_readable(value, error))
        return false;
    g_ptr_array_add(o->openpgp_keys, g_strdup(value));
    return true;
}

static bool read_time(const char *value, int64_t *time, GError **error) {
    return clock_parse(value, time) ||
           refuse(error, "\"%s\" is no time: seconds since the epoch, or 2026-11-21T18:00:00Z",
                  value);
}

static bool set_now(struct verify_options *o, const char *value, GError **error) {
    return o->now_known = read_time(value, &o->now, error);
}

static bool set_received_at(struct verify_options *o, const char *value, GError **error) {
    return o->received_known = read_time(value, &o->received_at, error);
}

static bool set_client_ip(struct verify_options *o, const char *value, GError **error) {
    struct ip ip;
    if (!ip_parse(span_of(value), &ip))
        return refuse(error, "\"%s\" is no IP address", value);
    return set_text(&o->client_ip, value);
}

static bool set_helo(struct verify_options *o, const char *value, GError **error) {
    (void)error;
    return set_text(&o->helo, value);
}

static bool set_mail_from(struct verify_options *o, const char *value, GError **error) {
    (void)error;
    return set_text(&o->mail_from, value);
}

static bool add_border(struct verify_options *o, const char *value, GError **error) {
    return belief_add_border(o->belief, value, error);
}

static bool add_id(struct verify_options *o, const char *value, GError **error) {
    return belief_add_id(o->belief, value, error);
}

static bool add_sealer(struct verify_options *o, const char *value, GError **error) {
    return belief_add_sealer(o->belief, value, error);
}

static bool set_strips(struct verify_options *o, const char *value, GError **error) {
    (void)value, (void)error;
    return o->belief->strips = true;
}

static bool set_profile(struct verify_options *o, const char *value, GError **error) {
    if (strcmp(value, "help") != 0)
        return belief_set_profile(o->belief, value, error);
    for (guint i = 0; profile_at(i); i++)
        printf("%-10s %s\n", profile_at(i)->name, profile_at(i)->title);
    return o->listed_profiles = true;
}

static bool set_mode(struct verify_options *o, const char *value, GError **error) {
    static const char *const words[] = {"missing", "always", "never", NULL};
    for (int i = 0; words[i]; i++)
        if (strcmp(value, words[i]) == 0) {
            o->mode = (enum verify_mode)i;
            return true;
        }
    return refuse(error, "\"%s\" is not missing, always or never", value);
}

static bool add_block_list(struct verify_options *o, const char *value, GError **error) {
    return config_reputation_add(o->reputation, "block-lists", value, error);
}

static bool add_allow_list(struct verify_options *o, const char *value, GError **error) {
    return config_reputation_add(o->reputation, "allow-lists", value, error);
}

static bool add_domain_list(struct verify_options *o, const char *value, GError **error) {
    return config_reputation_add(o->reputation, "domain-lists", value, error);
}

static bool add_list_meaning(struct verify_options *o, const char *value, GError **error) {
    return config_reputation_add(o->reputation, "meanings", value, error);
}

static bool set_offline(struct verify_options *o, const char *value, GError **error) {
    (void)value, (void)error;
    return o->offline = true;
}

static bool set_jobs(struct verify_options *o, const char *value, GError **error) {
    guint64 jobs;
    if (!g_ascii_string_to_unsigned(value, 10, 1, JOBS_MAX, &jobs, NULL))
        return refuse(error, "\"%s\" is not a number from 1 to %d", value, JOBS_MAX);
    o->jobs = (guint)jobs;
    return true;
}

static bool set_json(struct verify_options *o, const char *value, GError **error) {
    (void)value, (void)error;
    o->explain = false;
    return true;
}

static bool set_explain(struct verify_options *o, const char *value, GError **error) {
    (void)value, (void)error;
    return o->explain = true;
}

static bool set_language(struct verify_options *o, const char *value, GError **error) {
    return reason_language_parse(value, &o->language) ||
           refuse(error, "\"%s\" is not en or ja", value);
}

static bool print_help(struct verify_options *o, const char *value, GError **error);

/* --- the table ------------------------------------------------------------------------------ */

static const struct option {
    const char *name;
    const char *value; /* what it stands for; NULL: takes none */
    bool (*set)(struct verify_options *options, const char *value, GError **error);
    const char *summary;
} table[] = {
    {"resolver", "ADDR@PORT", set_resolver, "every DNS question goes there"},
    {"trust-anchor", "FILE", set_trust_anchor, "DNSSEC trust anchors"},
    {"now", "TIME", set_now, "the clock: seconds since the epoch, or RFC 3339"},
    {"received-at", "TIME", set_received_at, "when the message was received"},
    {"client-ip", "IP", set_client_ip, "the SMTP session: client …"},
    {"helo", "NAME", set_helo, "… what it called itself …"},
    {"mail-from", "ADDR", set_mail_from, "… and MAIL FROM ('' null path, \"@d\" no local part)"},
    {"border", "HOST|NETWORK", add_border, "which Received lines are ours; may be repeated"},
    {"authserv-id", "ID", add_id, "believe Authentication-Results of this id; may be repeated"},
    {"server-strips", NULL, set_strips, "the server removes forged ones: position is no matter"},
    {"profile", "NAME", set_profile, "how the receiver writes; --profile help lists them"},
    {"verify", "WHEN", set_mode, "own checks: missing (default), always, never"},
    {"openpgp-keys", "FILE", add_openpgp_keys, "OpenPGP keys you vouch for; may be repeated"},
    {"smime-ca", "FILE", set_smime_ca, "S/MIME: every certificate in it is an anchor"},
    {"smime-crl", "FILE", set_smime_crls, "S/MIME: lists of revoked certificates"},
    {"smime-ocsp", "FILE", set_smime_ocsp, "S/MIME: OCSP responses, one after another in DER"},
    {"mark-roots", "FILE", set_mark_roots, "roots of mark certificates, beside the shipped ones"},
    {"trusted-sealer", "DOMAIN", add_sealer, "ARC sealer to rely on; may be repeated"},
    {"block-list", "ZONE", add_block_list, "ask this list about the client; may be repeated"},
    {"allow-list", "ZONE", add_allow_list, "the same, a list of whom somebody vouches for"},
    {"domain-list", "ZONE", add_domain_list, "ask this list about the author's domain"},
    {"list-meaning", "TEXT", add_list_meaning, "\"ZONE CODE WORDS\": what a code of it means"},
    {"https-ca", "FILE", set_https_ca, "authorities for fetches, in place of the system's"},
    {"offline", NULL, set_offline, "no network but the resolver: no logo, no CRL is fetched"},
    {"jobs", "N", set_jobs, "messages at a time; answers keep their order"},
    {"json", NULL, set_json, "JSON Lines (default when not a terminal)"},
    {"explain", NULL, set_explain, "words for people (default on a terminal)"},
    {"lang", "en|ja", set_language, "language of sentences"},
    {"help", NULL, print_help, "this list"},
};

static bool print_help(struct verify_options *o, const char *value, GError **error) {
    (void)value, (void)error;
    puts("usage: inkan verify [options] FILE...   FILE: \"-\", a message, or a Maildir\n");
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *left =
            g_strdup_printf("--%s %s", table[i].name, table[i].value ? table[i].value : "");
        printf("  %-24s %s\n", left, table[i].summary);
    }
    return o->helped = true;
}

/* --- reading -------------------------------------------------------------------------------- */

static const struct option *option_find(struct span name) {
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (span_eq(span_of(table[i].name), name))
            return &table[i];
    return NULL;
}

/* "--name value" or "--name=value" at argv[*at], which is left at the last word taken. */
static bool read_option(struct verify_options *o, int argc, char **argv, int *at, GError **error) {
    struct span word = span_of(argv[*at] + 2);
    size_t equals = span_find(word, '=');
    const struct option *option = option_find(span_first(word, equals));
    if (!option)
        return refuse(error, "no option \"%s\"; `inkan verify --help` lists them", argv[*at]);
    const char *value = equals < word.n ? word.p + equals + 1 : NULL;
    if (!option->value && value)
        return refuse(error, "--%s takes no value", option->name);
    if (option->value && !value) {
        if (*at + 1 >= argc)
            return refuse(error, "--%s needs a value: %s", option->name, option->value);
        value = argv[++*at];
    }
    GError *inner = NULL;
    if (option->set(o, value, &inner))
        return true;
    refuse(error, "--%s: %s", option->name, inner->message);
    g_error_free(inner);
    return false;
}

static bool read_words(struct verify_options *o, int argc, char **argv, GError **error) {
    g_autoptr(GStrvBuilder) files = g_strv_builder_new();
    bool only_files = false, any = false;
    for (int at = 1; at < argc; at++) {
        if (!only_files && strcmp(argv[at], "--") == 0)
            only_files = true;
        else if (!only_files && g_str_has_prefix(argv[at], "--")) {
            if (!read_option(o, argc, argv, &at, error))
                return false;
        } else if (!only_files && argv[at][0] == '-' && argv[at][1])
            return refuse(error, "no option \"%s\"; `inkan verify --help` lists them", argv[at]);
        else {
            g_strv_builder_add(files, argv[at]);
            any = true;
        }
    }
    o->files = g_strv_builder_end(files);
    return any || o->helped || o->listed_profiles ||
           refuse(error, "nothing to verify: give a file, a Maildir, or \"-\"");
}

struct verify_options *verify_options_parse(int argc, char **argv, bool interactive,
                                            GError **error) {
    struct verify_options *o = g_new0(struct verify_options, 1);
    o->belief = belief_rules_new();
    o->reputation = dnsbl_lists_new();
    o->openpgp_keys = g_ptr_array_new_with_free_func(g_free);
    o->jobs = 1;
    o->explain = interactive;
    if (read_words(o, argc, argv, error))
        return o;
    verify_options_free(o);
    return NULL;
}

void verify_options_free(struct verify_options *o) {
    g_strfreev(o->files);
    belief_rules_free(o->belief);
    dnsbl_lists_free(o->reputation);
    g_free(o->resolver);
    g_free(o->trust_anchor);
    g_free(o->smime_ca);
    g_free(o->smime_crls);
    g_free(o->smime_ocsp);
    g_free(o->client_ip);
    g_free(o->helo);
    g_free(o->mail_from);
    g_free(o->mark_roots);
    g_free(o->https_ca);
    g_ptr_array_unref(o->openpgp_keys);
    g_free(o);
}
