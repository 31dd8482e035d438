/* SPDX-License-Identifier: MIT
 *
 * Names: octets of an answer to our spelling, our spelling to a question, and escaped for the
 * library's parser. */
#include "net/dns_name.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    g_autoptr(GString) name = g_string_new(NULL);
    struct dns_question question, again;
    char escaped[DNS_NAME_ESCAPED];
    if (dns_name_append(name, span_make((const char *)data, size)))
        g_assert(strcmp(name->str, ".") == 0 || dns_question_init(&question, name->str, DNS_TXT));

    g_autofree char *text = g_strndup((const char *)data, size);
    if (!dns_question_init(&question, text, DNS_TXT))
        return 0;
    g_assert(dns_question_init(&again, question.name, DNS_TXT));
    g_assert(dns_question_equal(&question, &again));
    dns_name_escape(question.name, escaped);
    g_assert(strlen(escaped) < sizeof escaped &&
             strspn(escaped, "\\.-_0123456789"
                             "abcdefghijklmnopqrstuvwxyz") == strlen(escaped));
    return 0;
}
