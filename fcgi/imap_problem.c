/* SPDX-License-Identifier: MIT
 *
 * enum imap_error to enum problem. */
#include "fcgi/imap_problem.h"

#include "account/imap.h"
#include "base/log.h"

enum problem imap_problem(const GError *error, unsigned *retry_after) {
    *retry_after = 0;
    if (!error || error->domain != IMAP_ERROR)
        return PROBLEM_INTERNAL;
    switch ((enum imap_error)error->code) {
    case IMAP_ERROR_UNREACHABLE:
        *retry_after = 10;
        return PROBLEM_MAIL_SERVER_UNREACHABLE;
    case IMAP_ERROR_TIMEOUT:
        *retry_after = 10;
        return PROBLEM_MAIL_SERVER_TIMEOUT;
    case IMAP_ERROR_CERTIFICATE:
        return PROBLEM_MAIL_SERVER_CERTIFICATE;
    case IMAP_ERROR_AUTHENTICATION:
        return PROBLEM_WRONG_PASSWORD;
    case IMAP_ERROR_REFUSED:
        return PROBLEM_UNPROCESSABLE;
    case IMAP_ERROR_PROTOCOL:
        *retry_after = 2;
        return PROBLEM_MAIL_SERVER_ERROR;
    case IMAP_ERROR_NOT_FOUND:
        return PROBLEM_NOT_FOUND;
    case IMAP_ERROR_TOO_LARGE:
        return PROBLEM_MESSAGE_TOO_LARGE;
    case IMAP_ERROR_CANCELLED:
    case IMAP_ERROR_BUSY:
        *retry_after = 2;
        return PROBLEM_BUSY;
    case IMAP_ERROR_ARGUMENT:
        return PROBLEM_BAD_REQUEST;
    }
    return PROBLEM_INTERNAL;
}

void imap_problem_reply(struct exchange *x, const GError *error) {
    unsigned retry_after;
    enum problem problem = imap_problem(error, &retry_after);
    log_write(LOG_NOTICE, "fcgi", "mail server: %s",
              error && error->domain == IMAP_ERROR ? imap_error_name((enum imap_error)error->code)
                                                   : "not an IMAP error");
    reply_problem(x->reply, x->request, problem, retry_after);
}
