/* SPDX-License-Identifier: MIT
 *
 * /openpgp/keys: the OpenPGP keys a user vouches for. Importing one is the user's word that it
 * belongs to whom it names; nothing that arrives by mail ever gets here by itself. */
#include "base/limits.h"
#include "fcgi/json_emit.h"
#include "fcgi/json_sign.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "fcgi/session.h"
#include "fcgi/vouchers.h"

static void emit_key(GString *out, const struct openpgp_certificate *key) {
    const char *reason = openpgp_reason_name(key->reason);
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_text(out, JSON_KEY("fingerprint"), key->fingerprint);
    json_emit_open(out, JSON_KEY("userIds"), '[');
    for (char **user_id = key->user_ids; *user_id; user_id++)
        json_emit_text(out, JSON_ITEM, *user_id);
    json_emit_close(out, ']');
    json_emit_text(out, JSON_KEY("algorithm"), key->algorithm);
    json_emit_integer(out, JSON_KEY("bits"), key->bits);
    json_emit_text(out, JSON_KEY("validity"), reason ? reason : "valid");
    json_sign_time(out, JSON_KEY("createdAt"), key->made_at, 1);
    json_sign_time(out, JSON_KEY("expiresAt"), key->expires_at, 1);
    json_emit_close(out, '}');
}

/* Those of `wanted`, or all. */
static void answer(struct exchange *x, int status, const char *const *wanted) {
    OWNED(vouchers_account) account = vouchers_take(x->service->vouchers, x->session->account);
    if (account->unread) {
        reply_store_unavailable(x->reply, x->request);
        return;
    }
    GString *out = g_string_new(NULL);
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_open(out, JSON_KEY("keys"), '[');
    for (guint i = 0; i < openpgp_keyring_size(account->imported); i++) {
        const struct openpgp_certificate *key = openpgp_keyring_at(account->imported, i);
        if (!wanted || g_strv_contains(wanted, key->fingerprint))
            emit_key(out, key);
    }
    json_emit_close(out, ']');
    json_emit_close(out, '}');
    reply_json(x->reply, status, json_emit_tree(out));
}

static bool refuse(struct exchange *x, enum vouchers_outcome outcome, enum problem no_key) {
    static const enum problem problems[] = {
        [VOUCHERS_FULL] = PROBLEM_BODY_TOO_LARGE, [VOUCHERS_NOT_READ] = PROBLEM_INTERNAL};
    if (outcome == VOUCHERS_NOT_KEPT)
        reply_store_unavailable(x->reply, x->request);
    else if (outcome != VOUCHERS_DONE)
        reply_problem(x->reply, x->request, outcome == VOUCHERS_NO_KEY ? no_key : problems[outcome],
                      0);
    return outcome != VOUCHERS_DONE;
}

void api_keys_list(struct exchange *x) {
    answer(x, 200, NULL);
}

void api_keys_import(struct exchange *x) {
    if (!request_is_type(x->request, "application/pgp-keys")) {
        reply_problem(x->reply, x->request, PROBLEM_WRONG_TYPE, 0);
        return;
    }
    if (g_bytes_get_size(x->request->body) > LIMIT_OPENPGP_KEY_FILE) {
        reply_problem(x->reply, x->request, PROBLEM_BODY_TOO_LARGE, 0);
        return;
    }
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    enum vouchers_outcome outcome =
        vouchers_import(x->service->vouchers, x->session->account, x->request->body, builder);
    g_auto(GStrv) fingerprints = g_strv_builder_end(builder);
    if (!refuse(x, outcome, PROBLEM_NO_USABLE_KEY))
        answer(x, 201, (const char *const *)fingerprints);
}

void api_key_delete(struct exchange *x) {
    enum vouchers_outcome outcome =
        vouchers_remove(x->service->vouchers, x->session->account, x->captured[0]);
    if (!refuse(x, outcome, PROBLEM_NOT_FOUND))
        reply_empty(x->reply, 204);
}
