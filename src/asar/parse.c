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
 * Callbacks return what yajl wants: 0 ends the parse.
 */

#include "asar/builder.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

/* A folder is two objects; a file's integrity in it is two more, and its list of blocks one. */
#define FRAMES_MAX (2 * WEFT_ASAR_DEPTH_MAX + 4)

/* Read and parsed at once, so that it stays in a core's cache in between. */
#define PIECE_SIZE ((size_t)128 << 10)

/* Whole numbers that every reader of JSON has exactly. */
#define NUMBER_MAX (UINT64_C(1) << 53)

enum frame_kind {
    FRAME_NODE,      /* an entry */
    FRAME_FILES,     /* of a folder: its entries */
    FRAME_INTEGRITY, /* of a file */
    FRAME_BLOCKS,    /* of its integrity: the list of hashes */
    FRAME_SKIPPED,   /* what the format does not have */
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
    KEY_END,
};

#define KEY_NAME(name)                                                                             \
    {                                                                                              \
        name, sizeof(name) - 1                                                                     \
    }

static const struct {
    const char *name;
    size_t size;
} keys[KEY_END] = {
    [KEY_FILES] = KEY_NAME("files"),
    [KEY_SIZE] = KEY_NAME("size"),
    [KEY_OFFSET] = KEY_NAME("offset"),
    [KEY_UNPACKED] = KEY_NAME("unpacked"),
    [KEY_EXECUTABLE] = KEY_NAME("executable"),
    [KEY_LINK] = KEY_NAME("link"),
    [KEY_INTEGRITY] = KEY_NAME("integrity"),
    [KEY_ALGORITHM] = KEY_NAME("algorithm"),
    [KEY_HASH] = KEY_NAME("hash"),
    [KEY_BLOCK_SIZE] = KEY_NAME("blockSize"),
    [KEY_BLOCKS] = KEY_NAME("blocks"),
};

struct frame {
    enum frame_kind kind;
    enum key key; /* whose value comes next */
    uint32_t entry;
    bool has_files, has_size, has_offset, has_link; /* of a node */
    bool is_sha256, has_hash;                       /* of an integrity */
};

struct parser {
    yajl_handle json;
    struct weft_asar_builder builder;
    uint64_t data_size;
    struct frame frames[FRAMES_MAX];
    unsigned int depth; /* frames in use */
    size_t before;      /* bytes of the JSON in front of the piece that is parsed */
    int error;
};

static int go_on(struct parser *parser, int r)
{
    if (r < 0)
        parser->error = r;
    return r >= 0;
}

/* The path of the entry at @place, then what is wrong with it. */
#define REFUSE(parser, place, ...)                                                                 \
    go_on(parser, weft_asar_builder_refuse(&(parser)->builder, place, __VA_ARGS__))

static int refuse_root(struct parser *parser)
{
    snprintf(parser->builder.why, WEFT_ASAR_WHY_MAX, "its header is no object");
    return go_on(parser, -EBADMSG);
}

static int refuse_value(struct parser *parser, const struct frame *frame)
{
    if (frame->kind == FRAME_BLOCKS)
        return REFUSE(parser, frame->entry, "has a block whose hash is no SHA-256");
    return REFUSE(parser, frame->entry, "has a value of the wrong type for '%s'",
                  keys[frame->key].name);
}

static struct weft_asar_entry *entry_of(struct parser *parser, const struct frame *frame)
{
    return weft_asar_builder_entry(&parser->builder, frame->entry);
}

/* ---- frames ---- */

static struct frame *top(struct parser *parser)
{
    return parser->depth > 0 ? &parser->frames[parser->depth - 1] : NULL;
}

static int push(struct parser *parser, enum frame_kind kind, uint32_t entry)
{
    if (parser->depth == FRAMES_MAX)
        return REFUSE(parser, entry, "lies deeper than %d folders", WEFT_ASAR_DEPTH_MAX);
    parser->frames[parser->depth++] = (struct frame){.kind = kind, .entry = entry};
    return 1;
}

static enum key find_key(enum key first, enum key last, const unsigned char *name, size_t size)
{
    for (enum key key = first; key <= last; key++)
        if (keys[key].size == size && memcmp(keys[key].name, name, size) == 0)
            return key;
    return KEY_UNKNOWN;
}

static int key_cb(void *context, const unsigned char *name, size_t size)
{
    struct parser *parser = context;
    struct frame *frame = top(parser);
    switch (frame->kind) {
    case FRAME_NODE:
        frame->key = find_key(KEY_FILES, KEY_INTEGRITY, name, size);
        break;
    case FRAME_INTEGRITY:
        frame->key = find_key(KEY_ALGORITHM, KEY_BLOCKS, name, size);
        break;
    case FRAME_FILES:
        return go_on(parser, weft_asar_builder_add(&parser->builder, frame->entry, name, size));
    default:
        break;
    }
    return 1;
}

/* ---- the end of an object ---- */

/* Packers before version 4 write one hash more than there are blocks where the last is full. */
static int check_blocks(struct parser *parser, const struct frame *frame)
{
    const struct weft_asar_entry *entry = entry_of(parser, frame);
    if (entry->integrity == 0)
        return 1;
    const struct weft_asar_hashed *hashed = weft_asar_builder_hashed(&parser->builder);
    uint64_t full = entry->size / hashed->block_size;
    uint64_t least = full + (entry->size % hashed->block_size != 0 || full == 0);
    if (hashed->block_count >= least && hashed->block_count <= full + 1)
        return 1;
    return REFUSE(parser, frame->entry, "has hashes of %u blocks, but %llu blocks",
                  hashed->block_count, (unsigned long long)least);
}

static int finish_file(struct parser *parser, const struct frame *frame)
{
    struct weft_asar_entry *entry = entry_of(parser, frame);
    entry->kind = WEFT_ASAR_FILE;
    if (!frame->has_size)
        return REFUSE(parser, frame->entry, "is no folder, no link and no file with a size");
    if (entry->unpacked)
        return check_blocks(parser, frame);
    if (!frame->has_offset)
        return REFUSE(parser, frame->entry, "has no offset");
    if (entry->offset > parser->data_size || entry->size > parser->data_size - entry->offset)
        return REFUSE(parser, frame->entry,
                      "ends behind the end of the archive: it is truncated or damaged");
    return check_blocks(parser, frame);
}

static int finish_node(struct parser *parser, const struct frame *frame)
{
    struct weft_asar_entry *entry = entry_of(parser, frame);
    if (frame->entry == 0 && !frame->has_files)
        return REFUSE(parser, 0, "has no files");
    if (!frame->has_files && !frame->has_link)
        return finish_file(parser, frame);
    entry->kind = frame->has_link && frame->entry != 0 ? WEFT_ASAR_LINK : WEFT_ASAR_FOLDER;
    entry->integrity = 0;
    if (frame->has_files && frame->has_link)
        return REFUSE(parser, frame->entry, "is both a folder and a link");
    return 1;
}

/* Hashes of another kind are as none. */
static int finish_integrity(struct parser *parser, const struct frame *frame)
{
    const struct weft_asar_hashed *hashed = weft_asar_builder_hashed(&parser->builder);
    if (!frame->is_sha256)
        entry_of(parser, frame)->integrity = 0;
    else if (!frame->has_hash || hashed->block_size == 0 || hashed->block_count == 0)
        return REFUSE(parser, frame->entry, "has an integrity without hash, blockSize or blocks");
    return 1;
}

static int end_object_cb(void *context)
{
    struct parser *parser = context;
    struct frame frame = *top(parser);
    parser->depth--;
    if (frame.kind == FRAME_NODE)
        return finish_node(parser, &frame);
    if (frame.kind == FRAME_INTEGRITY)
        return finish_integrity(parser, &frame);
    return 1;
}

static int end_list_cb(void *context)
{
    struct parser *parser = context;
    parser->depth--;
    return 1;
}

/* ---- the start of an object or a list ---- */

static int start_root(struct parser *parser)
{
    return go_on(parser, weft_asar_builder_add(&parser->builder, 0, "", 0)) &&
           push(parser, FRAME_NODE, 0);
}

static int start_files(struct parser *parser, struct frame *frame)
{
    if (frame->has_files)
        return REFUSE(parser, frame->entry, "has its files twice");
    frame->has_files = true;
    return push(parser, FRAME_FILES, frame->entry);
}

static int start_integrity(struct parser *parser, const struct frame *frame)
{
    if (entry_of(parser, frame)->integrity != 0)
        return REFUSE(parser, frame->entry, "has two integrities");
    return go_on(parser, weft_asar_builder_begin_hashes(&parser->builder, frame->entry)) &&
           push(parser, FRAME_INTEGRITY, frame->entry);
}

static int start_object_cb(void *context)
{
    struct parser *parser = context;
    struct frame *frame = top(parser);
    if (!frame)
        return start_root(parser);
    if (frame->kind == FRAME_FILES)
        return push(parser, FRAME_NODE, weft_asar_builder_last(&parser->builder));
    if (frame->kind == FRAME_BLOCKS)
        return refuse_value(parser, frame);
    switch (frame->key) {
    case KEY_FILES:
        return start_files(parser, frame);
    case KEY_INTEGRITY:
        return start_integrity(parser, frame);
    case KEY_UNKNOWN:
        return push(parser, FRAME_SKIPPED, frame->entry);
    default:
        return refuse_value(parser, frame);
    }
}

/* The frame of a value that is no object; NULL when none may be there. */
static struct frame *value_frame(struct parser *parser)
{
    struct frame *frame = top(parser);
    if (!frame) {
        refuse_root(parser);
        return NULL;
    }
    if (frame->kind == FRAME_FILES) {
        REFUSE(parser, weft_asar_builder_last(&parser->builder), "is no object");
        return NULL;
    }
    return frame;
}

static int start_list_cb(void *context)
{
    struct parser *parser = context;
    struct frame *frame = value_frame(parser);
    if (!frame)
        return 0;
    if (frame->kind == FRAME_BLOCKS || (frame->key != KEY_BLOCKS && frame->key != KEY_UNKNOWN))
        return refuse_value(parser, frame);
    if (frame->key == KEY_UNKNOWN)
        return push(parser, FRAME_SKIPPED, frame->entry);
    if (weft_asar_builder_hashed(&parser->builder)->block_count > 0)
        return REFUSE(parser, frame->entry, "has its blocks twice");
    return push(parser, FRAME_BLOCKS, frame->entry);
}

/* ---- plain values ---- */

/* One more than the value of a hexadecimal digit; 0 for what is none. A header has many. */
static const uint8_t hex_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static bool read_hash(const unsigned char *text, size_t size, uint8_t *ret_hash)
{
    if (size != 2 * WEFT_ASAR_HASH_SIZE)
        return false;
    for (size_t i = 0; i < WEFT_ASAR_HASH_SIZE; i++) {
        unsigned int high = hex_digits[text[2 * i]], low = hex_digits[text[2 * i + 1]];
        if (high == 0 || low == 0)
            return false;
        ret_hash[i] = (uint8_t)((high - 1) << 4 | (low - 1));
    }
    return true;
}

/* Decimal digits alone, of a number below 2^64. */
static bool read_decimal(const unsigned char *text, size_t size, uint64_t *ret_number)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, text[i] - '0', &number))
            return false;
    *ret_number = number;
    return size > 0;
}

static int add_block(struct parser *parser, const struct frame *frame, const unsigned char *text,
                     size_t size)
{
    uint8_t *hash = weft_asar_builder_add_block(&parser->builder);
    if (!hash)
        return go_on(parser, -ENOMEM);
    return read_hash(text, size, hash) || refuse_value(parser, frame);
}

static int set_hash(struct parser *parser, struct frame *frame, const unsigned char *text,
                    size_t size)
{
    frame->has_hash = true;
    return read_hash(text, size, weft_asar_builder_whole_hash(&parser->builder)) ||
           REFUSE(parser, frame->entry, "has a hash that is no SHA-256");
}

static int set_link(struct parser *parser, struct frame *frame, const unsigned char *text,
                    size_t size)
{
    if (size == 0 || memchr(text, '\0', size))
        return REFUSE(parser, frame->entry, "is a link that leads nowhere");
    frame->has_link = true;
    return go_on(parser, weft_asar_builder_set_target(&parser->builder, frame->entry, text, size));
}

static int set_offset(struct parser *parser, struct frame *frame, const unsigned char *text,
                      size_t size)
{
    frame->has_offset = true;
    return read_decimal(text, size, &entry_of(parser, frame)->offset) ||
           REFUSE(parser, frame->entry, "has an offset that is no decimal number");
}

static int string_cb(void *context, const unsigned char *text, size_t size)
{
    struct parser *parser = context;
    struct frame *frame = value_frame(parser);
    if (!frame)
        return 0;
    if (frame->kind == FRAME_BLOCKS)
        return add_block(parser, frame, text, size);
    switch (frame->key) {
    case KEY_OFFSET:
        return set_offset(parser, frame, text, size);
    case KEY_LINK:
        return set_link(parser, frame, text, size);
    case KEY_HASH:
        return set_hash(parser, frame, text, size);
    case KEY_ALGORITHM:
        frame->is_sha256 = size == strlen("SHA256") && memcmp(text, "SHA256", size) == 0;
        return 1;
    case KEY_UNKNOWN:
        return 1;
    default:
        return refuse_value(parser, frame);
    }
}

static int number_cb(void *context, const char *text, size_t size)
{
    struct parser *parser = context;
    struct frame *frame = value_frame(parser);
    if (!frame)
        return 0;
    if (frame->kind != FRAME_BLOCKS && frame->key == KEY_UNKNOWN)
        return 1;
    if (frame->kind == FRAME_BLOCKS || (frame->key != KEY_SIZE && frame->key != KEY_BLOCK_SIZE))
        return refuse_value(parser, frame);

    uint64_t number, most = frame->key == KEY_SIZE ? NUMBER_MAX : UINT32_MAX;
    if (!read_decimal((const unsigned char *)text, size, &number) || number > most)
        return REFUSE(parser, frame->entry, "has a %s of %.*s", keys[frame->key].name,
                      (int)(size < 40 ? size : 40), text);
    if (frame->key == KEY_BLOCK_SIZE) {
        weft_asar_builder_hashed(&parser->builder)->block_size = (uint32_t)number;
        return 1;
    }
    frame->has_size = true;
    entry_of(parser, frame)->size = number;
    return 1;
}

static int boolean_cb(void *context, int value)
{
    struct parser *parser = context;
    struct frame *frame = value_frame(parser);
    if (!frame)
        return 0;
    if (frame->kind == FRAME_BLOCKS)
        return refuse_value(parser, frame);
    if (frame->key == KEY_UNPACKED)
        entry_of(parser, frame)->unpacked = value;
    else if (frame->key == KEY_EXECUTABLE)
        entry_of(parser, frame)->executable = value;
    else if (frame->key != KEY_UNKNOWN)
        return refuse_value(parser, frame);
    return 1;
}

static int null_cb(void *context)
{
    struct parser *parser = context;
    struct frame *frame = value_frame(parser);
    if (!frame)
        return 0;
    if (frame->kind == FRAME_BLOCKS || frame->key != KEY_UNKNOWN)
        return refuse_value(parser, frame);
    return 1;
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
static int explain_syntax(struct parser *parser)
{
    unsigned char *text = yajl_get_error(parser->json, 0, NULL, 0);
    int length = text ? (int)strcspn((char *)text, "\n") : 0;
    snprintf(parser->builder.why, WEFT_ASAR_WHY_MAX, "its header is no JSON: %.*s, at byte %zu",
             length, text ? (char *)text : "",
             parser->before + yajl_get_bytes_consumed(parser->json));
    if (text)
        yajl_free_error(parser->json, text);
    return -EBADMSG;
}

static int check_status(struct parser *parser, yajl_status status)
{
    if (parser->error < 0)
        return parser->error;
    return status == yajl_status_ok ? 0 : explain_syntax(parser);
}

static int parse_piece(struct parser *parser, const void *json, size_t size)
{
    int r = check_status(parser, yajl_parse(parser->json, json, size));
    if (r == 0)
        parser->before += size;
    return r;
}

static int parse_end(struct parser *parser, struct weft_asar_index **ret_index)
{
    int r = check_status(parser, yajl_complete_parse(parser->json));
    return r < 0 ? r : weft_asar_builder_finish(&parser->builder, ret_index);
}

static void free_parser(struct parser **parser)
{
    if (!*parser)
        return;
    if ((*parser)->json)
        yajl_free((*parser)->json);
    weft_asar_builder_deinit(&(*parser)->builder);
    free(*parser);
}

static int make_parser(uint64_t data_size, char *why, struct parser **ret_parser)
{
    WEFT_CLEANUP(free_parser)
    struct parser *parser = calloc(1, sizeof(*parser));
    if (!parser)
        return -ENOMEM;
    parser->data_size = data_size;
    weft_asar_builder_init(&parser->builder, why);
    parser->json = yajl_alloc(&callbacks, NULL, parser);
    if (!parser->json)
        return -ENOMEM;
    *ret_parser = weft_steal_ptr(&parser);
    return 0;
}

int weft_asar_index_parse(const void *json, size_t size, uint64_t data_size,
                          struct weft_asar_index **ret_index, char ret_why[WEFT_ASAR_WHY_MAX])
{
    WEFT_CLEANUP(free_parser) struct parser *parser = NULL;
    int r = make_parser(data_size, ret_why, &parser);
    if (r == 0)
        r = parse_piece(parser, json, size);
    return r < 0 ? r : parse_end(parser, ret_index);
}

int weft_asar_index_read(int fd, uint64_t start, size_t size, uint64_t data_size,
                         struct weft_asar_index **ret_index, char ret_why[WEFT_ASAR_WHY_MAX])
{
    WEFT_CLEANUP(free_parser) struct parser *parser = NULL;
    weft_autofree char *piece = malloc(PIECE_SIZE);
    if (!piece)
        return -ENOMEM;
    int r = make_parser(data_size, ret_why, &parser);
    for (size_t done = 0, part; r == 0 && done < size; done += part) {
        part = size - done < PIECE_SIZE ? size - done : PIECE_SIZE;
        r = weft_file_read_all(fd, piece, part, start + done);
        if (r == 0)
            r = parse_piece(parser, piece, part);
    }
    return r < 0 ? r : parse_end(parser, ret_index);
}
