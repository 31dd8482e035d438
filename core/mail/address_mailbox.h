/* SPDX-License-Identifier: MIT
 *
 * One mailbox out of the tokens of one list element, for mail/address alone: which tokens are name,
 * which are address, and what is wrong with either. */
#ifndef INKAN_MAIL_ADDRESS_MAILBOX_H
#define INKAN_MAIL_ADDRESS_MAILBOX_H

#include "mail/address.h"
#include "mail/address_lex.h"

struct address_tokens {
    const struct address_token *token;
    guint n;
};

/* Fills *mailbox (all zero before); what it holds is owned by it. */
void address_mailbox_parse(struct mailbox *mailbox, const struct address_lexer *lexer,
                           struct address_tokens element);
void address_mailbox_clear(struct mailbox *mailbox);

/* Display text of phrase tokens, NULL if empty; *decoded (may be NULL) is the same before display
 * rules, the same string even where they change nothing. The caller frees both, one string once. */
char *address_phrase_text(const struct address_lexer *lexer, struct address_tokens phrase,
                          char **decoded, uint32_t *name_flags);

#endif
