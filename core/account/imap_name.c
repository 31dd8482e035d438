/* SPDX-License-Identifier: MIT
 *
 *   name    = *(%x20-25 / %x27-7e / "&-" / shifted)
 *   shifted = "&" 1*base64 "-"      ; UTF-16BE, "," for "/", no padding, zero bits at the end
 *
 * RFC 3501 §5.1.3: printable ASCII must stand for itself and must not be shifted. */
#include "account/imap_name.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static bool is_direct(unsigned c) {
    return c >= 0x20 && c <= 0x7e && c != '&';
}

/* One UTF-16 unit of a shifted run; *high is a surrogate that waits for its second half. */
static bool append_unit(GString *out, unsigned unit, unsigned *high) {
    if (unit >= 0xdc00 && unit <= 0xdfff) {
        if (!*high)
            return false;
        g_string_append_unichar(out, 0x10000 + ((*high - 0xd800) << 10) + (unit - 0xdc00));
        *high = 0;
        return true;
    }
    if (*high || (unit >= 0x20 && unit <= 0x7e))
        return false;
    if (unit >= 0xd800 && unit <= 0xdbff) {
        *high = unit;
        return true;
    }
    g_string_append_unichar(out, g_unichar_iscntrl(unit) ? 0xfffd : unit);
    return true;
}

/* Behind "&"; *at ends behind "-". */
static bool decode_shifted(GString *out, const char **at) {
    uint32_t bits = 0;
    unsigned count = 0, high = 0;
    const char *p = *at, *digit;
    for (; *p && *p != '-' && (digit = strchr(digits, *p)); p++) {
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count < 16)
            continue;
        count -= 16;
        if (!append_unit(out, bits >> count & 0xffff, &high))
            return false;
        bits &= (1u << count) - 1;
    }
    if (*p != '-' || high || count >= 6 || bits != 0)
        return false;
    *at = p + 1;
    return true;
}

static char *as_it_is(const char *name) {
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    GString *out = g_string_new(NULL);
    for (char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(out, g_unichar_iscntrl(c) ? 0xfffd : c);
    }
    return g_string_free(out, FALSE);
}

char *imap_name_decode(const char *name) {
    g_autoptr(GString) out = g_string_new(NULL);
    for (const char *p = name; *p;) {
        unsigned char c = (unsigned char)*p++;
        bool ok = true;
        if (is_direct(c))
            g_string_append_c(out, (char)c);
        else if (c == '&' && *p == '-' && p++)
            g_string_append_c(out, '&');
        else
            ok = c == '&' && decode_shifted(out, &p);
        if (!ok)
            return as_it_is(name);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

struct shift {
    uint32_t bits;
    unsigned count; /* bits not yet written */
    bool open;
};

static void put_unit(GString *out, struct shift *shift, unsigned unit) {
    if (!shift->open)
        g_string_append_c(out, '&');
    shift->open = true;
    shift->bits = shift->bits << 16 | unit;
    shift->count += 16;
    for (; shift->count >= 6; shift->count -= 6)
        g_string_append_c(out, digits[shift->bits >> (shift->count - 6) & 63]);
}

static void close_shift(GString *out, struct shift *shift) {
    if (!shift->open)
        return;
    if (shift->count > 0)
        g_string_append_c(out, digits[shift->bits << (6 - shift->count) & 63]);
    g_string_append_c(out, '-');
    *shift = (struct shift){0};
}

char *imap_name_encode(const char *name) {
    if (!g_utf8_validate(name, -1, NULL))
        return NULL;
    GString *out = g_string_new(NULL);
    struct shift shift = {0};
    for (const char *p = name; *p; p += g_utf8_skip[(unsigned char)*p]) {
        gunichar c = g_utf8_get_char(p);
        if (c >= 0x20 && c <= 0x7e) {
            close_shift(out, &shift);
            g_string_append(out, c == '&' ? "&-" : (char[]){(char)c, 0});
        } else if (c < 0x10000) {
            put_unit(out, &shift, c);
        } else {
            put_unit(out, &shift, 0xd800 + ((c - 0x10000) >> 10));
            put_unit(out, &shift, 0xdc00 + ((c - 0x10000) & 0x3ff));
        }
    }
    close_shift(out, &shift);
    return g_string_free(out, FALSE);
}
