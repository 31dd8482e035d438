/* SPDX-License-Identifier: MIT */
#include "trust/evidence_cover.h"

#include "sign/protected_headers.h"

void evidence_cover_headers(struct evidence *evidence, const struct message *message,
                            struct span payload, struct evidence_coverage *covers) {
    struct protected_headers headers = {0};
    protected_headers_compare(message, payload, &headers);
    covers->headers = headers.state;
    covers->from = evidence_text(evidence, headers.from);
    covers->subject = evidence_text(evidence, headers.subject);
    covers->date = evidence_text(evidence, headers.date);
    protected_headers_clear(&headers);
}
