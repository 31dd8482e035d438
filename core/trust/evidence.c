/* SPDX-License-Identifier: MIT
 *
 * Memory of evidence, and the one place where octets of a message become its text. */
#include "trust/evidence.h"

#include "base/zeroed.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

struct evidence *evidence_new(void) {
    return NEW_ZERO(evidence);
}

void evidence_free(struct evidence *evidence) {
    for (guint i = 0; i < evidence->n_authres; i++) {
        for (guint j = 0; j < evidence->authres[i].n_results; j++)
            g_free(evidence->authres[i].results[j].properties);
        g_free(evidence->authres[i].results);
    }
    for (guint i = 0; i < evidence->n_signatures; i++)
        g_free(evidence->signatures[i].signed_headers);
    g_free(evidence->smime.errors);
    g_free(evidence->smime.notes);
    g_free(evidence->smime.signer.addresses);
    g_free(evidence->smime.others);
    g_free(evidence->openpgp.errors);
    g_free(evidence->openpgp.user_ids);
    g_free(evidence->openpgp.others);
    g_free(evidence->authres);
    g_free(evidence->signatures);
    g_free(evidence->statement.dkim);
    g_free(evidence->forwarded.dkim);
    g_free(evidence->hops);
    g_free(evidence->reputation);
    texts_clear(&evidence->texts);
    g_free(evidence);
}

/* Eight octets of printable ASCII. A borrow or carry comes only from an octet that is none. */
static bool are_plain(const char *eight) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t word;
    memcpy(&word, eight, sizeof word);
    return !(((word - ones * ' ') | (word + ones) | word) & tops);
}

/* Printable ASCII alone, nearly always so; the last eight octets together with some that were
 * looked at before. */
static bool is_plain(struct span text) {
    if (text.n < 8) {
        for (size_t i = 0; i < text.n; i++)
            if ((unsigned char)text.p[i] < 0x20 || (unsigned char)text.p[i] >= 0x7f)
                return false;
        return true;
    }
    for (size_t at = 0; at + 8 < text.n; at += 8)
        if (!are_plain(text.p + at))
            return false;
    return are_plain(text.p + text.n - 8);
}

/* Octets of the character that `text` starts with; *shown is false for what is no text: a control
 * character (C0, DEL, C1), or an octet that is no UTF-8. */
static size_t character(struct span text, bool *shown) {
    gunichar c = g_utf8_get_char_validated(text.p, (gssize)text.n);
    bool valid = text.p[0] && c != (gunichar)-1 && c != (gunichar)-2;
    *shown = valid && !g_unichar_iscntrl(c);
    return valid ? (size_t)g_unichar_to_utf8(c, NULL) : 1;
}

const char *evidence_span(struct evidence *evidence, struct span text) {
    if (!text.p)
        return NULL;
    if (is_plain(text))
        return texts_add_span(&evidence->texts, text);
    GString *clean = g_string_sized_new(text.n);
    while (text.n) {
        bool shown;
        size_t n = character(text, &shown);
        if (shown)
            g_string_append_len(clean, text.p, (gssize)n);
        else
            g_string_append(clean, REPLACEMENT);
        text = span_from(text, n);
    }
    const char *kept = texts_add_span(&evidence->texts, span_make(clean->str, clean->len));
    g_string_free(clean, TRUE);
    return kept;
}

const char *evidence_text(struct evidence *evidence, const char *text) {
    return evidence_span(evidence, span_of(text));
}

const char *evidence_ip(struct evidence *evidence, const struct ip *ip) {
    char text[IP_TEXT];
    return ip_write(ip, text) ? texts_add(&evidence->texts, text) : NULL;
}
