/* SPDX-License-Identifier: MIT
 *
 * List-Unsubscribe and List-Unsubscribe-Post: what is offered, and when one click may do it. */
#include "mail/unsubscribe.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const char *const post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";

static void check(const char *list, const char *more, const char *https, const char *mailto,
                  bool one_click) {
    g_autofree char *text = g_strdup_printf("List-Unsubscribe: %s\r\n%s\r\n", list, more);
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));
    OWNED(message) message = message_new(octets, 0);
    struct unsubscribe found;
    unsubscribe_parse(message, &found);
    if (g_strcmp0(found.https, https) || g_strcmp0(found.mailto, mailto) ||
        found.one_click != one_click)
        fail_msg("%s%s: %s %s %d", list, more, found.https, found.mailto, found.one_click);
    unsubscribe_clear(&found);
}

/* RFC 2369 §3.2 has these shapes. */
static void reads_what_lists_write(void **state) {
    (void)state;
    check("<mailto:list@host.example?subject=unsubscribe>", "", NULL,
          "mailto:list@host.example?subject=unsubscribe", false);
    check("(Use this command) <mailto:a@host.example>", "", NULL, "mailto:a@host.example", false);
    check("<https://host.example/list.cgi?cmd=unsub&lst=list>,\r\n <mailto:a@host.example>", "",
          "https://host.example/list.cgi?cmd=unsub&lst=list", "mailto:a@host.example", false);
    check("<https://host.example/\r\n  folded>", "", "https://host.example/folded", NULL, false);
    check("text <https://host.example/a> text", "", "https://host.example/a", NULL, false);
}

static void passes_over_what_is_no_uri(void **state) {
    (void)state;
    check("", post, NULL, NULL, false);
    check("https://host.example/bare", post, NULL, NULL, false);
    check("<https://host.example/unclosed", post, NULL, NULL, false);
    check("(<https://host.example/comment>)", post, NULL, NULL, false);
    check("(unclosed <https://host.example/comment>", post, NULL, NULL, false);
    check("(a \\) <https://host.example/x>) <https://host.example/y>", post,
          "https://host.example/y", NULL, true);
    check("<javascript:alert(1)>, <ftp://host.example/>", post, NULL, NULL, false);
    check("<https://host.example@evil.example/>", post, "https://evil.example/", NULL, true);
}

static void http_is_not_offered(void **state) {
    (void)state;
    check("<http://host.example/a>", post, NULL, NULL, false);
    check("<http://host.example/a>, <https://host.example/b>", post, "https://host.example/b", NULL,
          true);
}

static void one_click_wants_one_reading(void **state) {
    (void)state;
    const char *https = "<https://host.example/u>", *url = "https://host.example/u";
    check(https, post, url, NULL, true);
    check(https, "", url, NULL, false);
    check(https, "List-Unsubscribe-Post: list-unsubscribe=one-click\r\n", url, NULL, true);
    check(https, "List-Unsubscribe-Post: List-Unsubscribe=One-Click; x\r\n", url, NULL, false);
    check(https, "List-Unsubscribe-Post: yes\r\n", url, NULL, false);
    g_autofree char *two_posts = g_strconcat(post, post, NULL);
    check(https, two_posts, url, NULL, false);
    g_autofree char *two_lists =
        g_strconcat("List-Unsubscribe: <https://evil.example/u>\r\n", post, NULL);
    check(https, two_lists, url, NULL, false);
    check("<https://host.example/u>, <https://host.example/v>", post, url, NULL, false);
    check("<mailto:a@host.example>", post, NULL, "mailto:a@host.example", false);
}

static void has_bounds(void **state) {
    (void)state;
    g_autoptr(GString) many = g_string_new("<https://host.example/u>");
    for (guint i = 1; i < LIMIT_UNSUBSCRIBE_URIS; i++)
        g_string_append(many, ", <mailto:a@host.example>");
    check(many->str, post, "https://host.example/u", "mailto:a@host.example", true);
    g_string_append(many, ", <https://evil.example/>");
    check(many->str, post, "https://host.example/u", "mailto:a@host.example", false);
    g_autofree char *path = g_strnfill(LIMIT_UNSUBSCRIBE_URI, 'x');
    g_autofree char *list =
        g_strdup_printf("<https://host.example/u>, <https://h.example/%s>", path);
    check(list, post, "https://host.example/u", NULL, false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_lists_write),
        cmocka_unit_test(passes_over_what_is_no_uri),
        cmocka_unit_test(http_is_not_offered),
        cmocka_unit_test(one_click_wants_one_reading),
        cmocka_unit_test(has_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
