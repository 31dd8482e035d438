/* SPDX-License-Identifier: MIT
 *
 * worker/protocol over a real pair of sockets: all octets or none, and how a transfer that does not
 * come to its end is told. */
#include "worker/protocol.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

struct writer {
    int fd;
    const char *octets;
    gsize n;
    enum protocol_end end;
};

static void *write_all(void *data) {
    struct writer *w = data;
    w->end = protocol_write(w->fd, w->octets, w->n, clock_monotonic_ms() + 60000);
    return NULL;
}

static void pair_of(int fds[2]) {
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
}

static void close_both(const int fds[2]) {
    close(fds[0]);
    close(fds[1]);
}

/* More than a socket holds: both sides go on in pieces. */
static void much_goes_through_in_pieces(void **state) {
    (void)state;
    int fds[2];
    pair_of(fds);
    gsize n = 3 << 20;
    g_autofree char *octets = g_malloc(n), *got = g_malloc0(n);
    for (gsize i = 0; i < n; i++)
        octets[i] = (char)(i * 7 + (i >> 11));
    struct writer writer = {.fd = fds[0], .octets = octets, .n = n};
    GThread *thread = g_thread_new("writer", write_all, &writer);
    assert_int_equal(protocol_read(fds[1], got, n, clock_monotonic_ms() + 60000), PROTOCOL_OK);
    g_thread_join(thread);
    assert_int_equal(writer.end, PROTOCOL_OK);
    assert_memory_equal(got, octets, n);
    close_both(fds);
}

/* As the child does it. */
static void without_a_deadline_it_is_the_same(void **state) {
    (void)state;
    int fds[2];
    pair_of(fds);
    char got[5] = "";
    assert_int_equal(protocol_write(fds[0], "hello", 5, 0), PROTOCOL_OK);
    assert_int_equal(protocol_read(fds[1], got, 5, 0), PROTOCOL_OK);
    assert_memory_equal(got, "hello", 5);
    assert_int_equal(protocol_read(fds[1], got, 0, 0), PROTOCOL_OK);
    close_both(fds);
}

static void who_hangs_up_halfway_has_closed(void **state) {
    (void)state;
    for (int timed = 0; timed < 2; timed++) {
        int fds[2];
        pair_of(fds);
        char got[8];
        assert_int_equal(protocol_write(fds[0], "half", 4, 0), PROTOCOL_OK);
        close(fds[0]);
        int64_t deadline = timed ? clock_monotonic_ms() + 60000 : 0;
        assert_int_equal(protocol_read(fds[1], got, 8, deadline), PROTOCOL_CLOSED);
        close(fds[1]);
    }
}

static void a_reader_that_is_gone_is_no_signal(void **state) {
    (void)state;
    int fds[2];
    pair_of(fds);
    close(fds[1]);
    assert_int_equal(protocol_write(fds[0], "hello", 5, clock_monotonic_ms() + 60000),
                     PROTOCOL_CLOSED);
    close(fds[0]);
}

static void a_deadline_ends_both(void **state) {
    (void)state;
    int fds[2];
    pair_of(fds);
    char got[1];
    gsize n = 8 << 20; /* more than any socket buffer takes */
    g_autofree char *octets = g_malloc0(n);
    assert_int_equal(protocol_read(fds[1], got, 1, clock_monotonic_ms() + 5), PROTOCOL_LATE);
    assert_int_equal(protocol_write(fds[0], octets, n, clock_monotonic_ms() + 5), PROTOCOL_LATE);
    assert_int_equal(protocol_read(fds[0], got, 1, clock_monotonic_ms()), PROTOCOL_LATE);
    close_both(fds);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(much_goes_through_in_pieces),
        cmocka_unit_test(without_a_deadline_it_is_the_same),
        cmocka_unit_test(who_hangs_up_halfway_has_closed),
        cmocka_unit_test(a_reader_that_is_gone_is_no_signal),
        cmocka_unit_test(a_deadline_ends_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
