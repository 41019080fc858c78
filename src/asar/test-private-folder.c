/* SPDX-License-Identifier: MIT */

#include "asar/private-folder.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test.h"

static char template[256];

static void *ask(void *data)
{
    const char **ret_folder = data;
    return weft_private_folder(template, ret_folder) == 0 ? data : NULL;
}

TEST(one_folder_for_all_threads)
{
    const char *folders[4] = {NULL};
    pthread_t threads[4];
    snprintf(template, sizeof(template), "%s/weft-folder-XXXXXX", getenv("TMPDIR") ?: "/tmp");
    CHECK(weft_private_folder("", &folders[0]) == -ENOENT);
    CHECK(weft_private_folder("/nowhere/XXXXXX", &folders[0]) == -ENOENT);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, ask, &folders[i]) == 0);
    for (int i = 0; i < 4; i++) {
        void *result;
        pthread_join(threads[i], &result);
        CHECK(result != NULL);
    }
    for (int i = 1; i < 4; i++)
        CHECK(strcmp(folders[i], folders[0]) == 0);
    struct stat status;
    CHECK(stat(folders[0], &status) == 0 && (status.st_mode & 0777) == 0700);
    CHECK(weft_private_folder("", &folders[1]) == 0);
    CHECK(rmdir(folders[0]) == 0);
}
