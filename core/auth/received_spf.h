/* SPDX-License-Identifier: MIT
 *
 * Received-SPF (RFC 7208 §9.1): the SPF result as the account's own server wrote it down. The field
 * names nobody who can be compared with a list, so its place alone decides: only fields that
 * auth/authres found to be the receiver's own are read. Comments are passed over. */
#ifndef INKAN_AUTH_RECEIVED_SPF_H
#define INKAN_AUTH_RECEIVED_SPF_H

#include "auth/statement.h"

struct received_spf {
    enum auth_result result;
    bool of_helo;                    /* identity=helo */
    bool has_path;                   /* envelope-from was written … */
    bool null_path;                  /* … and is "<>" or empty */
    char *path_domain, *helo_domain; /* A-labels; NULL: not written, or no domain */
};

/* One field value. False, and nothing to clear, if it is not readable to its end, has no registered
 * result, says something twice, or is about an identity other than MAIL FROM and HELO. */
bool received_spf_parse(struct span value, struct received_spf *field);
void received_spf_clear(struct received_spf *field);

/* Gives a statement what believed Received-SPF fields say about MAIL FROM, where no believed
 * Authentication-Results field had a result of that method. Fields that disagree say nothing.
 * `session` supplies the identity where a field does not write it. */
void received_spf_supply(struct statement *statement, const struct authres *authres,
                         const struct message *message, const struct hops *hops,
                         const struct border_session *session);

#endif
