/* SPDX-License-Identifier: MIT
 *
 * The tree of each message named on the command line, one line of JSON a file: parts with number,
 * type, kind, name, octets of the body and of its content, flags; whether GMime sees the same. */
#include "mail/mime.h"
#include "mail/mime_body.h"
#include "mail/mime_preview.h"

#include <jansson.h>
#include <stdio.h>

static json_t *tree_of(const struct mime_part *part) {
    g_autoptr(GBytes) content = mime_content(part, NULL);
    g_autofree char *text = mime_text(part, 1 << 20, NULL);
    json_t *object = json_pack("{s:s, s:s, s:i, s:s?, s:i, s:i, s:i, s:s}", "number", part->number,
                               "type", part->type, "kind", (int)part->kind, "name", part->name,
                               "body", (int)part->body.n, "content", (int)g_bytes_get_size(content),
                               "flags", (int)part->flags, "text", text);
    if (part->children) {
        json_t *children = json_array();
        for (guint i = 0; i < part->children->len; i++)
            json_array_append_new(children, tree_of(part->children->pdata[i]));
        json_object_set_new(object, "children", children);
    }
    return object;
}

static void drive(const char *path) {
    char *octets;
    gsize n;
    if (!g_file_get_contents(path, &octets, &n, NULL)) {
        printf("null\n");
        return;
    }
    g_autoptr(GBytes) bytes = g_bytes_new_take(octets, n);
    OWNED(message) message = message_new(bytes, 0);
    OWNED(mime) mime = mime_parse(message);
    mime_compare(mime, message);
    OWNED(mime_body) body = mime_body_choose(mime);
    g_autofree char *preview = mime_preview(message);
    json_t *answer = json_pack("{s:o, s:b, s:i, s:i, s:i, s:s}", "tree", tree_of(mime->root),
                               "agreed", mime->structure == MIME_AGREED, "plain",
                               (int)body->plain->len, "html", (int)body->html->len, "attachments",
                               (int)body->attachments->len, "preview", preview);
    char *line = json_dumps(answer, JSON_COMPACT);
    puts(line ? line : "null");
    free(line);
    json_decref(answer);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        drive(argv[i]);
    return 0;
}
