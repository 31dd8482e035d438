/* SPDX-License-Identifier: MIT
 *
 * The objects of a PDF: those that stand in the file, and those packed in its object streams
 * (ISO 32000-2 §7.5.7), unpacked within limits. Several of one number are all kept: which of them
 * counts is a matter of tables that are not believed. Filters other than a single FlateDecode are
 * not undone; no program that writes PDF uses another one for objects. */
#ifndef INKAN_MAIL_PDF_OBJECTS_H
#define INKAN_MAIL_PDF_OBJECTS_H

#include "base/own.h"
#include "mail/pdf_active.h"
#include "mail/pdf_lex.h"

struct pdf_objects;

/* Borrows the octets of the file. */
struct pdf_objects *pdf_objects_new(struct span file);
void pdf_objects_free(struct pdf_objects *objects);

/* An object whose value starts at `at` in the file. False: there are LIMIT_PDF_OBJECTS already. */
bool pdf_objects_add(struct pdf_objects *objects, uint64_t number, size_t at);

/* All of the object stream with that dictionary ("<<" … ">>") and those octets (what stands between
 * "stream" and "endstream"). False and *fault: PDF_ACTIVE_UNUSUAL, _DAMAGED or _TOO_LARGE; then
 * none or some of them were added. */
bool pdf_objects_unpack(struct pdf_objects *objects, struct span dictionary, struct span data,
                        enum pdf_active *fault);

size_t pdf_objects_count(const struct pdf_objects *objects);
/* At the value; for a packed object the octets end where the next object starts. */
struct pdf_lexer pdf_objects_at(const struct pdf_objects *objects, size_t i);
bool pdf_objects_is(const struct pdf_objects *objects, size_t i, uint64_t number);
/* Whether it stands in the file, and the digits of its number end in those of that one. */
bool pdf_objects_ends_in(const struct pdf_objects *objects, size_t i, uint64_t number);

DEFINE_OWNED(pdf_objects, pdf_objects_free)

#endif
