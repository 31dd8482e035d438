/* SPDX-License-Identifier: MIT
 *
 * inkan-worker: reads jobs from the socket that is its fd 0, answers them, and forgets each before
 * it reads the next. Everything it could harm is out of reach before the first octet is read
 * (child_sandbox). `inkan-worker --try WHAT` tries one forbidden thing from inside the walls and
 * exits with 1 if that was possible. */
#include "worker/child_jobs.h"
#include "worker/child_sandbox.h"

#include <string.h>
#include <unistd.h>

static bool answer(GBytes *reply) {
    gsize n = 0;
    const void *octets = reply ? g_bytes_get_data(reply, &n) : NULL;
    bool sane = reply && n <= LIMIT_JOB_REPLY;
    struct protocol_head head = {.kind = sane ? JOB_DONE : JOB_FAILED,
                                 .size = sane ? (uint32_t)n : 0};
    return protocol_write(STDIN_FILENO, &head, sizeof head, 0) == PROTOCOL_OK &&
           protocol_write(STDIN_FILENO, octets, head.size, 0) == PROTOCOL_OK;
}

static bool do_one_job(void) {
    struct protocol_head head;
    if (protocol_read(STDIN_FILENO, &head, sizeof head, 0) || head.size > LIMIT_JOB_REQUEST ||
        head.kind >= JOB__MAX)
        return false;
    char *octets = g_malloc(head.size + 1);
    if (protocol_read(STDIN_FILENO, octets, head.size, 0))
        return false;
    GBytes *request = g_bytes_new_take(octets, head.size);
    GBytes *reply = child_jobs_run((enum job)head.kind, request);
    g_bytes_unref(request);
    bool answered = answer(reply);
    if (reply)
        g_bytes_unref(reply);
    return answered;
}

int main(int argc, char **argv) {
    child_jobs_prepare();
    if (!child_sandbox_enter())
        return 2;
    if (argc == 3 && strcmp(argv[1], "--try") == 0)
        _exit(child_sandbox_try(argv[2]) ? 1 : 0);
    while (do_one_job())
        ;
    _exit(0);
}
