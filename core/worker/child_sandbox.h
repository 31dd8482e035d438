/* SPDX-License-Identifier: MIT
 *
 * The walls around a child: what it may do from here on is read and write its one socket, and ask
 * for memory. Set up before the first octet of input. */
#ifndef INKAN_WORKER_CHILD_SANDBOX_H
#define INKAN_WORKER_CHILD_SANDBOX_H

#include <stdbool.h>

/* No other descriptors, no privileges, no core dumps, limits of limits.h, then a
 * closed list of system calls: anything else kills the process. Under AddressSanitizer the
 * address space is not limited (it reserves terabytes) and a forbidden call fails with EPERM rather
 * than killing, so that reports can be written. False: a wall could not be built; do not go on. */
bool child_sandbox_enter(void);

/* Tries something forbidden ("open", "socket", "fork", "exec", "kill", "write-file", "executable",
 * "memory"): true if it was possible. For `inkan-worker --try`, which tests and `inkan doctor` run;
 * being killed is the expected answer. */
bool child_sandbox_try(const char *what);

#endif
