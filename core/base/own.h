/* SPDX-License-Identifier: MIT
 *
 * g_autoptr for plain structs, without a typedef: a header says DEFINE_OWNED(message, message_free)
 * once, a function says `OWNED(message) m = message_new(...)` and the message is freed when m goes
 * out of scope (unless it was handed on with g_steal_pointer). */
#ifndef INKAN_BASE_OWN_H
#define INKAN_BASE_OWN_H

#define DEFINE_OWNED(type, free_function)                                                          \
    static inline void type##_owned(struct type **pointer) {                                       \
        if (*pointer)                                                                              \
            free_function(*pointer);                                                               \
    }

#define OWNED(type) __attribute__((cleanup(type##_owned), unused)) struct type *

#endif
