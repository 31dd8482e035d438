/* SPDX-License-Identifier: MIT
 *
 * Whom an account knows: the people it has written to, those of its address book, and what its
 * user says is known (a sender, a mailing list, a forwarder, a key). One value, read whole and
 * written whole; nothing that arrives by mail gets in here. Knowing somebody explains a fact about
 * a message and never proves who wrote it: that is the verdict's business. */
#ifndef INKAN_REPUTE_CONTACTS_H
#define INKAN_REPUTE_CONTACTS_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct contacts;

/* Where an address comes from; the values are bits. */
enum contact_source {
    CONTACT_WRITTEN = 1 << 0,  /* the user sent mail to it */
    CONTACT_IMPORTED = 1 << 1, /* it stands in an address book that the user handed in */
    CONTACT_OWN = 1 << 2       /* the user wrote from it */
};

struct contact {
    char *address;    /* addr-spec, ASCII upper case made lower */
    char *name;       /* display text; "" = none */
    uint32_t sources; /* contact_source */
    int64_t last;     /* epoch seconds: last written to, or imported */
};

enum known_kind {
    KNOWN_NOTHING = 0,
    KNOWN_SENDER,    /* an address */
    KNOWN_LIST,      /* a List-Id, tied to the domain whose signature carried it */
    KNOWN_FORWARDER, /* a domain that seals or signs what it forwards */
    KNOWN_KEY,       /* fingerprint of a certificate or an OpenPGP key, lower-case hex */
    KNOWN__MAX
};

/* What the user says. */
struct known {
    enum known_kind kind;
    char *subject;
    char *by;      /* KNOWN_LIST: that domain; else "" */
    int64_t since; /* epoch seconds */
};

struct contacts *contacts_new(void);
void contacts_free(struct contacts *contacts);
struct contacts *contacts_copy(const struct contacts *contacts);

/* Makes an address a contact, or adds source, name (NULL or "": keeps what is there; only a contact
 * without a name, or an import, gives one) and time to the one that is there. Of LIMIT_CONTACTS the
 * one longest not written to goes, one that is imported or the user's own last. False, and nothing
 * done: no usable address, or over LIMIT_CONTACT_ADDRESS. */
bool contacts_add(struct contacts *contacts, const char *address, const char *name,
                  enum contact_source source, int64_t at);
/* False: there is none. */
bool contacts_remove(struct contacts *contacts, const char *address);
/* Borrowed until the next change, or NULL. The case of ASCII letters does not matter. */
const struct contact *contacts_find(const struct contacts *contacts, const char *address);
/* In no order. */
guint contacts_size(const struct contacts *contacts);
const struct contact *contacts_at(const struct contacts *contacts, guint i);

/* The user's own say; saying it again keeps its time. False: LIMIT_KNOWN are there, or the subject
 * is empty or over LIMIT_KNOWN_SUBJECT. */
bool contacts_say(struct contacts *contacts, enum known_kind kind, const char *subject,
                  const char *by, int64_t at);
bool contacts_unsay(struct contacts *contacts, enum known_kind kind, const char *subject);
const struct known *contacts_said(const struct contacts *contacts, enum known_kind kind,
                                  const char *subject);
guint contacts_n_said(const struct contacts *contacts);
const struct known *contacts_said_at(const struct contacts *contacts, guint i);

/* "sender" "list" "forwarder" "key"; NULL for KNOWN_NOTHING. And back: KNOWN_NOTHING if none. */
const char *known_kind_name(enum known_kind kind);
enum known_kind known_kind_find(const char *name);

/* The user wrote to that address, has it in his address book, or says that he knows it. */
bool contacts_knows(const struct contacts *contacts, const char *address);

/* One versioned GVariant. Decoding gives NULL for what contacts_encode of this version did not
 * write. */
GBytes *contacts_encode(const struct contacts *contacts);
struct contacts *contacts_decode(GBytes *octets);

DEFINE_OWNED(contacts, contacts_free)

#endif
