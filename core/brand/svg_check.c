/* SPDX-License-Identifier: MIT */
#include "brand/svg_check.h"

#include "base/limits.h"
#include "brand/svg_scan.h"
#include "brand/svg_schema.h"
#include "brand/svg_use.h"
#include "brand/svg_walk.h"

#include <libxml/parser.h>

/* No network, nothing printed, no substitution of entities (XML_PARSE_NOENT is not set), and of the
 * limits of libxml2 none lifted (no XML_PARSE_HUGE). */
#define OPTIONS (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES)

static void report_syntax(xmlParserCtxt *parser, struct svg_report *report) {
    const xmlError *error = xmlCtxtGetLastError(parser);
    g_autofree char *text = g_strdup(error && error->message ? error->message : "");
    svg_report_add(report, SVG_XML, error && error->line > 0 ? (guint)error->line : 0, NULL,
                   g_strstrip(text));
}

/* NULL and a finding unless well-formed, names and namespaces included. */
static xmlDoc *parse(struct span octets, struct svg_report *report) {
    xmlParserCtxt *parser = xmlNewParserCtxt();
    g_assert(parser);
    xmlDoc *document = xmlCtxtReadMemory(parser, octets.p, (int)octets.n, NULL, "UTF-8", OPTIONS);
    bool good = document && parser->wellFormed && parser->nsWellFormed;
    if (!good)
        report_syntax(parser, report);
    /* The scan has refused every declaration; should one have come through, it stops here. */
    if (good && (document->intSubset || document->extSubset)) {
        svg_report_add(report, SVG_DOCTYPE, 0, NULL, NULL);
        good = false;
    }
    xmlFreeParserCtxt(parser);
    if (good)
        return document;
    xmlFreeDoc(document);
    return NULL;
}

static void check_document(xmlDoc *document, struct svg_report *report) {
    OWNED(svg_schema) schema = svg_schema_new();
    if (!svg_walk(document, schema, report))
        return;
    svg_use_check(document, report);
    bool follows = svg_schema_check(schema, document, report);
    report->valid = follows && !svg_report_find_error(report);
}

struct svg_report *svg_check(struct span octets) {
    struct svg_report *report = svg_report_new();
    if (!svg_scan(octets, report))
        return report;
    xmlDoc *document = parse(octets, report);
    if (!document)
        return report;
    check_document(document, report);
    xmlFreeDoc(document);
    return report;
}
