/* SPDX-License-Identifier: MIT
 *
 * auth/authres_alias.h. The table of aliases is the profile's (auth/profile.c). */
#include "auth/authres_alias.h"

#include "auth/authres_parse.h"

static struct span registered_find(const struct profile *profile, struct span written) {
    const struct profile_alias *alias = profile->aliases;
    for (; alias && alias->written; alias++)
        if (span_eq(written, span_of(alias->written)))
            return span_of(alias->registered);
    return SPAN_NULL;
}

static void rename_result(struct authres_result *result, const struct profile *profile) {
    struct span method = registered_find(profile, result->method);
    if (method.p) {
        result->method = method;
        authres_result_register(result);
    }
    for (guint i = 0; i < result->n_properties; i++) {
        struct span name = registered_find(profile, result->property[i].name);
        if (name.p && authres_property_find(result, name.p).p == NULL)
            result->property[i].name = name;
    }
}

void authres_alias_apply(struct authres_field *field, const struct profile *profile) {
    for (guint i = 0; profile->aliases && i < field->n_results; i++)
        rename_result(&field->result[i], profile);
}
