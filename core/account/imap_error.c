/* SPDX-License-Identifier: MIT
 *
 * Names of the ways a mail server can fail us. */
#include "account/imap_error.h"

G_DEFINE_QUARK(inkan - imap - error - quark, imap_error)

const char *imap_error_name(enum imap_error code) {
    switch (code) {
    case IMAP_ERROR_UNREACHABLE:
        return "unreachable";
    case IMAP_ERROR_TIMEOUT:
        return "time-out";
    case IMAP_ERROR_CERTIFICATE:
        return "certificate";
    case IMAP_ERROR_AUTHENTICATION:
        return "authentication";
    case IMAP_ERROR_REFUSED:
        return "refused";
    case IMAP_ERROR_PROTOCOL:
        return "protocol";
    case IMAP_ERROR_NOT_FOUND:
        return "not-found";
    case IMAP_ERROR_TOO_LARGE:
        return "too-large";
    case IMAP_ERROR_CANCELLED:
        return "cancelled";
    case IMAP_ERROR_BUSY:
        return "busy";
    case IMAP_ERROR_ARGUMENT:
        return "argument";
    }
    return "unknown";
}
