/* SPDX-License-Identifier: MIT */
#include "trust/evidence_links.h"

#include "base/limits.h"
#include "mail/domain.h"
#include "mail/link_markup.h"
#include "mail/mime_body.h"

#include <string.h>

struct search {
    struct evidence *evidence;
    const struct public_suffixes *suffixes;
};

/* The name under which a host was registered; the host itself where the list does not say. */
static const char *organization_of(const struct search *search, const char *host) {
    const char *name = search->suffixes ? orgdomain_registrable(search->suffixes, host) : NULL;
    return name ? name : host;
}

/* The first of each kind is kept. */
static void look(const char *shown, const char *target, void *data) {
    const struct search *search = data;
    struct evidence *evidence = search->evidence;
    const char *says = organization_of(search, shown), *leads = organization_of(search, target);
    if (domain_is_equal(says, leads))
        return;
    const char *author = evidence->author.domain;
    bool own = author && domain_is_equal(says, organization_of(search, author));
    struct evidence_link *kept = own ? &evidence->link_in_own_name : &evidence->link_in_other_name;
    if (!kept->shown)
        *kept =
            (struct evidence_link){evidence_text(evidence, says), evidence_text(evidence, leads)};
}

void evidence_links_collect(struct evidence *evidence, struct evaluate_tree *tree,
                            const struct public_suffixes *suffixes) {
    struct search search = {evidence, suffixes};
    if ((tree->message->flags & MESSAGE_BODY_PARTIAL) || !evaluate_tree_worthwhile(tree))
        return;
    OWNED(mime_body) body = mime_body_choose(evaluate_tree_mime(tree));
    gsize left = LIMIT_LINK_MARKUP;
    for (guint i = 0; body->has_html && i < body->html->len && left; i++) {
        const struct mime_part *part = body->html->pdata[i];
        if (!mime_is(part, "text/html"))
            continue;
        g_autofree char *html = mime_text(part, left, NULL);
        link_markup_each(html, look, &search);
        left -= MIN(left, strlen(html));
    }
}
