/* SPDX-License-Identifier: MIT
 *
 * Clock, store, sandbox, roots. A store that is not there yet is not made: it would belong to
 * whoever asked, and the service could not open it. */
#include "base/clock.h"
#include "brand/mark_roots.h"
#include "fcgi/config.h"
#include "fcgi/doctor.h"
#include "mail/inert.h"
#include "store/sqlite.h"
#include "worker/html_job.h"
#include "worker/workers.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

enum { DAY = 86400, ROOTS_STALE_DAYS = 400, ROOTS_SOON_DAYS = 60 };

void doctor_clock(struct doctor *doctor, int64_t now) {
    static const char advice[] =
        "Keep it in step: `apt install systemd-timesyncd`, or chrony. Signatures are judged by it.";
    struct timex kernel = {0};
    g_autofree char *text = clock_rfc3339(now);
    if (now < mark_roots_compared())
        doctor_say(doctor, DOCTOR_FAIL, "clock", advice,
                   "The clock says %s, before this program was made.", text);
    else if (adjtimex(&kernel) == TIME_ERROR)
        doctor_say(doctor, DOCTOR_WARN, "clock", advice,
                   "The clock says %s; the kernel does not know that it is kept in step.", text);
    else
        doctor_say(doctor, DOCTOR_OK, "clock", NULL, "The clock says %s and is kept in step.",
                   text);
}

static void store_to_come(struct doctor *doctor, const char *path) {
    g_autofree char *folder = g_path_get_dirname(path);
    if (access(folder, W_OK | X_OK) == 0)
        doctor_say(doctor, DOCTOR_OK, "store", NULL, "%s will be made when the service starts.",
                   path);
    else
        doctor_say(doctor, DOCTOR_FAIL, "store",
                   "Make the folder, owned by the user that the service runs as.",
                   "%s cannot be made: its folder is not there, or not writable.", path);
}

void doctor_store(struct doctor *doctor, const struct config *config) {
    g_autoptr(GError) error = NULL;
    const char *path = config->store_path;
    struct stat file;
    if (strcmp(path, ":memory:") != 0 && stat(path, &file) != 0) {
        store_to_come(doctor, path);
        return;
    }
    OWNED(store) store = sqlite_store_new(path, &error);
    if (!store)
        doctor_say(doctor, DOCTOR_FAIL, "store", "Move it away, or name another in [store] path.",
                   "%s does not open: %s", path, error->message);
    else if (!store->writable(store, clock_now()))
        doctor_say(doctor, DOCTOR_FAIL, "store",
                   "Give it to the user that the service runs as; look at the disk.",
                   "%s cannot be written: nothing would be remembered.", path);
    else
        doctor_say(doctor, DOCTOR_OK, "store", NULL, "%s opens and can be written.", path);
}

void doctor_worker(struct doctor *doctor, const struct config *config) {
    static const struct inert_options options = {.links = true};
    g_autoptr(GPtrArray) images = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    OWNED(workers) workers = workers_new(config->worker_program, 1);
    OWNED(inert_document)
    document = html_job_run(workers, "<p onclick=x>doctor</p>", images, &options, &error);
    if (document && strstr(document->html->str, "doctor") &&
        !strstr(document->html->str, "onclick"))
        doctor_say(doctor, DOCTOR_OK, "sandbox", NULL,
                   "The sandboxed child starts and cleans HTML.");
    else
        doctor_say(doctor, DOCTOR_FAIL, "sandbox",
                   "inkan-worker must lie beside inkan, or be named in [server] worker-program; "
                   "seccomp must be allowed.",
                   "The sandboxed child does not work: %s",
                   error ? error->message : "it made nothing of a test page");
}

/* The operator's own file over the shipped roots; NULL: it is said why. */
static struct mark_roots *roots_of(struct doctor *doctor, const struct config *config) {
    g_autoptr(GError) error = NULL;
    g_autofree char *pem = NULL;
    gsize n = 0;
    OWNED(mark_roots) roots = mark_roots_new_shipped();
    if (!config->brand_mark_roots)
        return g_steal_pointer(&roots);
    if (g_file_get_contents(config->brand_mark_roots, &pem, &n, &error) &&
        mark_roots_add(roots, span_make(pem, n), MARK_ROOT_OPERATOR, &error))
        return g_steal_pointer(&roots);
    doctor_say(doctor, DOCTOR_FAIL, "roots", "Correct [brand] mark-roots.", "%s: %s",
               config->brand_mark_roots, error->message);
    return NULL;
}

/* Nobody published a fingerprint for the operator's own. */
static void tell_age(struct doctor *doctor, const struct config *config,
                     const struct mark_roots *roots, int64_t age) {
    guint n = mark_roots_count(roots), shipped = 0;
    for (guint i = 0; i < n; i++)
        shipped += mark_roots_at(roots, i)->kind == MARK_ROOT_PUBLIC;
    g_autofree char *when = age > 1 ? g_strdup_printf("%" PRId64 " days ago", age) : NULL;
    g_autofree char *own =
        n > shipped ? g_strdup_printf("; %u more of %s", n - shipped, config->brand_mark_roots)
                    : g_strdup("");
    doctor_say(doctor, age > ROOTS_STALE_DAYS ? DOCTOR_WARN : DOCTOR_OK, "roots",
               age > ROOTS_STALE_DAYS ? "Update Inkan: authorities come and go." : NULL,
               "%u shipped roots of mark certificates, compared with their published fingerprints "
               "%s%s.",
               shipped,
               when       ? when
               : age == 1 ? "yesterday"
                          : "today",
               own);
}

void doctor_roots(struct doctor *doctor, const struct config *config, int64_t now) {
    OWNED(mark_roots) roots = roots_of(doctor, config);
    if (!roots)
        return;
    for (guint i = 0; i < mark_roots_count(roots); i++) {
        const struct mark_root *root = mark_roots_at(roots, i);
        int64_t days = (root->expires - now) / DAY;
        if (days < ROOTS_SOON_DAYS)
            doctor_say(doctor, DOCTOR_WARN, "roots",
                       "Update Inkan, or name the new root in [brand] mark-roots.",
                       "The mark root \"%s\" %s.", root->subject,
                       days < 0 ? "has expired" : "expires within two months");
    }
    tell_age(doctor, config, roots, (now - mark_roots_compared()) / DAY);
}
