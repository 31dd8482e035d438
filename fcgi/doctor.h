/* SPDX-License-Identifier: MIT
 *
 * What `inkan doctor` finds: lines, each ok, warn or fail, with what to do about it. Each check is
 * a function that asks the real thing (the store, the resolver, the mail server) and says one line
 * or more; none changes anything. */
#ifndef INKAN_FCGI_DOCTOR_H
#define INKAN_FCGI_DOCTOR_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct belief_rules;
struct config;

enum doctor_state { DOCTOR_NOT_RUN = 0, DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor_line {
    enum doctor_state state;
    const char *check; /* "config", "clock", "store", …; a literal */
    char *text;
    char *advice; /* what to do; NULL: nothing */
};

/* One authserv-id as the mailbox shows it. */
struct doctor_id {
    char *id;
    guint messages; /* that carry it at all */
    guint top;      /* … above every Received line: only what took the mail in can write there */
    guint under; /* … directly under the first one: a receiver, or anybody if that is the border */
    guint believed; /* … believed under the rules, configured or proposed */
    GArray *forged; /* uint32_t UIDs of messages with one that is not believed although the id is */
};

struct doctor {
    GPtrArray *lines; /* struct doctor_line */
    GPtrArray *ids;   /* struct doctor_id, most messages first; NULL: no mailbox was read */
    /* What a rule could be, where none believes anything; NULL: no proposal. */
    char *proposed_id, *proposed_border;
    bool proposed_below;
};

struct doctor *doctor_new(void);
void doctor_free(struct doctor *doctor);

/* "ok", "warn", "fail". */
const char *doctor_state_name(enum doctor_state state);
/* Adds a line. `advice` is copied; NULL: none. */
void doctor_say(struct doctor *doctor, enum doctor_state state, const char *check,
                const char *advice, const char *format, ...) G_GNUC_PRINTF(5, 6);
/* True if some line is a fail. */
bool doctor_failed(const struct doctor *doctor);

/* doctor_local.c: what needs no network. */
void doctor_clock(struct doctor *doctor, int64_t now);
void doctor_store(struct doctor *doctor, const struct config *config);
void doctor_worker(struct doctor *doctor, const struct config *config);
void doctor_roots(struct doctor *doctor, const struct config *config, int64_t now);

/* doctor_dns.c: recursion and DNSSEC. */
void doctor_dns(struct doctor *doctor, const struct config *config);

/* doctor_reputation.c: the entries that each list of [reputation] must and must not have. */
void doctor_reputation(struct doctor *doctor, const struct config *config);

/* doctor_imap.c: certificate and, with an account (NULL: none), its mailbox. */
void doctor_imap(struct doctor *doctor, const struct config *config, const char *user,
                 const char *password, int64_t now);

/* doctor_belief.c: which authserv-ids the messages (struct imap_message with headers) show and what
 * `rules` make of them; where the rules believe nobody, a proposal, judged by the same code that
 * judges mail. `user`: the account, whose own domain proves nothing. */
void doctor_belief(struct doctor *doctor, const GPtrArray *messages,
                   const struct belief_rules *rules, const char *user);

DEFINE_OWNED(doctor, doctor_free)

#endif
