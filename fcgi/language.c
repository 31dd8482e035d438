/* SPDX-License-Identifier: MIT
 *
 * Accept-Language = [ ( language-range [ weight ] ) *( OWS "," OWS ( … ) ) ] */
#include "fcgi/language.h"

#include "base/span.h"

static const char *const ours[] = {"en", "ja"};

/* "ja", "ja-JP", "JA-jp" are "ja"; NULL where the primary subtag is none of ours. */
static const char *range_match(struct span range) {
    struct span primary = span_first(range, span_find(range, '-'));
    for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
        if (span_eq_nocase(primary, span_of(ours[i])))
            return ours[i];
    return NULL;
}

/* weight = OWS ";" OWS "q=" qvalue, in thousandths; 1000 without one, -1 for anything odd. */
static int weight_parse(struct span parameters) {
    parameters = span_trim_wsp(parameters);
    if (!parameters.n)
        return 1000;
    if (!span_starts_nocase(parameters, SPAN_LIT("q=")))
        return -1;
    struct span q = span_from(parameters, 2);
    if (!q.p || !q.n)
        return -1;
    if ((q.p[0] != '0' && q.p[0] != '1') || q.n > 5 || (q.n > 1 && q.p[1] != '.'))
        return -1;
    int value = (q.p[0] - '0') * 1000, unit = 100;
    for (size_t i = 2; i < q.n; i++, unit /= 10) {
        if (!g_ascii_isdigit(q.p[i]))
            return -1;
        value += (q.p[i] - '0') * unit;
    }
    return value > 1000 ? -1 : value;
}

const char *language_choose(const char *asked, const char *accept_language) {
    const char *best = asked ? range_match(span_of(asked)) : NULL;
    if (best)
        return best;
    int best_weight = 0;
    for (struct span rest = span_of(accept_language); rest.n;) {
        size_t end = span_find(rest, ',');
        struct span entry = span_trim_wsp(span_first(rest, end));
        rest = span_from(rest, end + 1);
        size_t semicolon = span_find(entry, ';');
        const char *match = range_match(span_trim_wsp(span_first(entry, semicolon)));
        int weight = weight_parse(span_from(entry, semicolon + 1));
        if (match && weight > best_weight) {
            best = match;
            best_weight = weight;
        }
    }
    return best ? best : "en";
}
