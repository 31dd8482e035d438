/* SPDX-License-Identifier: MIT
 *
 * HTML through the sandboxed worker: each line of the input is base64 of one document, each line of
 * the answer "FLAGS REMOTE LINKS BASE64", or "error WORDS". usage: drive_html INKAN-WORKER */
#include "worker/html_job.h"

#include <stdio.h>
#include <string.h>

static void clean(struct workers *workers, const char *line) {
    const struct inert_options options = {.links = true};
    gsize n;
    g_autofree guchar *octets = g_base64_decode(line, &n);
    g_autofree char *html = g_utf8_make_valid((const char *)octets, (gssize)n);
    g_autoptr(GError) error = NULL;
    OWNED(inert_document) document = html_job_run(workers, html, NULL, &options, &error);
    if (!document) {
        printf("error %s\n", error->message);
        return;
    }
    g_autofree char *text =
        g_base64_encode((const guchar *)document->html->str, document->html->len);
    printf("%u %u %u %s\n", document->flags, document->remote, document->links->len, text);
}

int main(int argc, char **argv) {
    OWNED(workers) workers = workers_new(argc > 1 ? argv[1] : NULL, 1);
    g_autoptr(GIOChannel) input = g_io_channel_unix_new(0);
    g_io_channel_set_encoding(input, NULL, NULL);
    char *line;
    while (g_io_channel_read_line(input, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL) {
        clean(workers, g_strchomp(line));
        g_free(line);
    }
    return 0;
}
