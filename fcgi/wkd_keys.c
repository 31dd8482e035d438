/* SPDX-License-Identifier: MIT */
#include "fcgi/wkd_keys.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "mail/author.h"
#include "mail/message.h"
#include "net/https.h"
#include "sign/signed_part.h"
#include "sign/wkd.h"
#include "worker/openpgp_job.h"

static const char space[] = "wkd-1"; /* values: worker/openpgp_job's certificates; empty: none */

struct wkd_keys {
    struct keep *keep;
    struct resolver *resolver;
    struct https *https;
    struct openpgp_verifier *verifier;
};

struct wkd_keys *wkd_keys_new(struct keep *keep, struct resolver *resolver, struct https *https,
                              struct openpgp_verifier *verifier) {
    struct wkd_keys *keys = g_new(struct wkd_keys, 1);
    *keys = (struct wkd_keys){keep, resolver, https, verifier};
    return keys;
}

void wkd_keys_free(struct wkd_keys *keys) {
    g_free(keys);
}

/* --- what is remembered ----------------------------------------------------------------------- */

struct openpgp_keyring *wkd_keys_find(struct wkd_keys *keys, const char *address) {
    struct openpgp_keyring *keyring = openpgp_keyring_new();
    g_autoptr(GBytes) value = keys->keep->get(keys->keep, space, address, clock_now());
    g_autoptr(GPtrArray) list = value ? openpgp_job_unpack_certificates(value) : NULL;
    while (list && list->len)
        openpgp_keyring_add(keyring, g_ptr_array_steal_index(list, 0));
    return keyring;
}

static void remember(struct wkd_keys *keys, const char *address, GPtrArray *found,
                     int64_t seconds) {
    g_autoptr(GBytes) value = openpgp_job_pack_certificates(found);
    keys->keep->put(keys->keep, space, address, value, clock_now() + seconds);
}

/* --- asking ----------------------------------------------------------------------------------- */

/* False: there is no such host, and the other method may be tried. */
static bool get(struct wkd_keys *keys, struct lookups *lookups, const char *url,
                struct https_reply *reply) {
    struct https_request request = {.url = url, .max_size = LIMIT_WKD_REPLY};
    https_get(keys->https, lookups, &request, reply);
    return reply->status != HTTPS_NO_HOST;
}

static void fetch(struct wkd_keys *keys, const struct author *author, struct https_reply *reply) {
    OWNED(lookups) lookups = lookups_new(keys->resolver);
    for (int method = WKD_ADVANCED; method <= WKD_DIRECT; method++) {
        g_autofree char *url = wkd_url(author->local, author->domain, method);
        https_reply_clear(reply);
        if (!url || get(keys, lookups, url, reply))
            break;
    }
}

static void look_up(struct wkd_keys *keys, const struct author *author) {
    g_autoptr(GError) error = NULL;
    struct https_reply reply = {.status = HTTPS_NOT_FETCHED};
    fetch(keys, author, &reply);
    g_autoptr(GPtrArray) found =
        reply.body ? keys->verifier->import(keys->verifier, reply.body, clock_now(), &error) : NULL;
    bool is_temporary = https_is_temporary(reply.status) || (reply.body && !found);
    if (error)
        log_write(LOG_WARNING, "fcgi/wkd_keys", "keys could not be imported: %s", error->message);
    if (found)
        wkd_certificates_keep(found, author->address);
    else
        found = g_ptr_array_new();
    remember(keys, author->address, found, is_temporary ? LIMIT_WKD_RETRY : LIMIT_WKD_AGE);
    https_reply_clear(&reply);
}

static bool is_remembered(struct wkd_keys *keys, const char *address) {
    g_autoptr(GBytes) value = keys->keep->get(keys->keep, space, address, clock_now());
    return value;
}

static bool is_signed(const struct message *message) {
    if (!signed_parts_possible(message))
        return false;
    OWNED(mime) mime = mime_parse(message);
    OWNED(signed_parts) parts = signed_parts_find(mime);
    bool any = false;
    for (guint i = 0; i < parts->n && !any; i++)
        any = parts->parts[i].kind == SIGNED_OPENPGP;
    return any;
}

/* One author alone: a signature speaks for nobody else (attacks G159). */
void wkd_keys_ask(struct wkd_keys *keys, GBytes *octets) {
    OWNED(message) message = message_new(octets, 0);
    if (!is_signed(message))
        return;
    OWNED(author) author = author_find(message);
    if (author->state == AUTHOR_ONE && !is_remembered(keys, author->address))
        look_up(keys, author);
}
