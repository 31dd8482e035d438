/* SPDX-License-Identifier: MIT */
#include "mail/image_type.h"

#include <glib.h>

/* ISO/IEC 14496-12 §4.3: size, "ftyp", major brand, minor version, compatible brands. AVIF §6.2
 * names the brands of still pictures and of sequences. */
static bool is_avif(struct span octets) {
    return octets.n > 16 && memcmp(octets.p + 4, "ftyp", 4) == 0 &&
           (memcmp(octets.p + 8, "avif", 4) == 0 || memcmp(octets.p + 8, "avis", 4) == 0);
}

const char *image_type(struct span octets) {
    static const struct {
        struct span magic;
        const char *type;
    } known[] = {{{"\x89PNG\r\n\x1a\n", 8}, "image/png"},
                 {{"\xff\xd8\xff", 3}, "image/jpeg"},
                 {{"GIF87a", 6}, "image/gif"},
                 {{"GIF89a", 6}, "image/gif"}};
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (span_eq(span_first(octets, known[i].magic.n), known[i].magic))
            return known[i].type;
    if (octets.n > 12 && memcmp(octets.p, "RIFF", 4) == 0 && memcmp(octets.p + 8, "WEBP", 4) == 0)
        return "image/webp";
    return is_avif(octets) ? "image/avif" : NULL;
}
