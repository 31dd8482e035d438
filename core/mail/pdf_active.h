/* SPDX-License-Identifier: MIT
 *
 * Whether a PDF (ISO 32000-2) may do more than be looked at: hold a program, or act by itself. A
 * browser's reader runs the document's own JavaScript, and no policy forbids that; so a document is
 * previewed only where this says PDF_ACTIVE_NONE. It is read as strictly as the standard is
 * written: where readers could see other objects than these, it cannot be told, which is an answer
 * of its own. Contents of pages, fonts and pictures hold no actions and are not looked into; nor
 * are embedded files, which no browser opens by itself. */
#ifndef INKAN_MAIL_PDF_ACTIVE_H
#define INKAN_MAIL_PDF_ACTIVE_H

#include "base/span.h"

/* In the order in which one outweighs another. */
enum pdf_active {
    PDF_ACTIVE_UNKNOWN = 0, /* not evaluated */
    PDF_ACTIVE_NONE,        /* neither program nor action, in whatever way it is read */
    /* It cannot be told, because the document is not written as the standard says; … */
    PDF_ACTIVE_DAMAGED,
    PDF_ACTIVE_UNUSUAL,   /* … packs objects in a way that is not read here; … */
    PDF_ACTIVE_TOO_LARGE, /* … is over a limit of mail/pdf_active in base/limits.h; … */
    PDF_ACTIVE_ENCRYPTED, /* … is encrypted. */
    /* Acts when it is opened, shown or left (other than going to one of its own pages), starts
     * programs, opens other files, sends forms, plays sound or video. */
    PDF_ACTIVE_ACTS,
    PDF_ACTIVE_PROGRAM, /* JavaScript, or a form that may hold it (XFA) */
    PDF_ACTIVE__MAX
};

/* Hostile octets: asked in the worker (worker/pdf_job). Time is linear in the octets and in what
 * object streams unpack to. Never PDF_ACTIVE_UNKNOWN. */
enum pdf_active pdf_active(struct span octets);

#endif
