/* SPDX-License-Identifier: MIT
 *
 * Waiting for news of a mailbox: IDLE (RFC 2177), or asking now and then. While it waits nothing is
 * read: whatever the server says ends the wait, and is read and parsed as the answer to IDLE. */
#include "account/imap_session.h"
#include "base/clock.h"
#include "base/limits.h"

/* "idle" CRLF, the server's "+", then "DONE" CRLF. */
static bool idle(struct imap *imap, int wake_fd, GError **error) {
    struct imap_command command;
    bool readable = false;
    imap_begin_command(imap, &command);
    imap_command_add(&command, "IDLE");
    if (!imap_send(imap, &command, error))
        return false;
    if (!imap_driver_continue(imap->driver, NULL, error)) /* refused: the answer says why */
        return !imap_driver_failure(imap->driver) && imap_receive(imap, error);
    struct imap_heard heard = imap_driver_heard(imap->driver);
    bool news = heard.mail || heard.removed || heard.flags;
    if (!news && !imap_driver_wait(imap->driver, clock_monotonic_ms() + LIMIT_IMAP_IDLE_MS, wake_fd,
                                   &readable, error))
        return false;
    return imap_begin(imap, error) &&
           imap_driver_write(imap->driver, SPAN_LIT("DONE\r\n"), error) &&
           imap_receive(imap, error);
}

static bool poll_later(struct imap *imap, int wake_fd, GError **error) {
    bool readable;
    return imap_driver_wait(imap->driver, clock_monotonic_ms() + LIMIT_IMAP_POLL_MS, wake_fd,
                            &readable, error) &&
           imap_noop(imap, error);
}

bool imap_wait(struct imap *imap, int wake_fd, struct imap_news *news, GError **error) {
    *news = (struct imap_news){0};
    if (!imap_begin(imap, error))
        return false;
    g_assert(imap->mailbox);
    imap_driver_forget(imap->driver);
    bool waited = imap->capabilities & IMAP_CAN_IDLE ? idle(imap, wake_fd, error)
                                                     : poll_later(imap, wake_fd, error);
    struct imap_heard heard = imap_driver_heard(imap->driver);
    *news = (struct imap_news){heard.mail, heard.removed, heard.flags};
    return waited;
}
