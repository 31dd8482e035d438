/* SPDX-License-Identifier: MIT
 *
 * FCGI_Record = version type requestIdB1 requestIdB0 contentLengthB1 contentLengthB0 paddingLength
 *               reserved contentData[contentLength] paddingData[paddingLength]   (§3.3) */
#include "fcgi/framing.h"

#include "base/limits.h"
#include "mail/image_url.h"

#include <stdint.h>

enum { HEADER = 8, VERSION = 1 };
enum type { BEGIN_REQUEST = 1, ABORT_REQUEST = 2, PARAMS = 4, STDIN = 5, GET_VALUES = 9 };

/* One length of a name-value pair (§3.4): 1 octet up to 127, else 4 with the high bit set. */
static bool take_length(struct span *s, size_t *length) {
    if (!s->n)
        return false;
    unsigned char first = (unsigned char)s->p[0];
    size_t size = first & 0x80 ? 4 : 1;
    if (s->n < size)
        return false;
    *length = first & 0x7f;
    for (size_t i = 1; i < size; i++)
        *length = *length << 8 | (unsigned char)s->p[i];
    *s = span_from(*s, size);
    return true;
}

static bool is_outside(struct span name, struct span value) {
    return span_eq(name, SPAN_LIT("REQUEST_URI")) &&
           span_eq(span_first(value, strlen(IMAGE_URL_PREFIX)), SPAN_LIT(IMAGE_URL_PREFIX));
}

/* The joined PARAMS stream: pairs that fit, and nothing else. */
static bool pairs_sound(struct span s, bool *outside) {
    while (s.n) {
        size_t name, value;
        if (!take_length(&s, &name) || !take_length(&s, &value) || name > s.n || value > s.n - name)
            return false;
        *outside =
            *outside || is_outside(span_first(s, name), span_first(span_from(s, name), value));
        s = span_from(s, name + value);
    }
    return true;
}

struct scan {
    unsigned request; /* id of the request begun; 0: none yet */
    bool params_done, outside;
    GString *params;
};

/* One whole record. FRAMING_PART: go on. */
static enum framing scan_record(struct scan *scan, unsigned type, unsigned request,
                                struct span content) {
    if (type == GET_VALUES && request == 0)
        return FRAMING_PART;
    if (type == BEGIN_REQUEST) {
        if (scan->request || !request || content.n != 8)
            return FRAMING_BAD;
        scan->request = request;
        return FRAMING_PART;
    }
    if (!scan->request || request != scan->request)
        return FRAMING_BAD; /* we never multiplex, and said so to nobody who asked */
    if (type == ABORT_REQUEST)
        return FRAMING_BAD; /* nobody waits for it any more: closing is the answer */
    if (type == PARAMS && !scan->params_done) {
        if (scan->params->len + content.n > LIMIT_FCGI_PARAMS)
            return FRAMING_BAD;
        g_string_append_len(scan->params, content.p, (gssize)content.n);
        scan->params_done = content.n == 0;
        struct span pairs = span_make(scan->params->str, scan->params->len);
        if (scan->params_done && !pairs_sound(pairs, &scan->outside))
            return FRAMING_BAD;
        return FRAMING_PART;
    }
    if (type == STDIN && scan->params_done)
        return content.n == 0 ? FRAMING_WHOLE : FRAMING_PART;
    return FRAMING_BAD;
}

static enum framing scan_records(struct scan *scan, struct span octets) {
    while (octets.n >= HEADER) {
        const unsigned char *h = (const unsigned char *)octets.p;
        size_t content = (size_t)h[4] << 8 | h[5], whole = HEADER + content + h[6];
        if (h[0] != VERSION)
            return FRAMING_BAD;
        if (octets.n < whole)
            break;
        enum framing state = scan_record(scan, h[1], (unsigned)h[2] << 8 | h[3],
                                         span_first(span_from(octets, HEADER), content));
        if (state != FRAMING_PART)
            return state;
        octets = span_from(octets, whole);
    }
    if (octets.n && (unsigned char)octets.p[0] != VERSION)
        return FRAMING_BAD;
    return scan->params_done ? FRAMING_BODY : FRAMING_PART;
}

enum framing framing_scan(struct span octets, bool *outside) {
    g_autoptr(GString) params = g_string_new(NULL);
    struct scan scan = {.params = params};
    enum framing state = scan_records(&scan, octets);
    if (outside)
        *outside = scan.outside;
    return state;
}
