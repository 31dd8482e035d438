/* SPDX-License-Identifier: MIT
 *
 * The set of mark roots: an OpenSSL store for path building, and the facts about each root. The
 * shipped ones are put into the program by gcc or clang run in the project's top folder. */
#include "brand/mark_roots.h"

#include "base/clock.h"
#include "base/limits.h"
#include "brand/markcert_parts.h"

#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

__asm__(".section .rodata\n"
        ".global inkan_mark_roots_begin\n.global inkan_mark_roots_end\n"
        "inkan_mark_roots_begin:\n.incbin \"conf/mark-roots.pem\"\ninkan_mark_roots_end:\n"
        ".byte 0\n.previous\n");

extern const char inkan_mark_roots_begin[], inkan_mark_roots_end[];

struct mark_roots {
    X509_STORE *store;
    GArray *roots; /* of struct mark_root */
};

static void root_clear(gpointer data) {
    struct mark_root *root = data;
    g_free(root->subject);
    g_free(root->sha256);
}

struct mark_roots *mark_roots_new(void) {
    struct mark_roots *set = g_new0(struct mark_roots, 1);
    set->store = X509_STORE_new();
    if (!set->store)
        g_error("OpenSSL: no memory");
    set->roots = g_array_new(FALSE, TRUE, sizeof(struct mark_root));
    g_array_set_clear_func(set->roots, root_clear);
    return set;
}

void mark_roots_free(struct mark_roots *set) {
    X509_STORE_free(set->store);
    g_array_free(set->roots, TRUE);
    g_free(set);
}

static struct span shipped_text(void) {
    return span_make(inkan_mark_roots_begin,
                     (uintptr_t)inkan_mark_roots_end - (uintptr_t)inkan_mark_roots_begin);
}

struct mark_roots *mark_roots_new_shipped(void) {
    struct mark_roots *set = mark_roots_new();
    g_autoptr(GError) error = NULL;
    if (!mark_roots_add(set, shipped_text(), MARK_ROOT_PUBLIC, &error))
        g_error("conf/mark-roots.pem: %s", error->message);
    return set;
}

int64_t mark_roots_compared(void) {
    const struct span head = SPAN_LIT("# Compared: ");
    struct span rest = shipped_text();
    int64_t epoch = 0;
    while (rest.n) {
        struct span line = span_first(rest, span_find(rest, '\n'));
        if (line.n > head.n && memcmp(line.p, head.p, head.n) == 0) {
            g_autofree char *day = span_dup(span_from(line, head.n));
            g_autofree char *text = g_strconcat(day, "T00:00:00Z", NULL);
            bool is_date = clock_parse(text, &epoch);
            g_assert(is_date);
        }
        rest = span_from(rest, line.n + 1);
    }
    g_assert(epoch > 0);
    return epoch;
}

/* NULL if it may be a root, else why not. */
static const char *objection(X509 *certificate) {
    int64_t expires;
    if (X509_self_signed(certificate, 1) != 1)
        return "is not self-signed, so it is no root";
    if (!markcert_is_authority(certificate))
        return "is not a certification authority's";
    if (!markcert_is_strong_key(certificate))
        return "has a key that is too weak, or of an unknown kind";
    return markcert_date(X509_get0_notAfter(certificate), &expires) ? NULL : "has no sound date";
}

static bool check(const STACK_OF(X509) * stack, GError **error) {
    for (int i = 0; i < sk_X509_num(stack); i++) {
        const char *why = objection(sk_X509_value(stack, i));
        ERR_clear_error();
        if (!why)
            continue;
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "certificate %d %s", i + 1, why);
        return false;
    }
    return true;
}

static char *subject_text(const X509 *certificate) {
    char *text = markcert_name_text(certificate, false, NID_commonName);
    text = text ? text : markcert_name_text(certificate, false, NID_organizationName);
    return text ? text : g_strdup("?");
}

static void add(struct mark_roots *set, X509 *certificate, enum mark_root_kind kind) {
    struct mark_root root = {kind, subject_text(certificate), markcert_fingerprint(certificate), 0};
    markcert_date(X509_get0_notAfter(certificate), &root.expires);
    if (X509_STORE_add_cert(set->store, certificate) != 1)
        g_error("OpenSSL: no memory");
    g_array_append_val(set->roots, root);
}

static const char *refusal(enum markcert_reason reason) {
    return reason == MARKCERT_TOO_LARGE ? "the text is too large" : markcert_reason_name(reason);
}

bool mark_roots_add(struct mark_roots *set, struct span pem, enum mark_root_kind kind,
                    GError **error) {
    STACK_OF(X509) *stack = NULL;
    enum markcert_reason reason = MARKCERT_TOO_LARGE;
    if (pem.n <= LIMIT_MARK_ROOTS_SIZE && set->roots->len < LIMIT_MARK_ROOTS)
        reason = markcert_pem_parse(pem, LIMIT_MARK_ROOTS - set->roots->len, &stack);
    if (reason) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "not a list of certificates: %s",
                    refusal(reason));
        return false;
    }
    bool good = check(stack, error);
    for (int i = 0; i < sk_X509_num(stack) && good; i++)
        if (!mark_roots_find(set, sk_X509_value(stack, i)))
            add(set, sk_X509_value(stack, i), kind);
    sk_X509_pop_free(stack, X509_free);
    return good;
}

guint mark_roots_count(const struct mark_roots *set) {
    return set->roots->len;
}

const struct mark_root *mark_roots_at(const struct mark_roots *set, guint at) {
    g_assert(at < set->roots->len);
    return &g_array_index(set->roots, struct mark_root, at);
}

struct x509_store_st *mark_roots_store(const struct mark_roots *set) {
    return set->store;
}

const struct mark_root *mark_roots_find(const struct mark_roots *set, const X509 *certificate) {
    g_autofree char *sha256 = markcert_fingerprint(certificate);
    for (guint i = 0; i < set->roots->len; i++)
        if (g_str_equal(mark_roots_at(set, i)->sha256, sha256))
            return mark_roots_at(set, i);
    return NULL;
}
