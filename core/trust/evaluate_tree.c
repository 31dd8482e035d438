/* SPDX-License-Identifier: MIT
 *
 * trust/evaluate_tree.h: the tree and the question before it. */
#include "trust/evaluate_tree.h"

struct mime *evaluate_tree_mime(struct evaluate_tree *tree) {
    if (!tree->mime)
        tree->mime = mime_parse(tree->message);
    return tree->mime;
}

void evaluate_tree_clear(struct evaluate_tree *tree) {
    mime_free(tree->mime);
    tree->mime = NULL;
}

bool evaluate_tree_worthwhile(const struct evaluate_tree *tree) {
    const struct message *message = tree->message;
    int at = message_find(message, "Content-Type", 0);
    return at >= 0 &&
           !span_starts_nocase(span_trim_fws(message->fields[at].value), SPAN_LIT("text/plain"));
}
