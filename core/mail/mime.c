/* SPDX-License-Identifier: MIT
 *
 * What the header of a part says (RFC 2045, 2183), and the tree as a whole. Where parts begin and
 * end is mime_scan. */
#include "mail/mime.h"

#include "base/limits.h"
#include "mail/mime_field.h"
#include "mail/mime_name.h"
#include "mail/mime_scan.h"

/* The first field of that name; a second one is flagged (attacks H162). */
static const struct field *first_field(const struct message *header, const char *name,
                                       uint32_t *flags) {
    int at = message_find(header, name, 0);
    if (at < 0)
        return NULL;
    if (message_find(header, name, (guint)at + 1) >= 0)
        *flags |= MIME_DUPLICATE_FIELD;
    return &header->fields[at];
}

/* RFC 2045 §5.2, RFC 2046 §5.1.5 */
static const char *default_type(const struct mime_part *part) {
    bool digest = part->parent && strcmp(part->parent->type, "multipart/digest") == 0;
    return digest ? "message/rfc822" : "text/plain";
}

/* mechanism := "7bit" / "8bit" / "binary" / "quoted-printable" / "base64" / … (RFC 2045 §6.1);
 * comments are allowed, uuencode is what older mail programs wrote. */
static enum mime_encoding read_encoding(const struct field *field, uint32_t *flags) {
    static const struct {
        const char *name;
        enum mime_encoding encoding;
    } known[] = {{"7bit", MIME_IDENTITY},
                 {"8bit", MIME_IDENTITY},
                 {"binary", MIME_IDENTITY},
                 {"base64", MIME_BASE64},
                 {"quoted-printable", MIME_QUOTED_PRINTABLE},
                 {"x-uuencode", MIME_UUENCODE},
                 {"uuencode", MIME_UUENCODE},
                 {"x-uue", MIME_UUENCODE}};
    if (!field)
        return MIME_IDENTITY;
    struct mime_field parsed;
    mime_field_parse(field->value, false, &parsed);
    enum mime_encoding encoding = MIME_OTHER;
    for (size_t i = 0; parsed.value && i < G_N_ELEMENTS(known); i++)
        if (strcmp(parsed.value, known[i].name) == 0)
            encoding = known[i].encoding;
    mime_field_clear(&parsed);
    if (encoding == MIME_OTHER)
        *flags |= MIME_BAD_ENCODING;
    return encoding;
}

static enum mime_kind kind_of(const struct mime_part *part) {
    if (g_str_has_prefix(part->type, "multipart/"))
        return MIME_MULTIPART;
    /* RFC 2046 §5.2.1, RFC 6532 §3.7; encoded ones stay closed: RFC 2046 forbids them */
    if (part->encoding == MIME_IDENTITY &&
        (strcmp(part->type, "message/rfc822") == 0 || strcmp(part->type, "message/global") == 0))
        return MIME_MESSAGE;
    return MIME_LEAF;
}

/* Content-ID: "<" addr-spec-like ">" (RFC 2045 §7); what cid: URLs name (RFC 2392). */
static char *read_id(const struct field *field) {
    if (!field)
        return NULL;
    struct span id = span_trim_fws(field->value);
    size_t open = span_find(id, '<'), close = span_find(id, '>');
    if (open < close && close < id.n)
        id = span_make(id.p + open + 1, close - open - 1);
    return id.n && id.n < LIMIT_LINK_URL ? g_utf8_make_valid(id.p, (gssize)id.n) : NULL;
}

/* filename= of Content-Disposition before name= of Content-Type (RFC 2183 §2.3). */
static void read_name(struct mime_part *part, const struct mime_field *type,
                      const struct mime_field *disposition) {
    const char *name = mime_field_find(type, "name");
    const char *filename = mime_field_find(disposition, "filename");
    if (name && filename && strcmp(name, filename) != 0)
        part->flags |= MIME_DUPLICATE_PARAMETER;
    if (!filename)
        filename = name;
    bool changed = false;
    part->name = filename ? mime_name_safe(filename, &changed) : NULL;
    if (changed)
        part->flags |= MIME_UNSAFE_NAME;
}

/* RFC 2183 §2.8: an unknown disposition is an attachment. */
static void read_disposition(struct mime_part *part, const struct field *field,
                             struct mime_field *parsed) {
    mime_field_parse(field ? field->value : SPAN_NULL, false, parsed);
    if (!field)
        return;
    part->flags |= parsed->flags;
    if (parsed->value)
        part->disposition = strcmp(parsed->value, "inline") == 0 ? MIME_INLINE : MIME_ATTACHMENT;
}

/* boundary := 0*69<bchars> bcharsnospace (RFC 2046 §5.1.1): what comes longer or with other octets
 * still works if a line can hold it. */
static GString *usable_boundary(struct mime_field *type, uint32_t *flags) {
    GString *boundary = g_steal_pointer(&type->boundary);
    if (!boundary)
        return NULL;
    while (boundary->len && strchr(" \t", boundary->str[boundary->len - 1])) {
        g_string_truncate(boundary, boundary->len - 1);
        *flags |= MIME_BAD_FIELD;
    }
    if (boundary->len == 0 || boundary->len > LIMIT_BOUNDARY ||
        memchr(boundary->str, '\0', boundary->len)) {
        g_string_free(boundary, TRUE);
        return NULL;
    }
    return boundary;
}

static void read_type(struct mime_part *part, const struct field *field,
                      struct mime_field *parsed) {
    mime_field_parse(field ? field->value : SPAN_NULL, true, parsed);
    if (field)
        part->flags |= parsed->flags;
    part->type = parsed->value ? g_steal_pointer(&parsed->value) : g_strdup(default_type(part));
    part->parameters = g_steal_pointer(&parsed->parameters);
    part->n_parameters = parsed->n_parameters;
}

static GString *describe(struct mime_part *part, const struct message *header) {
    struct mime_field type, disposition;
    for (guint i = 0; i < header->n_fields; i++)
        if (header->fields[i].flags & (FIELD_NO_COLON | FIELD_BAD_NAME | FIELD_WSP_NAME))
            part->flags |= MIME_BAD_HEADER;
    read_type(part, first_field(header, "Content-Type", &part->flags), &type);
    read_disposition(part, first_field(header, "Content-Disposition", &part->flags), &disposition);
    part->encoding =
        read_encoding(first_field(header, "Content-Transfer-Encoding", &part->flags), &part->flags);
    part->id = read_id(first_field(header, "Content-ID", &part->flags));
    type.parameters = part->parameters;
    read_name(part, &type, &disposition);
    part->kind = kind_of(part);
    GString *boundary = usable_boundary(&type, &part->flags);
    type.parameters = NULL;
    type.n_parameters = 0;
    mime_field_clear(&type);
    mime_field_clear(&disposition);
    return boundary;
}

static void collect_flags(struct mime *mime, const struct mime_part *part) {
    mime->flags |= part->flags;
    for (guint i = 0; part->children && i < part->children->len; i++)
        collect_flags(mime, part->children->pdata[i]);
}

struct mime *mime_parse(const struct message *message) {
    struct mime *mime = g_new0(struct mime, 1);
    mime_scan(mime, message, describe);
    collect_flags(mime, mime->root);
    return mime;
}

static void part_free(struct mime_part *part) {
    for (guint i = 0; part->children && i < part->children->len; i++)
        part_free(part->children->pdata[i]);
    if (part->children)
        g_ptr_array_unref(part->children);
    for (guint i = 0; i < part->n_parameters; i++) {
        g_free(part->parameters[i].name);
        g_free(part->parameters[i].value);
    }
    g_free(part->parameters);
    g_free(part->number);
    g_free(part->type);
    g_free(part->name);
    g_free(part->id);
    g_free(part);
}

void mime_free(struct mime *mime) {
    if (!mime)
        return;
    part_free(mime->root);
    g_free(mime);
}

static const struct mime_part *find_below(const struct mime_part *part, const char *number) {
    if (strcmp(part->number, number) == 0)
        return part;
    for (guint i = 0; part->children && i < part->children->len; i++) {
        const struct mime_part *found = find_below(part->children->pdata[i], number);
        if (found)
            return found;
    }
    return NULL;
}

const struct mime_part *mime_find(const struct mime *mime, const char *number) {
    return *number ? find_below(mime->root, number) : NULL;
}

const char *mime_parameter_find(const struct mime_part *part, const char *name) {
    for (guint i = 0; i < part->n_parameters; i++)
        if (strcmp(part->parameters[i].name, name) == 0)
            return part->parameters[i].value;
    return NULL;
}

bool mime_is(const struct mime_part *part, const char *type) {
    return strcmp(part->type, type) == 0;
}
