/* SPDX-License-Identifier: MIT */
#include "brand/svg_draw.h"

#include "base/limits.h"

#include <cairo.h>
#include <librsvg/rsvg.h>

#define LARGEST 4 /* times the smallest */

static bool has_text(const struct svg_report *report) {
    for (guint i = 0; i < report->findings->len; i++)
        if (((const struct svg_finding *)report->findings->pdata[i])->rule == SVG_TEXT)
            return true;
    return false;
}

static cairo_status_t append(void *data, const unsigned char *octets, unsigned int n) {
    g_byte_array_append(data, octets, n);
    return CAIRO_STATUS_SUCCESS;
}

/* All pixels are the same: nothing can be told from it. */
static bool is_plain(cairo_surface_t *surface, guint side) {
    cairo_surface_flush(surface);
    const unsigned char *row = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    const unsigned char *first = row;
    for (guint y = 0; y < side; y++, row += stride)
        for (guint x = 0; x < side; x++)
            if (memcmp(row + (size_t)x * 4, first, 4) != 0)
                return false;
    return true;
}

static void add_picture(cairo_surface_t *surface, guint side, struct svg_report *report) {
    GByteArray *png = g_byte_array_new();
    cairo_status_t status = cairo_surface_write_to_png_stream(surface, append, png);
    GBytes *octets = g_byte_array_free_to_bytes(png);
    if (status == CAIRO_STATUS_SUCCESS) {
        svg_report_add_picture(report, side, octets);
        return;
    }
    g_bytes_unref(octets);
    svg_report_add(report, SVG_NOT_DRAWN, 0, NULL, cairo_status_to_string(status));
}

static void draw_one(RsvgHandle *handle, guint side, struct svg_report *report) {
    g_autoptr(GError) error = NULL;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)side, (int)side);
    cairo_t *cairo = cairo_create(surface);
    const RsvgRectangle all = {0, 0, side, side};
    bool drawn = rsvg_handle_render_document(handle, cairo, &all, &error) &&
                 cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
    if (!drawn)
        svg_report_add(report, SVG_NOT_DRAWN, 0, NULL, error ? error->message : "cairo");
    else if (report->pictures->len == 0 && is_plain(surface, side))
        svg_report_add(report, SVG_ONE_COLOUR, 0, NULL, NULL);
    if (drawn)
        add_picture(surface, side, report);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

/* No base URI: librsvg then has nowhere to load anything from. */
static RsvgHandle *load(struct span octets, GError **error) {
    g_autoptr(GInputStream) stream =
        g_memory_input_stream_new_from_data(octets.p, (gssize)octets.n, NULL);
    return rsvg_handle_new_from_stream_sync(stream, NULL, RSVG_HANDLE_FLAGS_NONE, NULL, error);
}

void svg_draw(struct span octets, guint side, struct svg_report *report) {
    if (!report->valid || has_text(report))
        return;
    g_autoptr(GError) error = NULL;
    RsvgHandle *handle = load(octets, &error);
    if (!handle) {
        svg_report_add(report, SVG_NOT_DRAWN, 0, NULL, error->message);
        return;
    }
    for (guint times = 1; times <= LARGEST; times++)
        draw_one(handle, MIN(side, LIMIT_SVG_SIDE) * times, report);
    g_object_unref(handle);
}
