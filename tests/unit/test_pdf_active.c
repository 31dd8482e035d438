/* SPDX-License-Identifier: MIT
 *
 * mail/pdf_active: what may be looked at and what may not, trick by trick. Each document is whole
 * but for its tables of places, which are not believed anyway. */
#include "mail/pdf_active.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#define ZLIB_CONST
#include <zlib.h>

#define HEAD "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
#define PAGES                                                                                      \
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"                                           \
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"                  \
    "4 0 obj<</Length 5>>stream\n0 0 m\nendstream endobj\n"
#define TAIL "trailer<</Root 1 0 R/Size 9>>\nstartxref\n0\n%%EOF\n"
/* A document whose catalog has these entries, with these objects behind it. */
#define DOCUMENT(entries, objects)                                                                 \
    HEAD "1 0 obj<</Type/Catalog/Pages 2 0 R" entries ">>endobj\n" PAGES objects TAIL
#define ALERT "<</S/JavaScript/JS(app.alert\\(1\\))>>"
#define WEB "<</S/URI/URI(https://example.org/)>>"
#define PAGE "<</S/GoTo/D[3 0 R/Fit]>>"

struct trick {
    const char *name;
    struct span octets;
    enum pdf_active is;
};
#define TRICK(name, is, text)                                                                      \
    { name, {"" text, sizeof text - 1}, is }

static void assert_all(const struct trick *tricks, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (pdf_active(tricks[i].octets) != tricks[i].is)
            fail_msg("%s: %d, not %d", tricks[i].name, pdf_active(tricks[i].octets), tricks[i].is);
}

static void ordinary_documents_may_be_looked_at(void **state) {
    (void)state;
    static const struct trick tricks[] = {
        TRICK("a page", PDF_ACTIVE_NONE, DOCUMENT("", "")),
        TRICK("opens at a page", PDF_ACTIVE_NONE, DOCUMENT("/OpenAction[3 0 R/Fit]", "")),
        TRICK("opens at nothing", PDF_ACTIVE_NONE, DOCUMENT("/OpenAction null", "")),
        TRICK("opens by going to a page", PDF_ACTIVE_NONE, DOCUMENT("/OpenAction" PAGE, "")),
        TRICK("opens by an object that goes to a page", PDF_ACTIVE_NONE,
              DOCUMENT("/OpenAction 5 0 R", "5 0 obj" PAGE "endobj\n")),
        TRICK("opens by an object that is a destination", PDF_ACTIVE_NONE,
              DOCUMENT("/OpenAction 5 0 R", "5 0 obj[3 0 R/Fit]endobj\n")),
        TRICK("an outline item that ends in the same digit", PDF_ACTIVE_NONE,
              DOCUMENT("/OpenAction 5 0 R", "5 0 obj" PAGE "endobj\n15 0 obj<</Title(a)/Next 16 0 R"
                                            "/A 5 0 R>>endobj\n25 0 obj<</S/Transparency>>endobj\n"
                                            "35 0 obj(text)endobj\n")),
        TRICK("a link", PDF_ACTIVE_NONE, DOCUMENT("", "5 0 obj<</Subtype/Link/A" WEB ">>endobj\n")),
        TRICK("a link to a page about JavaScript", PDF_ACTIVE_NONE,
              DOCUMENT("", "5 0 obj<</S/URI/URI(https://example.org/JavaScript/JS)>>endobj\n")),
        TRICK("a title that is the name of a file", PDF_ACTIVE_NONE,
              DOCUMENT("", "5 0 obj<</Title(teapot.obj)>>endobj\n")),
        TRICK("a title that speaks of obj, trailer and stream", PDF_ACTIVE_NONE,
              DOCUMENT("", "5 0 obj<</Title(The obj of a trailer (in a) data stream)>>endobj\n")),
        TRICK("text of a page that names them", PDF_ACTIVE_NONE,
              DOCUMENT("", "5 0 obj<</Length 9>>stream\r\n(/JavaScript /AA obj) Tj\n/AA gs\r"
                           "endstream\rendobj\n")),
        TRICK("outlines have /First", PDF_ACTIVE_NONE,
              DOCUMENT("/Outlines 5 0 R", "5 0 obj<</First 6 0 R/Last 6 0 R>>endobj\n"
                                          "6 0 obj<</Title(a)>>endobj\n")),
        TRICK("every kind of token", PDF_ACTIVE_NONE,
              DOCUMENT("", "5 0 obj[true false null -1.5 +3 .5 (a\\)(b)) <4 1> 3 0 R /a#20b "
                           "/\xe5\xad\x97 % comment ) >> endobj\r]endobj 6 0 obj 5 0 R endobj\n")),
        TRICK("names that only begin so", PDF_ACTIVE_NONE,
              DOCUMENT("/JSON 1/AAPL/XFAB/JavaScripts 2/Aa 3/Openaction 4", "")),
        TRICK("a revision, and a second document behind", PDF_ACTIVE_NONE,
              DOCUMENT("", "") "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\nxref\n1 1\n"
                               "0000000015 00000 n \n" TAIL DOCUMENT("", "")),
        TRICK("zeros behind the end", PDF_ACTIVE_NONE, DOCUMENT("", "") "\0\0\0\r\n"),
    };
    assert_all(tricks, G_N_ELEMENTS(tricks));
}

static void programs_are_seen_however_they_are_written(void **state) {
    (void)state;
    static const struct trick tricks[] = {
        TRICK("runs when opened", PDF_ACTIVE_PROGRAM, DOCUMENT("/OpenAction" ALERT, "")),
        TRICK("by an object", PDF_ACTIVE_PROGRAM,
              DOCUMENT("/OpenAction 5 0 R", "5 0 obj" ALERT "endobj\n")),
        TRICK("an escaped name", PDF_ACTIVE_PROGRAM,
              DOCUMENT("/Open#41ction<</S/J#61vaScript/#4A#53(x)>>", "")),
        TRICK("an escaped key alone", PDF_ACTIVE_PROGRAM, DOCUMENT("/x<</J#53 5 0 R>>", "")),
        TRICK("in the tree of names", PDF_ACTIVE_PROGRAM,
              DOCUMENT("/Names<</JavaScript<</Names[(a)5 0 R]>>>>", "")),
        TRICK("when an annotation is shown", PDF_ACTIVE_PROGRAM,
              DOCUMENT("", "5 0 obj<</Subtype/Widget/AA<</PV" ALERT ">>>>endobj\n")),
        TRICK("behind a page", PDF_ACTIVE_PROGRAM,
              DOCUMENT("/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next" ALERT ">>", "")),
        TRICK("with white space and comments within", PDF_ACTIVE_PROGRAM,
              DOCUMENT("/OpenAction%)\n<<%>>\r/S\0/JavaScript\f/JS%(\n(x)>>", "")),
        TRICK("a name that ends for some readers", PDF_ACTIVE_PROGRAM,
              DOCUMENT("/OpenAction<</S/JavaScript\x80/JS\xff(x)>>", "")),
        TRICK("as a reader reads #00", PDF_ACTIVE_PROGRAM, DOCUMENT("/x<</JS#00 (x)>>", "")),
        TRICK("behind a string that seems to end late", PDF_ACTIVE_PROGRAM,
              DOCUMENT("/a(\\\\)/b<</JS(x)>>/c(\\()", "")),
        TRICK("a form of XML", PDF_ACTIVE_PROGRAM, DOCUMENT("/AcroForm<</XFA 5 0 R>>", "")),
        TRICK("in a catalog within the trailer", PDF_ACTIVE_PROGRAM,
              HEAD PAGES "trailer<</Root<</OpenAction" ALERT ">>>>\n"),
        TRICK("in a revision", PDF_ACTIVE_PROGRAM,
              DOCUMENT("", "") "1 0 obj<</OpenAction" ALERT ">>endobj\n" TAIL),
        TRICK("in the document behind", PDF_ACTIVE_PROGRAM,
              DOCUMENT("", "") DOCUMENT("/OpenAction" ALERT, "")),
        TRICK("in one that is damaged further on", PDF_ACTIVE_PROGRAM,
              DOCUMENT("/OpenAction" ALERT, "") "<html>"),
        TRICK("in one that is encrypted", PDF_ACTIVE_PROGRAM,
              DOCUMENT("/OpenAction" ALERT, "") "trailer<</Encrypt 9 0 R>>"),
    };
    assert_all(tricks, G_N_ELEMENTS(tricks));
}

static void what_acts_by_itself_or_beyond_its_pages_is_seen(void **state) {
    (void)state;
    static const struct trick tricks[] = {
        TRICK("opens a web page", PDF_ACTIVE_ACTS, DOCUMENT("/OpenAction" WEB, "")),
        TRICK("prints", PDF_ACTIVE_ACTS, DOCUMENT("/OpenAction<</S/Named/N/Print>>", "")),
        TRICK("opens a web page behind a page", PDF_ACTIVE_ACTS,
              DOCUMENT("/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next" WEB ">>", "")),
        TRICK("goes and acts", PDF_ACTIVE_ACTS,
              DOCUMENT("/OpenAction<</S/GoTo/S/URI/URI(x)>>", "")),
        TRICK("an action whose type is elsewhere", PDF_ACTIVE_ACTS,
              DOCUMENT("/OpenAction<</S 5 0 R>>", "5 0 obj/URI endobj\n")),
        TRICK("an action without a type", PDF_ACTIVE_ACTS, DOCUMENT("/OpenAction<</D 5>>", "")),
        TRICK("an action that is a word", PDF_ACTIVE_ACTS, DOCUMENT("/OpenAction(x)", "")),
        TRICK("an action that is a number", PDF_ACTIVE_ACTS, DOCUMENT("/OpenAction 5", "")),
        TRICK("by an object", PDF_ACTIVE_ACTS,
              DOCUMENT("/OpenAction 5 0 R", "5 0 obj" WEB "endobj\n")),
        TRICK("by one object of two of that number", PDF_ACTIVE_ACTS,
              DOCUMENT("/OpenAction 5 0 R", "5 0 obj" PAGE "endobj\n5 0 obj" WEB "endobj\n")),
        TRICK("by an object of another generation", PDF_ACTIVE_ACTS,
              DOCUMENT("/OpenAction 5 0 R", "5 0 obj" PAGE "endobj\n5 1 obj" WEB "endobj\n")),
        TRICK("by the last digit of another number", PDF_ACTIVE_ACTS,
              DOCUMENT("/OpenAction 5 0 R", "5 0 obj" PAGE "endobj\n15 0 obj" WEB "endobj\n")),
        TRICK("by an object that names another", PDF_ACTIVE_ACTS,
              DOCUMENT("/OpenAction 5 0 R", "5 0 obj 6 0 R endobj\n6 0 obj" WEB "endobj\n")),
        TRICK("when a page is shown", PDF_ACTIVE_ACTS, DOCUMENT("/AA<</O" WEB ">>", "")),
        TRICK("starts a program", PDF_ACTIVE_ACTS,
              DOCUMENT("", "5 0 obj<</S/Launch/F(x.exe)>>endobj\n")),
        TRICK("sends a form", PDF_ACTIVE_ACTS, DOCUMENT("", "5 0 obj<</S/SubmitForm>>endobj\n")),
        TRICK("takes in data", PDF_ACTIVE_ACTS, DOCUMENT("", "5 0 obj<</S/ImportData>>endobj\n")),
        TRICK("opens another file", PDF_ACTIVE_ACTS, DOCUMENT("", "5 0 obj<</S/GoToR>>endobj\n")),
        TRICK("opens a file within", PDF_ACTIVE_ACTS, DOCUMENT("", "5 0 obj<</S/GoToE>>endobj\n")),
        TRICK("plays", PDF_ACTIVE_ACTS, DOCUMENT("", "5 0 obj<</S/Rendition>>endobj\n")),
        TRICK("a film", PDF_ACTIVE_ACTS, DOCUMENT("", "5 0 obj<</Subtype/Movie>>endobj\n")),
        TRICK("a sound", PDF_ACTIVE_ACTS, DOCUMENT("", "5 0 obj<</Subtype/Sound>>endobj\n")),
        TRICK("Flash", PDF_ACTIVE_ACTS, DOCUMENT("", "5 0 obj<</Subtype/RichMedia>>endobj\n")),
        TRICK("a body", PDF_ACTIVE_ACTS, DOCUMENT("", "5 0 obj<</Subtype/3D>>endobj\n")),
        TRICK("encrypted", PDF_ACTIVE_ENCRYPTED, DOCUMENT("/Encrypt 9 0 R", "")),
    };
    assert_all(tricks, G_N_ELEMENTS(tricks));
}

static void what_readers_may_read_otherwise_cannot_be_told(void **state) {
    (void)state;
    static const struct trick tricks[] = {
        TRICK("nothing", PDF_ACTIVE_DAMAGED, ""),
        TRICK("no object", PDF_ACTIVE_DAMAGED, HEAD TAIL),
        TRICK("something before the header", PDF_ACTIVE_DAMAGED, "\n" DOCUMENT("", "")),
        TRICK("something behind the end", PDF_ACTIVE_DAMAGED, DOCUMENT("", "") "<html>"),
        TRICK("an object in a string", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj(8 0 obj<</OpenAction" WEB ">>endobj)endobj\n")),
        TRICK("an object in a comment", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "%8 0 obj<</OpenAction" WEB ">>endobj\n")),
        TRICK("an object in the octets of a page", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj<<>>stream\n8 0 obj" ALERT "endobj\nendstream endobj\n")),
        TRICK("with a comment between its numbers", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj<<>>stream\n8 0%x\nobj" ALERT "endobj\nendstream endobj\n")),
        TRICK("with white space that few readers know", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj<<>>stream\n8 0\xff"
                           "obj\x80" ALERT "\nendstream endobj\n")),
        TRICK("behind a number that ends in a point", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj(8 0. obj<</OpenAction" ALERT ">>)endobj\n")),
        TRICK("behind a sign alone", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj<<>>stream\n8 + obj" ALERT "\nendstream endobj\n")),
        TRICK("behind many signs", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj(8 0-------------------------------- obj" ALERT ")endobj\n")),
        TRICK("with no white space behind its numbers", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "%8 0obj" ALERT "\n")),
        TRICK("with nothing but a point there", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "%8 0.obj" ALERT "\n")),
        TRICK("a trailer in the octets of a page", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj<<>>stream\ntrailer\n<</Root 8 0 R>>\nendstream endobj\n")),
        TRICK("a stream that seems to end early", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj<</Length 90>>stream\nendstream endobj 8 0 obj" PAGE
                           "\nendstream endobj\n")),
        TRICK("a stream that does not end", PDF_ACTIVE_DAMAGED,
              HEAD "1 0 obj<<>>stream\nendstream\nendob"),
        TRICK("a stream without a dictionary", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj[]stream\nendstream endobj\n")),
        TRICK("an object that does not end", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj<<>>6 0 obj<<>>endobj\n")),
        TRICK("an object without its second number", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 obj<<>>endobj\n")),
        TRICK("a dictionary that does not end", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj<</a[>>]endobj\n")),
        TRICK("a string that does not end", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj(\\)endobj\n")),
        TRICK("a hex string with letters", PDF_ACTIVE_DAMAGED, DOCUMENT("", "5 0 obj<4x>endobj\n")),
        TRICK("a brace", PDF_ACTIVE_DAMAGED, DOCUMENT("", "5 0 obj{1}endobj\n")),
        TRICK("an escape that is none", PDF_ACTIVE_DAMAGED, DOCUMENT("/J#5:(x)", "")),
        TRICK("an escape that is cut off", PDF_ACTIVE_DAMAGED, HEAD "1 0 obj/J#5"),
        TRICK("a word that is none", PDF_ACTIVE_DAMAGED, DOCUMENT("", "5 0 obj<</a b>>endobj\n")),
        TRICK("octets that are no token", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj<</a\n\x80\n1>>endobj\n")),
        TRICK("a control octet", PDF_ACTIVE_DAMAGED, DOCUMENT("", "5 0 obj 1\v endobj\n")),
        TRICK("opens by an object that is not there", PDF_ACTIVE_DAMAGED,
              DOCUMENT("/OpenAction 7 0 R", "")),
        TRICK("a trailer that is no dictionary", PDF_ACTIVE_DAMAGED, DOCUMENT("", "trailer 5\n")),
    };
    assert_all(tricks, G_N_ELEMENTS(tricks));
}

/* An object stream of `text`, whose first `first` octets are the places. */
static GString *packed(const char *keys, const char *text, bool deflated) {
    uLong n = (uLong)strlen(text), size = compressBound(n);
    g_autofree Bytef *out = g_malloc(size);
    assert_int_equal(compress2(out, &size, (const Bytef *)text, n, 9), Z_OK);
    GString *object = g_string_new(NULL);
    g_string_printf(object, "9 0 obj<<%s>>stream\r\n", keys);
    g_string_append_len(object, deflated ? (const char *)out : text,
                        deflated ? (gssize)size : (gssize)n);
    g_string_append(object, "\r\nendstream\r\nendobj\r\n");
    return object;
}

static enum pdf_active with_packed(const char *keys, const char *text, bool deflated) {
    g_autoptr(GString) file = g_string_new(HEAD PAGES);
    g_autoptr(GString) object = packed(keys, text, deflated);
    g_string_append_len(file, object->str, (gssize)object->len);
    g_string_append(file, "trailer<</Root 1 0 R>>\n");
    return pdf_active(span_make(file->str, file->len));
}

#define FLATE "/Type/ObjStm/N 2/First 8/Filter/FlateDecode/Length 99"

static void objects_in_streams_are_read(void **state) {
    (void)state;
    static const struct {
        const char *keys, *text;
        bool deflated;
        enum pdf_active is;
    } cases[] = {
        {FLATE, "1 0 5 5 <<>> " PAGE, true, PDF_ACTIVE_NONE},
        {FLATE "/Extends 3 0 R", "1 0 5 5 <<>>\n" PAGE " ", true, PDF_ACTIVE_NONE},
        {"/Type/ObjStm/N 2/First 8/Filter[/FlateDecode]/Length 7 0 R", "1 0 5 5 <<>> " PAGE, true,
         PDF_ACTIVE_NONE},
        {"/Type/ObjStm/N 2/First 8/Length 5", "1 0 5 5 <<>> " PAGE, false, PDF_ACTIVE_NONE},
        {"/Type/ObjStm/N 0/First 0/Length 5", "", false, PDF_ACTIVE_NONE},
        {FLATE, "1 0 5 5 <<>> " ALERT, true, PDF_ACTIVE_PROGRAM},
        {FLATE, "1 0 5 5 <<>> <</S/J#61vaScript/J#53(x)>>", true, PDF_ACTIVE_PROGRAM},
        {"/Type/ObjStm/N 2/First 8", "1 0 5 5 <<>> " ALERT, false, PDF_ACTIVE_PROGRAM},
        {"/Typ#65/Obj#53tm/N 2/Firs#74 8/Filter/Flate#44ecode", "1 0 5 5 <<>> " ALERT, true,
         PDF_ACTIVE_PROGRAM},
        {"/Type/ObjStm/N 2/First 8/Filter/FlateDecode", "1 0 5 24 <</OpenAction 5 0 R  >>" WEB,
         true, PDF_ACTIVE_ACTS},
        {"/Type/ObjStm/N 2/First 9/Filter/FlateDecode", "1 0 5 22 <</OpenAction 5 0 R>> " WEB, true,
         PDF_ACTIVE_ACTS},
        {"/Type/ObjStm/N 2/First 9/Filter/FlateDecode", "1 0 5 22 <</OpenAction 5 0 R>> " PAGE,
         true, PDF_ACTIVE_NONE},
        {"/Type/ObjStm/N 2/First 10/Filter/FlateDecode", "1 0 15 22 <</OpenAction 5 0 R>> " PAGE,
         true, PDF_ACTIVE_DAMAGED},
        {FLATE, "1 0 5 5 <<>> <</AA 3 0 R>>", true, PDF_ACTIVE_ACTS},
        /* What is not read is not believed to be harmless. */
        {FLATE "/DecodeParms<</Predictor 12>>", "1 0 5 5 <<>> []", true, PDF_ACTIVE_UNUSUAL},
        {FLATE "/N 2", "1 0 5 5 <<>> []", true, PDF_ACTIVE_UNUSUAL},
        {"/Type/ObjStm/N 2/First 8/Filter/LZWDecode", "1 0 5 5 <<>> []", true, PDF_ACTIVE_UNUSUAL},
        {"/Type/ObjStm/N 2/First 8/Filter/ASCIIHexDecode", "1 0 5 5 <<>> []", false,
         PDF_ACTIVE_UNUSUAL},
        {"/Type/ObjStm/N 2/First 8/Filter[/FlateDecode/FlateDecode]", "1 0 5 5 <<>> []", true,
         PDF_ACTIVE_UNUSUAL},
        {"/Type/ObjStm/N 2/First 8/Filter 7 0 R", "1 0 5 5 <<>> []", true, PDF_ACTIVE_UNUSUAL},
        {"/Type 7 0 R/N 2/First 8/Filter/FlateDecode", "1 0 5 5 <<>> []", true, PDF_ACTIVE_UNUSUAL},
        {"/N 2/First 8/Filter/FlateDecode", "1 0 5 5 <<>> []", true, PDF_ACTIVE_UNUSUAL},
        {"/Type/ObjStm/First 8/Filter/FlateDecode", "1 0 5 5 <<>> []", true, PDF_ACTIVE_UNUSUAL},
        {"/Type/ObjStm/N 7 0 R/First 8/Filter/FlateDecode", "1 0 5 5 <<>> []", true,
         PDF_ACTIVE_UNUSUAL},
        {"/Type/ObjStm/N 2/First 8/Filter/FlateDecode/F(x)", "1 0 5 5 <<>> []", true,
         PDF_ACTIVE_UNUSUAL},
        {FLATE, "1 0 5 5 <<>> []", false, PDF_ACTIVE_DAMAGED},
        {FLATE, "1 0 5 5 <<>>x[]", true, PDF_ACTIVE_DAMAGED},
        {FLATE, "1 0 5 5 <<>> [", true, PDF_ACTIVE_DAMAGED},
        {FLATE, "1 5 5 0 <<>> []", true, PDF_ACTIVE_DAMAGED},
        {FLATE, "1 0 5 9 <<>> []", true, PDF_ACTIVE_DAMAGED},
        {FLATE, "1 0 5   <<>> []", true, PDF_ACTIVE_DAMAGED},
        {FLATE, "1 0 5 /5<<>> []", true, PDF_ACTIVE_DAMAGED},
        {"/Type/ObjStm/N 1/First 8/Filter/FlateDecode", "1 0 5 5 <<>> []", true,
         PDF_ACTIVE_DAMAGED},
        {"/Type/ObjStm/N 2/First 99/Filter/FlateDecode", "1 0 5 5 <<>> []", true,
         PDF_ACTIVE_DAMAGED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        enum pdf_active is = with_packed(cases[i].keys, cases[i].text, cases[i].deflated);
        if (is != cases[i].is)
            fail_msg("<<%s>> %s: %d, not %d", cases[i].keys, cases[i].text, is, cases[i].is);
    }
}

/* Some readers start behind any end of line, some would see an octet more. */
static void an_object_stream_starts_where_all_readers_see_it(void **state) {
    (void)state;
    static const struct trick tricks[] = {
        TRICK("LF", PDF_ACTIVE_NONE,
              DOCUMENT("", "5 0 obj<</Type/ObjStm/N 1/First 4>>stream\n6 0 []endstream endobj\n")),
        TRICK("CR", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj<</Type/ObjStm/N 1/First 4>>stream\r6 0 []endstream endobj\n")),
        TRICK("nothing", PDF_ACTIVE_DAMAGED,
              DOCUMENT("", "5 0 obj<</Type/ObjStm/N 0/First 0>>stream endstream endobj\n")),
    };
    assert_all(tricks, G_N_ELEMENTS(tricks));
}

static enum pdf_active of_string(GString *text) {
    enum pdf_active active = pdf_active(span_make(text->str, text->len));
    g_string_free(text, TRUE);
    return active;
}

static GString *repeated(const char *start, const char *text, size_t times, const char *end) {
    GString *all = g_string_new(start);
    for (size_t i = 0; i < times; i++)
        g_string_append(all, text);
    g_string_append(all, end);
    return all;
}

static void beyond_the_limits_it_cannot_be_told(void **state) {
    (void)state;
    const char *object = HEAD "1 0 obj";
    assert_int_equal(of_string(repeated(object, "[", LIMIT_PDF_NESTING, "")), PDF_ACTIVE_DAMAGED);
    g_autoptr(GString) ends = repeated("", "]", LIMIT_PDF_NESTING, "endobj\n");
    assert_int_equal(of_string(repeated(object, "[", LIMIT_PDF_NESTING, ends->str)),
                     PDF_ACTIVE_NONE);
    g_string_prepend(ends, "]");
    assert_int_equal(of_string(repeated(object, "[", LIMIT_PDF_NESTING + 1, ends->str)),
                     PDF_ACTIVE_DAMAGED);
    assert_int_equal(of_string(repeated(object, "x", 256, " endobj")), PDF_ACTIVE_DAMAGED);
    const char *goes = ">>endobj\n5 0 obj[]endobj\n", *opener = "/OpenAction 5 0 R";
    assert_int_equal(of_string(repeated(HEAD "1 0 obj<<", opener, LIMIT_PDF_OPENERS, goes)),
                     PDF_ACTIVE_NONE);
    assert_int_equal(of_string(repeated(HEAD "1 0 obj<<", opener, LIMIT_PDF_OPENERS + 1, goes)),
                     PDF_ACTIVE_TOO_LARGE);
    assert_int_equal(of_string(repeated(HEAD, "1 0 obj[]endobj\n", LIMIT_PDF_OBJECTS, "")),
                     PDF_ACTIVE_NONE);
    assert_int_equal(of_string(repeated(HEAD, "1 0 obj[]endobj\n", LIMIT_PDF_OBJECTS + 1, "")),
                     PDF_ACTIVE_TOO_LARGE);
    assert_int_equal(of_string(repeated(HEAD, " ", LIMIT_PDF_SIZE, "")), PDF_ACTIVE_TOO_LARGE);
}

static void object_streams_unpack_within_limits(void **state) {
    (void)state;
    g_autoptr(GString) bomb = repeated("1 0 ", " ", LIMIT_PDF_INFLATED / 2, "[]");
    g_autoptr(GString) one = packed("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", bomb->str, true);
    GString *two = g_string_new(HEAD);
    g_string_append_len(two, one->str, (gssize)one->len);
    assert_int_equal(pdf_active(span_make(two->str, two->len)), PDF_ACTIVE_NONE);
    g_string_append_len(two, one->str, (gssize)one->len);
    assert_int_equal(of_string(two), PDF_ACTIVE_TOO_LARGE);
    const char *empty = "1 0 obj<</Type/ObjStm/N 0/First 0>>stream\nendstream endobj\n";
    assert_int_equal(of_string(repeated(HEAD, empty, LIMIT_PDF_STREAMS, "")), PDF_ACTIVE_NONE);
    assert_int_equal(of_string(repeated(HEAD, empty, LIMIT_PDF_STREAMS + 1, "")),
                     PDF_ACTIVE_TOO_LARGE);
}

/* No cut of a document that acts makes one that may be looked at. */
static void a_cut_document_is_never_better(void **state) {
    (void)state;
    static const char text[] = DOCUMENT("/OpenAction" ALERT, "");
    size_t acts = (size_t)(strstr(text, "/JavaScript") - text) + strlen("/JavaScript");
    for (size_t n = strlen(HEAD) + 1; n < sizeof text; n++) {
        g_autofree char *copy = g_memdup2(text, n); /* exact size: reads beyond it are seen */
        enum pdf_active is = pdf_active(span_make(copy, n));
        assert_true(n < acts || is == PDF_ACTIVE_PROGRAM);
        assert_true(is != PDF_ACTIVE_NONE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_documents_may_be_looked_at),
        cmocka_unit_test(programs_are_seen_however_they_are_written),
        cmocka_unit_test(what_acts_by_itself_or_beyond_its_pages_is_seen),
        cmocka_unit_test(what_readers_may_read_otherwise_cannot_be_told),
        cmocka_unit_test(objects_in_streams_are_read),
        cmocka_unit_test(an_object_stream_starts_where_all_readers_see_it),
        cmocka_unit_test(beyond_the_limits_it_cannot_be_told),
        cmocka_unit_test(object_streams_unpack_within_limits),
        cmocka_unit_test(a_cut_document_is_never_better)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
