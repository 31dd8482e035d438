/* SPDX-License-Identifier: MIT
 *
 *     LogotypeExtn    ::= SEQUENCE { communityLogos [0] EXPLICIT … OPTIONAL,
 *                                    issuerLogo     [1] EXPLICIT LogotypeInfo OPTIONAL,
 *                                    subjectLogo    [2] EXPLICIT LogotypeInfo OPTIONAL,
 *                                    otherLogos     [3] EXPLICIT … OPTIONAL }
 *     LogotypeInfo    ::= CHOICE { direct [0] LogotypeData, indirect [1] LogotypeReference }
 *     LogotypeData    ::= SEQUENCE { image SEQUENCE OF LogotypeImage OPTIONAL, audio [1] … OPTIONAL
 * } LogotypeImage   ::= SEQUENCE { imageDetails LogotypeDetails, imageInfo SEQUENCE OPTIONAL }
 *     LogotypeDetails ::= SEQUENCE { mediaType    IA5String,
 *                                    logotypeHash SEQUENCE SIZE (1..MAX) OF HashAlgAndValue,
 *                                    logotypeURI  SEQUENCE SIZE (1..MAX) OF IA5String }
 *     HashAlgAndValue ::= SEQUENCE { hashAlg AlgorithmIdentifier, hashValue OCTET STRING }
 *
 * The module of RFC 9399 has IMPLICIT TAGS: direct and audio replace the tag of their SEQUENCE. */
#include "brand/logotype.h"

#include "base/der.h"
#include "base/limits.h"
#include "base/inflate.h"

/* HashAlgAndValue off the front of *list. */
static bool take_hash(struct span *list, struct span *oid, struct span *value) {
    struct span pair, algorithm, parameters;
    return der_take(list, DER_SEQUENCE, &pair) && der_take(&pair, DER_SEQUENCE, &algorithm) &&
           der_take(&algorithm, DER_OID, oid) &&
           der_take_optional(&algorithm, DER_NULL, &parameters) && !parameters.n && !algorithm.n &&
           der_take(&pair, DER_OCTET_STRING, value) && !pair.n;
}

static bool are_hashes(struct span list) {
    struct span oid, value;
    bool sound = list.n > 0;
    while (sound && list.n)
        sound = take_hash(&list, &oid, &value);
    return sound;
}

static bool is_svg_type(struct span media_type) {
    return span_eq_nocase(media_type, SPAN_LIT("image/svg+xml")) ||
           span_eq_nocase(media_type, SPAN_LIT("image/svg+xml+gzip"));
}

/* LogotypeDetails. */
static enum logotype_fault parse_details(struct span details, struct logotype *logotype) {
    struct span urls;
    if (!der_take(&details, DER_IA5_STRING, &logotype->media_type) ||
        !der_take(&details, DER_SEQUENCE, &logotype->hashes) || !are_hashes(logotype->hashes) ||
        !der_take(&details, DER_SEQUENCE, &urls) || details.n ||
        !der_take(&urls, DER_IA5_STRING, &logotype->url))
        return LOGOTYPE_SYNTAX;
    if (urls.n)
        return LOGOTYPE_SEVERAL;
    if (!is_svg_type(logotype->media_type))
        return LOGOTYPE_MEDIA_TYPE;
    return span_starts_nocase(logotype->url, SPAN_LIT("data:")) ? LOGOTYPE_FINE
                                                                : LOGOTYPE_NOT_EMBEDDED;
}

/* LogotypeInfo. */
static enum logotype_fault parse_subject(struct span info, struct logotype *logotype) {
    struct span data, images, image, audio, details, image_info;
    if (der_take(&info, DER_CONTEXT + 1, &data) && !info.n)
        return LOGOTYPE_NOT_EMBEDDED;
    if (!der_take(&info, DER_CONTEXT, &data) || info.n ||
        !der_take_optional(&data, DER_SEQUENCE, &images) ||
        !der_take_optional(&data, DER_CONTEXT + 1, &audio) || data.n)
        return LOGOTYPE_SYNTAX;
    if (!images.n)
        return LOGOTYPE_NO_SUBJECT;
    if (!der_take(&images, DER_SEQUENCE, &image) || !der_take(&image, DER_SEQUENCE, &details) ||
        !der_take_optional(&image, DER_SEQUENCE, &image_info) || image.n)
        return LOGOTYPE_SYNTAX;
    return images.n ? LOGOTYPE_SEVERAL : parse_details(details, logotype);
}

enum logotype_fault logotype_parse(struct span der, struct logotype *logotype) {
    struct span extension, skipped, subject;
    *logotype = (struct logotype){SPAN_NULL, SPAN_NULL, SPAN_NULL};
    if (!der_take(&der, DER_SEQUENCE, &extension) || der.n ||
        !der_take_optional(&extension, DER_CONTEXT + 0, &skipped) ||
        !der_take_optional(&extension, DER_CONTEXT + 1, &skipped) ||
        !der_take_optional(&extension, DER_CONTEXT + 2, &subject) ||
        !der_take_optional(&extension, DER_CONTEXT + 3, &skipped) || extension.n)
        return LOGOTYPE_SYNTAX;
    return subject.n ? parse_subject(subject, logotype) : LOGOTYPE_NO_SUBJECT;
}

/* RFC 4648 §4, exactly: no white space, no missing padding. */
static bool is_base64(struct span text) {
    if (!text.n || text.n % 4)
        return false;
    size_t n = text.n;
    for (int pad = 0; pad < 2 && text.p[n - 1] == '='; pad++)
        n--;
    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isalnum(text.p[i]) && text.p[i] != '+' && text.p[i] != '/')
            return false;
    return true;
}

/* dataurl := "data:" mediatype ";base64," data    -- RFC 2397 §3 */
static enum logotype_fault split_url(struct span url, struct span *data) {
    struct span rest = span_from(url, strlen("data:"));
    size_t comma = span_find(rest, ',');
    static const char *const heads[] = {"image/svg+xml;base64", "image/svg+xml+gzip;base64"};
    bool is_svg = false;
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        is_svg = is_svg || span_eq_nocase(span_first(rest, comma), span_of(heads[i]));
    *data = span_from(rest, comma + 1);
    if (!is_svg)
        return LOGOTYPE_MEDIA_TYPE;
    return is_base64(*data) ? LOGOTYPE_FINE : LOGOTYPE_DATA;
}

GBytes *logotype_unpack(const struct logotype *logotype, enum logotype_fault *fault) {
    struct span data;
    *fault = logotype->url.p ? split_url(logotype->url, &data) : LOGOTYPE_NOT_EMBEDDED;
    if (*fault)
        return NULL;
    g_autofree char *text = span_dup(data);
    gsize n;
    g_autofree guchar *packed = g_base64_decode(text, &n);
    enum inflate_fault why;
    GBytes *svg = inflate_gzip(span_make((const char *)packed, n), LIMIT_LOGO_SIZE, &why);
    if (svg && g_bytes_get_size(svg))
        return svg;
    g_clear_pointer(&svg, g_bytes_unref);
    *fault = why == INFLATE_TOO_LARGE ? LOGOTYPE_TOO_LARGE : LOGOTYPE_DATA;
    return NULL;
}

struct algorithm {
    const char *name;
    GChecksumType type;
    struct span oid;
};

static const struct algorithm algorithms[LOGOTYPE_HASH__MAX] = {
    [LOGOTYPE_SHA1] = {"sha1", G_CHECKSUM_SHA1, {"\x2b\x0e\x03\x02\x1a", 5}},
    [LOGOTYPE_SHA256] = {"sha256", G_CHECKSUM_SHA256, {"\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9}},
    [LOGOTYPE_SHA384] = {"sha384", G_CHECKSUM_SHA384, {"\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9}},
    [LOGOTYPE_SHA512] = {"sha512", G_CHECKSUM_SHA512, {"\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9}}};

static enum logotype_hash find_algorithm(struct span oid) {
    for (enum logotype_hash hash = LOGOTYPE_SHA1; hash < LOGOTYPE_HASH__MAX; hash++)
        if (span_eq(oid, algorithms[hash].oid))
            return hash;
    return LOGOTYPE_HASH_UNKNOWN;
}

/* CRLF and CR become LF. */
static GString *with_lf(struct span svg) {
    GString *out = g_string_sized_new(svg.n);
    for (size_t i = 0; i < svg.n; i++)
        if (svg.p[i] != '\r')
            g_string_append_c(out, svg.p[i]);
        else if (i + 1 == svg.n || svg.p[i + 1] != '\n')
            g_string_append_c(out, '\n');
    return out;
}

struct digest {
    guint8 octets[64];
    gsize n; /* 0: not made yet */
};

static bool is_digest(struct digest *digest, GChecksumType type, struct span text,
                      struct span value) {
    if (!digest->n) {
        g_autoptr(GChecksum) sum = g_checksum_new(type);
        g_checksum_update(sum, (const guchar *)text.p, (gssize)text.n);
        digest->n = sizeof digest->octets;
        g_checksum_get_digest(sum, digest->octets, &digest->n);
    }
    return span_eq(value, span_make((const char *)digest->octets, digest->n));
}

/* Each digest is made once, however long the list is. */
bool logotype_compare(const struct logotype *logotype, struct span svg,
                      enum logotype_hash *strongest) {
    struct digest plain[LOGOTYPE_HASH__MAX] = {0}, lines[LOGOTYPE_HASH__MAX] = {0};
    GString *lf = with_lf(svg);
    struct span list = logotype->hashes, oid, value, lf_text = span_make(lf->str, lf->len);
    bool same = true;
    *strongest = LOGOTYPE_HASH_UNKNOWN;
    while (list.n && take_hash(&list, &oid, &value)) {
        enum logotype_hash hash = find_algorithm(oid);
        if (hash == LOGOTYPE_HASH_UNKNOWN)
            continue;
        *strongest = MAX(*strongest, hash);
        same = same && (is_digest(&plain[hash], algorithms[hash].type, svg, value) ||
                        is_digest(&lines[hash], algorithms[hash].type, lf_text, value));
    }
    g_string_free(lf, TRUE);
    return same && *strongest != LOGOTYPE_HASH_UNKNOWN;
}

const char *logotype_hash_name(enum logotype_hash hash) {
    return hash < LOGOTYPE_HASH__MAX ? algorithms[hash].name : NULL;
}
