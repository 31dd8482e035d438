/* SPDX-License-Identifier: MIT
 *
 * The signers of one CMS structure, each on its own (attacks G146): one that holds says nothing for
 * another. */
#ifndef INKAN_SIGN_SMIME_SIGNER_H
#define INKAN_SIGN_SMIME_SIGNER_H

#include "sign/smime.h"

struct CMS_ContentInfo_st;
struct stack_st_X509;

/* Fills result->signers. `cms` has signers, within the limits; `certificates` came along with it,
 * inside or apart (NULL: none did); `revocation_infos` as in its outline. */
void smime_signers_verify(struct smime_trust *trust, const struct smime_input *input,
                          struct CMS_ContentInfo_st *cms, struct stack_st_X509 *certificates,
                          struct span revocation_infos, struct smime_result *result);

#endif
