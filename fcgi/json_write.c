/* SPDX-License-Identifier: MIT
 *
 * RFC 8259, compact. */
#include "fcgi/json_write.h"

/* §7: quotation mark, reverse solidus and U+0000 to U+001F; the short forms where there are any. */
static void write_escaped(GString *out, unsigned char c) {
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (const char *s = shorts; *s; s += 2)
        if ((unsigned char)*s == c) {
            g_string_append_c(out, '\\');
            g_string_append_c(out, s[1]);
            return;
        }
    g_string_append_printf(out, "\\u%04X", c);
}

static void write_text(GString *out, const char *text, size_t n) {
    size_t start = 0;
    g_string_append_c(out, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        g_string_append_len(out, text + start, (gssize)(i - start));
        write_escaped(out, c);
        start = i + 1;
    }
    g_string_append_len(out, text + start, (gssize)(n - start));
    g_string_append_c(out, '"');
}

static void write_object(GString *out, json_t *object) {
    char before = '{';
    for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i)) {
        const char *key = json_object_iter_key(i);
        g_string_append_c(out, before);
        write_text(out, key, strlen(key));
        g_string_append_c(out, ':');
        json_write(out, json_object_iter_value(i));
        before = ',';
    }
    g_string_append(out, before == '{' ? "{}" : "}");
}

static void write_array(GString *out, json_t *array) {
    size_t n = json_array_size(array);
    g_string_append_c(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            g_string_append_c(out, ',');
        json_write(out, json_array_get(array, i));
    }
    g_string_append_c(out, ']');
}

void json_write(GString *out, json_t *json) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        write_object(out, json);
        break;
    case JSON_ARRAY:
        write_array(out, json);
        break;
    case JSON_STRING:
        write_text(out, json_string_value(json), json_string_length(json));
        break;
    case JSON_INTEGER:
        g_string_append_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
        break;
    case JSON_REAL: /* finite: Jansson takes no other */
        g_string_append(out, g_ascii_dtostr(number, sizeof number, json_real_value(json)));
        break;
    case JSON_TRUE:
        g_string_append(out, "true");
        break;
    case JSON_FALSE:
        g_string_append(out, "false");
        break;
    case JSON_NULL:
        g_string_append(out, "null");
        break;
    }
}
