/* SPDX-License-Identifier: MIT */
#include "mail/references.h"

#include <string.h>

uint64_t references_number(struct span id) {
    guint8 digest[32];
    gsize n = sizeof digest;
    uint64_t number = 0;
    g_autoptr(GChecksum) sha = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sha, (const guchar *)id.p, (gssize)id.n);
    g_checksum_get_digest(sha, digest, &n);
    for (int i = 0; i < 8; i++)
        number = number << 8 | digest[i];
    return number ? number : 1;
}

/* msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]   (RFC 5322 §3.6.4)
 *
 * Read as it occurs: what stands between "<" and the next ">" without white space, controls and
 * another "<"; words and comments between ids are passed over (obs-references). */
static bool next_id(struct span *rest, struct span *id) {
    for (size_t at = span_find(*rest, '<'); at < rest->n; at = span_find(*rest, '<')) {
        *rest = span_from(*rest, at + 1);
        size_t n = 0;
        while (n < rest->n && (unsigned char)rest->p[n] > ' ' && rest->p[n] != '\x7f' &&
               !strchr("<>", rest->p[n]))
            n++;
        bool closed = n < rest->n && rest->p[n] == '>';
        *id = span_first(*rest, n);
        *rest = span_from(*rest, n);
        if (closed && n > 0 && n <= LIMIT_MESSAGE_ID)
            return true;
    }
    return false;
}

static struct span value_of(const struct message *message, const char *name) {
    int at = message_find(message, name, 0);
    return at < 0 ? SPAN_NULL : message->fields[at].value;
}

/* The oldest id, then the newest ones in their order. */
static void read_named(struct span value, guint most, struct references *out) {
    struct span kept[LIMIT_REFERENCES], id;
    guint total = 0;
    while (total < most && next_id(&value, &id)) {
        guint place = total < LIMIT_REFERENCES ? total : 1 + (total - 1) % (LIMIT_REFERENCES - 1);
        kept[place] = id;
        total++;
    }
    guint n = MIN(total, LIMIT_REFERENCES);
    guint turn = total > LIMIT_REFERENCES ? (total - 1) % (LIMIT_REFERENCES - 1) : 0;
    for (guint i = 0; i < n; i++) {
        guint place = i == 0 ? 0 : 1 + (i - 1 + turn) % (LIMIT_REFERENCES - 1);
        uint64_t number = references_number(kept[place]);
        if (number != out->own)
            out->named[out->n++] = number;
    }
}

void references_read(const struct message *message, struct references *out) {
    struct span own = value_of(message, "Message-ID"), id;
    *out = (struct references){0};
    if (next_id(&own, &id))
        out->own = references_number(id);
    read_named(value_of(message, "References"), G_MAXUINT, out);
    if (out->n == 0)
        read_named(value_of(message, "In-Reply-To"), 1, out);
}
