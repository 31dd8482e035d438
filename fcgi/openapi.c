/* SPDX-License-Identifier: MIT
 *
 * openapi.json as octets of the program (gcc and clang run in the project's top folder). */
#include "fcgi/openapi.h"

#include <stdint.h>

__asm__(".section .rodata\n"
        ".global inkan_openapi_begin\n.global inkan_openapi_end\n"
        "inkan_openapi_begin:\n.incbin \"fcgi/openapi.json\"\ninkan_openapi_end:\n"
        ".byte 0\n.previous\n");

extern const char inkan_openapi_begin[], inkan_openapi_end[];

struct span openapi_document(void) {
    return span_make(inkan_openapi_begin,
                     (uintptr_t)inkan_openapi_end - (uintptr_t)inkan_openapi_begin);
}
