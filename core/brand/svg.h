/* SPDX-License-Identifier: MIT
 *
 * What was found in a brand's picture: is it SVG Tiny Portable/Secure
 * (draft-svg-tiny-ps-abrotman-12), and if not, where and why, in words that the brand's owner can
 * act on. Filled by brand/svg_check and brand/svg_draw inside the sandboxed worker; asked for
 * through worker/svg_job. Fetching, unpacking of gzip and certificates are others' work. */
#ifndef INKAN_BRAND_SVG_H
#define INKAN_BRAND_SVG_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>

/* One row a rule: svg_rules.def. Zero is no rule. */
enum svg_rule {
    SVG_NO_RULE,
#define SVG_RULE(name, code, warning, en, ja) SVG_##name,
#include "brand/svg_rules.def"
#undef SVG_RULE
    SVG_RULE__MAX
};

/* The stable code of a rule ("external-reference"), for JSON. */
const char *svg_rule_code(enum svg_rule rule);
/* A warning leaves the document valid: some receivers want more than the profile does. */
bool svg_rule_is_warning(enum svg_rule rule);
/* The sentence as it stands in the table, `{}` and all; `lang` as in svg_finding_text. */
const char *svg_rule_text(enum svg_rule rule, const char *lang);

struct svg_finding {
    enum svg_rule rule;
    guint line;    /* from 1; 0: the document as a whole */
    char *element; /* its name, or NULL */
    char *detail;  /* what was found there, for the rule's sentence; valid UTF-8, or NULL */
};

/* A drawn copy, `side` × `side` pixels, transparent where nothing is drawn. */
struct svg_picture {
    guint side;
    GBytes *png;
};

/* `valid`: the document was read to its end, and nothing but warnings was found. `pictures` holds
 * what was asked for; it is empty if the document is not valid, or holds what cannot be drawn
 * faithfully (SVG_TEXT). */
struct svg_report {
    bool valid;
    GPtrArray *findings; /* of struct svg_finding, at most LIMIT_SVG_FINDINGS */
    GPtrArray *pictures; /* of struct svg_picture, by side */
};

struct svg_report *svg_report_new(void);
void svg_report_free(struct svg_report *report);

/* Adds a finding. `detail` is what `{}` of the rule's sentence stands for (may be NULL if it has
 * none), made printable and cut to LIMIT_SVG_DETAIL octets, and so is `element`. Beyond
 * LIMIT_SVG_FINDINGS nothing is added, but for the first error, which takes the place of the last
 * warning: what makes a document invalid is never left out. */
void svg_report_add(struct svg_report *report, enum svg_rule rule, guint line, const char *element,
                    const char *detail);
/* Adds a finding as it stands; takes its strings. An `element` or `detail` of "" is none. */
void svg_report_take(struct svg_report *report, const struct svg_finding *finding);
/* Adds a picture; takes `png`. */
void svg_report_add_picture(struct svg_report *report, guint side, GBytes *png);

/* What the finding says to the brand's owner, one sentence, in the language "ja" or, for any other
 * word, in English. The caller frees. */
char *svg_finding_text(const struct svg_finding *finding, const char *lang);

/* The first finding that is no warning, or NULL: why the document is not valid. */
const struct svg_finding *svg_report_find_error(const struct svg_report *report);

DEFINE_OWNED(svg_report, svg_report_free)

#endif
