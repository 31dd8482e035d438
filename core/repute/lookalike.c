/* SPDX-License-Identifier: MIT
 *
 * A label is the part of a registrable name that somebody chose: "paypal" of "paypal.com". Known
 * labels and names are kept under their fold (confusable.h), so that a likeness is one look-up. */
#include "repute/lookalike.h"

#include "base/limits.h"
#include "base/span.h"
#include "repute/confusable.h"
#include "repute/lure.h"

#include <string.h>

enum {
    LABEL_MIN = 3,  /* characters of a label that can be compared at all */
    JOINED_MIN = 5, /* … that is found where no hyphen sets it apart */
    SUFFIX_MIN = 5  /* … whose mere recurrence under another suffix says something */
};

struct known {
    char *name;   /* of a brand; NULL for a domain */
    char *label;  /* as characters; NULL for a name */
    char *domain; /* shown; "google.*" is shown as "google" */
    bool is_word; /* its label is one of common language */
};

struct lookalikes {
    const struct confusables *confusables;
    GPtrArray *all;       /* of struct known, owner of the rest */
    GHashTable *domains;  /* domain → known */
    GHashTable *anywhere; /* label of "label.*" → known */
    GHashTable *labels;   /* fold of a label → known */
    GHashTable *names;    /* fold of a name → GPtrArray of known */
};

static void known_free(gpointer data) {
    struct known *known = data;
    g_free(known->name);
    g_free(known->label);
    g_free(known->domain);
    g_free(known);
}

struct lookalikes *lookalikes_new(const struct confusables *confusables) {
    struct lookalikes *lookalikes = g_new0(struct lookalikes, 1);
    lookalikes->confusables = confusables;
    lookalikes->all = g_ptr_array_new_with_free_func(known_free);
    lookalikes->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    lookalikes->anywhere = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    lookalikes->labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    lookalikes->names =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    return lookalikes;
}

void lookalikes_free(struct lookalikes *lookalikes) {
    if (!lookalikes)
        return;
    g_hash_table_unref(lookalikes->names);
    g_hash_table_unref(lookalikes->labels);
    g_hash_table_unref(lookalikes->anywhere);
    g_hash_table_unref(lookalikes->domains);
    g_ptr_array_unref(lookalikes->all);
    g_free(lookalikes);
}

static struct span first_label(const char *domain) {
    struct span whole = span_of(domain);
    return span_first(whole, span_find(whole, '.'));
}

static char *label_text(const struct lookalikes *lookalikes, const char *registrable) {
    g_autofree char *label = span_dup(first_label(registrable));
    return confusable_label(lookalikes->confusables, label);
}

/* The first that was added keeps its place: a list is written with the main domain first. */
static void put(GHashTable *table, char *key, struct known *known) {
    if (g_hash_table_contains(table, key))
        g_free(key);
    else
        g_hash_table_insert(table, key, known);
}

bool lookalikes_add_domain(struct lookalikes *lookalikes, const char *domain, bool is_word) {
    bool anywhere = g_str_has_suffix(domain, ".*");
    g_autofree char *label = label_text(lookalikes, domain);
    if (!strchr(domain, '.') || strlen(domain) > LIMIT_DOMAIN ||
        !g_utf8_validate(label, -1, NULL) || g_utf8_strlen(label, -1) < LABEL_MIN)
        return false;
    struct known *known = g_new0(struct known, 1);
    known->label = g_steal_pointer(&label);
    known->is_word = is_word;
    known->domain = anywhere ? g_strndup(domain, strlen(domain) - strlen(".*")) : g_strdup(domain);
    g_ptr_array_add(lookalikes->all, known);
    if (anywhere)
        put(lookalikes->anywhere, span_dup(first_label(domain)), known);
    else
        put(lookalikes->domains, g_strdup(domain), known);
    put(lookalikes->labels, confusable_fold(lookalikes->confusables, known->label), known);
    return true;
}

/* --- names ---------------------------------------------------------------------------------- */

static bool is_word_character(const char *p) {
    return g_unichar_isalnum(g_utf8_get_char(p)) || g_unichar_ismark(g_utf8_get_char(p));
}

/* Where words are not set apart, a lure can only be found at the end: "楽天カード". */
static size_t without_lures(const char *word, size_t n) {
    for (size_t at = 0; at < n; at += g_utf8_skip[(guchar)word[at]])
        if ((guchar)word[at] > 127 && lure_is_word(word + at, n - at))
            return at;
    return n;
}

/* The words of a name, run together and folded; `who`: only those that say who it is ("PayPal
 * Support, Inc." is paypal). */
static char *fold_name(const struct lookalikes *lookalikes, const char *name, bool who) {
    g_autofree char *valid = g_utf8_make_valid(name, (gssize)strnlen(name, LIMIT_LOOKALIKE_TEXT));
    g_autofree char *lower = g_utf8_strdown(valid, -1);
    g_autoptr(GString) words = g_string_new(NULL);
    for (const char *p = lower; *p;) {
        const char *start = p;
        while (*p && is_word_character(p))
            p += g_utf8_skip[(guchar)*p];
        size_t n = (size_t)(p - start);
        if (!who)
            g_string_append_len(words, start, (gssize)n);
        else if (!lure_is_word(start, n))
            g_string_append_len(words, start, (gssize)without_lures(start, n));
        p += *p ? g_utf8_skip[(guchar)*p] : 0;
    }
    return confusable_fold(lookalikes->confusables, words->str);
}

static void put_name(struct lookalikes *lookalikes, char *fold, struct known *known) {
    GPtrArray *same = g_hash_table_lookup(lookalikes->names, fold);
    if (same) {
        g_free(fold);
    } else {
        same = g_ptr_array_new();
        g_hash_table_insert(lookalikes->names, fold, same);
    }
    g_ptr_array_add(same, known);
}

/* Kept as it stands and without its lures: "三井住友銀行" is found before "三井住友". */
bool lookalikes_add_name(struct lookalikes *lookalikes, const char *name, const char *domain) {
    g_autofree char *who = fold_name(lookalikes, name, true);
    if (g_utf8_strlen(who, -1) < (g_ascii_isalnum(*who) ? LABEL_MIN : 2))
        return false;
    struct known *known = g_new0(struct known, 1);
    known->name = g_strdup(name);
    known->domain = g_strdup(domain);
    g_ptr_array_add(lookalikes->all, known);
    g_autofree char *whole = fold_name(lookalikes, name, false);
    if (strcmp(whole, who) != 0)
        put_name(lookalikes, g_steal_pointer(&whole), known);
    put_name(lookalikes, g_steal_pointer(&who), known);
    return true;
}

/* "google.*" owns every domain whose registrable part starts so; without a list of suffixes any
 * label with one or two after it could be that part. */
static bool owns(const char *pattern, const char *domain) {
    if (!g_str_has_suffix(pattern, ".*")) {
        size_t n = strlen(domain), m = strlen(pattern);
        return n >= m && strcmp(domain + n - m, pattern) == 0 &&
               (n == m || domain[n - m - 1] == '.');
    }
    g_auto(GStrv) labels = g_strsplit(domain, ".", -1);
    guint n = g_strv_length(labels);
    struct span label = first_label(pattern);
    for (guint back = 2; back <= 3 && back <= n; back++)
        if (span_eq(span_of(labels[n - back]), label))
            return true;
    return false;
}

/* "Pay Pal" is found as it stands, "PayPal Service" without its lure. */
static const GPtrArray *find_named(const struct lookalikes *lookalikes, const char *name) {
    g_autofree char *whole = fold_name(lookalikes, name, false);
    const GPtrArray *same = g_hash_table_lookup(lookalikes->names, whole);
    g_autofree char *who = same ? NULL : fold_name(lookalikes, name, true);
    return who && *who ? g_hash_table_lookup(lookalikes->names, who) : same;
}

const char *lookalikes_find_name(const struct lookalikes *lookalikes, const char *display_name,
                                 const char *domain) {
    const GPtrArray *same = find_named(lookalikes, display_name);
    const struct known *known = NULL;
    for (guint i = 0; same && i < same->len; i++) {
        known = same->pdata[i];
        if (owns(known->domain, domain))
            return NULL;
    }
    return known ? known->name : NULL;
}

/* --- domains -------------------------------------------------------------------------------- */

static const struct known *find_label(const struct lookalikes *lookalikes, const char *text) {
    g_autofree char *fold = confusable_fold(lookalikes->confusables, text);
    return g_hash_table_lookup(lookalikes->labels, fold);
}

/* The same for a label that others would not have by chance. */
static const struct known *find_own_label(const struct lookalikes *lookalikes, const char *text) {
    const struct known *known = find_label(lookalikes, text);
    return known && !known->is_word ? known : NULL;
}

static const char *last_two_labels(const char *domain) {
    const char *dot = strrchr(domain, '.');
    while (dot && dot > domain && dot[-1] != '.')
        dot--;
    return dot ? dot : domain;
}

static const char *after_dot(const char *name) {
    const char *dot = strchr(name, '.');
    return dot ? dot + 1 : NULL;
}

bool lookalikes_knows(const struct lookalikes *lookalikes, const char *domain) {
    for (const char *tail = domain; tail; tail = after_dot(tail)) {
        if (g_hash_table_contains(lookalikes->domains, tail))
            return true;
    }
    return false;
}

/* `n` octets of a domain as a known one, '-' as '.' if they are one label. */
static const struct known *find_part(const struct lookalikes *lookalikes, const char *part,
                                     size_t n, bool dotted) {
    char name[LIMIT_DOMAIN + 1];
    memcpy(name, part, n);
    name[n] = '\0';
    if (dotted)
        g_strdelimit(name, "-", '.');
    return g_hash_table_lookup(lookalikes->domains, name);
}

/* A known domain stands before the end: "paypal.com.example.net", or as one label "paypal-com". No
 * known domain is a single label. */
static const struct known *find_within(const struct lookalikes *lookalikes, const char *domain) {
    for (const char *label = domain; label; label = after_dot(label)) {
        const char *second = after_dot(label), *third = second ? after_dot(second) : NULL;
        size_t n = second ? (size_t)(second - 1 - label) : strlen(label);
        const struct known *known =
            memchr(label, '-', n) ? find_part(lookalikes, label, n, true) : NULL;
        if (known || !second)
            return known;
        n = third ? (size_t)(third - 1 - label) : strlen(label);
        known = find_part(lookalikes, label, n, false);
        if (!known && third) {
            const char *fourth = after_dot(third);
            n = fourth ? (size_t)(fourth - 1 - label) : strlen(label);
            known = find_part(lookalikes, label, n, false);
        }
        if (known)
            return known;
    }
    return NULL;
}

/* "paypal-login": one part is known, all others are lures. */
static const struct known *find_hyphened(const struct lookalikes *lookalikes, const char *label) {
    if (!strchr(label, '-'))
        return NULL;
    g_auto(GStrv) parts = g_strsplit(label, "-", -1);
    const struct known *found = NULL;
    guint others = 0;
    for (char **part = parts; *part; part++) {
        if (lure_is_word(*part, strlen(*part)))
            continue;
        others++;
        if (others == 1 && g_utf8_strlen(*part, -1) >= LABEL_MIN)
            found = find_own_label(lookalikes, *part);
    }
    return others == 1 ? found : NULL;
}

/* "securepaypal", "paypallogin": cut in two at every place. A label has 63 octets. */
static const struct known *find_joined(const struct lookalikes *lookalikes, const char *label) {
    size_t n = strlen(label);
    for (size_t at = 1; at < n; at++) {
        if (at < JOINED_MIN && n - at < JOINED_MIN)
            continue;
        bool lure_first = lure_is_word(label, at);
        bool lure_last = lure_is_word(label + at, n - at);
        g_autofree char *rest = lure_first  ? g_strdup(label + at)
                                : lure_last ? g_strndup(label, at)
                                            : NULL;
        if (!rest || strlen(rest) < JOINED_MIN)
            continue;
        const struct known *found = find_own_label(lookalikes, rest);
        if (found)
            return found;
    }
    return NULL;
}

static const struct known *find_alike(const struct lookalikes *lookalikes, const char *label,
                                      enum lookalike_trick *trick) {
    const struct known *known = find_label(lookalikes, label);
    if (known) {
        bool same = strcmp(known->label, label) == 0;
        *trick = same ? LOOKALIKE_SUFFIX : LOOKALIKE_CHARACTERS;
        bool common = known->is_word || g_utf8_strlen(label, -1) < SUFFIX_MIN;
        return same && common ? NULL : known;
    }
    *trick = LOOKALIKE_WORD;
    known = find_hyphened(lookalikes, label);
    return known ? known : find_joined(lookalikes, label);
}

const char *lookalikes_find_domain(const struct lookalikes *lookalikes, const char *domain,
                                   const char *registrable, enum lookalike_trick *trick) {
    *trick = LOOKALIKE_NONE;
    if (!strchr(domain, '.') || strlen(domain) > LIMIT_DOMAIN ||
        lookalikes_knows(lookalikes, domain))
        return NULL;
    g_autofree char *first =
        span_dup(first_label(registrable ? registrable : last_two_labels(domain)));
    if (g_hash_table_contains(lookalikes->anywhere, first))
        return NULL;
    const struct known *known = find_within(lookalikes, domain);
    if (known) {
        *trick = LOOKALIKE_WITHIN;
        return known->domain;
    }
    g_autofree char *label = confusable_label(lookalikes->confusables, first);
    known = find_alike(lookalikes, label, trick);
    if (!known)
        *trick = LOOKALIKE_NONE;
    return known ? known->domain : NULL;
}
