/* SPDX-License-Identifier: MIT
 *
 * Reading \Sent and the inbox for the account's memory: whom the user wrote to, and which addresses
 * mail has come from. Newest first, headers only, LIMIT_WALK_BATCH in one go and
 * LIMIT_WALK_MESSAGES altogether; then only what is new. Runs in the background verifier's threads,
 * over connections that nobody else needs at the moment. */
#ifndef INKAN_FCGI_WALK_H
#define INKAN_FCGI_WALK_H

#include "fcgi/acquaintance.h"
#include "fcgi/session.h"
#include "mail/message.h"

/* One batch. Milliseconds until the next one is wanted, or 0: nothing more for now. */
int64_t walk_step(struct acquaintances *all, struct session *session);

/* Whom one message of \Sent was written to, and from which address: added to the contacts. Nothing
 * where it bears the marks of delivered or automatic mail: a Return-Path or Delivered-To (RFC 5321
 * §4.4), Auto-Submitted other than "no" (RFC 3834 §5). False: nothing was added. */
bool walk_read_sent(struct contacts *contacts, const struct message *message, int64_t at);

#endif
