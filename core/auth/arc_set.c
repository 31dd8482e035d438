/* SPDX-License-Identifier: MIT
 *
 * RFC 8617 §4.1.1 and §4.2.1:
 *
 *     arc-info = instance [CFWS] ";" authres-payload
 *     instance = [CFWS] %s"i" [CFWS] "=" [CFWS] position
 *     position = 1*2DIGIT                                  ; 1 - 50
 *
 * and §4.1.2, §4.1.3, where i= is a tag of a tag-list. */
#include "auth/arc_set.h"

#include "auth/authres_lex.h"
#include "auth/tag_list.h"
#include "base/zeroed.h"

enum arc_kind { NO_ARC, RESULTS, MESSAGE_SIGNATURE, SEAL };

static void blame(struct arc_chain *chain, enum arc_fault fault, enum dkim_reason cause) {
    if (!chain->fault) {
        chain->fault = fault;
        chain->cause = cause;
    }
}

static const struct {
    struct span name;
    enum arc_kind kind;
} kinds[] = {
    {{"ARC-Seal", 8}, SEAL},
    {{"ARC-Message-Signature", 21}, MESSAGE_SIGNATURE},
    {{"ARC-Authentication-Results", 26}, RESULTS},
};

static enum arc_kind kind_of(struct span name) {
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (name.n == kinds[i].name.n && span_eq_nocase(name, kinds[i].name))
            return kinds[i].kind;
    return NO_ARC;
}

/* --- instances ------------------------------------------------------------------------------- */

/* position, or 0 and a fault. */
static guint read_position(struct arc_chain *chain, struct span digits) {
    uint64_t position;
    bool number = tag_value_number(digits, LIMIT_ARC_FIELD, &position);
    if (number && position > LIMIT_ARC_SETS)
        blame(chain, ARC_TOO_MANY_SETS, DKIM_REASON_NONE);
    else if (number && position > 0 && digits.n <= 2)
        return (guint)position;
    else
        blame(chain, ARC_INSTANCE, DKIM_REASON_NONE);
    return 0;
}

static bool take(struct authres_lex *lex, char c) {
    if (!authres_lex_cfws(lex) || !authres_lex_at(lex, c))
        return false;
    lex->p++;
    return authres_lex_cfws(lex);
}

/* The instance before the first ";" of `value`; *rest is what stands behind it. */
static guint read_results(struct arc_chain *chain, struct span value, struct span *rest) {
    struct authres_lex lex = {.p = value.p, .end = value.p + value.n};
    if (!take(&lex, 'i') || !take(&lex, '=')) {
        blame(chain, ARC_INSTANCE, DKIM_REASON_NONE);
        return 0;
    }
    const char *start = lex.p;
    while (lex.p < lex.end && g_ascii_isdigit(*lex.p))
        lex.p++;
    struct span digits = span_make(start, (size_t)(lex.p - start));
    if (!take(&lex, ';')) {
        blame(chain, ARC_INSTANCE, DKIM_REASON_NONE);
        return 0;
    }
    *rest = span_from(value, (size_t)(lex.p - value.p));
    return read_position(chain, digits);
}

/* --- sets ------------------------------------------------------------------------------------ */

static struct arc_set *set_at(struct arc_chain *chain, guint instance) {
    if (!chain->sets) {
        chain->sets = g_new0(struct arc_set, LIMIT_ARC_SETS);
        for (guint i = 0; i < LIMIT_ARC_SETS; i++)
            chain->sets[i].results_field = -1;
    }
    chain->n = MAX(chain->n, instance);
    return &chain->sets[instance - 1];
}

static void add_results(struct arc_chain *chain, const struct message *message, guint index) {
    struct span rest;
    guint instance = read_results(chain, message->fields[index].value, &rest);
    if (!instance)
        return;
    struct arc_set *set = set_at(chain, instance);
    if (set->results_field >= 0) {
        blame(chain, ARC_DUPLICATE, DKIM_REASON_NONE);
        return;
    }
    set->results_field = (int)index;
    set->results = rest;
}

static void add_signature(struct arc_chain *chain, const struct message *message, guint index,
                          enum arc_kind kind) {
    bool seal = kind == SEAL;
    OWNED(dkim_signature)
    signature = dkim_signature_parse_kind(message, index,
                                          seal ? ARC_SEAL_FIELD : ARC_MESSAGE_SIGNATURE_FIELD);
    if (!signature->instance.p && signature->reason)
        blame(chain, seal ? ARC_SEAL : ARC_MESSAGE_SIGNATURE, signature->reason);
    guint instance = read_position(chain, signature->instance);
    if (!instance)
        return;
    struct arc_set *set = set_at(chain, instance);
    struct dkim_signature **slot = seal ? &set->seal : &set->message_signature;
    if (*slot)
        blame(chain, ARC_DUPLICATE, DKIM_REASON_NONE);
    else
        *slot = g_steal_pointer(&signature);
}

static void add_field(struct arc_chain *chain, const struct message *message, guint index,
                      enum arc_kind kind) {
    if (++chain->n_fields > 3 * LIMIT_ARC_SETS)
        blame(chain, ARC_TOO_MANY_SETS, DKIM_REASON_NONE);
    else if (message->fields[index].raw.n > LIMIT_ARC_FIELD)
        blame(chain, ARC_TOO_LARGE, DKIM_REASON_NONE);
    else if (kind == RESULTS)
        add_results(chain, message, index);
    else
        add_signature(chain, message, index, kind);
}

/* --- §5.2 steps 2 and 3 ---------------------------------------------------------------------- */

static bool says(const struct arc_set *set, const char *status) {
    return span_eq_nocase(set->seal->chain_status, span_of(status));
}

static void check_set(struct arc_chain *chain, guint i) {
    const struct arc_set *set = &chain->sets[i];
    guint there =
        (set->results_field >= 0) + (set->message_signature != NULL) + (set->seal != NULL);
    if (there == 0)
        blame(chain, ARC_GAP, DKIM_REASON_NONE);
    else if (there < 3)
        blame(chain, ARC_INCOMPLETE, DKIM_REASON_NONE);
    else if (!says(set, i == 0 ? "none" : "pass"))
        blame(chain, ARC_CHAIN_STATUS, DKIM_REASON_NONE);
}

/* Most messages have none, and the message knows which first letters and lengths its names have. */
static bool may_have_arc(const struct message *message) {
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (message->names >> message_name_number(kinds[i].name) & 1)
            return true;
    return false;
}

void arc_chain_read(struct arc_chain *chain, const struct message *message) {
    *chain = (struct arc_chain){.sets = NULL};
    if (!may_have_arc(message))
        return;
    for (guint i = 0; i < message->n_fields; i++) {
        enum arc_kind kind = kind_of(message->fields[i].name);
        if (kind != NO_ARC)
            add_field(chain, message, i, kind);
    }
    if (!chain->n_fields)
        return;
    /* Fields that were not indexed could belong to the chain. */
    if (message->flags & (MESSAGE_TOO_MANY_FIELDS | MESSAGE_HEADER_TOO_LARGE))
        blame(chain, ARC_TOO_LARGE, DKIM_REASON_NONE);
    if (chain->n && chain->sets[chain->n - 1].seal && says(&chain->sets[chain->n - 1], "fail"))
        blame(chain, ARC_SEALED_AS_FAILED, DKIM_REASON_NONE);
    for (guint i = 0; i < chain->n; i++)
        check_set(chain, i);
}

void arc_chain_clear(struct arc_chain *chain) {
    for (guint i = 0; i < chain->n; i++) {
        dkim_signature_free(chain->sets[i].message_signature);
        dkim_signature_free(chain->sets[i].seal);
    }
    g_free(chain->sets);
}
