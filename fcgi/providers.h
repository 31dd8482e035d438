/* SPDX-License-Identifier: MIT
 *
 * Mailbox providers: domains in which anyone can open an account (conf/mailbox-providers.txt, part
 * of the program). */
#ifndef INKAN_FCGI_PROVIDERS_H
#define INKAN_FCGI_PROVIDERS_H

#include <glib.h>

/* Set of domains for struct verdict_policy. The caller unrefs; read-only: shared by all threads. */
GHashTable *providers_new(void);

#endif
