/* SPDX-License-Identifier: MIT
 *
 * A list of body digests for each canonicalisation: those known, and those wanted, which the next
 * pass over the body computes together. */
#include "auth/dkim_hashes.h"

#include "base/zeroed.h"

enum { USUAL_DIGESTS = 2 };

struct digests {
    struct dkim_body_digest *all; /* those known, then those wanted by ascending limits: `usual`, or
                                     memory of its own where they are more */
    guint n_known, n_wanted, room;
    uint64_t length; /* of the canonical body, once something is known */
    struct dkim_body_digest usual[USUAL_DIGESTS];
};

struct dkim_hashes {
    const struct message *message;
    struct signed_fields *fields; /* NULL until an h= is read */
    struct digests bodies[2];     /* by enum dkim_canon */
    guint passes;
};

struct dkim_hashes *dkim_hashes_new(const struct message *message) {
    struct dkim_hashes *hashes = NEW_ZERO(dkim_hashes);
    hashes->message = message;
    for (guint i = 0; i < G_N_ELEMENTS(hashes->bodies); i++) {
        hashes->bodies[i].all = hashes->bodies[i].usual;
        hashes->bodies[i].room = USUAL_DIGESTS;
    }
    return hashes;
}

void dkim_hashes_free(struct dkim_hashes *hashes) {
    for (guint i = 0; i < G_N_ELEMENTS(hashes->bodies); i++)
        if (hashes->bodies[i].all != hashes->bodies[i].usual)
            g_free(hashes->bodies[i].all);
    signed_fields_free(hashes->fields);
    g_free(hashes);
}

const struct message *dkim_hashes_message(const struct dkim_hashes *hashes) {
    return hashes->message;
}

guint dkim_hashes_passes(const struct dkim_hashes *hashes) {
    return hashes->passes;
}

/* --- header ---------------------------------------------------------------------------------- */

void dkim_hashes_select(struct dkim_hashes *hashes, const struct dkim_signature *signature,
                        struct field_selection *selection) {
    if (!hashes->fields)
        hashes->fields = signed_fields_new(hashes->message);
    signed_fields_select(hashes->fields, signature->headers, signature->n_headers, signature->field,
                         selection);
}

void dkim_hashes_header(struct dkim_hashes *hashes, const struct dkim_signature *signature,
                        const struct field_selection *selection,
                        unsigned char digest[DKIM_SHA256_SIZE]) {
    const struct field *fields = hashes->message->fields, *own = &fields[signature->field];
    char usual[4096]; /* more than most signatures cover */
    size_t most = dkim_canon_most(own);
    for (guint i = 0; i < selection->n; i++)
        most += dkim_canon_most(&fields[selection->order[i]]);
    g_autofree char *longer = most > sizeof usual ? g_malloc(most) : NULL;
    char *start = longer ? longer : usual, *end = start;
    for (guint i = 0; i < selection->n; i++)
        end = dkim_canon_write(end, &fields[selection->order[i]], signature->header_canon);
    end = dkim_canon_write_own(end, own, signature->own_b, signature->header_canon);
    dkim_sha256(span_make(start, (size_t)(end - start)), digest);
}

/* --- body ------------------------------------------------------------------------------------ */

static uint64_t limit_of(const struct dkim_signature *signature) {
    return signature->limited ? signature->limit : UINT64_MAX;
}

/* Among the first `n`. */
static struct dkim_body_digest *find(const struct digests *digests, guint n, uint64_t limit) {
    for (guint i = 0; i < n; i++)
        if (digests->all[i].limit == limit)
            return &digests->all[i];
    return NULL;
}

static void grow(struct digests *digests) {
    bool usual = digests->all == digests->usual;
    digests->room = 2 * MAX(digests->room, USUAL_DIGESTS);
    digests->all = g_renew(struct dkim_body_digest, usual ? NULL : digests->all, digests->room);
    if (usual)
        memcpy(digests->all, digests->usual, sizeof digests->usual);
}

static void want(struct digests *digests, uint64_t limit) {
    guint n = digests->n_known + digests->n_wanted, at = digests->n_known;
    if (find(digests, n, limit))
        return;
    if (n == digests->room)
        grow(digests);
    while (at < n && digests->all[at].limit < limit)
        at++;
    memmove(&digests->all[at + 1], &digests->all[at], (n - at) * sizeof *digests->all);
    digests->all[at] = (struct dkim_body_digest){.limit = limit};
    digests->n_wanted++;
}

void dkim_hashes_want_body(struct dkim_hashes *hashes, const struct dkim_signature *signature) {
    want(&hashes->bodies[signature->body_canon], limit_of(signature));
}

static void compute(struct dkim_hashes *hashes, enum dkim_canon canon) {
    struct digests *digests = &hashes->bodies[canon];
    digests->length = dkim_body_hash(hashes->message->body, canon, &digests->all[digests->n_known],
                                     digests->n_wanted);
    hashes->passes++;
    digests->n_known += digests->n_wanted;
    digests->n_wanted = 0;
}

const unsigned char *dkim_hashes_body(struct dkim_hashes *hashes,
                                      const struct dkim_signature *signature, uint64_t *length) {
    struct digests *digests = &hashes->bodies[signature->body_canon];
    const struct dkim_body_digest *found = find(digests, digests->n_known, limit_of(signature));
    if (!found) {
        dkim_hashes_want_body(hashes, signature);
        compute(hashes, signature->body_canon);
        found = find(digests, digests->n_known, limit_of(signature));
    }
    *length = digests->length;
    return found->digest;
}
