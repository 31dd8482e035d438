/* SPDX-License-Identifier: MIT
 *
 * auth/authres.h: which Authentication-Results fields of a message are believed. Position first,
 * then the id, then whether it can be read at all. */
#include "auth/authres.h"

#include "auth/authres_alias.h"
#include "auth/authres_parse.h"
#include "base/limits.h"
#include "base/zeroed.h"

static const char field_name[] = "Authentication-Results";

enum place {
    PLACE_ANYWHERE, /* anybody may have written it */
    PLACE_OWN,      /* above the border */
    PLACE_BELOW,    /* directly under the border line, where the receiver writes one */
    PLACE_FORWARDER /* directly under the border line, on top of what a forwarder sent */
};

struct judge {
    struct authres *authres;
    const struct message *message;
    const struct hops *hops;
    const struct belief_rules *rules;
    bool imported;
    const struct forwarder *forwarder; /* that handed us the message, or NULL */
    guint below_until;   /* fields from the border line up to, without, this one: the receiver's */
    guint forward_until; /* … and from there up to this one: the forwarder's */
};

static bool field_is(const struct message *message, guint index, const char *name) {
    return span_eq_nocase(message->fields[index].name, span_of(name));
}

static bool is_between(const struct judge *judge, guint index) {
    const char *const *name = judge->rules->profile->between;
    for (; name && *name; name++)
        if (border_pattern_matches(*name, judge->message->fields[index].name))
            return true;
    return false;
}

/* The authserv-id of the field at that index of the message; p NULL if it is none of these fields,
 * has no readable id, or stands beyond LIMIT_AR_FIELDS. */
static struct span id_at(const struct judge *judge, guint index) {
    for (guint i = 0; i < judge->authres->n; i++)
        if (judge->authres->field[i].field == index)
            return judge->authres->field[i].id;
    return SPAN_NULL;
}

/* Each id has its turn, "+" may repeat: the place of this one among those whose turn is still to
 * come, or -1. */
static int turn_of(const char *const *ids, guint turn, struct span id) {
    for (guint i = turn; ids[i]; i++)
        if (belief_id_matches(ids[i][0] == '+' ? ids[i] + 1 : ids[i], id))
            return (int)i;
    return -1;
}

/* The receiver's own block under its border line. It ends with the last id whose turn it is, with
 * a second Received-SPF, with any field the receiver does not write there: what comes next was in
 * the message already, however much it looks alike. */
static guint profile_block(const struct judge *judge, guint from) {
    const char *const *ids = judge->rules->profile->ids;
    guint turn = 0, until = from;
    bool spf = false;
    for (guint i = from; i < judge->message->n_fields && ids[turn]; i++) {
        if (field_is(judge->message, i, field_name)) {
            int at = turn_of(ids, turn, id_at(judge, i));
            if (at < 0)
                break;
            turn = (guint)at + (ids[at][0] == '+' ? 0 : 1);
            until = i + 1;
        } else if (field_is(judge->message, i, "Received-SPF") && !spf) {
            spf = true;
        } else if (!is_between(judge, i)) {
            break;
        }
    }
    return until;
}

/* A server of one's own with `below = yes`: Received-SPF or not, then one field of a believed id. A
 * second one may have been in the message. */
static guint single_block(const struct judge *judge, guint from) {
    guint at = from;
    if (at < judge->message->n_fields && field_is(judge->message, at, "Received-SPF"))
        at++;
    if (at < judge->message->n_fields && field_is(judge->message, at, field_name) &&
        belief_has_id(judge->rules, id_at(judge, at)))
        return at + 1;
    return from;
}

/* Verdict rule 12: fields of the forwarder's ids directly on top of what it sent. */
static guint forwarder_block(const struct judge *judge, guint from) {
    guint at = from;
    for (; at < judge->message->n_fields; at++) {
        if (field_is(judge->message, at, "Received-SPF"))
            continue;
        bool known = false;
        struct span id = id_at(judge, at);
        for (char **pattern = judge->forwarder->ids; *pattern && !known; pattern++)
            known = belief_id_matches(*pattern, id);
        if (!known || !field_is(judge->message, at, field_name))
            break;
    }
    return at;
}

static void find_blocks(struct judge *judge) {
    if (judge->hops->border < 0)
        return;
    const struct hop *border = &judge->hops->hop[judge->hops->border];
    guint from = border->field + 1;
    judge->below_until = from;
    if (judge->rules->profile->flags & PROFILE_BELOW)
        judge->below_until = profile_block(judge, from);
    if (judge->rules->below && judge->below_until == from)
        judge->below_until = single_block(judge, from);
    judge->forward_until = judge->below_until;
    judge->forwarder = belief_find_forwarder(judge->rules, &border->ip);
    if (judge->forwarder)
        judge->forward_until = forwarder_block(judge, judge->below_until);
}

static enum place place_of(const struct judge *judge, guint index) {
    if (judge->hops->border < 0)
        return PLACE_ANYWHERE;
    if (index < judge->hops->own_until)
        return PLACE_OWN;
    if (index < judge->below_until)
        return PLACE_BELOW;
    return index < judge->forward_until ? PLACE_FORWARDER : PLACE_ANYWHERE;
}

/* What speaks against it whoever wrote it, or AUTHRES_BELIEVED. */
static enum authres_why why_by_id(const struct judge *judge, const struct authres_field *field) {
    if (field->flags & AUTHRES_BAD_ID)
        return AUTHRES_MALFORMED_ID;
    if (field->flags & AUTHRES_NO_ID)
        return judge->rules->profile->flags & PROFILE_NO_ID ? AUTHRES_BELIEVED : AUTHRES_WITHOUT_ID;
    if (field->version != 1)
        return AUTHRES_VERSION;
    return belief_has_id(judge->rules, field->id) ? AUTHRES_BELIEVED : AUTHRES_UNKNOWN_ID;
}

static enum authres_why why_of(const struct judge *judge, const struct authres_field *field,
                               enum place place) {
    enum authres_why why = why_by_id(judge, field);
    if (why == AUTHRES_UNKNOWN_ID && place == PLACE_FORWARDER)
        why = AUTHRES_FORWARDER;
    if (why != AUTHRES_BELIEVED && why != AUTHRES_FORWARDER)
        return why;
    if (judge->imported)
        return AUTHRES_IMPORTED;
    if (why == AUTHRES_FORWARDER || place == PLACE_OWN || place == PLACE_BELOW ||
        judge->rules->strips)
        return why;
    return judge->hops->border < 0 ? AUTHRES_NO_BORDER : AUTHRES_BELOW_BORDER;
}

/* Verdict rule 11: the host that wrote it took the message from a host of ours, not from the client
 * whose name and address spf and dmarc are about. */
static bool is_behind_gateway(const struct judge *judge, guint index) {
    return index < judge->hops->own_until && hops_below(judge->hops, index) != judge->hops->border;
}

static void judge_field(const struct judge *judge, struct authres_field *field, bool *newest_seen) {
    enum place place = place_of(judge, field->field);
    bool unreadable = (field->flags & (AUTHRES_UNCLOSED | AUTHRES_CUT)) != 0;
    field->why = why_of(judge, field, place);
    field->believed = field->why == AUTHRES_BELIEVED || field->why == AUTHRES_FORWARDER;
    if (field->why == AUTHRES_FORWARDER)
        field->forwarder = judge->forwarder;
    field->behind_gateway = field->believed && is_behind_gateway(judge, field->field);
    bool ours = field->why == AUTHRES_BELIEVED;
    /* Above the border only we write: an id that cannot be read there was ours (attacks B45). Where
     * the server strips, a field further down than a good one of ours cannot spoil it: a sender may
     * have put it there in a form that the server did not recognise. */
    if (unreadable && !judge->imported &&
        (place == PLACE_OWN || place == PLACE_BELOW ? ours || field->why == AUTHRES_MALFORMED_ID
                                                    : ours && !*newest_seen))
        judge->authres->unusable = true;
    if (unreadable && field->believed) {
        field->believed = false;
        field->why = AUTHRES_UNUSABLE;
    }
    *newest_seen = *newest_seen || ours;
    if (ours)
        authres_alias_apply(field, judge->rules->profile);
}

/* Somebody is believed at all: an account that nobody configured believes nobody. */
static bool believes_somebody(const struct belief_rules *rules) {
    const struct profile *profile = rules->profile;
    return rules->ids->len > 0 || (profile->ids && profile->ids[0]) ||
           (profile->flags & PROFILE_NO_ID);
}

static void judge_all(struct judge *judge) {
    struct authres *authres = judge->authres;
    bool newest_seen = false;
    find_blocks(judge);
    for (guint i = 0; i < authres->n; i++)
        if (authres->field[i].why != AUTHRES_TOO_MANY)
            judge_field(judge, &authres->field[i], &newest_seen);
    if (!judge->imported && !authres->unusable && believes_somebody(judge->rules))
        authres->receivers_until = judge->below_until;
    for (guint i = 0; authres->unusable && i < authres->n; i++) {
        if (authres->field[i].why != AUTHRES_BELIEVED)
            continue;
        authres->field[i].believed = false;
        authres->field[i].why = AUTHRES_UNUSABLE;
    }
}

static void settle(struct authres *authres) {
    authres_memory_settle(authres->memory);
    authres->field = authres->memory->field;
    authres->n = authres->memory->n_fields;
}

static void parse_all(struct authres *authres, const struct message *message) {
    guint n = 0;
    for (int at = message_find(message, field_name, 0); at >= 0;
         at = message_find(message, field_name, (guint)at + 1)) {
        struct authres_field *field;
        if (n++ == LIMIT_AR_FIELDS) {
            field = authres_memory_field(authres->memory);
            field->why = AUTHRES_TOO_MANY;
            field->field = (guint)at;
            break;
        }
        field = authres_field_parse(authres->memory, message->fields[at].value);
        field->field = (guint)at;
    }
    settle(authres);
}

/* Both in one block. */
static struct authres *new_empty(void) {
    struct whole {
        struct authres authres;
        struct authres_memory memory;
    } *whole = NEW_ZERO(whole);
    whole->authres.memory = &whole->memory;
    return &whole->authres;
}

struct authres *authres_read(const struct message *message, const struct hops *hops,
                             const struct belief_rules *rules, bool imported) {
    struct authres *authres = new_empty();
    parse_all(authres, message);
    struct judge judge = {
        .authres = authres, .message = message, .hops = hops, .rules = rules, .imported = imported};
    judge_all(&judge);
    return authres;
}

struct authres *authres_parse(struct span value) {
    struct authres *authres = new_empty();
    authres_parse_again(authres, value);
    return authres;
}

void authres_parse_again(struct authres *authres, struct span value) {
    authres_memory_reset(authres->memory);
    authres_field_parse(authres->memory, value);
    settle(authres);
}

void authres_free(struct authres *authres) {
    authres_memory_clear(authres->memory);
    g_free(authres);
}

struct span authres_property_find(const struct authres_result *result, const char *name) {
    for (guint i = 0; i < result->n_properties; i++)
        if (span_eq(result->property[i].name, span_of(name)))
            return result->property[i].value;
    return SPAN_NULL;
}

const char *authres_why_name(enum authres_why why) {
    static const char *const names[AUTHRES_WHY__MAX] = {
        [AUTHRES_BELIEVED] = "believed",         [AUTHRES_FORWARDER] = "forwarder",
        [AUTHRES_UNKNOWN_ID] = "unknown-id",     [AUTHRES_WITHOUT_ID] = "no-id",
        [AUTHRES_MALFORMED_ID] = "bad-id",       [AUTHRES_VERSION] = "version",
        [AUTHRES_BELOW_BORDER] = "below-border", [AUTHRES_NO_BORDER] = "no-border",
        [AUTHRES_IMPORTED] = "imported",         [AUTHRES_UNUSABLE] = "unusable",
        [AUTHRES_TOO_MANY] = "too-many",
    };
    g_assert(why < AUTHRES_WHY__MAX);
    return names[why];
}
