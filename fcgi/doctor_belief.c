/* SPDX-License-Identifier: MIT
 *
 * Whose Authentication-Results a mailbox shows, and which a rule would believe (RFC 8601 §4.1,
 * §7.1). A proposal is only ever made from position: the id that stands at the very top of nearly
 * every message, and the host that wrote the Received line beside it. It is then tried on the same
 * messages by auth/authres, so that what is counted is what would happen. Nothing is learned: the
 * operator writes the rule, or does not. */
#include "account/imap.h"
#include "auth/authres.h"
#include "base/limits.h"
#include "fcgi/doctor.h"

#include <string.h>

enum { MANY = 80 }; /* per cent of the messages that a proposal has to cover */

/* One message as authres reads it; everything borrowed from `octets`. */
struct reading {
    struct message *message;
    struct hops *hops;
    struct authres *authres;
};

static bool reading_begin(struct reading *r, const struct imap_message *from,
                          const struct belief_rules *rules) {
    if (!from->header)
        return false;
    r->message = message_new(from->header, 0);
    r->hops = hops_parse(r->message);
    hops_apply_border(r->hops, rules->border);
    r->authres = authres_read(r->message, r->hops, rules, false);
    return true;
}

static void reading_end(struct reading *r) {
    authres_free(r->authres);
    hops_free(r->hops);
    message_free(r->message);
}

static void id_free(gpointer data) {
    struct doctor_id *id = data;
    g_free(id->id);
    g_array_unref(id->forged);
    g_free(id);
}

/* An id is shown on a terminal and may end in a configuration: nothing but visible ASCII. */
static bool is_plain(struct span name) {
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] <= ' ' || name.p[i] >= 0x7f)
            return false;
    return name.n > 0 && name.n <= LIMIT_DOMAIN;
}

/* NULL for one that is no name, and where there are too many already. */
static struct doctor_id *id_of(GPtrArray *ids, struct span name) {
    if (!is_plain(name))
        return NULL;
    g_autofree char *raw = span_dup(name);
    g_autofree char *text = g_ascii_strdown(raw, -1);
    for (guint i = 0; i < ids->len; i++) {
        struct doctor_id *id = ids->pdata[i];
        if (strcmp(id->id, text) == 0)
            return id;
    }
    if (ids->len >= LIMIT_DOCTOR_IDS)
        return NULL;
    struct doctor_id *id = g_new0(struct doctor_id, 1);
    id->id = g_steal_pointer(&text);
    id->forged = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_ptr_array_add(ids, id);
    return id;
}

static bool at_the_top(const struct reading *r, const struct authres_field *field) {
    return r->hops->n && field->field < r->hops->hop[0].field;
}

/* Under the first Received line and above the second. */
static bool is_under(const struct reading *r, const struct authres_field *field) {
    return r->hops->n && field->field > r->hops->hop[0].field &&
           (r->hops->n < 2 || field->field < r->hops->hop[1].field);
}

static bool seen_before(const struct reading *r, guint at) {
    for (guint i = 0; i < at; i++)
        if (r->authres->field[i].id.p &&
            span_eq_nocase(r->authres->field[i].id, r->authres->field[at].id))
            return true;
    return false;
}

/* An id counts once a message, where it stands highest. */
static void count_places(GPtrArray *ids, const struct reading *r) {
    for (guint i = 0; i < r->authres->n; i++) {
        const struct authres_field *field = &r->authres->field[i];
        struct doctor_id *id = field->id.n && !seen_before(r, i) ? id_of(ids, field->id) : NULL;
        if (!id)
            continue;
        id->messages++;
        id->top += at_the_top(r, field);
        id->under += is_under(r, field);
    }
}

static void count_belief(GPtrArray *ids, const struct reading *r, uint32_t uid) {
    for (guint i = 0; i < ids->len; i++) {
        struct doctor_id *id = ids->pdata[i];
        bool believed = false, other = false;
        for (guint k = 0; k < r->authres->n; k++) {
            const struct authres_field *field = &r->authres->field[k];
            if (!field->id.p || !span_eq_nocase(field->id, span_of(id->id)))
                continue;
            believed |= field->believed;
            other |= field->why == AUTHRES_BELOW_BORDER || field->why == AUTHRES_NO_BORDER;
        }
        id->believed += believed;
        if (other)
            g_array_append_val(id->forged, uid);
    }
}

static int more_messages(gconstpointer a, gconstpointer b) {
    const struct doctor_id *x = *(const struct doctor_id *const *)a,
                           *y = *(const struct doctor_id *const *)b;
    return (int)y->messages - (int)x->messages;
}

static void forget_belief(GPtrArray *ids) {
    for (guint i = 0; i < ids->len; i++) {
        struct doctor_id *id = ids->pdata[i];
        id->believed = 0;
        g_array_set_size(id->forged, 0);
    }
}

/* Reads all messages under `rules`. Returns how many had a header. */
static guint read_all(struct doctor *doctor, const GPtrArray *messages,
                      const struct belief_rules *rules, bool places) {
    guint n = 0;
    forget_belief(doctor->ids);
    for (guint i = 0; i < messages->len; i++) {
        const struct imap_message *message = g_ptr_array_index(messages, i);
        struct reading r;
        if (!reading_begin(&r, message, rules))
            continue;
        n++;
        if (places)
            count_places(doctor->ids, &r);
        count_belief(doctor->ids, &r, message->uid);
        reading_end(&r);
    }
    return n;
}

/* The host that wrote the topmost Received line of a message with this id above it, or directly
 * under it; NULL: this message has none. */
static char *host_beside(const struct imap_message *from, const char *id, bool under) {
    OWNED(belief_rules) none = belief_rules_new();
    struct reading r;
    char *host = NULL;
    if (!reading_begin(&r, from, none))
        return NULL;
    for (guint k = 0; k < r.authres->n && r.hops->n && !host; k++) {
        const struct authres_field *field = &r.authres->field[k];
        if (!field->id.p || !span_eq_nocase(field->id, span_of(id)) ||
            !(under ? is_under : at_the_top)(&r, field) || !r.hops->hop[0].by.n)
            continue;
        g_autofree char *by = span_dup(r.hops->hop[0].by);
        host = g_ascii_strdown(by, -1);
    }
    reading_end(&r);
    return host;
}

/* The host beside the id in most messages. */
static char *border_beside(const GPtrArray *messages, const char *id, bool under) {
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *best = NULL;
    guint most = 0;
    for (guint i = 0; i < messages->len; i++) {
        char *host = host_beside(g_ptr_array_index(messages, i), id, under);
        if (!host)
            continue;
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, host)) + 1;
        if (count > most) {
            most = count;
            g_free(best);
            best = g_strdup(host);
        }
        g_hash_table_replace(counts, host, GUINT_TO_POINTER(count));
    }
    return g_steal_pointer(&best);
}

static void say_forged(struct doctor *doctor, const struct doctor_id *id) {
    if (!id->forged->len)
        return;
    g_autoptr(GString) uids = g_string_new(NULL);
    for (guint i = 0; i < MIN(id->forged->len, 5u); i++)
        g_string_append_printf(uids, "%s%u", i ? ", " : "", g_array_index(id->forged, uint32_t, i));
    doctor_say(doctor, DOCTOR_OK, "forged", NULL,
               "%u message%s carr%s %s where anybody can write; %s not believed (UID %s%s).",
               id->forged->len, id->forged->len == 1 ? "" : "s", id->forged->len == 1 ? "ies" : "y",
               id->id, id->forged->len == 1 ? "it is" : "they are", uids->str,
               id->forged->len > 5 ? ", …" : "");
}

/* Rules that are there: what they make of this mailbox. */
static void say_rules(struct doctor *doctor, guint n) {
    guint believed = 0;
    for (guint i = 0; i < doctor->ids->len; i++) {
        const struct doctor_id *id = doctor->ids->pdata[i];
        if (!id->believed)
            continue;
        believed += id->believed;
        doctor_say(doctor, DOCTOR_OK, "belief", NULL, "%s is believed in %u of %u messages.",
                   id->id, id->believed, n);
        say_forged(doctor, id);
    }
    if (!believed)
        doctor_say(doctor, DOCTOR_WARN, "belief",
                   "Compare [trust] authserv-ids and border with the headers of a message.",
                   "The rules of [trust] believe nothing in this mailbox.");
}

static struct belief_rules *proposed_rules(const struct doctor *doctor) {
    OWNED(belief_rules) rules = belief_rules_new();
    if (!belief_add_id(rules, doctor->proposed_id, NULL) ||
        !belief_add_border(rules, doctor->proposed_border, NULL))
        return NULL;
    rules->below = doctor->proposed_below;
    return g_steal_pointer(&rules);
}

static void forget_proposal(struct doctor *doctor) {
    g_clear_pointer(&doctor->proposed_id, g_free);
    g_clear_pointer(&doctor->proposed_border, g_free);
    doctor->proposed_below = false;
}

/* Is the id the domain of the account itself? Some senders write the recipient's. */
static bool is_own_domain(const char *id, const char *user) {
    const char *at = strrchr(user, '@');
    return at && g_ascii_strcasecmp(at + 1, id) == 0;
}

static void say_proposal(struct doctor *doctor, const struct doctor_id *id, guint n,
                         const char *user) {
    g_autofree char *advice = g_strdup_printf(
        "If %s is a server of yours, write  authserv-ids = %s  and  border = %s%s  into [trust].%s",
        id->id, id->id, doctor->proposed_border, doctor->proposed_below ? "  and  below = yes" : "",
        is_own_domain(id->id, user)
            ? " Beware: it is the account's own domain, which some senders write too."
        : doctor->proposed_below
            ? " Beware: senders can write there too, unless your server does on every message."
            : "");
    doctor_say(doctor, DOCTOR_WARN, "belief", advice,
               "No header is believed. %s stands at the top of %u of %u messages; a rule would "
               "believe it in %u.",
               id->id, doctor->proposed_below ? id->under : id->top, n, id->believed);
    say_forged(doctor, id);
}

/* The first id that stands above (or directly under) the first Received line of nearly every
 * message. */
static const struct doctor_id *find_candidate(struct doctor *doctor, const GPtrArray *messages,
                                              guint n, bool under) {
    for (guint i = 0; i < doctor->ids->len; i++) {
        const struct doctor_id *id = doctor->ids->pdata[i];
        if ((under ? id->under : id->top) * 100 < n * MANY)
            continue;
        doctor->proposed_border = border_beside(messages, id->id, under);
        doctor->proposed_below = under;
        if (doctor->proposed_border)
            return id;
    }
    return NULL;
}

static bool propose(struct doctor *doctor, const GPtrArray *messages, guint n, const char *user) {
    const struct doctor_id *id = find_candidate(doctor, messages, n, false);
    if (!id)
        id = find_candidate(doctor, messages, n, true);
    if (!id)
        return false;
    doctor->proposed_id = g_strdup(id->id);
    OWNED(belief_rules) rules = proposed_rules(doctor);
    if (!rules) {
        forget_proposal(doctor);
        return false;
    }
    read_all(doctor, messages, rules, false);
    say_proposal(doctor, id, n, user);
    return true;
}

static bool believes_anybody(const struct belief_rules *rules) {
    return rules->ids->len || (rules->profile->ids && *rules->profile->ids) ||
           (rules->profile->flags & PROFILE_NO_ID);
}

void doctor_belief(struct doctor *doctor, const GPtrArray *messages,
                   const struct belief_rules *rules, const char *user) {
    doctor->ids = g_ptr_array_new_with_free_func(id_free);
    guint n = read_all(doctor, messages, rules, true);
    g_ptr_array_sort(doctor->ids, more_messages);
    if (believes_anybody(rules)) {
        say_rules(doctor, n);
        return;
    }
    if (n && propose(doctor, messages, n, user))
        return;
    doctor_say(doctor, DOCTOR_OK, "belief", NULL,
               "No header is believed, and none stands at the top of most messages: Inkan's own "
               "checks decide.");
}
