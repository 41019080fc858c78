/* SPDX-License-Identifier: MIT */

/*
 * A portion becomes a tree: a sequence of items, some of which have alternatives that are
 * sequences. A name is matched by carrying the set of the places that can be reached in it from
 * item to item, so that no pattern takes more than a polynomial of the name's length.
 *
 * Source: github.com/isaacs/nonrecursive-glob-match 1.1, src/index.ts.
 */

#include "asar/portion.h"

#include "asar/portion-class.h"
#include "asar/utf8.h"
#include "base/cleanup.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

/* Nested groups that a pattern may have: `!(a!(b))` is two. */
#define DEPTH_MAX 32

/* Items of one portion. */
#define ITEMS_MAX 4096

/* Places in a name: before each character and at its end. */
#define PLACES  (NAME_MAX + 1)
#define SET_LEN ((PLACES + 63) / 64)

#define NONE (-1)

enum item_kind {
    ITEM_CHARACTER,
    ITEM_ANY,
    ITEM_STAR,
    ITEM_CLASS,
    ITEM_GROUP,       /* `@(..)` and its like */
    ITEM_ALTERNATIVE, /* of a group */
    /* Until it is known whether they have partners: */
    ITEM_OPEN,
    ITEM_BAR,
    ITEM_CLOSE,
};

struct item {
    enum item_kind kind;
    int32_t code; /* of a character; of a group and its `(`: the sign before */
    int next;     /* in its sequence */
    int first;    /* of a group: its first alternative; of an alternative: its first item */
    int partner;  /* of an open: its close */
    struct weft_portion_class *class;
};

struct weft_portion {
    char *literal; /* or NULL */
    size_t literal_size;
    struct item *items;
    int count, capacity;
    int first;
};

/* ---- names that stand for themselves ---- */

static bool is_extglob_at(const char *at, const char *end, const char *signs)
{
    return end - at > 1 && strchr(signs, *at) && *at && at[1] == '(';
}

/* One character in brackets, perhaps behind a backslash: that character. */
static bool read_bracketed(const char *open, const char *close, char **out)
{
    const char *body = open + 1 + (open[1] == '\\');
    size_t size = (size_t)(close - body), length;
    if (size == 0 || open[1] == '!' || open[1] == '^')
        return false;
    if (weft_utf8_decode(body, size, &length) < 0 || length != size)
        return false;
    *out = mempcpy(*out, body, size);
    return true;
}

static bool read_literal(const char *pattern, size_t size, char *out, size_t *ret_size)
{
    const char *end = pattern + size, *start = out;
    for (const char *at = pattern; at < end; at++) {
        if (*at == '\\' && at + 1 < end) {
            *out++ = *++at;
            continue;
        }
        if (*at == '*' || *at == '?')
            return false;
        if (is_extglob_at(at, end, "+@!") && memchr(at + 2, ')', (size_t)(end - at - 2)))
            return false;
        const char *close = *at == '[' ? weft_portion_class_end(at, end) : NULL;
        if (!close) {
            *out++ = *at;
            continue;
        }
        if (!read_bracketed(at, close, &out))
            return false;
        at = close;
    }
    *ret_size = (size_t)(out - start);
    return true;
}

/* ---- from text to items ---- */

static int add_item(struct weft_portion *portion, struct item item)
{
    if (portion->count == ITEMS_MAX)
        return -E2BIG;
    if (portion->count == portion->capacity) {
        int capacity = portion->capacity ? portion->capacity * 2 : 32;
        struct item *items = reallocarray(portion->items, (size_t)capacity, sizeof(*items));
        if (!items)
            return -ENOMEM;
        portion->items = items;
        portion->capacity = capacity;
    }
    item.next = item.first = item.partner = NONE;
    portion->items[portion->count] = item;
    return portion->count++;
}

static struct item plain_item(const char *at, size_t size, size_t *ret_used)
{
    switch (*at) {
    case '|':
        return (struct item){.kind = ITEM_BAR};
    case ')':
        return (struct item){.kind = ITEM_CLOSE};
    case '*':
        return (struct item){.kind = ITEM_STAR};
    case '?':
        return (struct item){.kind = ITEM_ANY};
    default:
        return (struct item){.code = weft_utf8_decode(at, size, ret_used)};
    }
}

/* Reads the item at @at. */
static int read_item(struct weft_portion *portion, const char *at, const char *end, bool is_plain,
                     size_t *ret_used)
{
    struct item item = {0};
    *ret_used = 1;
    if (*at == '\\') {
        item.code = '\\';
        if (at + 1 < end) {
            item.code = weft_utf8_decode(at + 1, (size_t)(end - at - 1), ret_used);
            ++*ret_used;
        }
        return add_item(portion, item);
    }
    if (*at == '[') {
        int r = weft_portion_class_new(at, end, &item.class, ret_used);
        if (r < 0)
            return r;
        if (r == 0) {
            item.kind = ITEM_CLASS;
            r = add_item(portion, item);
            if (r < 0)
                weft_portion_class_free(item.class);
            return r;
        }
        *ret_used = 1;
    }
    if (!is_plain && is_extglob_at(at, end, "!?+*@")) {
        *ret_used = 2;
        return add_item(portion, (struct item){.kind = ITEM_OPEN, .code = *at});
    }
    if (is_plain) /* an empty group alone: `@()` */
        return add_item(portion, (struct item){.code = *at});
    return add_item(portion, plain_item(at, (size_t)(end - at), ret_used));
}

/* A `)` belongs to the last `@(` that has none yet. */
static int pair_groups(struct weft_portion *portion)
{
    int depth = 0;
    weft_autofree int *opens = calloc((size_t)portion->count + 1, sizeof(*opens));
    if (!opens)
        return -ENOMEM;
    for (int i = 0; i < portion->count; i++) {
        if (portion->items[i].kind == ITEM_OPEN)
            opens[depth++] = i;
        else if (portion->items[i].kind == ITEM_CLOSE && depth > 0)
            portion->items[opens[--depth]].partner = i;
    }
    return 0;
}

/* Puts an item behind the last of a sequence. */
static void chain(struct weft_portion *portion, int *first, int *last, int item)
{
    if (*last == NONE)
        *first = item;
    else
        portion->items[*last].next = item;
    *last = item;
}

static int link_group(struct weft_portion *portion, int open, unsigned int depth);

/* Links the items from @at to @end into sequences: one at the top, one for each alternative in a
 * group. Returns the first item of the top, or the first alternative. */
static int link_items(struct weft_portion *portion, int at, int end, unsigned int depth,
                      int *ret_first)
{
    bool is_top = depth == 0;
    int first = NONE, last = NONE, alternative = NONE, last_alternative = NONE, alternatives = NONE;
    for (; at <= end; at++) {
        bool is_end = at == end;
        struct item *item = is_end ? NULL : &portion->items[at];
        if (is_end || (item->kind == ITEM_BAR && !is_top)) {
            if (is_top)
                break;
            alternative = add_item(portion, (struct item){.kind = ITEM_ALTERNATIVE});
            if (alternative < 0)
                return alternative;
            portion->items[alternative].first = first;
            chain(portion, &alternatives, &last_alternative, alternative);
            first = last = NONE;
            continue;
        }
        int place = at;
        if (item->kind == ITEM_OPEN && item->partner != NONE) {
            int r = link_group(portion, at, depth);
            if (r < 0)
                return r;
            at = portion->items[at].partner;
        } else if (item->kind == ITEM_OPEN) { /* its sign, and a parenthesis */
            item->kind = ITEM_CHARACTER;
            chain(portion, &first, &last, place);
            place = add_item(portion, (struct item){.code = '('});
            if (place < 0)
                return place;
        } else if (item->kind == ITEM_BAR || item->kind == ITEM_CLOSE) {
            item->code = item->kind == ITEM_BAR ? '|' : ')';
            item->kind = ITEM_CHARACTER;
        }
        chain(portion, &first, &last, place);
    }
    *ret_first = is_top ? first : alternatives;
    return 0;
}

static int link_group(struct weft_portion *portion, int open, unsigned int depth)
{
    int alternatives;
    if (depth == DEPTH_MAX)
        return -E2BIG;
    int r = link_items(portion, open + 1, portion->items[open].partner, depth + 1, &alternatives);
    if (r < 0)
        return r;
    portion->items[open].kind = ITEM_GROUP;
    portion->items[open].first = alternatives;
    return 0;
}

static int read_items(struct weft_portion *portion, const char *pattern, size_t size)
{
    /* A group of nothing, and nothing else, is its own name; but `!()` is any name. */
    bool is_plain = size == 3 && strchr("?*+@", pattern[0]) && memcmp(pattern + 1, "()", 2) == 0;
    const char *end = pattern + size;
    size_t used;
    for (const char *at = pattern; at < end; at += used) {
        int r = read_item(portion, at, end, is_plain, &used);
        if (r < 0)
            return r;
    }
    int r = pair_groups(portion);
    return r < 0 ? r : link_items(portion, 0, portion->count, 0, &portion->first);
}

static void free_portion(struct weft_portion **portion)
{
    weft_portion_free(*portion);
}

int weft_portion_new(const char *pattern, size_t size, struct weft_portion **ret_portion)
{
    WEFT_CLEANUP(free_portion) struct weft_portion *portion = calloc(1, sizeof(*portion));
    if (!portion)
        return -ENOMEM;
    portion->first = NONE;
    weft_autofree char *literal = malloc(size + 1);
    if (!literal)
        return -ENOMEM;
    if (read_literal(pattern, size, literal, &portion->literal_size)) {
        portion->literal = weft_steal_ptr(&literal);
    } else {
        int r = read_items(portion, pattern, size);
        if (r < 0)
            return r;
    }
    *ret_portion = weft_steal_ptr(&portion);
    return 0;
}

void weft_portion_free(struct weft_portion *portion)
{
    if (!portion)
        return;
    for (int i = 0; i < portion->count; i++)
        weft_portion_class_free(portion->items[i].class);
    free(portion->items);
    free(portion->literal);
    free(portion);
}

/* ---- matching ---- */

struct name {
    int32_t codes[NAME_MAX];
    int length;
    bool is_dots;       /* `.` and `..`: no wildcard is for them */
    bool starts_hidden; /* no wildcard is for its first dot */
};

struct places {
    uint64_t bits[SET_LEN];
};

static bool has(const struct places *places, int place)
{
    return places->bits[place / 64] >> (place % 64) & 1;
}

static void add(struct places *places, int place)
{
    places->bits[place / 64] |= UINT64_C(1) << (place % 64);
}

/* Adds those of @more; says whether any is new. */
static bool add_all(struct places *places, const struct places *more)
{
    bool is_new = false;
    for (int i = 0; i < SET_LEN; i++) {
        is_new = is_new || (more->bits[i] & ~places->bits[i]);
        places->bits[i] |= more->bits[i];
    }
    return is_new;
}

/* Whether the character at @place is for literals only. Inside `!(..)` none is. */
static bool is_barred(const struct name *name, int place, bool is_top)
{
    return is_top && (name->is_dots || (name->starts_hidden && place == 0));
}

static struct places walk(const struct weft_portion *portion, int item, struct places from,
                          const struct name *name, bool is_top);

static struct places walk_alternatives(const struct weft_portion *portion, const struct item *group,
                                       const struct places *from, const struct name *name,
                                       bool is_top)
{
    struct places all = {0};
    for (int i = group->first; i != NONE; i = portion->items[i].next) {
        struct places some = walk(portion, portion->items[i].first, *from, name, is_top);
        add_all(&all, &some);
    }
    return all;
}

static struct places repeat(const struct weft_portion *portion, const struct item *group,
                            struct places all, const struct name *name, bool is_top)
{
    for (;;) {
        struct places more = walk_alternatives(portion, group, &all, name, is_top);
        if (!add_all(&all, &more))
            return all;
    }
}

/* From each place to each that no alternative reaches from there. */
static struct places walk_not(const struct weft_portion *portion, const struct item *group,
                              const struct places *from, const struct name *name, bool is_top)
{
    struct places all = {0};
    for (int start = 0; start <= name->length; start++) {
        struct places one = {0};
        if (!has(from, start))
            continue;
        add(&one, start);
        struct places reached = walk_alternatives(portion, group, &one, name, false);
        for (int end = start; end <= name->length; end++) {
            if (!has(&reached, end))
                add(&all, end);
            if (is_barred(name, end, is_top))
                break;
        }
    }
    return all;
}

static struct places walk_group(const struct weft_portion *portion, const struct item *group,
                                const struct places *from, const struct name *name, bool is_top)
{
    if (group->code == '!')
        return walk_not(portion, group, from, name, is_top);
    if (group->code == '*')
        return repeat(portion, group, *from, name, is_top);
    struct places reached = walk_alternatives(portion, group, from, name, is_top);
    if (group->code == '?')
        add_all(&reached, from);
    return group->code == '+' ? repeat(portion, group, reached, name, is_top) : reached;
}

static struct places walk_star(const struct places *from, const struct name *name, bool is_top)
{
    struct places all = {0};
    bool has_begun = false;
    for (int place = 0; place <= name->length; place++) {
        has_begun = has_begun || (has(from, place) && !is_barred(name, place, is_top));
        if (has_begun)
            add(&all, place);
    }
    return all;
}

static bool is_character(const struct item *item, const struct name *name, int place, bool is_top)
{
    if (item->kind == ITEM_CHARACTER)
        return item->code == name->codes[place];
    if (is_barred(name, place, is_top))
        return false;
    return item->kind == ITEM_ANY || weft_portion_class_has(item->class, name->codes[place]);
}

static struct places walk(const struct weft_portion *portion, int item, struct places from,
                          const struct name *name, bool is_top)
{
    for (; item != NONE; item = portion->items[item].next) {
        const struct item *at = &portion->items[item];
        if (at->kind == ITEM_GROUP) {
            from = walk_group(portion, at, &from, name, is_top);
        } else if (at->kind == ITEM_STAR) {
            from = walk_star(&from, name, is_top);
        } else {
            struct places to = {0};
            for (int place = 0; place < name->length; place++)
                if (has(&from, place) && is_character(at, name, place, is_top))
                    add(&to, place + 1);
            from = to;
        }
    }
    return from;
}

bool weft_portion_matches(const struct weft_portion *portion, const char *name, size_t size)
{
    if (portion->literal)
        return size == portion->literal_size && memcmp(name, portion->literal, size) == 0;
    if (size == 0 || size > NAME_MAX)
        return false;
    struct name view = {
        .is_dots = size <= 2 && memcmp(name, "..", size) == 0,
        .starts_hidden = name[0] == '.',
    };
    for (size_t at = 0, length; at < size; at += length) {
        int32_t code = weft_utf8_decode(name + at, size - at, &length);
        view.codes[view.length++] = code < 0 ? WEFT_UTF8_REPLACEMENT : code;
    }
    struct places start = {0};
    add(&start, 0);
    struct places end = walk(portion, portion->first, start, &view, true);
    return has(&end, view.length);
}
