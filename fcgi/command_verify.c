/* SPDX-License-Identifier: MIT
 *
 * `inkan verify`: messages in, one answer each out, in order. With --jobs N, N threads take the
 * next message each; an answer that is ready early waits for those before it, and nobody runs
 * further ahead than a small window. */
#include "base/clock.h"
#include "fcgi/command.h"
#include "fcgi/command_explain.h"
#include "fcgi/json_emit.h"
#include "fcgi/json_evidence.h"
#include "fcgi/json_verdict.h"
#include "fcgi/known_names.h"
#include "fcgi/openpgp_keys.h"
#include "fcgi/providers.h"
#include "fcgi/smime_files.h"
#include "fcgi/verify_brand.h"
#include "fcgi/verify_files.h"
#include "fcgi/verify_options.h"

#include "auth/dkim_keys.h"
#include "auth/orgdomain.h"
#include "worker/openpgp_job.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Made once, read by all threads. */
struct bench {
    const struct verify_options *options;
    const struct verify_files *files;
    struct resolver *resolver;
    struct dkim_keys *keys;
    struct public_suffixes *suffixes;
    struct verify_brand *brand; /* NULL: nothing is looked up */
    struct smime_trust *smime;
    struct known_names *names;
    GHashTable *providers;
    struct openpgp_verifier *openpgp;
    struct openpgp_voucher voucher; /* of --openpgp-keys */
    int64_t now;
};

/* --- one message ---------------------------------------------------------------------------- */

static struct evidence *evaluate_octets(const struct bench *bench, GBytes *octets) {
    const struct verify_options *o = bench->options;
    OWNED(message) message = message_new(octets, 0);
    struct evaluate_request request = {
        .message = message,
        .belief = o->belief,
        .mode = o->mode,
        .resolver = bench->resolver,
        .keys = bench->keys,
        .suffixes = bench->suffixes,
        .openpgp = bench->openpgp,
        .vouchers = &bench->voucher,
        .n_vouchers = 1,
        .smime = bench->smime,
        .reputation = o->reputation,
        .now = bench->now,
        .received_known = o->received_known,
        .received_at = o->received_at,
        .session_known = o->client_ip != NULL,
        .client_ip = o->client_ip,
        .helo = o->helo,
        .mail_from = o->mail_from,
    };
    return evaluate(&request);
}

static void answer(const struct bench *bench, const char *name, GBytes *octets, GString *out) {
    const struct verify_options *o = bench->options;
    OWNED(evidence) evidence = evaluate_octets(bench, octets);
    struct verdict_policy policy = {.rules = o->belief,
                                    .providers = bench->providers,
                                    .known = bench->names->lookalikes,
                                    .confusables = bench->names->confusables};
    if (bench->brand)
        verify_brand_add(bench->brand, &policy, bench->now, evidence);
    OWNED(verdict) verdict = verdict_derive(evidence, &policy, bench->now);
    if (o->explain) {
        g_string_append_printf(out, "%s\n", name);
        explain(out, evidence, verdict, o->language);
        return;
    }
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_outside(out, JSON_KEY("file"), name);
    json_verdict_emit(out, JSON_KEY("verdict"), verdict, o->language);
    json_evidence_emit(out, JSON_KEY("evidence"), evidence, verdict);
    json_emit_close(out, '}');
    g_string_append_c(out, '\n');
}

static void answer_fault(const struct bench *bench, const char *name, enum verify_fault fault,
                         GString *out) {
    const char *text = verify_fault_text(fault, bench->options->language == LANGUAGE_JA);
    if (bench->options->explain) {
        g_string_append_printf(out, "%s\n  %s\n\n", name, text);
        return;
    }
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_outside(out, JSON_KEY("file"), name);
    json_emit_open(out, JSON_KEY("error"), '{');
    json_emit_text(out, JSON_KEY("code"), verify_fault_code(fault));
    json_emit_text(out, JSON_KEY("text"), text);
    json_emit_close(out, '}');
    json_emit_close(out, '}');
    g_string_append_c(out, '\n');
}

/* False if the message could not be read; `out` holds the answer either way. */
static bool verify_one(const struct bench *bench, guint index, GByteArray *buffer, GString *out) {
    const struct verify_file *file = &bench->files->items[index];
    enum verify_fault fault;
    g_autoptr(GBytes) octets = verify_file_read(file, buffer, &fault);
    if (octets)
        answer(bench, file->name, octets, out);
    else
        answer_fault(bench, file->name, fault, out);
    return octets != NULL;
}

static bool write_out(GString *out) {
    size_t done = 0;
    while (done < out->len) {
        ssize_t n = write(STDOUT_FILENO, out->str + done, out->len - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    g_string_truncate(out, 0);
    return true;
}

enum {
    OUTPUT_CHUNK = 32 << 10, /* octets of answers that are written together */
    SPARE_ROOM = 64 << 10,   /* an answer's string that has grown beyond is not kept for the next */
};

/* --- one after another ---------------------------------------------------------------------- */

static bool verify_in_turn(const struct bench *bench) {
    g_autoptr(GByteArray) buffer = g_byte_array_new();
    GString *out = g_string_new(NULL);
    bool readable = true, written = true;
    for (guint i = 0; i < bench->files->n && written; i++) {
        /* who writes into a pipe may want to read the answers so far before */
        if (out->len > OUTPUT_CHUNK || bench->files->items[i].pipe)
            written = write_out(out);
        readable = verify_one(bench, i, buffer, out) && readable;
    }
    written = written && write_out(out);
    g_string_free(out, TRUE);
    return readable && written;
}

/* --- several at a time ---------------------------------------------------------------------- */

/* Answers ahead of the one that is due, a thread: a message of 5 MB takes as long as fifty small
 * ones, and those who wait for it do nothing. */
enum { WINDOW = 64 };

struct crew {
    const struct bench *bench;
    GMutex mutex;
    GCond room;      /* `due` has moved, or somebody gave up */
    guint waiting;   /* for room */
    guint next, due; /* message to take; answer that comes next */
    guint n_slots;
    GString **slots;   /* answer of message i at i % n_slots, NULL until it is ready */
    GString *out;      /* answers in order, to be written */
    guint prompt;      /* so many answers wait for no more: a pipe is read behind them */
    GPtrArray *spares; /* empty strings for answers, with the room that others needed */
    bool writing;      /* some thread has `out` */
    bool readable, broken;
};

/* The next message this thread may take, or false at the end. Called with the mutex held. */
static bool take(struct crew *crew, guint *index) {
    crew->waiting++;
    while (!crew->broken && crew->next < crew->bench->files->n &&
           crew->next >= crew->due + crew->n_slots)
        g_cond_wait(&crew->room, &crew->mutex);
    crew->waiting--;
    if (crew->broken || crew->next == crew->bench->files->n)
        return false;
    *index = crew->next++;
    return true;
}

/* Called with the mutex held, as is spare_put. */
static GString *spare_take(struct crew *crew) {
    guint n = crew->spares->len;
    return n ? g_ptr_array_steal_index_fast(crew->spares, n - 1) : g_string_sized_new(OUTPUT_CHUNK);
}

static void spare_put(struct crew *crew, GString *answer) {
    g_string_truncate(answer, 0);
    if (answer->allocated_len <= SPARE_ROOM)
        g_ptr_array_add(crew->spares, answer);
    else
        g_string_free(answer, TRUE);
}

/* Answers that are due by now go to `out`. Called with the mutex held. */
static void gather(struct crew *crew) {
    for (;; crew->due++) {
        GString *answer = g_steal_pointer(&crew->slots[crew->due % crew->n_slots]);
        if (!answer)
            return;
        g_string_append_len(crew->out, answer->str, (gssize)answer->len);
        spare_put(crew, answer);
    }
}

/* Octets of answers that may wait for more: who writes into a pipe may want to read all before. */
static gsize chunk(const struct crew *crew) {
    return crew->due < crew->prompt ? 0 : OUTPUT_CHUNK;
}

/* Whoever brings the answer that is due takes those behind it along, and writes once there is
 * enough. While one thread writes, the others leave theirs to it. No thread is there only to write:
 * it would be woken for each message. Called with the mutex held. */
static void hand_over(struct crew *crew, guint index, GString *answer) {
    crew->slots[index % crew->n_slots] = answer;
    if (crew->writing)
        return;
    gather(crew);
    while (crew->out->len > chunk(crew) && !crew->broken) {
        crew->writing = true;
        g_mutex_unlock(&crew->mutex);
        bool written = write_out(crew->out);
        g_mutex_lock(&crew->mutex);
        crew->writing = false;
        crew->broken = !written;
        gather(crew);
    }
    if (crew->waiting)
        g_cond_broadcast(&crew->room);
}

static void *work(void *data) {
    struct crew *crew = data;
    g_autoptr(GByteArray) buffer = g_byte_array_new();
    guint index;
    g_mutex_lock(&crew->mutex);
    while (take(crew, &index)) {
        GString *answer = spare_take(crew);
        g_mutex_unlock(&crew->mutex);
        bool readable = verify_one(crew->bench, index, buffer, answer);
        g_mutex_lock(&crew->mutex);
        crew->readable = crew->readable && readable;
        hand_over(crew, index, answer);
    }
    g_mutex_unlock(&crew->mutex);
    return NULL;
}

static void run_crew(struct crew *crew, guint n) {
    GThread **threads = g_new(GThread *, n);
    for (guint i = 0; i < n; i++)
        threads[i] = g_thread_new("verify", work, crew);
    for (guint i = 0; i < n; i++)
        g_thread_join(threads[i]);
    g_free(threads);
}

static void free_string(gpointer string) {
    g_string_free(string, TRUE);
}

/* The first message behind which there is no pipe. */
static guint behind_pipes(const struct verify_files *files) {
    guint n = files->n;
    while (n && !files->items[n - 1].pipe)
        n--;
    return n;
}

static bool verify_with_crew(const struct bench *bench, guint n) {
    struct crew crew = {.bench = bench, .n_slots = n * WINDOW, .readable = true};
    crew.slots = g_new0(GString *, crew.n_slots);
    crew.out = g_string_new(NULL);
    crew.prompt = behind_pipes(bench->files);
    crew.spares = g_ptr_array_new_with_free_func(free_string);
    g_mutex_init(&crew.mutex);
    g_cond_init(&crew.room);
    run_crew(&crew, n);
    bool written = !crew.broken && write_out(crew.out);
    for (guint i = 0; i < crew.n_slots; i++)
        if (crew.slots[i])
            g_string_free(crew.slots[i], TRUE);
    g_free(crew.slots);
    g_ptr_array_free(crew.spares, TRUE);
    g_string_free(crew.out, TRUE);
    g_mutex_clear(&crew.mutex);
    g_cond_clear(&crew.room);
    return crew.readable && written;
}

/* --- the command ---------------------------------------------------------------------------- */

static bool verify_all(struct bench *bench) {
    OWNED(dkim_keys) keys = bench->keys = dkim_keys_new();
    OWNED(verify_files) files = verify_files_new(bench->options->files);
    OWNED(known_names) names = bench->names = known_names_new(NULL, NULL);
    g_autoptr(GHashTable) providers G_GNUC_UNUSED = bench->providers = providers_new();
    bench->files = files;
    guint jobs = MIN(bench->options->jobs, files->n);
    return jobs > 1 ? verify_with_crew(bench, jobs) : verify_in_turn(bench);
}

static bool load_keys(const struct bench *bench, struct openpgp_keyring *keyring, GError **error) {
    const GPtrArray *files = bench->options->openpgp_keys;
    for (guint i = 0; i < files->len; i++)
        if (!openpgp_keys_load(keyring, bench->openpgp, files->pdata[i], bench->now, error))
            return false;
    return true;
}

int command_verify(int argc, char **argv) {
    g_autoptr(GError) error = NULL;
    OWNED(verify_options)
    options = verify_options_parse(argc, argv, isatty(STDOUT_FILENO), &error);
    if (!options)
        return command_usage("%s", error->message);
    if (options->helped || options->listed_profiles)
        return COMMAND_DONE;
    struct bench bench = {.options = options};
    OWNED(resolver) resolver = NULL;
    if (options->mode != VERIFY_NEVER) {
        struct resolver_options settings = {.server = options->resolver,
                                            .trust_anchor = options->trust_anchor};
        resolver = resolver_new(&settings, &error);
        if (!resolver)
            return command_usage("--resolver: %s", error->message);
    }
    bench.resolver = resolver;
    bench.now = options->now_known ? options->now : clock_now();
    OWNED(workers) workers = workers_new(NULL, options->jobs);
    OWNED(openpgp_verifier) openpgp = bench.openpgp = openpgp_job_verifier_new(workers);
    OWNED(openpgp_keyring) keyring = openpgp_keyring_new();
    bench.voucher = (struct openpgp_voucher){keyring, "configured"};
    if (!load_keys(&bench, keyring, &error))
        return command_usage("--openpgp-keys: %s", error->message);
    OWNED(smime_trust)
    smime = smime_files_read(options->smime_ca, options->smime_crls, options->smime_ocsp, &error);
    if (!smime)
        return command_usage("--smime-ca, --smime-crl, --smime-ocsp: %s", error->message);
    bench.smime = smime;
    OWNED(public_suffixes) suffixes = bench.suffixes = orgdomain_suffixes_new(NULL);
    OWNED(verify_brand) brand = NULL;
    if (resolver) {
        brand = verify_brand_new(options, resolver, suffixes, workers, &error);
        if (!brand)
            return command_usage("%s", error->message);
    }
    bench.brand = brand;
    json_object_seed(0); /* before threads */
    return verify_all(&bench) ? COMMAND_DONE : COMMAND_FAILED;
}
