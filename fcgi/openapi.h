/* SPDX-License-Identifier: MIT
 *
 * The OpenAPI 3.1 document of this service, as it lies in openapi.json, compiled in. */
#ifndef INKAN_FCGI_OPENAPI_H
#define INKAN_FCGI_OPENAPI_H

#include "base/span.h"

struct span openapi_document(void);

#endif
