/* SPDX-License-Identifier: MIT
 *
 * Two lanes of a record, numbers and strings, walked in one order for writing and for reading: a
 * struct is described once (record.c) and cannot be written in one way and read in another. Reading
 * never believes what it reads: a lane that ends early, a number out of range or a count that
 * cannot be true sets `bad`, and every further value reads as zero. */
#ifndef INKAN_TRUST_RECORD_CODEC_H
#define INKAN_TRUST_RECORD_CODEC_H

#include "trust/evidence.h"

struct record_codec {
    bool reading, bad;
    GArray *numbers;        /* writing: uint64_t */
    GArray *strings;        /* writing: const char *, borrowed */
    const uint64_t *number; /* reading: what is left */
    size_t n_numbers;
    const char *const *string;
    size_t n_strings;
    struct evidence *owner; /* reading: of evidence strings */
};

void codec_int64(struct record_codec *codec, int64_t *value);
void codec_uint32(struct record_codec *codec, uint32_t *value);
void codec_guint(struct record_codec *codec, guint *value);
void codec_bool(struct record_codec *codec, bool *value);
/* Any enum: reading refuses what is not below `max`. */
#define codec_enum(codec, value, max)                                                              \
    do {                                                                                           \
        uint32_t number_ = (uint32_t) * (value);                                                   \
        codec_below((codec), &number_, (uint32_t)(max));                                           \
        *(value) = number_;                                                                        \
    } while (0)
void codec_below(struct record_codec *codec, uint32_t *value, uint32_t max);
/* A string of the evidence; NULL is kept apart from "". */
void codec_text(struct record_codec *codec, const char **text);
/* A string of `owner`, which is a verdict's. */
void codec_kept(struct record_codec *codec, struct texts *owner, const char **text);
/* A string of its own (g_free). */
void codec_string(struct record_codec *codec, char **string);
/* Length of an array; reading allocates it zeroed (g_free). */
#define codec_array(codec, array, n)                                                               \
    do {                                                                                           \
        codec_count((codec), (n));                                                                 \
        if ((codec)->reading)                                                                      \
            *(array) = g_malloc0_n(*(n), sizeof **(array));                                        \
    } while (0)
void codec_count(struct record_codec *codec, guint *n);

#endif
