/* SPDX-License-Identifier: MIT */
#include "mail/mime_scan.h"

#include "base/limits.h"

/* A multipart whose delimiters are looked for. */
struct frame {
    struct mime_part *part;
    GString *boundary;
    struct span key;      /* the same octets, as the table sees them */
    struct frame *shadow; /* an outer frame with the same boundary */
    guint at;             /* place on the stack */
    bool closed;
};

struct scan {
    struct mime *mime;
    mime_scan_describe describe;
    const struct message *message;
    GPtrArray *frames;      /* of struct frame, outermost first */
    GHashTable *boundaries; /* struct span → innermost frame of that boundary */
    struct mime_part *part; /* the one being read; a multipart in its preamble and epilogue */
    bool in_header;
    bool full; /* LIMIT_MIME_PARTS reached: delimiters are no longer looked for */
    guint near_checks;
};

/* Comparing every "--" line with every open boundary is the one thing here that is not linear:
 * after so many comparisons we assume the worst. */
#define NEAR_CHECKS 200000

static guint span_hash(gconstpointer key) {
    const struct span *span = key;
    guint hash = 5381;
    for (size_t i = 0; i < span->n; i++)
        hash = hash * 33 + (guchar)span->p[i];
    return hash;
}

static gboolean span_same(gconstpointer a, gconstpointer b) {
    return span_eq(*(const struct span *)a, *(const struct span *)b);
}

static void frame_free(gpointer data) {
    struct frame *frame = data;
    g_string_free(frame->boundary, TRUE);
    g_free(frame);
}

static void push_frame(struct scan *scan, struct mime_part *part, GString *boundary) {
    struct frame *frame = g_new0(struct frame, 1);
    frame->part = part;
    frame->boundary = boundary;
    frame->key = span_make(boundary->str, boundary->len);
    frame->at = scan->frames->len;
    frame->shadow = g_hash_table_lookup(scan->boundaries, &frame->key);
    if (frame->shadow)
        part->flags |= MIME_SAME_BOUNDARY;
    g_ptr_array_add(scan->frames, frame);
    g_hash_table_replace(scan->boundaries, &frame->key, frame);
}

static void pop_frame(struct scan *scan) {
    struct frame *frame = scan->frames->pdata[scan->frames->len - 1];
    if (frame->part->children->len == 0)
        frame->part->flags |= MIME_NO_DELIMITER;
    else if (!frame->closed)
        frame->part->flags |= MIME_NO_CLOSE;
    if (frame->shadow)
        g_hash_table_replace(scan->boundaries, &frame->shadow->key, frame->shadow);
    else
        g_hash_table_remove(scan->boundaries, &frame->key);
    g_ptr_array_set_size(scan->frames, (gint)frame->at);
}

static void begin_part(struct scan *scan, struct mime_part *parent, const char *at) {
    struct mime_part *part = g_new0(struct mime_part, 1);
    part->parent = parent;
    part->whole.p = at;
    if (parent)
        g_ptr_array_add(parent->children, part);
    else
        scan->mime->root = part;
    scan->mime->n_parts++;
    scan->part = part;
    scan->in_header = true;
}

/* What a header asks for may be more than we open. */
static void cap_kind(const struct scan *scan, struct mime_part *part) {
    guint depth = 1;
    for (const struct mime_part *above = part; above->parent; above = above->parent)
        depth++;
    if (part->kind == MIME_LEAF)
        return;
    if (depth >= LIMIT_MIME_DEPTH)
        part->flags |= MIME_TOO_DEEP;
    else if (scan->mime->n_parts >= LIMIT_MIME_PARTS)
        part->flags |= MIME_TOO_MANY;
    else
        return;
    part->kind = MIME_LEAF;
}

/* Numbers as in RFC 9051 §6.4.5.1: the parts of an attached message follow that message's own
 * number, and the multipart that a message consists of has none. */
static void set_number(struct mime_part *part) {
    const struct mime_part *above = part->parent;
    bool top = !above || above->kind == MIME_MESSAGE;
    guint n = top ? 1 : above->children->len;
    while (above && !*above->number)
        above = above->parent;
    const char *prefix = above ? above->number : "";
    part->number = top && part->kind == MIME_MULTIPART
                       ? g_strdup("")
                       : g_strdup_printf("%s%s%u", prefix, *prefix ? "." : "", n);
}

/* The header of the part being read ends at `end`; the body begins there. */
static void end_header(struct scan *scan, const struct message *header, const char *end) {
    struct mime_part *part = scan->part;
    part->header = header->header;
    part->body.p = end;
    scan->in_header = false;
    GString *boundary = scan->describe(part, header);
    cap_kind(scan, part);
    if (part->kind != MIME_LEAF)
        part->children = g_ptr_array_new();
    set_number(part);
    if (part->kind == MIME_MULTIPART && boundary) {
        push_frame(scan, part, g_steal_pointer(&boundary));
    } else if (part->kind == MIME_MULTIPART) {
        part->flags |= MIME_NO_BOUNDARY;
    } else if (part->kind == MIME_MESSAGE) {
        begin_part(scan, part, end);
    }
    if (boundary)
        g_string_free(boundary, TRUE);
}

static void index_header(struct scan *scan, const char *end) {
    const char *base = g_bytes_get_data(scan->message->octets, NULL);
    const char *start = scan->part->whole.p;
    GBytes *slice =
        g_bytes_new_from_bytes(scan->message->octets, (gsize)(start - base), (gsize)(end - start));
    OWNED(message) header = message_new(slice, 0);
    g_bytes_unref(slice);
    end_header(scan, header, end);
}

/* Closes the part being read and those around it, up to but without `stop`, before `end`. An
 * attached message that is cut short in its header still gets the part that would be its body. */
static void end_parts(struct scan *scan, const struct mime_part *stop, const char *end) {
    while (scan->in_header && scan->part != stop)
        index_header(scan, MAX(end, scan->part->whole.p));
    for (struct mime_part *part = scan->part; part != stop; part = part->parent) {
        /* an empty part may begin behind the line end that belongs to the next delimiter */
        part->whole.p = MIN(part->whole.p, end);
        part->whole.n = (size_t)(end - part->whole.p);
        part->body.p = MIN(part->body.p, end);
        part->body.n = (size_t)(end - part->body.p);
    }
}

static void meet_delimiter(struct scan *scan, struct frame *frame, bool closing, const char *line,
                           const char *next) {
    const char *base = g_bytes_get_data(scan->message->octets, NULL);
    const char *end = line;
    if (end > base && end[-1] == '\n')
        end -= end - 1 > base && end[-2] == '\r' ? 2 : 1;
    while (frame->closed && frame->shadow)
        frame = frame->shadow;
    if (frame->closed) {
        frame->part->flags |= MIME_AFTER_CLOSE;
        return;
    }
    if (!closing && scan->mime->n_parts >= LIMIT_MIME_PARTS) {
        frame->part->flags |= MIME_TOO_MANY;
        scan->full = true;
        return;
    }
    end_parts(scan, frame->part, end);
    while (scan->frames->len > frame->at + 1)
        pop_frame(scan);
    scan->part = frame->part;
    scan->in_header = false;
    frame->closed = closing;
    if (!closing)
        begin_part(scan, frame->part, next);
}

/* The boundary with white space behind it, or nothing. */
static struct frame *find_exact(const struct scan *scan, struct span text) {
    while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
        text.n--;
    return text.n && text.n <= LIMIT_BOUNDARY ? g_hash_table_lookup(scan->boundaries, &text) : NULL;
}

/* RFC 2046 §5.1.1: "An exact match of the entire candidate line is not required; it is sufficient
 * that the boundary appear in its entirety". The longest one is meant; other readers want the exact
 * one, so the multipart is flagged. */
static struct frame *find_near(struct scan *scan, struct span text) {
    struct frame *found = NULL;
    for (guint i = scan->frames->len; i-- > 0;) {
        struct frame *frame = scan->frames->pdata[i];
        if (text.n <= frame->key.n || (found && frame->key.n <= found->key.n))
            continue;
        if (++scan->near_checks > NEAR_CHECKS)
            frame->part->flags |= MIME_NEAR_DELIMITER;
        else if (memcmp(text.p, frame->key.p, frame->key.n) == 0)
            found = frame;
    }
    if (found)
        found->part->flags |= MIME_NEAR_DELIMITER;
    return found;
}

/* dash-boundary := "--" boundary; delimiter := CRLF dash-boundary; close-delimiter := delimiter
 * "--"; either may be followed by transport-padding := *LWSP-char (RFC 2046 §5.1.1) */
static bool take_delimiter(struct scan *scan, struct span line, const char *next) {
    if (scan->full || scan->frames->len == 0 || line.n < 3 || line.p[0] != '-' || line.p[1] != '-')
        return false;
    struct span text = span_from(line, 2), padded = text;
    while (padded.n && (padded.p[padded.n - 1] == ' ' || padded.p[padded.n - 1] == '\t'))
        padded.n--;
    struct frame *frame = find_exact(scan, text);
    bool closing = !frame && padded.n > 2 && memcmp(padded.p + padded.n - 2, "--", 2) == 0;
    if (closing)
        frame = find_exact(scan, span_first(padded, padded.n - 2));
    if (!frame) {
        frame = find_near(scan, text);
        closing = frame && span_starts_nocase(span_from(text, frame->key.n), SPAN_LIT("--"));
    }
    if (frame)
        meet_delimiter(scan, frame, closing, line.p, next);
    return frame != NULL;
}

/* From the next line that begins with "--" on; `rest` is the beginning of a line. Looks for the
 * dash, not for lines: an attachment in base64 holds none. */
static struct span from_dashes(struct span rest) {
    size_t at = span_find(rest, '-');
    while (at < rest.n) {
        bool begins_line = at == 0 || rest.p[at - 1] == '\n';
        if (begins_line && at + 1 < rest.n && rest.p[at + 1] == '-')
            break;
        at += 1 + span_find(span_from(rest, at + 1), '-');
    }
    return span_from(rest, at);
}

static void scan_lines(struct scan *scan, struct span rest) {
    while (rest.n) {
        if (!scan->in_header && (scan->full || scan->frames->len == 0))
            return;
        if (!scan->in_header)
            rest = from_dashes(rest);
        size_t length = span_find(rest, '\n');
        const char *next = rest.p + MIN(length + 1, rest.n);
        struct span line = span_first(rest, length);
        bool ended = length < rest.n;
        if (ended && line.n && line.p[line.n - 1] == '\r')
            line.n--;
        if (!take_delimiter(scan, line, next) && scan->in_header && line.n == 0 && ended)
            index_header(scan, next);
        rest = span_from(rest, (size_t)(next - rest.p));
    }
}

void mime_scan(struct mime *mime, const struct message *message, mime_scan_describe describe) {
    struct scan scan = {.mime = mime, .describe = describe, .message = message};
    scan.frames = g_ptr_array_new_with_free_func(frame_free);
    scan.boundaries = g_hash_table_new(span_hash, span_same);
    begin_part(&scan, NULL, message->header.p);
    end_header(&scan, message, message->body.p);
    scan_lines(&scan, message->body);
    end_parts(&scan, NULL, message->body.p + message->body.n);
    while (scan.frames->len)
        pop_frame(&scan);
    g_hash_table_unref(scan.boundaries);
    g_ptr_array_unref(scan.frames);
}
