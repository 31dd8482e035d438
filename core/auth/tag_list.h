/* SPDX-License-Identifier: MIT
 *
 * The tag=value lists of RFC 6376 §3.2, which DKIM-Signature, key records, DMARC records and the
 * ARC fields share, and the value forms that several of their tags have: base64, numbers,
 * colon-separated lists. What a tag means is not known here. */
#ifndef INKAN_AUTH_TAG_LIST_H
#define INKAN_AUTH_TAG_LIST_H

#include "base/limits.h"
#include "base/span.h"

#include <stdint.h>

enum tag_list_flag {
    TAG_LIST_STRICT = 0,
    /* Octets above 127 may stand in values (RFC 8616 §5: U-labels in d=, s=, i=). Whether they are
       UTF-8, and whether that tag may hold them, is for the reader of the tag. */
    TAG_LIST_8BIT = 1 << 0,
    /* A tag-spec that does not parse is dropped alone, up to the next ";" (RFC 9989 §4.7: syntax
       errors behind v= and p= are ignored); so is a second tag of one name. `error` still tells of
       the first. */
    TAG_LIST_SKIP_BAD = 1 << 1
};

enum tag_list_error {
    TAG_LIST_OK = 0,
    TAG_LIST_EMPTY,     /* no tag at all */
    TAG_LIST_SYNTAX,    /* not the grammar of §3.2; `at` says where */
    TAG_LIST_DUPLICATE, /* "if a tag name does occur more than once, the entire tag-list is invalid"
                         */
    TAG_LIST_TOO_MANY   /* more than LIMIT_DKIM_TAGS */
};

/* Spans into what was parsed. */
struct tag {
    struct span name;  /* exact case: "Tags MUST be interpreted in a case-sensitive manner" */
    struct span value; /* without white space at both ends; folds and white space inside kept */
    struct span raw;   /* all between "=" and ";" or the end: what §3.7 deletes for b= */
};

enum { TAG_KINDS = 64 };

struct tag_list {
    struct tag tags[LIMIT_DKIM_TAGS];
    guint n;
    enum tag_list_error error;
    size_t at; /* where the first error stands */
    /* By first letter and length of a name: 1 + the first tag it may be, 0: there is none. */
    uint8_t may_be[TAG_KINDS];
};

/* Reads `text` (a field's value, or a joined TXT record). True if the whole of it is a tag-list;
 * otherwise `list->error` says why and, unless TAG_LIST_SKIP_BAD, `list` is not to be used. Folds
 * must be CRLF + WSP: a bare CR, a bare LF and a NUL are syntax errors. Linear but for the check
 * for duplicates (at most LIMIT_DKIM_TAGS²/2 short compares). */
bool tag_list_parse(struct span text, uint32_t flags, struct tag_list *list);

/* The tag of that exact name, at least one octet, or NULL. */
const struct tag *tag_list_search(const struct tag_list *list, struct span name);
/* The same, inline because nearly every name is a literal: its length is then known to the
 * compiler.
 */
static inline const struct tag *tag_list_find(const struct tag_list *list, const char *name) {
    return tag_list_search(list, span_of(name));
}

/* base64string of RFC 6376 §2.10: white space anywhere is skipped, missing padding is allowed,
 * any other octet or a lone sixth of an octet is not. Writes at most `cap` octets to `out`; false
 * if it is no base64, is empty, or does not fit. */
bool tag_value_base64(struct span value, unsigned char *out, size_t cap, size_t *n);

/* 1*`digits`DIGIT; false for anything else. A number beyond UINT64_MAX reads as UINT64_MAX. */
bool tag_value_number(struct span value, size_t digits, uint64_t *number);

/* Cuts the next item, without white space around it, from a list "a : b : c" in *rest. False when
 * *rest was used up (its p is then NULL). An empty item is returned as an empty span: whether it
 * may be empty is for the caller. Start with *rest = value. */
bool tag_value_next(struct span *rest, struct span *item);

#endif
