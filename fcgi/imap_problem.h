/* SPDX-License-Identifier: MIT
 *
 * What a failure of the mail server is called over HTTP. */
#ifndef INKAN_FCGI_IMAP_PROBLEM_H
#define INKAN_FCGI_IMAP_PROBLEM_H

#include "fcgi/problem.h"
#include "fcgi/route.h"

#include <glib.h>

/* `error` of account/; *retry_after is set (seconds) where trying again makes sense, else 0. */
enum problem imap_problem(const GError *error, unsigned *retry_after);
/* Answers the exchange with it and logs its kind, never its text beyond our own words. */
void imap_problem_reply(struct exchange *x, const GError *error);

#endif
