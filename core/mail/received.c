/* SPDX-License-Identifier: MIT
 *
 * mail/received.h: the Received fields of a message in a row, and where ours end. */
#include "mail/received.h"

#include "base/limits.h"
#include "base/zeroed.h"

struct hops *hops_parse(const struct message *message) {
    guint total = message_count(message, "Received"), n = MIN(total, LIMIT_HOPS);
    struct hops *hops = zeroed_new(1, sizeof *hops + n * sizeof *hops->hop);
    hops->hop = (struct hop *)(hops + 1);
    hops->border = -1;
    hops->total = total;
    for (int at = message_find(message, "Received", 0); at >= 0 && hops->n < n;
         at = message_find(message, "Received", (guint)at + 1)) {
        struct hop *hop = &hops->hop[hops->n++];
        hop->field = (guint)at;
        if (!(message->fields[at].flags & FIELD_TOO_LONG))
            hop_parse(message->fields[at].value, hop);
    }
    for (guint i = 0; i + 1 < hops->n; i++) {
        struct hop *hop = &hops->hop[i], *older = hop + 1;
        if ((hop->flags & HOP_TIME) && (older->flags & HOP_TIME)) {
            hop->delay = hop->time - older->time;
            hop->flags |= HOP_DELAY;
        }
    }
    return hops;
}

void hops_free(struct hops *hops) {
    g_free(hops);
}

static bool is_ours(const struct hop *hop, const struct border *border) {
    return border_has_host(border, hop->by) || border_has_ip(border, &hop->by_ip);
}

static bool client_is_ours(const struct hop *hop, const struct border *border) {
    struct ip by;
    if (border_has_ip(border, &hop->ip) || border_has_inner_host(border, hop->by))
        return true;
    /* Gmail's inner hosts have no name but an address of a listed network. */
    if (ip_parse(hop->by, &by) && border_has_ip(border, &by))
        return true;
    /* Nobody speaks LMTP across the Internet (RFC 2033 §5), so a name found for the address is
     * enough; without an address it was a socket of that very host, which then has to be ours. */
    bool nearby = hop->ip.size ? !ip_is_global(&hop->ip) : is_ours(hop, border);
    if ((hop->flags & HOP_LMTP) && nearby)
        return true;
    return (hop->flags & (HOP_NAME_CHECKED | HOP_LMTP)) && border_has_host(border, hop->reverse);
}

void hops_apply_border(struct hops *hops, const struct border *border) {
    hops->bordered = !border_is_empty(border);
    bool own = false;
    for (guint i = 0; i < hops->n && hops->bordered; i++) {
        struct hop *hop = &hops->hop[i];
        if (hop->flags & HOP_UNCLOSED)
            return;
        bool ours = is_ours(hop, border), inner = client_is_ours(hop, border);
        if (ours)
            hop->flags |= HOP_OURS;
        own = own || ours;
        if (ours && !inner) {
            hop->flags |= HOP_BORDER;
            hops->border = (int)i;
            hops->own_until = hop->field;
            return;
        }
        /* A host of ours took it from a host of ours, which then wrote the next line: if that one
         * is not ours, our list is not complete and nobody knows where ours end. */
        if (!ours && (own || !inner))
            return;
    }
}

/* What Return-Path fields above the border say: one says it, two say nothing (attacks B57). Those
 * below were there when the message came in. */
static void find_mail_from(const struct hops *hops, const struct message *message,
                           struct border_session *session) {
    int at = message_find(message, "Return-Path", 0);
    if (at < 0 || (guint)at >= hops->own_until) {
        session->has_mail_from = session->hop->has_envelope_from;
        session->mail_from = session->hop->envelope_from;
        return;
    }
    int second = message_find(message, "Return-Path", (guint)at + 1);
    if (second < 0 || (guint)second >= hops->own_until)
        session->has_mail_from = hop_path_parse(message->fields[at].value, &session->mail_from);
}

void hops_session(const struct hops *hops, const struct message *message,
                  struct border_session *session) {
    memset(session, 0, sizeof *session);
    if (hops->border < 0)
        return;
    const struct hop *hop = &hops->hop[hops->border];
    session->hop = hop;
    session->known = hop->ip.size != 0;
    session->client_is_global = ip_is_global(&hop->ip);
    session->helo = hop->from;
    session->authenticated = (hop->flags & HOP_AUTHENTICATED) != 0;
    session->has_time = (hop->flags & HOP_TIME) != 0;
    session->time = hop->time;
    find_mail_from(hops, message, session);
}

int hops_below(const struct hops *hops, guint field) {
    for (guint i = 0; i < hops->n; i++)
        if (hops->hop[i].field >= field)
            return (int)i;
    return -1;
}
