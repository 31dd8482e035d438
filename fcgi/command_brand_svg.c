/* SPDX-License-Identifier: MIT */
#include "fcgi/command_brand.h"

#include "base/limits.h"
#include "fcgi/command.h"
#include "fcgi/json_brand.h"
#include "fcgi/json_emit.h"
#include "worker/svg_job.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SIDE = 64 }; /* what is drawn here is only to see whether it can be drawn */

struct options {
    gboolean json, explain;
    char *svg, *lang;
};

/* NULL if it cannot be read. One octet over the cap is enough to know that it is over. */
static GBytes *read_file(const char *name) {
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rbe");
    if (!file)
        return NULL;
    GByteArray *octets = g_byte_array_sized_new(LIMIT_SVG_READ + 1);
    g_byte_array_set_size(octets, LIMIT_SVG_READ + 1);
    size_t n = fread(octets->data, 1, octets->len, file);
    bool failed = ferror(file) != 0;
    if (file != stdin)
        failed |= fclose(file) != 0;
    g_byte_array_set_size(octets, (guint)n);
    GBytes *read = g_byte_array_free_to_bytes(octets);
    if (failed)
        g_clear_pointer(&read, g_bytes_unref);
    return read;
}

/* A picture over which the child dies is still checked. */
static struct svg_report *check(GBytes *octets, GError **error) {
    OWNED(workers) workers = workers_new(NULL, 1);
    g_autoptr(GError) not_drawn = NULL;
    struct svg_report *report = svg_job_run(workers, octets, SIDE, &not_drawn);
    if (report)
        return report;
    report = svg_job_run(workers, octets, 0, error);
    if (report)
        svg_report_add(report, SVG_NOT_DRAWN, 0, NULL, not_drawn->message);
    return report;
}

static void write_json(const struct svg_report *report, GString *out, const char *lang) {
    json_brand_picture(out, JSON_ITEM, report, lang);
    g_string_append_c(out, '\n');
}

static bool is_japanese(const char *lang) {
    return strcmp(lang, "ja") == 0;
}

/* "line 3 <style>: " */
static void write_place(GString *out, const struct svg_finding *finding, bool japanese) {
    if (finding->line)
        g_string_append_printf(out, japanese ? "%u 行目" : "line %u", finding->line);
    if (finding->element)
        g_string_append_printf(out, " <%s>", finding->element);
    if (finding->line)
        g_string_append(out, japanese ? "：" : ": ");
}

void command_brand_findings(GString *out, const struct svg_report *report, const char *lang) {
    bool japanese = is_japanese(lang);
    const char *wrong = japanese ? "要修正" : "wrong ", *advice = japanese ? "助言  " : "advice";
    for (guint i = 0; i < report->findings->len; i++) {
        const struct svg_finding *finding = report->findings->pdata[i];
        g_autofree char *text = svg_finding_text(finding, lang);
        g_string_append_printf(out, "  %s  ", svg_rule_is_warning(finding->rule) ? advice : wrong);
        write_place(out, finding, japanese);
        g_string_append_printf(out, "%s\n", text);
    }
}

static void write_lines(const struct svg_report *report, GString *out, const char *lang) {
    if (is_japanese(lang))
        g_string_append(out,
                        report->valid ? "SVG Tiny PS です。\n" : "SVG Tiny PS ではありません。\n");
    else
        g_string_append(out,
                        report->valid ? "This is SVG Tiny PS.\n" : "This is not SVG Tiny PS.\n");
    command_brand_findings(out, report, lang);
}

static int answer(GBytes *octets, bool json, const char *lang) {
    g_autoptr(GError) error = NULL;
    OWNED(svg_report) report = check(octets, &error);
    if (!report)
        return command_failed(error->message);
    g_autoptr(GString) out = g_string_new(NULL);
    if (json)
        write_json(report, out, lang);
    else
        write_lines(report, out, lang);
    if (fputs(out->str, stdout) < 0 || fflush(stdout) != 0)
        return command_failed("stdout could not be written");
    return COMMAND_DONE;
}

static int run(const struct options *options, int left) {
    if (left > 1)
        return command_usage("brand --svg takes one FILE and nothing else");
    g_autoptr(GBytes) octets = read_file(options->svg);
    if (!octets)
        return command_failed("the file cannot be read");
    const char *lang = options->lang ? options->lang : "en";
    if (strcmp(lang, "en") != 0 && strcmp(lang, "ja") != 0)
        return command_usage("brand: --lang: en or ja, not \"%s\"", lang);
    bool json = !options->explain && (options->json || !isatty(STDOUT_FILENO));
    return answer(octets, json, lang);
}

int command_brand_svg(int argc, char **argv) {
    struct options options = {0};
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, NULL, NULL},
        {"explain", 0, 0, G_OPTION_ARG_NONE, &options.explain, NULL, NULL},
        {"svg", 0, 0, G_OPTION_ARG_FILENAME, &options.svg, NULL, NULL},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &options.lang, NULL, NULL},
        {NULL},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_help_enabled(context, FALSE);
    int status = g_option_context_parse(context, &argc, &argv, &error)
                     ? run(&options, argc)
                     : command_usage("brand: %s", error->message);
    g_free(options.svg);
    g_free(options.lang);
    return status;
}
