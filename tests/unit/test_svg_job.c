/* SPDX-License-Identifier: MIT
 *
 * worker/svg_job: the real inkan-worker beside this build checks and draws; a picture that is too
 * much for it costs that picture and nothing else (attacks E120, N252). */
#include "worker/svg_job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cairo.h>
#include <cmocka.h>
#include <string.h>

#define SVG(view, content)                                                                         \
    "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.2\" baseProfile=\"tiny-ps\" " view      \
    "><title>t</title><desc>d</desc>" content "</svg>"
#define SQUARE "viewBox='0 0 64 64'"

static struct workers *workers;

static int start(void **state) {
    (void)state;
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self);
    g_autofree char *program = g_build_filename(folder, "..", "..", "inkan-worker", NULL);
    workers = workers_new(program, 1);
    return 0;
}

static int stop(void **state) {
    (void)state;
    workers_free(workers);
    return 0;
}

static struct svg_report *run(const char *text, guint side, GError **error) {
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    return svg_job_run(workers, octets, side, error);
}

static bool has(const struct svg_report *report, enum svg_rule rule) {
    for (guint i = 0; i < report->findings->len; i++)
        if (((const struct svg_finding *)report->findings->pdata[i])->rule == rule)
            return true;
    return false;
}

struct reading {
    const unsigned char *at;
    gsize left;
};

static cairo_status_t read_some(void *data, unsigned char *to, unsigned int n) {
    struct reading *reading = data;
    if (n > reading->left)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(to, reading->at, n);
    reading->at += n;
    reading->left -= n;
    return CAIRO_STATUS_SUCCESS;
}

/* 0xAARRGGBB at a point given in 64ths of the picture. */
static uint32_t pixel(const struct svg_picture *picture, guint x, guint y) {
    gsize n;
    const unsigned char *octets = g_bytes_get_data(picture->png, &n);
    struct reading reading = {octets, n};
    cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(read_some, &reading);
    assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(surface), picture->side);
    assert_int_equal(cairo_image_surface_get_height(surface), picture->side);
    uint32_t value;
    const unsigned char *row =
        cairo_image_surface_get_data(surface) +
        (size_t)(y * picture->side / 64) * (size_t)cairo_image_surface_get_stride(surface);
    memcpy(&value, row + (size_t)(x * picture->side / 64) * 4, sizeof value);
    cairo_surface_destroy(surface);
    return value;
}

static struct svg_report *assert_drawn(const char *text) {
    g_autoptr(GError) error = NULL;
    struct svg_report *report = run(text, 32, &error);
    if (!report)
        print_error("%s\n", error->message);
    assert_non_null(report);
    assert_true(report->valid);
    assert_int_equal(report->pictures->len, 4);
    return report;
}

static void four_sizes_of_one_picture(void **state) {
    (void)state;
    OWNED(svg_report)
    report = assert_drawn(SVG(SQUARE, "<circle cx='32' cy='32' r='16' fill='#0066cc'/>"));
    for (guint i = 0; i < 4; i++) {
        const struct svg_picture *picture = report->pictures->pdata[i];
        assert_int_equal(picture->side, 32 * (i + 1));
        assert_int_equal(pixel(picture, 32, 32), 0xff0066cc);
        assert_int_equal(pixel(picture, 2, 2), 0);
    }
    assert_int_equal(report->findings->len, 0);
}

static void gradients_uses_and_strokes_are_drawn(void **state) {
    (void)state;
    OWNED(svg_report)
    report = assert_drawn(
        SVG("xmlns:xlink='http://www.w3.org/1999/xlink' " SQUARE,
            "<defs><linearGradient id='a'><stop offset='0' stop-color='#f00'/>"
            "<stop offset='1' stop-color='#f00'/></linearGradient><rect id='b' width='32' "
            "height='64' fill='url(#a)'/></defs><use xlink:href='#b'/><use xlink:href='#b' x='32' "
            "fill-opacity='0.5'/><path d='M0 60h64' stroke='#00f' stroke-width='8' "
            "stroke-dasharray='4 4' fill='none'/>"));
    const struct svg_picture *picture = report->pictures->pdata[3];
    assert_int_equal(pixel(picture, 16, 16), 0xffff0000);
    assert_int_equal(pixel(picture, 2, 60), 0xff0000ff);
}

/* preserveAspectRatio is xMidYMid meet: a wide picture stands in the middle. */
static void what_is_not_square_is_centred(void **state) {
    (void)state;
    OWNED(svg_report)
    report = assert_drawn(SVG("viewBox='0 0 64 32'", "<rect width='64' height='32' fill='#0f0'/>"));
    const struct svg_picture *picture = report->pictures->pdata[0];
    assert_int_equal(pixel(picture, 32, 32), 0xff00ff00);
    assert_int_equal(pixel(picture, 32, 4), 0);
    assert_true(has(report, SVG_NOT_SQUARE));
}

/* Its size is its own affair: we draw as large as we want. */
static void huge_dimensions_cost_nothing(void **state) {
    (void)state;
    OWNED(svg_report)
    large = assert_drawn(SVG("width='1000000000' height='1e30' viewBox='0 0 64 64'",
                             "<rect width='32' height='64'/>"));
    assert_int_equal(pixel(large->pictures->pdata[0], 8, 32), 0xff000000);
    OWNED(svg_report) tiny = assert_drawn(SVG("viewBox='0 0 1e-30 1e-30'", "<rect width='1'/>"));
    OWNED(svg_report)
    vast = assert_drawn(SVG("viewBox='0 0 1e30 1e30'", "<rect width='1e38' height='1e38'/>"));
    assert_int_equal(workers_counts(workers).crashed, 0);
}

/* Numbers at the end of what a double holds, and dashes without end. */
static void extreme_numbers_cost_nothing(void **state) {
    (void)state;
    static const char *const extremes[] = {
        "<path d='M0 0H1000000' stroke='red' stroke-dasharray='0.001'/>",
        "<rect width='64' height='64' stroke='red' stroke-width='1e38' stroke-dasharray='1e-30'/>",
        "<path d='M0 0C1e30 1e30 -1e30 1e30 1 1' stroke='red' stroke-width='1e10'/>",
        "<path d='M0 0A1e-30 1e30 0 1 1 1e30 1'/>",
        "<rect width='1e400' height='NaN' rx='1e30'/>",
        "<g transform='scale(1e300) rotate(1e300) skewX(90)'><circle r='1e300' stroke='red'/></g>",
        "<defs><linearGradient id='a' x1='1e-300' x2='1e300'><stop "
        "offset='1e300'/></linearGradient>"
        "</defs><rect width='64' height='64' fill='url(#a)'/>"};
    for (size_t i = 0; i < G_N_ELEMENTS(extremes); i++) {
        g_autofree char *text = g_strdup_printf(SVG(SQUARE, "%s"), extremes[i]);
        OWNED(svg_report) report = assert_drawn(text);
    }
    assert_int_equal(workers_counts(workers).crashed, 0);
    assert_int_equal(workers_counts(workers).late, 0);
}

/* Without a viewBox the size in pixels says what the picture is. */
static void a_picture_without_view_box(void **state) {
    (void)state;
    OWNED(svg_report)
    report = assert_drawn(
        SVG("width='64' height='64'", "<circle cx='32' cy='32' r='16' fill='#0066cc'/>"));
    assert_int_equal(pixel(report->pictures->pdata[0], 32, 32), 0xff0066cc);
    assert_int_equal(pixel(report->pictures->pdata[3], 32, 32), 0xff0066cc);
    assert_int_equal(pixel(report->pictures->pdata[0], 2, 2), 0);
}

static void nothing_is_drawn_of_what_is_not_valid(void **state) {
    (void)state;
    OWNED(svg_report) report = run(SVG(SQUARE, "<script/>"), 32, NULL);
    assert_non_null(report);
    assert_false(report->valid);
    assert_int_equal(report->pictures->len, 0);
    assert_string_equal(svg_rule_code(svg_report_find_error(report)->rule), "element");
    OWNED(svg_report) doctype = run("<!DOCTYPE svg>" SVG(SQUARE, ""), 32, NULL);
    assert_int_equal(svg_report_find_error(doctype)->rule, SVG_DOCTYPE);
}

static void side_zero_only_checks(void **state) {
    (void)state;
    OWNED(svg_report) report = run(SVG(SQUARE, "<rect width='9' height='9'/>"), 0, NULL);
    assert_true(report->valid);
    assert_int_equal(report->pictures->len, 0);
}

/* Fonts are files, and the child has none: a logo without its letters would be another logo. */
static void text_is_never_half_drawn(void **state) {
    (void)state;
    OWNED(svg_report)
    report =
        run(SVG(SQUARE, "<rect width='9' height='9'/><text x='9' y='9'>Example</text>"), 32, NULL);
    assert_true(report->valid);
    assert_true(has(report, SVG_TEXT));
    assert_int_equal(report->pictures->len, 0);
    /* even a blank makes the renderer look for a font */
    OWNED(svg_report)
    blank = run(SVG(SQUARE, "<rect width='9' height='9'/><text> </text>"), 32, NULL);
    assert_int_equal(blank->pictures->len, 0);
    assert_int_equal(workers_counts(workers).crashed, 0);
}

static void an_empty_picture_is_said_to_be_one(void **state) {
    (void)state;
    OWNED(svg_report) nothing = assert_drawn(SVG(SQUARE, "<g/>"));
    assert_true(has(nothing, SVG_ONE_COLOUR));
    OWNED(svg_report)
    sheet = assert_drawn(SVG(SQUARE, "<rect width='64' height='64' fill='#123'/>"));
    assert_true(has(sheet, SVG_ONE_COLOUR));
}

static void what_is_far_too_large_needs_no_child(void **state) {
    (void)state;
    guint jobs = workers_counts(workers).jobs;
    g_autofree char *text = g_strnfill(LIMIT_SVG_READ + 1, ' ');
    OWNED(svg_report) report = run(text, 32, NULL);
    assert_int_equal(svg_report_find_error(report)->rule, SVG_TOO_LARGE);
    assert_int_equal(workers_counts(workers).jobs, jobs);
}

/* Within every cap of the check, and yet minutes of work: one long path, used as often as is
 * allowed. The child is killed; the next picture is drawn by another. */
static void e120_a_picture_that_takes_too_long_costs_itself(void **state) {
    (void)state;
    g_autoptr(GString) path = g_string_new(NULL);
    for (int i = 0; i < 2000; i++)
        g_string_append(path, "l9 7-8 1");
    g_autoptr(GString) uses = g_string_new(NULL);
    for (int i = 0; i < 60; i++)
        g_string_append(uses, "<use href='#b'/>");
    g_autofree char *bomb =
        g_strdup_printf(SVG(SQUARE, "<path id='a' stroke='red' stroke-width='30' "
                                    "stroke-linejoin='round' d='M0 0%s'/><g id='b'>%s</g>%s"),
                        path->str,
                        "<use href='#a'/><use href='#a'/><use href='#a'/><use href='#a'/>"
                        "<use href='#a'/><use href='#a'/><use href='#a'/><use href='#a'/>",
                        uses->str);
    assert_true(strlen(bomb) < LIMIT_SVG_SIZE);
    OWNED(svg_report) checked = run(bomb, 0, NULL);
    assert_true(checked->valid);
    struct workers_counts before = workers_counts(workers);
    g_autoptr(GError) error = NULL;
    assert_null(run(bomb, LIMIT_SVG_SIDE, &error));
    assert_true(g_error_matches(error, WORKERS_ERROR, WORKERS_ERROR_LATE));
    assert_int_equal(workers_counts(workers).late, before.late + 1);
    OWNED(svg_report) next = assert_drawn(SVG(SQUARE, "<rect width='9' height='9'/>"));
    assert_int_equal(workers_counts(workers).spawned, before.spawned + 1);
}

static void octets_out_of_form_are_refused(void **state) {
    (void)state;
    g_autoptr(GBytes) garbage = g_bytes_new("\1\2\3\377\377", 5);
    struct svg_request request;
    assert_false(svg_job_unpack_request(garbage, &request));
    assert_null(svg_job_unpack_reply(garbage));
    g_autoptr(GBytes) asked = svg_job_pack_request(garbage, 40);
    assert_true(svg_job_unpack_request(asked, &request));
    assert_int_equal(request.side, 40);
    assert_true(g_bytes_equal(request.svg, garbage));
    svg_request_clear(&request);
    OWNED(svg_report) report = svg_report_new();
    svg_report_add(report, SVG_TEXT, 3, "text", NULL);
    svg_report_add(report, SVG_TARGET, 4, NULL, "a name");
    report->valid = true;
    g_autoptr(GBytes) packed = svg_job_pack_reply(report);
    OWNED(svg_report) again = svg_job_unpack_reply(packed);
    assert_true(again->valid);
    const struct svg_finding *finding = again->findings->pdata[0];
    assert_int_equal(finding->line, 3);
    assert_string_equal(finding->element, "text");
    assert_null(finding->detail);
    const struct svg_finding *other = again->findings->pdata[1];
    assert_null(other->element);
    assert_string_equal(other->detail, "a name");
    /* a child that calls a document with an error valid is not believed */
    svg_report_add(report, SVG_XML, 0, NULL, "x");
    g_autoptr(GBytes) lie = svg_job_pack_reply(report);
    OWNED(svg_report) judged = svg_job_unpack_reply(lie);
    assert_false(judged->valid);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_sizes_of_one_picture),
        cmocka_unit_test(gradients_uses_and_strokes_are_drawn),
        cmocka_unit_test(what_is_not_square_is_centred),
        cmocka_unit_test(huge_dimensions_cost_nothing),
        cmocka_unit_test(extreme_numbers_cost_nothing),
        cmocka_unit_test(a_picture_without_view_box),
        cmocka_unit_test(nothing_is_drawn_of_what_is_not_valid),
        cmocka_unit_test(side_zero_only_checks),
        cmocka_unit_test(text_is_never_half_drawn),
        cmocka_unit_test(an_empty_picture_is_said_to_be_one),
        cmocka_unit_test(what_is_far_too_large_needs_no_child),
        cmocka_unit_test(e120_a_picture_that_takes_too_long_costs_itself),
        cmocka_unit_test(octets_out_of_form_are_refused),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
