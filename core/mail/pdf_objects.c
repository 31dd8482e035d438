/* SPDX-License-Identifier: MIT */
#include "mail/pdf_objects.h"

#include "base/inflate.h"
#include "base/limits.h"

struct object {
    uint64_t number;
    struct span octets;
    size_t at;
};

struct pdf_objects {
    struct span file;
    GArray *all;         /* struct object */
    GPtrArray *unpacked; /* GBytes that packed objects lie in */
    size_t left;         /* of LIMIT_PDF_INFLATED */
};

struct pdf_objects *pdf_objects_new(struct span file) {
    struct pdf_objects *objects = g_new0(struct pdf_objects, 1);
    objects->file = file;
    objects->all = g_array_new(FALSE, FALSE, sizeof(struct object));
    objects->unpacked = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    objects->left = LIMIT_PDF_INFLATED;
    return objects;
}

void pdf_objects_free(struct pdf_objects *objects) {
    g_array_free(objects->all, TRUE);
    g_ptr_array_free(objects->unpacked, TRUE);
    g_free(objects);
}

static bool add(struct pdf_objects *objects, const struct object *object) {
    if (objects->all->len == LIMIT_PDF_OBJECTS)
        return false;
    g_array_append_vals(objects->all, object, 1);
    return true;
}

bool pdf_objects_add(struct pdf_objects *objects, uint64_t number, size_t at) {
    return add(objects, &(struct object){number, objects->file, at});
}

size_t pdf_objects_count(const struct pdf_objects *objects) {
    return objects->all->len;
}

struct pdf_lexer pdf_objects_at(const struct pdf_objects *objects, size_t i) {
    const struct object *object = &g_array_index(objects->all, struct object, i);
    return (struct pdf_lexer){.octets = object->octets, .at = object->at};
}

bool pdf_objects_is(const struct pdf_objects *objects, size_t i, uint64_t number) {
    return g_array_index(objects->all, struct object, i).number == number;
}

bool pdf_objects_ends_in(const struct pdf_objects *objects, size_t i, uint64_t number) {
    const struct object *object = &g_array_index(objects->all, struct object, i);
    uint64_t power = 10;
    while (power <= number)
        power *= 10;
    return object->octets.p == objects->file.p && object->number % power == number;
}

/* What §7.5.7 says of an object stream. A key that is not there is zero or false. */
struct sheet {
    uint64_t n, first;
    bool typed, packed;
    unsigned seen; /* a bit for each key of `keys` */
};

enum key { KEY_TYPE, KEY_N, KEY_FIRST, KEY_LENGTH, KEY_FILTER, KEY_EXTENDS, KEY__MAX };
static const char *const keys[KEY__MAX] = {"Type", "N", "First", "Length", "Filter", "Extends"};

static bool read_name(struct pdf_lexer *lexer, const char *name) {
    return pdf_lex_next(lexer) == PDF_NAME && !lexer->odd && strcmp(lexer->name, name) == 0;
}

static bool read_integer(struct pdf_lexer *lexer, uint64_t *integer) {
    bool read = pdf_lex_next(lexer) == PDF_INTEGER;
    *integer = lexer->integer;
    return read;
}

/* /FlateDecode | "[" /FlateDecode "]" */
static bool read_filter(struct pdf_lexer *lexer) {
    struct pdf_lexer ahead = *lexer;
    if (pdf_lex_next(&ahead) != PDF_OPEN_ARRAY)
        return read_name(lexer, "FlateDecode");
    *lexer = ahead;
    return read_name(lexer, "FlateDecode") && pdf_lex_next(lexer) == PDF_CLOSE_ARRAY;
}

static bool read_entry(struct pdf_lexer *lexer, enum key key, struct sheet *sheet) {
    switch (key) {
    case KEY_TYPE:
        return sheet->typed = read_name(lexer, "ObjStm");
    case KEY_N:
        return read_integer(lexer, &sheet->n);
    case KEY_FIRST:
        return read_integer(lexer, &sheet->first);
    case KEY_FILTER:
        return sheet->packed = read_filter(lexer);
    case KEY_LENGTH:
    case KEY_EXTENDS:
        return pdf_lex_value(lexer, NULL, NULL);
    case KEY__MAX:
        break;
    }
    return false;
}

static enum key key_of(const struct pdf_lexer *lexer) {
    enum key key = KEY_TYPE;
    while (key < KEY__MAX && (lexer->odd || strcmp(lexer->name, keys[key]) != 0))
        key++;
    return key;
}

/* These keys, once each, in values that need no other object: there is nothing to disagree about.
 */
static bool read_sheet(struct span dictionary, struct sheet *sheet) {
    struct pdf_lexer lexer = {.octets = dictionary};
    enum pdf_token token = PDF_BROKEN;
    if (pdf_lex_next(&lexer) != PDF_OPEN_DICTIONARY)
        return false;
    while ((token = pdf_lex_next(&lexer)) == PDF_NAME) {
        enum key key = key_of(&lexer);
        if (key == KEY__MAX || sheet->seen & 1u << key || !read_entry(&lexer, key, sheet))
            return false;
        sheet->seen |= 1u << key;
    }
    return token == PDF_CLOSE_DICTIONARY && sheet->typed && sheet->seen & 1u << KEY_N &&
           sheet->seen & 1u << KEY_FIRST;
}

/* §7.3.8.1: CR LF or LF behind "stream". False: other readers may start elsewhere. */
static bool skip_line_end(struct span *data) {
    size_t n = data->n > 1 && data->p[0] == '\r' ? 1 : 0;
    if (n >= data->n || data->p[n] != '\n')
        return false;
    *data = span_from(*data, n + 1);
    return true;
}

/* The octets of a stream, kept as long as the objects are; false and *fault: not to be had. */
static bool keep_octets(struct pdf_objects *objects, struct span data, bool packed,
                        struct span *octets, enum pdf_active *fault) {
    enum inflate_fault why = INFLATE_FINE;
    GBytes *bytes = NULL;
    if (objects->unpacked->len < LIMIT_PDF_STREAMS && packed)
        bytes = inflate_zlib(data, objects->left, &why);
    else if (objects->unpacked->len < LIMIT_PDF_STREAMS && data.n <= objects->left)
        bytes = g_bytes_new(data.p, data.n);
    if (!bytes) {
        *fault = why == INFLATE_CORRUPT ? PDF_ACTIVE_DAMAGED : PDF_ACTIVE_TOO_LARGE;
        return false;
    }
    gsize n;
    const char *start = g_bytes_get_data(bytes, &n);
    g_ptr_array_add(objects->unpacked, bytes);
    objects->left -= n;
    *octets = span_make(start, n);
    return true;
}

/* N pairs of numbers before First: object and place, places ascending. An object ends where the
 * next one starts. */
static bool add_packed(struct pdf_objects *objects, const struct sheet *sheet, struct span octets,
                       enum pdf_active *fault) {
    struct pdf_lexer lexer = {.octets = span_first(octets, (size_t)sheet->first)};
    struct object object = {.octets = octets}, *last = NULL;
    *fault = PDF_ACTIVE_DAMAGED;
    if (sheet->first > octets.n)
        return false;
    for (uint64_t i = 0, place; i < sheet->n; i++) {
        if (!read_integer(&lexer, &object.number) || !read_integer(&lexer, &place) ||
            place > octets.n - sheet->first || (last && sheet->first + place < last->at))
            return false;
        object.at = (size_t)(sheet->first + place);
        if (last)
            last->octets.n = object.at;
        if (!add(objects, &object)) {
            *fault = PDF_ACTIVE_TOO_LARGE;
            return false;
        }
        last = &g_array_index(objects->all, struct object, objects->all->len - 1);
    }
    return pdf_lex_next(&lexer) == PDF_END;
}

bool pdf_objects_unpack(struct pdf_objects *objects, struct span dictionary, struct span data,
                        enum pdf_active *fault) {
    struct sheet sheet = {0};
    *fault = PDF_ACTIVE_UNUSUAL;
    if (!read_sheet(dictionary, &sheet))
        return false;
    *fault = PDF_ACTIVE_DAMAGED;
    struct span octets;
    return skip_line_end(&data) && keep_octets(objects, data, sheet.packed, &octets, fault) &&
           add_packed(objects, &sheet, octets, fault);
}
