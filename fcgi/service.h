/* SPDX-License-Identifier: MIT
 *
 * What all handlers and background threads share. Made once by command_serve.c before the first
 * thread and freed after the last; every member is constant or safe between threads by itself. */
#ifndef INKAN_FCGI_SERVICE_H
#define INKAN_FCGI_SERVICE_H

#include <stdbool.h>

struct config;
struct store;
struct resolver;
struct sessions;
struct judge;
struct verifier;
struct brands;
struct outside;
struct workers;
struct vouchers;
struct recent;
struct images;
struct image_domains;
struct events;
struct threads;

struct service {
    const struct config *config;
    struct store *store;       /* never NULL: one that could not be opened is one of memory only */
    bool store_lost;           /* it is such a one, and what it remembers ends with this process */
    struct resolver *resolver; /* NULL under [trust] verify = never */
    struct sessions *sessions;
    struct judge *judge;
    struct verifier *verifier;
    struct outside *outside;   /* fetches; NULL under [trust] verify = never */
    struct brands *brands;     /* the second stage; NULL: no logos here */
    struct workers *workers;   /* the sandboxed children; see core/worker/ */
    struct vouchers *vouchers; /* OpenPGP keys that count */
    struct wkd_keys *wkd;      /* those that domains publish; NULL: not looked up here */
    struct events *events;     /* who is told what happens meanwhile */
    struct threads *threads;   /* which messages belong together */
    struct recent *recent;     /* octets of messages just opened */
    struct images *images;     /* pictures that lie elsewhere; NULL: none are fetched here */
    struct image_domains *image_domains;
    unsigned char id_key[32]; /* fcgi/id.h */
};

#endif
