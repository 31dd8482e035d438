/* SPDX-License-Identifier: MIT
 *
 * What a fetch may be pointed at: the URL rules, the address table, the rate. The connection itself
 * is tested against real servers in tests/service/test_brand_fetch.py. */
#include "net/https_guard.h"

#include "base/limits.h"
#include "net/https_rate.h"
#include "net/https_url.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const char *refuses(const char *address) {
    struct ip ip = {.size = 0};
    if (inet_pton(AF_INET, address, ip.octets) == 1)
        ip.size = 4;
    else if (inet_pton(AF_INET6, address, ip.octets) == 1)
        ip.size = 16; /* as on the wire: not ip_parse, which unmaps */
    else
        fail_msg("no address: %s", address);
    return https_guard_refuses(&ip);
}

static void addresses_that_are_not_public_are_refused(void **state) {
    (void)state;
    static const char *const refused[][2] = {
        {"0.0.0.0", "this network"},
        {"0.255.255.255", "this network"},
        {"10.0.0.1", "private"},
        {"100.64.0.1", "shared"},
        {"100.127.255.255", "shared"},
        {"127.0.0.1", "loopback"},
        {"127.255.255.254", "loopback"},
        {"169.254.169.254", "link-local"},
        {"172.16.0.1", "private"},
        {"172.31.255.255", "private"},
        {"192.0.0.170", "protocol assignments"},
        {"192.88.99.1", "6to4 relay"},
        {"192.168.255.255", "private"},
        {"198.18.0.1", "benchmarking"},
        {"198.19.255.255", "benchmarking"},
        {"224.0.0.1", "multicast"},
        {"239.255.255.255", "multicast"},
        {"240.0.0.1", "reserved"},
        {"255.255.255.255", "reserved"},
        {"::", "not global unicast"},
        {"::1", "loopback"},
        {"::127.0.0.1", "not global unicast"},
        {"::ffff:127.0.0.1", "IPv4-mapped"},
        {"::ffff:203.0.113.5", "IPv4-mapped"},
        {"64:ff9b::7f00:1", "NAT64"},
        {"64:ff9b:1::a00:1", "NAT64"},
        {"100::1", "not global unicast"},
        {"2001::1", "protocol assignments"},
        {"2001:0:7f00:1::", "protocol assignments"},
        {"2001:1ff:ffff::1", "protocol assignments"},
        {"2002:7f00:1::1", "6to4"},
        {"3ffe::1", "6bone"},
        {"4000::1", "not global unicast"},
        {"fc00::1", "private"},
        {"fdff::1", "private"},
        {"fe80::1", "link-local"},
        {"fec0::1", "site-local"},
        {"ff02::1", "multicast"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        const char *network = refuses(refused[i][0]);
        if (!network)
            fail_msg("%s passes", refused[i][0]);
        assert_string_equal(network, refused[i][1]);
    }
}

static void neighbours_of_the_refused_networks_pass(void **state) {
    (void)state;
    static const char *const public[] = {
        "1.0.0.1",     "9.255.255.255", "11.0.0.0",        "100.63.255.255",  "100.128.0.0",
        "126.0.0.1",   "128.0.0.1",     "169.253.255.255", "169.255.0.0",     "172.15.255.255",
        "172.32.0.0",  "192.0.1.1",     "192.88.98.255",   "192.167.0.1",     "192.169.0.1",
        "198.17.0.1",  "198.20.0.1",    "203.0.113.5",     "223.255.255.255", "2000::1",
        "2001:200::1", "2001:db8::1",   "2003::1",         "2606:4700::1",    "3fff::1",
        "3ffd::1",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(public); i++)
        if (refuses(public[i]))
            fail_msg("%s is refused: %s", public[i], refuses(public[i]));
    struct ip none = {.size = 0};
    assert_non_null(https_guard_refuses(&none));
}

static void a_socket_is_asked_for_its_port_too(void **state) {
    (void)state;
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(443)};
    inet_pton(AF_INET, "203.0.113.5", &in.sin_addr);
    assert_null(https_guard_refuses_socket((struct sockaddr *)&in, sizeof in));
    in.sin_port = htons(22);
    assert_non_null(https_guard_refuses_socket((struct sockaddr *)&in, sizeof in));
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(443)};
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &in6.sin6_addr);
    assert_non_null(https_guard_refuses_socket((struct sockaddr *)&in6, sizeof in6));
    inet_pton(AF_INET6, "2001:db8::5", &in6.sin6_addr);
    assert_null(https_guard_refuses_socket((struct sockaddr *)&in6, sizeof in6));
    assert_non_null(https_guard_refuses_socket((struct sockaddr *)&in6, sizeof in));
    struct sockaddr other = {.sa_family = AF_UNIX};
    assert_non_null(https_guard_refuses_socket(&other, sizeof other));
}

static void urls_are_written_again_in_one_spelling(void **state) {
    (void)state;
    static const char *const good[][3] = {
        {"https://logo.example/a.svg", "https://logo.example/a.svg", "logo.example"},
        {"HTTPS://Logo.EXAMPLE:443/A.svg?x=1#part", "https://logo.example/A.svg?x=1",
         "logo.example"},
        {"https://logo.example", "https://logo.example/", "logo.example"},
        {"https://logo.example?x", "https://logo.example/?x", "logo.example"},
        {"https://logo.example./a", "https://logo.example/a", "logo.example"},
        {"https://xn--mnchen-3ya.example/%7Ea", "https://xn--mnchen-3ya.example/%7Ea",
         "xn--mnchen-3ya.example"},
        {"https://a.example/b@c:d", "https://a.example/b@c:d", "a.example"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        enum https_url_fault fault;
        g_autofree char *host = NULL, *url = https_url_parse(span_of(good[i][0]), &host, &fault);
        if (!url)
            fail_msg("%s: %s", good[i][0], https_url_fault_text(fault));
        assert_string_equal(url, good[i][1]);
        assert_string_equal(host, good[i][2]);
    }
}

static void urls_that_could_mean_another_place_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *url;
        enum https_url_fault fault;
    } bad[] = {
        {"http://logo.example/", HTTPS_URL_SCHEME},
        {"gopher://logo.example/", HTTPS_URL_SCHEME},
        {"file:///etc/passwd", HTTPS_URL_SCHEME},
        {"//logo.example/", HTTPS_URL_SCHEME},
        {"", HTTPS_URL_SCHEME},
        {"https:/logo.example/", HTTPS_URL_SCHEME},
        {"https://user@logo.example/", HTTPS_URL_USERINFO},
        {"https://@logo.example/", HTTPS_URL_USERINFO},
        {"https://logo.example:x@127.0.0.1/", HTTPS_URL_USERINFO},
        {"https://logo.example:22/", HTTPS_URL_PORT},
        {"https://logo.example:8443/", HTTPS_URL_PORT},
        {"https://logo.example:/", HTTPS_URL_PORT},
        {"https://logo.example:0443/", HTTPS_URL_PORT},
        {"https://127.0.0.1/", HTTPS_URL_HOST},
        {"https://203.0.113.5/", HTTPS_URL_HOST},
        {"https://2130706433/", HTTPS_URL_HOST},
        {"https://0x7f.0x0.0x0.0x1/", HTTPS_URL_HOST},
        {"https://0177.0.0.01/", HTTPS_URL_HOST},
        {"https://127.1/", HTTPS_URL_HOST},
        {"https://0/", HTTPS_URL_HOST},
        {"https://[::1]/", HTTPS_URL_HOST},
        {"https://[::ffff:127.0.0.1]/", HTTPS_URL_HOST},
        {"https://localhost/", HTTPS_URL_HOST},
        {"https://a..example/", HTTPS_URL_HOST},
        {"https://.example/", HTTPS_URL_HOST},
        {"https://a.example../", HTTPS_URL_HOST},
        {"https://-a.example/", HTTPS_URL_HOST},
        {"https://a_b.example/", HTTPS_URL_HOST},
        {"https://a%2eexample/", HTTPS_URL_HOST},
        {"https:///a.svg", HTTPS_URL_HOST},
        {"https://logo.example/a b", HTTPS_URL_BAD_OCTET},
        {"https://logo.example/\r\nHost: x", HTTPS_URL_BAD_OCTET},
        {"https://logo.example\\@127.0.0.1/", HTTPS_URL_BAD_OCTET},
        {"https://m\xc3\xbcnchen.example/", HTTPS_URL_BAD_OCTET},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        enum https_url_fault fault;
        g_autofree char *url = https_url_parse(span_of(bad[i].url), NULL, &fault);
        if (url || fault != bad[i].fault)
            fail_msg("\"%s\": %s, fault %d", bad[i].url, url, (int)fault);
        assert_non_null(https_url_fault_text(fault));
    }
    g_autofree char *path = g_strnfill(LIMIT_HTTPS_URL, 'a');
    g_autofree char *url = g_strconcat("https://logo.example/", path, NULL);
    enum https_url_fault fault;
    assert_null(https_url_parse(span_of(url), NULL, &fault));
    assert_int_equal(fault, HTTPS_URL_TOO_LONG);
    assert_null(https_url_parse(SPAN_LIT("https://logo.example/\0x"), NULL, &fault));
    assert_int_equal(fault, HTTPS_URL_BAD_OCTET);
}

static void a_host_is_asked_so_often_in_a_window(void **state) {
    (void)state;
    OWNED(https_rate) rate = https_rate_new(LIMIT_HTTPS_HOST_FETCHES);
    for (int i = 0; i < LIMIT_HTTPS_HOST_FETCHES; i++)
        assert_true(https_rate_take(rate, "a.example", 100));
    assert_false(https_rate_take(rate, "a.example", 100));
    assert_false(https_rate_take(rate, "a.example", 100 + LIMIT_HTTPS_HOST_SECONDS - 1));
    assert_true(https_rate_take(rate, "b.example", 100));
    assert_true(https_rate_take(rate, "a.example", 100 + LIMIT_HTTPS_HOST_SECONDS));
}

static void the_hosts_remembered_are_bounded(void **state) {
    (void)state;
    OWNED(https_rate) rate = https_rate_new(LIMIT_HTTPS_HOST_FETCHES);
    for (int i = 0; i < LIMIT_HTTPS_HOSTS; i++) {
        g_autofree char *host = g_strdup_printf("h%d.example", i);
        assert_true(https_rate_take(rate, host, 100));
    }
    assert_false(https_rate_take(rate, "one-more.example", 100));
    assert_true(https_rate_take(rate, "h1.example", 100));
    assert_true(https_rate_take(rate, "one-more.example", 100 + LIMIT_HTTPS_HOST_SECONDS));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_that_are_not_public_are_refused),
        cmocka_unit_test(neighbours_of_the_refused_networks_pass),
        cmocka_unit_test(a_socket_is_asked_for_its_port_too),
        cmocka_unit_test(urls_are_written_again_in_one_spelling),
        cmocka_unit_test(urls_that_could_mean_another_place_are_refused),
        cmocka_unit_test(a_host_is_asked_so_often_in_a_window),
        cmocka_unit_test(the_hosts_remembered_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
