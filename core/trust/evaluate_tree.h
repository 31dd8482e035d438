/* SPDX-License-Identifier: MIT
 *
 * The parts of the message under evaluation: several collectors ask about them, most messages have
 * none to ask about, and finding them reads the whole body. Made when first asked for, once. */
#ifndef INKAN_TRUST_EVALUATE_TREE_H
#define INKAN_TRUST_EVALUATE_TREE_H

#include "mail/mime.h"

struct evaluate_tree {
    const struct message *message; /* borrowed; outlives the tree */
    struct mime *mime;             /* NULL until asked for */
};

/* Never NULL; lives until evaluate_tree_clear. `structure` stays MIME_UNCOMPARED until somebody
 * compares. */
struct mime *evaluate_tree_mime(struct evaluate_tree *tree);
void evaluate_tree_clear(struct evaluate_tree *tree);

/* Without a Content-Type, or with a plain one, a message is one plain part: nobody needs the tree
 * to know. May say yes for nothing. */
bool evaluate_tree_worthwhile(const struct evaluate_tree *tree);

#endif
