/* SPDX-License-Identifier: MIT
 *
 * auth/authres_parse.h: the memory of parsed fields, and the registry of methods and result words.
 */
#include "auth/authres_parse.h"

enum { BLOCK = 4096 };

struct authres_text {
    struct authres_text *older;
    size_t used, size;
    char octets[];
};

static void free_older(struct authres_text *text) {
    while (text->older) {
        struct authres_text *oldest = text->older;
        text->older = oldest->older;
        g_free(oldest);
    }
}

void authres_memory_reset(struct authres_memory *memory) {
    memory->n_fields = memory->n_results = memory->n_properties = 0;
    if (!memory->text)
        return;
    free_older(memory->text);
    memory->text->used = 0;
}

void authres_memory_clear(struct authres_memory *memory) {
    if (memory->text)
        free_older(memory->text);
    g_free(memory->text);
    g_free(memory->field);
    g_free(memory->result);
    g_free(memory->property);
}

char *authres_memory_text(struct authres_memory *memory, size_t n) {
    struct authres_text *text = memory->text;
    if (!text || text->size - text->used < n) {
        size_t size = MAX(n, (size_t)BLOCK);
        text = g_malloc(sizeof *text + size);
        text->older = memory->text;
        text->used = 0;
        text->size = size;
        memory->text = text;
    }
    text->used += n;
    return text->octets + text->used - n;
}

/* Room for one more entry of `size` octets, doubling; how many are allowed is the parser's matter.
 */
static void *grown(void *array, guint n, guint *allocated, size_t size) {
    if (n < *allocated)
        return array;
    *allocated = *allocated ? *allocated * 2 : 16;
    return g_realloc_n(array, *allocated, size);
}

struct authres_field *authres_memory_field(struct authres_memory *memory) {
    memory->field =
        grown(memory->field, memory->n_fields, &memory->fields_size, sizeof *memory->field);
    struct authres_field *field = &memory->field[memory->n_fields++];
    memset(field, 0, sizeof *field);
    return field;
}

struct authres_result *authres_memory_result(struct authres_memory *memory) {
    memory->result =
        grown(memory->result, memory->n_results, &memory->results_size, sizeof *memory->result);
    struct authres_result *result = &memory->result[memory->n_results++];
    memset(result, 0, sizeof *result);
    return result;
}

struct authres_property *authres_memory_property(struct authres_memory *memory) {
    memory->property = grown(memory->property, memory->n_properties, &memory->properties_size,
                             sizeof *memory->property);
    return &memory->property[memory->n_properties++];
}

void authres_memory_settle(struct authres_memory *memory) {
    struct authres_result *result = memory->result;
    struct authres_property *property = memory->property;
    for (guint i = 0; i < memory->n_fields; i++) {
        struct authres_field *field = &memory->field[i];
        field->result = result;
        for (guint j = 0; j < field->n_results && result; j++, result++) {
            result->property = property;
            property = property ? property + result->n_properties : NULL;
        }
    }
}

#define BIT(word) (1u << AUTH_##word)
#define ERRORS (BIT(TEMPERROR) | BIT(PERMERROR))
#define BASIC (BIT(NONE) | BIT(PASS) | BIT(FAIL) | ERRORS)
#define HARDFAIL BIT(RESULT__MAX) /* "hardfail" is written for "fail" */

static const struct {
    struct span name;
    enum authres_method method;
    guint words;
} methods[] = {
    {{"dkim", 4}, AUTHRES_DKIM, BASIC | BIT(POLICY) | BIT(NEUTRAL) | HARDFAIL},
    {{"spf", 3}, AUTHRES_SPF, BASIC | BIT(POLICY) | BIT(NEUTRAL) | BIT(SOFTFAIL) | HARDFAIL},
    {{"dmarc", 5}, AUTHRES_DMARC, BASIC},
    {{"arc", 3}, AUTHRES_ARC, BIT(NONE) | BIT(PASS) | BIT(FAIL)},
    {{"auth", 4}, AUTHRES_AUTH, BASIC},
    {{"iprev", 5}, AUTHRES_IPREV, BIT(PASS) | BIT(FAIL) | ERRORS},
    {{"bimi", 4}, AUTHRES_BIMI, BIT(NONE) | BIT(PASS) | BIT(FAIL) | BIT(TEMPERROR)},
    {{"sender-id", 9},
     AUTHRES_SENDER_ID,
     BASIC | BIT(POLICY) | BIT(NEUTRAL) | BIT(SOFTFAIL) | HARDFAIL},
    {{"domainkeys", 10}, AUTHRES_DOMAINKEYS, BASIC | BIT(POLICY) | BIT(NEUTRAL) | HARDFAIL},
};

static const struct {
    struct span name;
    enum auth_result result;
} words[] = {
    {{"pass", 4}, AUTH_PASS},           {{"none", 4}, AUTH_NONE},
    {{"fail", 4}, AUTH_FAIL},           {{"neutral", 7}, AUTH_NEUTRAL},
    {{"softfail", 8}, AUTH_SOFTFAIL},   {{"policy", 6}, AUTH_POLICY},
    {{"temperror", 9}, AUTH_TEMPERROR}, {{"permerror", 9}, AUTH_PERMERROR},
};

/* RFC 5451 §2.4.2, obsolete, had "hardfail" for SPF and Sender ID; BIGLOBE writes it for DKIM too.
 */
static enum auth_result word_find(struct span word, guint allowed) {
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (span_eq(words[i].name, word))
            return allowed & (1u << words[i].result) ? words[i].result : AUTH_NOT_EVALUATED;
    bool hardfail = (allowed & HARDFAIL) && span_eq(word, SPAN_LIT("hardfail"));
    return hardfail ? AUTH_FAIL : AUTH_NOT_EVALUATED;
}

void authres_result_register(struct authres_result *result) {
    /* RFC 8601 §2.6: a version of a method that we do not know makes its result unusable. */
    if (result->version != 1)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (!span_eq(methods[i].name, result->method))
            continue;
        result->known = methods[i].method;
        result->result = word_find(result->word, methods[i].words);
        return;
    }
}
