/* SPDX-License-Identifier: MIT */

#include "addon/spelling.h"

#include "base/cleanup.h"
#include "base/test.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#define SPELLINGS 300

TEST(every_spelling_is_another_one_and_leads_to_the_same_place)
{
    static char *paths[SPELLINGS];
    struct stat folder, spelled;
    CHECK_EQ(stat("/proc/self", &folder), 0);
    for (size_t i = 0; i < SPELLINGS; i++) {
        paths[i] = weft_spelling_make("/proc/self", ".");
        CHECK(paths[i]);
        CHECK_EQ(stat(paths[i], &spelled), 0);
        CHECK_EQ(spelled.st_ino, folder.st_ino);
        for (size_t j = 0; j < i; j++)
            CHECK(strcmp(paths[i], paths[j]) != 0);
    }
    for (size_t i = 0; i < SPELLINGS; i++)
        free(paths[i]);
}

TEST(a_file_is_spelled_by_its_folder)
{
    weft_autofree char *in_root = weft_spelling_of_file("/file");
    weft_autofree char *deeper = weft_spelling_of_file("/a/b/file.node");
    CHECK(in_root[0] == '/' && strcmp(strrchr(in_root, '/'), "/file") == 0);
    CHECK(strncmp(deeper, "/a/b/", 5) == 0);
    CHECK(strcmp(strrchr(deeper, '/'), "/file.node") == 0);
}

static void *take_serials_cb(void *data)
{
    uint64_t *last = data;
    for (int i = 0; i < 1000; i++) {
        uint64_t serial = weft_spelling_serial();
        CHECK(serial > *last);
        *last = serial;
    }
    return NULL;
}

TEST(threads_get_different_numbers)
{
    pthread_t threads[4];
    uint64_t last[4] = {0}, highest = 0;
    for (int i = 0; i < 4; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, take_serials_cb, &last[i]), 0);
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(pthread_join(threads[i], NULL), 0);
        highest = last[i] > highest ? last[i] : highest;
    }
    CHECK_EQ(highest, 4000);
}
