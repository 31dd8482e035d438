/* SPDX-License-Identifier: MIT
 *
 * brand/logotype and base/der: extensions put together octet by octet from the ASN.1 of RFC 9399
 * §4.1, each with one thing wrong; every octet changed, every length cut. */
#include "brand/logotype.h"

#include "base/der.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#define ZLIB_CONST
#include <zlib.h>

static const char svg_text[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.2\" baseProfile=\"tiny-ps\">\r\n"
    "<title>x</title></svg>\n";

#define OID_SHA1 "\x2b\x0e\x03\x02\x1a"
#define OID_MD5 "\x2a\x86\x48\x86\xf7\x0d\x02\x05"
#define OID_SHA256 "\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define OID_SHA384 "\x60\x86\x48\x01\x65\x03\x04\x02\x02"
#define OID_SHA512 "\x60\x86\x48\x01\x65\x03\x04\x02\x03"

/* --- a writer of DER ------------------------------------------------------------------------- */

/* Consumes `content`. */
static GString *element(unsigned tag, GString *content) {
    GString *out = g_string_new(NULL);
    g_string_append_c(out, (char)tag);
    if (content->len >= 0x10000)
        g_string_append_c(out, (char)0x83);
    else if (content->len >= 0x100)
        g_string_append_c(out, (char)0x82);
    else if (content->len >= 0x80)
        g_string_append_c(out, (char)0x81);
    for (int shift = 16; shift >= 0; shift -= 8)
        if (shift == 0 || content->len >= (gsize)1 << shift)
            g_string_append_c(out, (char)(content->len >> shift));
    g_string_append_len(out, content->str, (gssize)content->len);
    g_string_free(content, TRUE);
    return out;
}

static GString *text(const char *octets) {
    return g_string_new(octets);
}

/* `b` behind `a`; consumes both. NULL adds nothing. */
static GString *join(GString *a, GString *b) {
    if (b) {
        g_string_append_len(a, b->str, (gssize)b->len);
        g_string_free(b, TRUE);
    }
    return a;
}

static GString *hash_entry(const char *oid, GChecksumType type, const char *hashed) {
    g_autoptr(GChecksum) sum = g_checksum_new(type);
    g_checksum_update(sum, (const guchar *)hashed, (gssize)strlen(hashed));
    guint8 digest[64];
    gsize n = sizeof digest;
    g_checksum_get_digest(sum, digest, &n);
    GString *algorithm =
        element(DER_SEQUENCE, join(element(DER_OID, text(oid)), element(DER_NULL, text(""))));
    return element(DER_SEQUENCE,
                   join(algorithm, element(DER_OCTET_STRING,
                                           g_string_new_len((const char *)digest, (gssize)n))));
}

static char *data_url(const char *media, const char *content) {
    guchar packed[4096];
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, 0), Z_OK);
    stream.next_in = (const Bytef *)content;
    stream.avail_in = (uInt)strlen(content);
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    g_autofree char *base64 = g_base64_encode(packed, stream.total_out);
    deflateEnd(&stream);
    return g_strdup_printf("data:%s;base64,%s", media, base64);
}

static GString *details(const char *media, GString *hashes, GString *urls) {
    return element(DER_SEQUENCE,
                   join(join(element(DER_IA5_STRING, text(media)), element(DER_SEQUENCE, hashes)),
                        element(DER_SEQUENCE, urls)));
}

static GString *image(const char *media, GString *hashes, GString *urls) {
    return element(DER_SEQUENCE, details(media, hashes, urls));
}

static GString *extension_of(GString *images) {
    GString *direct = element(DER_CONTEXT, element(DER_SEQUENCE, images));
    return element(DER_SEQUENCE, element(DER_CONTEXT + 2, direct));
}

static GString *good_hash(void) {
    return hash_entry(OID_SHA256, G_CHECKSUM_SHA256, svg_text);
}

static GString *good_url(void) {
    g_autofree char *url = data_url("image/svg+xml", svg_text);
    return element(DER_IA5_STRING, text(url));
}

static GString *good_image(void) {
    return image("image/svg+xml", good_hash(), good_url());
}

static struct span span_string(const GString *string) {
    return span_make(string->str, string->len);
}

/* Consumes `extension`. */
static enum logotype_fault parse_fault(GString *extension) {
    struct logotype logotype;
    enum logotype_fault fault = logotype_parse(span_string(extension), &logotype);
    g_string_free(extension, TRUE);
    return fault;
}

/* What an extension with this one URL comes to when it is unpacked; consumes nothing. */
static enum logotype_fault unpack_fault(const char *url) {
    GString *extension =
        extension_of(image("image/svg+xml", good_hash(), element(DER_IA5_STRING, text(url))));
    struct logotype logotype;
    assert_int_equal(logotype_parse(span_string(extension), &logotype), LOGOTYPE_FINE);
    enum logotype_fault fault;
    g_autoptr(GBytes) svg = logotype_unpack(&logotype, &fault);
    assert_int_equal(svg == NULL, fault != LOGOTYPE_FINE);
    g_string_free(extension, TRUE);
    return fault;
}

/* --- tests ----------------------------------------------------------------------------------- */

static void finds_and_unpacks_the_logo(void **state) {
    (void)state;
    static const char *const media[] = {"image/svg+xml", "image/svg+xml+gzip", "Image/SVG+XML"};
    for (size_t i = 0; i < G_N_ELEMENTS(media); i++) {
        g_autofree char *url = data_url(media[i], svg_text);
        GString *extension =
            extension_of(image(media[i], good_hash(), element(DER_IA5_STRING, text(url))));
        struct logotype logotype;
        assert_int_equal(logotype_parse(span_string(extension), &logotype), LOGOTYPE_FINE);
        enum logotype_fault fault;
        g_autoptr(GBytes) svg = logotype_unpack(&logotype, &fault);
        assert_int_equal(fault, LOGOTYPE_FINE);
        assert_int_equal(g_bytes_get_size(svg), sizeof svg_text - 1);
        assert_memory_equal(g_bytes_get_data(svg, NULL), svg_text, sizeof svg_text - 1);
        enum logotype_hash strongest;
        assert_true(logotype_compare(&logotype, span_of(svg_text), &strongest));
        assert_int_equal(strongest, LOGOTYPE_SHA256);
        g_string_free(extension, TRUE);
    }
}

static void logos_of_others_and_image_info_are_passed_over(void **state) {
    (void)state;
    GString *info = element(DER_SEQUENCE, element(DER_INTEGER, text("\x01")));
    GString *with_info =
        element(DER_SEQUENCE, join(details("image/svg+xml", good_hash(), good_url()), info));
    GString *audio = element(DER_CONTEXT + 1, text(""));
    GString *direct = element(DER_CONTEXT, join(element(DER_SEQUENCE, with_info), audio));
    GString *all =
        join(element(DER_CONTEXT + 0, text("anything")), element(DER_CONTEXT + 1, text("at all")));
    all = join(all, element(DER_CONTEXT + 2, direct));
    all = join(all, element(DER_CONTEXT + 3, text("here")));
    assert_int_equal(parse_fault(element(DER_SEQUENCE, all)), LOGOTYPE_FINE);
}

static void no_subject_logo(void **state) {
    (void)state;
    assert_int_equal(parse_fault(element(DER_SEQUENCE, text(""))), LOGOTYPE_NO_SUBJECT);
    GString *issuer =
        element(DER_CONTEXT + 1, element(DER_CONTEXT, element(DER_SEQUENCE, good_image())));
    assert_int_equal(parse_fault(element(DER_SEQUENCE, issuer)), LOGOTYPE_NO_SUBJECT);
    assert_int_equal(parse_fault(extension_of(text(""))), LOGOTYPE_NO_SUBJECT);
}

static void a_logo_elsewhere_is_not_embedded(void **state) {
    (void)state;
    GString *web = element(DER_IA5_STRING, text("https://bank.example/logo.svg"));
    assert_int_equal(parse_fault(extension_of(image("image/svg+xml", good_hash(), web))),
                     LOGOTYPE_NOT_EMBEDDED);
    GString *indirect = element(DER_CONTEXT + 2, element(DER_CONTEXT + 1, text("reference")));
    assert_int_equal(parse_fault(element(DER_SEQUENCE, indirect)), LOGOTYPE_NOT_EMBEDDED);
}

static void several_images_or_addresses(void **state) {
    (void)state;
    assert_int_equal(parse_fault(extension_of(join(good_image(), good_image()))), LOGOTYPE_SEVERAL);
    assert_int_equal(parse_fault(extension_of(
                         image("image/svg+xml", good_hash(), join(good_url(), good_url())))),
                     LOGOTYPE_SEVERAL);
}

static void only_svg(void **state) {
    (void)state;
    assert_int_equal(parse_fault(extension_of(image("image/png", good_hash(), good_url()))),
                     LOGOTYPE_MEDIA_TYPE);
    g_autofree char *png = data_url("image/png", svg_text);
    assert_int_equal(unpack_fault(png), LOGOTYPE_MEDIA_TYPE);
    assert_int_equal(unpack_fault("data:image/svg+xml;charset=utf-8;base64,AAAA"),
                     LOGOTYPE_MEDIA_TYPE);
    assert_int_equal(unpack_fault("data:image/svg+xml,<svg/>"), LOGOTYPE_MEDIA_TYPE);
    assert_int_equal(unpack_fault("data:"), LOGOTYPE_MEDIA_TYPE);
}

static void data_must_be_base64_of_one_gzip_member(void **state) {
    (void)state;
    g_autofree char *good = data_url("image/svg+xml", svg_text);
    assert_int_equal(unpack_fault(good), LOGOTYPE_FINE);
    g_autofree char *cut = g_strndup(good, strlen(good) - 1);
    g_autofree char *space = g_strconcat(cut, " ", NULL);
    g_autofree char *more = g_strconcat(good, "AAAA", NULL);
    g_autofree char *empty = data_url("image/svg+xml", "");
    static const char *const bad[] = {
        "data:image/svg+xml;base64,",
        "data:image/svg+xml;base64,====", "data:image/svg+xml;base64,AA-_",
        "data:image/svg+xml;base64,PHN2Zy8+" /* not packed */};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_int_equal(unpack_fault(bad[i]), LOGOTYPE_DATA);
    assert_int_equal(unpack_fault(cut), LOGOTYPE_DATA);
    assert_int_equal(unpack_fault(space), LOGOTYPE_DATA);
    assert_int_equal(unpack_fault(more), LOGOTYPE_DATA);
    assert_int_equal(unpack_fault(empty), LOGOTYPE_DATA);
}

static void e122_a_bomb_in_a_certificate(void **state) {
    (void)state;
    g_autofree char *spaces = g_strnfill(LIMIT_LOGO_SIZE + 1, ' ');
    g_autofree char *bomb = data_url("image/svg+xml", spaces);
    assert_true(strlen(bomb) < 1000);
    assert_int_equal(unpack_fault(bomb), LOGOTYPE_TOO_LARGE);
}

static bool compare(GString *hashes, enum logotype_hash *strongest) {
    struct logotype logotype = {.hashes = span_string(hashes)};
    bool same = logotype_compare(&logotype, span_of(svg_text), strongest);
    g_string_free(hashes, TRUE);
    return same;
}

static void compares_every_known_hash(void **state) {
    (void)state;
    enum logotype_hash strongest;
    GString *sha1 = hash_entry(OID_SHA1, G_CHECKSUM_SHA1, svg_text);
    assert_true(compare(sha1, &strongest));
    assert_int_equal(strongest, LOGOTYPE_SHA1);
    GString *all = join(good_hash(), hash_entry(OID_SHA384, G_CHECKSUM_SHA384, svg_text));
    all = join(all, hash_entry(OID_SHA512, G_CHECKSUM_SHA512, svg_text));
    all = join(all, hash_entry(OID_MD5, G_CHECKSUM_MD5, "passed over"));
    assert_true(compare(all, &strongest));
    assert_int_equal(strongest, LOGOTYPE_SHA512);
    /* one wrong hash spoils the others */
    assert_false(
        compare(join(good_hash(), hash_entry(OID_SHA1, G_CHECKSUM_SHA1, "other")), &strongest));
    assert_int_equal(strongest, LOGOTYPE_SHA256);
    /* a digest of another algorithm's length is no match */
    assert_false(compare(hash_entry(OID_SHA256, G_CHECKSUM_SHA512, svg_text), &strongest));
}

static void a_hash_nobody_knows_compares_nothing(void **state) {
    (void)state;
    enum logotype_hash strongest;
    assert_false(compare(hash_entry(OID_MD5, G_CHECKSUM_MD5, svg_text), &strongest));
    assert_int_equal(strongest, LOGOTYPE_HASH_UNKNOWN);
    assert_null(logotype_hash_name(strongest));
    assert_string_equal(logotype_hash_name(LOGOTYPE_SHA384), "sha384");
}

static void line_ends_may_have_been_made_lf_before_hashing(void **state) {
    (void)state;
    g_auto(GStrv) lines = g_strsplit(svg_text, "\r\n", -1);
    g_autofree char *lf = g_strjoinv("\n", lines);
    assert_int_equal(strlen(lf) + 1, strlen(svg_text));
    enum logotype_hash strongest;
    assert_true(compare(hash_entry(OID_SHA256, G_CHECKSUM_SHA256, lf), &strongest));
    g_autofree char *cut = g_strndup(lf, strlen(lf) - 1);
    assert_false(compare(hash_entry(OID_SHA256, G_CHECKSUM_SHA256, cut), &strongest));
}

/* Behind the extension, behind its subject's logo, behind the one image. */
static void nothing_stands_behind_what_was_read(void **state) {
    (void)state;
    const char more[] = {DER_NULL, 0};
    GString *behind = extension_of(good_image());
    g_string_append_len(behind, more, sizeof more);
    assert_int_equal(parse_fault(behind), LOGOTYPE_SYNTAX);
    GString *direct = element(DER_CONTEXT, element(DER_SEQUENCE, good_image()));
    GString *info = element(DER_CONTEXT + 2, g_string_append_len(direct, more, sizeof more));
    assert_int_equal(parse_fault(element(DER_SEQUENCE, info)), LOGOTYPE_SYNTAX);
    direct = element(DER_CONTEXT,
                     g_string_append_len(element(DER_SEQUENCE, good_image()), more, sizeof more));
    info = element(DER_CONTEXT + 2, direct);
    assert_int_equal(parse_fault(element(DER_SEQUENCE, info)), LOGOTYPE_SYNTAX);
}

static void every_octet_changed_and_every_length_cut(void **state) {
    (void)state;
    GString *good = extension_of(good_image());
    struct logotype logotype;
    guint parsed = 0;
    for (gsize n = 0; n < good->len; n++) {
        g_autofree char *cut = g_memdup2(good->str, n); /* exact size: a read beyond is seen */
        assert_int_equal(logotype_parse(span_make(cut, n), &logotype), LOGOTYPE_SYNTAX);
    }
    for (gsize at = 0; at < good->len; at++)
        for (guint value = 0; value < 256; value++) {
            g_autofree char *copy = g_memdup2(good->str, good->len);
            copy[at] = (char)value;
            if (logotype_parse(span_make(copy, good->len), &logotype) != LOGOTYPE_FINE)
                continue;
            parsed++;
            enum logotype_fault fault;
            g_autoptr(GBytes) svg = logotype_unpack(&logotype, &fault);
            assert_true(svg || fault);
        }
    assert_in_range(parsed, good->len, good->len * 256);
    g_string_free(good, TRUE);
}

static void der_lengths_are_the_shortest(void **state) {
    (void)state;
    static const struct {
        struct span octets;
        bool sound;
    } cases[] = {{SPAN_LIT("\x30\x00"), true},
                 {SPAN_LIT("\x30\x80\x00\x00"), false},          /* indefinite */
                 {SPAN_LIT("\x30\x81\x01x"), false},             /* long form of 1 */
                 {SPAN_LIT("\x30\x82\x00\x01x"), false},         /* leading zero octet */
                 {SPAN_LIT("\x30\x84\x00\x00\x00\x01x"), false}, /* four octets */
                 {SPAN_LIT("\x30\x84\xff\xff\xff\xff"), false},  /* huge */
                 {SPAN_LIT("\x30\x83\xff\xff\xff"), false},      /* more than there is */
                 {SPAN_LIT("\x30\x02x"), false},
                 {SPAN_LIT("\x31\x00"), false},
                 {SPAN_LIT("\x30"), false},
                 {SPAN_LIT(""), false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct span rest = cases[i].octets, content;
        assert_int_equal(der_take(&rest, DER_SEQUENCE, &content), cases[i].sound);
        assert_int_equal(rest.n, cases[i].sound ? 0 : cases[i].octets.n);
    }
    struct span rest = SPAN_LIT("\x02\x01\x05\x04\x01x"), content;
    assert_true(der_take_optional(&rest, DER_OCTET_STRING, &content) && !content.n);
    assert_true(der_take_optional(&rest, DER_INTEGER, &content) && content.n == 1);
    assert_true(der_take(&rest, DER_OCTET_STRING, &content) && content.p[0] == 'x' && !rest.n);
    rest = SPAN_LIT("\x02\x05x");
    assert_false(der_take_optional(&rest, DER_INTEGER, &content));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_and_unpacks_the_logo),
        cmocka_unit_test(logos_of_others_and_image_info_are_passed_over),
        cmocka_unit_test(no_subject_logo),
        cmocka_unit_test(a_logo_elsewhere_is_not_embedded),
        cmocka_unit_test(several_images_or_addresses),
        cmocka_unit_test(only_svg),
        cmocka_unit_test(data_must_be_base64_of_one_gzip_member),
        cmocka_unit_test(e122_a_bomb_in_a_certificate),
        cmocka_unit_test(compares_every_known_hash),
        cmocka_unit_test(a_hash_nobody_knows_compares_nothing),
        cmocka_unit_test(line_ends_may_have_been_made_lf_before_hashing),
        cmocka_unit_test(nothing_stands_behind_what_was_read),
        cmocka_unit_test(every_octet_changed_and_every_length_cut),
        cmocka_unit_test(der_lengths_are_the_shortest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
