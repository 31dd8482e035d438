/* SPDX-License-Identifier: MIT
 *
 * Address lists: whatever comes in, text that goes out is UTF-8 on one line, and an address with
 * one reading reads as itself again. */
#include "base/limits.h"
#include "mail/address.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text) {
    if (!text)
        return;
    g_assert(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p; p++)
        g_assert((guchar)*p >= 0x20 && *p != 0x7f);
}

static void check_again(const struct mailbox *mailbox) {
    OWNED(address_list) again = address_parse(span_of(mailbox->address));
    g_assert(again->n == 1 && !(again->flags & ADDRESS_TWO_READINGS));
    g_assert(again->mailboxes[0].address);
    g_assert(strcmp(again->mailboxes[0].address, mailbox->address) == 0);
    g_assert(strcmp(again->mailboxes[0].domain, mailbox->domain) == 0);
}

static void check_mailbox(const struct mailbox *mailbox) {
    check_text(mailbox->display_name);
    check_text(mailbox->decoded_name);
    check_text(mailbox->local);
    check_text(mailbox->domain);
    check_text(mailbox->address);
    g_assert(mailbox->shown);
    check_text(mailbox->shown);
    g_assert(!mailbox->address == (mailbox->fault != ADDRESS_FINE));
    if (!mailbox->address)
        return;
    g_assert(mailbox->domain && mailbox->local);
    g_assert(strlen(mailbox->domain) <= LIMIT_DOMAIN && strlen(mailbox->local) <= LIMIT_LOCAL_PART);
    g_assert(address_is_only(span_of(mailbox->domain), mailbox->address));
    g_autofree char *shown = domain_display(mailbox->domain);
    check_text(shown);
    if (!(mailbox->flags & ADDRESS_TWO_READINGS))
        check_again(mailbox);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span value = span_make((const char *)data, size);
    OWNED(address_list) list = address_parse(value);
    g_assert(list->n <= list->total && list->n <= LIMIT_MAILBOXES);
    g_assert((list->n < list->total) == !!(list->flags & ADDRESS_TOO_MANY));
    g_assert(!list->n_groups == !(list->flags & ADDRESS_GROUP));
    check_text(list->group_name);
    for (guint i = 0; i < list->n; i++)
        check_mailbox(&list->mailboxes[i]);
    g_free(address_other(value, "example.org"));
    return 0;
}
