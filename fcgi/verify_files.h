/* SPDX-License-Identifier: MIT
 *
 * What `inkan verify` reads: messages named on the command line, on stdin, or in a Maildir. The
 * list is made first and keeps its order; octets are read one message at a time. */
#ifndef INKAN_FCGI_VERIFY_FILES_H
#define INKAN_FCGI_VERIFY_FILES_H

#include "base/own.h"

#include <glib.h>
#include <stdbool.h>

struct verify_file {
    char *name;     /* as it is reported; "-" is stdin */
    bool maildir;   /* a file of a Maildir: LF line ends, always */
    bool directory; /* a directory that is no Maildir: reported as an error */
    bool pipe;      /* stdin, or no plain file: to read it may be to wait for somebody */
    gsize size;     /* of a plain file when the list was made; 0 if there was no telling */
};

struct verify_files {
    struct verify_file *items;
    guint n;
};

enum verify_fault {
    VERIFY_FINE = 0,
    VERIFY_NOT_FOUND,
    VERIFY_UNREADABLE,
    VERIFY_DIRECTORY, /* no Maildir: neither cur/ nor new/ */
    VERIFY_TOO_LARGE  /* over LIMIT_MESSAGE_SIZE */
};

/* Maildirs are replaced by the files of their new/ and cur/, sorted by name. */
struct verify_files *verify_files_new(char *const *names);
void verify_files_free(struct verify_files *files);

/* The message with CRLF line ends where it had none, or NULL and *fault. The caller unrefs, before
 * `buffer` is used again: the octets may stand in it. A buffer that lives as long as its thread
 * spares the kernel from making new pages for every large message. */
GBytes *verify_file_read(const struct verify_file *file, GByteArray *buffer,
                         enum verify_fault *fault);

/* "not-found", …, and a sentence; `japanese` or English. */
const char *verify_fault_code(enum verify_fault fault);
const char *verify_fault_text(enum verify_fault fault, bool japanese);

DEFINE_OWNED(verify_files, verify_files_free)

#endif
