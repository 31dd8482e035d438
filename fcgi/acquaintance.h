/* SPDX-License-Identifier: MIT
 *
 * What each account knows of its senders, between core/repute (what it is) and the store (where it
 * stays): contacts with what the user said, kept for good, and the history of senders, which is
 * forgotten as [store] days says. Names under which it is stored are keyed hashes: nobody chooses
 * where in a history he lands. Safe between threads. */
#ifndef INKAN_FCGI_ACQUAINTANCE_H
#define INKAN_FCGI_ACQUAINTANCE_H

#include "base/own.h"
#include "repute/contact_names.h"
#include "repute/history.h"
#include "store/store.h"

struct acquaintances;
struct confusables;
struct lookalikes;
struct public_suffixes;

/* What they need; all borrowed. */
struct acquaintances_parts {
    struct store *store;
    const struct confusables *confusables;
    const struct public_suffixes *suffixes;
    GHashTable *providers; /* domains in which anyone can open an account */
    const char *policy;    /* what else verdicts are derived under: part of every revision */
    unsigned days;         /* [store] days; 0 = for good */
};

/* One account as it is now: never changed, counted. */
struct acquaintance {
    struct contacts *contacts;
    struct contact_names *names;
    struct lookalikes *correspondents; /* their domains, providers aside */
    uint32_t revision; /* of contacts and policy: what a verdict was derived under */
    bool indexed;      /* \Sent and inbox were read: who has no past is new */
    bool unread;       /* the store could not be read: contacts is empty and says nothing */
    gint references;
};

struct acquaintances *acquaintances_new(const struct acquaintances_parts *parts);
void acquaintances_free(struct acquaintances *all);

/* Never NULL; give it back with acquaintance_unref. */
struct acquaintance *acquaintances_take(struct acquaintances *all, const char *account);
void acquaintance_unref(struct acquaintance *one);

enum acquaintances_outcome {
    ACQUAINTANCES_DONE,
    ACQUAINTANCES_UNCHANGED, /* `change` said no */
    ACQUAINTANCES_NOT_KEPT   /* the store could not be read or written: all is as it was */
};
/* Changes a copy of the contacts and keeps it where `change` says so. */
typedef bool (*acquaintance_change)(struct contacts *contacts, void *data);
enum acquaintances_outcome acquaintances_change(struct acquaintances *all, const char *account,
                                                acquaintance_change change, void *data);

/* What is known of an address; *history owns what *past borrows (NULL: nothing). */
void acquaintances_recall(struct acquaintances *all, const char *account, const char *address,
                          struct history **history, struct history_past *past);
void acquaintances_learn(struct acquaintances *all, const char *account,
                         const struct history_lesson *lesson);

/* Small values of the same kind: how far reading has come ("walk"), a later check ("later"). */
GBytes *acquaintances_get(struct acquaintances *all, const char *account, const char *what);
bool acquaintances_put(struct acquaintances *all, const char *account, const char *what,
                       GBytes *value);
/* Both mailboxes were read. */
void acquaintances_set_indexed(struct acquaintances *all, const char *account);
/* True once every LIMIT_WALK_SECONDS an account: it is time to look for what is new. */
bool acquaintances_walk_is_due(struct acquaintances *all, const char *account, int64_t now);

DEFINE_OWNED(acquaintances, acquaintances_free)
DEFINE_OWNED(acquaintance, acquaintance_unref)

#endif
