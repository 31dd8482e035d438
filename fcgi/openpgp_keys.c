/* SPDX-License-Identifier: MIT */
#include "fcgi/openpgp_keys.h"

#include "base/limits.h"
#include "base/log.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refuse(GError **error, const char *path, const char *why) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "\"%s\": %s", path, why);
    return false;
}

/* A plain file that is not too large; asked of what was opened, not of its name. */
static GBytes *read_file(const char *path, GError **error) {
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &facts)) {
        refuse(error, path, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    close(fd);
    if (!S_ISREG(facts.st_mode) || facts.st_size > LIMIT_OPENPGP_KEY_FILE) {
        refuse(error, path, "no plain file, or too large");
        return NULL;
    }
    char *octets;
    gsize n;
    return g_file_get_contents(path, &octets, &n, error) ? g_bytes_new_take(octets, n) : NULL;
}

bool openpgp_keys_load(struct openpgp_keyring *keyring, struct openpgp_verifier *verifier,
                       const char *path, int64_t at, GError **error) {
    GError *trouble = NULL;
    g_autoptr(GBytes) octets = read_file(path, error);
    if (!octets)
        return false;
    int n = openpgp_keyring_import(keyring, verifier, octets, at, &trouble);
    if (n < 0) {
        refuse(error, path, trouble->message);
        g_error_free(trouble);
        return false;
    }
    if (n == 0)
        log_write(LOG_WARNING, "fcgi/openpgp_keys", "\"%s\" holds no usable OpenPGP key", path);
    return true;
}

static int by_name(gconstpointer a, gconstpointer b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool openpgp_keys_load_folder(struct openpgp_keyring *keyring, struct openpgp_verifier *verifier,
                              const char *path, int64_t at, GError **error) {
    GDir *folder = g_dir_open(path, 0, error);
    if (!folder)
        return false;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(folder));)
        if (name[0] != '.')
            g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_dir_close(folder);
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++)
        if (g_file_test(names->pdata[i], G_FILE_TEST_IS_REGULAR) &&
            !openpgp_keys_load(keyring, verifier, names->pdata[i], at, error))
            return false;
    return true;
}
