/* SPDX-License-Identifier: MIT
 *
 * RFC 6376 §3.5, with the algorithms of RFC 8301 and RFC 8463 and the U-labels of RFC 8616 §5:
 *
 *     v=1 a= b= bh= d= h= s=           required
 *     c= i= l= q= t= x= z=             optional
 *     d= domain-name = sub-domain 1*("." sub-domain)      two labels at least
 *     s= selector    = sub-domain *("." sub-domain)       letters, digits, hyphens: no "_"
 *     i= [Local-part] "@" domain-name                     in dkim-quoted-printable (§2.11)
 *
 * ARC-Message-Signature (RFC 8617 §4.1.2) differs in v= (ignored) and i= (the instance); ARC-Seal
 * (§4.1.3) has a= b= cv= d= i= s= t= and must not have h=.
 *
 * Keywords are compared without case (they are literals of ABNF, RFC 5234 §2.3). z= is a diagnostic
 * copy and never read. The first fault is the signature's reason. */
#include "auth/dkim_signature.h"

#include "auth/tag_list.h"

enum { LENGTH_DIGITS = 76, TIME_DIGITS = 12 }; /* §3.5: l=, t= and x= */

static void refuse(struct dkim_signature *signature, enum dkim_reason reason) {
    if (!signature->reason)
        signature->reason = reason;
}

static bool is_word(struct span value, const char *word) {
    return span_eq_nocase(value, span_of(word));
}

/* --- d= s= i= -------------------------------------------------------------------------------- */

static void read_domain(struct dkim_signature *signature, struct span value) {
    char *name = signature->at_domain + 1;
    signature->at_domain[0] = '@';
    if (domain_write(value, 0, NULL, name) && strchr(name, '.'))
        signature->domain = name;
    else
        refuse(signature, DKIM_BAD_DOMAIN);
}

/* The selector is read as the labels in front of d=: alone, "20230601" would be no domain. */
bool dkim_selector_read(struct span value, const char *domain, struct dkim_selector *selector) {
    struct span d = span_of(domain), domainkey = SPAN_LIT("._domainkey.");
    char usual[2 * DOMAIN_SIZE];
    size_t n = value.n + 1 + d.n;
    g_autofree char *longer = n > sizeof usual ? g_malloc(n) : NULL;
    char *joined = longer ? longer : usual, *labels = selector->labels, *put = selector->key_name;
    *put = '\0';
    if (value.n)
        memcpy(joined, value.p, value.n);
    joined[value.n] = '.';
    memcpy(joined + value.n + 1, d.p, d.n);
    if (!domain_write(span_make(joined, n), 0, NULL, labels))
        return false;
    size_t length = strlen(labels) - d.n - 1;
    labels[length] = '\0';
    if (length + domainkey.n + d.n > LIMIT_DOMAIN)
        return true;
    put = mempcpy(put, labels, length);
    put = mempcpy(put, domainkey.p, domainkey.n);
    memcpy(put, d.p, d.n + 1);
    return true;
}

static void read_selector(struct dkim_signature *signature, struct span value) {
    struct dkim_selector *selector = &signature->selector_names;
    if (!signature->domain)
        return;
    if (dkim_selector_read(value, signature->domain, selector))
        signature->selector = selector->labels;
    if (*selector->key_name)
        signature->key_name = selector->key_name;
    else
        refuse(signature, DKIM_BAD_SELECTOR);
}

/* dkim-quoted-printable = *(FWS / "=" 2HEXDIG / dkim-safe-char): white space means nothing. Writes
 * at most value.n octets and a NUL. */
static bool decode_quoted(struct span value, char *out) {
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        if (c == '=') {
            int high = i + 2 < value.n ? g_ascii_xdigit_value(value.p[i + 1]) : -1;
            int low = high >= 0 ? g_ascii_xdigit_value(value.p[i + 2]) : -1;
            if (low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (g_ascii_iscntrl(c))
            return false;
        *out++ = c;
    }
    *out = '\0';
    return true;
}

/* "the domain part MUST be the same as, or a subdomain of, the value of d=" */
static enum dkim_reason read_identity(struct dkim_signature *signature, struct span value) {
    char domain[DOMAIN_SIZE];
    if (span_eq(value, span_of(signature->at_domain))) /* what is meant where it is absent */
        return DKIM_REASON_NONE;
    g_autofree char *identity = g_malloc(value.n + 1);
    bool good = decode_quoted(value, identity) && g_utf8_validate(identity, -1, NULL);
    const char *at = good ? strrchr(identity, '@') : NULL;
    if (!at || !domain_write(span_of(at + 1), 0, NULL, domain))
        return DKIM_SYNTAX;
    signature->identity = signature->own_identity = g_steal_pointer(&identity);
    signature->i_below_d = !domain_is_equal(domain, signature->domain);
    return domain_is_equal_or_below(domain, signature->domain) ? DKIM_REASON_NONE
                                                               : DKIM_I_NOT_UNDER_D;
}

static void read_names(struct dkim_signature *signature, const struct tag_list *list,
                       enum dkim_signature_kind kind) {
    const struct tag *d = tag_list_find(list, "d"), *s = tag_list_find(list, "s"),
                     *i = tag_list_find(list, "i");
    if (d)
        read_domain(signature, d->value);
    if (s)
        read_selector(signature, s->value);
    if (!signature->domain)
        return;
    signature->identity = signature->at_domain;
    if (i && kind == DKIM_SIGNATURE_FIELD)
        refuse(signature, read_identity(signature, i->value));
}

/* --- a= c= q= -------------------------------------------------------------------------------- */

static void read_algorithm(struct dkim_signature *signature, struct span value) {
    for (int i = DKIM_RSA_SHA256; i <= DKIM_RSA_SHA1; i++)
        if (is_word(value, dkim_algorithm_name((enum dkim_algorithm)i)))
            signature->algorithm = (enum dkim_algorithm)i;
    if (!signature->algorithm)
        refuse(signature, DKIM_UNKNOWN_ALGORITHM);
    else if (signature->algorithm == DKIM_RSA_SHA1)
        refuse(signature, DKIM_OBSOLETE_ALGORITHM);
}

static bool parse_canon(struct span word, enum dkim_canon *canon) {
    *canon = is_word(word, "relaxed") ? DKIM_RELAXED : DKIM_SIMPLE;
    return *canon == DKIM_RELAXED || is_word(word, "simple");
}

/* header ["/" body]; each is "simple" where it is absent. */
static void read_canon(struct dkim_signature *signature, struct span value) {
    size_t slash = span_find(value, '/');
    if (!parse_canon(span_first(value, slash), &signature->header_canon) ||
        (slash < value.n && !parse_canon(span_from(value, slash + 1), &signature->body_canon)))
        refuse(signature, DKIM_CANONICALIZATION);
}

/* A list of ways to get the key; those not known are ignored. */
static void read_query(struct dkim_signature *signature, struct span value) {
    struct span rest = value, method;
    while (tag_value_next(&rest, &method))
        if (is_word(method, "dns/txt"))
            return;
    refuse(signature, DKIM_QUERY_METHOD);
}

/* --- h= b= bh= ------------------------------------------------------------------------------- */

/* hdr-name = field-name of RFC 5322 §3.6.8: visible ASCII without the colon. */
static bool is_field_name(struct span name) {
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] < 33 || name.p[i] > 126)
            return false;
    return name.n > 0;
}

/* How many names h= holds at most. */
static guint count_names(const struct tag *h) {
    guint count = h ? 1 : 0;
    for (size_t i = 0; h && i < h->value.n; i++)
        count += h->value.p[i] == ':';
    return count;
}

/* h= hdr-name *( [FWS] ":" [FWS] hdr-name ), From among them (§5.4). ARC: none need be named, an
 * empty name is none, and a seal is never among them (RFC 8617 §4.1.2). */
static void read_headers(struct dkim_signature *signature, const struct tag *h,
                         enum dkim_signature_kind kind) {
    bool arc = kind != DKIM_SIGNATURE_FIELD, from = arc;
    if (signature->n_room > LIMIT_DKIM_H) {
        refuse(signature, DKIM_TOO_LARGE);
        return;
    }
    signature->headers = signature->header_names;
    struct span rest = h->value, name;
    while (tag_value_next(&rest, &name)) {
        if (arc && !name.n)
            continue;
        if (arc && is_word(name, "arc-seal"))
            refuse(signature, DKIM_H_WITH_SEAL);
        if (!is_field_name(name)) {
            refuse(signature, h->value.n ? DKIM_SYNTAX : DKIM_H_WITHOUT_FROM);
            signature->n_headers = 0;
            return;
        }
        from = from || is_word(name, "from");
        signature->headers[signature->n_headers++] = name;
    }
    if (!from)
        refuse(signature, DKIM_H_WITHOUT_FROM);
}

static void read_body_hash(struct dkim_signature *signature, struct span value) {
    unsigned char hash[64]; /* longer than any hash there is */
    size_t n = 0;
    if (!tag_value_base64(value, hash, sizeof hash, &n))
        refuse(signature, DKIM_SYNTAX);
    else if (n != DKIM_SHA256_SIZE)
        refuse(signature, DKIM_BODY_HASH_LENGTH);
    else
        memcpy(signature->body_hash, hash, n);
}

static void read_b(struct dkim_signature *signature, const struct tag *b) {
    signature->own_b = b->raw;
    if (!tag_value_base64(b->value, signature->b, sizeof signature->b, &signature->n_b))
        refuse(signature, DKIM_SYNTAX);
}

/* --- l= t= x= -------------------------------------------------------------------------------- */

static void read_time(struct dkim_signature *signature, const struct tag *tag, int64_t *time) {
    uint64_t seconds;
    if (!tag)
        return;
    if (tag_value_number(tag->value, TIME_DIGITS, &seconds))
        *time = (int64_t)seconds;
    else
        refuse(signature, DKIM_SYNTAX);
}

static void read_numbers(struct dkim_signature *signature, const struct tag_list *list) {
    const struct tag *l = tag_list_find(list, "l");
    if (l) {
        signature->limited = true;
        if (!tag_value_number(l->value, LENGTH_DIGITS, &signature->limit))
            refuse(signature, DKIM_SYNTAX);
    }
    read_time(signature, tag_list_find(list, "t"), &signature->signed_at);
    read_time(signature, tag_list_find(list, "x"), &signature->expires);
    /* "The value of the "x=" tag MUST be greater than the value of the "t=" tag" */
    if (signature->signed_at >= 0 && signature->expires >= 0 &&
        signature->expires <= signature->signed_at)
        refuse(signature, DKIM_EXPIRES_BEFORE_SIGNED);
}

/* --- the field ------------------------------------------------------------------------------- */

static void check_required(struct dkim_signature *signature, const struct tag_list *list,
                           enum dkim_signature_kind kind) {
    static const struct span required[][8] = {
        [DKIM_SIGNATURE_FIELD] =
            {{"v", 1}, {"a", 1}, {"b", 1}, {"bh", 2}, {"d", 1}, {"h", 1}, {"s", 1}},
        [ARC_MESSAGE_SIGNATURE_FIELD] =
            {{"a", 1}, {"b", 1}, {"bh", 2}, {"d", 1}, {"h", 1}, {"s", 1}},
        [ARC_SEAL_FIELD] = {{"a", 1}, {"b", 1}, {"d", 1}, {"s", 1}},
    };
    const struct tag *v = tag_list_find(list, "v");
    if (v && kind == DKIM_SIGNATURE_FIELD && !span_eq(v->value, SPAN_LIT("1")))
        refuse(signature, DKIM_VERSION);
    /* "if found, MUST result in a cv status of fail" (RFC 8617 §4.1.3) */
    if (kind == ARC_SEAL_FIELD && tag_list_find(list, "h"))
        refuse(signature, DKIM_SEAL_WITH_H);
    for (const struct span *name = required[kind]; name->n; name++)
        if (!tag_list_search(list, *name))
            refuse(signature, DKIM_MISSING_TAG);
}

static struct span value_of(const struct tag_list *list, const char *name) {
    const struct tag *tag = tag_list_find(list, name);
    return tag ? tag->value : SPAN_NULL;
}

/* What a message signature has and a seal has not. */
static void read_coverage(struct dkim_signature *signature, const struct tag_list *list,
                          enum dkim_signature_kind kind) {
    const struct tag *bh = tag_list_find(list, "bh"), *c = tag_list_find(list, "c"),
                     *h = tag_list_find(list, "h"), *q = tag_list_find(list, "q");
    signature->canon_given = c != NULL;
    if (c)
        read_canon(signature, c->value);
    if (q)
        read_query(signature, q->value);
    if (h)
        read_headers(signature, h, kind);
    if (bh)
        read_body_hash(signature, bh->value);
}

static void read_tags(struct dkim_signature *signature, const struct tag_list *list,
                      enum dkim_signature_kind kind) {
    const struct tag *a = tag_list_find(list, "a"), *b = tag_list_find(list, "b");
    check_required(signature, list, kind);
    read_names(signature, list, kind);
    if (a)
        read_algorithm(signature, a->value);
    if (kind != ARC_SEAL_FIELD)
        read_coverage(signature, list, kind);
    if (b)
        read_b(signature, b);
    if (kind != DKIM_SIGNATURE_FIELD)
        signature->instance = value_of(list, "i");
    if (kind == ARC_SEAL_FIELD) {
        signature->header_canon = DKIM_RELAXED;
        signature->chain_status = value_of(list, "cv");
        read_time(signature, tag_list_find(list, "t"), &signature->signed_at);
    } else {
        read_numbers(signature, list);
    }
}

struct dkim_signature *dkim_signature_parse(const struct message *message, guint index) {
    return dkim_signature_parse_kind(message, index, DKIM_SIGNATURE_FIELD);
}

/* Zeroed, with room for so many names of h=. */
static struct dkim_signature *signature_new(guint index, guint n_names) {
    struct dkim_signature *signature =
        g_malloc(sizeof *signature + MIN(n_names, LIMIT_DKIM_H) * sizeof(struct span));
    memset(signature, 0, sizeof *signature);
    signature->field = index;
    signature->n_room = n_names;
    signature->signed_at = signature->expires = -1;
    return signature;
}

struct dkim_signature *dkim_signature_parse_kind(const struct message *message, guint index,
                                                 enum dkim_signature_kind kind) {
    const struct field *field = &message->fields[index];
    struct tag_list list;
    bool too_large = field->raw.n > LIMIT_DKIM_SIZE,
         good = !too_large && tag_list_parse(field->value, TAG_LIST_8BIT, &list);
    struct dkim_signature *signature =
        signature_new(index, good ? count_names(tag_list_find(&list, "h")) : 0);
    if (good)
        read_tags(signature, &list, kind);
    else if (too_large || list.error == TAG_LIST_TOO_MANY)
        refuse(signature, DKIM_TOO_LARGE);
    else
        refuse(signature, list.error == TAG_LIST_DUPLICATE ? DKIM_DUPLICATE_TAG : DKIM_SYNTAX);
    return signature;
}

void dkim_signature_free(struct dkim_signature *signature) {
    if (!signature)
        return;
    g_free(signature->own_identity);
    g_free(signature);
}
