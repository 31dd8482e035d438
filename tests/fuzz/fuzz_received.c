/* SPDX-License-Identifier: MIT
 *
 * Any octets as a header: Received lines and where the border lies. Beyond memory: spans lie inside
 * the message, one border at most, nothing below it is ours, and whatever stands below an honest
 * border line, the session recorded there stays what it is. */
#include "base/limits.h"
#include "mail/received.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_span(struct span span, const char *start, size_t n) {
    g_assert(span.n == 0 || (span.p >= start && span.p + span.n <= start + n));
}

static void check_hops(const struct hops *hops, const struct message *message) {
    gsize n = 0;
    const char *start = g_bytes_get_data(message->octets, &n);
    g_assert(hops->n <= LIMIT_HOPS && hops->n <= hops->total);
    for (guint i = 0; i < hops->n; i++) {
        const struct hop *hop = &hops->hop[i];
        const struct span spans[] = {hop->from, hop->reverse,       hop->by,
                                     hop->with, hop->tls_version,   hop->tls_cipher,
                                     hop->user, hop->envelope_from, hop->recipient};
        for (size_t j = 0; j < G_N_ELEMENTS(spans); j++)
            check_span(spans[j], start, n);
        g_assert(hops->border < 0 || (int)i <= hops->border || !(hop->flags & HOP_OURS));
        g_assert(((hop->flags & HOP_BORDER) != 0) == ((int)i == hops->border));
    }
    if (hops->border >= 0)
        g_assert(hops->own_until == hops->hop[hops->border].field);
}

static void read_header(GBytes *octets, bool honest) {
    OWNED(message) message = message_new(octets, 0);
    OWNED(border) border = border_new();
    g_assert(border_add(border, "*.ours.example", NULL));
    g_assert(border_add(border, "192.0.2.0/24", NULL));
    border_add_pattern(border, "p*-mailgateway-smtp*", true);
    OWNED(hops) hops = hops_parse(message);
    hops_apply_border(hops, border);
    check_hops(hops, message);
    struct border_session session;
    hops_session(hops, message, &session);
    if (honest) {
        struct ip client;
        g_assert(ip_parse(SPAN_LIT("203.0.113.66"), &client));
        g_assert(hops->border == 0 && session.known && ip_equal(&session.hop->ip, &client));
        g_assert(session.has_mail_from && span_eq(session.mail_from, SPAN_LIT("x@a.example")));
        g_assert(!session.authenticated);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char top[] =
        "Return-Path: <x@a.example>\r\nReceived: from mx.ours.example (a [203.0.113.66])\r\n\tby "
        "mx.ours.example (Postfix) with ESMTP id 1; Fri, 21 Nov 2025 20:00:00 +0100\r\n";
    g_autoptr(GBytes) alone = g_bytes_new(data, size);
    read_header(alone, false);
    struct hop hop = {0};
    hop_parse(span_make((const char *)data, size), &hop);
    GByteArray *text = g_byte_array_new();
    g_byte_array_append(text, (const guint8 *)top, sizeof top - 1);
    g_byte_array_append(text, data, (guint)size);
    g_autoptr(GBytes) below = g_byte_array_free_to_bytes(text);
    read_header(below, true);
    return 0;
}
