/* SPDX-License-Identifier: MIT
 *
 * The second stage as inkan.conf wants it. */
#ifndef INKAN_FCGI_BRANDS_OPEN_H
#define INKAN_FCGI_BRANDS_OPEN_H

#include "fcgi/brands.h"

struct config;
struct service;

/* NULL without *error: there is none ([brand] require = off, or nothing is looked up); NULL with
 * *error: a file cannot be read. Store, resolver, judge and workers of *service must be there. */
struct brands *brands_open(const struct service *service, GError **error);

#endif
