/* SPDX-License-Identifier: MIT */
#include "fcgi/brand_options.h"

#include "base/clock.h"
#include "brand/bimi_record.h"
#include "fcgi/config.h"
#include "mail/domain.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Takes a value and keeps it (`text`), or sets a flag. */
static const struct option {
    const char *name, *value;
    size_t text, flag; /* offsets; 0: none, since the first member is the domain */
    const char *summary;
} table[] = {
    {"selector", "NAME", offsetof(struct brand_options, selector), 0, "in place of \"default\""},
    {"certificate", "FILE", offsetof(struct brand_options, certificate), 0,
     "does this mark certificate hold for --domain?"},
    {"domain", "NAME", 0, 0, "the domain it should hold for"},
    {"logo", "FILE", offsetof(struct brand_options, logo), 0,
     "is the picture at l= (SVG, or gzip) the certified one?"},
    {"resolver", "ADDR@PORT", offsetof(struct brand_options, resolver), 0,
     "every DNS question goes there"},
    {"trust-anchor", "FILE", offsetof(struct brand_options, trust_anchor), 0,
     "DNSSEC trust anchors"},
    {"https-ca", "FILE", offsetof(struct brand_options, https_ca), 0,
     "authorities for fetches, in place of the system's"},
    {"mark-roots", "FILE", offsetof(struct brand_options, mark_roots), 0,
     "roots of mark certificates, beside the shipped ones"},
    {"now", "TIME", 0, 0, "the clock: seconds since the epoch, or RFC 3339"},
    {"lang", "en|ja", offsetof(struct brand_options, lang), 0, "language of sentences"},
    {"offline", NULL, 0, offsetof(struct brand_options, offline), "no network but the resolver"},
    {"json", NULL, 0, offsetof(struct brand_options, json),
     "one JSON object (default when not a terminal)"},
    {"explain", NULL, 0, offsetof(struct brand_options, explain),
     "words for people (default on a terminal)"},
    {"help", NULL, 0, offsetof(struct brand_options, helped), "this list"},
};

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool refuse(GError **error, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    g_autofree char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, text);
    return false;
}

static void print_help(void) {
    puts("usage: inkan brand [options] DOMAIN\n"
         "       inkan brand [options] --svg FILE\n"
         "       inkan brand [options] --certificate FILE --domain DOMAIN [--logo FILE]\n");
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *left =
            g_strdup_printf("--%s %s", table[i].name, table[i].value ? table[i].value : "");
        printf("  %-22s %s\n", left, table[i].summary);
    }
}

static bool set_domain(struct brand_options *o, const char *value, GError **error) {
    char *domain = domain_parse(span_of(value), DOMAIN_ALLOW_ROOT_DOT, NULL);
    if (!domain || o->domain) {
        g_free(domain);
        return refuse(error, o->domain ? "one domain at a time" : "\"%s\" is no domain", value);
    }
    o->domain = domain;
    return true;
}

static const struct option *option_find(struct span name) {
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (span_eq(span_of(table[i].name), name))
            return &table[i];
    return NULL;
}

static bool apply(struct brand_options *o, const struct option *option, const char *value,
                  GError **error) {
    if (option->flag)
        return *(bool *)(void *)((char *)o + option->flag) = true;
    if (option->text) {
        char **text = (char **)(void *)((char *)o + option->text);
        g_free(*text);
        *text = g_strdup(value);
        return true;
    }
    if (strcmp(option->name, "domain") == 0)
        return set_domain(o, value, error);
    o->now_known = clock_parse(value, &o->now);
    return o->now_known || refuse(error, "--now: \"%s\" is no time", value);
}

/* "--name value" or "--name=value" at argv[*at], which is left at the last word taken. */
static bool read_option(struct brand_options *o, int argc, char **argv, int *at, GError **error) {
    struct span word = span_of(argv[*at] + 2);
    size_t equals = span_find(word, '=');
    const struct option *option = option_find(span_first(word, equals));
    const char *value = equals < word.n ? word.p + equals + 1 : NULL;
    if (!option)
        return refuse(error, "no option \"%s\"; `inkan brand --help` lists them", argv[*at]);
    if (!option->value && value)
        return refuse(error, "--%s takes no value", option->name);
    if (option->value && !value) {
        if (*at + 1 >= argc)
            return refuse(error, "--%s needs a value: %s", option->name, option->value);
        value = argv[++*at];
    }
    return apply(o, option, value, error);
}

static bool is_complete(struct brand_options *o, GError **error) {
    if (o->helped)
        return true;
    if (o->selector && !bimi_selector_is_valid(span_of(o->selector)))
        return refuse(error, "--selector: \"%s\" is no selector", o->selector);
    if (strcmp(o->lang, "en") != 0 && strcmp(o->lang, "ja") != 0)
        return refuse(error, "--lang: en or ja, not \"%s\"", o->lang);
    if (o->logo && !o->certificate)
        return refuse(error, "--logo is compared with that of a --certificate");
    return o->domain || refuse(error, "which domain? `inkan brand --help`");
}

struct brand_options *brand_options_parse(int argc, char **argv, bool interactive, GError **error) {
    OWNED(brand_options) o = g_new0(struct brand_options, 1);
    o->json = !interactive;
    o->lang = g_strdup("en");
    for (int at = 1; at < argc; at++) {
        bool good = g_str_has_prefix(argv[at], "--") ? read_option(o, argc, argv, &at, error)
                                                     : set_domain(o, argv[at], error);
        if (!good)
            return NULL;
    }
    if (!is_complete(o, error))
        return NULL;
    if (o->helped)
        print_help();
    o->json = o->json && !o->explain;
    if (o->selector) {
        char *lower = g_ascii_strdown(o->selector, -1);
        g_free(o->selector);
        o->selector = lower;
    }
    return g_steal_pointer(&o);
}

void brand_options_free(struct brand_options *o) {
    char *texts[] = {o->domain,       o->selector, o->certificate, o->logo, o->resolver,
                     o->trust_anchor, o->https_ca, o->mark_roots,  o->lang};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(o);
}
