/* SPDX-License-Identifier: MIT */

#include "asar/portion-class.h"

#include "asar/utf8.h"
#include "base/cleanup.h"

#include <locale.h>
#include <string.h>
#include <wctype.h>

#define NAMED_COUNT 14

struct named {
    const char *text;
    const char *kind; /* the C library's; NULL where there is none */
    bool is_negative; /* made of what it does not have, which shows where it is mixed */
};

static const struct named named[NAMED_COUNT] = {
    {"[:alnum:]", "alnum"},       {"[:alpha:]", "alpha"},   {"[:ascii:]", NULL},
    {"[:blank:]", "blank"},       {"[:cntrl:]", "cntrl"},   {"[:digit:]", "digit"},
    {"[:graph:]", "graph", true}, {"[:lower:]", "lower"},   {"[:print:]", "print", true},
    {"[:punct:]", "punct"},       {"[:space:]", "space"},   {"[:upper:]", "upper"},
    {"[:word:]", "alnum"},        {"[:xdigit:]", "xdigit"},
};

struct range {
    int32_t first, last;
};

struct weft_portion_class {
    locale_t locale;
    bool is_negated;
    unsigned int with, without; /* bits of named */
    size_t count;
    struct range ranges[];
};

const char *weft_portion_class_end(const char *open, const char *end)
{
    const char *at = open + 1;
    if (at < end && (*at == '!' || *at == '^'))
        at++;
    for (const char *start = at; at < end; at++) {
        if (*at == ']' && at > start)
            return at;
        if (*at == '\\')
            at++;
    }
    return NULL;
}

/* ---- reading ---- */

struct reader {
    const char *at, *end;
    struct weft_portion_class *class;
    int32_t range_start; /* or -1: the first end of a range has been read */
    bool is_escaped;
    bool has_begun;
    bool is_nonsense;
};

static const struct named *find_named(const char *at, const char *end)
{
    for (size_t i = 0; i < NAMED_COUNT; i++) {
        size_t size = strlen(named[i].text);
        if ((size_t)(end - at) >= size && memcmp(at, named[i].text, size) == 0)
            return &named[i];
    }
    return NULL;
}

static void add_range(struct reader *reader, int32_t first, int32_t last)
{
    reader->class->ranges[reader->class->count++] = (struct range){first, last};
}

static void read_named(struct reader *reader, const struct named *it)
{
    unsigned int bit = 1u << (it - named);
    if (reader->range_start >= 0)
        reader->is_nonsense = true;
    else if (it->is_negative)
        reader->class->without |= bit;
    else
        reader->class->with |= bit;
    if (strcmp(it->text, "[:word:]") == 0)
        add_range(reader, '_', '_');
    reader->at += strlen(it->text);
}

static void read_character(struct reader *reader)
{
    size_t size;
    int32_t code = weft_utf8_decode(reader->at, (size_t)(reader->end - reader->at), &size);
    const char *next = reader->at + size;
    reader->is_escaped = false;
    if (reader->range_start >= 0) {
        if (code >= reader->range_start)
            add_range(reader, reader->range_start, code);
        reader->range_start = -1;
        reader->at = next;
    } else if (reader->end - next > 1 && memcmp(next, "-]", 2) == 0) {
        add_range(reader, code, code);
        add_range(reader, '-', '-');
        reader->at = next + 1;
    } else if (next < reader->end && *next == '-') {
        reader->range_start = code;
        reader->at = next + 1;
    } else {
        add_range(reader, code, code);
        reader->at = next;
    }
}

/* Reads up to the closing bracket. Returns whether there is one. */
static bool read_members(struct reader *reader)
{
    while (reader->at < reader->end && !reader->is_nonsense) {
        if (*reader->at == ']' && reader->has_begun && !reader->is_escaped)
            return true;
        reader->has_begun = true;
        const struct named *it = NULL;
        if (*reader->at == '[' && !reader->is_escaped)
            it = find_named(reader->at, reader->end);
        if (*reader->at == '\\' && !reader->is_escaped) {
            reader->is_escaped = true;
            reader->at++;
        } else if (it) {
            read_named(reader, it);
        } else {
            read_character(reader);
        }
    }
    return reader->is_nonsense;
}

static void free_class(struct weft_portion_class **class)
{
    weft_portion_class_free(*class);
}

int weft_portion_class_new(const char *open, const char *end, struct weft_portion_class **ret_class,
                           size_t *ret_used)
{
    /* No member takes less than a byte; two of them come from "-]" and the underscore of words. */
    size_t most = (size_t)(end - open) + 2;
    WEFT_CLEANUP(free_class)
    struct weft_portion_class *class = calloc(1, sizeof(*class) + most * sizeof(struct range));
    if (!class)
        return -ENOMEM;
    class->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    struct reader reader = {.at = open + 1, .end = end, .class = class, .range_start = -1};
    if (reader.at < end && (*reader.at == '!' || *reader.at == '^')) {
        class->is_negated = true;
        reader.at++;
    }
    if (!read_members(&reader))
        return WEFT_PORTION_CLASS_NONE;
    bool is_empty = class->count == 0 && !class->with && !class->without;
    if (reader.is_nonsense || is_empty) {
        class->count = class->with = class->without = 0;
        class->is_negated = false;
        reader.at = end - 1;
    }
    *ret_used = (size_t)(reader.at + 1 - open);
    *ret_class = weft_steal_ptr(&class);
    return 0;
}

void weft_portion_class_free(struct weft_portion_class *class)
{
    if (!class)
        return;
    if (class->locale)
        freelocale(class->locale);
    free(class);
}

/* ---- asking ---- */

static bool is_named(const struct weft_portion_class *class, const struct named *it, int32_t code)
{
    if (!it->kind || !class->locale || (code >= 0x80 && strcmp(it->kind, "xdigit") == 0))
        return !it->kind && code < 0x80;
    return iswctype_l((wint_t)code, wctype_l(it->kind, class->locale), class->locale);
}

static bool has_range(const struct weft_portion_class *class, int32_t code)
{
    for (size_t i = 0; i < class->count; i++)
        if (code >= class->ranges[i].first && code <= class->ranges[i].last)
            return true;
    for (size_t i = 0; i < NAMED_COUNT; i++)
        if (class->with >> i & 1 && is_named(class, &named[i], code))
            return true;
    return false;
}

/* Not in one of those that are made of what they do not have. */
static bool is_left_out(const struct weft_portion_class *class, int32_t code)
{
    for (size_t i = 0; i < NAMED_COUNT; i++)
        if (class->without >> i & 1 && !is_named(class, &named[i], code))
            return true;
    return false;
}

bool weft_portion_class_has(const struct weft_portion_class *class, int32_t code)
{
    bool has_with = class->count > 0 || class->with;
    bool is_in = has_with && has_range(class, code) != class->is_negated;
    bool is_out = class->without && is_left_out(class, code) == class->is_negated;
    return is_in || is_out;
}
