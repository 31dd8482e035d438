/* SPDX-License-Identifier: MIT
 *
 * One value an account: "as", sorted. */
#include "fcgi/image_domains.h"

#include "base/clock.h"
#include "base/limits.h"
#include "trust/verdict.h"

#include <string.h>

static const char space[] = "image-domains";

struct image_domains {
    struct keep *keep;
    GMutex mutex; /* one change at a time */
};

struct image_domains *image_domains_new(struct keep *keep) {
    struct image_domains *domains = g_new0(struct image_domains, 1);
    domains->keep = keep;
    g_mutex_init(&domains->mutex);
    return domains;
}

void image_domains_free(struct image_domains *domains) {
    g_mutex_clear(&domains->mutex);
    g_free(domains);
}

char **image_domains_list(struct image_domains *domains, const char *account) {
    struct keep *keep = domains->keep;
    g_autoptr(GBytes) value = NULL;
    if (!keep->read(keep, space, account, clock_now(), &value))
        return NULL;
    if (!value)
        return g_new0(char *, 1);
    g_autoptr(GVariant) variant =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE("as"), value, FALSE));
    return g_variant_is_normal_form(variant) ? g_variant_dup_strv(variant, NULL)
                                             : g_new0(char *, 1);
}

static bool write_list(struct image_domains *domains, const char *account, GPtrArray *list) {
    struct keep *keep = domains->keep;
    g_autoptr(GVariant) variant =
        g_variant_ref_sink(g_variant_new_strv((const char *const *)list->pdata, (gssize)list->len));
    g_autoptr(GBytes) value = g_variant_get_data_as_bytes(variant);
    return keep->put(keep, space, account, value, 0);
}

/* Where `domain` stands, or should; *there. */
static guint place_of(char **list, const char *domain, bool *there) {
    guint at = 0;
    while (list[at] && strcmp(list[at], domain) < 0)
        at++;
    *there = list[at] && strcmp(list[at], domain) == 0;
    return at;
}

/* Of borrowed names. */
static GPtrArray *array_of(char **list) {
    GPtrArray *array = g_ptr_array_new();
    for (char **domain = list; *domain; domain++)
        g_ptr_array_add(array, *domain);
    return array;
}

static enum image_domains_outcome add(struct image_domains *domains, const char *account,
                                      const char *domain) {
    g_auto(GStrv) list = image_domains_list(domains, account);
    if (!list)
        return IMAGE_DOMAINS_NOT_KEPT;
    bool there;
    guint at = place_of(list, domain, &there);
    if (there)
        return IMAGE_DOMAINS_DONE;
    if (g_strv_length(list) >= LIMIT_IMAGE_DOMAINS)
        return IMAGE_DOMAINS_FULL;
    g_autoptr(GPtrArray) array = array_of(list);
    g_autofree char *copy = g_strdup(domain);
    g_ptr_array_insert(array, (gint)at, copy);
    return write_list(domains, account, array) ? IMAGE_DOMAINS_DONE : IMAGE_DOMAINS_NOT_KEPT;
}

enum image_domains_outcome image_domains_add(struct image_domains *domains, const char *account,
                                             const char *domain) {
    g_mutex_lock(&domains->mutex);
    enum image_domains_outcome outcome = add(domains, account, domain);
    g_mutex_unlock(&domains->mutex);
    return outcome;
}

static enum image_domains_outcome drop(struct image_domains *domains, const char *account,
                                       const char *domain) {
    g_auto(GStrv) list = image_domains_list(domains, account);
    if (!list)
        return IMAGE_DOMAINS_NOT_KEPT;
    bool there;
    guint at = place_of(list, domain, &there);
    if (!there)
        return IMAGE_DOMAINS_NONE;
    g_autoptr(GPtrArray) array = array_of(list);
    g_ptr_array_remove_index(array, at);
    return write_list(domains, account, array) ? IMAGE_DOMAINS_DONE : IMAGE_DOMAINS_NOT_KEPT;
}

enum image_domains_outcome image_domains_remove(struct image_domains *domains, const char *account,
                                                const char *domain) {
    g_mutex_lock(&domains->mutex);
    enum image_domains_outcome outcome = drop(domains, account, domain);
    g_mutex_unlock(&domains->mutex);
    return outcome;
}

const char *image_domain_of(const struct verdict *verdict) {
    bool quiet = verdict->level != LEVEL_CAUTION && verdict->level != LEVEL_FORGED;
    return verdict->author == VERDICT_VERIFIED && quiet && !verdict->at_provider ? verdict->domain
                                                                                 : NULL;
}

bool image_domains_show(struct image_domains *domains, const char *account,
                        const struct verdict *verdict) {
    const char *domain = image_domain_of(verdict);
    if (!domain)
        return false;
    g_auto(GStrv) list = image_domains_list(domains, account);
    return list && g_strv_contains((const char *const *)list, domain);
}
