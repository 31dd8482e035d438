/* SPDX-License-Identifier: MIT
 *
 * Field values as text: unfolding (RFC 5322 §2.2.3), encoded words (RFC 2047) decoded at most once,
 * raw 8-bit and ISO-2022-JP text that should have been encoded. What comes out is always valid
 * UTF-8 on one line. Address syntax is mail/address, which decodes only after it has parsed.
 *
 * Two kinds of text leave this file. Decoded text (header_decode) is what the sender wrote: for
 * search, comparison, look-alike checks. Display text (header_text) is what may stand beside a
 * verdict of ours; see mail/display. Whatever a person sees is display text. */
#ifndef INKAN_MAIL_HEADER_H
#define INKAN_MAIL_HEADER_H

#include "base/span.h"
#include "mail/display.h"

#include <stdint.h>

/* The value without the line ends that are followed by white space; nothing else changes, leading
 * white space and bare CR stay. The caller frees with g_string_free. At most LIMIT_FIELD_SIZE
 * octets. */
GString *header_unfold(struct span value);
/* The same without a copy where nothing is folded: then the value itself, else what stands in
 * *copy, which the caller frees and which is NULL before. */
struct span header_unfolded(struct span value, GString **copy);

/* Decoded text of an unstructured value (Subject, a display name, a comment): unfolded, trimmed,
 * encoded words decoded once, wherever they stand (mailers glue them to text against RFC 2047 §5),
 * white space between two of them dropped (§6.2), octets of neighbours in one charset joined before
 * they are decoded. Control characters become U+FFFD, tabs spaces. Flags (text_flag) are or-ed into
 * *flags (may be NULL). The caller frees with g_free; never NULL, at most LIMIT_TEXT octets. */
char *header_decode(struct span value, uint32_t *flags);

/* header_decode, then display_text. */
char *header_text(struct span value, uint32_t *flags);

/* Does an encoded word "=?charset?q?text?=" stand anywhere in these octets? */
bool header_has_encoded_word(struct span text);

#endif
