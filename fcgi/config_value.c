/* SPDX-License-Identifier: MIT
 *
 * Values of inkan.conf, one function a shape. */
#include "fcgi/config_value.h"

#include "base/span.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

const char *config_value_bool(const char *text, bool *out) {
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return "write yes or no";
    *out = strcmp(text, "yes") == 0;
    return NULL;
}

bool config_value_number(const char *text, unsigned lo, unsigned hi, unsigned *out) {
    guint64 value;
    if (!g_ascii_string_to_unsigned(text, 10, lo, hi, &value, NULL))
        return false;
    *out = (unsigned)value;
    return true;
}

const char *config_value_list(const char *text, char ***out) {
    if (!*text) {
        *out = g_new0(char *, 1);
        return NULL;
    }
    g_auto(GStrv) members = g_strsplit(text, ",", -1);
    for (char **m = members; *m; m++)
        if (!*g_strstrip(*m))
            return "write a list separated by single commas, without empty members";
    *out = g_steal_pointer(&members);
    return NULL;
}

static bool host_char(char c) {
    return g_ascii_isalnum(c) || c == '-' || c == '.';
}

/* host = "[" IPv6 "]" / IPv4 / name; *rest is what follows it. */
static char *host_take(const char *text, const char **rest) {
    if (*text == '[') {
        const char *end = strchr(text, ']');
        g_autofree char *inner = end ? g_strndup(text + 1, (gsize)(end - text - 1)) : NULL;
        g_autoptr(GInetAddress) address = inner ? g_inet_address_new_from_string(inner) : NULL;
        if (!address || g_inet_address_get_family(address) != G_SOCKET_FAMILY_IPV6)
            return NULL;
        *rest = end + 1;
        return g_steal_pointer(&inner);
    }
    size_t n = 0;
    while (host_char(text[n]))
        n++;
    *rest = text + n;
    if (n == 0 || n > 253 || text[0] == '.' || text[0] == '-')
        return NULL;
    return g_strndup(text, n);
}

/* [ ":" port ] at the very end. */
static bool port_take(const char *text, unsigned *port) {
    return !*text || (*text == ':' && config_value_number(text + 1, 1, 65535, port));
}

const char *config_value_host(const char *text, char **out) {
    const char *rest = "";
    g_autofree char *host = g_hostname_is_ip_address(text) ? g_strdup(text) : NULL;
    if (!host && *text != '[')
        host = host_take(text, &rest);
    if (!host || *rest)
        return "write a host name or an address, without a port";
    *out = g_ascii_strdown(host, -1);
    return NULL;
}

const char *config_value_dns_server(const char *text, char **out) {
    static const char right[] = "write ADDRESS@PORT, such as 127.0.0.1@53";
    const char *at = strrchr(text, '@');
    unsigned port;
    if (!at || !config_value_number(at + 1, 1, 65535, &port))
        return right;
    g_autofree char *address = g_strndup(text, (gsize)(at - text));
    if (!g_hostname_is_ip_address(address))
        return right;
    *out = g_strdup(text);
    return NULL;
}

/* 127/8, ::1 and localhost: the only hosts a browser may reach by plain http. */
static bool is_loopback(const char *host) {
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);
    return address ? g_inet_address_get_is_loopback(address) : strcmp(host, "localhost") == 0;
}

const char *config_value_origin(const char *text, bool *secure) {
    static const char right[] = "write https://HOST or https://HOST:PORT in lower case, without a "
                                "path; http:// only for 127.0.0.1, [::1] and localhost";
    const char *rest;
    bool https = g_str_has_prefix(text, "https://");
    if (!https && !g_str_has_prefix(text, "http://"))
        return right;
    g_autofree char *host = host_take(text + (https ? 8 : 7), &rest);
    unsigned port = 0, usual = https ? 443 : 80;
    if (!host || !port_take(rest, &port) || port == usual)
        return port == usual ? "leave out the port: a browser does so for the usual one" : right;
    for (const char *p = text; *p; p++)
        if (g_ascii_isupper(*p))
            return right;
    if (!https && !is_loopback(host))
        return right;
    *secure = https;
    return NULL;
}

const char *config_value_path(const char *text, char **out) {
    if (!g_path_is_absolute(text))
        return "write an absolute path";
    *out = g_strdup(text);
    return NULL;
}

const char *config_value_file(const char *text, char **out) {
    if (!g_path_is_absolute(text) || access(text, R_OK) != 0)
        return "write the absolute path of a file that can be read";
    *out = g_strdup(text);
    return NULL;
}
