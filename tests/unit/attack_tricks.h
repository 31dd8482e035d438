/* SPDX-License-Identifier: MIT
 *
 * Tricks with signatures, as a forger would play them: what is signed by somebody else, stolen from
 * another message, cut short by l=, claimed without a key, or sealed by a stranger. Each changes a
 * mail whose header and text are the forger's. The forger holds a key of evil.example and a
 * certificate for x@evil.example, has read genuine mail of every domain, and has no key of any. */
#ifndef INKAN_TESTS_ATTACK_TRICKS_H
#define INKAN_TESTS_ATTACK_TRICKS_H

#include "arc_signer.h"
#include "smime_signer.h"

#define TRICK_SURROUNDINGS                                                                         \
    "To: me@ours.example\r\nSubject: Hello\r\nDate: Wed, 18 Nov 2026 11:05:00 +0000\r\n"
#define TRICK_GENUINE "Hello.\r\nGood bye.\r\n"
#define TRICK_FORGED "Please pay 100 EUR to me.\r\n"
#define TRICK_SIGNED "Content-Type: text/plain\r\n\r\nHello.\r\n"

/* Who signs. */
struct trick_people {
    struct signer owner, thief, sealer;            /* of the domains; of evil.example; a sealer */
    struct smime_person root, thief_person, faker; /* faker: certificate of his own making */
    struct smime_person victim;                    /* ceo@bank.example, by the root */
    GBytes *thief_cms, *faker_cms, *victim_cms;    /* over TRICK_SIGNED */
};

/* The attacker's part of a mail: `fields` stand above `header`. */
struct trick_mail {
    const struct trick_people *people;
    const char *domain; /* that is impersonated */
    GString *fields, *header, *body;
};

static inline char *trick_genuine_header(const char *domain) {
    return g_strdup_printf("From: The Bank <news@%s>\r\n" TRICK_SURROUNDINGS, domain);
}

/* --- what tricks are made of ------------------------------------------------------------------ */

/* A signature of the domain itself over the genuine mail, with what the wishes add. */
static inline void trick_steal(struct trick_mail *mail, struct shape shape) {
    g_autofree char *header = trick_genuine_header(mail->domain);
    shape.domain = mail->domain;
    shape.headers = "From:To:Subject:Date";
    g_autofree char *field =
        sign_field(&mail->people->owner, &shape, header, TRICK_GENUINE, strlen(TRICK_GENUINE));
    g_string_prepend(mail->fields, field);
}

/* The forger's key over the mail as it is. */
static inline void trick_sign(struct trick_mail *mail, struct shape shape) {
    g_autofree char *field = sign_field(&mail->people->thief, &shape, mail->header->str,
                                        mail->body->str, mail->body->len);
    g_string_prepend(mail->fields, field);
}

static inline void trick_use_genuine_header(struct trick_mail *mail) {
    g_autofree char *header = trick_genuine_header(mail->domain);
    g_string_assign(mail->header, header);
}

static inline void trick_use_cms(struct trick_mail *mail, GBytes *cms, const char *beside) {
    gsize n;
    const guchar *der = g_bytes_get_data(cms, &n);
    g_autofree char *base64 = g_base64_encode(der, n);
    g_autoptr(GString) inner = g_string_new(NULL);
    g_string_append_printf(
        inner,
        "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
        " micalg=sha-256; boundary=cut\r\n\r\n--cut\r\n%s\r\n--cut\r\n"
        "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n--cut--\r\n",
        TRICK_SIGNED, base64);
    g_string_append(mail->header, "MIME-Version: 1.0\r\n");
    if (beside) {
        g_string_append(mail->header, "Content-Type: multipart/mixed; boundary=out\r\n");
        g_string_printf(mail->body,
                        "--out\r\nContent-Type: text/plain\r\n\r\n%s\r\n--out\r\n%s\r\n--out--\r\n",
                        beside, inner->str);
        return;
    }
    const char *end = strstr(inner->str, "\r\n\r\n");
    g_string_append_len(mail->header, inner->str, end + 2 - inner->str);
    g_string_assign(mail->body, end + 4);
}

static inline void trick_seal(struct trick_mail *mail, const struct signer *signer,
                              const char *domain, const char *selector) {
    g_autofree char *results =
        g_strdup_printf("mx.ours.example; dkim=pass header.d=%s; dmarc=pass header.from=%s",
                        mail->domain, mail->domain);
    struct arc_shape shape = {
        .domain = domain, .selector = selector, .ams_selector = selector, .results = results};
    struct arc_text text = arc_text_new(mail->header->str, mail->body->str);
    arc_text_seal(&text, signer, &shape);
    g_string_assign(mail->header, text.header->str);
    arc_text_clear(&text);
}

/* --- forged: the address shown has signed nothing of this ------------------------------------ */

static inline void trick_nothing(struct trick_mail *mail) {
    (void)mail;
}

static inline void trick_own_domain(struct trick_mail *mail) {
    trick_sign(mail, (struct shape){.domain = "evil.example", .selector = "own"});
}

static inline void trick_own_domain_twice_each_field(struct trick_mail *mail) {
    trick_sign(mail, (struct shape){.domain = "evil.example",
                                    .selector = "own",
                                    .headers = "From:From:To:To:Subject:Subject:Date"});
}

static inline void trick_identity_of_the_victim(struct trick_mail *mail) {
    g_autofree char *tags = g_strdup_printf("i=ceo@%s; ", mail->domain);
    trick_sign(mail, (struct shape){.domain = "evil.example", .selector = "own", .tags = tags});
}

static inline void trick_wrong_key(struct trick_mail *mail) {
    trick_sign(mail, (struct shape){.domain = mail->domain});
}

static inline void trick_key_of_another_name(struct trick_mail *mail) {
    trick_sign(mail, (struct shape){.domain = mail->domain,
                                    .selector = "own._domainkey.evil.example\\.x"});
}

static inline void trick_two_domains(struct trick_mail *mail) {
    g_autofree char *tags = g_strdup_printf("d=%s; ", mail->domain);
    trick_sign(mail, (struct shape){.domain = "evil.example", .selector = "own", .tags = tags});
}

static inline void trick_longer_name(struct trick_mail *mail) {
    g_autofree char *domain = g_strconcat(mail->domain, ".evil.example", NULL);
    trick_sign(mail, (struct shape){.domain = domain, .selector = "own"});
}

static inline void trick_same_ending(struct trick_mail *mail) {
    g_autofree char *domain = g_strconcat("not", mail->domain, NULL);
    trick_sign(mail, (struct shape){.domain = domain, .selector = "own"});
}

static inline void trick_public_suffix(struct trick_mail *mail) {
    trick_sign(mail, (struct shape){.domain = "example", .selector = "own"});
}

static inline void trick_child_without_key(struct trick_mail *mail) {
    g_autofree char *domain = g_strconcat("sub.", mail->domain, NULL);
    trick_sign(mail, (struct shape){.domain = domain, .selector = "own"});
}

static inline void trick_stolen(struct trick_mail *mail) {
    trick_steal(mail, (struct shape){.tags = NULL});
}

static inline void trick_stolen_beside_own(struct trick_mail *mail) {
    trick_stolen(mail);
    trick_own_domain(mail);
    trick_stolen(mail);
}

/* Everything of the genuine mail but who wrote it. */
static inline void trick_stolen_other_author(struct trick_mail *mail) {
    g_string_assign(mail->body, TRICK_GENUINE);
    trick_stolen(mail);
}

static inline void trick_stolen_other_text(struct trick_mail *mail) {
    trick_use_genuine_header(mail);
    trick_stolen(mail);
}

static inline void trick_stolen_second_author(struct trick_mail *mail) {
    g_autofree char *second = g_strdup_printf("From: The Boss <ceo@%s>\r\n", mail->domain);
    trick_use_genuine_header(mail);
    g_string_prepend(mail->header, second);
    g_string_assign(mail->body, TRICK_GENUINE);
    trick_stolen(mail);
}

static inline void trick_text_behind_the_limit(struct trick_mail *mail) {
    trick_use_genuine_header(mail);
    g_string_assign(mail->body, TRICK_GENUINE TRICK_FORGED);
    g_autofree char *tags = g_strdup_printf("l=%zu; ", strlen(TRICK_GENUINE));
    trick_steal(mail, (struct shape){.tags = tags});
}

static inline void trick_limit_of_nothing(struct trick_mail *mail) {
    trick_use_genuine_header(mail);
    trick_steal(mail, (struct shape){.tags = "l=0; ", .body_limit = "0"});
}

/* The genuine text becomes a preamble that nobody is shown (attacks C73). */
static inline void trick_limit_and_new_boundary(struct trick_mail *mail) {
    trick_use_genuine_header(mail);
    g_string_append(mail->header, "Content-Type: multipart/mixed; boundary=b\r\n");
    g_string_assign(mail->body, TRICK_GENUINE "--b\r\n\r\n" TRICK_FORGED "--b--\r\n");
    g_autofree char *tags = g_strdup_printf("l=%zu; ", strlen(TRICK_GENUINE));
    trick_steal(mail, (struct shape){.tags = tags});
}

static inline void trick_crowd(struct trick_mail *mail) {
    trick_own_domain(mail);
    for (int i = 0; i < 40; i++)
        g_string_append_printf(mail->fields,
                               "DKIM-Signature: v=1; a=rsa-sha256; d=%s; s=j%d; h=from; bh=AAAA; "
                               "b=AAAA\r\n",
                               mail->domain, i);
}

static inline void trick_domainkeys(struct trick_mail *mail) {
    g_string_append_printf(
        mail->fields, "DomainKey-Signature: a=rsa-sha1; s=s1; d=%s; c=nofws; q=dns; b=AAAA\r\n",
        mail->domain);
}

static inline void trick_smime_of_the_forger(struct trick_mail *mail) {
    trick_use_cms(mail, mail->people->thief_cms, NULL);
}

static inline void trick_smime_of_his_own_making(struct trick_mail *mail) {
    trick_use_cms(mail, mail->people->faker_cms, NULL);
}

/* The victim's own signed words, somewhere in a mail that is not the victim's (rule 14). */
static inline void trick_smime_stolen_part(struct trick_mail *mail) {
    trick_use_cms(mail, mail->people->victim_cms, TRICK_FORGED);
}

static inline void trick_smime_stolen_other_text(struct trick_mail *mail) {
    trick_use_cms(mail, mail->people->victim_cms, NULL);
    const char *at = strstr(mail->body->str, "Hello.");
    g_string_overwrite(mail->body, (gsize)(at - mail->body->str), "Money!");
}

static inline void trick_openpgp_claimed(struct trick_mail *mail) {
    g_string_append_printf(mail->header,
                           "Autocrypt: addr=ceo@%s; keydata=AAAA\r\n"
                           "Content-Type: multipart/signed; protocol=\"application/pgp-signature\";"
                           "\r\n micalg=pgp-sha256; boundary=p\r\n",
                           mail->domain);
    g_string_assign(mail->body, "--p\r\n" TRICK_SIGNED
                                "\r\n--p\r\nContent-Type: application/pgp-signature\r\n\r\n"
                                "-----BEGIN PGP SIGNATURE-----\r\n\r\niQEzBAEBCAAdFiEE\r\n"
                                "-----END PGP SIGNATURE-----\r\n--p--\r\n");
}

static inline void trick_sealed_by_the_forger(struct trick_mail *mail) {
    trick_seal(mail, &mail->people->thief, "evil.example", "own");
}

static inline void trick_sealed_in_a_trusted_name(struct trick_mail *mail) {
    trick_seal(mail, &mail->people->thief, "sealer.example", "s1");
}

static inline void trick_stolen_seal_other_text(struct trick_mail *mail) {
    trick_use_genuine_header(mail);
    g_string_assign(mail->body, TRICK_GENUINE);
    trick_seal(mail, &mail->people->sealer, "sealer.example", "s1");
    g_string_assign(mail->body, TRICK_FORGED);
}

static inline void trick_stolen_seal_other_author(struct trick_mail *mail) {
    g_autofree char *forged = g_strdup(mail->header->str);
    trick_use_genuine_header(mail);
    g_string_assign(mail->body, TRICK_GENUINE);
    trick_seal(mail, &mail->people->sealer, "sealer.example", "s1");
    const char *from = strstr(mail->header->str, "From: The Bank");
    g_string_truncate(mail->header, (gsize)(from - mail->header->str));
    g_string_append(mail->header, forged);
}

/* --- added: the author did write it, and did not write all that is shown -------------------- */

static inline void trick_added(struct trick_mail *mail, const char *field) {
    trick_use_genuine_header(mail);
    g_string_assign(mail->body, TRICK_GENUINE);
    trick_stolen(mail);
    g_string_prepend(mail->fields, field);
}

static inline void trick_second_subject(struct trick_mail *mail) {
    trick_added(mail, "Subject: Your account is closed\r\n");
}

static inline void trick_second_date(struct trick_mail *mail) {
    trick_added(mail, "Date: Thu, 01 Jan 2015 00:00:00 +0000\r\n");
}

static inline void trick_new_content_type(struct trick_mail *mail) {
    trick_added(mail, "Content-Type: text/html\r\n");
}

/* --- replayed: octet by octet what the author signed ----------------------------------------- */

static inline void trick_replay(struct trick_mail *mail) {
    trick_use_genuine_header(mail);
    g_string_assign(mail->body, TRICK_GENUINE);
    trick_stolen(mail);
}

enum trick_kind { TRICK_FORGES, TRICK_ADDS, TRICK_REPLAYS };

static const struct trick {
    const char *name;
    enum trick_kind kind;
    void (*play)(struct trick_mail *mail);
} attack_tricks[] = {
    {"nothing", TRICK_FORGES, trick_nothing},
    {"own domain", TRICK_FORGES, trick_own_domain},
    {"own domain, every field twice", TRICK_FORGES, trick_own_domain_twice_each_field},
    {"i= of the victim", TRICK_FORGES, trick_identity_of_the_victim},
    {"d= of the victim, own key", TRICK_FORGES, trick_wrong_key},
    {"selector into another domain", TRICK_FORGES, trick_key_of_another_name},
    {"d= twice", TRICK_FORGES, trick_two_domains},
    {"d= victim.evil", TRICK_FORGES, trick_longer_name},
    {"d= notvictim", TRICK_FORGES, trick_same_ending},
    {"d= public suffix", TRICK_FORGES, trick_public_suffix},
    {"d= child", TRICK_FORGES, trick_child_without_key},
    {"stolen signature", TRICK_FORGES, trick_stolen},
    {"stolen signatures around an own one", TRICK_FORGES, trick_stolen_beside_own},
    {"stolen, other author", TRICK_FORGES, trick_stolen_other_author},
    {"stolen, other text", TRICK_FORGES, trick_stolen_other_text},
    {"stolen, second author", TRICK_FORGES, trick_stolen_second_author},
    {"stolen with l=, text added", TRICK_FORGES, trick_text_behind_the_limit},
    {"stolen with l=0", TRICK_FORGES, trick_limit_of_nothing},
    {"stolen with l=, new boundary", TRICK_FORGES, trick_limit_and_new_boundary},
    {"crowd", TRICK_FORGES, trick_crowd},
    {"DomainKeys", TRICK_FORGES, trick_domainkeys},
    {"S/MIME of the forger", TRICK_FORGES, trick_smime_of_the_forger},
    {"S/MIME of his own making", TRICK_FORGES, trick_smime_of_his_own_making},
    {"S/MIME stolen, one part", TRICK_FORGES, trick_smime_stolen_part},
    {"S/MIME stolen, other text", TRICK_FORGES, trick_smime_stolen_other_text},
    {"OpenPGP claimed", TRICK_FORGES, trick_openpgp_claimed},
    {"ARC of the forger", TRICK_FORGES, trick_sealed_by_the_forger},
    {"ARC in a trusted name", TRICK_FORGES, trick_sealed_in_a_trusted_name},
    {"ARC stolen, other text", TRICK_FORGES, trick_stolen_seal_other_text},
    {"ARC stolen, other author", TRICK_FORGES, trick_stolen_seal_other_author},
    {"second subject", TRICK_ADDS, trick_second_subject},
    {"second date", TRICK_ADDS, trick_second_date},
    {"new content type", TRICK_ADDS, trick_new_content_type},
    {"replay", TRICK_REPLAYS, trick_replay},
};

#endif
