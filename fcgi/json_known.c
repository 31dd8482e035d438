/* SPDX-License-Identifier: MIT */
#include "fcgi/json_known.h"

#include "fcgi/json_text.h"
#include "trust/memory.h"

#include <jansson.h>

struct json_t *json_known_offers(const struct evidence *evidence, const struct contacts *contacts) {
    struct memory_offer offers[MEMORY_OFFERS_MAX];
    guint n = memory_offers(evidence, offers);
    json_t *all = json_array();
    for (guint i = 0; i < n; i++) {
        bool known = contacts_said(contacts, offers[i].kind, offers[i].subject) != NULL;
        json_array_append_new(all, json_pack("{s:s, s:o, s:o, s:b}", "kind",
                                             known_kind_name(offers[i].kind), "subject",
                                             json_text(offers[i].subject), "by",
                                             json_text(offers[i].by), "known", known));
    }
    return all;
}

struct json_t *json_known_list(const struct contacts *contacts) {
    json_t *all = json_array();
    for (guint i = 0; i < contacts_n_said(contacts); i++) {
        const struct known *known = contacts_said_at(contacts, i);
        json_array_append_new(all, json_pack("{s:s, s:o, s:o, s:o}", "kind",
                                             known_kind_name(known->kind), "subject",
                                             json_text(known->subject), "by",
                                             json_text(*known->by ? known->by : NULL), "since",
                                             json_time(known->since)));
    }
    return all;
}
