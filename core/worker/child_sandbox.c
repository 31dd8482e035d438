/* SPDX-License-Identifier: MIT */
#include "worker/child_sandbox.h"

#include "base/limits.h"

#include <fcntl.h>
#include <grp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define NOBODY 65534

static bool limit(int resource, rlim_t most) {
    struct rlimit wanted = {most, most};
    return setrlimit((__rlimit_resource_t)resource, &wanted) == 0;
}

static bool limit_resources(void) {
    return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) &&
           limit(RLIMIT_NOFILE, 3) && limit(RLIMIT_CPU, LIMIT_CHILD_CPU) &&
           (SANITIZED || limit(RLIMIT_AS, LIMIT_CHILD_MEMORY));
}

/* A service run by root has children run by nobody. */
static bool drop_privileges(void) {
    if (geteuid() != 0)
        return true;
    return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
           setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

static bool allow_plain(scmp_filter_ctx filter) {
    static const int calls[] = {
        SCMP_SYS(munmap),       SCMP_SYS(mremap),       SCMP_SYS(brk),
        SCMP_SYS(madvise),      SCMP_SYS(futex),        SCMP_SYS(exit),
        SCMP_SYS(exit_group),   SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(getpid),       SCMP_SYS(gettid),       SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),    SCMP_SYS(restart_syscall),
        SCMP_SYS(sched_yield)};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) < 0)
            return false;
    return true;
}

/* Memory without the right to execute it; only the socket may be read and written. */
static bool allow_checked(scmp_filter_ctx filter) {
    struct scmp_arg_cmp not_executable = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    struct scmp_arg_cmp anonymous = SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS);
    struct scmp_arg_cmp our_socket = SCMP_A0(SCMP_CMP_EQ, 0);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, not_executable, anonymous) ==
               0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_executable) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, our_socket) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, our_socket) == 0;
}

static bool allow_sanitizer(scmp_filter_ctx filter) {
    if (!SANITIZED)
        return true;
    struct scmp_arg_cmp standard_error = SCMP_A0(SCMP_CMP_EQ, 2);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, standard_error) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sigaltstack), 0) == 0;
}

static bool close_system_calls(void) {
    scmp_filter_ctx filter = seccomp_init(SANITIZED ? SCMP_ACT_ERRNO(1) : SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return false;
    bool ready = allow_plain(filter) && allow_checked(filter) && allow_sanitizer(filter) &&
                 seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ready;
}

bool child_sandbox_enter(void) {
    /* No PR_SET_PDEATHSIG: it means the death of the thread that spawned us, not of the service.
     * The end of the socket, or RLIMIT_CPU, ends a child whose service has gone. */
    return close_range(3, ~0U, 0) == 0 && chdir("/") == 0 && drop_privileges() &&
           prctl(PR_SET_DUMPABLE, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           limit_resources() && close_system_calls();
}

static bool try_exec(void) {
    char name[] = "true";
    char *arguments[] = {name, NULL};
    execv("/bin/true", arguments);
    return false;
}

static bool try_memory(void) {
    void *memory = mmap(NULL, (size_t)LIMIT_CHILD_MEMORY * 2, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED;
}

static bool try_executable(void) {
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) != MAP_FAILED;
}

bool child_sandbox_try(const char *what) {
    if (strcmp(what, "open") == 0)
        return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
    if (strcmp(what, "write-file") == 0)
        return open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) >= 0;
    if (strcmp(what, "socket") == 0)
        return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0;
    if (strcmp(what, "fork") == 0)
        return fork() >= 0;
    if (strcmp(what, "kill") == 0)
        return kill(getpid(), 0) == 0;
    if (strcmp(what, "exec") == 0)
        return try_exec();
    if (strcmp(what, "memory") == 0)
        return try_memory();
    if (strcmp(what, "executable") == 0)
        return try_executable();
    return true;
}
