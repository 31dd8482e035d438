/* SPDX-License-Identifier: MIT */
#include "mail/mime_body.h"

#include "base/limits.h"

/* The two readings while we walk; a NULL list is one that the part we are in does not belong to. */
struct readings {
    GPtrArray *plain, *html;
    bool in_alternative;
};

static bool is_text(const struct mime_part *part) {
    return mime_is(part, "text/plain") || mime_is(part, "text/html");
}

/* RFC 2387 §3.2: the root of multipart/related is the part that start= names, else the first. */
static const struct mime_part *root_of(const struct mime_part *related) {
    const char *start = mime_parameter_find(related, "start");
    g_autofree char *id = start ? g_strdup(start) : NULL;
    if (id && *id == '<' && g_str_has_suffix(id, ">")) {
        id[strlen(id) - 1] = '\0';
        memmove(id, id + 1, strlen(id));
    }
    for (guint i = 0; id && i < related->children->len; i++) {
        const struct mime_part *child = related->children->pdata[i];
        if (child->id && strcmp(child->id, id) == 0)
            return child;
    }
    return related->children->len ? related->children->pdata[0] : NULL;
}

/* Is the part to be shown in the text's place (RFC 8621 §4.1.4)? A second text that has a name is
 * an attachment. */
static bool is_shown(const struct mime_part *part) {
    const struct mime_part *around = part->parent;
    if (part->kind != MIME_LEAF || part->disposition == MIME_ATTACHMENT || !is_text(part))
        return false;
    if (!around || around->kind != MIME_MULTIPART)
        return true;
    if (mime_is(around, "multipart/related"))
        return part == root_of(around);
    return part == around->children->pdata[0] || !part->name;
}

static void add_leaf(struct mime_body *body, const struct mime_part *part, bool alternative,
                     struct readings *to) {
    gpointer leaf = (gpointer)(guintptr)part;
    bool is_html = mime_is(part, "text/html");
    if (!is_shown(part)) {
        g_ptr_array_add(body->attachments, leaf);
        return;
    }
    if (alternative) {
        GPtrArray *list = is_html ? to->html : to->plain;
        g_ptr_array_add(list ? list : body->attachments, leaf);
        return;
    }
    if (to->in_alternative && is_html)
        to->plain = NULL;
    else if (to->in_alternative)
        to->html = NULL;
    if (to->plain)
        g_ptr_array_add(to->plain, leaf);
    if (to->html)
        g_ptr_array_add(to->html, leaf);
    if (!to->plain && !to->html)
        g_ptr_array_add(body->attachments, leaf);
}

static void copy_from(GPtrArray *to, const GPtrArray *from, guint at) {
    for (; at < from->len; at++)
        g_ptr_array_add(to, from->pdata[at]);
}

/* An alternative that gave only one of the readings something gives it to the other too. */
static void fill_missing(GPtrArray *plain, GPtrArray *html, guint plain_before, guint html_before) {
    if (plain->len == plain_before && html->len > html_before)
        copy_from(plain, html, html_before);
    else if (html->len == html_before && plain->len > plain_before)
        copy_from(html, plain, plain_before);
}

static void walk(struct mime_body *body, const struct mime_part *part, struct readings to) {
    if (part->kind != MIME_MULTIPART) {
        add_leaf(body, part, false, &to);
        return;
    }
    bool alternative = mime_is(part, "multipart/alternative");
    guint plain_before = to.plain ? to.plain->len : 0, html_before = to.html ? to.html->len : 0;
    to.in_alternative = to.in_alternative || alternative;
    for (guint i = 0; i < part->children->len; i++) {
        const struct mime_part *child = part->children->pdata[i];
        if (child->kind == MIME_MULTIPART)
            walk(body, child, to);
        else
            add_leaf(body, child, alternative, &to);
    }
    if (alternative && to.plain && to.html)
        fill_missing(to.plain, to.html, plain_before, html_before);
}

static bool holds(const GPtrArray *parts, const char *type) {
    for (guint i = 0; i < parts->len; i++)
        if (mime_is(parts->pdata[i], type))
            return true;
    return false;
}

struct mime_body *mime_body_choose(const struct mime *mime) {
    struct mime_body *body = g_new0(struct mime_body, 1);
    body->plain = g_ptr_array_new();
    body->html = g_ptr_array_new();
    body->attachments = g_ptr_array_new();
    walk(body, mime->root, (struct readings){.plain = body->plain, .html = body->html});
    body->has_plain = holds(body->plain, "text/plain");
    body->has_html = holds(body->html, "text/html");
    return body;
}

void mime_body_free(struct mime_body *body) {
    if (!body)
        return;
    g_ptr_array_unref(body->plain);
    g_ptr_array_unref(body->html);
    g_ptr_array_unref(body->attachments);
    g_free(body);
}

bool mime_body_is_inline_image(const struct mime_part *part) {
    return part->id && g_str_has_prefix(part->type, "image/");
}

bool mime_body_has_attachment(const struct mime_body *body) {
    for (guint i = 0; i < body->attachments->len; i++)
        if (!body->has_html || !mime_body_is_inline_image(body->attachments->pdata[i]))
            return true;
    return false;
}
