/* SPDX-License-Identifier: MIT
 *
 * What one message asks: distinct questions, their budget, their answers. Everything else is behind
 * resolver_backend.h. */
#include "net/resolver.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/zeroed.h"
#include "net/resolver_backend.h"

enum { BLOCK_SLOTS = 12 };

struct slot {
    struct dns_question question;
    const struct dns_answer *answer; /* counted; NULL while it is pending */
    struct resolver_pending *pending;
};

/* Slots come in blocks, the newest first: most messages ask no more than one holds. Type and length
 * of the name stand apart, together: in these most questions differ. */
struct block {
    struct block *older;
    guint used;
    guint shapes[BLOCK_SLOTS];
    struct slot slots[BLOCK_SLOTS];
};

struct lookups {
    struct resolver *resolver;
    struct block *blocks;
    guint n_slots;
    int64_t waited_ms;
    bool shared;              /* somebody was named as who asks */
    enum lookups_share share; /* who asks now */
    guint owed[LOOKUPS__MAX]; /* questions kept for each that it has not asked yet */
};

static const guint kept[LOOKUPS__MAX] = {
    [LOOKUPS_DKIM] = LIMIT_QUESTIONS_DKIM,
    [LOOKUPS_DMARC] = LIMIT_QUESTIONS_DMARC,
    [LOOKUPS_SPF] = LIMIT_QUESTIONS_SPF,
    [LOOKUPS_ARC] = LIMIT_QUESTIONS_ARC,
    [LOOKUPS_INFORMATION] = LIMIT_QUESTIONS_INFORMATION,
    [LOOKUPS_REPUTATION] = LIMIT_QUESTIONS_REPUTATION,
};
_Static_assert(LIMIT_QUESTIONS_DKIM + LIMIT_QUESTIONS_DMARC + LIMIT_QUESTIONS_SPF +
                       LIMIT_QUESTIONS_ARC + LIMIT_QUESTIONS_INFORMATION +
                       LIMIT_QUESTIONS_REPUTATION <=
                   LIMIT_QUESTIONS,
               "what is kept must be there");

static const struct dns_answer not_asked = {.why = "not asked"};
static const struct dns_answer bad_name = {.status = DNS_BAD_NAME, .why = "not a DNS name"};
static const struct dns_answer too_many = {.status = DNS_OVER_BUDGET, .why = "too many questions"};
static const struct dns_answer too_long = {.status = DNS_OVER_BUDGET, .why = "too much time"};

void resolver_stop(struct resolver *resolver) {
    if (resolver->stop)
        resolver->stop(resolver);
}

void resolver_free(struct resolver *resolver) {
    if (resolver)
        resolver->free(resolver);
}

uint64_t resolver_questions_sent(const struct resolver *resolver) {
    return (uint64_t)__atomic_load_n(&resolver->sent, __ATOMIC_RELAXED);
}

const char *dnssec_state_name(enum dnssec_state state) {
    switch (state) {
    case DNSSEC_SECURE:
        return "secure";
    case DNSSEC_INSECURE:
        return "insecure";
    case DNSSEC_BOGUS:
        return "bogus";
    case DNSSEC_NOT_EVALUATED:
        break;
    }
    return "unknown";
}

enum dnssec_state dnssec_state_weaker(enum dnssec_state a, enum dnssec_state b) {
    static const int rank[] = {
        [DNSSEC_BOGUS] = 0, [DNSSEC_NOT_EVALUATED] = 1, [DNSSEC_INSECURE] = 2, [DNSSEC_SECURE] = 3};
    return rank[a] < rank[b] ? a : b;
}

struct lookups *lookups_new(struct resolver *resolver) {
    struct lookups *lookups = NEW_ZERO(lookups);
    lookups->resolver = resolver;
    return lookups;
}

/* Only a message whose mechanisms are told apart keeps anything for them. */
void lookups_as(struct lookups *lookups, enum lookups_share share) {
    g_assert(share < LOOKUPS__MAX);
    if (!lookups->shared)
        memcpy(lookups->owed, kept, sizeof kept);
    lookups->shared = true;
    lookups->share = share;
}

void lookups_settle(struct lookups *lookups, enum lookups_share share) {
    g_assert(share < LOOKUPS__MAX && lookups->shared);
    lookups->owed[share] = 0;
}

/* One more distinct question: of those kept for who asks, else of those kept for nobody. */
static bool take_question(struct lookups *lookups) {
    if (lookups->owed[lookups->share]) {
        lookups->owed[lookups->share]--;
        return true;
    }
    guint taken = lookups->n_slots;
    for (guint i = 0; i < LOOKUPS__MAX; i++)
        taken += lookups->owed[i];
    return taken < LIMIT_QUESTIONS;
}

static guint shape_of(enum dns_type type, size_t name_length) {
    return (guint)type << 16 | (guint)name_length;
}

static struct slot *new_slot(struct lookups *lookups, const struct dns_question *question) {
    struct block *block = lookups->blocks;
    if (!block || block->used == BLOCK_SLOTS) {
        block = g_new(struct block, 1);
        block->older = lookups->blocks;
        block->used = 0;
        lookups->blocks = block;
    }
    lookups->n_slots++;
    block->shapes[block->used] = shape_of(question->type, strlen(question->name));
    struct slot *slot = &block->slots[block->used++];
    slot->question = *question;
    slot->pending = NULL;
    return slot;
}

static void free_block(struct lookups *lookups, struct block *block) {
    for (guint i = 0; i < block->used; i++) {
        if (block->slots[i].answer)
            dns_answer_unref(block->slots[i].answer);
        if (block->slots[i].pending)
            lookups->resolver->forget(lookups->resolver, block->slots[i].pending);
    }
    g_free(block);
}

void lookups_free(struct lookups *lookups) {
    if (!lookups)
        return;
    while (lookups->blocks) {
        struct block *block = lookups->blocks;
        lookups->blocks = block->older;
        free_block(lookups, block);
    }
    g_free(lookups);
}

guint lookups_count(const struct lookups *lookups) {
    return lookups->n_slots;
}

/* The slot of a name in that very spelling. A message asks some ten questions, LIMIT_QUESTIONS at
 * most: to look at each is less work than to keep a hash table of them. */
static struct slot *find_slot(const struct lookups *lookups, struct span name, enum dns_type type) {
    guint shape = shape_of(type, name.n);
    for (struct block *block = lookups->blocks; block; block = block->older)
        for (guint i = 0; i < block->used; i++)
            if (block->shapes[i] == shape &&
                memcmp(block->slots[i].question.name, name.p, name.n) == 0)
                return &block->slots[i];
    return NULL;
}

/* The slot of a question, asked if it was not; NULL and *why if it cannot be. Most names come by
 * several times, spelt as DNS keeps them: only what is not found so is looked at more closely. */
static struct slot *slot_for(struct lookups *lookups, const char *name, enum dns_type type,
                             const struct dns_answer **why) {
    struct dns_question question;
    *why = &not_asked;
    if (!lookups->resolver)
        return NULL;
    struct slot *slot = find_slot(lookups, span_make(name, strnlen(name, LIMIT_DOMAIN + 1)), type);
    if (slot)
        return slot;
    *why = &bad_name;
    if (!dns_question_init(&question, name, type))
        return NULL;
    slot = find_slot(lookups, span_of(question.name), type);
    if (slot)
        return slot;
    *why = &too_many;
    if (!take_question(lookups))
        return NULL;
    slot = new_slot(lookups, &question);
    slot->answer = lookups->resolver->ask(lookups->resolver, &slot->question, &slot->pending);
    return slot;
}

void lookups_ask(struct lookups *lookups, const char *name, enum dns_type type) {
    const struct dns_answer *why;
    slot_for(lookups, name, type, &why);
}

const struct dns_answer *lookups_answer(struct lookups *lookups, const char *name,
                                        enum dns_type type) {
    const struct dns_answer *why;
    struct slot *slot = slot_for(lookups, name, type, &why);
    if (!slot)
        return why;
    if (slot->answer)
        return slot->answer;

    int64_t start = clock_monotonic_ms();
    int64_t until = start + MAX(LIMIT_QUESTION_MS - lookups->waited_ms, 0);
    slot->answer = lookups->resolver->wait(lookups->resolver, slot->pending, until);
    lookups->waited_ms += clock_monotonic_ms() - start;
    if (!slot->answer)
        return &too_long;
    lookups->resolver->forget(lookups->resolver, slot->pending);
    slot->pending = NULL;
    return slot->answer;
}
