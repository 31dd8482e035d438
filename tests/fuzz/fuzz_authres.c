/* SPDX-License-Identifier: MIT
 *
 * Any octets as the value of Authentication-Results, read alone and in a message whose border is
 * known, above and below it. Beyond memory: what is drawn from a field is never longer than the
 * field, caps hold, and what stands below the border changes nothing of what is believed. */
#include "auth/authres_parse.h"
#include "auth/statement.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char border_line[] =
    "Received: from a (a.example [192.0.2.1]) by mx.example (Postfix) with ESMTP id 1; x\r\n";
static const char honest[] = "Authentication-Results: mx.example; dmarc=fail policy.dmarc=reject "
                             "header.from=a.example\r\n";

static void check_field(const struct authres_field *field, size_t size) {
    size_t total = field->id.n;
    g_assert(field->n_results <= LIMIT_AR_RESULTS);
    for (guint i = 0; i < field->n_results; i++) {
        const struct authres_result *result = &field->result[i];
        g_assert(result->method.n > 0 && result->word.n > 0);
        g_assert(result->known != AUTHRES_OTHER || result->result == AUTH_NOT_EVALUATED);
        g_assert(result->n_properties <= LIMIT_AR_PROPERTIES);
        total += result->method.n + result->word.n + result->reason.n;
        for (guint j = 0; j < result->n_properties; j++)
            total += result->property[j].name.n + result->property[j].value.n;
        for (size_t j = 0; j < result->method.n; j++)
            g_assert(!g_ascii_isupper(result->method.p[j]));
    }
    g_assert(total <= size);
    if (field->flags & AUTHRES_BAD_ID)
        g_assert(field->id.p == NULL || field->id.n == 0);
}

/* A row of the table that writes above the border: its aliases and comments are read. */
static void use_some_profile(struct belief_rules *rules, size_t size) {
    guint n = 0;
    while (profile_at(n))
        n++;
    const struct profile *row = profile_at((guint)(size % n));
    if (!(row->flags & PROFILE_BELOW))
        belief_use_profile(rules, row);
}

static enum auth_result stated_dmarc(const char *before, const uint8_t *data, size_t size,
                                     bool below) {
    OWNED(belief_rules) rules = belief_rules_new();
    use_some_profile(rules, size);
    belief_add_id(rules, "mx.example", NULL);
    belief_add_border(rules, "mx.example", NULL);
    GByteArray *text = g_byte_array_new();
    g_byte_array_append(text, (const guint8 *)before, (guint)strlen(before));
    if (below)
        g_byte_array_append(text, (const guint8 *)border_line, sizeof border_line - 1);
    g_byte_array_append(text, (const guint8 *)"Authentication-Results:", 23);
    g_byte_array_append(text, data, (guint)size);
    g_byte_array_append(text, (const guint8 *)"\r\n", 2);
    if (!below)
        g_byte_array_append(text, (const guint8 *)border_line, sizeof border_line - 1);
    g_autoptr(GBytes) octets = g_byte_array_free_to_bytes(text);
    OWNED(message) message = message_new(octets, 0);
    OWNED(hops) hops = hops_parse(message);
    hops_apply_border(hops, rules->border);
    OWNED(authres) authres = authres_read(message, hops, rules, false);
    OWNED(statement) statement = statement_new(authres, rules, "a.example", NULL);
    for (guint i = 0; below && i < authres->n; i++)
        g_assert(!authres->field[i].believed || authres->field[i].field == 0);
    return statement->dmarc.result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    OWNED(authres) authres = authres_parse(span_make((const char *)data, size));
    g_assert(authres->n == 1);
    check_field(&authres->field[0], size);
    authres_parse_again(authres, span_make((const char *)data, size));
    check_field(&authres->field[0], size);
    stated_dmarc("", data, size, false);
    g_assert(stated_dmarc(honest, data, size, true) == AUTH_FAIL);
    return 0;
}
