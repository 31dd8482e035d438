/* SPDX-License-Identifier: MIT
 *
 * zlib inflates one member into a buffer that grows in steps up to the bound; the bound is reached
 * before the memory is. */
#include "brand/gunzip.h"

#include "base/limits.h"

#define ZLIB_CONST /* next_in is only read */
#include <zlib.h>

enum { STEP = 16 << 10, GZIP_WINDOW = MAX_WBITS + 16 /* gzip only, no zlib header, no raw data */ };

bool gunzip_is_gzip(struct span packed) {
    return packed.n >= 3 && memcmp(packed.p, "\x1f\x8b\x08", 3) == 0;
}

/* Appends what comes out of the stream; at most one octet more than `most`, which tells a member of
 * exactly that size from a longer one. */
static int inflate_all(z_stream *stream, GByteArray *out, size_t most) {
    int status = Z_OK;
    while (status == Z_OK && out->len <= most) {
        guint before = out->len;
        guint room = (guint)MIN((size_t)STEP, most + 1 - before);
        g_byte_array_set_size(out, before + room);
        stream->next_out = out->data + before;
        stream->avail_out = room;
        status = inflate(stream, Z_NO_FLUSH);
        g_byte_array_set_size(out, before + room - stream->avail_out);
    }
    return status;
}

static enum gunzip_fault judge(int status, const z_stream *stream, const GByteArray *out,
                               size_t most) {
    if (out->len > most)
        return GUNZIP_TOO_LARGE;
    if (status != Z_STREAM_END)
        return GUNZIP_CORRUPT;
    if (stream->avail_in)
        return GUNZIP_TRAILING;
    return gunzip_is_gzip(span_make((const char *)out->data, out->len)) ? GUNZIP_NESTED
                                                                        : GUNZIP_FINE;
}

GBytes *gunzip(struct span packed, size_t most, enum gunzip_fault *fault) {
    enum gunzip_fault ignored = GUNZIP_FINE;
    fault = fault ? fault : &ignored;
    *fault = GUNZIP_NOT_GZIP;
    if (!gunzip_is_gzip(packed))
        return NULL;
    most = MIN(most, (size_t)G_MAXINT);
    if (packed.n < most / LIMIT_GUNZIP_RATIO)
        most = packed.n * LIMIT_GUNZIP_RATIO;
    *fault = GUNZIP_TOO_LARGE;
    if (packed.n > G_MAXINT)
        return NULL;
    z_stream stream = {.next_in = (const Bytef *)packed.p, .avail_in = (uInt)packed.n};
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
        g_error("zlib: %s", stream.msg ? stream.msg : "no memory");
    GByteArray *out = g_byte_array_new();
    int status = inflate_all(&stream, out, most);
    *fault = judge(status, &stream, out, most);
    inflateEnd(&stream);
    if (*fault == GUNZIP_FINE)
        return g_byte_array_free_to_bytes(out);
    g_byte_array_free(out, TRUE);
    return NULL;
}

const char *gunzip_fault_name(enum gunzip_fault fault) {
    static const char *const names[] = {[GUNZIP_NOT_GZIP] = "not-gzip",
                                        [GUNZIP_CORRUPT] = "corrupt",
                                        [GUNZIP_TOO_LARGE] = "too-large",
                                        [GUNZIP_TRAILING] = "trailing",
                                        [GUNZIP_NESTED] = "nested"};
    return fault < G_N_ELEMENTS(names) ? names[fault] : NULL;
}
