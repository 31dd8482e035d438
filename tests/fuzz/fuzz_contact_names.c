/* SPDX-License-Identifier: MIT
 *
 * The first line is who writes: an address, a tab, a display name. Every other line is somebody who
 * is known, in the same way. Whoever is found is known, and is not the one who writes; nobody
 * passes for himself; an address is only found where a letter is not ASCII. */
#include "base/limits.h"
#include "repute/confusable.h"
#include "repute/contact_names.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void split(char *line, const char **address, const char **name) {
    char *tab = strchr(line, '\t');
    *address = line;
    *name = tab ? tab + 1 : "";
    if (tab)
        *tab = '\0';
}

static void check_address(const struct contacts *contacts, const struct contact *found,
                          const char *address) {
    g_assert(contacts_find(contacts, found->address) == found);
    g_assert(g_ascii_strcasecmp(found->address, address) != 0);
    g_assert(!g_str_is_ascii(found->address) || !g_str_is_ascii(address));
    const char *one = strrchr(found->address, '@'), *other = strrchr(address, '@');
    g_assert(one && other && g_ascii_strcasecmp(one, other) == 0);
}

static void ask(const struct contacts *contacts, const struct contact_names *names,
                const char *address, const char *name) {
    const struct contact *found = contact_names_find_address(names, address);
    if (found)
        check_address(contacts, found, address);
    const struct contact *named = contact_names_find(names, name, address);
    g_assert(!named || (contacts_find(contacts, named->address) == named &&
                        g_ascii_strcasecmp(named->address, address) != 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct confusables *confusables;
    if (!confusables)
        confusables = confusables_new();
    g_autofree char *text = g_utf8_make_valid((const char *)data, (gssize)size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 64);
    OWNED(contacts) contacts = contacts_new();
    const char *address, *name;
    for (guint i = 1; lines[0] && lines[i]; i++) {
        split(lines[i], &address, &name);
        contacts_add(contacts, address, name, CONTACT_WRITTEN, i);
    }
    OWNED(contact_names) names = contact_names_new(contacts, confusables);
    for (guint i = 0; i < contacts_size(contacts); i++) {
        const struct contact *known = contacts_at(contacts, i);
        g_assert(!contact_names_find_address(names, known->address));
        g_assert(!contact_names_find(names, known->name, known->address));
    }
    if (!lines[0])
        return 0;
    split(lines[0], &address, &name);
    ask(contacts, names, address, name);
    return 0;
}
