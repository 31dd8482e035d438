/* SPDX-License-Identifier: MIT
 *
 * One value of a record, written or read. */
#include "trust/record_codec.h"

#include "base/limits.h"

static void number(struct record_codec *codec, uint64_t *value) {
    if (!codec->reading) {
        g_array_append_val(codec->numbers, *value);
        return;
    }
    codec->bad = codec->bad || codec->n_numbers == 0;
    if (codec->bad) {
        *value = 0;
        return;
    }
    *value = *codec->number++;
    codec->n_numbers--;
}

void codec_int64(struct record_codec *codec, int64_t *value) {
    uint64_t bits = (uint64_t)*value;
    number(codec, &bits);
    *value = (int64_t)bits;
}

void codec_below(struct record_codec *codec, uint32_t *value, uint32_t max) {
    uint64_t wide = *value;
    number(codec, &wide);
    if (wide >= max) {
        codec->bad = true;
        wide = 0;
    }
    *value = (uint32_t)wide;
}

void codec_uint32(struct record_codec *codec, uint32_t *value) {
    codec_below(codec, value, UINT32_MAX);
}

void codec_guint(struct record_codec *codec, guint *value) {
    codec_enum(codec, value, G_MAXINT);
}

void codec_bool(struct record_codec *codec, bool *value) {
    codec_enum(codec, value, 2);
}

/* Every item takes a number at least, so a count beyond what is left is a lie. */
void codec_count(struct record_codec *codec, guint *n) {
    codec_enum(codec, n, LIMIT_RECORD_ITEMS);
    if (codec->reading && *n > codec->n_numbers) {
        codec->bad = true;
        *n = 0;
    }
}

/* Reading: the string, borrowed from the lane, or NULL. */
static const char *string(struct record_codec *codec, const char *value) {
    bool present = value != NULL;
    codec_bool(codec, &present);
    if (!present)
        return NULL;
    if (!codec->reading) {
        g_array_append_val(codec->strings, value);
        return NULL;
    }
    codec->bad = codec->bad || codec->n_strings == 0;
    if (codec->bad)
        return NULL;
    codec->n_strings--;
    return *codec->string++;
}

void codec_text(struct record_codec *codec, const char **text) {
    const char *found = string(codec, *text);
    if (codec->reading)
        *text = evidence_text(codec->owner, found);
}

void codec_kept(struct record_codec *codec, struct texts *owner, const char **text) {
    const char *found = string(codec, *text);
    if (codec->reading)
        *text = texts_add(owner, found);
}

void codec_string(struct record_codec *codec, char **value) {
    const char *found = string(codec, *value);
    if (codec->reading)
        *value = g_strdup(found);
}
