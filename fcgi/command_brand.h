/* SPDX-License-Identifier: MIT
 *
 * What `inkan brand` can be asked, one function a form. Each reads its own options and answers with
 * a command_status. */
#ifndef INKAN_FCGI_COMMAND_BRAND_H
#define INKAN_FCGI_COMMAND_BRAND_H

#include "brand/svg.h"

/* brand [--json|--explain] --svg FILE: is it SVG Tiny PS, and can it be drawn? JSON { "valid",
 * "findings": [ { "line", "element", "rule", "severity": "error"|"warning", "text" } ] }, or lines
 * for people when on a terminal or asked for. FILE "-" is stdin. */
int command_brand_svg(int argc, char **argv);

/* Appends a line for each finding: how bad, where, what to do. `lang`: "ja", else English. */
void command_brand_findings(GString *out, const struct svg_report *report, const char *lang);

#endif
