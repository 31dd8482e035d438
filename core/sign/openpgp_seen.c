/* SPDX-License-Identifier: MIT */
#include "sign/openpgp_seen.h"

#include "base/limits.h"

#include <string.h>

static void clear(gpointer key) {
    openpgp_certificate_free(((struct openpgp_seen_key *)key)->certificate);
}

GArray *openpgp_seen_new(void) {
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(struct openpgp_seen_key));
    g_array_set_clear_func(keys, clear);
    return keys;
}

static bool import(const struct openpgp_request *request, GBytes *octets,
                   enum openpgp_source source, GArray *keys) {
    if (g_bytes_get_size(octets) > LIMIT_OPENPGP_KEY)
        return true;
    GPtrArray *found = request->verifier->import(request->verifier, octets, request->at, NULL);
    if (!found)
        return false;
    while (found->len && keys->len < LIMIT_OPENPGP_SEEN) {
        struct openpgp_seen_key key = {source, g_ptr_array_steal_index(found, 0)};
        g_array_append_val(keys, key);
    }
    g_ptr_array_unref(found);
    return true;
}

/* --- Autocrypt: addr=…; [prefer-encrypt=mutual;] keydata=BASE64 ------------------------------ */

/* The octets behind "keydata=", the last attribute, or an empty span. An attribute nobody knows
 * makes the field void unless its name begins with "_" (Autocrypt 1.1 §2.1). */
static struct span find_keydata(struct span value) {
    while (value.n) {
        size_t end = span_find(value, ';');
        struct span attribute = span_trim_fws(span_first(value, end));
        value = span_from(value, end + 1);
        if (span_starts_nocase(attribute, SPAN_LIT("keydata=")))
            return span_trim_fws(value).n ? SPAN_NULL : span_from(attribute, 8);
        if (!span_starts_nocase(attribute, SPAN_LIT("addr=")) &&
            !span_starts_nocase(attribute, SPAN_LIT("prefer-encrypt=")) &&
            !span_starts_nocase(attribute, SPAN_LIT("_")))
            return SPAN_NULL;
    }
    return SPAN_NULL;
}

/* Two Autocrypt fields are none (§2.3). */
static bool import_autocrypt(const struct openpgp_request *request, GArray *keys) {
    const struct message *message = request->message;
    int at = message_find(message, "Autocrypt", 0);
    if (at < 0 || message_find(message, "Autocrypt", (guint)at + 1) >= 0)
        return true;
    struct span keydata = find_keydata(message->fields[at].value);
    if (!keydata.n || keydata.n > 2 * LIMIT_OPENPGP_KEY)
        return true;
    g_autofree char *text = span_dup(keydata);
    gsize n;
    guchar *octets = g_base64_decode(text, &n);
    g_autoptr(GBytes) key = g_bytes_new_take(octets, n);
    return import(request, key, OPENPGP_AUTOCRYPT, keys);
}

/* --- attached -------------------------------------------------------------------------------- */

/* Not within an attached message, whose author is another. */
static bool import_attached(const struct openpgp_request *request, const struct mime_part *part,
                            GArray *keys) {
    if (part->kind == MIME_LEAF && mime_is(part, "application/pgp-keys") &&
        part->body.n <= 2 * LIMIT_OPENPGP_KEY) {
        g_autoptr(GBytes) octets = mime_content(part, NULL);
        return import(request, octets, OPENPGP_ATTACHED, keys);
    }
    bool done = true;
    for (guint i = 0; part->kind == MIME_MULTIPART && i < part->children->len; i++)
        if (keys->len < LIMIT_OPENPGP_SEEN)
            done = import_attached(request, part->children->pdata[i], keys) && done;
    return done;
}

bool openpgp_seen_find(const struct openpgp_request *request, GArray *keys) {
    bool done = import_autocrypt(request, keys);
    return import_attached(request, request->mime->root, keys) && done;
}
