/* SPDX-License-Identifier: MIT */

/*
 * The header's JSON, as the events of yajl's parser, becomes a table (index.h).
 *
 *     {"files": {"name": <node>, ...}}               a folder, and the root
 *     {"size": 1, "offset": "0", "integrity": {..}}  a packed file
 *     {"size": 1, "unpacked": true}                  a file beside the archive
 *     {"link": "path/from/the/root"}                 a link
 *
 * Members that the format does not have are skipped. A stack of frames says in which object the
 * parser is; an event that does not belong there ends the parse with a clause that names the entry.
 */

#include "asar/index-internal.h"

#include "base/cleanup.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

/* A folder is two objects, and its file two more. */
#define FRAMES_MAX (2 * WEFT_ASAR_DEPTH_MAX + 8)

/* Numbers of JSON that a double holds exactly. */
#define SIZE_MAX_EXACT (UINT64_C(1) << 53)

enum frame_kind {
    FRAME_NODE,      /* an entry */
    FRAME_FILES,     /* of a folder: its entries */
    FRAME_INTEGRITY, /* of a file */
    FRAME_BLOCKS,    /* of its integrity: the list of hashes */
    FRAME_SKIPPED,   /* what we do not know */
};

enum key {
    KEY_UNKNOWN,
    KEY_FILES,
    KEY_SIZE,
    KEY_OFFSET,
    KEY_UNPACKED,
    KEY_EXECUTABLE,
    KEY_LINK,
    KEY_INTEGRITY,
    KEY_ALGORITHM,
    KEY_HASH,
    KEY_BLOCK_SIZE,
    KEY_BLOCKS,
};

static const char *const node_keys[] = {
    [KEY_FILES] = "files",         [KEY_SIZE] = "size", [KEY_OFFSET] = "offset",
    [KEY_UNPACKED] = "unpacked",   [KEY_LINK] = "link", [KEY_EXECUTABLE] = "executable",
    [KEY_INTEGRITY] = "integrity",
};

static const char *const integrity_keys[] = {
    [KEY_ALGORITHM] = "algorithm",
    [KEY_HASH] = "hash",
    [KEY_BLOCK_SIZE] = "blockSize",
    [KEY_BLOCKS] = "blocks",
};

struct frame {
    enum frame_kind kind;
    enum key key; /* whose value comes next */
    uint32_t entry;
    bool has_files, has_size, has_offset, has_link; /* of a node */
    bool is_sha256, has_hash;                       /* of an integrity */
};

/* A list that grows. */
struct list {
    void *items;
    size_t item_size;
    size_t count;
    size_t capacity;
};

struct parser {
    yajl_handle json;
    struct weft_asar_index *index;
    uint64_t data_size;
    struct list entries, texts, hashed, hashes;
    struct frame frames[FRAMES_MAX];
    unsigned int depth; /* frames in use */
    int error;
    char *why;
};

static int fail(struct parser *parser, int error)
{
    parser->error = error;
    return 0; /* yajl stops */
}

/* The entry's path, then what is wrong with it. */
__attribute__((format(printf, 3, 4))) static int refuse(struct parser *parser, uint32_t entry,
                                                        const char *format, ...)
{
    char clause[WEFT_ASAR_WHY_MAX / 2], path[WEFT_ASAR_WHY_MAX / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(clause, sizeof(clause), format, arguments);
    va_end(arguments);

    struct weft_asar_index *index = parser->index;
    index->entries = parser->entries.items;
    index->texts = parser->texts.items;
    size_t length = weft_asar_index_path(index, &index->entries[entry], path, sizeof(path));
    const char *more = length >= sizeof(path) ? "..." : "";
    if (length == 0)
        snprintf(parser->why, WEFT_ASAR_WHY_MAX, "the header's root %s", clause);
    else
        snprintf(parser->why, WEFT_ASAR_WHY_MAX, "'%s%s' %s", path, more, clause);
    return fail(parser, -EBADMSG);
}

/* ---- lists ---- */

/* Room for @count more, at their end. Returns NULL when there is no memory. */
static void *extend(struct list *list, size_t count)
{
    if (list->count + count > list->capacity) {
        size_t capacity = list->capacity ? list->capacity : 64;
        while (capacity < list->count + count)
            capacity *= 2;
        void *items = realloc(list->items, capacity * list->item_size);
        if (!items)
            return NULL;
        list->items = items;
        list->capacity = capacity;
    }
    void *added = (char *)list->items + list->count * list->item_size;
    memset(added, 0, count * list->item_size);
    list->count += count;
    return added;
}

static struct weft_asar_entry *entry_at(struct parser *parser, uint32_t place)
{
    return (struct weft_asar_entry *)parser->entries.items + place;
}

/* Keeps a text with its terminator. Returns where it is, or UINT32_MAX without memory. */
static uint32_t keep_text(struct parser *parser, const unsigned char *text, size_t size)
{
    if (parser->texts.count + size + 1 >= UINT32_MAX)
        return UINT32_MAX;
    uint32_t place = (uint32_t)parser->texts.count;
    char *kept = extend(&parser->texts, size + 1);
    if (!kept)
        return UINT32_MAX;
    memcpy(kept, text, size);
    return place;
}

/* ---- frames ---- */

static struct frame *top(struct parser *parser)
{
    return parser->depth > 0 ? &parser->frames[parser->depth - 1] : NULL;
}

static int push(struct parser *parser, enum frame_kind kind, uint32_t entry)
{
    if (parser->depth == FRAMES_MAX)
        return refuse(parser, entry, "lies deeper than %d folders", WEFT_ASAR_DEPTH_MAX);
    parser->frames[parser->depth++] = (struct frame){.kind = kind, .entry = entry};
    return 1;
}

static enum key find_key(const char *const *keys, size_t count, const unsigned char *name,
                         size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i] && strlen(keys[i]) == size && memcmp(keys[i], name, size) == 0)
            return (enum key)i;
    return KEY_UNKNOWN;
}

#define FIND_KEY(keys, name, size) find_key(keys, sizeof(keys) / sizeof(*(keys)), name, size)

static bool is_name(const unsigned char *name, size_t size)
{
    bool dots = (size == 1 || size == 2) && memcmp(name, "..", size) == 0;
    return size > 0 && size <= NAME_MAX && !dots && !memchr(name, '/', size) &&
           !memchr(name, '\\', size) && !memchr(name, '\0', size);
}

static int add_entry(struct parser *parser, uint32_t folder, const unsigned char *name, size_t size)
{
    if (!is_name(name, size) && parser->entries.count > 0)
        return refuse(parser, folder, "holds '%.*s', which is no name for a file",
                      (int)(size < NAME_MAX ? size : NAME_MAX), name);
    uint32_t text = keep_text(parser, name, size);
    if (text == UINT32_MAX || parser->entries.count == UINT32_MAX)
        return fail(parser, -ENOMEM);
    struct weft_asar_entry *entry = extend(&parser->entries, 1);
    if (!entry)
        return fail(parser, -ENOMEM);
    entry->parent = folder;
    entry->name = text;
    entry->name_size = (uint16_t)size;
    return 1;
}

/* ---- the end of an object ---- */

static int finish_file(struct parser *parser, const struct frame *frame)
{
    struct weft_asar_entry *entry = entry_at(parser, frame->entry);
    entry->kind = WEFT_ASAR_FILE;
    if (!frame->has_size)
        return refuse(parser, frame->entry, "has no size, and is no folder and no link");
    if (entry->unpacked)
        return 1;
    if (!frame->has_offset)
        return refuse(parser, frame->entry, "has no offset");
    if (entry->offset > parser->data_size || entry->size > parser->data_size - entry->offset)
        return refuse(parser, frame->entry,
                      "ends %llu bytes behind the end of the archive: it is truncated or damaged",
                      (unsigned long long)(entry->offset + entry->size - parser->data_size));
    return 1;
}

/* The packer writes one hash more than it has blocks where the last is full. */
static int check_blocks(struct parser *parser, const struct weft_asar_entry *entry, uint32_t place)
{
    if (entry->integrity == 0)
        return 1;
    const struct weft_asar_hashed *hashed =
        (struct weft_asar_hashed *)parser->hashed.items + (entry->integrity - 1);
    uint64_t full = entry->size / hashed->block_size;
    uint64_t least = full + (entry->size % hashed->block_size != 0 || full == 0);
    if (hashed->block_count >= least && hashed->block_count <= full + 1)
        return 1;
    return refuse(parser, place, "has %u hashes of blocks, but %llu blocks", hashed->block_count,
                  (unsigned long long)least);
}

static int finish_node(struct parser *parser, const struct frame *frame)
{
    struct weft_asar_entry *entry = entry_at(parser, frame->entry);
    if (frame->has_files) {
        entry->kind = WEFT_ASAR_FOLDER;
        entry->integrity = 0;
        return 1;
    }
    if (frame->entry == 0)
        return refuse(parser, 0, "has no files");
    if (frame->has_link) {
        entry->kind = WEFT_ASAR_LINK;
        entry->integrity = 0;
        return 1;
    }
    return finish_file(parser, frame) && check_blocks(parser, entry, frame->entry);
}

/* Hashes of another kind are as none. */
static int finish_integrity(struct parser *parser, const struct frame *frame)
{
    struct weft_asar_entry *entry = entry_at(parser, frame->entry);
    const struct weft_asar_hashed *hashed =
        (struct weft_asar_hashed *)parser->hashed.items + (entry->integrity - 1);
    if (!frame->is_sha256) {
        entry->integrity = 0;
        return 1;
    }
    if (!frame->has_hash || hashed->block_size == 0 || hashed->block_count == 0)
        return refuse(parser, frame->entry, "has an integrity without hash, blockSize or blocks");
    return 1;
}

static int end_object_cb(void *context)
{
    struct parser *parser = context;
    struct frame frame = *top(parser);
    parser->depth--;
    switch (frame.kind) {
    case FRAME_NODE:
        return finish_node(parser, &frame);
    case FRAME_INTEGRITY:
        return finish_integrity(parser, &frame);
    default:
        return 1;
    }
}

/* ---- the start of an object or a list ---- */

/* Of what a node's or an integrity's member is, where it should not be an object or a list. */
static int refuse_value(struct parser *parser, const struct frame *frame)
{
    const char *name =
        frame->key <= KEY_INTEGRITY ? node_keys[frame->key] : integrity_keys[frame->key];
    return refuse(parser, frame->entry, "has a value of the wrong type for '%s'", name);
}

/* The block hashes follow the one of the whole file, whichever comes first in the JSON. */
static int begin_integrity(struct parser *parser, uint32_t place)
{
    struct weft_asar_entry *entry = entry_at(parser, place);
    if (entry->integrity != 0)
        return refuse(parser, place, "has two integrities");
    if (parser->hashes.count >= UINT32_MAX)
        return fail(parser, -ENOMEM);
    struct weft_asar_hashed *hashed = extend(&parser->hashed, 1);
    if (!hashed || !extend(&parser->hashes, 1))
        return fail(parser, -ENOMEM);
    hashed->first = (uint32_t)parser->hashes.count - 1;
    entry->integrity = (uint32_t)parser->hashed.count;
    return push(parser, FRAME_INTEGRITY, place);
}

static int start_object_cb(void *context)
{
    struct parser *parser = context;
    struct frame *frame = top(parser);
    if (!frame) {
        return add_entry(parser, 0, (const unsigned char *)"", 0) && push(parser, FRAME_NODE, 0);
    }
    if (frame->kind == FRAME_FILES)
        return push(parser, FRAME_NODE, (uint32_t)parser->entries.count - 1);
    if (frame->kind == FRAME_BLOCKS)
        return refuse(parser, frame->entry, "has a block without a hash");
    if (frame->kind == FRAME_NODE && frame->key == KEY_FILES) {
        if (frame->has_files)
            return refuse(parser, frame->entry, "has its files twice");
        frame->has_files = true;
        return push(parser, FRAME_FILES, frame->entry);
    }
    if (frame->kind == FRAME_NODE && frame->key == KEY_INTEGRITY)
        return begin_integrity(parser, frame->entry);
    if (frame->kind != FRAME_SKIPPED && frame->key != KEY_UNKNOWN)
        return refuse_value(parser, frame);
    return push(parser, FRAME_SKIPPED, frame->entry);
}

static int start_list_cb(void *context)
{
    struct parser *parser = context;
    struct frame *frame = top(parser);
    if (frame && frame->kind == FRAME_INTEGRITY && frame->key == KEY_BLOCKS) {
        struct weft_asar_hashed *hashed =
            (struct weft_asar_hashed *)parser->hashed.items + (parser->hashed.count - 1);
        if (hashed->block_count > 0)
            return refuse(parser, frame->entry, "has its blocks twice");
        return push(parser, FRAME_BLOCKS, frame->entry);
    }
    bool is_unknown = frame && (frame->kind == FRAME_SKIPPED ||
                                (frame->kind != FRAME_FILES && frame->key == KEY_UNKNOWN));
    if (!is_unknown)
        return frame ? refuse(parser, frame->entry, "holds a list where none may be")
                     : fail(parser, -EBADMSG);
    return push(parser, FRAME_SKIPPED, frame->entry);
}

static int end_list_cb(void *context)
{
    struct parser *parser = context;
    parser->depth--;
    return 1;
}

static int key_cb(void *context, const unsigned char *name, size_t size)
{
    struct parser *parser = context;
    struct frame *frame = top(parser);
    switch (frame->kind) {
    case FRAME_NODE:
        frame->key = FIND_KEY(node_keys, name, size);
        return 1;
    case FRAME_INTEGRITY:
        frame->key = FIND_KEY(integrity_keys, name, size);
        return 1;
    case FRAME_FILES:
        return add_entry(parser, frame->entry, name, size);
    default:
        return 1;
    }
}

/* ---- plain values ---- */

static int hex_digit(unsigned char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static bool read_hash(const unsigned char *text, size_t size, uint8_t *ret_hash)
{
    if (size != 2 * WEFT_ASAR_HASH_SIZE)
        return false;
    for (size_t i = 0; i < WEFT_ASAR_HASH_SIZE; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret_hash[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static int add_block(struct parser *parser, uint32_t entry, const unsigned char *text, size_t size)
{
    struct weft_asar_hashed *hashed =
        (struct weft_asar_hashed *)parser->hashed.items + (parser->hashed.count - 1);
    if (parser->hashes.count >= UINT32_MAX)
        return fail(parser, -ENOMEM);
    uint8_t *hash = extend(&parser->hashes, 1);
    if (!hash)
        return fail(parser, -ENOMEM);
    hashed->block_count++;
    return read_hash(text, size, hash) || refuse(parser, entry, "has a block without a hash");
}

static int set_hash(struct parser *parser, struct frame *frame, const unsigned char *text,
                    size_t size)
{
    const struct weft_asar_hashed *hashed =
        (struct weft_asar_hashed *)parser->hashed.items + (parser->hashed.count - 1);
    uint8_t(*hashes)[WEFT_ASAR_HASH_SIZE] = parser->hashes.items;
    frame->has_hash = true;
    return read_hash(text, size, hashes[hashed->first]) ||
           refuse(parser, frame->entry, "has a hash that is no SHA-256");
}

/* Decimal digits alone, of a number below 2^64. */
static bool read_decimal(const unsigned char *text, size_t size, uint64_t *ret_number)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, text[i] - '0', &number))
            return false;
    }
    *ret_number = number;
    return size > 0;
}

static int set_link(struct parser *parser, struct frame *frame, const unsigned char *text,
                    size_t size)
{
    if (size == 0 || memchr(text, '\0', size))
        return refuse(parser, frame->entry, "is a link that leads nowhere");
    uint32_t target = keep_text(parser, text, size);
    if (target == UINT32_MAX)
        return fail(parser, -ENOMEM);
    entry_at(parser, frame->entry)->first = target;
    frame->has_link = true;
    return 1;
}

static int string_cb(void *context, const unsigned char *text, size_t size)
{
    struct parser *parser = context;
    struct frame *frame = top(parser);
    if (!frame)
        return fail(parser, -EBADMSG);
    if (frame->kind == FRAME_BLOCKS)
        return add_block(parser, frame->entry, text, size);
    if (frame->kind == FRAME_FILES)
        return refuse(parser, (uint32_t)parser->entries.count - 1, "is no object");
    switch (frame->key) {
    case KEY_OFFSET:
        frame->has_offset = true;
        return read_decimal(text, size, &entry_at(parser, frame->entry)->offset) ||
               refuse(parser, frame->entry, "has an offset that is no decimal number");
    case KEY_LINK:
        return set_link(parser, frame, text, size);
    case KEY_ALGORITHM:
        frame->is_sha256 = size == 6 && memcmp(text, "SHA256", 6) == 0;
        return 1;
    case KEY_HASH:
        return set_hash(parser, frame, text, size);
    case KEY_UNKNOWN:
        return 1;
    default:
        return refuse_value(parser, frame);
    }
}

static int number_cb(void *context, const char *text, size_t size)
{
    struct parser *parser = context;
    struct frame *frame = top(parser);
    uint64_t value;
    if (!frame)
        return fail(parser, -EBADMSG);
    if (frame->kind == FRAME_FILES)
        return refuse(parser, (uint32_t)parser->entries.count - 1, "is no object");
    if (frame->kind == FRAME_BLOCKS)
        return refuse(parser, frame->entry, "has a block without a hash");
    if (frame->key == KEY_UNKNOWN)
        return 1;
    if (frame->key != KEY_SIZE && frame->key != KEY_BLOCK_SIZE)
        return refuse_value(parser, frame);
    uint64_t most = frame->key == KEY_SIZE ? SIZE_MAX_EXACT : UINT32_MAX;
    if (!read_decimal((const unsigned char *)text, size, &value) || value > most)
        return refuse(parser, frame->entry, "has a size of %.*s", (int)(size < 40 ? size : 40),
                      text);
    if (frame->key == KEY_SIZE) {
        frame->has_size = true;
        entry_at(parser, frame->entry)->size = value;
    } else {
        struct weft_asar_hashed *hashed = parser->hashed.items;
        hashed[parser->hashed.count - 1].block_size = (uint32_t)value;
    }
    return 1;
}

static int boolean_cb(void *context, int value)
{
    struct parser *parser = context;
    struct frame *frame = top(parser);
    if (!frame)
        return fail(parser, -EBADMSG);
    if (frame->kind == FRAME_FILES)
        return refuse(parser, (uint32_t)parser->entries.count - 1, "is no object");
    if (frame->kind == FRAME_BLOCKS)
        return refuse(parser, frame->entry, "has a block without a hash");
    if (frame->key == KEY_UNPACKED)
        entry_at(parser, frame->entry)->unpacked = value;
    else if (frame->key == KEY_EXECUTABLE)
        entry_at(parser, frame->entry)->executable = value;
    else if (frame->key != KEY_UNKNOWN)
        return refuse_value(parser, frame);
    return 1;
}

static int null_cb(void *context)
{
    struct parser *parser = context;
    struct frame *frame = top(parser);
    if (frame && frame->kind != FRAME_FILES && frame->kind != FRAME_BLOCKS &&
        frame->key == KEY_UNKNOWN)
        return 1;
    return frame ? refuse(parser, frame->entry, "holds null where none may be")
                 : fail(parser, -EBADMSG);
}

/* ---- the whole ---- */

static const yajl_callbacks callbacks = {
    .yajl_null = null_cb,
    .yajl_boolean = boolean_cb,
    .yajl_number = number_cb,
    .yajl_string = string_cb,
    .yajl_start_map = start_object_cb,
    .yajl_map_key = key_cb,
    .yajl_end_map = end_object_cb,
    .yajl_start_array = start_list_cb,
    .yajl_end_array = end_list_cb,
};

/* yajl's own words: one line that says what it did not expect. */
static int explain_syntax(struct parser *parser, const void *json, size_t size)
{
    unsigned char *text = yajl_get_error(parser->json, 0, json, size);
    int length = text ? (int)strcspn((char *)text, "\n") : 0;
    snprintf(parser->why, WEFT_ASAR_WHY_MAX, "its header is no JSON: %.*s at byte %zu", length,
             text ? (char *)text : "", yajl_get_bytes_consumed(parser->json));
    if (text)
        yajl_free_error(parser->json, text);
    return -EBADMSG;
}

static int parse_json(struct parser *parser, const void *json, size_t size)
{
    yajl_status status = yajl_parse(parser->json, json, size);
    if (status == yajl_status_ok)
        status = yajl_complete_parse(parser->json);
    if (parser->error < 0) {
        if (parser->error == -EBADMSG && parser->why[0] == '\0')
            snprintf(parser->why, WEFT_ASAR_WHY_MAX, "its header is no object");
        return parser->error;
    }
    if (status != yajl_status_ok)
        return explain_syntax(parser, json, size);
    return 0;
}

static void free_parser(struct parser **parser)
{
    if (!*parser)
        return;
    if ((*parser)->json)
        yajl_free((*parser)->json);
    free((*parser)->entries.items);
    free((*parser)->texts.items);
    free((*parser)->hashed.items);
    free((*parser)->hashes.items);
    free(*parser);
}

static void free_index(struct weft_asar_index **index)
{
    weft_asar_index_free(*index);
}

/* The lists become the index's. */
static void hand_over(struct parser *parser)
{
    struct weft_asar_index *index = parser->index;
    index->entries = weft_steal_ptr(&parser->entries.items);
    index->entry_count = (uint32_t)parser->entries.count;
    index->texts = weft_steal_ptr(&parser->texts.items);
    index->hashed = weft_steal_ptr(&parser->hashed.items);
    index->hashes = weft_steal_ptr(&parser->hashes.items);
    index->hash_count = (uint32_t)parser->hashes.count;
}

int weft_asar_index_parse(const void *json, size_t size, uint64_t data_size,
                          struct weft_asar_index **ret_index, char ret_why[WEFT_ASAR_WHY_MAX])
{
    WEFT_CLEANUP(free_index)
    struct weft_asar_index *index = calloc(1, sizeof(*index));
    WEFT_CLEANUP(free_parser)
    struct parser *parser = calloc(1, sizeof(*parser));
    if (!index || !parser)
        return -ENOMEM;
    parser->index = index;
    parser->data_size = data_size;
    parser->why = ret_why;
    parser->entries.item_size = sizeof(struct weft_asar_entry);
    parser->texts.item_size = 1;
    parser->hashed.item_size = sizeof(struct weft_asar_hashed);
    parser->hashes.item_size = WEFT_ASAR_HASH_SIZE;
    ret_why[0] = '\0';
    parser->json = yajl_alloc(&callbacks, NULL, parser);
    if (!parser->json)
        return -ENOMEM;

    int r = parse_json(parser, json, size);
    *index = (struct weft_asar_index){0}; /* refuse() has lent it the lists */
    if (r < 0)
        return r;
    hand_over(parser);
    uint32_t twice;
    r = weft_asar_index_sort(index, &twice);
    if (r == -EBADMSG)
        snprintf(ret_why, WEFT_ASAR_WHY_MAX, "'%s' is there twice in one folder",
                 index->texts + index->entries[twice].name);
    if (r == 0)
        *ret_index = weft_steal_ptr(&index);
    return r;
}
