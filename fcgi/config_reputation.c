/* SPDX-License-Identifier: MIT */
#include "fcgi/config_reputation.h"

#include "repute/dnsbl.h"

#include <string.h>

static const struct {
    const char *name;
    enum dnsbl_kind kind; /* 0: meanings */
} keys[] = {
    {"block-lists", DNSBL_BLOCK},
    {"allow-lists", DNSBL_ALLOW},
    {"domain-lists", DNSBL_DOMAIN},
    {"meanings", 0},
};

static enum dnsbl_kind kind_of(const char *key) {
    size_t i = 0;
    while (strcmp(keys[i].name, key) != 0)
        i++;
    return keys[i].kind;
}

bool config_reputation_add(struct dnsbl_lists *lists, const char *key, const char *text,
                           GError **error) {
    enum dnsbl_kind kind = kind_of(key);
    g_auto(GStrv) members = g_strsplit(text, kind ? "," : ";", -1);
    for (char **m = members; *m; m++) {
        const char *member = g_strstrip(*m);
        if (!(kind ? dnsbl_lists_add(lists, kind, member, error)
                   : dnsbl_lists_add_meaning(lists, member, error)))
            return false;
    }
    return true;
}
