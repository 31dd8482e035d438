/* SPDX-License-Identifier: MIT
 *
 * Ids to connections, octets and verdicts. */
#include "fcgi/fetch.h"

#include "account/pool.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fcgi/brands.h"
#include "fcgi/folders.h"
#include "fcgi/image_domains.h"
#include "fcgi/imap_problem.h"
#include "fcgi/recent.h"
#include "fcgi/row_store.h"
#include "fcgi/seal.h"
#include "fcgi/service.h"
#include "fcgi/verifier.h"

bool fetch_id(struct exchange *x, enum id_kind kind, const char *text, struct id *id) {
    struct span key = span_make((const char *)x->service->id_key, sizeof x->service->id_key);
    if (id_parse(key, x->session->account, kind, text, id))
        return true;
    if (kind == ID_CURSOR)
        reply_bad_parameter(x->reply, x->request, "before");
    else
        reply_problem(x->reply, x->request, PROBLEM_NOT_FOUND, 0);
    return false;
}

struct imap *fetch_connection(struct exchange *x, const struct id *id) {
    g_autoptr(GError) error = NULL;
    struct pool *pool = x->session->pool;
    struct imap *imap = pool_checkout(pool, id->mailbox, LIMIT_POOL_WAIT_MS, &error);
    if (!imap) {
        imap_problem_reply(x, error);
        return NULL;
    }
    if (id->kind == ID_MAILBOX || imap_selected(imap)->uidvalidity == id->uidvalidity)
        return imap;
    pool_checkin(pool, imap);
    reply_problem(x->reply, x->request,
                  id->kind == ID_CURSOR ? PROBLEM_CURSOR_TOO_OLD : PROBLEM_NOT_FOUND, 0);
    return NULL;
}

bool fetch_gave_up(struct exchange *x, struct imap *imap, const GError *error) {
    bool dead = !imap_alive(imap) && g_error_matches(error, IMAP_ERROR, IMAP_ERROR_PROTOCOL);
    pool_checkin(x->session->pool, imap);
    return dead;
}

void fetched_free(struct fetched *fetched) {
    id_clear(&fetched->id);
    if (fetched->octets)
        g_bytes_unref(fetched->octets);
    if (fetched->info)
        imap_message_free(fetched->info);
    g_free(fetched);
}

/* False: x->reply is filled, or the connection was lost, which `lost` (or NULL) is told. */
static bool read_octets(struct exchange *x, struct fetched *fetched, bool *lost) {
    g_autoptr(GError) error = NULL;
    struct imap *imap = fetch_connection(x, &fetched->id);
    if (!imap)
        return false;
    if (!fetched->octets)
        fetched->octets = imap_fetch_octets(imap, fetched->id.uid, &fetched->info, &error);
    bool good = fetched->octets &&
                folders_role(x->session, imap, fetched->id.mailbox, &fetched->role, &error);
    bool gave_up = fetch_gave_up(x, imap, error);
    if (!good && gave_up && lost)
        *lost = true;
    else if (!good)
        imap_problem_reply(x, error);
    return good;
}

struct fetched *fetch_message(struct exchange *x, const char *text) {
    OWNED(fetched) fetched = g_new0(struct fetched, 1);
    bool lost = false;
    if (!fetch_id(x, ID_MESSAGE, text, &fetched->id))
        return NULL;
    if (!read_octets(x, fetched, &lost) && !(lost && read_octets(x, fetched, NULL)))
        return NULL;
    recent_put(x->service->recent, x->session->hash, text, fetched->octets,
               (struct recent_receipt){fetched->role, fetched->info->internaldate}, clock_now());
    return g_steal_pointer(&fetched);
}

struct fetched *fetch_recent(struct exchange *x, const char *text) {
    struct recent_receipt receipt;
    OWNED(fetched) fetched = g_new0(struct fetched, 1);
    if (!fetch_id(x, ID_MESSAGE, text, &fetched->id))
        return NULL;
    fetched->octets =
        recent_find(x->service->recent, x->session->hash, text, clock_now(), &receipt);
    if (!fetched->octets)
        return fetch_message(x, text);
    fetched->role = receipt.role;
    fetched->info = g_new0(struct imap_message, 1);
    fetched->info->internaldate = receipt.received_at;
    return g_steal_pointer(&fetched);
}

static struct place place_of(const struct exchange *x, const struct fetched *fetched) {
    return (struct place){.session = x->session,
                          .mailbox = fetched->id.mailbox,
                          .uidvalidity = fetched->id.uidvalidity,
                          .uid = fetched->id.uid,
                          .role = fetched->role,
                          .trust = config_trust_of(x->service->config, x->session->host),
                          .received_at = fetched->info->internaldate};
}

/* What the list shows rests on octets that the row names: perhaps only header and first lines. */
static struct record *find_listed(const struct exchange *x, const struct place *place,
                                  const struct judge_case *about) {
    g_autoptr(GHashTable) rows =
        row_store_find(x->service->store, x->session->account, place->mailbox, place->uidvalidity,
                       place->uid, place->uid);
    const struct row *row = g_hash_table_lookup(rows, GUINT_TO_POINTER(place->uid));
    return row ? judge_find(x->service->judge, about, row->judged) : NULL;
}

static char *digest_of(GBytes *octets) {
    return seal_digest(span_make(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets)));
}

/* Glances, then leaves the rest to the verifier and waits for it a moment. */
static struct record *check(struct exchange *x, const struct fetched *fetched,
                            const struct place *place, const struct judge_case *about,
                            const char *digest) {
    struct judge *judge = x->service->judge;
    OWNED(record)
    glance = judge_octets(judge, about, fetched->octets, true, JUDGE_GLANCE);
    judge_keep(judge, about, fetched->octets, digest, glance);
    if (!glance->facts.complete) {
        verifier_submit(x->service->verifier, place, fetched->octets);
        verifier_wait(x->service->verifier, place, LIMIT_VERDICT_WAIT_MS);
    }
    struct record *record = judge_find(judge, about, digest);
    if (!record)
        record = verifier_provisional(x->service->verifier, place);
    if (record)
        return record;
    if (!glance->facts.complete) /* still at it: a glance is not the last word */
        judge_set_pending(glance);
    return g_steal_pointer(&glance);
}

/* Opening a message reads what is remembered of logos, and has nothing fetched. */
static struct record *with_logo(const struct exchange *x, const struct judge_case *about,
                                struct record *record) {
    judge_add_logo(x->service->judge, about, x->service->brands, BRANDS_READ, record);
    return record;
}

struct record *fetch_record(struct exchange *x, const struct fetched *fetched) {
    struct place place = place_of(x, fetched);
    struct judge_case about = verifier_case(&place);
    g_autofree char *digest = digest_of(fetched->octets);
    struct record *record = find_listed(x, &place, &about);
    if (!record)
        record = judge_find(x->service->judge, &about, digest);
    if (!record)
        record = check(x, fetched, &place, &about, digest);
    return with_logo(x, &about, record);
}

struct record *fetch_record_again(struct exchange *x, const struct fetched *fetched) {
    struct place place = place_of(x, fetched);
    struct judge_case about = verifier_case(&place);
    g_autofree char *digest = digest_of(fetched->octets);
    struct record *record =
        judge_octets(x->service->judge, &about, fetched->octets, true, JUDGE_AGAIN);
    OWNED(record) first = find_listed(x, &place, &about);
    if (!first)
        first = judge_find(x->service->judge, &about, digest);
    if (first) {
        record->first = first->first;
        judge_keep_later(x->service->judge, &about, digest, record);
    }
    judge_keep(x->service->judge, &about, fetched->octets, digest, record);
    if (record->facts.complete)
        row_store_judged(x->service->store, &place, fetched->octets, digest);
    return with_logo(x, &about, record);
}

bool fetch_later(const struct exchange *x, const struct fetched *fetched,
                 struct judge_later *later) {
    struct place place = place_of(x, fetched);
    struct judge_case about = verifier_case(&place);
    g_autofree char *digest = digest_of(fetched->octets);
    return judge_find_later(x->service->judge, &about, digest, later);
}

bool fetch_may_link(const struct record *record) {
    return record->verdict->level != LEVEL_FORGED && record->verdict->level != LEVEL_CAUTION;
}

bool fetch_may_show_images(const struct exchange *x, const struct record *record) {
    return x->service->images &&
           image_domains_show(x->service->image_domains, x->session->account, record->verdict);
}
