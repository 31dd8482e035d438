/* SPDX-License-Identifier: MIT
 *
 * id = base64url( mac[12] | kind[1] | uidvalidity[4] | uid[4] | mailbox name ), numbers big-endian.
 */
#include "fcgi/id.h"

#include "base/limits.h"
#include "fcgi/seal.h"

#include <openssl/crypto.h>
#include <string.h>

enum { MAC_OCTETS = 12, FIXED_OCTETS = MAC_OCTETS + 9 };

void id_clear(struct id *id) {
    g_free(id->mailbox);
    memset(id, 0, sizeof *id);
}

/* MAC over account, NUL, payload: no account's name is a prefix of another's input. */
static void id_mac(struct span key, const char *account, struct span payload,
                   unsigned char mac[32]) {
    g_autoptr(GString) input = g_string_new(account);
    g_string_append_c(input, '\0');
    g_string_append_len(input, payload.p, (gssize)payload.n);
    seal_mac(key, span_make(input->str, input->len), mac);
}

static void append_number(GString *out, uint32_t number) {
    uint32_t big = GUINT32_TO_BE(number);
    g_string_append_len(out, (const char *)&big, sizeof big);
}

static uint32_t read_number(const guint8 *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

char *id_format(struct span key, const char *account, const struct id *id) {
    g_autoptr(GString) payload = g_string_new(NULL), all = g_string_new(NULL);
    unsigned char mac[32];
    g_string_append_c(payload, (char)id->kind);
    append_number(payload, id->uidvalidity);
    append_number(payload, id->uid);
    g_string_append(payload, id->mailbox);
    id_mac(key, account, span_make(payload->str, payload->len), mac);
    g_string_append_len(all, (const char *)mac, MAC_OCTETS);
    g_string_append_len(all, payload->str, (gssize)payload->len);
    char *text = g_base64_encode((const guchar *)all->str, all->len);
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    text[strcspn(text, "=")] = '\0';
    return text;
}

/* The octets of a base64url text, or NULL. g_base64_decode skips what it does not know and reads
 * spare bits as it likes: both would give one id many spellings, so the result is written again and
 * compared. */
static guint8 *id_decode(const char *text, gsize *n) {
    size_t length = strlen(text);
    if (length < FIXED_OCTETS || length > (LIMIT_IMAP_NAME + FIXED_OCTETS) * 4 / 3 + 3 ||
        strpbrk(text, "+/="))
        return NULL;
    g_autofree char *plain = g_strdup_printf("%s%.*s", text, (int)((4 - length % 4) % 4), "===");
    g_strdelimit(plain, "-", '+');
    g_strdelimit(plain, "_", '/');
    g_autofree guint8 *octets = g_base64_decode(plain, n);
    g_autofree char *again = g_base64_encode(octets, *n);
    return strcmp(again, plain) == 0 ? g_steal_pointer(&octets) : NULL;
}

bool id_parse(struct span key, const char *account, enum id_kind kind, const char *text,
              struct id *id) {
    gsize n;
    unsigned char mac[32];
    g_autofree guint8 *octets = id_decode(text, &n);
    if (!octets || n < FIXED_OCTETS || n - FIXED_OCTETS > LIMIT_IMAP_NAME)
        return false;
    struct span payload = span_make((const char *)octets + MAC_OCTETS, n - MAC_OCTETS);
    id_mac(key, account, payload, mac);
    if (CRYPTO_memcmp(mac, octets, MAC_OCTETS) != 0 || payload.p[0] != (char)kind)
        return false;
    id->kind = kind;
    id->uidvalidity = read_number(octets + MAC_OCTETS + 1);
    id->uid = read_number(octets + MAC_OCTETS + 5);
    id->mailbox = span_dup(span_from(payload, 9));
    return true;
}
