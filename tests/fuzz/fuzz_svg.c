/* SPDX-License-Identifier: MIT
 *
 * Any octets get a report; what is called valid declares nothing, refers to nothing outside itself
 * and can be drawn; the report survives its way out of the worker. */
#include "base/limits.h"
#include "brand/svg_check.h"
#include "brand/svg_draw.h"
#include "worker/svg_job.h"

#include <stdint.h>
#include <string.h>

enum {
    SIDE = 8,
    DRAWN_SIZE = 1024
}; /* drawing is slow: small pictures are enough to meet librsvg */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_valid(struct span octets) {
    g_autofree char *text = span_dup(octets);
    g_assert(strlen(text) == octets.n && octets.n <= LIMIT_SVG_SIZE);
    g_assert(g_utf8_validate(text, -1, NULL));
    g_assert(strstr(text, "tiny-ps") && strstr(text, "1.2"));
    g_assert(!strstr(text, "<!ENTITY") || strstr(text, "<!--") || strstr(text, "<![CDATA["));
}

static void check_report(const struct svg_report *report) {
    g_assert(report->findings->len <= LIMIT_SVG_FINDINGS);
    g_assert(report->valid == !svg_report_find_error(report));
    for (guint i = 0; i < report->findings->len; i++) {
        const struct svg_finding *finding = report->findings->pdata[i];
        g_autofree char *text = svg_finding_text(finding, i % 2 ? "ja" : "en");
        g_assert(g_utf8_validate(text, -1, NULL));
        g_assert(strlen(text) < 2000);
        g_assert(!finding->element || g_utf8_validate(finding->element, -1, NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span octets = span_make((const char *)data, size);
    OWNED(svg_report) report = svg_check(octets);
    check_report(report);
    if (report->valid) {
        check_valid(octets);
        if (size <= DRAWN_SIZE)
            svg_draw(octets, SIDE, report);
    }
    GBytes *packed = svg_job_pack_reply(report);
    OWNED(svg_report) again = svg_job_unpack_reply(packed);
    g_bytes_unref(packed);
    g_assert(again && again->valid == report->valid);
    g_assert(again->findings->len == report->findings->len);
    g_assert(again->pictures->len == report->pictures->len);
    return 0;
}
