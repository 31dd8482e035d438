/* SPDX-License-Identifier: MIT */
#include "route/mta_sts.h"

#include "mail/domain.h"

#include <string.h>

/* --- the record (RFC 8461 §3.1) -------------------------------------------------------------- */

static bool is_field_name(struct span name) {
    if (name.n == 0 || name.n > 32 || !g_ascii_isalnum(name.p[0]))
        return false;
    for (size_t i = 1; i < name.n; i++)
        if (!g_ascii_isalnum(name.p[i]) && !strchr("_-.", name.p[i]))
            return false;
    return true;
}

static bool is_id(struct span value) {
    if (value.n == 0 || value.n > 32)
        return false;
    for (size_t i = 0; i < value.n; i++)
        if (!g_ascii_isalnum(value.p[i]))
            return false;
    return true;
}

/* sts-ext-value = 1*(%x21-3A / %x3C / %x3E-7E) */
static bool is_extension_value(struct span value) {
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] < 0x21 || value.p[i] > 0x7e || value.p[i] == ';' || value.p[i] == '=')
            return false;
    return value.n > 0;
}

/* sts-text-record = sts-version 1*(sts-field-delim sts-field) [sts-field-delim]
 * sts-field       = sts-id / sts-extension
 * sts-field-delim = *WSP ";" *WSP
 * sts-id          = %s"id=" 1*32(ALPHA / DIGIT) */
static bool record_is_valid(struct span record, struct span *id) {
    struct span rest = span_from(record, strlen("v=STSv1"));
    bool found = false;
    while (rest.n) {
        rest = span_trim_wsp(rest);
        if (rest.n == 0 || rest.p[0] != ';')
            return false;
        rest = span_trim_wsp(span_from(rest, 1));
        if (rest.n == 0)
            break;
        struct span field = span_trim_wsp(span_first(rest, span_find(rest, ';')));
        size_t equals = span_find(field, '=');
        struct span name = span_first(field, equals), value = span_from(field, equals + 1);
        if (equals == field.n || !is_field_name(name))
            return false;
        bool is_the_id = span_eq(name, SPAN_LIT("id"));
        if (is_the_id ? !is_id(value) || found : !is_extension_value(value))
            return false;
        if (is_the_id)
            *id = value;
        found |= is_the_id;
        rest = span_from(rest, span_find(rest, ';'));
    }
    return found;
}

/* "records that do not begin with 'v=STSv1;' are discarded"; the grammar allows WSP before ";". */
static bool begins(struct span record) {
    struct span version = SPAN_LIT("v=STSv1");
    if (!span_eq(span_first(record, version.n), version))
        return false;
    struct span rest = span_trim_wsp(span_from(record, version.n));
    return span_find(rest, ';') == 0 && rest.n > 0;
}

enum mta_sts_record_state mta_sts_record_select(const struct span *records, guint n,
                                                struct span *id) {
    guint found = 0;
    struct span record = SPAN_NULL, unused;
    for (guint i = 0; i < n; i++)
        if (begins(records[i])) {
            record = records[i];
            found++;
        }
    if (found != 1)
        return found ? MTA_STS_RECORD_SEVERAL : MTA_STS_RECORD_NONE;
    return record_is_valid(record, id ? id : &unused) ? MTA_STS_RECORD_VALID
                                                      : MTA_STS_RECORD_INVALID;
}

/* --- the policy (§3.2) ----------------------------------------------------------------------- */

struct reading {
    struct mta_sts_policy *policy;
    GPtrArray *mx;
    bool version, mode, max_age;
    const char *why;
};

static void read_version(struct reading *r, struct span value) {
    if (!r->version && !span_eq(value, SPAN_LIT("STSv1")))
        r->why = "the version is not STSv1";
    r->version = true;
}

static void read_mode(struct reading *r, struct span value) {
    static const char *const names[] = {"none", "testing", "enforce"};
    for (int i = 0; !r->mode && i < 3; i++)
        if (span_eq(value, span_of(names[i])))
            r->policy->mode = (enum mta_sts_mode)(MTA_STS_NONE + i);
    if (!r->policy->mode)
        r->why = "the mode is none of enforce, testing and none";
    r->mode = true;
}

/* sts-policy-max-age-value = 1*10(DIGIT) */
static void read_max_age(struct reading *r, struct span value) {
    if (r->max_age)
        return;
    r->max_age = true;
    int64_t age = 0;
    for (size_t i = 0; i < value.n && i < 10; i++) {
        if (!g_ascii_isdigit(value.p[i]))
            value.n = 0;
        else
            age = age * 10 + (value.p[i] - '0');
    }
    if (value.n == 0 || value.n > 10)
        r->why = "max_age is not a number of seconds";
    r->policy->max_age = MIN(age, LIMIT_MTA_STS_AGE);
}

/* sts-policy-mx-value = ["*."] Domain */
static void read_mx(struct reading *r, struct span value) {
    bool wild = span_starts_nocase(value, SPAN_LIT("*."));
    g_autofree char *name = domain_parse(span_from(value, wild ? 2 : 0), 0, NULL);
    if (!name)
        r->why = "an mx is no host name";
    else if (r->mx->len == LIMIT_MTA_STS_MX)
        r->why = "more mx lines than are read";
    else
        g_ptr_array_add(r->mx, g_strconcat(wild ? "*." : "", name, NULL));
}

/* sts-policy-ext-value = sts-policy-vchar [*(%x20 / sts-policy-vchar) sts-policy-vchar]: UTF-8
 * without controls. */
static bool is_policy_text(struct span value) {
    for (size_t i = 0; i < value.n; i++)
        if ((guchar)value.p[i] < 0x20 || value.p[i] == 0x7f)
            return false;
    return value.n > 0 && g_utf8_validate(value.p, (gssize)value.n, NULL);
}

/* sts-policy-field = key ":" *WSP value */
static void read_line(struct reading *r, struct span line) {
    static const struct {
        const char *key;
        void (*read)(struct reading *r, struct span value);
    } keys[] = {
        {"version", read_version}, {"mode", read_mode}, {"max_age", read_max_age}, {"mx", read_mx}};
    size_t colon = span_find(line, ':');
    struct span key = span_first(line, colon), value = span_trim_wsp(span_from(line, colon + 1));
    if (colon == line.n || !is_field_name(key) || !is_policy_text(value)) {
        r->why = "a line is not of the form key: value";
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (span_eq(key, span_of(keys[i].key)))
            keys[i].read(r, value);
}

static void read_lines(struct reading *r, struct span body) {
    while (body.n && !r->why) {
        size_t end = span_find(body, '\n');
        struct span line = span_first(body, end);
        body = span_from(body, end + 1);
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
            line.n--;
        if (line.n == 0 && body.n == 0)
            return;
        read_line(r, line);
    }
}

static void check_whole(struct reading *r) {
    if (r->why)
        return;
    if (!r->version || !r->mode || !r->max_age)
        r->why = "version, mode or max_age is not there";
    else if (r->policy->mode != MTA_STS_NONE && r->mx->len == 0)
        r->why = "it names no mx";
}

struct mta_sts_policy *mta_sts_policy_parse(struct span body, const char **why) {
    OWNED(mta_sts_policy) policy = g_new0(struct mta_sts_policy, 1);
    struct reading r = {.policy = policy, .mx = g_ptr_array_new()};
    if (body.n > LIMIT_MTA_STS_POLICY)
        r.why = "it is larger than 64 KB";
    else
        read_lines(&r, body);
    check_whole(&r);
    policy->n_mx = r.mx->len;
    g_ptr_array_add(r.mx, NULL);
    policy->mx = (char **)g_ptr_array_free(r.mx, FALSE);
    *why = r.why;
    return r.why ? NULL : g_steal_pointer(&policy);
}

void mta_sts_policy_free(struct mta_sts_policy *policy) {
    if (!policy)
        return;
    g_strfreev(policy->mx);
    g_free(policy);
}

bool mta_sts_matches(const struct mta_sts_policy *policy, const char *host) {
    for (guint i = 0; i < policy->n_mx; i++) {
        const char *mx = policy->mx[i];
        bool wild = g_str_has_prefix(mx, "*.");
        if (domain_is_equal(wild ? domain_parent(host) : host, wild ? mx + 2 : mx))
            return true;
    }
    return false;
}

const char *mta_sts_mode_name(enum mta_sts_mode mode) {
    static const char *const names[] = {NULL, "none", "testing", "enforce"};
    return names[mode];
}
