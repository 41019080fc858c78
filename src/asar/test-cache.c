/* SPDX-License-Identifier: MIT */

#include "asar/cache.h"
#include "base/cleanup.h"
#include "base/test.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char why[WEFT_ASAR_WHY_MAX];
static char folder[64];

/* A folder that goes with the test; names in it are given to path_in(). */
static void make_folder(void)
{
    snprintf(folder, sizeof(folder), "%s/weft-cache-XXXXXX", getenv("TMPDIR") ?: "/tmp");
    CHECK(mkdtemp(folder) != NULL);
}

static const char *path_in(const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *bytes, size_t size)
{
    weft_autofd int fd = open(path_in(name), O_CREAT | O_WRONLY | O_CLOEXEC | O_TRUNC, 0600);
    CHECK(fd >= 0);
    CHECK_EQ(write(fd, bytes, size), (ssize_t)size);
}

static void write_archive(const char *name)
{
    static const char json[] = "{\"files\":{}}";
    const uint32_t numbers[] = {htole32(4), htole32(20), htole32(16), htole32(12)};
    char bytes[28];
    memcpy(bytes, numbers, sizeof(numbers));
    memcpy(bytes + sizeof(numbers), json, 12);
    write_file(name, bytes, sizeof(bytes));
}

static void remove_folder(void)
{
    static const char *const names[] = {"a.asar", "UPPER.ASAR", "bad.asar", "x.asar.gz",
                                        "real.asar/a.asar"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unlink(path_in(names[i]));
    rmdir(path_in("real.asar"));
    rmdir(folder);
}

static int locate(const char *name, struct weft_located *ret_located)
{
    return weft_cache_locate(path_in(name), ret_located, why);
}

TEST(a_path_is_split_where_the_archive_ends)
{
    struct weft_located located;
    make_folder();
    write_archive("a.asar");
    write_archive("UPPER.ASAR");
    CHECK_EQ(locate("a.asar", &located), 0);
    CHECK(strcmp(located.inner, "") == 0);
    CHECK_EQ(locate("a.asar//dir/file", &located), 0);
    CHECK(strcmp(located.inner, "dir/file") == 0);
    CHECK_EQ(locate("UPPER.ASAR/file", &located), 0);
    CHECK_EQ(locate("a.asar/inner.asar/file", &located), 0);
    CHECK(strcmp(located.inner, "inner.asar/file") == 0);
    remove_folder();
}

TEST(an_archive_is_opened_once_and_outlives_its_name)
{
    struct weft_located first, second;
    make_folder();
    write_archive("a.asar");
    CHECK_EQ(locate("a.asar/x", &first), 0);
    unlink(path_in("a.asar"));
    CHECK_EQ(locate("a.asar/y", &second), 0);
    CHECK_EQ(first.id, second.id);
    CHECK(weft_cache_archive(first.id) == first.archive);
    CHECK(weft_cache_archive(WEFT_ARCHIVES_MAX) == NULL);
    CHECK(weft_cache_archive(WEFT_ARCHIVES_MAX - 1) == NULL);
    remove_folder();
}

TEST(a_folder_or_another_ending_is_no_archive)
{
    struct weft_located located;
    make_folder();
    write_archive("x.asar.gz");
    CHECK_EQ(mkdir(path_in("real.asar"), 0700), 0);
    write_archive("real.asar/a.asar");
    CHECK_EQ(locate("real.asar/file", &located), WEFT_CACHE_PLAIN);
    CHECK_EQ(locate("x.asar.gz/file", &located), WEFT_CACHE_PLAIN);
    CHECK_EQ(locate("nothing.asar/file", &located), WEFT_CACHE_PLAIN);
    CHECK_EQ(locate("real.asar/a.asar/file", &located), 0);
    CHECK(strcmp(located.inner, "file") == 0);
    remove_folder();
}

/* What could not be opened is tried again: it may have been written meanwhile. */
TEST(what_is_no_archive_can_become_one)
{
    struct weft_located located;
    make_folder();
    write_file("bad.asar", "no", 2);
    CHECK_EQ(locate("bad.asar/file", &located), WEFT_CACHE_INVALID);
    CHECK_EQ(located.archive_length, strlen(path_in("bad.asar")));
    CHECK(why[0] != '\0');
    write_archive("bad.asar");
    CHECK_EQ(locate("bad.asar/file", &located), 0);
    remove_folder();
}
