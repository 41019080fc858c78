/* SPDX-License-Identifier: MIT */

/*
 * A pattern is rows, one for each meaning of its braces; a row is parts, one between each two
 * slashes. A path is matched by the first row that fits.
 */

#include "asar/glob.h"

#include "asar/braces.h"
#include "asar/portion.h"
#include "asar/utf8.h"
#include "base/cleanup.h"

#include <limits.h>
#include <string.h>

#define PATTERN_MAX 65536

/* Names in a path, and parts in a row. */
#define PARTS_MAX (PATH_MAX / 2 + 1)

struct text {
    const char *at;
    size_t size;
};

struct row {
    struct weft_portion **parts; /* NULL stands for `**` */
    size_t count;
};

struct weft_glob {
    bool is_comment; /* matches nothing */
    bool is_empty;   /* matches the empty path */
    bool is_negated;
    bool match_base;
    struct row *rows;
    size_t row_count;
};

/* ---- splitting ---- */

/* Cuts at slashes, any number of them together. What is before a first slash and behind a last one
 * is an empty part. Returns how many parts there are; 0 when they are more than fit. */
static size_t split(const char *path, struct text *out)
{
    size_t count = 0;
    for (const char *at = path; count < PARTS_MAX;) {
        size_t size = strcspn(at, "/");
        out[count++] = (struct text){at, size};
        at += size;
        if (!*at)
            return count;
        at += strspn(at, "/");
    }
    return 0;
}

static bool is_text(const struct text *text, const char *other)
{
    return text->size == strlen(other) && memcmp(text->at, other, text->size) == 0;
}

/* Takes what says nothing out of the parts of a pattern: `**` after `**`, and a name that `..`
 * follows. */
static size_t simplify(struct text *parts, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct text *last = kept > 0 ? &parts[kept - 1] : NULL;
        if (last && is_text(&parts[i], "**") && is_text(last, "**"))
            continue;
        bool leaves = last && is_text(&parts[i], "..") && last->size > 0 && !is_text(last, "..") &&
                      !is_text(last, ".") && !is_text(last, "**");
        if (leaves)
            kept--;
        else
            parts[kept++] = parts[i];
    }
    if (kept == 0)
        parts[kept++] = (struct text){"", 0};
    return kept;
}

/* ---- making ---- */

static int fill_row(const char *pattern, struct row *row)
{
    weft_autofree struct text *parts = calloc(PARTS_MAX, sizeof(*parts));
    if (!parts)
        return -ENOMEM;
    size_t count = split(pattern, parts);
    if (count == 0)
        return -E2BIG;
    count = simplify(parts, count);
    row->parts = calloc(count, sizeof(struct weft_portion *));
    if (!row->parts)
        return -ENOMEM;
    for (; row->count < count; row->count++) {
        const struct text *part = &parts[row->count];
        if (is_text(part, "**"))
            continue;
        int r = weft_portion_new(part->at, part->size, &row->parts[row->count]);
        if (r < 0)
            return r;
    }
    return 0;
}

static int fill_rows(struct weft_glob *glob, const char *pattern)
{
    WEFT_CLEANUP(weft_strings_deinit) struct weft_strings meanings = {0};
    int r = weft_braces_expand(pattern, &meanings);
    if (r < 0)
        return r;
    glob->rows = calloc(meanings.count + 1, sizeof(*glob->rows));
    if (!glob->rows)
        return -ENOMEM;
    while (glob->row_count < meanings.count) {
        glob->row_count++;
        r = fill_row(meanings.items[glob->row_count - 1], &glob->rows[glob->row_count - 1]);
        if (r < 0)
            return r;
    }
    return 0;
}

static void free_glob(struct weft_glob **glob)
{
    weft_glob_free(*glob);
}

int weft_glob_new(const char *pattern, enum weft_glob_options options, struct weft_glob **ret_glob)
{
    size_t size = strlen(pattern);
    if (size > PATTERN_MAX)
        return -E2BIG;
    if (!weft_utf8_is_valid(pattern, size))
        return -EILSEQ;
    WEFT_CLEANUP(free_glob) struct weft_glob *glob = calloc(1, sizeof(*glob));
    if (!glob)
        return -ENOMEM;
    glob->is_comment = pattern[0] == '#';
    glob->is_empty = size == 0;
    glob->match_base = options == WEFT_GLOB_MATCH_BASE;
    for (; *pattern == '!'; pattern++)
        glob->is_negated = !glob->is_negated;
    int r = glob->is_comment || glob->is_empty ? 0 : fill_rows(glob, pattern);
    if (r < 0)
        return r;
    *ret_glob = weft_steal_ptr(&glob);
    return 0;
}

void weft_glob_free(struct weft_glob *glob)
{
    if (!glob)
        return;
    for (size_t i = 0; i < glob->row_count; i++) {
        for (size_t k = 0; k < glob->rows[i].count; k++)
            weft_portion_free(glob->rows[i].parts[k]);
        free(glob->rows[i].parts);
    }
    free(glob->rows);
    free(glob);
}

/* ---- matching ---- */

struct names {
    const struct text *at;
    size_t count;
};

/* Whether `**` stands for such a name too. */
static bool may_pass(const struct text *name)
{
    return name->size == 0 || name->at[0] != '.';
}

static bool matches_one(const struct weft_portion *part, const struct text *name)
{
    return weft_portion_matches(part, name->at, name->size);
}

/* Parts without `**`, against as many names. */
static bool matches_run(const struct row *run, const struct text *names)
{
    for (size_t i = 0; i < run->count; i++)
        if (!matches_one(run->parts[i], &names[i]))
            return false;
    return true;
}

static size_t run_length(const struct row *row, size_t start)
{
    size_t length = 0;
    while (start + length < row->count && row->parts[start + length])
        length++;
    return length;
}

/* Parts without `**` at the end of a row, against the last names; a trailing slash may follow.
 * Returns how many names that takes, or -1. */
static ptrdiff_t match_tail(const struct row *tail, const struct text *names, size_t count)
{
    for (size_t slash = 0; slash < 2; slash++) {
        if (tail->count + slash > count)
            return -1;
        if (slash && names[count - 1].size > 0)
            return -1;
        if (matches_run(tail, names + count - tail->count - slash))
            return (ptrdiff_t)(tail->count + slash);
    }
    return -1;
}

/* What a row has behind its first `**` and before its last, against @names. @places has a mark for
 * each place where the part before the last `**` may end. */
static bool matches_body(const struct row *body, const struct text *names, size_t count,
                         bool *places)
{
    places[0] = true;
    for (size_t part = 0; part < body->count;) {
        struct row run = {body->parts + part, run_length(body, part)};
        bool passes = false;
        /* From the end, in a second array, so that marks of this run are not read by it. */
        weft_autofree bool *next = calloc(count + 1, sizeof(*next));
        if (!next)
            return false;
        for (size_t at = 0; at <= count; at++) {
            passes = passes || places[at];
            if (passes && at + run.count <= count && matches_run(&run, names + at))
                next[at + run.count] = true;
            if (at < count && !may_pass(&names[at]))
                passes = false;
        }
        memcpy(places, next, (count + 1) * sizeof(*next));
        part += run.count + 1; /* and the `**` behind it */
    }
    return true;
}

/* Whether the last `**` can stand for all from one of @places to the end. */
static bool passes_to_end(const struct text *names, size_t count, const bool *places, bool has_tail)
{
    for (size_t at = count + 1; at-- > 0;) {
        if (at < count && !may_pass(&names[at]))
            return false;
        if (places[at] && (at < count || has_tail)) /* it stands for something */
            return true;
    }
    return false;
}

static bool matches_with_globstars(const struct row *row, const struct text *names, size_t count)
{
    struct row head = {row->parts, run_length(row, 0)};
    size_t last = row->count - 1;
    while (row->parts[last])
        last--;
    struct row tail = {row->parts + last + 1, row->count - last - 1};
    if (head.count > count || !matches_run(&head, names))
        return false;
    names += head.count;
    count -= head.count;

    ptrdiff_t taken = tail.count ? match_tail(&tail, names, count) : 0;
    if (taken < 0)
        return false;
    count -= (size_t)taken;
    struct row body = {row->parts + head.count + 1, last > head.count ? last - head.count - 1 : 0};
    weft_autofree bool *places = calloc(count + 1, sizeof(*places));
    return places && matches_body(&body, names, count, places) &&
           passes_to_end(names, count, places, taken > 0);
}

static bool matches_row(const struct row *row, const struct text *names, size_t count)
{
    if (run_length(row, 0) < row->count)
        return matches_with_globstars(row, names, count);
    if (count == row->count + 1 && names[count - 1].size == 0)
        count--; /* a trailing slash */
    return count == row->count && matches_run(row, names);
}

/* The last name that is not empty. */
static const struct text *base_of(const struct text *names, size_t count)
{
    while (count > 1 && names[count - 1].size == 0)
        count--;
    return &names[count - 1];
}

bool weft_glob_matches(const struct weft_glob *glob, const char *path)
{
    if (glob->is_comment || glob->is_empty)
        return glob->is_empty && !*path;
    struct text names[PARTS_MAX];
    size_t count = split(path, names);
    for (size_t i = 0; i < glob->row_count && count > 0; i++) {
        const struct row *row = &glob->rows[i];
        bool is_base = glob->match_base && row->count == 1;
        if (is_base ? matches_row(row, base_of(names, count), 1) : matches_row(row, names, count))
            return !glob->is_negated;
    }
    return glob->is_negated;
}
