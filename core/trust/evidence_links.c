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

/* Without a type, or with a plain one, there is no HTML. */
static bool may_hold_html(const struct message *message) {
    int at = message_find(message, "Content-Type", 0);
    return at >= 0 &&
           !span_starts_nocase(span_trim_fws(message->fields[at].value), SPAN_LIT("text/plain"));
}

void evidence_links_collect(struct evidence *evidence, const struct message *message,
                            const struct public_suffixes *suffixes) {
    struct search search = {evidence, suffixes};
    if ((message->flags & MESSAGE_BODY_PARTIAL) || !may_hold_html(message))
        return;
    OWNED(mime) mime = mime_parse(message);
    OWNED(mime_body) body = mime_body_choose(mime);
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
