/* SPDX-License-Identifier: MIT
 *
 * worker/: the real inkan-worker beside this build. A crash costs one request, a late child is
 * killed, nothing forbidden is possible from inside (attacks N232, N251). */
#include "mail/inert.h"
#include "worker/html_job.h"
#include "worker/workers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char *program;

static int find_program(void **state) {
    (void)state;
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self);
    program = g_build_filename(folder, "..", "..", "inkan-worker", NULL);
    return 0;
}

static int forget_program(void **state) {
    (void)state;
    g_free(program);
    return 0;
}

static const struct inert_options with_links = {.links = true};

static bool cleans(struct workers *workers, const char *html, GError **error) {
    OWNED(inert_document) document = html_job_run(workers, html, NULL, &with_links, error);
    return document && document->html->len > 0;
}

static void hundred_jobs_over_two_children(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new(program, 2);
    for (int i = 0; i < 100; i++) {
        g_autofree char *html = g_strdup_printf("<p>mail %d</p>", i);
        g_autofree char *expected = g_strdup_printf("<p>mail %d</p></body>", i);
        OWNED(inert_document)
        document = html_job_run(workers, html, NULL, &with_links, NULL);
        assert_non_null(document);
        assert_non_null(strstr(document->html->str, expected));
    }
    struct workers_counts counts = workers_counts(workers);
    assert_int_equal(counts.jobs, 100);
    assert_int_equal(counts.crashed + counts.late, 0);
    /* one at a time needs one child; it is replaced after LIMIT_CHILD_JOBS */
    assert_int_equal(counts.spawned, 100 / LIMIT_CHILD_JOBS + 1);
    assert_int_equal(counts.recycled, 100 / LIMIT_CHILD_JOBS);
}

static gpointer clean_fifty(gpointer workers) {
    int done = 0;
    for (int i = 0; i < 50; i++)
        done += cleans(workers, "<b>x</b>", NULL);
    return GINT_TO_POINTER(done);
}

static void threads_share_children(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new(program, 2);
    GThread *threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = g_thread_new("cleaner", clean_fifty, workers);
    for (int i = 0; i < 4; i++)
        assert_int_equal(GPOINTER_TO_INT(g_thread_join(threads[i])), 50);
    assert_int_equal(workers_counts(workers).jobs, 200);
    assert_int_equal(workers_counts(workers).crashed, 0);
}

/* A process that is not what we think it is: it dies, or never answers. */
static void assert_stand_in_fails(const char *path, guint milliseconds,
                                  enum workers_error expected) {
    OWNED(workers) workers = workers_new(path, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) request = g_bytes_new("x", 1);
    assert_null(workers_run(workers, JOB_HTML, request, milliseconds, &error));
    assert_true(g_error_matches(error, WORKERS_ERROR, (gint)expected));
}

static void a_program_that_is_none(void **state) {
    (void)state;
    assert_stand_in_fails("/nonexistent/inkan-worker", 10000, WORKERS_ERROR_SPAWN);
    assert_stand_in_fails("/bin/true", 10000, WORKERS_ERROR_CRASHED);
    assert_stand_in_fails("/bin/yes", 1000, WORKERS_ERROR_LATE);
}

/* The processes we have started that are still there. */
static GArray *children_of_ours(void) {
    g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", getpid());
    g_autofree char *text = NULL;
    GArray *pids = g_array_new(FALSE, FALSE, sizeof(pid_t));
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return pids;
    g_auto(GStrv) words = g_strsplit(g_strstrip(text), " ", -1);
    for (int i = 0; words[i] && *words[i]; i++) {
        pid_t pid = (pid_t)g_ascii_strtoll(words[i], NULL, 10);
        g_array_append_val(pids, pid);
    }
    return pids;
}

static void kill_children(int signal_number) {
    g_autoptr(GArray) pids = children_of_ours();
    assert_true(pids->len > 0);
    for (guint i = 0; i < pids->len; i++)
        kill(g_array_index(pids, pid_t, i), signal_number);
}

/* Dead, and still to be reaped by the pool. */
static void wait_for_the_end_of(GArray *pids) {
    siginfo_t info;
    for (guint i = 0; i < pids->len; i++)
        waitid(P_PID, (id_t)g_array_index(pids, pid_t, i), &info, WEXITED | WNOWAIT);
}

static void an_idle_child_that_died_is_replaced(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new(program, 1);
    assert_true(cleans(workers, "<p>", NULL));
    g_autoptr(GArray) pids = children_of_ours();
    kill_children(SIGKILL);
    wait_for_the_end_of(pids);
    assert_true(cleans(workers, "<p>", NULL));
    assert_int_equal(workers_counts(workers).spawned, 2);
    assert_int_equal(workers_counts(workers).crashed, 0);
}

/* Time for another thread to have gone on, on a busy machine too. */
static void give_way(void) {
    g_usleep(G_USEC_PER_SEC / 2);
}

static gpointer kill_soon(gpointer data) {
    give_way();
    kill_children(GPOINTER_TO_INT(data));
    return NULL;
}

/* Stopped, so that it surely holds the job, then killed. */
static void a_child_that_dies_over_a_job_costs_that_job(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new(program, 1);
    assert_true(cleans(workers, "<p>", NULL));
    kill_children(SIGSTOP);
    GThread *killer = g_thread_new("killer", kill_soon, GINT_TO_POINTER(SIGKILL));
    g_autoptr(GError) error = NULL;
    assert_false(cleans(workers, "<p>", &error));
    g_thread_join(killer);
    assert_true(g_error_matches(error, WORKERS_ERROR, WORKERS_ERROR_CRASHED));
    assert_true(cleans(workers, "<p>", NULL));
    assert_int_equal(workers_counts(workers).crashed, 1);
    assert_int_equal(workers_counts(workers).spawned, 2);
}

static void a_late_child_is_killed(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new(program, 1);
    assert_true(cleans(workers, "<p>", NULL));
    kill_children(SIGSTOP);
    g_autoptr(GError) error = NULL;
    const struct inert_options options = {.links = true};
    g_autoptr(GBytes) request = html_job_pack_request("<p>", 3, NULL, &options);
    assert_null(workers_run(workers, JOB_HTML, request, 200, &error));
    assert_true(g_error_matches(error, WORKERS_ERROR, WORKERS_ERROR_LATE));
    g_autoptr(GArray) left = children_of_ours();
    assert_int_equal(left->len, 0);
    assert_true(cleans(workers, "<p>", NULL));
    assert_int_equal(workers_counts(workers).late, 1);
}

static void a_busy_pool_says_so(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new(program, 1);
    assert_true(cleans(workers, "<p>", NULL));
    kill_children(SIGSTOP);
    GThread *holder = g_thread_new("holder", clean_fifty, workers);
    give_way();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) request = g_bytes_new("x", 1);
    assert_null(workers_run(workers, JOB_HTML, request, 100, &error));
    assert_true(g_error_matches(error, WORKERS_ERROR, WORKERS_ERROR_BUSY));
    kill_children(SIGCONT);
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(holder)), 50);
}

struct errand {
    struct workers *workers;
    enum job job;
    guint milliseconds;
};

/* GINT_TO_POINTER of how it failed, -1 where it did not. */
static gpointer run_errand(gpointer data) {
    const struct errand *errand = data;
    g_autoptr(GError) error = NULL;
    const struct inert_options options = {.links = true};
    g_autoptr(GBytes) request = html_job_pack_request("<p>", 3, NULL, &options);
    g_autoptr(GBytes) reply =
        workers_run(errand->workers, errand->job, request, errand->milliseconds, &error);
    return GINT_TO_POINTER(reply ? -1 : error->code);
}

/* Holds up whoever comes after the first child, for longer than a job may wait and be done. */
static gpointer stop_the_next(gpointer data) {
    const pid_t first = GPOINTER_TO_INT(data);
    for (pid_t next = first; next == first; g_usleep(500)) {
        g_autoptr(GArray) pids = children_of_ours();
        next = pids->len ? g_array_index(pids, pid_t, 0) : first;
    }
    kill_children(SIGSTOP);
    g_usleep(3 * G_USEC_PER_SEC);
    kill_children(SIGCONT);
    return NULL;
}

/* The wait for others is no part of a job's own time. */
static void a_job_that_waited_is_not_late(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new(program, 1);
    assert_true(cleans(workers, "<p>", NULL));
    kill_children(SIGSTOP);
    g_autoptr(GArray) pids = children_of_ours();
    gpointer first = GINT_TO_POINTER(g_array_index(pids, pid_t, 0));
    struct errand stuck = {workers, JOB_HTML, 3000}, waiting = {workers, JOB_HTML, 5000};
    GThread *holder = g_thread_new("holder", run_errand, &stuck);
    GThread *stopper = g_thread_new("stopper", stop_the_next, first);
    give_way(); /* 2.5 s of waiting and 3 of its own are more than 5 together */
    assert_int_equal(GPOINTER_TO_INT(run_errand(&waiting)), -1);
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(holder)), WORKERS_ERROR_LATE);
    g_thread_join(stopper);
}

static gpointer go_on_later(gpointer data) {
    (void)data;
    g_usleep((gulong)(LIMIT_CHILD_BUSY_MS / 2 + 100) * 1000);
    kill_children(SIGCONT);
    return NULL;
}

/* A child is ended between two jobs, not by its limit of processor time in the middle of somebody
 * else's. */
static void e120_long_jobs_use_up_a_child_between_jobs(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new(program, 1);
    assert_true(cleans(workers, "<p>", NULL));
    for (guint n = 0; n < 2; n++) {
        assert_int_equal(workers_counts(workers).recycled, 0);
        kill_children(SIGSTOP);
        GThread *later = g_thread_new("later", go_on_later, NULL);
        struct errand errand = {workers, JOB_HTML, LIMIT_CHILD_BUSY_MS};
        assert_int_equal(GPOINTER_TO_INT(run_errand(&errand)), -1);
        g_thread_join(later);
    }
    assert_int_equal(workers_counts(workers).recycled, 1);
    assert_true(cleans(workers, "<p>", NULL));
    assert_int_equal(workers_counts(workers).spawned, 2);
    assert_int_equal(workers_counts(workers).crashed, 0);
}

/* Pictures that take long, as many as there are children, leave one of them to mail. */
static void e120_pictures_leave_a_child_to_mail(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new(program, 2);
    assert_true(cleans(workers, "<p>", NULL));
    kill_children(SIGSTOP);
    struct errand picture = {workers, JOB_SVG, 4000}, another = {workers, JOB_SVG, 100};
    GThread *holder = g_thread_new("holder", run_errand, &picture);
    give_way();
    assert_int_equal(GPOINTER_TO_INT(run_errand(&another)), WORKERS_ERROR_BUSY);
    assert_true(cleans(workers, "<p>", NULL));
    assert_int_equal(GPOINTER_TO_INT(g_thread_join(holder)), WORKERS_ERROR_LATE);
    another.milliseconds = 5000; /* and what was taken is given back */
    assert_int_equal(GPOINTER_TO_INT(run_errand(&another)), WORKERS_ERROR_FAILED);
    assert_int_equal(GPOINTER_TO_INT(run_errand(&another)), WORKERS_ERROR_FAILED);
}

static void a_request_out_of_form_is_refused_by_a_living_child(void **state) {
    (void)state;
    OWNED(workers) workers = workers_new(program, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) request = g_bytes_new("\1\2\3garbage\377\377\377\377", 14);
    assert_null(workers_run(workers, JOB_HTML, request, 5000, &error));
    assert_true(g_error_matches(error, WORKERS_ERROR, WORKERS_ERROR_FAILED));
    assert_true(cleans(workers, "<p>", NULL));
    assert_int_equal(workers_counts(workers).spawned, 1);
    g_clear_error(&error);
    g_autofree char *large = g_malloc0(LIMIT_JOB_REQUEST + 1);
    g_autoptr(GBytes) too_large = g_bytes_new_static(large, LIMIT_JOB_REQUEST + 1);
    assert_null(workers_run(workers, JOB_HTML, too_large, 5000, &error));
    assert_true(g_error_matches(error, WORKERS_ERROR, WORKERS_ERROR_TOO_LARGE));
}

/* What the walls are for. Outside of them each of these works: the first lines prove it. */
static void nothing_forbidden_is_possible(void **state) {
    (void)state;
    int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(file >= 0 && socket_fd >= 0);
    close(file);
    close(socket_fd);
    static const char *const forbidden[] = {"open", "write-file", "socket",     "fork",
                                            "exec", "kill",       "executable", "memory"};
    for (size_t i = 0; i < G_N_ELEMENTS(forbidden); i++) {
#ifdef __SANITIZE_ADDRESS__
        if (strcmp(forbidden[i], "memory") == 0)
            continue; /* AddressSanitizer cannot live under RLIMIT_AS (child_sandbox.h) */
#endif
        char *arguments[] = {program, g_strdup("--try"), g_strdup(forbidden[i]), NULL};
        int status = -1;
        assert_true(g_spawn_sync(NULL, arguments, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                                 NULL, NULL, &status, NULL));
        bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
        bool refused = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (!killed && !refused)
            print_error("%s was possible (status %d)\n", forbidden[i], status);
        assert_true(killed || refused);
        g_free(arguments[1]);
        g_free(arguments[2]);
    }
}

/* Nothing that we hold open reaches a child, and its environment is its own. */
static void a_child_inherits_nothing(void **state) {
    (void)state;
    int ours = open("/dev/null", O_RDONLY);
    assert_true(ours >= 0);
    OWNED(workers) workers = workers_new(program, 1);
    assert_true(cleans(workers, "<p>", NULL));
    g_autoptr(GArray) pids = children_of_ours();
    assert_int_equal(pids->len, 1);
    g_autofree char *path = g_strdup_printf("/proc/%d/fd", g_array_index(pids, pid_t, 0));
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    /* root sees the descriptors; others may not even look (not dumpable) */
    if (dir) {
        guint n = 0;
        while (g_dir_read_name(dir))
            n++;
        assert_int_equal(n, 3);
    }
    close(ours);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hundred_jobs_over_two_children),
        cmocka_unit_test(threads_share_children),
        cmocka_unit_test(a_program_that_is_none),
        cmocka_unit_test(an_idle_child_that_died_is_replaced),
        cmocka_unit_test(a_child_that_dies_over_a_job_costs_that_job),
        cmocka_unit_test(a_late_child_is_killed),
        cmocka_unit_test(a_busy_pool_says_so),
        cmocka_unit_test(a_job_that_waited_is_not_late),
        cmocka_unit_test(e120_long_jobs_use_up_a_child_between_jobs),
        cmocka_unit_test(e120_pictures_leave_a_child_to_mail),
        cmocka_unit_test(a_request_out_of_form_is_refused_by_a_living_child),
        cmocka_unit_test(nothing_forbidden_is_possible),
        cmocka_unit_test(a_child_inherits_nothing),
    };
    return cmocka_run_group_tests(tests, find_program, forget_program);
}
