/* SPDX-License-Identifier: MIT
 *
 * Which of our languages a client wants (RFC 9110 §12.5.4, RFC 4647 §3.4 lookup). */
#ifndef INKAN_FCGI_LANGUAGE_H
#define INKAN_FCGI_LANGUAGE_H

/* "en" or "ja". `asked` (?lang=) wins where it names one of ours; else the entry of
 * Accept-Language with the highest weight that does, the first of equals; else "en". Both may be
 * NULL. */
const char *language_choose(const char *asked, const char *accept_language);

#endif
