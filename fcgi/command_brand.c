/* SPDX-License-Identifier: MIT
 *
 * `inkan brand`: which form of it was asked for. */
#include "fcgi/command_brand.h"

#include "fcgi/command.h"

#include <string.h>

static int has_option(int argc, char **argv, const char *name) {
    size_t n = strlen(name);
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], name, n) == 0 && (argv[i][n] == '\0' || argv[i][n] == '='))
            return 1;
    return 0;
}

int command_brand(int argc, char **argv) {
    if (has_option(argc, argv, "--svg"))
        return command_brand_svg(argc, argv);
    return command_usage("brand --svg FILE");
}
