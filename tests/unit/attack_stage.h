/* SPDX-License-Identifier: MIT
 *
 * A stage for whole mails of an attacker: domains of every policy with one key that all of them
 * publish, a receiver "mx.ours.example", and the verdict on a message as evaluate and verdict give
 * it. Only example domains; answers come from a table. */
#ifndef INKAN_TESTS_ATTACK_STAGE_H
#define INKAN_TESTS_ATTACK_STAGE_H

#include "auth/belief.h"
#include "auth/orgdomain.h"
#include "dkim_signer.h"
#include "trust/evaluate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define STAGE_NOW 1795000000
#define HOUR 3600
/* The border line, 40 seconds before STAGE_NOW, and what stands above it; the client is the
 * attacker's, who may send for evil.example alone. */
#define EDGE_OF(ip)                                                                                \
    "Received: from mail.evil.example (mail.evil.example [" ip                                     \
    "])\r\n\tby mx.ours.example (Postfix) with ESMTPS id 1;\r\n\tWed, 18 Nov 2026 11:06:00 "       \
    "+0000\r\n"
#define EDGE EDGE_OF("203.0.113.66")
#define SENT_AS(address) "Return-Path: <" address ">\r\n"
#define BY_EVIL SENT_AS("x@evil.example") EDGE
#define BY_BANK SENT_AS("ceo@bank.example") EDGE_OF("192.0.2.1")
#define AR "Authentication-Results: "
#define BANK "From: The Bank <ceo@bank.example>\r\nTo: me@ours.example\r\nSubject: Hello\r\n"
#define TEXT "Hello.\r\nGood bye.\r\n"

struct stage {
    struct signer signer, short_rsa, long_rsa;
    struct resolver *resolver;
    struct dkim_keys *keys;
    struct public_suffixes *suffixes;
    struct belief_rules *rules; /* of an account at mx.ours.example */
    enum verify_mode mode;
    enum mailbox_role role;
    int64_t now;
};

static inline void stage_publish(struct stage *stage, const char *name, const char *tags,
                                 const struct signer *signer) {
    g_autofree char *record = signer_record(signer, tags);
    resolver_table_add(stage->resolver, name, DNS_TXT, record);
}

/* What a domain is there for, an A record, and a key under "s1". */
static inline void stage_domain(struct stage *stage, const char *domain, const char *policy) {
    g_autofree char *key = g_strconcat("s1._domainkey.", domain, NULL);
    g_autofree char *name = g_strconcat("_dmarc.", domain, NULL);
    resolver_table_add(stage->resolver, domain, DNS_A, "192.0.2.1");
    stage_publish(stage, key, "", &stage->signer);
    if (policy)
        resolver_table_add(stage->resolver, name, DNS_TXT, policy);
}

static inline struct stage stage_new(void) {
    struct stage stage = {.signer = signer_ed25519(),
                          .short_rsa = signer_rsa(512),
                          .long_rsa = signer_rsa(1024),
                          .resolver = resolver_new_table(),
                          .keys = dkim_keys_new(),
                          .suffixes = orgdomain_suffixes_new(NULL),
                          .rules = belief_rules_new(),
                          .mode = VERIFY_MISSING,
                          .now = STAGE_NOW};
    stage_domain(&stage, "bank.example", "v=DMARC1; p=reject");
    stage_domain(&stage, "pay.bank.example", NULL);
    stage_domain(&stage, "www.bank.example", NULL);
    stage_domain(&stage, "evil.example", NULL);
    stage_domain(&stage, "strict.example", "v=DMARC1; p=reject; adkim=s; aspf=s");
    stage_domain(&stage, "a.strict.example", NULL);
    stage_domain(&stage, "careful.example", "v=DMARC1; p=quarantine");
    stage_domain(&stage, "lax.example", "v=DMARC1; p=none");
    stage_domain(&stage, "bare.example", NULL);
    stage_domain(&stage, "a.bare.example", NULL);
    stage_domain(&stage, "b.bare.example", NULL);
    resolver_table_add(stage.resolver, "bank.example", DNS_TXT, "v=spf1 ip4:192.0.2.1 -all");
    resolver_table_add(stage.resolver, "evil.example", DNS_TXT, "v=spf1 ip4:203.0.113.66 -all");
    bool added = belief_add_id(stage.rules, "mx.ours.example", NULL) &&
                 belief_add_border(stage.rules, "mx.ours.example", NULL);
    g_assert(added && stage.suffixes);
    return stage;
}

static inline void stage_clear(struct stage *stage) {
    belief_rules_free(stage->rules);
    orgdomain_suffixes_free(stage->suffixes);
    dkim_keys_free(stage->keys);
    resolver_free(stage->resolver);
    signer_clear(&stage->signer);
    signer_clear(&stage->short_rsa);
    signer_clear(&stage->long_rsa);
}

struct stage_verdict {
    struct evidence *evidence;
    struct verdict *verdict;
    uint64_t questions; /* that this message asked */
};

static inline void stage_verdict_clear(struct stage_verdict *judged) {
    verdict_free(judged->verdict);
    evidence_free(judged->evidence);
}

static inline struct stage_verdict stage_judge_octets(const struct stage *stage, GBytes *octets) {
    static const char *const me[] = {"me@ours.example", NULL};
    OWNED(message) message = message_new(octets, 0);
    struct evaluate_request request = {.message = message,
                                       .belief = stage->rules,
                                       .mode = stage->mode,
                                       .role = stage->role,
                                       .resolver = stage->resolver,
                                       .keys = stage->keys,
                                       .suffixes = stage->suffixes,
                                       .now = stage->now,
                                       .recipients = me};
    uint64_t before = resolver_questions_sent(stage->resolver);
    struct stage_verdict judged = {.evidence = evaluate(&request)};
    struct verdict_policy policy = {.rules = stage->rules};
    judged.verdict = verdict_derive(judged.evidence, &policy, stage->now);
    judged.questions = resolver_questions_sent(stage->resolver) - before;
    return judged;
}

static inline struct stage_verdict stage_judge(const struct stage *stage, const char *text) {
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    return stage_judge_octets(stage, octets);
}

/* `top`, a signature of `shape` (NULL: none) over header and body, then both with what was added
 * after signing: `inserted` before the header, `appended` behind the body. */
struct stage_mail {
    const char *top, *header, *body;
    const struct shape *shape;
    const struct signer *signer; /* NULL: the stage's own */
    const char *inserted, *appended;
};

static inline char *stage_compose(const struct stage *stage, const struct stage_mail *mail) {
    const char *header = mail->header ? mail->header : BANK;
    const char *body = mail->body ? mail->body : TEXT;
    const struct signer *signer = mail->signer ? mail->signer : &stage->signer;
    g_autofree char *field =
        mail->shape ? sign_field(signer, mail->shape, header, body, strlen(body)) : g_strdup("");
    return g_strconcat(mail->top ? mail->top : BY_EVIL, mail->inserted ? mail->inserted : "", field,
                       header, "\r\n", body, mail->appended ? mail->appended : "", NULL);
}

static inline struct stage_verdict stage_judge_mail(const struct stage *stage,
                                                    const struct stage_mail *mail) {
    g_autofree char *text = stage_compose(stage, mail);
    return stage_judge(stage, text);
}

/* Author and the deciding reason, by their words; leaves `judged` to the caller. */
#define assert_author(judged, author_, code_)                                                      \
    do {                                                                                           \
        assert_string_equal(verdict_author_name((judged).verdict->author), author_);               \
        assert_string_equal(reason_code_name((judged).verdict->reasons.items[0].code), code_);     \
    } while (0)

static inline bool stage_says(const struct stage_verdict *judged, const char *code) {
    return reason_find(&judged->verdict->reasons, reason_code_find(code)) != NULL;
}

#endif
