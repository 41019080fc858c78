/* SPDX-License-Identifier: MIT */

/*
 * Members come in the order in which the tool makes them, and names in that of JavaScript's
 * objects: those that are array indexes first, by number, then the others as they were added.
 */

#include "asar/header.h"

#include "asar/hash.h"
#include "base/cleanup.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PREFIX_SIZE 16

/* The greatest array index of JavaScript. */
#define INDEX_MAX (UINT32_MAX - 1)

/* The lengths are read as 32-bit integers with a sign. */
#define JSON_MAX ((size_t)INT32_MAX - PREFIX_SIZE)

/* ---- order ---- */

/* Items, those of a folder together and in the order of its object. */
struct order {
    const struct weft_asar_item **items;
    size_t *starts; /* by rank of the folder, plus one; the root is 0: its first in items */
};

static size_t folder_number(const struct weft_asar_item *folder)
{
    return folder->path ? folder->rank + 1 : 0;
}

/* The array index that @name is, or -1. */
static int64_t index_of(const char *name)
{
    int64_t index = 0;
    if (name[0] == '0')
        return name[1] ? -1 : 0;
    for (const char *at = name; *at; at++) {
        if (*at < '0' || *at > '9' || index > INDEX_MAX)
            return -1;
        index = index * 10 + (*at - '0');
    }
    return index <= INDEX_MAX ? index : -1;
}

static int compare_siblings(const void *a, const void *b)
{
    const struct weft_asar_item *x = *(const struct weft_asar_item *const *)a;
    const struct weft_asar_item *y = *(const struct weft_asar_item *const *)b;
    int64_t x_index = index_of(x->name), y_index = index_of(y->name);
    if (x_index >= 0 && y_index >= 0)
        return (x_index > y_index) - (x_index < y_index);
    if (x_index >= 0 || y_index >= 0)
        return x_index >= 0 ? -1 : 1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

/* A counting sort by folder, then each folder's own. */
static int sort_items(const struct weft_asar_tree *tree, struct order *order)
{
    order->items = calloc(tree->count + 1, sizeof(struct weft_asar_item *));
    order->starts = calloc(tree->count + 3, sizeof(size_t));
    if (!order->items || !order->starts)
        return -ENOMEM;
    size_t *starts = order->starts;
    for (size_t i = 0; i < tree->count; i++)
        starts[folder_number(tree->items[i]->parent) + 2]++;
    for (size_t i = 1; i < tree->count + 3; i++)
        starts[i] += starts[i - 1];
    for (size_t i = 0; i < tree->count; i++)
        order->items[starts[folder_number(tree->items[i]->parent) + 1]++] = tree->items[i];
    for (size_t i = 0; i <= tree->count; i++)
        if (starts[i + 1] - starts[i] > 1)
            qsort(order->items + starts[i], starts[i + 1] - starts[i],
                  sizeof(struct weft_asar_item *), compare_siblings);
    return 0;
}

/* ---- JSON, as JSON.stringify() writes it ---- */

static void write_string(FILE *out, const char *text)
{
    static const char short_forms[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    putc('"', out);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        const char *form = strchr(short_forms, byte);
        bool is_short = byte < 0x20 ? form != NULL : byte == '"' || byte == '\\';
        if (is_short)
            fprintf(out, "\\%c", byte < 0x20 ? form[1] : byte);
        else if (byte < 0x20)
            fprintf(out, "\\u%04x", byte);
        else
            putc(byte, out);
    }
    putc('"', out);
}

static void write_hash(FILE *out, const uint8_t hash[WEFT_ASAR_HASH_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * WEFT_ASAR_HASH_SIZE + 2] = "\"";
    for (size_t i = 0; i < WEFT_ASAR_HASH_SIZE; i++) {
        text[1 + 2 * i] = digits[hash[i] >> 4];
        text[2 + 2 * i] = digits[hash[i] & 15];
    }
    text[sizeof(text) - 1] = '"';
    fwrite(text, 1, sizeof(text), out);
}

static void write_file(FILE *out, const struct weft_asar_item *file)
{
    fprintf(out, "{\"size\":%" PRIu64, file->size);
    if (file->unpacked)
        fputs(",\"unpacked\":true", out);
    else
        fprintf(out, ",\"offset\":\"%" PRIu64 "\"", file->offset);
    if (file->executable && !file->unpacked)
        fputs(",\"executable\":true", out);
    fputs(",\"integrity\":{\"algorithm\":\"SHA256\",\"hash\":", out);
    write_hash(out, file->whole);
    fprintf(out, ",\"blockSize\":%zu,\"blocks\":[", WEFT_ASAR_BLOCK_SIZE);
    uint64_t count = file->blocks ? weft_asar_block_count(file->size, WEFT_ASAR_BLOCK_SIZE) : 1;
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            putc(',', out);
        write_hash(out, file->blocks ? file->blocks[i] : file->whole);
    }
    fputs("]}}", out);
}

static void write_folder(FILE *out, const struct order *order, const struct weft_asar_item *folder);

static void write_item(FILE *out, const struct order *order, const struct weft_asar_item *item)
{
    switch (item->kind) {
    case WEFT_ASAR_FILE:
        write_file(out, item);
        return;
    case WEFT_ASAR_LINK:
        fputs(item->unpacked ? "{\"unpacked\":true,\"link\":" : "{\"link\":", out);
        write_string(out, item->target);
        putc('}', out);
        return;
    case WEFT_ASAR_FOLDER:
        write_folder(out, order, item);
    }
}

static void write_folder(FILE *out, const struct order *order, const struct weft_asar_item *folder)
{
    size_t number = folder_number(folder);
    fputs(folder->unpacked ? "{\"unpacked\":true,\"files\":{" : "{\"files\":{", out);
    for (size_t i = order->starts[number]; i < order->starts[number + 1]; i++) {
        if (i > order->starts[number])
            putc(',', out);
        write_string(out, order->items[i]->name);
        putc(':', out);
        write_item(out, order, order->items[i]);
    }
    fputs("}}", out);
}

/* ---- the whole ---- */

/* The lengths go where the zeroes of the prefix are. */
static int write_all(const struct weft_asar_tree *tree, const struct order *order, char **ret_text,
                     size_t *ret_size)
{
    FILE *out = open_memstream(ret_text, ret_size);
    if (!out)
        return -ENOMEM;
    static const char zeroes[PREFIX_SIZE];
    fwrite(zeroes, 1, PREFIX_SIZE, out);
    write_folder(out, order, &tree->root);
    bool is_written = !ferror(out);
    return fclose(out) == 0 && is_written ? 0 : -ENOMEM;
}

static int set_lengths(char **text, size_t *size)
{
    size_t json = *size - PREFIX_SIZE, padding = -json & 3;
    if (json > JSON_MAX)
        return -E2BIG;
    char *longer = realloc(*text, *size + padding + 1);
    if (!longer)
        return -ENOMEM;
    memset(longer + *size, 0, padding);
    uint32_t padded = (uint32_t)(json + padding);
    const uint32_t lengths[] = {htole32(4), htole32(padded + 8), htole32(padded + 4),
                                htole32((uint32_t)json)};
    memcpy(longer, lengths, sizeof(lengths));
    *text = longer;
    *size += padding;
    return 0;
}

int weft_asar_header_format(const struct weft_asar_tree *tree, char **ret_header, size_t *ret_size)
{
    struct order order = {0};
    weft_autofree char *text = NULL;
    size_t size = 0;
    int r = sort_items(tree, &order);
    if (r == 0)
        r = write_all(tree, &order, &text, &size);
    if (r == 0)
        r = set_lengths(&text, &size);
    free(order.items);
    free(order.starts);
    if (r < 0)
        return r;
    *ret_header = weft_steal_ptr(&text);
    *ret_size = size;
    return 0;
}
