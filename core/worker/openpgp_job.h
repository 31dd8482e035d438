/* SPDX-License-Identifier: MIT
 *
 * The jobs of verifying OpenPGP signatures and importing keys as octets (GVariant, checked for
 * normal form on arrival), and the verifier that others are handed: it asks a child. */
#ifndef INKAN_WORKER_OPENPGP_JOB_H
#define INKAN_WORKER_OPENPGP_JOB_H

#include "sign/openpgp.h"
#include "worker/workers.h"

/* Borrows `workers`. A child that dies or is late over a question is not asked again: every
 * signature of it is OPENPGP_COULD_NOT_CHECK. An import that a child dies over is an error. */
struct openpgp_verifier *openpgp_job_verifier_new(struct workers *workers);
void openpgp_job_verifier_free(struct openpgp_verifier *verifier);

/* All directions of all messages. unpack gives NULL for octets that are not in form. */
struct openpgp_job_question {
    GVariant *holder; /* keeps the octets of `question` alive */
    struct openpgp_question question;
};
GBytes *openpgp_job_pack_question(const struct openpgp_question *question);
struct openpgp_job_question *openpgp_job_unpack_question(GBytes *octets);
void openpgp_job_question_free(struct openpgp_job_question *question);
GBytes *openpgp_job_pack_answer(const struct openpgp_answer *answer);
struct openpgp_answer *openpgp_job_unpack_answer(GBytes *octets);

GBytes *openpgp_job_pack_import(GBytes *keys, int64_t at);
GBytes *openpgp_job_unpack_import(GBytes *octets, int64_t *at);
GBytes *openpgp_job_pack_certificates(const GPtrArray *certificates);
/* An array of struct openpgp_certificate that frees them. */
GPtrArray *openpgp_job_unpack_certificates(GBytes *octets);

DEFINE_OWNED(openpgp_job_question, openpgp_job_question_free)
DEFINE_OWNED(openpgp_verifier, openpgp_job_verifier_free)

#endif
