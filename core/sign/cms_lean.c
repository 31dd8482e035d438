/* SPDX-License-Identifier: MIT */
#include "sign/cms_lean.h"

#include "sign/ber.h"

enum { LENGTH_OCTETS = 5 }; /* 0x84 and four more: the longest header is one longer */

/* Identifier and definite length (X.690 §8.1.3). */
static void append_header(GByteArray *to, uint8_t tag, size_t n) {
    uint8_t header[1 + LENGTH_OCTETS] = {tag};
    guint used = 1, more = 0;
    while (n >> 8 * more && more < 4)
        more++;
    if (n < 0x80) {
        header[used++] = (uint8_t)n;
    } else {
        header[used++] = (uint8_t)(0x80 | more);
        while (more--)
            header[used++] = (uint8_t)(n >> 8 * more);
    }
    g_byte_array_append(to, header, used);
}

static size_t header_size(size_t n) {
    return n < 0x80 ? 2 : n <= 0xff ? 3 : n <= 0xffff ? 4 : n <= 0xffffff ? 5 : 6;
}

static bool take(struct span *rest, uint8_t tag, struct ber *element) {
    return ber_next(rest, element) && element->tag == tag;
}

/* CertificateSet ::= SET OF CertificateChoices, of which only certificate is a SEQUENCE. */
static bool read_certificates(struct span set, struct cms_lean *lean) {
    struct ber element;
    while (set.n) {
        if (lean->n_certificates == LIMIT_SMIME_CERTIFICATES || !take(&set, BER_SEQUENCE, &element))
            return false;
        lean->certificates[lean->n_certificates++] = element.whole;
    }
    return lean->n_certificates > 0;
}

static void append(GByteArray *to, struct span octets) {
    g_byte_array_append(to, (const guint8 *)octets.p, (guint)octets.n);
}

static void write_lean(struct cms_lean *lean, struct span type, struct span before,
                       struct span after) {
    size_t data = before.n + after.n, content = header_size(data) + data;
    size_t info = type.n + header_size(content) + content;
    lean->octets = g_byte_array_sized_new((guint)(header_size(info) + info));
    append_header(lean->octets, BER_SEQUENCE, info);
    append(lean->octets, type);
    append_header(lean->octets, BER_CONTEXT_0, content);
    append_header(lean->octets, BER_SEQUENCE, data);
    append(lean->octets, before);
    append(lean->octets, after);
}

/* Lengths that were indefinite become definite in the three elements around; what is inside of them
 * stays octet for octet. */
bool cms_lean_read(struct span octets, struct cms_lean *lean) {
    struct ber info, type, content, data, skipped, certificates;
    *lean = (struct cms_lean){0};
    if (!take(&octets, BER_SEQUENCE, &info) || octets.n || !take(&info.value, BER_OID, &type) ||
        !take(&info.value, BER_CONTEXT_0, &content) || info.value.n ||
        !take(&content.value, BER_SEQUENCE, &data) || content.value.n || data.value.n > G_MAXINT)
        return false;
    struct span rest = data.value;
    if (!take(&rest, BER_INTEGER, &skipped) || !take(&rest, BER_SET, &skipped) ||
        !take(&rest, BER_SEQUENCE, &skipped))
        return false;
    struct span before = span_first(data.value, (size_t)(rest.p - data.value.p));
    if (!take(&rest, BER_CONTEXT_0, &certificates) || !read_certificates(certificates.value, lean))
        return false;
    write_lean(lean, type.whole, before, rest);
    return true;
}

void cms_lean_clear(struct cms_lean *lean) {
    g_clear_pointer(&lean->octets, g_byte_array_unref);
}
