/* SPDX-License-Identifier: MIT
 *
 * Files, stdin and Maildirs as octets. Reads, never maps: a file that shrinks while we look at it
 * must not kill the process. */
#include "fcgi/verify_files.h"

#include "base/limits.h"
#include "mail/message.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the list ------------------------------------------------------------------------------- */

static int by_base_name(const void *a, const void *b) {
    const struct verify_file *x = a, *y = b;
    return strcmp(strrchr(x->name, '/'), strrchr(y->name, '/'));
}

/* Adds the plain files of `path`/`part`; false if there is no such folder. */
static bool add_folder(GArray *list, const char *path, const char *part) {
    g_autofree char *folder = g_build_filename(path, part, NULL);
    GDir *dir = g_dir_open(folder, 0, NULL);
    if (!dir)
        return false;
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        struct verify_file file = {g_build_filename(folder, name, NULL), .maildir = true};
        struct stat status;
        if (name[0] != '.' && stat(file.name, &status) == 0 && S_ISREG(status.st_mode)) {
            file.size = (gsize)status.st_size;
            g_array_append_val(list, file);
        } else {
            g_free(file.name);
        }
    }
    g_dir_close(dir);
    return true;
}

static void add_directory(GArray *list, const char *path) {
    guint before = list->len;
    bool has_new = add_folder(list, path, "new");
    bool has_cur = add_folder(list, path, "cur");
    if (list->len > before)
        qsort(&g_array_index(list, struct verify_file, before), list->len - before,
              sizeof(struct verify_file), by_base_name);
    if (has_new || has_cur)
        return;
    struct verify_file file = {g_strdup(path), .directory = true};
    g_array_append_val(list, file);
}

struct verify_files *verify_files_new(char *const *names) {
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct verify_file));
    for (; *names; names++) {
        bool is_stdin = strcmp(*names, "-") == 0;
        struct stat status;
        bool there = !is_stdin && stat(*names, &status) == 0;
        if (there && S_ISDIR(status.st_mode)) {
            add_directory(list, *names);
            continue;
        }
        bool pipe = is_stdin || (there && !S_ISREG(status.st_mode));
        gsize size = there && !pipe ? (gsize)status.st_size : 0;
        struct verify_file file = {g_strdup(*names), .pipe = pipe, .size = size};
        g_array_append_val(list, file);
    }
    struct verify_files *files = g_new(struct verify_files, 1);
    files->n = list->len;
    files->items = (struct verify_file *)(gpointer)g_array_free(list, FALSE);
    return files;
}

void verify_files_free(struct verify_files *files) {
    for (guint i = 0; i < files->n; i++)
        g_free(files->items[i].name);
    g_free(files->items);
    g_free(files);
}

/* --- octets --------------------------------------------------------------------------------- */

enum { USUAL_ROOM = 64 << 10 };

/* Room for what did not fit into `room`: the file's size, where it is known, plus one octet to see
 * the end; else twice as much. Most messages fit, and nobody need ask for their size. */
static size_t more_room(int fd, size_t room) {
    struct stat status;
    size_t most = (size_t)LIMIT_MESSAGE_SIZE + 1;
    bool known = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    size_t wanted = known ? (size_t)MIN(status.st_size, (off_t)LIMIT_MESSAGE_SIZE) + 1 : 0;
    return wanted > room ? wanted : MIN(2 * room, most);
}

/* How many octets of `fd` stand in `buffer` now, or false and *fault. A plain file that gives the
 * `size` it had, and no more though more was asked for, has ended: most need not be asked again.
 * One that has grown or shrunk, or whose size says nothing (0: /proc), is read until nothing comes.
 */
static bool read_all(int fd, gsize size, GByteArray *buffer, gsize *length,
                     enum verify_fault *fault) {
    size_t room = MAX(USUAL_ROOM, buffer->len), n = 0;
    for (;;) {
        if (n == room)
            room = more_room(fd, room);
        if (room > buffer->len)
            g_byte_array_set_size(buffer, (guint)room);
        ssize_t got = read(fd, buffer->data + n, room - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0) {
            *length = n;
            return true;
        }
        bool short_of_room = got > 0 && n + (size_t)got < room;
        *fault = got < 0 ? VERIFY_UNREADABLE : VERIFY_TOO_LARGE;
        if (got < 0 || n + (size_t)got > LIMIT_MESSAGE_SIZE)
            return false;
        n += (size_t)got;
        if (size && n == size && short_of_room) {
            *length = n;
            return true;
        }
    }
}

static enum verify_fault fault_of_errno(int error) {
    return error == ENOENT || error == ENOTDIR ? VERIFY_NOT_FOUND : VERIFY_UNREADABLE;
}

GBytes *verify_file_read(const struct verify_file *file, GByteArray *buffer,
                         enum verify_fault *fault) {
    bool is_stdin = strcmp(file->name, "-") == 0;
    *fault = VERIFY_DIRECTORY;
    if (file->directory)
        return NULL;
    int fd = is_stdin ? STDIN_FILENO : open(file->name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        *fault = fault_of_errno(errno);
        return NULL;
    }
    gsize n;
    bool read = read_all(fd, file->size, buffer, &n, fault);
    if (!is_stdin)
        close(fd);
    if (!read)
        return NULL;
    *fault = VERIFY_FINE;
    n = message_make_crlf(buffer, n, file->maildir);
    return g_bytes_new_static(buffer->data, n);
}

/* --- words ---------------------------------------------------------------------------------- */

static const struct {
    const char *code, *text[2];
} faults[] = {
    [VERIFY_FINE] = {"", {"", ""}},
    [VERIFY_NOT_FOUND] = {"not-found", {"There is no such file.", "ファイルが見つかりません。"}},
    [VERIFY_UNREADABLE] = {"unreadable",
                           {"The file cannot be read.", "ファイルを読み取れません。"}},
    [VERIFY_DIRECTORY] = {"not-a-maildir",
                          {"The directory is no Maildir: it has neither new nor cur.",
                           "new も cur もなく、Maildir ではありません。"}},
    [VERIFY_TOO_LARGE] = {"too-large",
                          {"The message is larger than 64 MB.", "メールが 64 MB を超えています。"}},
};

const char *verify_fault_code(enum verify_fault fault) {
    return faults[fault].code;
}

const char *verify_fault_text(enum verify_fault fault, bool japanese) {
    return faults[fault].text[japanese];
}
