/* SPDX-License-Identifier: MIT
 *
 * What an account has seen of its senders (trust on first use): when an address was first seen, and
 * which signatures its authenticated mail always carried. A history is a part (bucket) of an
 * account's senders, one value of at most LIMIT_HISTORY_ENTRIES.
 *
 * Who may teach it what: any message that nothing contradicts says that its address was seen; only
 * one whose author was established says anything about signatures. So forged mail neither makes a
 * habit nor breaks one. A crowd of strangers pushes out strangers: who was authenticated over days
 * goes after who was not, a correspondent of the user last, and one domain has room for
 * LIMIT_HISTORY_DOMAIN addresses. */
#ifndef INKAN_REPUTE_HISTORY_H
#define INKAN_REPUTE_HISTORY_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum history_habit {
    HABIT_DOMAIN = 0, /* d= of the author's domain that was intact */
    HABIT_SMIME,      /* fingerprint of the certificate */
    HABIT_OPENPGP,    /* fingerprint of the key */
    HABIT__MAX
};

/* What one message shows. */
struct history_lesson {
    const char *address;            /* of the author */
    int64_t received_at;            /* epoch seconds */
    bool established;               /* the author was: its signatures may be learned from */
    bool is_contact;                /* a correspondent of the user: its entry goes last */
    bool shown[HABIT__MAX];         /* this message tells about that habit at all … */
    const char *habits[HABIT__MAX]; /* … namely this, or NULL: it carries none */
};

/* What was there before a message; strings are borrowed until the history changes. */
struct history_past {
    int64_t first;      /* when the address was first seen; 0: not known here */
    guint seen, proved; /* messages of it, and of these with an established author */
    /* What its authenticated mail carried constantly, the last `counts` times; NULL: nothing was
     * constant, or to carry none was. */
    const char *habits[HABIT__MAX];
    guint counts[HABIT__MAX];
    int64_t since[HABIT__MAX]; /* receipt of the first of them: says nothing about older mail */
};

struct history;
struct history *history_new(void);
void history_free(struct history *history);

/* False: nothing is known of the address, and *past is zero. */
bool history_find(const struct history *history, const char *address, struct history_past *past);
void history_learn(struct history *history, const struct history_lesson *lesson);
guint history_size(const struct history *history);
/* Forgets senders last seen before `before`. */
void history_forget(struct history *history, int64_t before);

/* As of contacts. */
GBytes *history_encode(const struct history *history);
struct history *history_decode(GBytes *octets);

DEFINE_OWNED(history, history_free)

#endif
