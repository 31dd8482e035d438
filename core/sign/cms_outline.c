/* SPDX-License-Identifier: MIT */
#include "sign/cms_outline.h"

#include "base/limits.h"
#include "sign/ber.h"

/* Contents octets of the object identifiers (RFC 5652 §14, RFC 5083 §1.2, RFC 3274 §1). */
static const struct {
    struct span oid;
    enum cms_kind kind;
} types[] = {
    {SPAN_LIT("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"), CMS_KIND_SIGNED},
    {SPAN_LIT("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"), CMS_KIND_ENCRYPTED},
    {SPAN_LIT("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06"), CMS_KIND_ENCRYPTED},
    {SPAN_LIT("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"), CMS_KIND_ENCRYPTED},
    {SPAN_LIT("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09"), CMS_KIND_COMPRESSED},
};

static enum cms_kind kind_of(struct span oid) {
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (span_eq(types[i].oid, oid))
            return types[i].kind;
    return CMS_KIND_OTHER;
}

static bool take(struct span *rest, uint8_t tag, struct ber *element) {
    struct span before = *rest;
    if (ber_next(rest, element) && element->tag == tag)
        return true;
    *rest = before;
    *element = (struct ber){0};
    return false;
}

/* Elements of a set; *largest octets at most. */
static guint count(struct span set, size_t *largest) {
    struct ber element;
    guint n = 0;
    for (; ber_next(&set, &element); n++)
        *largest = MAX(*largest, element.whole.n);
    return n;
}

/* SignedData ::= SEQUENCE { version, digestAlgorithms SET, encapContentInfo SEQUENCE,
 * certificates [0] OPTIONAL, crls [1] OPTIONAL, signerInfos SET } */
static bool read_signed(struct span data, struct cms_outline *outline) {
    struct ber element, content = {0}, certificates = {0}, lists = {0}, signers = {0};
    size_t largest = 0, ignored = 0;
    if (!take(&data, BER_INTEGER, &element) || !take(&data, BER_SET, &element) ||
        !take(&data, BER_SEQUENCE, &content))
        return false;
    take(&data, BER_CONTEXT_0, &certificates);
    take(&data, BER_CONTEXT_1, &lists);
    if (!take(&data, BER_SET, &signers))
        return false;
    if (!take(&content.value, BER_OID, &element))
        return false;
    outline->has_content = take(&content.value, BER_CONTEXT_0, &element);
    outline->revocation_infos = lists.value;
    outline->n_certificates = count(certificates.value, &largest);
    outline->n_signers = count(signers.value, &ignored);
    outline->too_large =
        outline->n_certificates > LIMIT_SMIME_CERTIFICATES || largest > LIMIT_SMIME_CERTIFICATE ||
        outline->n_signers > LIMIT_SMIME_SIGNERS ||
        certificates.whole.n + lists.whole.n + signers.whole.n > LIMIT_SMIME_OVERHEAD;
    return true;
}

/* ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT ANY } */
bool cms_outline_read(struct span octets, struct cms_outline *outline) {
    *outline = (struct cms_outline){CMS_KIND_NONE};
    struct ber info, oid, content, data;
    struct span rest = octets;
    if (!ber_is_bounded(octets) || !take(&rest, BER_SEQUENCE, &info) ||
        !take(&info.value, BER_OID, &oid) || !take(&info.value, BER_CONTEXT_0, &content))
        return false;
    outline->kind = kind_of(oid.value);
    if (outline->kind != CMS_KIND_SIGNED)
        return true;
    return take(&content.value, BER_SEQUENCE, &data) && read_signed(data.value, outline);
}
