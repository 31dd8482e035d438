/* SPDX-License-Identifier: MIT
 *
 * The URL by which an inert document asks for a picture that lies elsewhere: of our own origin, so
 * that the reader's browser never contacts the sender, and signed, so that the service fetches for
 * nobody but the documents it made. A document's frame has no origin and sends no cookie: the URL
 * alone is the permission. It holds no account, session or message.
 *
 *     url   = "/api/v1/images/" sheet "/" mac "/" base64url(source)
 *     sheet = expires nonce        ; 10 and 16 hex digits: one document
 *     mac   = base64url(HMAC-SHA256(key of the sheet, source))
 *
 * The key of a sheet is HMAC-SHA256(secret of this installation, sheet): the child that cleans HTML
 * is given that alone, and whoever breaks it can sign for one document and an hour. */
#ifndef INKAN_MAIL_IMAGE_URL_H
#define INKAN_MAIL_IMAGE_URL_H

#include "base/span.h"

#include <stdint.h>

/* What the path begins with, for those who have to know it by its beginning. */
#define IMAGE_URL_PREFIX "/api/v1/images/"

enum { IMAGE_URL_SHEET = 26, IMAGE_URL_KEY = 32 };

struct image_sheet {
    char name[IMAGE_URL_SHEET + 1];
    unsigned char key[IMAGE_URL_KEY];
};

/* A sheet that expires at that epoch second; `nonce`: 8 random octets. */
void image_sheet_make(struct span secret, int64_t expires, const unsigned char nonce[8],
                      struct image_sheet *sheet);
/* The sheet of that name. False: no name of a sheet, or it has expired at `now`. */
bool image_sheet_open(struct span secret, const char *name, int64_t now, struct image_sheet *sheet);

/* What is fetched for the src of an <img>: a whole https URL without fragment; one of http, or
 * without scheme, is asked for over https and never in clear. NULL: nothing is (another scheme or
 * port, relative, over LIMIT_HTTPS_URL). Where the host may lie is not decided here. The caller
 * frees. */
char *image_url_source(struct span written);

/* The path, which needs no escaping in HTML. The caller frees. */
char *image_url_sign(const struct image_sheet *sheet, const char *source);
/* The source that was signed, or NULL: a wrong mac, or text that image_url_sign did not write. The
 * caller frees. */
char *image_url_open(const struct image_sheet *sheet, const char *mac, const char *text);

#endif
