/* SPDX-License-Identifier: MIT
 *
 * `inkan brand`: a domain's logo step by step, one SVG file, or one mark certificate. A checker for
 * those who publish a logo, with the same code that decides for mail. */
#include "fcgi/command_brand.h"

#include "auth/orgdomain.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/brand_check.h"
#include "fcgi/brand_fetch.h"
#include "fcgi/brand_options.h"
#include "fcgi/command.h"
#include "fcgi/json_brand.h"
#include "fcgi/json_emit.h"
#include "net/https.h"
#include "worker/workers.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The whole of a file, at most `most` octets and one more, so that a reader sees it is too large.
 */
static GBytes *read_file(const char *path, size_t most, GError **error) {
    g_autoptr(GFile) file = g_file_new_for_commandline_arg(path);
    g_autoptr(GFileInputStream) stream = g_file_read(file, NULL, error);
    if (!stream)
        return NULL;
    g_autofree char *octets = g_malloc(most + 1);
    gsize n;
    if (!g_input_stream_read_all(G_INPUT_STREAM(stream), octets, most + 1, &n, NULL, error))
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&octets), n);
}

/* NULL: it is said why, and *status is what the command ends with. */
static struct mark_roots *roots_of(const struct brand_options *o, int *status) {
    g_autoptr(GError) error = NULL;
    OWNED(mark_roots) roots = mark_roots_new_shipped();
    if (!o->mark_roots)
        return g_steal_pointer(&roots);
    g_autoptr(GBytes) pem = read_file(o->mark_roots, LIMIT_MARK_ROOTS_SIZE, &error);
    gsize n = 0;
    const char *p = pem ? g_bytes_get_data(pem, &n) : NULL;
    if (pem && mark_roots_add(roots, span_make(p, n), MARK_ROOT_OPERATOR, &error))
        return g_steal_pointer(&roots);
    *status = command_usage("--mark-roots: %s", error ? error->message : "it cannot be read");
    return NULL;
}

static int64_t now_of(const struct brand_options *o) {
    return o->now_known ? o->now : clock_now();
}

static int write_json(GString *out) {
    g_string_append_c(out, '\n');
    fputs(out->str, stdout);
    g_string_free(out, TRUE);
    return fflush(stdout) == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static const char *sign_of(enum brand_step_state state) {
    return state == BRAND_STEP_OK ? "ok  " : state == BRAND_STEP_NOT ? "no  " : "?   ";
}

/* --- a certificate -------------------------------------------------------------------------- */

static void print_steps(GString *out, const struct brand_report *report, const char *lang) {
    for (guint i = 0; i < report->steps->len; i++) {
        const struct brand_step *step = report->steps->pdata[i];
        g_string_append_printf(out, "%s %s: %s\n", sign_of(step->state), step->name,
                               brand_step_text(step, lang));
    }
}

/* Where its CRLs were asked for, whose it is, then each check. */
static void print_certificate(GString *out, const struct brand_report *report, const char *lang) {
    const struct markcert *markcert = report->markcert;
    print_steps(out, report, lang);
    for (int i = 0; i < MARKCERT_CHECK__MAX; i++) {
        const struct markcert_check *check = &markcert->checks[i];
        enum brand_step_state state = check->state == MARKCERT_PASS   ? BRAND_STEP_OK
                                      : check->state == MARKCERT_FAIL ? BRAND_STEP_NOT
                                                                      : BRAND_STEP_UNKNOWN;
        g_string_append_printf(out, "%s %s: %s\n", sign_of(state),
                               markcert_check_name((enum markcert_check_id)i),
                               markcert_check_text((enum markcert_check_id)i, check, lang));
    }
    if (strcmp(lang, "ja") == 0)
        g_string_append(out, markcert->valid ? "有効です。" : "有効ではありません。");
    else
        g_string_append(out, markcert->valid ? "It holds." : "It does not hold.");
}

/* False: --logo cannot be read. Over its cap it is not the certified picture. */
static bool compare_logo(const struct brand_options *o, struct markcert *markcert, GError **error) {
    g_autoptr(GBytes) logo = o->logo ? read_file(o->logo, LIMIT_LOGO_SIZE, error) : NULL;
    if (!logo)
        return !o->logo;
    gsize n;
    const char *p = g_bytes_get_data(logo, &n);
    markcert_compare(markcert, span_make(p, n));
    return true;
}

static int check_certificate(const struct brand_options *o, const struct brand_tools *tools) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pem = read_file(o->certificate, LIMIT_MARKCERT_SIZE, &error);
    if (!pem)
        return command_failed(error->message);
    gsize n;
    const char *p = g_bytes_get_data(pem, &n);
    struct brand_question question = {.domain = o->domain, .selector = o->selector};
    OWNED(brand_report) report = brand_check_certificate(tools, &question, span_make(p, n));
    if (!compare_logo(o, report->markcert, &error))
        return command_failed(error->message);
    GString *out = g_string_new(NULL);
    if (o->json)
        json_brand_certificate(out, JSON_ITEM, report->markcert);
    else
        print_certificate(out, report, o->lang);
    return write_json(out);
}

/* --- a domain ------------------------------------------------------------------------------- */

/* What a logo that passed comes to for a reader. */
static const char *shown_text(enum brand_kind kind, const char *lang) {
    bool japanese = strcmp(lang, "ja") == 0;
    switch (kind) {
    case BRAND_VMC:
        return japanese ? "ロゴは認証マーク（VMC）のチェック付きで表示されます"
                        : "the logo is shown, with the tick of a verified mark";
    case BRAND_CMC:
        return japanese ? "ロゴは認証済みの画像として表示されます（チェックは付きません）"
                        : "the logo is shown, as a certified picture without a tick";
    default:
        return japanese ? "許可されている所でだけ、ロゴはドメインの自己申告として表示されます"
                        : "the logo is shown where it is allowed, on the domain's own word";
    }
}

static void print_report(GString *out, const struct brand_report *report, const char *lang) {
    print_steps(out, report, lang);
    if (report->picture)
        command_brand_findings(out, report->picture, lang);
    bool passed = report->result == BIMI_PASS;
    const char *kind = brand_kind_name(report->kind);
    const char *text =
        passed ? shown_text(report->kind, lang) : bimi_reason_text(report->reason, lang);
    g_string_append_printf(out, "bimi=%s%s%s%s%s", bimi_result_name(report->result),
                           passed && kind ? ", " : "", passed && kind ? kind : "", text ? ": " : "",
                           text ? text : "");
}

static int check_domain(const struct brand_options *o, const struct brand_tools *tools) {
    struct brand_question question = {.domain = o->domain, .selector = o->selector, .whole = true};
    OWNED(brand_report) report = brand_check(tools, &question);
    GString *out = g_string_new(NULL);
    if (o->json)
        json_brand_report(out, o->domain, report, o->lang);
    else
        print_report(out, report, o->lang);
    return write_json(out);
}

/* --- what both ask with --------------------------------------------------------------------- */

static int check(const struct brand_options *o) {
    g_autoptr(GError) error = NULL;
    struct resolver_options resolving = {.server = o->resolver, .trust_anchor = o->trust_anchor};
    struct https_options fetching = {.ca_file = o->https_ca};
    int status = COMMAND_FAILED;
    OWNED(mark_roots) roots = roots_of(o, &status);
    if (!roots)
        return status;
    OWNED(https) https = o->offline ? NULL : https_new(&fetching, &error);
    if (!https && !o->offline)
        return command_usage("--https-ca: %s", error->message);
    OWNED(resolver) resolver = resolver_new(&resolving, &error);
    if (!resolver)
        return command_usage("--resolver: %s", error->message);
    OWNED(brand_fetch) fetch = https ? brand_fetch_new(https, NULL) : NULL;
    OWNED(public_suffixes) suffixes = orgdomain_suffixes_new(NULL);
    OWNED(workers) workers = workers_new(NULL, 1);
    struct brand_tools tools = {.resolver = resolver,
                                .suffixes = suffixes,
                                .fetch = fetch,
                                .workers = workers,
                                .roots = roots,
                                .now = now_of(o)};
    return o->certificate ? check_certificate(o, &tools) : check_domain(o, &tools);
}

/* A picture has words of its own: command_brand_svg.c. */
static bool is_about_svg(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--svg") == 0 || g_str_has_prefix(argv[i], "--svg="))
            return true;
    return false;
}

int command_brand(int argc, char **argv) {
    g_autoptr(GError) error = NULL;
    if (is_about_svg(argc, argv))
        return command_brand_svg(argc, argv);
    OWNED(brand_options) o = brand_options_parse(argc, argv, isatty(STDOUT_FILENO), &error);
    if (!o)
        return command_usage("%s", error->message);
    if (o->helped)
        return COMMAND_DONE;
    return check(o);
}
