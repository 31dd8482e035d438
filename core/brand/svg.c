/* SPDX-License-Identifier: MIT */
#include "brand/svg.h"

#include "base/limits.h"
#include "mail/display.h"

#include <string.h>

static const struct row {
    const char *code;
    bool warning;
    const char *english, *japanese;
} rows[SVG_RULE__MAX] = {
#define SVG_RULE(name, code, warning, en, ja) [SVG_##name] = {code, warning, en, ja},
#include "brand/svg_rules.def"
#undef SVG_RULE
};

static const struct row *row_of(enum svg_rule rule) {
    g_assert(rule > SVG_NO_RULE && rule < SVG_RULE__MAX);
    return &rows[rule];
}

const char *svg_rule_code(enum svg_rule rule) {
    return row_of(rule)->code;
}

bool svg_rule_is_warning(enum svg_rule rule) {
    return row_of(rule)->warning;
}

const char *svg_rule_text(enum svg_rule rule, const char *lang) {
    const struct row *row = row_of(rule);
    return strcmp(lang, "ja") == 0 ? row->japanese : row->english;
}

static void finding_free(gpointer data) {
    struct svg_finding *finding = data;
    g_free(finding->element);
    g_free(finding->detail);
    g_free(finding);
}

static void picture_free(gpointer data) {
    struct svg_picture *picture = data;
    g_bytes_unref(picture->png);
    g_free(picture);
}

struct svg_report *svg_report_new(void) {
    struct svg_report *report = g_new0(struct svg_report, 1);
    report->findings = g_ptr_array_new_with_free_func(finding_free);
    report->pictures = g_ptr_array_new_with_free_func(picture_free);
    return report;
}

void svg_report_free(struct svg_report *report) {
    if (!report)
        return;
    g_ptr_array_unref(report->findings);
    g_ptr_array_unref(report->pictures);
    g_free(report);
}

/* What stands in the document, as it may stand in a sentence of ours. */
static char *printable(const char *detail) {
    return display_text(span_first(span_of(detail), LIMIT_SVG_DETAIL), NULL);
}

char *svg_finding_text(const struct svg_finding *finding, const char *lang) {
    const char *sentence = svg_rule_text(finding->rule, lang);
    const char *gap = strstr(sentence, "{}");
    if (!gap)
        return g_strdup(sentence);
    g_autofree char *shown = printable(finding->detail ? finding->detail : "");
    GString *text = g_string_new_len(sentence, gap - sentence);
    g_string_append(text, shown);
    g_string_append(text, gap + strlen("{}"));
    return g_string_free(text, FALSE);
}

void svg_report_add(struct svg_report *report, enum svg_rule rule, guint line, const char *element,
                    const char *detail) {
    if (report->findings->len >= LIMIT_SVG_FINDINGS) {
        if (svg_rule_is_warning(rule) || svg_report_find_error(report))
            return;
        g_ptr_array_set_size(report->findings, LIMIT_SVG_FINDINGS - 1);
    }
    struct svg_finding *finding = g_new0(struct svg_finding, 1);
    finding->rule = rule;
    finding->line = line;
    finding->element = element ? printable(element) : NULL;
    finding->detail = detail ? printable(detail) : NULL;
    g_ptr_array_add(report->findings, finding);
}

void svg_report_take(struct svg_report *report, const struct svg_finding *finding) {
    struct svg_finding *own = g_new(struct svg_finding, 1);
    *own = *finding;
    if (own->element && !*own->element)
        g_clear_pointer(&own->element, g_free);
    if (own->detail && !*own->detail)
        g_clear_pointer(&own->detail, g_free);
    g_ptr_array_add(report->findings, own);
}

void svg_report_add_picture(struct svg_report *report, guint side, GBytes *png) {
    struct svg_picture *picture = g_new0(struct svg_picture, 1);
    picture->side = side;
    picture->png = png;
    g_ptr_array_add(report->pictures, picture);
}

const struct svg_finding *svg_report_find_error(const struct svg_report *report) {
    for (guint i = 0; i < report->findings->len; i++) {
        const struct svg_finding *finding = report->findings->pdata[i];
        if (!svg_rule_is_warning(finding->rule))
            return finding;
    }
    return NULL;
}
