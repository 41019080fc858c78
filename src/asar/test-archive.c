/* SPDX-License-Identifier: MIT */

#include "asar/archive.h"
#include "asar/hash.h"
#include "base/cleanup.h"
#include "base/test.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static char why[WEFT_ASAR_WHY_MAX];

/* A file that goes with the test. */
static char *make_file(const void *bytes, size_t size)
{
    static char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", memfd_create("archive", 0));
    weft_autofd int fd = open(path, O_WRONLY);
    CHECK(fd >= 0);
    CHECK_EQ(write(fd, bytes, size), (ssize_t)size);
    return path;
}

static char *make_archive(const char *json, const void *data, size_t data_size)
{
    static char bytes[4 << 20];
    size_t size = strlen(json), padded = (size + 3) & ~(size_t)3;
    uint32_t prefix[] = {htole32(4), htole32((uint32_t)padded + 8), htole32((uint32_t)padded + 4),
                         htole32((uint32_t)size)};
    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes, prefix, sizeof(prefix));
    memcpy(bytes + sizeof(prefix), json, size);
    memcpy(bytes + sizeof(prefix) + padded, data, data_size);
    return make_file(bytes, sizeof(prefix) + padded + data_size);
}

static char *make_text_archive(const char *json, const char *data)
{
    return make_archive(json, data, strlen(data));
}

static struct weft_archive *open_well(const char *path, enum weft_archive_check check)
{
    struct weft_archive *archive = NULL;
    int r = weft_archive_open(path, check, &archive, why);
    if (r != 0)
        weft_test_fail(__FILE__, __LINE__, "%d: %s", r, why);
    return archive;
}

static const struct weft_asar_entry *find(const struct weft_archive *archive, const char *path)
{
    const struct weft_asar_entry *entry = NULL;
    CHECK_EQ(weft_asar_index_find(weft_archive_index(archive), path, true, &entry), 0);
    return entry;
}

/* A file of two blocks of 4 bytes and one of 2; the hash of @wrong (counted from 0) is another. */
static char *make_hashed(int wrong)
{
    static const char *const blocks[] = {"abcd", "efgh", "ij"};
    char json[1024], hashes[3][65];
    for (int i = 0; i < 3; i++) {
        struct sha256_ctx context;
        uint8_t digest[SHA256_DIGEST_SIZE];
        sha256_init(&context);
        sha256_update(&context, strlen(blocks[i]), (const uint8_t *)blocks[i]);
        sha256_digest(&context, sizeof(digest), digest);
        digest[31] ^= i == wrong;
        for (int k = 0; k < 32; k++)
            snprintf(hashes[i] + 2 * k, 3, "%02x", digest[k]);
    }
    snprintf(
        json, sizeof(json),
        "{\"files\":{\"f\":{\"size\":10,\"offset\":\"1\",\"integrity\":{\"algorithm\":\"SHA256\","
        "\"hash\":\"%s\",\"blockSize\":4,\"blocks\":[\"%s\",\"%s\",\"%s\"]}}}}",
        hashes[0], hashes[0], hashes[1], hashes[2]);
    return make_text_archive(json, "-abcdefghij-");
}

TEST(files_are_read_whole_in_part_and_past_their_end)
{
    struct weft_archive *archive = open_well(
        make_text_archive(
            "{\"files\":{\"f\":{\"size\":5,\"offset\":\"2\"},\"e\":{\"size\":0,\"offset\":"
            "\"0\"}}}",
            "--hello--"),
        WEFT_ARCHIVE_CHECK);
    char out[16] = "";
    const struct weft_asar_entry *file = find(archive, "f");
    CHECK_EQ(weft_archive_read(archive, file, out, sizeof(out), 0, NULL), 5);
    CHECK_BYTES_EQ(out, "hello\0", 6);
    CHECK_EQ(weft_archive_read(archive, file, out, 2, 3, NULL), 2);
    CHECK_BYTES_EQ(out, "lollo", 5);
    CHECK_EQ(weft_archive_read(archive, file, out, sizeof(out), 5, NULL), 0);
    CHECK_EQ(weft_archive_read(archive, file, out, sizeof(out), UINT64_MAX, NULL), 0);
    CHECK_EQ(weft_archive_read(archive, find(archive, "e"), out, sizeof(out), 0, NULL), 0);
    weft_archive_close(archive);
}

TEST(blocks_are_checked_wherever_a_read_begins_and_ends)
{
    for (uint64_t offset = 0; offset < 10; offset++)
        for (size_t size = 1; size <= 10; size++) {
            struct weft_archive *archive = open_well(make_hashed(-1), WEFT_ARCHIVE_CHECK);
            char out[16];
            size_t expected = size < 10 - offset ? size : 10 - offset;
            for (int again = 0; again < 2; again++) { /* the second time nothing is hashed */
                CHECK_EQ(weft_archive_read(archive, find(archive, "f"), out, size, offset, NULL),
                         (ssize_t)expected);
                CHECK_BYTES_EQ(out, "abcdefghij" + offset, expected);
            }
            weft_archive_close(archive);
        }
}

TEST(a_block_that_is_not_as_hashed_is_an_io_error_with_its_number)
{
    struct weft_archive *archive = open_well(make_hashed(1), WEFT_ARCHIVE_CHECK);
    const struct weft_asar_entry *file = find(archive, "f");
    char out[16];
    uint32_t block = 42;
    CHECK_EQ(weft_archive_read(archive, file, out, 4, 0, &block), 4);
    CHECK_EQ(weft_archive_read(archive, file, out, 2, 8, &block), 2);
    CHECK_EQ(block, 42);
    CHECK_EQ(weft_archive_read(archive, file, out, 10, 0, &block), -EIO);
    CHECK_EQ(block, 1);
    CHECK_EQ(weft_archive_read(archive, file, out, 1, 7, NULL), -EIO);
    weft_archive_close(archive);
}

/* Large enough that several are compared at a time. */
#define LARGE_BLOCK  ((size_t)256 << 10)
#define LARGE_BLOCKS 6
#define LARGE_SIZE   (LARGE_BLOCKS * LARGE_BLOCK - 1000)

/* A file of large blocks; the hash of @wrong is another. @bytes get its content. */
static struct weft_archive *open_large(int wrong, char *bytes)
{
    char json[2048], *at = json;
    for (size_t i = 0; i < LARGE_SIZE; i++)
        bytes[i] = (char)((i * 2654435761u) >> 13);
    at +=
        sprintf(at, "{\"files\":{\"f\":{\"size\":%zu,\"offset\":\"0\",\"integrity\":{", LARGE_SIZE);
    at += sprintf(at, "\"algorithm\":\"SHA256\",\"blockSize\":%zu,\"blocks\":[", LARGE_BLOCK);
    for (int i = 0; i < LARGE_BLOCKS; i++) {
        uint8_t digest[WEFT_ASAR_HASH_SIZE];
        size_t size = i + 1 < LARGE_BLOCKS ? LARGE_BLOCK : LARGE_SIZE - (size_t)i * LARGE_BLOCK;
        weft_asar_hash_bytes(bytes + (size_t)i * LARGE_BLOCK, size, digest);
        digest[0] ^= i == wrong;
        at += sprintf(at, i > 0 ? ",\"" : "\"");
        for (int k = 0; k < WEFT_ASAR_HASH_SIZE; k++)
            at += sprintf(at, "%02x", digest[k]);
        at += sprintf(at, "\"");
    }
    sprintf(at, "],\"hash\":\"%064d\"}}}}", 0);
    return open_well(make_archive(json, bytes, LARGE_SIZE), WEFT_ARCHIVE_CHECK);
}

TEST(large_blocks_are_checked_however_they_are_read)
{
    char *bytes = malloc(LARGE_SIZE), *out = malloc(LARGE_SIZE);
    const size_t sizes[] = {1000, 65536, 100000, LARGE_BLOCK, 3 * LARGE_BLOCK + 5, LARGE_SIZE};
    CHECK(bytes && out);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct weft_archive *archive = open_large(-1, bytes);
        ssize_t n;
        size_t at = 0;
        while ((n = weft_archive_read(archive, find(archive, "f"), out + at, sizes[i], at, NULL)) >
               0)
            at += (size_t)n;
        CHECK_EQ(n, 0);
        CHECK_EQ(at, LARGE_SIZE);
        CHECK(memcmp(out, bytes, LARGE_SIZE) == 0);
        weft_archive_close(archive);
    }
    free(bytes);
    free(out);
}

/* What is compared ahead of a reader is told to who reads it, and to nobody else. */
TEST(a_large_block_that_is_not_as_hashed_is_told_when_it_is_read)
{
    char *bytes = malloc(LARGE_SIZE), *out = malloc(LARGE_SIZE);
    CHECK(bytes && out);
    for (int wrong = 0; wrong < LARGE_BLOCKS; wrong++) {
        struct weft_archive *archive = open_large(wrong, bytes);
        const struct weft_asar_entry *file = find(archive, "f");
        for (int i = 0; i < LARGE_BLOCKS; i++) {
            uint64_t start = (uint64_t)i * LARGE_BLOCK;
            uint32_t block = 42;
            memset(out, 1, 100);
            CHECK_EQ(weft_archive_read(archive, file, out, 100, start + 7, &block),
                     i == wrong ? -EIO : 100);
            CHECK_EQ(block, i == wrong ? (uint32_t)wrong : 42);
            CHECK_EQ(out[99], i == wrong ? 0 : bytes[start + 106]);
        }
        weft_archive_close(archive);
        archive = open_large(wrong, bytes);
        uint32_t block = 42;
        CHECK_EQ(weft_archive_read(archive, find(archive, "f"), out, LARGE_SIZE, 0, &block), -EIO);
        CHECK_EQ(block, (uint32_t)wrong);
        weft_archive_close(archive);
    }
    free(bytes);
    free(out);
}

TEST(nothing_is_checked_when_the_caller_says_so)
{
    struct weft_archive *archive = open_well(make_hashed(1), WEFT_ARCHIVE_DONT_CHECK);
    char out[16];
    CHECK_EQ(weft_archive_read(archive, find(archive, "f"), out, 10, 0, NULL), 10);
    weft_archive_close(archive);
}

/* Who reads into memory that others write to asks before. */
TEST(it_is_known_whether_a_read_will_compare)
{
    struct weft_archive *archive = open_well(make_hashed(-1), WEFT_ARCHIVE_CHECK);
    const struct weft_asar_entry *file = find(archive, "f");
    char out[16];
    CHECK(weft_archive_will_compare(archive, file, 1, 0));
    CHECK(!weft_archive_will_compare(archive, file, 0, 0));
    CHECK(!weft_archive_will_compare(archive, file, 1, 10));
    CHECK_EQ(weft_archive_read(archive, file, out, 1, 5, NULL), 1);
    CHECK(!weft_archive_will_compare(archive, file, 4, 4));
    CHECK(weft_archive_will_compare(archive, file, 5, 4));
    CHECK(weft_archive_will_compare(archive, file, SIZE_MAX, 4));
    CHECK_EQ(weft_archive_compare(archive, file, NULL), 0);
    CHECK(!weft_archive_will_compare(archive, file, SIZE_MAX, 0));
    weft_archive_close(archive);
    archive = open_well(make_hashed(-1), WEFT_ARCHIVE_DONT_CHECK);
    CHECK(!weft_archive_will_compare(archive, find(archive, "f"), 1, 0));
    weft_archive_close(archive);
}

TEST(a_file_is_compared_without_being_read)
{
    char *bytes = malloc(LARGE_SIZE);
    CHECK(bytes);
    for (int wrong = 0; wrong < LARGE_BLOCKS; wrong++) {
        struct weft_archive *archive = open_large(wrong, bytes);
        uint32_t block = 42;
        for (int again = 0; again < 2; again++) {
            CHECK_EQ(weft_archive_compare(archive, find(archive, "f"), &block), -EIO);
            CHECK_EQ(block, wrong);
        }
        weft_archive_close(archive);
    }
    struct weft_archive *archive = open_large(-1, bytes);
    CHECK_EQ(weft_archive_compare(archive, find(archive, "f"), NULL), 0);
    weft_archive_close(archive);
    archive = open_well(make_hashed(1), WEFT_ARCHIVE_DONT_CHECK);
    CHECK_EQ(weft_archive_compare(archive, find(archive, "f"), NULL), 0);
    weft_archive_close(archive);
    free(bytes);
}

TEST(an_archive_that_is_cut_short_while_it_is_open_is_an_io_error)
{
    char *path = make_text_archive("{\"files\":{\"f\":{\"size\":5,\"offset\":\"0\"}}}", "hello");
    struct weft_archive *archive = open_well(path, WEFT_ARCHIVE_CHECK);
    char out[16];
    CHECK_EQ(truncate(path, weft_archive_stat(archive)->st_size - 1), 0);
    CHECK_EQ(weft_archive_read(archive, find(archive, "f"), out, 5, 0, NULL), -EIO);
    weft_archive_close(archive);
}

static void check_refused(const char *path, int error, const char *clause)
{
    struct weft_archive *archive = NULL;
    why[0] = '\0';
    CHECK_EQ(weft_archive_open(path, WEFT_ARCHIVE_CHECK, &archive, why), error);
    CHECK(!archive);
    if (!strstr(why, clause))
        weft_test_fail(__FILE__, __LINE__, "'%s' does not say '%s'", why, clause);
}

TEST(files_that_are_no_archives_are_refused)
{
    size_t fds = weft_test_count_fds();
    check_refused("/nowhere/at.all", -ENOENT, "");
    check_refused("/proc/self", -EISDIR, "");
    check_refused("/dev/null", -EBADMSG, "no regular file");
    CHECK_EQ(weft_test_count_fds(), fds);
    check_refused(make_file("", 0), -EBADMSG, "it is empty");
    check_refused(make_file("short", 5), -EBADMSG, "shorter than a header");
    check_refused(make_file("this is a text that is long enough", 34), -EBADMSG, "does not start");
}

TEST(a_fifo_is_refused_and_not_waited_for)
{
    int ends[2];
    char path[64];
    CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
    close(ends[1]); /* nobody will ever write */
    snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
    check_refused(path, -EBADMSG, "no regular file");
    close(ends[0]);
}

TEST(prefixes_that_lie_are_refused)
{
    const struct {
        uint32_t numbers[4];
        const char *clause;
    } cases[] = {
        {{4, 1000, 996, 2}, "ends behind the end"},
        {{4, UINT32_MAX, UINT32_MAX - 4, 2}, "ends behind the end"},
        {{4, 12, 7, 2}, "does not start"},
        {{4, 12, 8, 5}, "does not start"},
        {{4, 12, 8, UINT32_MAX}, "does not start"},
        {{8, 12, 8, 2}, "does not start"},
        {{4, 4, 0, 0}, "does not start"},
        {{4, 0, 0, 0}, "does not start"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        uint32_t words[6] = {0};
        for (int k = 0; k < 4; k++)
            words[k] = htole32(cases[i].numbers[k]);
        memcpy(&words[4], "{}", 2);
        check_refused(make_file(words, sizeof(words)), -EBADMSG, cases[i].clause);
    }
}
