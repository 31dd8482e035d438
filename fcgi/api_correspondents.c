/* SPDX-License-Identifier: MIT
 *
 * /correspondents: whom the user writes to. The list fills itself from \Sent (fcgi/walk); an
 * address book is handed in as vCard. Receiving mail puts nobody here. */
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/acquaintance.h"
#include "fcgi/acquaintance_change.h"
#include "fcgi/judge.h"
#include "fcgi/json_emit.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "mail/address.h"
#include "repute/vcard.h"

#include <jansson.h>

static void emit_contact(GString *out, const struct contact *contact) {
    static const struct {
        enum contact_source bit;
        const char *word;
    } sources[] = {
        {CONTACT_WRITTEN, "written"}, {CONTACT_IMPORTED, "imported"}, {CONTACT_OWN, "own"}};
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_text(out, JSON_KEY("email"), contact->address);
    json_emit_text(out, JSON_KEY("name"), *contact->name ? contact->name : NULL);
    json_emit_open(out, JSON_KEY("sources"), '[');
    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        if (contact->sources & sources[i].bit)
            json_emit_text(out, JSON_ITEM, sources[i].word);
    json_emit_close(out, ']');
    json_emit_time(out, JSON_KEY("lastAt"), contact->last);
    json_emit_close(out, '}');
}

void api_correspondents_list(struct exchange *x) {
    struct acquaintances *all = judge_acquaintances(x->service->judge);
    OWNED(acquaintance) account = acquaintances_take(all, x->session->account);
    if (account->unread) {
        reply_store_unavailable(x->reply, x->request);
        return;
    }
    GString *out = g_string_new(NULL);
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_open(out, JSON_KEY("correspondents"), '[');
    for (guint i = 0; i < contacts_size(account->contacts); i++)
        emit_contact(out, contacts_at(account->contacts, i));
    json_emit_close(out, ']');
    json_emit_boolean(out, JSON_KEY("indexed"), account->indexed);
    json_emit_close(out, '}');
    reply_json(x->reply, 200, json_emit_tree(out));
}

struct import {
    struct span text;
    struct contacts *contacts;
    int64_t now;
    guint cards, added;
};

/* One address, read as mail would read it; anything else is left out. */
static void add(void *data, const char *address, const char *name) {
    struct import *import = data;
    OWNED(address_list) list = address_parse(span_of(address));
    if (list->n != 1 || list->flags & ADDRESS_TWO_READINGS || !list->mailboxes[0].address)
        return;
    import->added += contacts_add(import->contacts, list->mailboxes[0].address, name,
                                  CONTACT_IMPORTED, import->now);
}

static bool read_cards(struct contacts *contacts, void *data) {
    struct import *import = data;
    import->contacts = contacts;
    import->cards = vcard_read(import->text, add, import);
    return import->added > 0;
}

void api_correspondents_import(struct exchange *x) {
    gsize n;
    const char *octets = g_bytes_get_data(x->request->body, &n);
    struct import import = {.text = span_make(octets, n), .now = clock_now()};
    if (!request_is_type(x->request, "text/vcard")) {
        reply_problem(x->reply, x->request, PROBLEM_WRONG_TYPE, 0);
    } else if (n > LIMIT_VCARD_SIZE) {
        reply_problem(x->reply, x->request, PROBLEM_BODY_TOO_LARGE, 0);
    } else if (acquaintance_change_run(x, read_cards, &import, PROBLEM_NO_VCARD)) {
        reply_json(
            x->reply, 201,
            json_pack("{s:i, s:i}", "cards", (int)import.cards, "imported", (int)import.added));
    }
}

static bool forget(struct contacts *contacts, void *data) {
    return contacts_remove(contacts, data);
}

void api_correspondent_delete(struct exchange *x) {
    g_autofree char *address = g_strdup(x->captured[0]);
    if (acquaintance_change_run(x, forget, address, PROBLEM_NOT_FOUND))
        reply_empty(x->reply, 204);
}
