/* SPDX-License-Identifier: MIT
 *
 * Any name and any domain get an answer; what is known is never like itself; a fold folds to itself
 * but for nothing; a list of any octets is taken or refused by its line. */
#include "base/limits.h"
#include "fcgi/known_names.h"
#include "mail/domain.h"
#include "repute/confusable.h"
#include "repute/lookalike.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_name(const struct known_names *names, const char *text) {
    g_autofree char *fold = confusable_fold(names->confusables, text);
    g_autofree char *again = confusable_fold(names->confusables, text);
    g_assert(strcmp(fold, again) == 0);
    confusable_is_mixed(names->confusables, text);
    const char *found = lookalikes_find_name(names->lookalikes, text, "example.org");
    g_assert(!found || *found);
}

static void try_domain(const struct known_names *names, const char *text) {
    g_autofree char *domain = domain_parse(span_of(text), 0, NULL);
    if (!domain)
        return;
    enum lookalike_trick trick;
    const char *found = lookalikes_find_domain(names->lookalikes, domain, NULL, &trick);
    g_assert((found != NULL) == (trick != LOOKALIKE_NONE));
    g_assert(!found || !lookalikes_knows(names->lookalikes, domain));
    confusable_domain_is_mixed(names->confusables, domain);
    if (domain_labels(domain) == 2 &&
        lookalikes_add_domain(names->lookalikes, domain, strlen(domain) & 1))
        g_assert(!lookalikes_find_domain(names->lookalikes, domain, NULL, &trick));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct known_names *names;
    static unsigned runs;
    if (!names || ++runs % 1000 == 0) { /* what was added is forgotten now and then */
        known_names_free(names);
        names = known_names_new(NULL, NULL);
    }
    g_autofree char *text = g_utf8_make_valid((const char *)data, (gssize)size);
    try_name(names, text);
    try_domain(names, text);
    if (size && data[0] == ':')
        known_names_add(names, span_make((const char *)data + 1, size - 1));
    return 0;
}
