/* SPDX-License-Identifier: MIT
 *
 * auth/spf_record.h: terms are split at spaces, then each is read by the rule of its name. */
#include "auth/spf_record.h"

#include "auth/spf_macro.h"
#include "base/limits.h"

#include <arpa/inet.h>

/* --- which record (RFC 7208 §4.5, RFC 4406 §4.4) -------------------------------------------- */

/* A version ends in a space or the record's end. */
static bool take_version(struct span text, size_t version, struct span *terms) {
    *terms = span_from(text, version);
    return terms->n == 0 || span_starts_nocase(*terms, SPAN_LIT(" "));
}

/* record  = version terms *SP
 * version = "v=spf1" */
static bool is_version_1(struct span text, struct span *terms) {
    return span_starts_nocase(text, SPAN_LIT("v=spf1")) && take_version(text, 6, terms);
}

/* version   = "spf2." ver-minor scope
 * ver-minor = 1*DIGIT                          ; "otherwise ignored"
 * scope     = "/" scope-id *( "," scope-id )
 * scope-id  = "mfrom" / "pra" / name */
static bool is_version_2(struct span text, struct span *terms, bool *for_pra) {
    size_t at = 5;
    if (!span_starts_nocase(text, SPAN_LIT("spf2.")))
        return false;
    while (at < text.n && g_ascii_isdigit(text.p[at]))
        at++;
    if (at == 5 || at == text.n || text.p[at] != '/')
        return false;
    struct span scopes = span_from(text, at + 1);
    scopes = span_first(scopes, span_find(scopes, ' '));
    at += 1 + scopes.n;
    *for_pra = false;
    for (;;) {
        struct span scope = span_first(scopes, span_find(scopes, ','));
        if (scope.n == 0)
            return false;
        *for_pra = *for_pra || span_eq_nocase(scope, SPAN_LIT("pra"));
        if (scope.n == scopes.n)
            return take_version(text, at, terms);
        scopes = span_from(scopes, scope.n + 1);
    }
}

enum spf_selection spf_record_select(const struct span *records, guint n, enum spf_scope scope,
                                     struct span *terms) {
    guint found_1 = 0, found_2 = 0;
    struct span terms_1 = SPAN_NULL, terms_2 = SPAN_NULL, rest;
    for (guint i = 0; i < n; i++) {
        bool for_pra;
        if (is_version_1(records[i], &rest)) {
            found_1++;
            terms_1 = rest;
        } else if (scope == SPF_SCOPE_PRA && is_version_2(records[i], &rest, &for_pra) && for_pra) {
            found_2++;
            terms_2 = rest;
        }
    }
    guint found = found_2 ? found_2 : found_1;
    *terms = found_2 ? terms_2 : terms_1;
    return found > 1 ? SPF_SELECTED_SEVERAL : found ? SPF_SELECTED_ONE : SPF_SELECTED_NONE;
}

bool spf_record_depends_on_scope(const struct span *records, guint n) {
    for (guint i = 0; i < n; i++)
        if (span_starts_nocase(records[i], SPAN_LIT("spf2.")))
            return true;
    return false;
}

/* --- terms (RFC 7208 §12) ------------------------------------------------------------------- */

static const struct span mechanism_names[SPF_MECHANISM__MAX] = {
    [SPF_ALL] = SPAN_LIT("all"), [SPF_INCLUDE] = SPAN_LIT("include"), [SPF_A] = SPAN_LIT("a"),
    [SPF_MX] = SPAN_LIT("mx"),   [SPF_PTR] = SPAN_LIT("ptr"),         [SPF_IP4] = SPAN_LIT("ip4"),
    [SPF_IP6] = SPAN_LIT("ip6"), [SPF_EXISTS] = SPAN_LIT("exists"),
};

const char *spf_mechanism_name(enum spf_mechanism mechanism) {
    g_assert(mechanism < SPF_MECHANISM__MAX);
    return mechanism_names[mechanism].p;
}

/* ip4-cidr-length = "/" ("0" / %x31-39 0*1DIGIT)  ; value range 0-32
 * ip6-cidr-length = "/" ("0" / %x31-39 0*2DIGIT)  ; value range 0-128
 *
 * `digits` is what follows the slash. */
static bool read_prefix(struct span digits, guint most, uint8_t *prefix) {
    guint value = 0;
    if (digits.n == 0 || digits.n > 3 || (digits.n > 1 && digits.p[0] == '0'))
        return false;
    for (size_t i = 0; i < digits.n; i++) {
        if (!g_ascii_isdigit(digits.p[i]))
            return false;
        value = value * 10 + (guint)(digits.p[i] - '0');
    }
    *prefix = (uint8_t)value;
    return value <= most;
}

/* The digits at the end of `text`, or the empty span behind its end. */
static struct span trailing_digits(struct span text) {
    size_t at = text.n;
    while (at > 0 && g_ascii_isdigit(text.p[at - 1]))
        at--;
    return span_from(text, at);
}

static bool ends_in(struct span text, char c) {
    return text.n > 0 && text.p[text.n - 1] == c;
}

static struct span without_last(struct span text, size_t n) {
    return span_first(text, text.n - n);
}

/* dual-cidr-length = [ ip4-cidr-length ] [ "/" ip6-cidr-length ]
 *
 * Read from the end, since a domain-spec before it may hold slashes; what does not look like one
 * is left to the domain-spec. */
static bool take_dual_cidr(struct span *text, struct spf_directive *directive) {
    directive->prefix4 = 32;
    directive->prefix6 = 128;
    struct span digits = trailing_digits(*text), before = without_last(*text, digits.n);
    if (digits.n == 0 || !ends_in(before, '/'))
        return true;
    before = without_last(before, 1);
    if (!ends_in(before, '/')) {
        *text = before;
        return read_prefix(digits, 32, &directive->prefix4);
    }
    *text = before = without_last(before, 1);
    if (!read_prefix(digits, 128, &directive->prefix6))
        return false;
    digits = trailing_digits(before);
    before = without_last(before, digits.n);
    if (digits.n == 0 || !ends_in(before, '/'))
        return true;
    *text = without_last(before, 1);
    return read_prefix(digits, 32, &directive->prefix4);
}

/* ":" domain-spec, or nothing where `optional`. */
static bool read_domain(struct span text, bool optional, struct spf_directive *directive) {
    if (text.n == 0)
        return optional;
    directive->domain = span_from(text, 1);
    return text.p[0] == ':' && spf_macro_is_domain(directive->domain, &directive->letters);
}

/* ip4-network = qnum "." qnum "." qnum "." qnum
 * ip6-network = <as per Section 2.2 of [RFC4291]>
 *
 * An IPv4 address mapped into IPv6 stays an IPv6 network here: no client ever lies in it (§5). */
static bool read_network(struct span text, int family, struct spf_directive *directive) {
    char buffer[INET6_ADDRSTRLEN];
    if (text.n == 0 || text.p[0] != ':')
        return false;
    text = span_from(text, 1);
    struct span address = span_first(text, span_find(text, '/'));
    directive->network.size = family == AF_INET ? 4 : 16;
    uint8_t *prefix = family == AF_INET ? &directive->prefix4 : &directive->prefix6;
    *prefix = (uint8_t)(directive->network.size * 8);
    if (address.n < text.n && !read_prefix(span_from(text, address.n + 1), *prefix, prefix))
        return false;
    if (address.n >= sizeof buffer || span_find(address, '\0') < address.n)
        return false;
    memcpy(buffer, address.p, address.n);
    buffer[address.n] = '\0';
    return inet_pton(family, buffer, directive->network.octets) == 1;
}

/* all     = "all"
 * include = "include" ":" domain-spec
 * a       = "a"  [ ":" domain-spec ] [ dual-cidr-length ]
 * mx      = "mx" [ ":" domain-spec ] [ dual-cidr-length ]
 * ptr     = "ptr" [ ":" domain-spec ]
 * ip4     = "ip4" ":" ip4-network [ ip4-cidr-length ]
 * ip6     = "ip6" ":" ip6-network [ ip6-cidr-length ]
 * exists  = "exists" ":" domain-spec
 *
 * `rest` is what follows the name. */
static bool read_rest(struct span rest, struct spf_directive *directive) {
    switch (directive->mechanism) {
    case SPF_ALL:
        return rest.n == 0;
    case SPF_INCLUDE:
    case SPF_EXISTS:
        return read_domain(rest, false, directive);
    case SPF_A:
    case SPF_MX:
        return take_dual_cidr(&rest, directive) && read_domain(rest, true, directive);
    case SPF_PTR:
        return read_domain(rest, true, directive);
    case SPF_IP4:
        return read_network(rest, AF_INET, directive);
    case SPF_IP6:
        return read_network(rest, AF_INET6, directive);
    default:
        return false;
    }
}

static enum spf_mechanism mechanism_find(struct span name) {
    for (int i = SPF_ALL; i < SPF_MECHANISM__MAX; i++)
        if (span_eq_nocase(name, mechanism_names[i]))
            return (enum spf_mechanism)i;
    return SPF_NOTHING;
}

/* directive = [ qualifier ] mechanism
 * qualifier = "+" / "-" / "?" / "~" */
static bool read_directive(struct span term, struct spf_directive *directive) {
    static const enum auth_result results[] = {AUTH_PASS, AUTH_FAIL, AUTH_NEUTRAL, AUTH_SOFTFAIL};
    static const char qualifiers[] = "+-?~";
    const char *qualifier = term.p[0] ? strchr(qualifiers, term.p[0]) : NULL;
    *directive = (struct spf_directive){.text = term, .result = AUTH_PASS};
    if (qualifier) {
        directive->result = results[qualifier - qualifiers];
        term = span_from(term, 1);
    }
    size_t name = 0;
    while (name < term.n && g_ascii_isalnum(term.p[name]))
        name++;
    directive->mechanism = mechanism_find(span_first(term, name));
    return read_rest(span_from(term, name), directive);
}

/* Octets of `name "="` at the start of a term; 0 if it is no modifier.
 * name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ) */
static size_t modifier_name(struct span term) {
    size_t n = 0;
    while (n < term.n &&
           (g_ascii_isalnum(term.p[n]) || (n && term.p[n] && strchr("-_.", term.p[n]))))
        n++;
    return n > 0 && n < term.n && term.p[n] == '=' && g_ascii_isalpha(term.p[0]) ? n : 0;
}

/* redirect and exp: once at most (§6). */
static bool read_known_modifier(struct span value, struct span *slot, uint32_t *letters) {
    if (slot->p)
        return false;
    *slot = value;
    return spf_macro_is_domain(value, letters);
}

/* modifier         = redirect / explanation / unknown-modifier
 * redirect         = "redirect" "=" domain-spec
 * explanation      = "exp" "=" domain-spec
 * unknown-modifier = name "=" macro-string */
static bool read_modifier(struct span term, size_t n, struct spf_record *record) {
    struct span name = span_first(term, n), value = span_from(term, n + 1);
    if (span_eq_nocase(name, SPAN_LIT("redirect")))
        return read_known_modifier(value, &record->redirect, &record->redirect_letters);
    if (span_eq_nocase(name, SPAN_LIT("exp")))
        return read_known_modifier(value, &record->exp, NULL);
    return spf_macro_is_string(value);
}

/* One more at the end, to be filled. */
static struct spf_directive *new_directive(struct spf_record *record) {
    bool usual = record->directives == record->usual;
    if (record->n == record->room) {
        record->room = 2 * MAX(record->room, SPF_USUAL_TERMS);
        record->directives =
            g_renew(struct spf_directive, usual ? NULL : record->directives, record->room);
        if (usual)
            memcpy(record->directives, record->usual, sizeof record->usual);
    }
    return &record->directives[record->n++];
}

static bool read_term(struct span term, struct spf_record *record) {
    size_t name = modifier_name(term);
    return name ? read_modifier(term, name, record) : read_directive(term, new_directive(record));
}

/* terms = *( 1*SP ( directive / modifier ) ) */
bool spf_record_parse(struct span terms, struct spf_record *record) {
    record->directives = record->usual; /* not cleared: written before it is read */
    record->room = SPF_USUAL_TERMS;
    record->n = 0;
    record->redirect = record->exp = SPAN_NULL;
    record->redirect_letters = 0;
    if (terms.n > LIMIT_SPF_RECORD)
        return false;
    while (terms.n) {
        if (terms.p[0] == ' ') {
            terms = span_from(terms, 1);
            continue;
        }
        struct span term = span_first(terms, span_find(terms, ' '));
        if (!read_term(term, record))
            return false;
        terms = span_from(terms, term.n);
    }
    return true;
}

void spf_record_clear(struct spf_record *record) {
    if (record->directives != record->usual)
        g_free(record->directives);
}
