/* SPDX-License-Identifier: MIT
 *
 * zlib inflates into a buffer that grows in steps up to the bound; the bound is reached
 * before the memory is. */
#include "base/inflate.h"

#include "base/limits.h"

#define ZLIB_CONST /* next_in is only read */
#include <zlib.h>

enum {
    STEP = 16 << 10,
    GZIP_WINDOW = MAX_WBITS + 16, /* gzip only, no zlib header, no raw data */
    ZLIB_WINDOW = MAX_WBITS       /* zlib only */
};

bool inflate_is_gzip(struct span packed) {
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

static enum inflate_fault judge(int status, const z_stream *stream, const GByteArray *out,
                                size_t most) {
    if (out->len > most)
        return INFLATE_TOO_LARGE;
    if (status != Z_STREAM_END)
        return INFLATE_CORRUPT;
    if (stream->avail_in)
        return INFLATE_TRAILING;
    return inflate_is_gzip(span_make((const char *)out->data, out->len)) ? INFLATE_NESTED
                                                                         : INFLATE_FINE;
}

/* What was inflated, or NULL and *fault. */
static GBytes *unpack(struct span packed, int window, size_t most, enum inflate_fault *fault) {
    *fault = INFLATE_TOO_LARGE;
    if (packed.n > G_MAXINT)
        return NULL;
    z_stream stream = {.next_in = (const Bytef *)packed.p, .avail_in = (uInt)packed.n};
    if (inflateInit2(&stream, window) != Z_OK)
        g_error("zlib: %s", stream.msg ? stream.msg : "no memory");
    GByteArray *out = g_byte_array_new();
    int status = inflate_all(&stream, out, most);
    *fault = judge(status, &stream, out, most);
    inflateEnd(&stream);
    bool behind = *fault == INFLATE_TRAILING || *fault == INFLATE_NESTED;
    if (*fault == INFLATE_FINE || (window == ZLIB_WINDOW && behind)) {
        *fault = INFLATE_FINE;
        return g_byte_array_free_to_bytes(out);
    }
    g_byte_array_free(out, TRUE);
    return NULL;
}

GBytes *inflate_gzip(struct span packed, size_t most, enum inflate_fault *fault) {
    enum inflate_fault ignored = INFLATE_FINE;
    fault = fault ? fault : &ignored;
    *fault = INFLATE_NOT_GZIP;
    if (!inflate_is_gzip(packed))
        return NULL;
    most = MIN(most, (size_t)G_MAXINT);
    if (packed.n < most / LIMIT_INFLATE_RATIO)
        most = packed.n * LIMIT_INFLATE_RATIO;
    return unpack(packed, GZIP_WINDOW, most, fault);
}

GBytes *inflate_zlib(struct span packed, size_t most, enum inflate_fault *fault) {
    enum inflate_fault ignored = INFLATE_FINE;
    return unpack(packed, ZLIB_WINDOW, MIN(most, (size_t)G_MAXINT), fault ? fault : &ignored);
}

const char *inflate_fault_name(enum inflate_fault fault) {
    static const char *const names[] = {[INFLATE_NOT_GZIP] = "not-gzip",
                                        [INFLATE_CORRUPT] = "corrupt",
                                        [INFLATE_TOO_LARGE] = "too-large",
                                        [INFLATE_TRAILING] = "trailing",
                                        [INFLATE_NESTED] = "nested"};
    return fault < G_N_ELEMENTS(names) ? names[fault] : NULL;
}
