/* SPDX-License-Identifier: MIT */
#include "fcgi/brand_evidence.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/inflate.h"
#include "fcgi/brand_fetch.h"
#include "fcgi/seal.h"
#include "worker/svg_job.h"

#include <string.h>

static struct span octets_of(GBytes *bytes) {
    gsize n;
    const char *p = g_bytes_get_data(bytes, &n);
    return span_make(p, n);
}

/* False: not had, which is told and decides. */
static bool fetch(struct brand_work *work, const char *step, const char *url, size_t max,
                  struct brand_fetched *fetched) {
    struct brand_wish wish = {.url = url, .max = max};
    brand_fetch_get(work->tools->fetch, work->lookups, &wish, work->tools->now, fetched);
    if (fetched->status == HTTPS_OK) {
        g_autofree char *size = g_strdup_printf("%zu", g_bytes_get_size(fetched->body));
        brand_work_step(work, step, BRAND_STEP_OK, BRAND_SAID_FETCHED, BRAND_FOUND(url, size));
        return true;
    }
    bool temporary = https_is_temporary(fetched->status);
    const char *text =
        brand_work_step(work, step, temporary ? BRAND_STEP_UNKNOWN : BRAND_STEP_NOT,
                        brand_words_fetch(fetched->status), BRAND_FOUND(url, fetched->why));
    brand_work_end(work, temporary ? BIMI_TEMPERROR : BIMI_FAIL,
                   temporary ? BIMI_REASON_NETWORK : BIMI_REASON_FETCH, text);
    return false;
}

/* --- the certificate ------------------------------------------------------------------------ */

static const char *const check_steps[MARKCERT_CHECK__MAX] = {
    [MARKCERT_PEM] = "certificate.pem",
    [MARKCERT_CHAIN] = "certificate.chain",
    [MARKCERT_VALIDITY] = "certificate.validity",
    [MARKCERT_ALGORITHMS] = "certificate.algorithms",
    [MARKCERT_AUTHORITY] = "certificate.authority",
    [MARKCERT_EXTENSIONS] = "certificate.extensions",
    [MARKCERT_PURPOSE] = "certificate.purpose",
    [MARKCERT_POLICY] = "certificate.policy",
    [MARKCERT_NAMES] = "certificate.names",
    [MARKCERT_MARK_TYPE] = "certificate.mark-type",
    [MARKCERT_LOGOTYPE] = "certificate.logotype",
    [MARKCERT_LOGO_HASH] = "certificate.logo-hash",
    [MARKCERT_TRANSPARENCY] = "certificate.transparency",
    [MARKCERT_REVOCATION] = "certificate.revocation",
};

static char *day_of(int64_t epoch) {
    char *day = clock_rfc3339(epoch);
    day[strlen("2026-11-22")] = '\0';
    return day;
}

void brand_evidence_whose(struct brand_work *work, const struct markcert *markcert) {
    if (!markcert->type || !markcert->organization || !markcert->issuer || !markcert->not_before ||
        !markcert->not_after)
        return;
    g_autofree char *type = g_ascii_strup(markcert_type_name(markcert->type), -1);
    g_autofree char *from = day_of(markcert->not_before);
    g_autofree char *to = day_of(markcert->not_after);
    brand_work_step(work, "certificate.whose", markcert->valid ? BRAND_STEP_OK : BRAND_STEP_UNKNOWN,
                    BRAND_SAID_CERTIFICATE_OF,
                    BRAND_FOUND(type, markcert_mark_name(markcert->mark), markcert->organization,
                                markcert->issuer, from, to));
}

void brand_evidence_tell(struct brand_work *work, const struct markcert *markcert) {
    brand_evidence_whose(work, markcert);
    for (int i = 0; i < MARKCERT_CHECK__MAX; i++) {
        const struct markcert_check *check = &markcert->checks[i];
        enum brand_step_state state = check->state == MARKCERT_PASS   ? BRAND_STEP_OK
                                      : check->state == MARKCERT_FAIL ? BRAND_STEP_NOT
                                                                      : BRAND_STEP_UNKNOWN;
        const char *reason = markcert_reason_name(check->reason);
        struct brand_step *step = g_new0(struct brand_step, 1);
        *step = (struct brand_step){
            check_steps[i], reason ? reason : markcert_state_name(check->state), state,
            g_strdup(markcert_check_text((enum markcert_check_id)i, check, "en")),
            g_strdup(markcert_check_text((enum markcert_check_id)i, check, "ja"))};
        g_ptr_array_add(work->report->steps, step);
    }
}

/* CRLs stand behind http:// in most certificates. They are signed, but this program speaks https
 * alone: the same place is asked over https, and where it does not answer, revocation stays "not
 * verified". */
static char *over_https(const char *url) {
    if (g_ascii_strncasecmp(url, "http://", 7) == 0)
        return g_strconcat("https://", url + 7, NULL);
    return g_strdup(url);
}

/* Every CRL that can be had; whose bodies `kept` holds. With DNS time of their own: a sender whose
 * names take theirs would use it up, and what he had revoked would not be asked about. */
static guint fetch_crls(struct brand_work *work, char **urls, GPtrArray *kept,
                        struct markcert_crl crls[static LIMIT_MARKCERT_CRLS]) {
    guint n = 0;
    OWNED(lookups) lookups = lookups_new(work->tools->resolver);
    for (; urls && *urls && n < LIMIT_MARKCERT_CRLS; urls++) {
        g_autofree char *url = over_https(*urls);
        struct brand_wish wish = {.url = url, .max = LIMIT_CRL_SIZE, .is_crl = true};
        struct brand_fetched fetched;
        brand_fetch_get(work->tools->fetch, lookups, &wish, work->tools->now, &fetched);
        brand_work_step(work, "crl", fetched.body ? BRAND_STEP_OK : BRAND_STEP_UNKNOWN,
                        fetched.body ? BRAND_SAID_CRL_FETCHED : brand_words_fetch(fetched.status),
                        BRAND_FOUND(url, fetched.why));
        /* we did not ask, so nothing is known, not even that there is nothing to know */
        if (fetched.status == HTTPS_RATE)
            brand_work_end(work, BIMI_TEMPERROR, BIMI_REASON_NETWORK, fetched.why);
        if (fetched.body) {
            g_ptr_array_add(kept, g_bytes_ref(fetched.body));
            crls[n++] = (struct markcert_crl){octets_of(fetched.body), fetched.fetched_at};
        }
        brand_fetched_clear(&fetched);
    }
    return n;
}

/* Once to learn where the CRLs are, and again with them. */
struct markcert *brand_evidence_check(struct brand_work *work, struct span pem) {
    const struct brand_report *report = work->report;
    struct markcert_question question = {.pem = pem,
                                         .domain = report->domain,
                                         .organizational = report->organizational_domain,
                                         .selector = report->selector,
                                         .roots = work->tools->roots,
                                         .now = work->tools->now};
    struct markcert *markcert = markcert_check(&question);
    struct markcert_crl crls[LIMIT_MARKCERT_CRLS];
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    if (!markcert->valid || !work->tools->fetch)
        return markcert;
    question.n_crls = fetch_crls(work, markcert->crl_urls, kept, crls);
    question.crls = crls;
    if (!question.n_crls)
        return markcert;
    markcert_free(markcert);
    return markcert_check(&question);
}

void brand_evidence_certificate(struct brand_work *work) {
    struct brand_report *report = work->report;
    struct brand_fetched pem;
    if (fetch(work, "certificate", report->authority, LIMIT_MARKCERT_SIZE, &pem)) {
        report->markcert = brand_evidence_check(work, octets_of(pem.body));
        brand_evidence_tell(work, report->markcert);
        if (report->markcert->valid) {
            report->kind = report->markcert->type == MARKCERT_VMC ? BRAND_VMC : BRAND_CMC;
            work->embedded = g_bytes_ref(report->markcert->svg);
        } else {
            brand_work_end(work, BIMI_FAIL, BIMI_REASON_EVIDENCE,
                           markcert_reason_name(report->markcert->reason));
        }
    }
    brand_fetched_clear(&pem);
}

void brand_evidence_self(struct brand_work *work) {
    work->report->kind = BRAND_SELF;
    brand_work_step(work, "certificate", BRAND_STEP_UNKNOWN, BRAND_SAID_NO_CERTIFICATE,
                    BRAND_FOUND(NULL));
}

/* --- the picture ---------------------------------------------------------------------------- */

/* SVGZ is told by its first octets, not by what the server calls it. */
static GBytes *unpack(struct brand_work *work, GBytes *body) {
    struct span octets = octets_of(body);
    enum inflate_fault fault;
    if (!inflate_is_gzip(octets))
        return g_bytes_ref(body);
    GBytes *svg = inflate_gzip(octets, LIMIT_LOGO_SIZE, &fault);
    if (!svg) {
        const char *text = brand_work_step(work, "picture", BRAND_STEP_NOT, BRAND_SAID_NOT_UNPACKED,
                                           BRAND_FOUND(inflate_fault_name(fault)));
        brand_work_end(work, BIMI_FAIL, BIMI_REASON_INDICATOR, text);
    }
    return svg;
}

/* Only octets that were certified are ever drawn under a certificate (attacks E117). */
static bool is_certified(struct brand_work *work, GBytes *svg) {
    if (!work->embedded)
        return true;
    bool same = g_bytes_equal(svg, work->embedded);
    brand_work_step(work, "picture.same", same ? BRAND_STEP_OK : BRAND_STEP_NOT,
                    same ? BRAND_SAID_SAME_PICTURE : BRAND_SAID_OTHER_PICTURE, BRAND_FOUND(NULL));
    if (!same)
        brand_work_end(work, BIMI_FAIL, BIMI_REASON_MISMATCH, NULL);
    return same;
}

static const char *tell_error(struct brand_work *work, const struct svg_finding *error) {
    if (!error)
        return brand_work_step(work, "picture", BRAND_STEP_NOT, BRAND_SAID_NO_PICTURE,
                               BRAND_FOUND(NULL));
    g_autofree char *line = g_strdup_printf("%u", error->line);
    g_autofree char *english = svg_finding_text(error, "en");
    g_autofree char *japanese = svg_finding_text(error, "ja");
    return brand_work_step(work, "picture", BRAND_STEP_NOT, BRAND_SAID_BAD_PICTURE,
                           BRAND_FOUND(line, english, japanese));
}

/* A picture that could be checked but not drawn faithfully has no logo either. */
static void judge_picture(struct brand_work *work, const struct svg_report *picture) {
    const char *text = NULL;
    if (!picture->valid)
        text = tell_error(work, svg_report_find_error(picture));
    else if (!picture->pictures->len)
        text = brand_work_step(work, "picture", BRAND_STEP_NOT, BRAND_SAID_NOT_DRAWN,
                               BRAND_FOUND(NULL));
    else
        brand_work_step(work, "picture", BRAND_STEP_OK, BRAND_SAID_GOOD_PICTURE, BRAND_FOUND(NULL));
    if (text)
        brand_work_end(work, BIMI_FAIL, BIMI_REASON_INDICATOR, text);
}

static void look_at(struct brand_work *work, GBytes *svg) {
    g_autoptr(GError) error = NULL;
    struct brand_report *report = work->report;
    report->picture = svg_job_run(work->tools->workers, svg, LIMIT_BRAND_SIDE, &error);
    if (!report->picture) {
        bool crashed = g_error_matches(error, WORKERS_ERROR, WORKERS_ERROR_CRASHED) ||
                       g_error_matches(error, WORKERS_ERROR, WORKERS_ERROR_LATE);
        brand_work_step(work, "picture", crashed ? BRAND_STEP_NOT : BRAND_STEP_UNKNOWN,
                        BRAND_SAID_CHILD_TROUBLE, BRAND_FOUND(error->message));
        brand_work_end(work, crashed ? BIMI_FAIL : BIMI_TEMPERROR,
                       crashed ? BIMI_REASON_INDICATOR : BIMI_REASON_CHILD, error->message);
        return;
    }
    judge_picture(work, report->picture);
    report->svg = g_bytes_ref(svg);
    report->sha256 = seal_digest(octets_of(svg));
}

void brand_evidence_picture(struct brand_work *work) {
    struct brand_fetched fetched = {0};
    g_autoptr(GBytes) svg = NULL;
    if (!work->report->location)
        svg = work->embedded ? g_bytes_ref(work->embedded) : NULL;
    else if (fetch(work, "picture.fetch", work->report->location, LIMIT_LOGO_SIZE, &fetched))
        svg = unpack(work, fetched.body);
    brand_fetched_clear(&fetched);
    if (svg && (is_certified(work, svg) || work->question->whole))
        look_at(work, svg);
}
