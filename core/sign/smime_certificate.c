/* SPDX-License-Identifier: MIT */
#include "sign/smime_certificate.h"

#include "base/limits.h"
#include "mail/domain.h"

#include <openssl/core_names.h>
#include <openssl/x509v3.h>
#include <time.h>

bool smime_time_read(const struct asn1_string_st *time, int64_t *seconds) {
    struct tm tm = {0};
    if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
        return false;
    *seconds = timegm(&tm);
    return true;
}

/* RFC 4514 with UTF-8 as it is. */
static char *name_text(const X509_NAME *name) {
    BIO *out = BIO_new(BIO_s_mem());
    g_assert(out);
    X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char *text;
    long n = BIO_get_mem_data(out, &text);
    char *copy = n > 0 ? g_utf8_make_valid(text, n) : g_strdup("");
    BIO_free(out);
    return copy;
}

static char *entry_text(const X509_NAME *name, int nid) {
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    unsigned char *text = NULL;
    if (at < 0)
        return NULL;
    int n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    char *copy = n > 0 ? g_utf8_make_valid((char *)text, n) : NULL;
    OPENSSL_free(text);
    return copy;
}

static char *issuer_name(const X509 *x509) {
    const X509_NAME *issuer = X509_get_issuer_name(x509);
    char *name = entry_text(issuer, NID_organizationName);
    return name ? name : entry_text(issuer, NID_commonName);
}

static char *hex(const uint8_t *octets, size_t n) {
    GString *text = g_string_sized_new(2 * n);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%02x", octets[i]);
    return g_string_free(text, FALSE);
}

/* --- addresses ------------------------------------------------------------------------------ */

/* Octets that no address in use holds: then it is none, whatever stands before them (F132). */
static bool is_printable(struct span text) {
    for (size_t i = 0; i < text.n; i++)
        if ((uint8_t)text.p[i] <= 0x20 || text.p[i] == 0x7f)
            return false;
    return g_utf8_validate(text.p, (gssize)text.n, NULL);
}

/* Mailbox ::= Local-part "@" Domain (RFC 5321 §4.1.2, RFC 9598 §3). */
static void add_address(GPtrArray *list, const ASN1_STRING *string) {
    struct span text =
        span_make((const char *)ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string));
    const char *at = text.n ? memrchr(text.p, '@', text.n) : NULL;
    if (!at || at == text.p || list->len >= LIMIT_SMIME_ADDRESSES || !is_printable(text))
        return;
    size_t n = (size_t)(at - text.p);
    g_autofree char *domain = domain_parse(span_from(text, n + 1), 0, NULL);
    if (domain)
        g_ptr_array_add(list, g_strdup_printf("%.*s@%s", (int)n, text.p, domain));
}

static void add_name(GPtrArray *list, const GENERAL_NAME *name) {
    int type;
    const void *value = GENERAL_NAME_get0_value(name, &type);
    if (type == GEN_EMAIL) {
        add_address(list, value);
    } else if (type == GEN_OTHERNAME) {
        const OTHERNAME *other = value;
        if (OBJ_obj2nid(other->type_id) == NID_id_on_SmtpUTF8Mailbox &&
            other->value->type == V_ASN1_UTF8STRING)
            add_address(list, other->value->value.utf8string);
    }
}

static void add_alternative_names(GPtrArray *list, const X509 *x509) {
    GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++)
        add_name(list, sk_GENERAL_NAME_value(names, i));
    GENERAL_NAMES_free(names);
}

static void add_subject_addresses(GPtrArray *list, const X509 *x509) {
    const X509_NAME *subject = X509_get_subject_name(x509);
    int at = -1;
    while ((at = X509_NAME_get_index_by_NID(subject, NID_pkcs9_emailAddress, at)) >= 0)
        add_address(list, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

/* The subjectAltName decides where it names an address: RFC 5280 §4.1.2.6 has emailAddress in the
 * subject for old certificates alone. */
static char **read_addresses(const X509 *x509) {
    GPtrArray *list = g_ptr_array_new();
    add_alternative_names(list, x509);
    if (!list->len)
        add_subject_addresses(list, x509);
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

enum signature_check smime_certificate_address(const struct smime_certificate *certificate,
                                               const char *author) {
    if (!certificate->addresses || !certificate->addresses[0])
        return CHECK_NONE;
    for (char **address = certificate->addresses; author && *address; address++)
        if (g_ascii_strcasecmp(*address, author) == 0)
            return CHECK_PASS;
    return CHECK_FAIL;
}

/* --- key ------------------------------------------------------------------------------------- */

static const char *algorithm_name(int id) {
    switch (id) {
    case EVP_PKEY_RSA:
        return "rsa";
    case EVP_PKEY_RSA_PSS:
        return "rsa-pss";
    case EVP_PKEY_EC:
        return "ec";
    case EVP_PKEY_DSA:
        return "dsa";
    case EVP_PKEY_ED25519:
        return "ed25519";
    case EVP_PKEY_ED448:
        return "ed448";
    default:
        return "unknown";
    }
}

/* RFC 8551 §4.2; a curve of the sender's own invention proves nothing. */
static bool is_weak(const EVP_PKEY *key, int id, int bits) {
    int invented = 0;
    if (id == EVP_PKEY_EC)
        return bits < 224 ||
               (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                       &invented) &&
                invented);
    return id == EVP_PKEY_DSA || bits < LIMIT_SMIME_RSA_MIN_BITS;
}

enum signature_check smime_certificate_strength(const struct x509_st *x509, uint64_t *errors) {
    const EVP_PKEY *key = X509_get0_pubkey(x509);
    int id = key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;
    int bits = key ? EVP_PKEY_get_bits(key) : 0;
    if (id != EVP_PKEY_RSA && id != EVP_PKEY_RSA_PSS && id != EVP_PKEY_EC && id != EVP_PKEY_DSA) {
        *errors |= UINT64_C(1) << SMIME_UNSUPPORTED;
        return CHECK_UNKNOWN;
    }
    if (bits > LIMIT_SMIME_RSA_MAX_BITS) {
        *errors |= UINT64_C(1) << SMIME_TOO_LARGE;
        return CHECK_FAIL;
    }
    if (!is_weak(key, id, bits))
        return CHECK_PASS;
    *errors |= UINT64_C(1) << SMIME_WEAK_KEY;
    return CHECK_FAIL;
}

/* --- the whole ------------------------------------------------------------------------------- */

static char *serial_text(const X509 *x509) {
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
    return hex(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial));
}

void smime_certificate_read(struct smime_certificate *certificate, const struct x509_st *x509) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    const EVP_PKEY *key = X509_get0_pubkey(x509);
    *certificate = (struct smime_certificate){
        .subject = name_text(X509_get_subject_name(x509)),
        .issuer = name_text(X509_get_issuer_name(x509)),
        .issuer_name = issuer_name(x509),
        .addresses = read_addresses(x509),
        .serial = serial_text(x509),
        .key_algorithm = algorithm_name(key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE),
        .key_bits = key ? (guint)EVP_PKEY_get_bits(key) : 0};
    smime_time_read(X509_get0_notBefore(x509), &certificate->not_before);
    smime_time_read(X509_get0_notAfter(x509), &certificate->not_after);
    X509_digest(x509, EVP_sha256(), digest, &n);
    certificate->fingerprint = hex(digest, n);
}

void smime_certificate_copy(struct smime_certificate *to, const struct smime_certificate *from) {
    *to = *from;
    to->subject = g_strdup(from->subject);
    to->issuer = g_strdup(from->issuer);
    to->issuer_name = g_strdup(from->issuer_name);
    to->addresses = g_strdupv(from->addresses);
    to->serial = g_strdup(from->serial);
    to->fingerprint = g_strdup(from->fingerprint);
}

void smime_certificate_clear(struct smime_certificate *certificate) {
    g_free(certificate->subject);
    g_free(certificate->issuer);
    g_free(certificate->issuer_name);
    g_strfreev(certificate->addresses);
    g_free(certificate->serial);
    g_free(certificate->fingerprint);
}
