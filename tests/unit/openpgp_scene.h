/* SPDX-License-Identifier: MIT
 *
 * One OpenPGP signer, her mail, and what is said of it: the scene of most tests of sign/openpgp. */
#ifndef INKAN_TESTS_OPENPGP_SCENE_H
#define INKAN_TESTS_OPENPGP_SCENE_H

#include "openpgp_signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define ALICE "Alice <alice@example.org>"
#define BIT(reason) (1U << (reason))

/* One signer, her mail, and what is said of it. */
struct scene {
    struct signer *alice;
    struct openpgp_keyring *keyring;
    struct openpgp_result *result;
};

static inline struct scene scene_of(const char *user_id, const struct signer_options *options) {
    struct scene scene = {.alice = signer_new(user_id, options)};
    g_autoptr(GBytes) key = signer_public(scene.alice);
    scene.keyring = keyring_of(key);
    return scene;
}

static inline void scene_clear(struct scene *scene) {
    if (scene->result)
        openpgp_result_free(scene->result);
    openpgp_keyring_free(scene->keyring);
    signer_free(scene->alice);
}

static inline char *sign(const struct scene *scene, const char *part, const struct signing *how) {
    g_autoptr(GBytes) signature = signer_make(scene->alice, part, false, how);
    return armored("SIGNATURE", signature);
}

static inline void look(struct scene *scene, const char *mail) {
    if (scene->result)
        openpgp_result_free(scene->result);
    scene->result = result_of(mail, scene->keyring, &here);
}

static inline void expect(const struct scene *scene, enum openpgp_status status, uint32_t reasons) {
    assert_int_equal(openpgp_result_status(scene->result), status);
    assert_true(scene->result->n >= 1);
    assert_int_equal(scene->result->judgements[0].reasons, reasons);
}

/* A mail of alice with PART, by a key or a signature that is special. */
static inline void expect_of(const char *user_id, const struct signer_options *options,
                             const struct signing *how, enum openpgp_status status,
                             uint32_t reasons) {
    struct scene scene = scene_of(user_id, options);
    g_autofree char *signature = sign(&scene, PART, how);
    g_autofree char *mail = signed_mail(ALICE, NULL, PART, signature);
    look(&scene, mail);
    expect(&scene, status, reasons);
    scene_clear(&scene);
}

#endif
