/* SPDX-License-Identifier: MIT
 *
 * A list of body digests for each canonicalisation: those known, and those wanted, which the next
 * pass over the body computes together. */
#include "auth/dkim_hashes.h"

#include "base/zeroed.h"

struct digests {
    GArray *known, *wanted; /* struct dkim_body_digest; wanted: ascending limits. NULL: none */
    uint64_t length;        /* of the canonical body, once something is known */
};

enum { SIGNED_HEADER = 2048 }; /* octets of canonical header that most signatures cover */

struct dkim_hashes {
    const struct message *message;
    struct signed_fields *fields; /* NULL until an h= is read */
    GString *header;              /* canonical octets of one signature, reused */
    struct digests bodies[2];     /* by enum dkim_canon */
    guint passes;
};

struct dkim_hashes *dkim_hashes_new(const struct message *message) {
    struct dkim_hashes *hashes = NEW_ZERO(dkim_hashes);
    hashes->message = message;
    return hashes;
}

void dkim_hashes_free(struct dkim_hashes *hashes) {
    for (guint i = 0; i < G_N_ELEMENTS(hashes->bodies); i++) {
        if (hashes->bodies[i].known)
            g_array_unref(hashes->bodies[i].known);
        if (hashes->bodies[i].wanted)
            g_array_unref(hashes->bodies[i].wanted);
    }
    signed_fields_free(hashes->fields);
    if (hashes->header)
        g_string_free(hashes->header, TRUE);
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
    const struct field *fields = hashes->message->fields;
    if (!hashes->header)
        hashes->header = g_string_sized_new(SIGNED_HEADER);
    g_string_truncate(hashes->header, 0);
    for (guint i = 0; i < selection->n; i++)
        dkim_canon_field(hashes->header, &fields[selection->order[i]], signature->header_canon);
    dkim_canon_own_field(hashes->header, &fields[signature->field], signature->own_b,
                         signature->header_canon);
    dkim_sha256(span_make(hashes->header->str, hashes->header->len), digest);
}

/* --- body ------------------------------------------------------------------------------------ */

static uint64_t limit_of(const struct dkim_signature *signature) {
    return signature->limited ? signature->limit : UINT64_MAX;
}

static struct dkim_body_digest *find(const GArray *digests, uint64_t limit) {
    for (guint i = 0; digests && i < digests->len; i++) {
        struct dkim_body_digest *digest = &g_array_index(digests, struct dkim_body_digest, i);
        if (digest->limit == limit)
            return digest;
    }
    return NULL;
}

static void want(struct digests *digests, uint64_t limit) {
    if (find(digests->known, limit) || find(digests->wanted, limit))
        return;
    if (!digests->wanted)
        digests->wanted = g_array_new(FALSE, FALSE, sizeof(struct dkim_body_digest));
    guint at = 0;
    while (at < digests->wanted->len &&
           g_array_index(digests->wanted, struct dkim_body_digest, at).limit < limit)
        at++;
    struct dkim_body_digest digest = {.limit = limit};
    g_array_insert_val(digests->wanted, at, digest);
}

void dkim_hashes_want_body(struct dkim_hashes *hashes, const struct dkim_signature *signature) {
    want(&hashes->bodies[signature->body_canon], limit_of(signature));
}

static void compute(struct dkim_hashes *hashes, enum dkim_canon canon) {
    struct digests *digests = &hashes->bodies[canon];
    struct dkim_body_digest *wanted = (struct dkim_body_digest *)(gpointer)digests->wanted->data;
    digests->length = dkim_body_hash(hashes->message->body, canon, wanted, digests->wanted->len);
    hashes->passes++;
    if (!digests->known) {
        digests->known = g_steal_pointer(&digests->wanted);
        return;
    }
    g_array_append_vals(digests->known, wanted, digests->wanted->len);
    g_array_set_size(digests->wanted, 0);
}

const unsigned char *dkim_hashes_body(struct dkim_hashes *hashes,
                                      const struct dkim_signature *signature, uint64_t *length) {
    struct digests *digests = &hashes->bodies[signature->body_canon];
    const struct dkim_body_digest *found = find(digests->known, limit_of(signature));
    if (!found) {
        dkim_hashes_want_body(hashes, signature);
        compute(hashes, signature->body_canon);
        found = find(digests->known, limit_of(signature));
    }
    *length = digests->length;
    return found->digest;
}
