/* SPDX-License-Identifier: MIT
 *
 * A From line and, behind its end, what a Web Key Directory answers: from the author to the URL,
 * and from the answer to the keys that count. Beside crashes: only the author's domain is asked,
 * under a URL that means nothing else, and every key that is kept names that very address. */
#include "base/limits.h"
#include "mail/author.h"
#include "net/https_url.h"
#include "sign/openpgp_rnp.h"
#include "sign/wkd.h"
#include "worker/openpgp_job.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { AT = 1800000000, HASH = 32 };

/* librnp writes what it thinks of a key to stderr; the fuzzer has taken hold of its own. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    stderr = fopen("/dev/null", "w");
    return 0;
}

static void check_hash(const char *local) {
    g_autofree char *hash = wkd_hash(local);
    g_assert(strlen(hash) == HASH);
    g_assert(strspn(hash, "ybndrfg8ejkmcpqxot1uwisza345h769") == HASH);
}

/* The host is the author's domain, or "openpgpkey" below it, and nothing of the address is syntax.
 */
static void check_url(const struct author *author, enum wkd_method method) {
    g_autofree char *url = wkd_url(author->local, author->domain, method);
    if (!url)
        return;
    const char *prefix = method == WKD_ADVANCED ? "openpgpkey." : "";
    const char *folder = method == WKD_ADVANCED ? author->domain : "";
    g_autofree char *hash = wkd_hash(author->local);
    g_autofree char *head =
        g_strdup_printf("https://%s%s/.well-known/openpgpkey/%s%shu/%s?l=", prefix, author->domain,
                        folder, *folder ? "/" : "", hash);
    g_assert(g_str_has_prefix(url, head));
    const char *query = url + strlen(head);
    g_assert(strspn(query, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                           "-._~%") == strlen(query));
    g_autofree char *back = g_uri_unescape_string(query, NULL);
    g_assert(back && strcmp(back, author->local) == 0);
    g_assert(strlen(query) <= 3 * LIMIT_WKD_LOCAL);
    g_autofree char *host = NULL;
    g_autofree char *read = https_url_parse(span_of(url), &host, NULL);
    g_autofree char *wanted = g_strconcat(prefix, author->domain, NULL);
    g_assert(!read || g_ascii_strcasecmp(host, wanted) == 0);
}

static bool names(const struct openpgp_certificate *key, const char *address) {
    for (char **user_id = key->user_ids; *user_id; user_id++)
        if (openpgp_user_id_is(*user_id, address))
            return true;
    return false;
}

static void check_answer(struct span answer, const char *address) {
    g_autoptr(GBytes) octets = g_bytes_new(answer.p, MIN(answer.n, LIMIT_WKD_REPLY));
    g_autoptr(GPtrArray) keys = openpgp_rnp_import(octets, AT);
    guint all = keys->len;
    wkd_certificates_keep(keys, address);
    g_assert(keys->len <= MIN(all, LIMIT_WKD_KEYS));
    for (guint i = 0; i < keys->len; i++)
        g_assert(names(keys->pdata[i], address));
    g_autoptr(GBytes) packed = openpgp_job_pack_certificates(keys);
    g_autoptr(GPtrArray) unpacked = openpgp_job_unpack_certificates(packed);
    g_assert(unpacked && unpacked->len == keys->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span all = span_make((const char *)data, size);
    const char *end = size ? memchr(all.p, '\n', all.n) : NULL;
    size_t n = end ? (size_t)(end - all.p) : all.n;
    g_autoptr(GString) field = g_string_new("From: ");
    g_string_append_len(field, all.p, (gssize)n);
    g_string_append(field, "\r\n\r\n");
    g_autoptr(GBytes) octets = g_bytes_new(field->str, field->len);
    OWNED(message) message = message_new(octets, 0);
    OWNED(author) author = author_find(message);
    if (author->state != AUTHOR_ONE)
        return 0;
    check_hash(author->local);
    check_url(author, WKD_ADVANCED);
    check_url(author, WKD_DIRECT);
    check_answer(span_from(all, MIN(n + 1, all.n)), author->address);
    return 0;
}
