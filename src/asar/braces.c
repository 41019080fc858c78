/* SPDX-License-Identifier: MIT */

/*
 * Source: github.com/juliangruber/brace-expansion 5.0, src/index.ts. What is literal is replaced by
 * bytes that UTF-8 does not have while groups are looked for.
 */

#include "asar/braces.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 100

/* Stand-ins for `\\`, `\{`, `\}`, `\,` and `\.`. */
static const char escaped[] = "\\{},.";
#define STAND_IN(place) ((char)(0xf8 + (place)))
#define CLOSE_STAND_IN  STAND_IN(2)

/* ---- lists of strings ---- */

void weft_strings_deinit(struct weft_strings *strings)
{
    for (size_t i = 0; i < strings->count; i++)
        free(strings->items[i]);
    free(strings->items);
    *strings = (struct weft_strings){0};
}

static int take_string(struct weft_strings *strings, char *string)
{
    if (string && strings->count == strings->capacity) {
        size_t capacity = strings->capacity ? strings->capacity * 2 : 8;
        char **items = reallocarray(strings->items, capacity, sizeof(*items));
        if (items) {
            strings->items = items;
            strings->capacity = capacity;
        }
    }
    if (!string || strings->count == strings->capacity || strings->count == WEFT_BRACES_MAX) {
        bool is_too_many = string && strings->count == WEFT_BRACES_MAX;
        free(string);
        return is_too_many ? -E2BIG : -ENOMEM;
    }
    strings->items[strings->count++] = string;
    return 0;
}

static char *join3(const char *a, const char *b, size_t b_size, const char *c)
{
    char *joined;
    return asprintf(&joined, "%s%.*s%s", a, (int)b_size, b, c) < 0 ? NULL : joined;
}

/* Each string of @list with @middle and each of @ends behind it, in place. */
static int combine(struct weft_strings *list, const char *middle, size_t middle_size,
                   const struct weft_strings *ends, bool drop_empties)
{
    WEFT_CLEANUP(weft_strings_deinit) struct weft_strings all = {0};
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < ends->count; k++) {
            char *joined = join3(list->items[i], middle, middle_size, ends->items[k]);
            if (joined && drop_empties && !*joined) {
                free(joined);
                continue;
            }
            int r = take_string(&all, joined);
            if (r < 0)
                return r;
        }
    struct weft_strings old = *list;
    *list = all;
    all = old;
    return 0;
}

static int append(struct weft_strings *list, const char *text, size_t size, bool drop_empties)
{
    char *empty[] = {(char *)""};
    const struct weft_strings nothing = {.items = empty, .count = 1};
    return combine(list, text, size, &nothing, drop_empties);
}

/* ---- finding groups ---- */

struct group {
    const char *open, *close; /* the braces themselves */
};

/* The first outermost group. Where the first brace is never closed, the leftmost one in it. */
static bool find_group(const char *text, struct group *ret_group)
{
    const char *opens[DEPTH_MAX], *left = NULL, *right = NULL;
    size_t depth = 0;
    for (const char *at = text; *at; at++) {
        if (*at == '{' && depth < DEPTH_MAX)
            opens[depth++] = at;
        if (*at != '}' || depth == 0)
            continue;
        const char *open = opens[--depth];
        if (depth == 0) {
            *ret_group = (struct group){open, at};
            return true;
        }
        if (!left || open < left) {
            left = open;
            right = at;
        }
    }
    *ret_group = (struct group){left, right};
    return left != NULL;
}

/* `{a},b}`: whether a comma and a brace behind a group make it one of more. */
static bool is_comma_set_behind(const char *text)
{
    bool has_close = false;
    for (const char *at = text + strlen(text); at-- > text;) {
        if (*at == '}')
            has_close = true;
        else if (*at == '\n' || *at == '\r')
            has_close = false;
        else if (*at == ',' && has_close && at[1] != ',')
            return true;
    }
    return false;
}

/* ---- sequences ---- */

static const char *skip_number(const char *at)
{
    const char *digits = at + (*at == '-');
    size_t count = strspn(digits, "0123456789");
    return count ? digits + count : NULL;
}

struct sequence {
    const char *first, *last; /* the words */
    size_t first_size, last_size;
    const char *step; /* or NULL */
    bool is_letters;
};

static bool parse_sequence(const char *body, struct sequence *ret)
{
    struct sequence sequence = {.first = body, .is_letters = isalpha((unsigned char)body[0])};
    const char *at = sequence.is_letters ? body + 1 : skip_number(body);
    if (!at || strncmp(at, "..", 2) != 0)
        return false;
    sequence.first_size = (size_t)(at - body);
    sequence.last = at + 2;
    if (sequence.is_letters)
        at = isalpha((unsigned char)at[2]) ? at + 3 : NULL;
    else
        at = skip_number(at + 2);
    if (!at)
        return false;
    sequence.last_size = (size_t)(at - sequence.last);
    if (strncmp(at, "..", 2) == 0) {
        sequence.step = at + 2;
        at = skip_number(at + 2);
    }
    if (!at || *at)
        return false;
    *ret = sequence;
    return true;
}

static bool is_padded(const char *word)
{
    word += *word == '-';
    return word[0] == '0' && isdigit((unsigned char)word[1]);
}

static char *format_value(const struct sequence *sequence, long long value, int width)
{
    char *text;
    if (sequence->is_letters) /* a backslash would escape what follows */
        return value == '\\' ? strdup("") : strndup((char[]){(char)value}, 1);
    return asprintf(&text, "%0*lld", width, value) < 0 ? NULL : text;
}

static int expand_sequence(const struct sequence *sequence, struct weft_strings *values)
{
    long long first = sequence->first[0], last = sequence->last[0], step = 1;
    int width = 0;
    if (!sequence->is_letters) {
        first = strtoll(sequence->first, NULL, 10);
        last = strtoll(sequence->last, NULL, 10);
        bool pad = is_padded(sequence->first) || is_padded(sequence->last) ||
                   (sequence->step && is_padded(sequence->step));
        size_t longest =
            sequence->first_size > sequence->last_size ? sequence->first_size : sequence->last_size;
        width = pad ? (int)longest : 0;
    }
    if (sequence->step)
        step = strtoll(sequence->step, NULL, 10);
    unsigned long long by = step < 0 ? -(unsigned long long)step : (unsigned long long)step;
    unsigned long long span = last < first ? (unsigned long long)first - (unsigned long long)last
                                           : (unsigned long long)last - (unsigned long long)first;
    by = by ? by : 1;
    if (span / by >= WEFT_BRACES_MAX)
        return -E2BIG;
    for (unsigned long long i = 0; i <= span / by; i++) {
        long long value = last < first ? first - (long long)(i * by) : first + (long long)(i * by);
        int r = take_string(values, format_value(sequence, value, width));
        if (r < 0)
            return r;
    }
    return 0;
}

/* ---- groups ---- */

static int expand(const char *text, unsigned int depth, bool is_top, struct weft_strings *ret);

/* Splits the body of a group at its own commas, not at those of groups in it. */
static int split_members(const char *body, struct weft_strings *ret)
{
    size_t start = 0, at = 0;
    struct group group;
    const char *skip_from = find_group(body, &group) ? group.open : NULL;
    for (;; at++) {
        if (skip_from && body + at == skip_from) {
            at = (size_t)(group.close - body);
            skip_from = find_group(group.close + 1, &group) ? group.open : NULL;
            continue;
        }
        if (body[at] != ',' && body[at] != '\0')
            continue;
        int r = take_string(ret, strndup(body + start, at - start));
        if (r < 0 || body[at] == '\0')
            return r;
        start = at + 1;
    }
}

/* `{{a,b}}` is `{a}` and `{b}`. */
static int expand_only_member(const char *member, unsigned int depth, struct weft_strings *ret)
{
    int r = expand(member, depth + 1, false, ret);
    for (size_t i = 0; r == 0 && i < ret->count; i++) {
        char *braced = join3("{", ret->items[i], strlen(ret->items[i]), "}");
        if (!braced)
            return -ENOMEM;
        free(ret->items[i]);
        ret->items[i] = braced;
    }
    return r;
}

static int expand_members(const char *body, unsigned int depth, struct weft_strings *values)
{
    WEFT_CLEANUP(weft_strings_deinit) struct weft_strings members = {0};
    int r = split_members(body, &members);
    if (r == 0 && members.count == 1) {
        WEFT_CLEANUP(weft_strings_deinit) struct weft_strings only = members;
        members = (struct weft_strings){0};
        r = expand_only_member(only.items[0], depth, &members);
        if (r == 0 && members.count == 1)
            return take_string(values, strdup(members.items[0]));
    }
    for (size_t i = 0; r == 0 && i < members.count; i++) {
        WEFT_CLEANUP(weft_strings_deinit) struct weft_strings expanded = {0};
        r = expand(members.items[i], depth + 1, false, &expanded);
        for (size_t k = 0; r == 0 && k < expanded.count; k++)
            r = take_string(values, strdup(expanded.items[k]));
    }
    return r;
}

/* What a walk over the groups of a text knows. */
struct walk {
    unsigned int depth;
    bool is_top;
    bool has_begun;    /* a group has been seen */
    bool drop_empties; /* Bash drops them, at the top, when the first group is no sequence */
    struct weft_strings *list;
};

enum {
    GROUP_DONE = 0,
    GROUP_LITERAL, /* the rest of the text stands for itself */
    GROUP_REWRITTEN,
};

/* Adds what the group before @rest stands for. */
static int add_group(struct walk *walk, char *text, const struct group *group)
{
    size_t before = (size_t)(group->open - text);
    const char *rest = group->close + 1;
    struct sequence sequence;
    if (before > 0 && group->open[-1] == '$') { /* `${a,b}` is a shell's variable */
        walk->has_begun = true;
        return append(walk->list, text, (size_t)(rest - text), walk->drop_empties && !*rest);
    }
    weft_autofree char *body = strndup(group->open + 1, (size_t)(group->close - group->open - 1));
    if (!body)
        return -ENOMEM;
    bool is_sequence = parse_sequence(body, &sequence);
    if (!is_sequence && !strchr(body, ',')) {
        if (!is_comma_set_behind(rest))
            return GROUP_LITERAL;
        *(char *)group->close = CLOSE_STAND_IN;
        walk->is_top = true;
        return GROUP_REWRITTEN;
    }
    if (!walk->has_begun)
        walk->drop_empties = walk->is_top && !is_sequence;
    walk->has_begun = true;
    WEFT_CLEANUP(weft_strings_deinit) struct weft_strings values = {0};
    int r = is_sequence ? expand_sequence(&sequence, &values)
                        : expand_members(body, walk->depth, &values);
    return r < 0 ? r : combine(walk->list, text, before, &values, walk->drop_empties && !*rest);
}

static int expand(const char *text, unsigned int depth, bool is_top, struct weft_strings *ret)
{
    weft_autofree char *copy = strdup(text);
    struct walk walk = {.depth = depth, .is_top = is_top, .list = ret};
    struct group group;
    int r = take_string(ret, strdup(""));
    if (!copy || r < 0)
        return -ENOMEM;
    if (depth > DEPTH_MAX)
        return -E2BIG;
    for (char *at = copy; r >= 0;) {
        if (!find_group(at, &group))
            return append(ret, at, strlen(at), walk.drop_empties);
        r = add_group(&walk, at, &group);
        if (r == GROUP_LITERAL)
            return append(ret, at, strlen(at), walk.drop_empties);
        if (r == GROUP_DONE) {
            at = (char *)group.close + 1;
            if (!*at)
                return 0;
        }
    }
    return r;
}

/* ---- the whole ---- */

/* A brace, no other in between, and its end on the same line. */
static bool has_group(const char *pattern)
{
    for (const char *open = strchr(pattern, '{'); open; open = strchr(open + 1, '{'))
        if (open[1 + strcspn(open + 1, "{}\r\n")] == '}')
            return true;
    return false;
}

/* An escaped backslash stays one: the pattern is read once more afterwards. */
static void escape(const char *pattern, char *out)
{
    if (strncmp(pattern, "{}", 2) == 0) { /* Bash leaves it as it is, at the start alone */
        *out++ = STAND_IN(1);
        *out++ = CLOSE_STAND_IN;
        pattern += 2;
    }
    while (*pattern) {
        const char *place = pattern[0] == '\\' && pattern[1] ? strchr(escaped, pattern[1]) : NULL;
        if (!place) {
            *out++ = *pattern++;
            continue;
        }
        *out++ = STAND_IN(place - escaped);
        if (place == escaped)
            *out++ = STAND_IN(0);
        pattern += 2;
    }
    *out = '\0';
}

static void unescape(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= (unsigned char)STAND_IN(0) &&
            (unsigned char)*text < (unsigned char)STAND_IN(sizeof(escaped) - 1))
            *text = escaped[(unsigned char)*text - (unsigned char)STAND_IN(0)];
}

int weft_braces_expand(const char *pattern, struct weft_strings *ret_strings)
{
    WEFT_CLEANUP(weft_strings_deinit) struct weft_strings strings = {0};
    int r;
    if (!has_group(pattern)) {
        r = take_string(&strings, strdup(pattern));
    } else {
        weft_autofree char *text = malloc(strlen(pattern) + 1);
        if (!text)
            return -ENOMEM;
        escape(pattern, text);
        r = expand(text, 0, true, &strings);
    }
    if (r < 0)
        return r;
    for (size_t i = 0; i < strings.count; i++)
        unescape(strings.items[i]);
    *ret_strings = strings;
    strings = (struct weft_strings){0};
    return 0;
}
