/* SPDX-License-Identifier: MIT
 *
 * The table of keys, and the strict reading of a key file: GKeyFile merges sections of one name,
 * lets the last of two equal keys win and reports nothing unknown, so all three are checked here.
 */
#include "fcgi/config.h"

#include "auth/belief.h"
#include "base/limits.h"
#include "base/span.h"
#include "fcgi/config_reputation.h"
#include "fcgi/config_trust.h"
#include "fcgi/config_value.h"
#include "mail/domain.h"
#include "repute/dnsbl.h"

#include <stddef.h>
#include <string.h>

G_DEFINE_QUARK(inkan - config - error, config_error)

enum shape {
    SHAPE_PATH,
    SHAPE_FILE,
    SHAPE_HOST,
    SHAPE_DNS_SERVER,
    SHAPE_NUMBER,
    SHAPE_WORD,
    SHAPE_DOMAINS,
    SHAPE_LISTS,
    SHAPE_ORIGINS
};

/* One key: where it stands, what it may be, where it goes, what it is when absent (NULL: it must be
 * there; "": none). A number is multiplied by `unit`; words are listed in the order of their enum.
 */
struct key {
    const char *section, *name;
    enum shape shape;
    size_t offset;
    const char *standard;
    unsigned lo, hi, unit;
    const char *const *words;
};

static const char *const verify_words[] = {"missing", "always", "never", NULL};
static const char *const dnssec_words[] = {"auto", "on", NULL};
static const char *const require_words[] = {"cmc", "vmc", "self", "off", NULL};
static const char *const no_yes_words[] = {"no", "yes", NULL};
static const char *const wkd_words[] = {"off", "arrival", NULL};
static const char *const log_words[] = {"error", "warning", "notice", "debug", NULL};

#define AT(member) offsetof(struct config, member)
static const struct key keys[] = {
    {"server", "socket", SHAPE_PATH, AT(socket), "/run/inkan/inkan.sock"},
    {"server", "threads", SHAPE_NUMBER, AT(threads), "8", 2, 256, 1},
    {"server", "verifiers", SHAPE_NUMBER, AT(verifiers), "2", 1, 64, 1},
    {"server", "workers", SHAPE_NUMBER, AT(workers), "2", 1, 64, 1},
    {"server", "worker-program", SHAPE_FILE, AT(worker_program), ""},
    {"imap", "host", SHAPE_HOST, AT(imap_host), "localhost"},
    {"imap", "port", SHAPE_NUMBER, AT(imap_port), "993", 1, 65535, 1},
    {"imap", "ca-file", SHAPE_FILE, AT(imap_ca_file), ""},
    {"imap", "timeout", SHAPE_NUMBER, AT(imap_timeout), "30", 1, 300, 1},
    {"trust", "verify", SHAPE_WORD, AT(verify), "missing", 0, 0, 0, verify_words},
    {"trust", "known-names", SHAPE_FILE, AT(known_names), ""},
    {"trust", "providers", SHAPE_DOMAINS, AT(providers), ""},
    {"dns", "server", SHAPE_DNS_SERVER, AT(dns_server), ""},
    {"dns", "trust-anchor", SHAPE_FILE, AT(dns_trust_anchor), ""},
    {"dns", "dnssec", SHAPE_WORD, AT(dnssec), "auto", 0, 0, 0, dnssec_words},
    {"brand", "require", SHAPE_WORD, AT(brand.require), "cmc", 0, 0, 0, require_words},
    {"brand", "allow", SHAPE_DOMAINS, AT(brand.allow), ""},
    {"brand", "block", SHAPE_DOMAINS, AT(brand.block), ""},
    {"brand", "mark-roots", SHAPE_FILE, AT(brand_mark_roots), ""},
    {"brand", "https-ca", SHAPE_FILE, AT(brand_https_ca), ""},
    {"smime", "ca-file", SHAPE_FILE, AT(smime_ca), ""},
    {"smime", "crl-file", SHAPE_FILE, AT(smime_crls), ""},
    {"smime", "ocsp-file", SHAPE_FILE, AT(smime_ocsp), ""},
    {"openpgp", "keyring", SHAPE_PATH, AT(openpgp_keyring), ""},
    {"reputation", "block-lists", SHAPE_LISTS, AT(reputation), ""},
    {"reputation", "allow-lists", SHAPE_LISTS, AT(reputation), ""},
    {"reputation", "domain-lists", SHAPE_LISTS, AT(reputation), ""},
    {"reputation", "meanings", SHAPE_LISTS, AT(reputation), ""},
    {"openpgp", "wkd", SHAPE_WORD, AT(openpgp_wkd), "off", 0, 0, 0, wkd_words},
    {"store", "path", SHAPE_PATH, AT(store_path), "/var/lib/inkan/inkan.db"},
    {"store", "days", SHAPE_NUMBER, AT(store_days), "1100", 0, 36500, 1},
    {"web", "origin", SHAPE_ORIGINS, AT(origins), NULL},
    {"web", "session-hours", SHAPE_NUMBER, AT(session_seconds), "12", 1, 720, 3600},
    {"web", "max-body-mb", SHAPE_NUMBER, AT(max_body), "32", 1, 64, 1u << 20},
    {"web", "remote-images", SHAPE_WORD, AT(remote_images), "yes", 0, 0, 0, no_yes_words},
    {"log", "level", SHAPE_WORD, AT(log_level), "notice", 0, 0, 0, log_words},
};

bool config_key_at(size_t i, const char **section, const char **name, const char **standard) {
    if (i >= G_N_ELEMENTS(keys))
        return false;
    *section = keys[i].section;
    *name = keys[i].name;
    *standard = keys[i].standard;
    return true;
}

static bool fail(const struct config *config, const char *section, const char *key,
                 const char *right, GError **error) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "%s: [%s] %s: %s", config->file, section,
                key, right);
    return false;
}

/* Origins decide the cookie: all https, or all plain and on this machine. */
static bool set_origins(struct config *config, const struct key *key, const char *text,
                        GError **error) {
    const char *right = config_value_list(text, &config->origins);
    if (right)
        return fail(config, key->section, key->name, right, error);
    guint n = g_strv_length(config->origins);
    for (guint i = 0; i < n && !right; i++) {
        bool secure = false;
        right = config_value_origin(config->origins[i], &secure);
        if (!right && i && secure != config->secure_cookie)
            right = "write https origins or http origins of this machine, not both";
        config->secure_cookie = secure;
    }
    if (n == 0)
        right = "write the origin that browsers see, such as https://mail.example.org";
    return !right || fail(config, key->section, key->name, right, error);
}

/* Kept as the verdict compares them: lower-case A-labels. */
static bool set_domains(struct config *config, const struct key *key, const char *text,
                        GError **error) {
    char ***out = (char ***)(void *)((char *)config + key->offset);
    const char *right = config_value_list(text, out);
    for (char **d = *out; !right && *d; d++) {
        char *domain = domain_parse(span_of(*d), 0, NULL);
        if (!domain || !domain_parent(domain))
            right = "write domain names separated by commas, such as freemail.example";
        g_free(domain ? *d : NULL);
        *d = domain ? domain : *d;
    }
    return !right || fail(config, key->section, key->name, right, error);
}

static bool set_lists(struct config *config, const struct key *key, const char *text,
                      GError **error) {
    g_autoptr(GError) inner = NULL;
    return config_reputation_add(config->reputation, key->name, text, &inner) ||
           fail(config, key->section, key->name, inner->message, error);
}

static bool set_number(struct config *config, const struct key *key, const char *text,
                       GError **error) {
    unsigned *out = (unsigned *)(void *)((char *)config + key->offset);
    if (config_value_number(text, key->lo, key->hi, out)) {
        *out *= key->unit;
        return true;
    }
    g_autofree char *right = g_strdup_printf("write a number from %u to %u", key->lo, key->hi);
    return fail(config, key->section, key->name, right, error);
}

static bool set_word(struct config *config, const struct key *key, const char *text,
                     GError **error) {
    for (unsigned i = 0; key->words[i]; i++) {
        if (strcmp(text, key->words[i]) == 0) {
            /* Every enum set here starts at 0 and is as wide as an unsigned. */
            *(unsigned *)(void *)((char *)config + key->offset) = i;
            return true;
        }
    }
    g_autoptr(GString) right = g_string_new("write one of: ");
    for (unsigned i = 0; key->words[i]; i++)
        g_string_append_printf(right, "%s%s", i ? ", " : "", key->words[i]);
    return fail(config, key->section, key->name, right->str, error);
}

static bool set_text(struct config *config, const struct key *key, const char *text,
                     GError **error) {
    char **out = (char **)(void *)((char *)config + key->offset);
    const char *right = NULL;
    if (!*text && key->standard && !*key->standard)
        return true; /* an optional key that is there and empty: as if absent */
    if (key->shape == SHAPE_PATH)
        right = config_value_path(text, out);
    else if (key->shape == SHAPE_FILE)
        right = config_value_file(text, out);
    else if (key->shape == SHAPE_HOST)
        right = config_value_host(text, out);
    else
        right = config_value_dns_server(text, out);
    return !right || fail(config, key->section, key->name, right, error);
}

static bool set(struct config *config, const struct key *key, const char *text, GError **error) {
    switch (key->shape) {
    case SHAPE_NUMBER:
        return set_number(config, key, text, error);
    case SHAPE_WORD:
        return set_word(config, key, text, error);
    case SHAPE_DOMAINS:
        return set_domains(config, key, text, error);
    case SHAPE_LISTS:
        return set_lists(config, key, text, error);
    case SHAPE_ORIGINS:
        return set_origins(config, key, text, error);
    default:
        return set_text(config, key, text, error);
    }
}

static const struct key *key_find(const char *section, const char *name) {
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

/* "did you mean" without guessing: the names that are there. */
static char *names_of(const char *section) {
    g_autoptr(GString) names = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i].section, section) == 0)
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", keys[i].name);
    if (strcmp(section, "trust") == 0)
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", config_trust_names());
    return g_strdup(names->str);
}

static bool section_known(const char *section) {
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i].section, section) == 0)
            return true;
    return g_str_has_prefix(section, "trust ");
}

static bool check_names(const struct config *config, GKeyFile *file, GError **error) {
    g_auto(GStrv) sections = g_key_file_get_groups(file, NULL);
    for (char **s = sections; *s; s++) {
        if (!section_known(*s)) {
            g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                        "%s: [%s]: there is no such section; there are: server, imap, trust, trust "
                        "HOST, dns, brand, smime, openpgp, reputation, store, web, log",
                        config->file, *s);
            return false;
        }
        g_auto(GStrv) names = g_key_file_get_keys(file, *s, NULL, NULL);
        bool of_host = g_str_has_prefix(*s, "trust ");
        for (char **n = names; n && *n; n++) {
            bool trust = of_host || strcmp(*s, "trust") == 0;
            if (key_find(*s, *n) || (trust && config_trust_is_key(*n)))
                continue;
            g_autofree char *known = of_host ? g_strdup(config_trust_names()) : names_of(*s);
            g_autofree char *right =
                g_strdup_printf("there is no such key; the section has: %s", known);
            return fail(config, *s, *n, right, error);
        }
    }
    return true;
}

/* GKeyFile would let the last of two win without a word. Lines as it reads them: "[section]",
 * "key = value", "#…", empty. */
static bool check_twice(const struct config *config, struct span text, GError **error) {
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *section = g_strdup("");
    while (text.n) {
        size_t end = span_find(text, '\n');
        struct span line = span_trim_fws(span_first(text, end));
        text = span_from(text, end + 1);
        if (!line.n || line.p[0] == '#')
            continue;
        bool head = line.p[0] == '[';
        g_autofree char *name =
            head ? span_dup(span_first(span_from(line, 1), span_find(span_from(line, 1), ']')))
                 : span_dup(span_trim_wsp(span_first(line, span_find(line, '='))));
        char *full =
            head ? g_strdup_printf("[%s]", name) : g_strdup_printf("%s\n%s", section, name);
        if (!g_hash_table_add(seen, full))
            return fail(config, head ? name : section, head ? "section" : name,
                        "it is there twice; write it once", error);
        if (head) {
            g_free(section);
            section = g_steal_pointer(&name);
        }
    }
    return true;
}

static bool fill(struct config *config, GKeyFile *file, GError **error) {
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const struct key *key = &keys[i];
        g_autofree char *text = g_key_file_get_string(file, key->section, key->name, NULL);
        if (text)
            g_strstrip(text);
        if (!text && !key->standard)
            return fail(config, key->section, key->name, "this key must be there", error);
        if (!set(config, key, text ? text : key->standard, error))
            return false;
    }
    return true;
}

static bool parse_into(struct config *config, struct span text, GError **error) {
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) inner = NULL;
    if (text.n > LIMIT_CONFIG_SIZE || span_find(text, '\0') < text.n)
        return fail(config, "file", "size", "this is no configuration file", error);
    if (!g_key_file_load_from_data(file, text.n ? text.p : "\n", text.n ? text.n : 1,
                                   G_KEY_FILE_NONE, &inner)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "%s: %s", config->file,
                    inner->message);
        return false;
    }
    if (!check_twice(config, text, error) || !check_names(config, file, error) ||
        !fill(config, file, error))
        return false;
    config->trust = config_trust_read(config->file, file, config->imap_host, error);
    return config->trust != NULL;
}

struct config *config_parse(const char *name, const char *text, size_t n, GError **error) {
    struct config *config = g_new0(struct config, 1);
    config->file = g_strdup(name);
    config->reputation = dnsbl_lists_new();
    if (parse_into(config, span_make(text, n), error))
        return config;
    config_free(config);
    return NULL;
}

struct config *config_read(const char *file, GError **error) {
    g_autofree char *text = NULL;
    gsize n;
    if (!g_file_get_contents(file, &text, &n, error))
        return NULL;
    return config_parse(file, text, n, error);
}

void config_free(struct config *config) {
    char *owned[] = {config->file,           config->socket,          config->worker_program,
                     config->imap_host,      config->dns_server,      config->dns_trust_anchor,
                     config->imap_ca_file,   config->store_path,      config->smime_ca,
                     config->smime_crls,     config->openpgp_keyring, config->brand_mark_roots,
                     config->brand_https_ca, config->smime_ocsp};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    dnsbl_lists_free(config->reputation);
    g_strfreev(config->origins);
    g_free(config->known_names);
    g_strfreev(config->providers);
    g_strfreev(config->brand.allow);
    g_strfreev(config->brand.block);
    if (config->trust)
        g_ptr_array_unref(config->trust);
    g_free(config);
}

const struct config_trust *config_trust_of(const struct config *config, const char *host) {
    for (guint i = 1; i < config->trust->len; i++) {
        const struct config_trust *trust = config->trust->pdata[i];
        if (g_ascii_strcasecmp(trust->host, host) == 0)
            return trust;
    }
    return config->trust->pdata[0];
}

bool config_has_origin(const struct config *config, const char *origin) {
    return origin && g_strv_contains((const char *const *)config->origins, origin);
}
