/* SPDX-License-Identifier: MIT
 *
 * Whom S/MIME believes, read from files: those of the configuration or the command line, else the
 * system's certificate authorities. */
#ifndef INKAN_FCGI_SMIME_FILES_H
#define INKAN_FCGI_SMIME_FILES_H

#include "sign/smime_trust.h"

/* `anchors`: PEM, every certificate in it is an anchor; NULL or "": the system's, which are decoded
 * when the first signature comes, and may be absent. `lists`: CRLs in PEM, `responses`:
 * of OCSP in DER; or NULL or "". NULL and *error, one sentence that names the files, if one that
 * was named cannot be used. */
struct smime_trust *smime_files_read(const char *anchors, const char *lists, const char *responses,
                                     GError **error);

#endif
