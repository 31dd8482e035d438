/* SPDX-License-Identifier: MIT
 *
 * List-Unsubscribe (RFC 2369 §3.2) and List-Unsubscribe-Post (RFC 8058 §3.1): where a reader may
 * ask to be left alone, and whether one POST does it. Says what is written, not whether it may be
 * used: a signature has to cover both fields (RFC 8058 §4), which trust/ knows. Fetches nothing. */
#ifndef INKAN_MAIL_UNSUBSCRIBE_H
#define INKAN_MAIL_UNSUBSCRIBE_H

#include "mail/message.h"

struct unsubscribe {
    char *https;  /* the first https URI as link_parse writes it, or NULL; http is never offered */
    char *mailto; /* the first mailto URI, or NULL */
    /* List-Unsubscribe-Post says One-Click, each field is there once, and one https URI is named:
     * what two readers could read in two ways is no one-click. */
    bool one_click;
};

/* Of the message's header; at most LIMIT_UNSUBSCRIBE_URIS URIs of
 * LIMIT_UNSUBSCRIBE_URI octets are read. Never fails: what is no
 * URI between angle brackets is passed over (RFC 2369 §2). Clear with unsubscribe_clear. */
void unsubscribe_parse(const struct message *message, struct unsubscribe *unsubscribe);
void unsubscribe_clear(struct unsubscribe *unsubscribe);

#endif
