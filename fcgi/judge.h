/* SPDX-License-Identifier: MIT
 *
 * Octets to verdict, with all that judging needs beside them: resolver, key cache, suffix list,
 * belief rules of the account, and the memory of verdicts. The first complete verdict on the same
 * octets, rules and receipt facts is kept and stays (verdict rule 6); what is temporary is never
 * kept. Safe between threads. */
#ifndef INKAN_FCGI_JUDGE_H
#define INKAN_FCGI_JUDGE_H

#include "base/own.h"
#include "fcgi/brands.h"
#include "fcgi/config.h"
#include "store/store.h"
#include "trust/record.h"

#include <glib.h>
#include <stdint.h>

struct acquaintances;
struct judge;
struct resolver;
struct vouchers;

/* Everything is borrowed; `resolver` may be NULL under verify = never. NULL and *error where the
 * public suffix list cannot be read. */
struct judge *judge_new(const struct config *config, struct store *store, struct resolver *resolver,
                        struct vouchers *vouchers, GError **error);
void judge_free(struct judge *judge);

struct wkd_keys;
/* Keys that domains publish count too, as far as they are remembered; `keys` is borrowed. Before
 * the first message is judged. */
void judge_use_wkd(struct judge *judge, struct wkd_keys *keys);

/* The public suffix list, for names a person is shown. Borrowed. */
struct public_suffixes;
const struct public_suffixes *judge_suffixes(const struct judge *judge);

/* What the accounts know of their senders; borrowed. */
struct acquaintances *judge_acquaintances(const struct judge *judge);

/* Whose message it is and how it came; part of the name of its verdict. */
struct judge_case {
    const char *account; /* session->account */
    const char *address; /* the account's own address, or NULL */
    const struct config_trust *trust;
    enum mailbox_role role;
    int64_t received_at; /* INTERNALDATE; 0 = unknown */
};

enum judge_depth {
    JUDGE_GLANCE, /* no look-up: what the believed headers alone settle */
    JUDGE_CHECK,  /* as [trust] verify says; waits for DNS. Where the first verdict is kept and only
                     the OpenPGP keys have changed since, its evidence stands and these are asked */
    JUDGE_AGAIN   /* the same, whatever is kept */
};

/* Evaluates now. record->facts.complete says whether the result may be kept: under JUDGE_GLANCE
 * only what no look-up could change. `whole`: the octets are the whole message. Never NULL. */
struct record *judge_octets(struct judge *judge, const struct judge_case *about, GBytes *octets,
                            bool whole, enum judge_depth depth);

/* Keeps a complete record of octets of that digest, unless one is kept already: the first one
 * counts, and it alone teaches the account's history. An incomplete one is not kept. */
void judge_keep(struct judge *judge, const struct judge_case *about, GBytes *octets,
                const char *digest, const struct record *record);
/* Makes the verdict of an unfinished check say so: unchecked, whatever a glance found. */
void judge_set_pending(struct record *record);

/* The kept record for octets of that digest (seal_digest) under today's rules, or NULL. What an
 * OpenPGP signature says depends on the keys that count, so its record is also named by them. Where
 * contacts, what the user said, or the operator's lists have changed since, its verdict is derived
 * again from the kept evidence; where the belief rules have, from evidence and header kept under
 * others, if that suffices. record->first stays. */
struct record *judge_find(struct judge *judge, const struct judge_case *about, const char *digest);

/* One of a page of messages of one account. */
struct judge_asked {
    struct judge_case about;
    const char *digest;    /* "": nothing is kept; the record stays NULL */
    struct record *record; /* as judge_find finds it; the caller's */
};
/* The same for a page: however many there are, the store is asked once. */
void judge_find_all(struct judge *judge, struct judge_asked *asked, guint n);

/* A check after the first: kept beside it, and found again (false: there was none). */
struct judge_later {
    int64_t checked_at;
    enum verdict_author author;
    enum verdict_level level;
};
void judge_keep_later(struct judge *judge, const struct judge_case *about, const char *digest,
                      const struct record *record);
bool judge_find_later(struct judge *judge, const struct judge_case *about, const char *digest,
                      struct judge_later *later);

/* The logo of that record's author as fcgi/brands knows it (NULL: no logos here), and the verdict
 * derived again with it. Never waits. */
void judge_add_logo(struct judge *judge, const struct judge_case *about, struct brands *brands,
                    enum brands_mode mode, struct record *record);

DEFINE_OWNED(judge, judge_free)

#endif
