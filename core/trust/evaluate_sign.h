/* SPDX-License-Identifier: MIT
 *
 * Personal signatures of one message (verdict rules 14 and 15): the tree of its parts is asked for,
 * and compared, only where something may be signed or encrypted. */
#ifndef INKAN_TRUST_EVALUATE_SIGN_H
#define INKAN_TRUST_EVALUATE_SIGN_H

#include "trust/evaluate.h"
#include "trust/evaluate_tree.h"

/* Fills evidence->smime and ->openpgp; evidence->received_at must be known. Of a message whose body
 * is not here yet only "pending" is said, where its header promises a signature. */
void evaluate_sign(struct evidence *evidence, const struct evaluate_request *request,
                   const struct author *author, struct evaluate_tree *tree);

/* Asks again about OpenPGP signatures alone, with the keys of this request; all else in `evidence`,
 * which is about the same message, stands. */
void evaluate_openpgp_again(struct evidence *evidence, const struct evaluate_request *request);
/* The cheap question whether there may be such a signature. */
bool evaluate_openpgp_possible(const struct message *message);

#endif
