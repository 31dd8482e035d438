/* SPDX-License-Identifier: MIT
 *
 * Request: (ay u): document, side of the smallest picture.
 * Reply: (b a(uuss) a(uay)): valid, findings as (rule, line, element or "", detail or ""),
 * pictures. */
#include "worker/svg_job.h"

#include "worker/variant.h"

#define REQUEST "(ayu)"
#define REPLY "(ba(uuss)a(uay))"

static GVariant *octets_variant(GBytes *octets) {
    return g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, octets, TRUE);
}

GBytes *svg_job_pack_request(GBytes *svg, guint side) {
    return variant_write(g_variant_new("(@ayu)", octets_variant(svg), side));
}

bool svg_job_unpack_request(GBytes *octets, struct svg_request *request) {
    GVariant *value = variant_read(REQUEST, octets);
    if (!value)
        return false;
    GVariant *svg;
    g_variant_get(value, "(@ayu)", &svg, &request->side);
    request->svg = g_variant_get_data_as_bytes(svg);
    g_variant_unref(svg);
    g_variant_unref(value);
    return true;
}

void svg_request_clear(struct svg_request *request) {
    g_clear_pointer(&request->svg, g_bytes_unref);
}

GBytes *svg_job_pack_reply(const struct svg_report *report) {
    GVariantBuilder findings, pictures;
    g_variant_builder_init(&findings, G_VARIANT_TYPE("a(uuss)"));
    for (guint i = 0; i < report->findings->len; i++) {
        const struct svg_finding *finding = report->findings->pdata[i];
        g_variant_builder_add(&findings, "(uuss)", finding->rule, finding->line,
                              finding->element ? finding->element : "",
                              finding->detail ? finding->detail : "");
    }
    g_variant_builder_init(&pictures, G_VARIANT_TYPE("a(uay)"));
    for (guint i = 0; i < report->pictures->len; i++) {
        const struct svg_picture *picture = report->pictures->pdata[i];
        g_variant_builder_add(&pictures, "(u@ay)", picture->side, octets_variant(picture->png));
    }
    return variant_write(g_variant_new(REPLY, report->valid, &findings, &pictures));
}

/* False for a rule that does not exist: what was found may be the child's, rule and sentence are
 * ours. */
static bool unpack_findings(GVariantIter *findings, struct svg_report *report) {
    struct svg_finding read;
    guint rule;
    while (
        g_variant_iter_next(findings, "(uuss)", &rule, &read.line, &read.element, &read.detail)) {
        read.rule = (enum svg_rule)rule;
        svg_report_take(report, &read);
        if (rule == SVG_NO_RULE || rule >= SVG_RULE__MAX)
            return false;
    }
    return true;
}

static void unpack_pictures(GVariantIter *pictures, struct svg_report *report) {
    guint side;
    GVariant *png;
    while (g_variant_iter_next(pictures, "(u@ay)", &side, &png)) {
        svg_report_add_picture(report, side, g_variant_get_data_as_bytes(png));
        g_variant_unref(png);
    }
}

struct svg_report *svg_job_unpack_reply(GBytes *octets) {
    GVariant *value = variant_read(REPLY, octets);
    if (!value)
        return NULL;
    OWNED(svg_report) report = svg_report_new();
    GVariantIter *findings, *pictures;
    gboolean valid;
    g_variant_get(value, REPLY, &valid, &findings, &pictures);
    bool sane = unpack_findings(findings, report);
    unpack_pictures(pictures, report);
    g_variant_iter_free(findings);
    g_variant_iter_free(pictures);
    g_variant_unref(value);
    if (!sane)
        return NULL;
    report->valid = valid && !svg_report_find_error(report);
    return g_steal_pointer(&report);
}

static struct svg_report *refuse(gsize size) {
    struct svg_report *report = svg_report_new();
    g_autofree char *text = g_strdup_printf("%" G_GSIZE_FORMAT, size);
    svg_report_add(report, SVG_TOO_LARGE, 0, NULL, text);
    return report;
}

struct svg_report *svg_job_run(struct workers *workers, GBytes *octets, guint side,
                               GError **error) {
    g_assert(side <= LIMIT_SVG_SIDE);
    if (g_bytes_get_size(octets) > LIMIT_SVG_READ)
        return refuse(g_bytes_get_size(octets));
    GBytes *request = svg_job_pack_request(octets, side);
    GBytes *reply = workers_run(workers, JOB_SVG, request, LIMIT_SVG_MS, error);
    g_bytes_unref(request);
    if (!reply)
        return NULL;
    struct svg_report *report = svg_job_unpack_reply(reply);
    g_bytes_unref(reply);
    if (!report)
        g_set_error_literal(error, WORKERS_ERROR, WORKERS_ERROR_CRASHED,
                            "the worker's answer is not in form");
    return report;
}
