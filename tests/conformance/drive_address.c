/* SPDX-License-Identifier: MIT
 *
 * Lets test_address_suites.py ask mail/address, mail/author, mail/header and mail/domain:
 *   drive_address address|author|decode|domain   octets on stdin, "key<TAB>value" lines on stdout
 *   drive_address messages FILE...               one line a file: fields, author's state, address
 */
#include "mail/author.h"
#include "mail/domain.h"
#include "mail/header.h"

#include <stdio.h>

static void line(const char *key, const char *value) {
    if (value)
        printf("%s\t%s\n", key, value);
}

static void print_mailbox(const struct mailbox *mailbox) {
    line("name", mailbox->decoded_name);
    line("local", mailbox->local);
    line("domain", mailbox->domain);
    line("address", mailbox->address);
    line("shown", mailbox->shown);
    line("fault", address_fault_name(mailbox->fault));
}

static void drive_list(struct span value) {
    OWNED(address_list) list = address_parse(value);
    printf("flags\t%x\ntotal\t%u\n", list->flags, list->total);
    if (list->flags & ADDRESS_TWO_READINGS)
        line("two-readings", "yes");
    if (list->n)
        print_mailbox(&list->mailboxes[0]);
}

static void drive_author(GBytes *octets) {
    OWNED(message) message = message_new(octets, 0);
    OWNED(author) author = author_find(message);
    line("state", author_state_name(author->state));
    line("why", author->why);
    printf("fields\t%u\ntotal\t%u\nnotes\t%x\n", author->n_fields, author->total, author->notes);
    line("author-address", author->address);
    line("author-domain", author->domain);
    if (author->n_mailboxes)
        print_mailbox(&author->mailboxes[0]);
}

static bool drive_message(const char *path) {
    g_autofree char *data = NULL;
    gsize n;
    if (!g_file_get_contents(path, &data, &n, NULL))
        return false;
    g_autoptr(GBytes) octets = g_bytes_new(data, n);
    g_autoptr(GBytes) crlf = message_restore_crlf(octets);
    OWNED(message) message = message_new(crlf, 0);
    for (guint i = 0; i < message->n_fields; i++) {
        g_autofree char *text = header_text(message->fields[i].value, NULL);
        if (!g_utf8_validate(text, -1, NULL) || strpbrk(text, "\r\n\t"))
            return false;
        OWNED(address_list) list = address_parse(message->fields[i].value);
        g_assert(list->n <= list->total);
    }
    OWNED(author) author = author_find(message);
    printf("%u\t%s\t%s\n", message->n_fields, author_state_name(author->state),
           author->address ? author->address : "-");
    return true;
}

static GBytes *read_stdin(void) {
    g_autoptr(GByteArray) all = g_byte_array_new();
    guint8 buffer[65536];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, stdin)) > 0)
        g_byte_array_append(all, buffer, (guint)n);
    return g_byte_array_free_to_bytes(g_steal_pointer(&all));
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    if (strcmp(argv[1], "messages") == 0) {
        for (int i = 2; i < argc; i++)
            if (!drive_message(argv[i])) {
                fprintf(stderr, "%s\n", argv[i]);
                return 1;
            }
        return 0;
    }
    g_autoptr(GBytes) octets = read_stdin();
    gsize n;
    const char *data = g_bytes_get_data(octets, &n);
    struct span value = span_make(data, n);
    if (strcmp(argv[1], "address") == 0) {
        drive_list(value);
    } else if (strcmp(argv[1], "author") == 0) {
        drive_author(octets);
    } else if (strcmp(argv[1], "decode") == 0) {
        g_autofree char *text = header_decode(value, NULL);
        line("text", text);
    } else if (strcmp(argv[1], "domain") == 0) {
        g_autofree char *domain = domain_parse(value, 0, NULL);
        line("domain", domain);
    } else {
        return 2;
    }
    return 0;
}
