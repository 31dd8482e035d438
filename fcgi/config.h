/* SPDX-License-Identifier: MIT
 *
 * inkan.conf: a GLib key file, read once, constant afterwards. Strict: an unknown section or key, a
 * key given twice, a value of the wrong shape stops the start and says file, section, key and what
 * would be right. Every key has a default and a comment in conf/inkan.conf, which is tested against
 * the table in config.c. Secrets do not stand here: they come from files named here. */
#ifndef INKAN_FCGI_CONFIG_H
#define INKAN_FCGI_CONFIG_H

#include "base/log.h"
#include "base/own.h"
#include "fcgi/brand_policy.h"

#include <glib.h>
#include <stdbool.h>

struct belief_rules; /* auth/belief.h */
struct dnsbl_lists;  /* repute/dnsbl.h */

enum config_verify { CONFIG_VERIFY_MISSING = 0, CONFIG_VERIFY_ALWAYS, CONFIG_VERIFY_NEVER };
enum config_wkd { CONFIG_WKD_OFF = 0, CONFIG_WKD_ARRIVAL };
enum config_dnssec { CONFIG_DNSSEC_AUTO = 0, CONFIG_DNSSEC_ON };

/* [trust] and each [trust HOST]: which headers of an account's server are believed. */
struct config_trust {
    char *host; /* lower-case; NULL: the defaults */
    struct belief_rules *rules;
    char *fingerprint; /* of the rules: part of the name of a stored verdict */
};

struct config {
    char *file; /* for messages */

    /* [server] */
    char *socket;         /* path of the FastCGI socket */
    unsigned threads;     /* that answer requests */
    unsigned verifiers;   /* that judge messages in the background */
    unsigned workers;     /* sandboxed children at most */
    char *worker_program; /* NULL: inkan-worker beside this program */

    /* [imap] */
    char *imap_host;
    unsigned imap_port;
    char *imap_ca_file;    /* NULL: the system's authorities */
    unsigned imap_timeout; /* seconds of one command */

    /* [trust], [trust HOST] */
    enum config_verify verify;
    char *known_names; /* file of names that others pass for, beside the built-in ones; or NULL */
    char **providers;  /* domains where anyone can open an account, beside the built-in ones */
    GPtrArray *trust;  /* struct config_trust; the first one holds the defaults */

    /* [dns] */
    char *dns_server;       /* ADDR@PORT; NULL: the system's */
    char *dns_trust_anchor; /* NULL: the system's root key */
    enum config_dnssec dnssec;

    /* [brand] */
    struct brand_policy brand;
    char *brand_mark_roots; /* NULL: the shipped ones alone */
    char *brand_https_ca;   /* NULL: the system's authorities */

    /* [smime] */
    char *smime_ca;   /* PEM: the only anchors; NULL: the system's authorities */
    char *smime_crls; /* PEM; NULL: none */
    char *smime_ocsp; /* DER; NULL: none */

    /* [openpgp] */
    char *openpgp_keyring; /* folder of key files; NULL: none */
    enum config_wkd openpgp_wkd;

    /* [reputation] */
    struct dnsbl_lists *reputation; /* lists that are asked; empty: none */

    /* [store] */
    char *store_path;
    unsigned store_days; /* verdicts and list rows are kept so long; 0: for good */

    /* [web] */
    char **origins;
    bool secure_cookie;       /* every origin is https: __Host-inkan, else "inkan" */
    unsigned session_seconds; /* a session ends so long after the sign-in */
    unsigned max_body;        /* octets of a request body */
    unsigned remote_images;   /* 1: fetched for a reader who asks for them; 0: never */

    /* [log] */
    enum log_level log_level;
};

/* NULL and *error, one sentence that names file, section and key. */
struct config *config_read(const char *file, GError **error);
/* The same from memory; `name` stands for the file in messages. */
struct config *config_parse(const char *name, const char *text, size_t n, GError **error);
void config_free(struct config *config);

/* The section for an account's host, else the defaults. Never NULL. */
const struct config_trust *config_trust_of(const struct config *config, const char *host);
/* True if `origin` (RFC 6454 serialisation) is one of [web] origin. */
bool config_has_origin(const struct config *config, const char *origin);

/* The i-th key of the table, for tests of the shipped file: *standard is its default, NULL where it
 * must be given. False past the end. */
bool config_key_at(size_t i, const char **section, const char **name, const char **standard);

enum config_error { CONFIG_ERROR_VALUE };
#define CONFIG_ERROR config_error_quark()
GQuark config_error_quark(void);

DEFINE_OWNED(config, config_free)

#endif
