/* SPDX-License-Identifier: MIT
 *
 * The shape of a record. Type "(sutatas)": a magic word, version, then the two lanes of
 * record_codec. Whoever adds a field adds it once, here or in record_evidence.c, and raises
 * RECORD_VERSION: old records are refused and the messages evaluated again. Reasons are kept by
 * code, not by number. */
#include "trust/record.h"

#include "base/limits.h"
#include "trust/record_codec.h"
#include "trust/record_evidence.h"

#include <gio/gio.h>

#define MAGIC "inkan-record"
#define TYPE G_VARIANT_TYPE("(suatas)")

static void put_reason(struct record_codec *c, struct reason *reason) {
    const char *code = c->reading ? NULL : reason_code_name(reason->code);
    codec_text(c, &code);
    if (c->reading)
        reason->code = reason_code_find(code);
    codec_enum(c, &reason->severity, SEVERITY_DANGER + 1);
    for (guint i = 0; i < REASON_PARAMETERS_MAX; i++)
        codec_string(c, &reason->values[i]);
    c->bad = c->bad || !reason->code || !reason->severity;
}

static void put_verdict(struct record_codec *c, struct verdict *verdict) {
    codec_enum(c, &verdict->author, VERDICT_AUTHOR__MAX);
    codec_enum(c, &verdict->strength, STRENGTH__MAX);
    codec_enum(c, &verdict->level, LEVEL__MAX);
    codec_enum(c, &verdict->source, SOURCE_MIXED + 1);
    codec_int64(c, &verdict->checked_at);
    codec_bool(c, &verdict->complete);
    codec_kept(c, &verdict->texts, &verdict->address);
    codec_kept(c, &verdict->texts, &verdict->domain);
    codec_kept(c, &verdict->texts, &verdict->organizational_domain);
    codec_kept(c, &verdict->texts, &verdict->display_name);
    codec_kept(c, &verdict->texts, &verdict->identity);
    codec_uint32(c, &verdict->via);
    codec_bool(c, &verdict->at_provider);
    codec_array(c, &verdict->reasons.items, &verdict->reasons.n);
    for (guint i = 0; i < verdict->reasons.n; i++)
        put_reason(c, &verdict->reasons.items[i]);
}

static void put_first(struct record_codec *c, struct record_first *first) {
    codec_int64(c, &first->checked_at);
    codec_enum(c, &first->author, VERDICT_AUTHOR__MAX);
    codec_enum(c, &first->level, LEVEL__MAX);
}

static void put_record(struct record_codec *c, struct record *record) {
    codec_string(c, &record->facts.inputs);
    codec_uint32(c, &record->facts.policy_revision);
    codec_bool(c, &record->facts.complete);
    put_first(c, &record->first);
    record_evidence(c, record->evidence);
    put_verdict(c, record->verdict);
}

/* What verdict_derive takes for granted. */
static bool is_consistent(const struct record *record) {
    const struct evidence_author *author = &record->evidence->author;
    bool named = author->state == AUTHOR_ONE || author->state == AUTHOR_SEVERAL;
    if (named != (author->domain != NULL) || named != (author->address != NULL))
        return false;
    if (named && !strchr(author->address, '@'))
        return false;
    return named || reason_code_find(author->why) != REASON_NOT_EVALUATED;
}

void record_free(struct record *record) {
    g_free(record->facts.inputs);
    if (record->evidence)
        evidence_free(record->evidence);
    if (record->verdict)
        verdict_free(record->verdict);
    g_free(record);
}

static GVariant *write_lanes(struct record *record) {
    struct record_codec codec = {.numbers = g_array_new(FALSE, FALSE, sizeof(uint64_t)),
                                 .strings = g_array_new(FALSE, FALSE, sizeof(const char *))};
    put_record(&codec, record);
    GVariant *numbers = g_variant_new_fixed_array(G_VARIANT_TYPE_UINT64, codec.numbers->data,
                                                  codec.numbers->len, sizeof(uint64_t));
    GVariant *strings = g_variant_new_strv((const char *const *)(gconstpointer)codec.strings->data,
                                           (gssize)codec.strings->len);
    GVariant *value = g_variant_ref_sink(
        g_variant_new("(su@at@as)", MAGIC, (guint32)RECORD_VERSION, numbers, strings));
    g_array_unref(codec.numbers);
    g_array_unref(codec.strings);
    return value;
}

/* evidence_bound keeps lists short; should it ever fail, a verdict without them is kept rather than
 * none: mail must not stay unchecked for its size. */
static GVariant *write_without_lists(const struct record *record) {
    struct evidence bare = *record->evidence;
    bare.n_authres = bare.n_signatures = bare.n_hops = 0;
    bare.statement.n_dkim = bare.forwarded.n_dkim = 0;
    struct record walked = *record;
    walked.evidence = &bare;
    return write_lanes(&walked);
}

GBytes *record_encode(const struct record *record, GError **error) {
    struct record walked = *record; /* writing changes nothing: the walk is shared with reading */
    g_autoptr(GVariant) value = write_lanes(&walked);
    if (g_variant_get_size(value) > LIMIT_RECORD_SIZE) {
        g_variant_unref(value);
        value = write_without_lists(record);
    }
    if (g_variant_get_size(value) > LIMIT_RECORD_SIZE) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "a record of %zu octets is too large",
                    g_variant_get_size(value));
        return NULL;
    }
    return g_variant_get_data_as_bytes(value);
}

static struct record *refuse(GError **error, const char *why) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "record refused: %s", why);
    return NULL;
}

static struct record *read_lanes(GVariant *value) {
    g_autoptr(GVariant) numbers = g_variant_get_child_value(value, 2);
    g_autoptr(GVariant) strings = g_variant_get_child_value(value, 3);
    struct record_codec codec = {.reading = true};
    gsize n_strings;
    codec.number = g_variant_get_fixed_array(numbers, &codec.n_numbers, sizeof(uint64_t));
    g_autofree const char **lane = g_variant_get_strv(strings, &n_strings);
    codec.string = lane;
    codec.n_strings = n_strings;
    OWNED(record) record = g_new0(struct record, 1);
    record->evidence = codec.owner = evidence_new();
    record->verdict = g_new0(struct verdict, 1);
    put_record(&codec, record);
    if (!record->first.checked_at)
        record->first = (struct record_first){record->verdict->checked_at, record->verdict->author,
                                              record->verdict->level};
    bool whole = !codec.bad && codec.n_numbers == 0 && codec.n_strings == 0;
    return whole && is_consistent(record) ? g_steal_pointer(&record) : NULL;
}

struct record *record_decode(GBytes *octets, GError **error) {
    if (g_bytes_get_size(octets) > LIMIT_RECORD_SIZE)
        return refuse(error, "too large");
    g_autoptr(GVariant) value = g_variant_ref_sink(g_variant_new_from_bytes(TYPE, octets, FALSE));
    if (!g_variant_is_normal_form(value))
        return refuse(error, "not in normal form");
    const char *magic;
    guint32 version;
    g_variant_get(value, "(&su@at@as)", &magic, &version, NULL, NULL);
    if (strcmp(magic, MAGIC) != 0 || version != RECORD_VERSION)
        return refuse(error, "of another version");
    struct record *record = read_lanes(value);
    return record ? record : refuse(error, "its values do not fit together");
}

char *record_inputs(const char *digest, const char *belief, enum mailbox_role role,
                    enum verify_mode mode, int64_t received_at) {
    g_autofree char *facts = g_strdup_printf("%s\n%s\n%d\n%d\n%" G_GINT64_FORMAT, digest,
                                             belief ? belief : "", role, mode, received_at);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, facts, -1);
}
