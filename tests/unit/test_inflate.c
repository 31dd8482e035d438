/* SPDX-License-Identifier: MIT
 *
 * base/inflate: what zlib's own compressor packs comes back; everything that is not exactly one
 * sound member within the bounds is refused for its own reason (attacks E122);
 * zlib data ends where it says so. */
#include "base/inflate.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#define ZLIB_CONST
#include <zlib.h>

enum { MOST = 4096 };

/* One gzip member; `level` 0 stores without packing. */
static GByteArray *packed_of(const void *data, size_t n, int level) {
    GByteArray *out = g_byte_array_new();
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, 0), Z_OK);
    g_byte_array_set_size(out, (guint)deflateBound(&stream, n));
    stream.next_in = (const Bytef *)data;
    stream.avail_in = (uInt)n;
    stream.next_out = out->data;
    stream.avail_out = out->len;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    g_byte_array_set_size(out, out->len - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

static struct span span_array(const GByteArray *array) {
    return span_make((const char *)array->data, array->len);
}

static enum inflate_fault fault_of(struct span packed, size_t most) {
    enum inflate_fault fault;
    GBytes *out = inflate_gzip(packed, most, &fault);
    assert_int_equal(out == NULL, fault != INFLATE_FINE);
    if (out)
        g_bytes_unref(out);
    return fault;
}

static void returns_what_was_packed(void **state) {
    (void)state;
    g_autofree char *noise = g_malloc(100000);
    GRand *rand = g_rand_new_with_seed(5);
    for (size_t i = 0; i < 100000; i++)
        noise[i] = (char)g_rand_int_range(rand, 0, 255);
    g_rand_free(rand);
    static const size_t sizes[] = {0, 1, 2, 1000, 16383, 16384, 16385, 65536, 100000};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GByteArray) packed = packed_of(noise, sizes[i], 9);
        enum inflate_fault fault;
        g_autoptr(GBytes) out = inflate_gzip(span_array(packed), 100000, &fault);
        assert_int_equal(fault, INFLATE_FINE);
        assert_int_equal(g_bytes_get_size(out), sizes[i]);
        if (sizes[i])
            assert_memory_equal(g_bytes_get_data(out, NULL), noise, sizes[i]);
    }
}

static void refuses_one_octet_too_many(void **state) {
    (void)state;
    g_autofree char *text = g_strnfill(MOST + 1, 'x');
    g_autoptr(GByteArray) fits = packed_of(text, MOST, 0);
    g_autoptr(GByteArray) too_large = packed_of(text, MOST + 1, 0);
    assert_int_equal(fault_of(span_array(fits), MOST), INFLATE_FINE);
    assert_int_equal(fault_of(span_array(too_large), MOST), INFLATE_TOO_LARGE);
    assert_int_equal(fault_of(span_array(fits), 0), INFLATE_TOO_LARGE);
}

static void e122_bomb_is_refused_by_its_ratio(void **state) {
    (void)state;
    g_autofree char *spaces = g_strnfill(10 << 20, ' ');
    g_autoptr(GByteArray) bomb = packed_of(spaces, 10 << 20, 9);
    assert_true(bomb->len * 500 < 10 << 20);
    assert_int_equal(fault_of(span_array(bomb), 16 << 20), INFLATE_TOO_LARGE);
    assert_int_equal(fault_of(span_array(bomb), LIMIT_LOGO_SIZE), INFLATE_TOO_LARGE);
    /* just within the ratio is no bomb */
    g_autoptr(GByteArray) small = packed_of(spaces, 2000, 9);
    assert_true(small->len * LIMIT_INFLATE_RATIO >= 2000);
    assert_int_equal(fault_of(span_array(small), 16 << 20), INFLATE_FINE);
}

static void e122_second_member_and_trailing_data(void **state) {
    (void)state;
    g_autoptr(GByteArray) member = packed_of("<svg/>", 6, 9);
    g_autoptr(GByteArray) two = g_byte_array_new();
    g_byte_array_append(two, member->data, member->len);
    g_byte_array_append(two, member->data, member->len);
    assert_int_equal(fault_of(span_array(two), MOST), INFLATE_TRAILING);
    assert_int_equal(fault_of(span_first(span_array(two), member->len + 1), MOST),
                     INFLATE_TRAILING);
    assert_int_equal(fault_of(span_first(span_array(two), member->len), MOST), INFLATE_FINE);
}

static void e122_gzip_within_gzip(void **state) {
    (void)state;
    g_autoptr(GByteArray) inner = packed_of("<svg/>", 6, 9);
    g_autoptr(GByteArray) outer = packed_of(inner->data, inner->len, 9);
    assert_int_equal(fault_of(span_array(outer), MOST), INFLATE_NESTED);
}

static void every_cut_and_flip_is_noticed(void **state) {
    (void)state;
    static const char text[] =
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0h9\"/></svg>";
    g_autoptr(GByteArray) packed = packed_of(text, sizeof text - 1, 9);
    for (guint n = 0; n < packed->len; n++)
        assert_int_equal(fault_of(span_first(span_array(packed), n), MOST),
                         n < 3 ? INFLATE_NOT_GZIP : INFLATE_CORRUPT);
    /* behind the header (time and system say nothing about the data) the check sum sees every bit,
     * but for those that fill up the last octet of the deflate data and mean nothing */
    guint unnoticed = 0;
    for (guint at = 10; at < packed->len; at++)
        for (guint bit = 0; bit < 8; bit++) {
            packed->data[at] ^= (guint8)(1u << bit);
            g_autoptr(GBytes) out = inflate_gzip(span_array(packed), MOST, NULL);
            if (out) {
                unnoticed++;
                assert_int_equal(g_bytes_get_size(out), sizeof text - 1);
                assert_memory_equal(g_bytes_get_data(out, NULL), text, sizeof text - 1);
            }
            packed->data[at] ^= (guint8)(1u << bit);
        }
    assert_in_range(unnoticed, 0, 7);
}

static void what_is_no_gzip(void **state) {
    (void)state;
    assert_int_equal(fault_of(SPAN_NULL, MOST), INFLATE_NOT_GZIP);
    assert_int_equal(fault_of(SPAN_LIT("<svg/>"), MOST), INFLATE_NOT_GZIP);
    assert_int_equal(fault_of(SPAN_LIT("\x78\x9c\x03\x00\x00\x00\x00\x01"), MOST),
                     INFLATE_NOT_GZIP);
    assert_false(inflate_is_gzip(SPAN_LIT("\x1f\x8b")));
    assert_true(inflate_is_gzip(SPAN_LIT("\x1f\x8b\x08")));
    assert_null(inflate_fault_name(INFLATE_FINE));
    assert_string_equal(inflate_fault_name(INFLATE_NESTED), "nested");
}

static void zlib_data_ends_where_it_says(void **state) {
    (void)state;
    static const char packed[] = "\x78\x9c\x4b\x4c\x4a\x06\x00\x02\x4d\x01\x27\r\n";
    enum inflate_fault fault;
    for (size_t n = 0; n < sizeof packed; n++) {
        g_autoptr(GBytes) out = inflate_zlib(span_make(packed, n), 3, &fault);
        assert_int_equal(fault, n < 11 ? INFLATE_CORRUPT : INFLATE_FINE);
        assert_int_equal(out != NULL, n >= 11);
        if (out)
            assert_memory_equal(g_bytes_get_data(out, NULL), "abc", 3);
    }
    assert_null(inflate_zlib(span_make(packed, 11), 2, &fault));
    assert_int_equal(fault, INFLATE_TOO_LARGE);
    assert_null(inflate_zlib(SPAN_LIT("\x1f\x8b\x08\x00"), 2, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(returns_what_was_packed),
                                       cmocka_unit_test(refuses_one_octet_too_many),
                                       cmocka_unit_test(e122_bomb_is_refused_by_its_ratio),
                                       cmocka_unit_test(e122_second_member_and_trailing_data),
                                       cmocka_unit_test(e122_gzip_within_gzip),
                                       cmocka_unit_test(every_cut_and_flip_is_noticed),
                                       cmocka_unit_test(what_is_no_gzip),
                                       cmocka_unit_test(zlib_data_ends_where_it_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
