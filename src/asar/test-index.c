/* SPDX-License-Identifier: MIT */

#include "asar/index.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define DATA_SIZE 100

static char why[WEFT_ASAR_WHY_MAX];

static int parse(const char *json, struct weft_asar_index **ret_index)
{
    why[0] = '\0';
    return weft_asar_index_parse(json, strlen(json), DATA_SIZE, ret_index, why);
}

static struct weft_asar_index *parse_well(const char *json)
{
    struct weft_asar_index *index = NULL;
    if (parse(json, &index) != 0)
        weft_test_fail(__FILE__, __LINE__, "refused: %s", why);
    return index;
}

/* The header is refused, with all of @clause. */
static void check_refused(const char *json, const char *clause)
{
    struct weft_asar_index *index = NULL;
    CHECK_EQ(parse(json, &index), -EBADMSG);
    CHECK(!index);
    if (!strstr(why, clause))
        weft_test_fail(__FILE__, __LINE__, "'%s' does not say '%s'", why, clause);
}

static const char *const tree =
    "{\"files\":{"
    "\"b\":{\"files\":{\"deep\":{\"files\":{\"x.js\":{\"size\":3,\"offset\":\"7\"}}}}},"
    "\"a.txt\":{\"size\":7,\"offset\":\"0\",\"executable\":true},"
    "\"beside\":{\"size\":9,\"unpacked\":true},"
    "\"to-file\":{\"link\":\"a.txt\"},"
    "\"to-folder\":{\"link\":\"b/deep\"},"
    "\"to-link\":{\"link\":\"to-folder/x.js\"},"
    "\"to-nothing\":{\"link\":\"gone\"},"
    "\"empty\":{\"files\":{}}}}";

static const struct weft_asar_entry *find(const struct weft_asar_index *index, const char *path)
{
    const struct weft_asar_entry *entry = NULL;
    CHECK_EQ(weft_asar_index_find(index, path, true, &entry), 0);
    return entry;
}

static int find_error(const struct weft_asar_index *index, const char *path)
{
    const struct weft_asar_entry *untouched = NULL, *entry = untouched;
    int r = weft_asar_index_find(index, path, true, &entry);
    CHECK(entry == untouched);
    return r;
}

TEST(files_folders_and_their_facts_are_found)
{
    struct weft_asar_index *index = parse_well(tree);
    const struct weft_asar_entry *file = find(index, "a.txt");
    CHECK_EQ(file->kind, WEFT_ASAR_FILE);
    CHECK_EQ(file->size, 7);
    CHECK(file->executable && !file->unpacked);
    CHECK_EQ(find(index, "b/deep/x.js")->offset, 7);
    CHECK(find(index, "beside")->unpacked);
    CHECK_EQ(find(index, "b/deep")->kind, WEFT_ASAR_FOLDER);
    CHECK_EQ(find(index, "empty")->count, 0);
    weft_asar_index_free(index);
}

TEST(the_root_and_needless_slashes_are_understood)
{
    struct weft_asar_index *index = parse_well(tree);
    const struct weft_asar_entry *root = find(index, "");
    CHECK_EQ(root->kind, WEFT_ASAR_FOLDER);
    CHECK(find(index, "/") == root);
    CHECK(find(index, "//b///deep/") == find(index, "b/deep"));
    weft_asar_index_free(index);
}

TEST(what_is_not_there_has_its_error)
{
    struct weft_asar_index *index = parse_well(tree);
    CHECK_EQ(find_error(index, "a"), -ENOENT);
    CHECK_EQ(find_error(index, "a.txt2"), -ENOENT);
    CHECK_EQ(find_error(index, "b/.."), -ENOENT);
    CHECK_EQ(find_error(index, "a.txt/x"), -ENOTDIR);
    CHECK_EQ(find_error(index, "to-nothing"), -ENOENT);
    weft_asar_index_free(index);
}

TEST(links_are_followed_on_the_way_and_at_the_end)
{
    struct weft_asar_index *index = parse_well(tree);
    CHECK(find(index, "to-file") == find(index, "a.txt"));
    CHECK(find(index, "to-folder/x.js") == find(index, "b/deep/x.js"));
    CHECK(find(index, "to-link") == find(index, "b/deep/x.js"));

    const struct weft_asar_entry *link;
    CHECK_EQ(weft_asar_index_find(index, "to-link", false, &link), 0);
    CHECK_EQ(link->kind, WEFT_ASAR_LINK);
    CHECK_EQ(strcmp(weft_asar_index_target(index, link), "to-folder/x.js"), 0);
    weft_asar_index_free(index);
}

TEST(links_that_lead_in_circles_end)
{
    struct weft_asar_index *index = parse_well(
        "{\"files\":{\"a\":{\"link\":\"a\"},\"b\":{\"link\":\"c\"},\"c\":{\"link\":\"b\"},"
        "\"d\":{\"link\":\"d/e\"}}}");
    CHECK_EQ(find_error(index, "a"), -ELOOP);
    CHECK_EQ(find_error(index, "b/x"), -ELOOP);
    CHECK_EQ(find_error(index, "d"), -ELOOP);
    weft_asar_index_free(index);
}

TEST(children_are_sorted_by_the_bytes_of_their_names)
{
    struct weft_asar_index *index = parse_well(
        "{\"files\":{\"b\":{\"files\":{}},\"\\u00e4\":{\"files\":{}},\"a\":{\"files\":{}},"
        "\"a.b\":{\"files\":{}},\"B\":{\"files\":{}}}}");
    const char *const sorted[] = {"B", "a", "a.b", "b", "\xc3\xa4"};
    const struct weft_asar_entry *root = weft_asar_index_entry(index, 0);
    CHECK_EQ(root->count, 5);
    for (uint32_t i = 0; i < root->count; i++) {
        const struct weft_asar_entry *child = weft_asar_index_child(index, root, i);
        CHECK_EQ(strcmp(weft_asar_index_name(index, child), sorted[i]), 0);
    }
    CHECK_EQ(find(index, "\xc3\xa4")->kind, WEFT_ASAR_FOLDER);
    weft_asar_index_free(index);
}

TEST(an_entry_knows_its_path)
{
    struct weft_asar_index *index = parse_well(tree);
    char path[32];
    CHECK_EQ(weft_asar_index_path(index, find(index, "b/deep/x.js"), path, sizeof(path)), 11);
    CHECK_EQ(strcmp(path, "b/deep/x.js"), 0);
    CHECK_EQ(weft_asar_index_path(index, find(index, "b/deep/x.js"), path, 4), 11);
    CHECK_EQ(strcmp(path, "b/d"), 0);
    CHECK_EQ(weft_asar_index_path(index, find(index, ""), path, sizeof(path)), 0);
    CHECK_EQ(strcmp(path, ""), 0);
    weft_asar_index_free(index);
}

TEST(members_that_the_format_does_not_have_are_skipped)
{
    struct weft_asar_index *index = parse_well("{\"about\":[1,{\"files\":[null]},\"x\"],\"files\":{"
                                               "\"a\":{\"size\":1,\"more\":{\"size\":-1},"
                                               "\"offset\":\"0\",\"nothing\":null}}}");
    CHECK_EQ(weft_asar_index_count(index), 2);
    CHECK_EQ(find(index, "a")->size, 1);
    weft_asar_index_free(index);
}

#define HASH "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"
#define HASHED(size, block_size, blocks)                                                           \
    "{\"files\":{\"a\":{\"size\":" size ",\"integrity\":{\"blocks\":[" blocks                      \
    "],\"algorithm\":\"SHA256\",\"blockSize\":" block_size ",\"hash\":\"" HASH                     \
    "\"},\"offset\":\"0\"}}}"

TEST(hashes_come_with_their_file)
{
    struct weft_asar_index *index =
        parse_well(HASHED("9", "4", "\"" HASH "\",\"" HASH "\",\"" HASH "\""));
    struct weft_asar_integrity integrity;
    CHECK(weft_asar_index_integrity(index, find(index, "a"), &integrity));
    CHECK_EQ(integrity.block_size, 4);
    CHECK_EQ(integrity.block_count, 3);
    CHECK_EQ(integrity.whole[0], 0x01);
    CHECK_EQ(integrity.whole[31], 0xef);
    CHECK_BYTES_EQ(integrity.blocks + 64, integrity.whole, 32);
    CHECK(!weft_asar_index_integrity(index, find(index, ""), &integrity));
    weft_asar_index_free(index);
}

TEST(an_old_packers_hash_of_nothing_behind_a_full_block_is_accepted)
{
    weft_asar_index_free(parse_well(HASHED("4", "4", "\"" HASH "\",\"" HASH "\"")));
    weft_asar_index_free(parse_well(HASHED("0", "4", "\"" HASH "\"")));
}

TEST(hashes_that_do_not_fit_their_file_are_refused)
{
    check_refused(HASHED("9", "4", "\"" HASH "\",\"" HASH "\""), "'a' has hashes of 2 blocks");
    check_refused(HASHED("9", "4", ""), "without hash, blockSize or blocks");
    check_refused(HASHED("9", "0", "\"" HASH "\""), "without hash, blockSize or blocks");
    check_refused(HASHED("9", "4294967296", "\"" HASH "\""), "'a' has a blockSize of 4294967296");
    check_refused(HASHED("9", "4", "\"abc\""), "'a' has a block whose hash is no SHA-256");
    check_refused(HASHED("9", "4", "1"), "'a' has a block whose hash is no SHA-256");
}

TEST(files_outside_the_archive_are_refused)
{
    check_refused("{\"files\":{\"a\":{\"size\":101,\"offset\":\"0\"}}}", "'a' ends behind the end");
    check_refused("{\"files\":{\"a\":{\"size\":1,\"offset\":\"100\"}}}", "'a' ends behind the end");
    check_refused("{\"files\":{\"a\":{\"size\":1,\"offset\":\"18446744073709551615\"}}}",
                  "'a' ends behind the end");
    check_refused("{\"files\":{\"a\":{\"size\":9007199254740992,\"offset\":\"1\"}}}",
                  "'a' ends behind the end");
}

TEST(numbers_that_are_none_are_refused)
{
    check_refused("{\"files\":{\"a\":{\"size\":-1,\"offset\":\"0\"}}}", "'a' has a size of -1");
    check_refused("{\"files\":{\"a\":{\"size\":1.5,\"offset\":\"0\"}}}", "'a' has a size of 1.5");
    check_refused("{\"files\":{\"a\":{\"size\":1e400,\"offset\":\"0\"}}}", "has a size of 1e400");
    check_refused("{\"files\":{\"a\":{\"size\":\"1\",\"offset\":\"0\"}}}", "wrong type for 'size'");
    check_refused("{\"files\":{\"a\":{\"size\":1,\"offset\":0}}}", "wrong type for 'offset'");
    check_refused("{\"files\":{\"a\":{\"size\":1,\"offset\":\"0x1\"}}}", "no decimal number");
    check_refused("{\"files\":{\"a\":{\"size\":1,\"offset\":\"\"}}}", "no decimal number");
    check_refused("{\"files\":{\"a\":{\"size\":1,\"offset\":\"-1\"}}}", "no decimal number");
    check_refused("{\"files\":{\"a\":{\"size\":1,\"offset\":\"99999999999999999999\"}}}",
                  "no decimal number");
}

TEST(names_that_no_file_can_have_are_refused)
{
    check_refused("{\"files\":{\"d\":{\"files\":{\"..\":{\"files\":{}}}}}}",
                  "'d' holds '..', which is no name");
    check_refused("{\"files\":{\".\":{\"files\":{}}}}", "its root holds '.'");
    check_refused("{\"files\":{\"\":{\"files\":{}}}}", "its root holds ''");
    check_refused("{\"files\":{\"a/b\":{\"files\":{}}}}", "its root holds 'a/b'");
    check_refused("{\"files\":{\"a\\\\b\":{\"files\":{}}}}", "its root holds 'a\\b'");
    check_refused("{\"files\":{\"a\\u0000b\":{\"files\":{}}}}", "its root holds");
}

TEST(a_name_that_is_twice_in_a_folder_is_refused)
{
    check_refused("{\"files\":{\"d\":{\"files\":{\"a\":{\"files\":{}},\"b\":{\"files\":{}},"
                  "\"a\":{\"files\":{}}}}}}",
                  "'d/a' is there twice");
}

TEST(entries_that_are_nothing_are_refused)
{
    check_refused("{\"files\":{\"a\":{}}}", "'a' is no folder, no link and no file");
    check_refused("{\"files\":{\"a\":{\"size\":1}}}", "'a' has no offset");
    check_refused("{\"files\":{\"a\":null}}", "'a' is no object");
    check_refused("{\"files\":{\"a\":[]}}", "'a' is no object");
    check_refused("{\"files\":{\"a\":1}}", "'a' is no object");
    check_refused("{\"files\":{\"a\":\"x\"}}", "'a' is no object");
    check_refused("{\"files\":{\"a\":true}}", "'a' is no object");
    check_refused("{\"files\":{\"a\":{\"link\":\"\"}}}", "'a' is a link that leads nowhere");
    check_refused("{\"files\":{\"a\":{\"link\":{}}}}", "wrong type for 'link'");
    check_refused("{\"files\":{\"a\":{\"files\":[]}}}", "wrong type for 'files'");
    check_refused("{\"files\":{\"a\":{\"files\":{},\"link\":\"b\"}}}", "both a folder and a link");
    check_refused("{\"files\":{},\"files\":{}}", "its root has its files twice");
}

TEST(headers_that_are_no_json_object_are_refused)
{
    check_refused("", "its header is no JSON");
    check_refused("{\"files\":{}", "its header is no JSON");
    check_refused("{\"files\":{}}x", "its header is no JSON");
    check_refused("{'files':{}}", "its header is no JSON");
    check_refused("{\"files\":{\"\xff\":{\"files\":{}}}}", "its header is no JSON");
    check_refused("[]", "its header is no object");
    check_refused("1", "its header is no object");
    check_refused("null", "its header is no object");
    check_refused("{}", "its root has no files");
    check_refused("{\"link\":\"a\"}", "its root has no files");
}

/* @depth folders in each other. */
static char *make_deep(size_t depth)
{
    static const char open[] = "{\"files\":{\"d\":", end[] = "}}";
    char *json = malloc(depth * (sizeof(open) + sizeof(end)) + 64), *at = json;
    for (size_t i = 0; i < depth; i++)
        at = stpcpy(at, open);
    at = stpcpy(at, "{\"files\":{}}");
    for (size_t i = 0; i < depth; i++)
        at = stpcpy(at, end);
    return json;
}

TEST(folders_may_lie_deep_but_not_deeper)
{
    char *json = make_deep(WEFT_ASAR_DEPTH_MAX);
    struct weft_asar_index *index = parse_well(json);
    CHECK_EQ(weft_asar_index_count(index), WEFT_ASAR_DEPTH_MAX + 1);
    weft_asar_index_free(index);
    free(json);

    json = make_deep(WEFT_ASAR_DEPTH_MAX * 2);
    check_refused(json, "lies deeper than 2048 folders");
    free(json);
}

/* The JSON behind three other bytes of a file, from which it is read piece by piece. */
static int read_from_file(const char *json, struct weft_asar_index **ret_index)
{
    size_t size = strlen(json);
    weft_autofd int fd = memfd_create("weft-test-index", MFD_CLOEXEC);
    CHECK_EQ(weft_file_write_all(fd, "...", 3, 0), 0);
    CHECK_EQ(weft_file_write_all(fd, json, size, 3), 0);
    return weft_asar_index_read(fd, 3, size, DATA_SIZE, ret_index, why);
}

/* A folder of @count files, the last of which has no size when @is_broken. */
static char *make_wide(unsigned int count, bool is_broken)
{
    char *json;
    size_t size;
    FILE *out = open_memstream(&json, &size);
    fputs("{\"files\":{", out);
    for (unsigned int i = 0; i < count; i++)
        fprintf(out, "%s\"n\\u00e4me-%u\":{\"size\":%u,\"offset\":\"%u\",\"executable\":true}",
                i ? "," : "", i, i % 10, i % 90);
    fputs(is_broken ? ",}}" : "}}", out);
    fclose(out);
    return json;
}

TEST(a_header_is_the_same_in_pieces)
{
    enum { COUNT = 20000 };
    struct weft_asar_index *whole, *pieces = NULL;
    char *json = make_wide(COUNT, false);
    whole = parse_well(json);
    CHECK_EQ(read_from_file(json, &pieces), 0);
    CHECK_EQ(weft_asar_index_count(pieces), COUNT + 1);
    for (uint32_t i = 0; i <= COUNT; i++) {
        const struct weft_asar_entry *a = weft_asar_index_entry(whole, i);
        const struct weft_asar_entry *b = weft_asar_index_entry(pieces, i);
        CHECK_EQ(memcmp(a, b, sizeof(*a)), 0);
        CHECK_EQ(strcmp(weft_asar_index_name(whole, a), weft_asar_index_name(pieces, b)), 0);
    }
    weft_asar_index_free(whole);
    weft_asar_index_free(pieces);
    free(json);
}

TEST(a_mistake_has_its_place_in_the_whole_header)
{
    struct weft_asar_index *index = NULL;
    char *json = make_wide(20000, true), in_whole[WEFT_ASAR_WHY_MAX], place[64];
    CHECK_EQ(parse(json, &index), -EBADMSG);
    memcpy(in_whole, why, sizeof(why));
    CHECK_EQ(read_from_file(json, &index), -EBADMSG);
    CHECK_EQ(strcmp(why, in_whole), 0);
    snprintf(place, sizeof(place), "at byte %zu", strlen(json) - 1);
    CHECK(strstr(why, place));
    free(json);
}

TEST(a_header_that_ends_before_its_size_is_an_error)
{
    struct weft_asar_index *index = NULL;
    weft_autofd int fd = memfd_create("weft-test-index", MFD_CLOEXEC);
    CHECK_EQ(weft_file_write_all(fd, "{\"files\":{}}", 12, 0), 0);
    CHECK_EQ(weft_asar_index_read(fd, 0, 13, DATA_SIZE, &index, why), -EIO);
}
