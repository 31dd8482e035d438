/* SPDX-License-Identifier: MIT
 *
 * Readers of PDF find objects by tables of places (§7.5.4), and by looking for "obj" where those
 * are wrong: a table may point into a string or a picture. So the file is read once from its start
 * to its end as what the standard says it is, and no "obj" or "trailer" may stand anywhere else, in
 * whatever octets. Then every object that any reader can find is one of those that were read. */
#include "mail/pdf_active.h"

#include "base/limits.h"
#include "mail/pdf_lex.h"
#include "mail/pdf_objects.h"

struct watched {
    const char *name;
    enum pdf_active means;
};

/* Anywhere, as key or value. Every JavaScript action has the key JS (§12.6.4.17). */
static const struct watched watched[] = {{"JavaScript", PDF_ACTIVE_PROGRAM},
                                         {"JS", PDF_ACTIVE_PROGRAM},
                                         {"XFA", PDF_ACTIVE_PROGRAM},
                                         {"AA", PDF_ACTIVE_ACTS},
                                         {"Launch", PDF_ACTIVE_ACTS},
                                         {"SubmitForm", PDF_ACTIVE_ACTS},
                                         {"ImportData", PDF_ACTIVE_ACTS},
                                         {"GoToR", PDF_ACTIVE_ACTS},
                                         {"GoToE", PDF_ACTIVE_ACTS},
                                         {"GoTo3DView", PDF_ACTIVE_ACTS},
                                         {"3D", PDF_ACTIVE_ACTS},
                                         {"Rendition", PDF_ACTIVE_ACTS},
                                         {"Movie", PDF_ACTIVE_ACTS},
                                         {"Sound", PDF_ACTIVE_ACTS},
                                         {"RichMedia", PDF_ACTIVE_ACTS},
                                         {"Encrypt", PDF_ACTIVE_ENCRYPTED}};

struct scan {
    enum pdf_active verdict;
    struct pdf_objects *objects;
    GArray *openers;    /* uint64_t: numbers of objects that /OpenAction names */
    size_t places;      /* of "obj" and "trailer" that were read as such */
    bool holds_objects; /* the dictionary of a stream speaks of objects in it */
};

static void note(struct scan *scan, enum pdf_active verdict) {
    scan->verdict = MAX(scan->verdict, verdict);
}

/* What an object does that is carried out when the document is opened. */
enum step { STEP_ACTS = 0, STEP_NONE, STEP_GOES };

/* By the value of /S (§12.6.4). What is not watched anyway: a page of one's own, and what would be
 * fine behind a click but not without one. */
static enum step step_of_type(struct pdf_lexer *lexer) {
    static const char *const acts[] = {"URI",         "Named", "Hide",   "ResetForm",
                                       "SetOCGState", "Trans", "GoToDp", "Thread"};
    if (pdf_lex_next(lexer) != PDF_NAME || lexer->odd)
        return STEP_ACTS;
    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++)
        if (strcmp(lexer->name, acts[i]) == 0)
            return STEP_ACTS;
    return strcmp(lexer->name, "GoTo") == 0 ? STEP_GOES : STEP_NONE;
}

/* A destination (§12.3.2) goes to a page, and so does a go-to action (§12.6.4.2) that no other
 * follows. */
static enum step step_of(struct pdf_lexer *lexer) {
    enum pdf_token token = pdf_lex_next(lexer);
    if (token == PDF_OPEN_ARRAY || (token == PDF_KEYWORD && pdf_lex_is(lexer, "null")))
        return STEP_GOES;
    if (token != PDF_OPEN_DICTIONARY)
        return STEP_NONE;
    enum step step = STEP_NONE;
    bool typed = false, followed = false;
    while ((token = pdf_lex_next(lexer)) == PDF_NAME && !lexer->odd) {
        bool type = strcmp(lexer->name, "S") == 0;
        followed = followed || strcmp(lexer->name, "Next") == 0;
        if (type)
            step = typed ? STEP_ACTS : step_of_type(lexer);
        typed = typed || type;
        if (step == STEP_ACTS || (!type && !pdf_lex_value(lexer, NULL, NULL)))
            return STEP_ACTS;
    }
    bool acts = token != PDF_CLOSE_DICTIONARY || (typed && followed);
    return acts ? STEP_ACTS : step;
}

/* The value of /OpenAction; an object that it names is looked at when all are known. */
static void note_opener(struct scan *scan, struct pdf_lexer lexer) {
    struct pdf_lexer ahead = lexer;
    if (pdf_lex_next(&ahead) != PDF_INTEGER) {
        if (step_of(&lexer) != STEP_GOES)
            note(scan, PDF_ACTIVE_ACTS);
        return;
    }
    uint64_t number = ahead.integer;
    if (!pdf_lex_reference(&ahead))
        note(scan, PDF_ACTIVE_ACTS);
    else if (scan->openers->len == LIMIT_PDF_OPENERS)
        note(scan, PDF_ACTIVE_TOO_LARGE);
    else
        g_array_append_val(scan->openers, number);
}

static void note_name(const struct pdf_lexer *lexer, void *data) {
    struct scan *scan = data;
    for (size_t i = 0; i < G_N_ELEMENTS(watched); i++)
        if (strcmp(lexer->name, watched[i].name) == 0)
            note(scan, watched[i].means);
    if (strcmp(lexer->name, "OpenAction") == 0)
        note_opener(scan, *lexer);
    if (strcmp(lexer->name, "ObjStm") == 0 || strcmp(lexer->name, "First") == 0)
        scan->holds_objects = true;
}

/* Every object of the stream; those of one that cannot be read may be anything. */
static void read_packed(struct scan *scan, struct span dictionary, struct span data) {
    enum pdf_active fault = PDF_ACTIVE_NONE;
    size_t first = pdf_objects_count(scan->objects);
    if (!pdf_objects_unpack(scan->objects, dictionary, data, &fault))
        note(scan, fault);
    for (size_t i = first; i < pdf_objects_count(scan->objects); i++) {
        struct pdf_lexer lexer = pdf_objects_at(scan->objects, i);
        if (!pdf_lex_value(&lexer, note_name, scan) || pdf_lex_next(&lexer) != PDF_END)
            note(scan, PDF_ACTIVE_DAMAGED);
    }
}

/* The next `word`, or NULL. */
static const char *find_word(struct span octets, const char *word) {
    struct span wanted = span_of(word);
    for (; octets.n >= wanted.n; octets = span_from(octets, 1)) {
        octets = span_from(octets, span_find(octets, word[0]));
        if (span_eq(span_first(octets, wanted.n), wanted))
            return octets.p;
    }
    return NULL;
}

/* Takes "endobj" behind white space. A comment would be read again for each "endstream". */
static bool take_end(struct pdf_lexer *lexer) {
    static const struct span word = {"endobj", 6};
    size_t at = lexer->at;
    while (at < lexer->octets.n && strchr("\t\n\f\r ", lexer->octets.p[at]))
        at++;
    if (!span_eq(span_first(span_from(lexer->octets, at), word.n), word))
        return false;
    lexer->at = at + word.n;
    return true;
}

/* "endstream" that "endobj" follows (§7.3.8.1); what /Length says may differ from reader to reader.
 * False: there is none. */
static bool find_end(struct pdf_lexer *lexer, struct span *data) {
    static const char word[] = "endstream";
    size_t start = lexer->at;
    for (;;) {
        const char *found = find_word(span_from(lexer->octets, lexer->at), word);
        if (!found)
            return false;
        *data = span_make(lexer->octets.p + start, (size_t)(found - lexer->octets.p) - start);
        lexer->at = start + data->n + sizeof word - 1;
        if (take_end(lexer))
            return true;
    }
}

/* value "endobj" | dictionary "stream" … "endstream" "endobj" */
static bool read_object(struct scan *scan, struct pdf_lexer *lexer, uint64_t number) {
    struct pdf_lexer start = *lexer;
    if (!pdf_objects_add(scan->objects, number, lexer->at)) {
        note(scan, PDF_ACTIVE_TOO_LARGE);
        return false;
    }
    scan->holds_objects = false;
    if (!pdf_lex_value(lexer, note_name, scan))
        return false;
    struct span dictionary = span_make(start.octets.p + start.at, lexer->at - start.at);
    if (pdf_lex_next(lexer) != PDF_KEYWORD)
        return false;
    if (pdf_lex_is(lexer, "endobj"))
        return true;
    struct span data;
    if (!pdf_lex_is(lexer, "stream") || pdf_lex_next(&start) != PDF_OPEN_DICTIONARY ||
        !find_end(lexer, &data))
        return false;
    if (scan->holds_objects)
        read_packed(scan, dictionary, data);
    return true;
}

static bool read_trailer(struct scan *scan, struct pdf_lexer *lexer) {
    struct pdf_lexer ahead = *lexer;
    return pdf_lex_next(&ahead) == PDF_OPEN_DICTIONARY && pdf_lex_value(lexer, note_name, scan);
}

/* What stands in a table of places: numbers, "n" and "f" (§7.5.4). */
static bool is_of_table(const struct pdf_lexer *lexer) {
    return pdf_lex_is(lexer, "n") || pdf_lex_is(lexer, "f") || pdf_lex_is(lexer, "xref") ||
           pdf_lex_is(lexer, "startxref");
}

/* §7.5.1: objects, tables and trailers, in any order and as often as it was revised. */
static bool read_file(struct scan *scan, struct span octets) {
    struct pdf_lexer lexer = {.octets = octets};
    uint64_t numbers[2] = {0, 0};
    unsigned known = 0; /* numbers directly before */
    for (;;) {
        enum pdf_token token = pdf_lex_next(&lexer);
        if (token == PDF_END)
            return true;
        if (token == PDF_INTEGER) {
            numbers[0] = numbers[1];
            numbers[1] = lexer.integer;
            known++;
            continue;
        }
        bool object = token == PDF_KEYWORD && known >= 2 && pdf_lex_is(&lexer, "obj");
        bool trailer = token == PDF_KEYWORD && pdf_lex_is(&lexer, "trailer");
        known = 0;
        scan->places += object || trailer;
        bool read = object    ? read_object(scan, &lexer, numbers[0])
                    : trailer ? read_trailer(scan, &lexer)
                              : token == PDF_KEYWORD && is_of_table(&lexer);
        if (!read)
            return false;
    }
}

/* Whether a reader could take an "obj" at `at` for the start of an object: behind a number, or
 * behind a line that may end in a comment. PDFium takes signs and points alone for a number; pdf.js
 * asks for no white space behind one. */
static bool may_start_object(struct span octets, size_t at) {
    enum { NEAR = 32 };
    size_t white = at;
    bool line = false;
    while (white && at - white < NEAR && pdf_lex_is_space((unsigned char)octets.p[white - 1])) {
        white--;
        line = line || strchr("\r\n", octets.p[white]);
    }
    size_t digits = white;
    while (digits && at - digits < NEAR && strchr("+-.", octets.p[digits - 1]))
        digits--;
    bool number = (digits < white && white < at) || at - digits == NEAR ||
                  (digits && g_ascii_isdigit(octets.p[digits - 1]));
    unsigned char next = at + 3 < octets.n ? (unsigned char)octets.p[at + 3] : ' ';
    return (pdf_lex_is_space(next) || pdf_lex_is_delimiter(next)) && (line || number);
}

/* The same of a "trailer": before a dictionary. */
static bool may_start_trailer(struct span octets, size_t at) {
    enum { NEAR = 32, LENGTH = 7 };
    size_t next = at + LENGTH;
    while (next < octets.n && next < at + LENGTH + NEAR &&
           pdf_lex_is_space((unsigned char)octets.p[next]))
        next++;
    return next == at + LENGTH + NEAR || (next < octets.n && strchr("<%", octets.p[next]));
}

static size_t count_places(struct span octets, const char *word,
                           bool (*counts)(struct span octets, size_t at)) {
    size_t n = 0;
    const char *found;
    for (size_t at = 0; (found = find_word(span_from(octets, at), word));) {
        at = (size_t)(found - octets.p);
        n += counts(octets, at);
        at += strlen(word);
    }
    return n;
}

/* A table may point behind the first digits of a number, so that "15 0 obj" is object 5 as well:
 * such an object need not go anywhere, but must not act. */
static void check_opener(struct scan *scan, uint64_t number) {
    bool found = false;
    for (size_t i = 0; i < pdf_objects_count(scan->objects); i++) {
        bool exact = pdf_objects_is(scan->objects, i, number);
        if (!exact && !pdf_objects_ends_in(scan->objects, i, number))
            continue;
        struct pdf_lexer lexer = pdf_objects_at(scan->objects, i);
        enum step step = step_of(&lexer);
        found = found || exact;
        if (step == STEP_ACTS || (exact && step != STEP_GOES))
            note(scan, PDF_ACTIVE_ACTS);
    }
    if (!found)
        note(scan, PDF_ACTIVE_DAMAGED);
}

enum pdf_active pdf_active(struct span octets) {
    if (octets.n > LIMIT_PDF_SIZE)
        return PDF_ACTIVE_TOO_LARGE;
    if (!span_eq(span_first(octets, 5), SPAN_LIT("%PDF-")))
        return PDF_ACTIVE_DAMAGED;
    OWNED(pdf_objects) objects = pdf_objects_new(octets);
    g_autoptr(GArray) openers = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    struct scan scan = {.verdict = PDF_ACTIVE_NONE, .objects = objects, .openers = openers};
    if (!read_file(&scan, octets) || !pdf_objects_count(objects) ||
        count_places(octets, "obj", may_start_object) +
                count_places(octets, "trailer", may_start_trailer) !=
            scan.places)
        note(&scan, PDF_ACTIVE_DAMAGED);
    for (guint i = 0; i < openers->len; i++)
        check_opener(&scan, g_array_index(openers, uint64_t, i));
    return scan.verdict;
}
