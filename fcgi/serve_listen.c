/* SPDX-License-Identifier: MIT
 *
 * The socket in the file system. FCGX_OpenSocket would unlink whatever lies at the path. */
#include "fcgi/serve.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096 };

static int fail(const char *path, const char *what, GError **error) {
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s: %s", path, what,
                g_strerror(errno));
    return -1;
}

/* A socket that nobody answers is left over from a crash. */
static bool is_dead_socket(const struct sockaddr_un *address) {
    struct stat info;
    if (lstat(address->sun_path, &info) != 0 || !S_ISSOCK(info.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool dead = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return dead;
}

int serve_listen(const char *path, GError **error) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return fail(path, "socket", error);
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (is_dead_socket(&address))
        unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(path, "socket", error);
    int bound = bind(fd, (const struct sockaddr *)&address, sizeof address);
    /* The web server reaches it through its group. Nobody can connect before listen. */
    if (bound != 0 || chmod(path, 0660) != 0 || listen(fd, BACKLOG) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return fail(path, bound != 0 ? "bind" : "listen", error);
    }
    return fd;
}
