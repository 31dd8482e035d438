/* SPDX-License-Identifier: MIT
 *
 * A message as numbered parts (RFC 2045, 2046; numbers as in RFC 9051 §6.4.5.1). Our own scanner
 * decides the structure and gives the exact octets of every part, as signatures need them; GMime
 * decodes (transfer encodings, encoded words in names) and is asked for a second opinion on the
 * structure. Nothing here opens what is encrypted, follows message/external-body or joins
 * message/partial, and an attached message is listed, never judged. */
#ifndef INKAN_MAIL_MIME_H
#define INKAN_MAIL_MIME_H

#include "mail/message.h"

enum mime_flag {
    MIME_DUPLICATE_FIELD = 1 << 0,     /* a second Content-Type, -Transfer-Encoding, -Disposition
                                          or -ID field: the first counts (attacks H162) */
    MIME_DUPLICATE_PARAMETER = 1 << 1, /* a parameter twice: the first counts; also a name= and a
                                          filename= that differ */
    MIME_BAD_FIELD = 1 << 2,           /* Content-Type or -Disposition that breaks the grammar */
    MIME_BAD_ENCODING = 1 << 3,        /* unknown transfer encoding, or octets that break it */
    MIME_BAD_CHARSET = 1 << 4,         /* unknown charset, or octets it does not have: U+FFFD */
    MIME_NO_CLOSE = 1 << 5,            /* the closing delimiter is missing */
    MIME_NO_BOUNDARY = 1 << 6,         /* multipart without a usable boundary parameter */
    MIME_NO_DELIMITER = 1 << 7,        /* multipart whose boundary never occurs */
    MIME_NEAR_DELIMITER = 1 << 8,      /* a delimiter with more than white space behind it: we split
                                          there as RFC 2046 §5.1.1 says, other readers do not */
    MIME_SAME_BOUNDARY = 1 << 9,       /* a boundary that an outer multipart uses too */
    MIME_BAD_HEADER = 1 << 10,         /* the part's header holds malformed lines */
    MIME_TOO_DEEP = 1 << 11,           /* LIMIT_MIME_DEPTH: the part is kept whole, not opened */
    MIME_TOO_MANY = 1 << 12,           /* LIMIT_MIME_PARTS: what follows belongs to the last part */
    MIME_AFTER_CLOSE = 1 << 13, /* a delimiter after the closing one: what follows is epilogue here,
                                   a part elsewhere */
    MIME_UNSAFE_NAME = 1 << 14  /* the file name held paths, controls, bidi marks, … */
};

/* What decides that two readers may see different messages: our scanner and GMime disagree, or one
 * of the flags above that let other readers split elsewhere. */
enum mime_structure { MIME_UNCOMPARED, MIME_AGREED, MIME_AMBIGUOUS };

enum mime_kind { MIME_LEAF, MIME_MULTIPART, MIME_MESSAGE };
enum mime_encoding { MIME_IDENTITY, MIME_BASE64, MIME_QUOTED_PRINTABLE, MIME_UUENCODE, MIME_OTHER };
enum mime_disposition { MIME_NO_DISPOSITION, MIME_INLINE, MIME_ATTACHMENT };

struct mime_parameter {
    char *name;  /* lower-case, without the marks of RFC 2231 */
    char *value; /* UTF-8, valid, without control characters */
};

struct mime_part {
    char *number; /* "1", "2.1"; "" for the multipart a message consists of */
    enum mime_kind kind;
    char *type; /* "text/html", lower-case; the default of RFC 2045 §5.2 or RFC
                   2046 §5.1.5 if none is given or readable */
    struct mime_parameter *parameters; /* of Content-Type */
    guint n_parameters;
    enum mime_encoding encoding;
    enum mime_disposition disposition;
    char *name;        /* safe file name, or NULL if none is given */
    char *id;          /* Content-ID without the angle brackets, or NULL */
    struct span whole; /* header and body: the octets that multipart/signed signs, without the line
                          end before the next delimiter (RFC 1847 §2.1, RFC 2046 §5.1.1) */
    struct span header, body; /* body without the empty line */
    uint32_t flags;
    struct mime_part *parent; /* NULL for the root */
    GPtrArray *children;      /* of struct mime_part; NULL for a leaf */
};

struct mime {
    struct mime_part *root;
    guint n_parts; /* numbered or not */
    enum mime_structure structure;
    uint32_t flags; /* of all parts together */
};

/* Scans the message; its octets must outlive the result. Any octets give a tree, perhaps of one
 * text/plain part. Linear; at most LIMIT_MIME_PARTS parts, LIMIT_MIME_DEPTH deep. `structure` is
 * MIME_UNCOMPARED. Works on a partial body. */
struct mime *mime_parse(const struct message *message);
void mime_free(struct mime *mime);

/* Fills `structure` with the help of GMime (§ above). Costs a second parse: call it where a body is
 * shown or a signature judged, not for list rows. */
void mime_compare(struct mime *mime, const struct message *message);

/* The part of that number, or NULL. Borrowed. */
const struct mime_part *mime_find(const struct mime *mime, const char *number);
/* A Content-Type parameter by lower-case name, or NULL. Borrowed. */
const char *mime_parameter_find(const struct mime_part *part, const char *name);
bool mime_is(const struct mime_part *part, const char *type);

/* The part's body without its transfer encoding. *flags (may be NULL) gains MIME_BAD_ENCODING. An
 * unknown encoding gives the octets as they are. The caller unrefs. */
GBytes *mime_content(const struct mime_part *part, uint32_t *flags);

/* A text part as valid UTF-8, line ends LF, control characters other than TAB as U+FFFD, at most
 * `limit` octets (cut at a character). The declared charset wins, nothing is sniffed; without a
 * declaration charset_guess decides, else UTF-8, with U+FFFD for what is not. *flags
 * gains MIME_BAD_ENCODING, MIME_BAD_CHARSET. The caller frees. */
char *mime_text(const struct mime_part *part, gsize limit, uint32_t *flags);

DEFINE_OWNED(mime, mime_free)

#endif
