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

/* Not worth decoding where no link can be in it. A charset that is none of the usual ones may spell
 * "<" in its own way. */
static bool may_have_links(const struct mime_part *part) {
    static const char *const usual[] = {"utf-8", "us-ascii", "iso-8859-1", "windows-1252"};
    const char *charset = mime_parameter_find(part, "charset");
    bool is_usual = !charset || !*charset;
    for (guint i = 0; i < G_N_ELEMENTS(usual); i++)
        is_usual = is_usual || g_ascii_strcasecmp(charset, usual[i]) == 0;
    bool as_sent = part->encoding == MIME_IDENTITY || part->encoding == MIME_QUOTED_PRINTABLE;
    return !is_usual || !as_sent ||
           link_markup_possible(part->body, part->encoding == MIME_QUOTED_PRINTABLE);
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
        if (!mime_is(part, "text/html") || !may_have_links(part))
            continue;
        g_autofree char *html = mime_text(part, left, NULL);
        link_markup_each(html, look, &search);
        left -= MIN(left, strlen(html));
    }
}
