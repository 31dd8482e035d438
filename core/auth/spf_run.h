/* SPDX-License-Identifier: MIT
 *
 * Inside auth/spf: one check_host() under way, from the first record through all that it includes
 * or redirects to. What is counted is counted here, once for all of them (RFC 7208 §4.6.4). */
#ifndef INKAN_AUTH_SPF_RUN_H
#define INKAN_AUTH_SPF_RUN_H

#include "auth/spf_check.h"

struct spf_run {
    struct lookups *lookups;
    const struct spf_question *question;
    guint terms, voids;
    bool client_named;   /* "%{p}" was counted */
    bool of_this_sender; /* its local part, or the scope, decided something */
    bool local_is_ascii; /* RFC 8616 §4: else "%{s}" and "%{l}" never match anything */
    /* What letters that do not depend on the record stand for, and the name of the client's PTR
     * records: made when first wanted, because few records have macros. */
    char *sender, *client, *dotted, *reverse, *now;
};

void spf_run_init(struct spf_run *run, struct lookups *lookups,
                  const struct spf_question *question);
void spf_run_clear(struct spf_run *run);

/* The name that PTR records of the client stand under; borrowed. */
const char *spf_run_reverse(struct spf_run *run);

/* What an answer is to a mechanism (§5). */
enum spf_found {
    SPF_FOUND_NOTHING = 0, /* no such name, no such data: "void" */
    SPF_FOUND,
    SPF_FOUND_OTHER, /* there is data, or nothing could be asked (§4.8); no match, and not void */
    SPF_FOUND_ERROR  /* temporary; *reason says which */
};
enum spf_found spf_found(const struct dns_answer *answer, enum spf_reason *reason);

/* The type that addresses of this client's family have. */
enum dns_type spf_run_address_type(const struct spf_run *run);

/* Expands a domain-spec found in the record of `domain`; its letters as the record has them. False:
 * a local part outside ASCII would have to become a label (RFC 8616 §4). */
bool spf_run_expand(struct spf_run *run, const char *domain, struct span spec, uint32_t letters,
                    GString *name);
/* The same for the text of an explanation. False: too long. */
bool spf_run_explain(struct spf_run *run, const char *domain, struct span text, uint32_t letters,
                     GString *out);

#endif
